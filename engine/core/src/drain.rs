//! Drains one parking: retries its letters in order, or discards one, while live flow goes on.
//!
//! It runs in any process, any number of them at once, and may die anywhere: nothing is held but
//! what the stores hold. Each step wants one thing done, and takes its answer.
//!
//! What it promises, and how:
//! * *Each letter is judged by the guard of the document as stored*, and written on the condition
//!   that nobody wrote in between; after a conflict or an unknown answer all is read and judged
//!   anew. So two drains, or a drain that wakes up late, fold nothing twice.
//! * *Order.* A stream's lowest version goes first; where positions guard, the lowest position.
//!   The first letter that fails again ends the drain: it stays, with its error and one attempt
//!   more, and so does all behind it.
//! * *A letter leaves only after its event is durable* (or its discard is, with the reason): the
//!   document first, then the head's count, then the letter. A letter left behind by a crash is
//!   found covered by the next drain, and not counted again.
//! * *The head closes only when it is empty*: on the revision that was read before the letters
//!   were listed, so an append in between makes the close fail. A closed head is never opened;
//!   the mark goes after it, if it is still this parking's. A parking without a head gets a
//!   closed one first, so that an append on its way cannot begin it again.
//! * *A discard is exact.* The wish is written on the letter; then the document is written once,
//!   unchanged, so that a retry which read the letter before the wish cannot write any more; then
//!   the wish is certain, and the guard moves past the event. A letter with a wish that is found
//!   covered before that was applied, and is counted so.
//! * *A parked stream* is drained into all documents that its letters turn out to change; into
//!   one that is itself parked a letter goes behind that one's head before it leaves here. Only
//!   what the stream's cursor shows to be durably done may be passed: before that the drain says
//!   [`Outcome::Later`].

use std::collections::VecDeque;

use crate::backoff::Backoff;
use crate::control::{ControlAnswer, ControlOp};
use crate::cursor::{Cursor, CursorWrite};
use crate::effect::{DocumentWrite, LoadKey};
use crate::fault::{Fault, Trouble};
use crate::guard::{Epoch, Revision};
use crate::input::{History, Loaded, SideAnswer, WriteAnswer};
use crate::letter::Scope;
use crate::limits;
use crate::name::{Name, ProjectionId};
use crate::parking::{Append, HeadRecord, Limits, StoredLetter};
use crate::projection::Projection;
use crate::sequencer::{Source, Versions};
use crate::time::{Steady, Time};

mod document;
mod fold;
mod late;
mod leave;
mod refold;
mod round;
mod stream;
#[cfg(test)]
mod tests;

use document::Target;
pub use late::{Late, LateMode};
use leave::Todo;
use round::Place;

/// What is to be done with the parking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// All its letters are retried.
    Retry,
    /// One letter is dropped: at once if it is its stream's first, else when a drain gets there.
    Discard {
        /// Its stream.
        stream: Name,
        /// Its version.
        version: u64,
        /// Why, for the record.
        reason: String,
    },
}

/// How a drain ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is parked here any longer, and the mark is gone.
    Drained,
    /// The letter is gone, on record; others are still parked.
    Discarded,
    /// The letter is not the first: its discard is noted, and obeyed when a drain gets there.
    Noted,
    /// There is no such letter: it never was here, or its event was applied before the wish.
    Absent,
    /// This letter failed again.
    Failed {
        /// Its stream.
        stream: Name,
        /// Its version.
        version: u64,
        /// Why.
        fault: Fault,
    },
    /// Earlier events of the stream are not durable yet, or history lags: try again later.
    Later,
    /// A letter has to go behind this parked key, and there is no room.
    Full(Scope),
    /// The document or cursor does not bear this parking's mark: nothing was done.
    Stray,
    /// A record cannot be read, or something stands in the way that only a person can move.
    Broken(Fault),
}

/// What a drain has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Letters that left because their event is in the document.
    pub retried: u64,
    /// Letters that were dropped, on record.
    pub discarded: u64,
    /// Letters of holes that were passed: they became late letters, which hold nothing up.
    pub late: u64,
    /// Letters that went behind another parked key.
    pub moved: u64,
}

impl Report {
    /// Whether the parking is shorter than it was: then a retry budget begins anew.
    pub fn progressed(&self) -> bool {
        self.retried + self.discarded + self.late + self.moved > 0
    }
}

/// What a drain wants done: one thing at a time.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// An operation of the control store.
    Control(ControlOp),
    /// Load one document.
    Load(LoadKey),
    /// Write one document, conditional.
    Write(DocumentWrite),
    /// Load the cursor of a stream.
    LoadCursor(Name),
    /// Write a cursor, conditional.
    SaveCursor(CursorWrite),
    /// Read a stream from history, from this version to its end, with one consistent read.
    ReadHistory {
        /// The stream.
        stream: Name,
        /// From this version on.
        from: u64,
        /// Without versions: after this sort key. What it is followed by is `from`.
        after: Option<Name>,
    },
    /// Call again at this time with [`Input::Ticked`].
    WakeAt(Time),
    /// Nothing more is to be done.
    Done(Outcome),
}

/// What a drain hears: the answer to what it wanted last.
#[derive(Clone, Debug)]
pub enum Input {
    /// Begin.
    Started,
    /// To [`Effect::Control`].
    Control(ControlAnswer),
    /// To [`Effect::Load`].
    Loaded(Loaded),
    /// To [`Effect::Write`].
    Written(WriteAnswer),
    /// To [`Effect::LoadCursor`].
    CursorLoaded(Result<Option<(Cursor, Revision)>, Trouble>),
    /// To [`Effect::SaveCursor`].
    CursorSaved(SideAnswer<Cursor>),
    /// To [`Effect::ReadHistory`].
    History(Result<History, Trouble>),
    /// Time went by.
    Ticked,
}

/// One drain of one parking.
#[derive(Debug)]
pub struct Drain<P> {
    projection: P,
    id: ProjectionId,
    first: u64,
    /// A letter stands only when all before it stood: where versions only rise, or the feed is
    /// itself the whole history in order, what lies between two of them never was.
    in_order: bool,
    limits: Limits,
    scope: Scope,
    epoch: Epoch,
    wish: Option<Wish>,
    clock: Steady,
    backoff: Backoff,
    conflicts: u32,
    state: State,
    head: Option<(HeadRecord, Revision)>,
    /// The revision of a head that was open, without letters, and not drained.
    hollow: Option<Revision>,
    /// Letters listed and not drained yet, in order.
    queue: VecDeque<Place>,
    batch_max: usize,
    /// For how many of the queue the document in hand is loaded.
    reach: usize,
    /// The first letters of the queue, as read after the document.
    hand: Vec<Held>,
    /// Documents that the letter in hand is still to be folded into.
    targets: VecDeque<Name>,
    target: Option<Target>,
    /// A mark of this epoch is found on a target, and its head is closed.
    closed: Option<Epoch>,
    cursor: Option<(Cursor, Revision)>,
    refold: Option<refold::Refold>,
    /// What follows once the documents are durable.
    todo: VecDeque<Todo>,
    report: Report,
}

#[derive(Debug)]
struct Wish {
    stream: Name,
    version: u64,
    reason: String,
    noted: bool,
}

/// A letter in hand.
#[derive(Debug)]
struct Held {
    key: Name,
    revision: Revision,
    stored: StoredLetter,
}

/// Which answer is waited for.
#[derive(Debug)]
enum State {
    Idle,
    Waiting(Time),
    Head,
    Seal,
    Wish,
    Noted,
    Listing,
    Cursor,
    Document,
    Letter,
    History,
    Fence,
    Certain,
    Write,
    Pass,
    Append(Box<Append>, Purpose),
    Todo(Todo),
    Recount,
    Redelete,
    Close,
    UnmarkLoad,
    UnmarkWrite,
    UnmarkCursor,
    UnmarkSave,
    Done(Outcome),
}

/// Why a drain appends a letter.
#[derive(Clone, Copy, Debug)]
enum Purpose {
    /// The document is parked.
    Behind(Epoch),
    /// Its version was passed as a hole, and the target's followers went on.
    LateForTarget,
    /// As above, for a letter that leaves.
    LateLeaving,
}

impl<P: Projection> Drain<P> {
    /// A drain of the parking with this epoch; the back-off paces what may pass.
    pub fn new(
        projection: P,
        source: &Source,
        limits: Limits,
        backoff: Backoff,
        (scope, epoch): (Scope, Epoch),
        mode: Mode,
    ) -> Drain<P> {
        let wish = match mode {
            Mode::Retry => None,
            Mode::Discard { stream, version, reason } => {
                Some(Wish { stream, version, reason, noted: false })
            }
        };
        Drain {
            id: projection.id(),
            projection,
            first: source.clone().numbered().first,
            in_order: source.versions != Versions::Contiguous || source.ordered,
            limits,
            scope,
            epoch,
            wish,
            clock: Steady::default(),
            backoff,
            conflicts: 0,
            state: State::Idle,
            head: None,
            hollow: None,
            queue: VecDeque::new(),
            batch_max: limits::DRAIN_LETTERS,
            reach: 0,
            hand: Vec::new(),
            targets: VecDeque::new(),
            target: None,
            closed: None,
            cursor: None,
            refold: None,
            todo: VecDeque::new(),
            report: Report::default(),
        }
    }

    /// What was done so far.
    pub fn report(&self) -> Report {
        self.report
    }

    /// How often in a row something that may pass has failed, for alarms.
    pub fn backoff(&self) -> &Backoff {
        &self.backoff
    }

    /// Takes the answer to what the last step wanted, and says what is wanted next.
    pub fn step(&mut self, now: Time, input: Input) -> Effect {
        self.clock.tell(now);
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Done(outcome) => self.done(outcome),
            State::Waiting(until) if self.clock.now() < until => self.wait(until),
            State::Idle | State::Waiting(_) => self.begin(),
            state => match input {
                Input::Control(answer) => self.controlled(state, answer),
                Input::Loaded(loaded) => self.loaded(&state, loaded),
                Input::Written(answer) => self.written(&state, answer),
                Input::CursorLoaded(answer) => self.cursor_loaded(&state, answer),
                Input::CursorSaved(answer) => self.cursor_saved(&state, &answer),
                Input::History(answer) => self.history(&state, answer),
                // An answer was lost on the way: everything may be read and judged anew.
                Input::Started | Input::Ticked => self.begin(),
            },
        }
    }

    fn controlled(&mut self, state: State, answer: ControlAnswer) -> Effect {
        use ControlAnswer::{Conflict, Got, Listed, Put, Refused, Trouble};
        match (state, answer) {
            (State::Append(append, purpose), answer) => self.append(append, purpose, Some(answer)),
            (_, Trouble(_)) => self.trouble(),
            (_, Refused(fault)) => self.done(Outcome::Broken(fault)),
            (State::Head, Got(entry)) => self.head(entry),
            (State::Seal | State::Close, Put(_)) => self.unmark(),
            (State::Wish, Got(entry)) => self.wish(entry),
            (State::Noted, Put(_)) => self.noted(),
            (State::Listing, Listed { entries, more }) => self.listed(&entries, more),
            (State::Letter, Got(entry)) => self.letter(entry),
            (State::Certain, Put(_)) => self.next(),
            (State::Todo(todo), answer) => self.did(&todo, &answer),
            (State::Recount, Got(entry)) => self.recount(entry),
            (State::Redelete, Got(entry)) => self.redelete(entry),
            (_, Conflict) => self.conflict(),
            _ => self.trouble(),
        }
    }

    /// Reads and judges everything anew, at once or, if that happens too often, a little later.
    fn conflict(&mut self) -> Effect {
        self.conflicts += 1;
        if self.conflicts.is_multiple_of(limits::CONFLICTS_MAX) {
            self.trouble()
        } else {
            self.begin()
        }
    }

    /// Begins again after a while.
    fn trouble(&mut self) -> Effect {
        let until = self.backoff.failed(self.clock.now());
        self.wait(until)
    }

    fn wait(&mut self, until: Time) -> Effect {
        self.state = State::Waiting(until);
        Effect::WakeAt(self.clock.wake(until))
    }

    fn done(&mut self, outcome: Outcome) -> Effect {
        self.state = State::Done(outcome.clone());
        Effect::Done(outcome)
    }

    fn control(&mut self, state: State, op: ControlOp) -> Effect {
        self.state = state;
        Effect::Control(op)
    }
}
