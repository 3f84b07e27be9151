//! The Projector: one projection at work on one lane of what the worker owns. It is told what
//! happened, decides, and says what is to be done; it promises that each event changes each of
//! its documents once, in the order of its stream, whatever the feed, the stores and the other
//! workers do, and that no checkpoint or cursor says more than is durable.
//!
//! An event goes through it like this: received (`receive`), put in the order of its stream
//! (`order`), looked up where the stream is not known (`cold`) or has a gap (`gaps`), folded into
//! documents (`fold`), written (`write`) or parked (`park`), and counted when all of it is
//! durable, so that the checkpoint may pass it (`commit`).

#![expect(
    clippy::indexing_slicing,
    reason = "an id is held only while its entry lives: another one is a bug, which the slab names"
)]

mod cold;
mod commit;
mod cursors;
mod document;
mod evict;
mod few;
mod fold;
mod gaps;
mod heads;
mod held;
mod inspect;
mod intake;
mod late;
mod load;
mod order;
mod park;
mod receive;
mod recheck;
mod refold;
mod release;
mod rewind;
mod slab;
mod stall;
mod stream;
mod table;
mod tuning;
mod unpark;
mod wake;
mod warm;
mod work;
mod write;

pub use crate::sequencer::{Source, Versions};
pub use inspect::Totals;
pub use tuning::Tuning;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::backoff::Backoff;
use crate::checkpoint::{Checkpoint, Counts};
use crate::effect::{Effect, Ticket};
use crate::guard::GuardKind;
use crate::input::Input;
use crate::lanes::Lane;
use crate::limits::ALARM_ATTEMPTS;
use crate::name::Name;
use crate::projection::{Keys, Projection};
use crate::time::{Steady, Time};

use commit::Barrier;
use document::Document;
use evict::Hand;
use held::Lent;
use intake::Intake;
use load::Requests;
use park::{Appending, Sent};
use rewind::Back;
use slab::{Id, Slab};
use stream::Stream;
use table::Table;
use work::{Kept, Work};

/// One projection at work.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "flags that are set and cleared on their own")]
pub struct Projector<P> {
    projection: P,
    /// Which streams are this machine's.
    lane: Lane,
    kind: GuardKind,
    tag: u64,
    source: Source,
    tuning: Tuning,
    nonce: u64,
    /// Counts what was named by the nonce so far: epochs, writes of checkpoints.
    serial: u64,
    clock: Steady,
    now: Time,
    effects: Vec<Effect>,

    /// Partitions by slot; each has one for good, whoever has the partition meanwhile.
    intakes: Vec<Intake>,
    partitions: BTreeMap<Name, u32>,
    streams: Table<Stream>,
    documents: Table<Document>,
    works: Slab<Work>,
    batches: Slab<Kept>,
    /// Batches that held events keep, oldest first; and how many events are held with bytes.
    lent: VecDeque<Lent>,
    whole: usize,
    /// History did not have what was let go of: held events keep their bytes from then on.
    keeps_held: bool,
    keys: Keys,
    /// Counts of events that no partition delivered, until a checkpoint takes them along.
    repaired: Counts,

    /// Streams whose held events may be next; documents whose waiting events may be folded.
    ready: Vec<Id<Stream>>,
    woken: Vec<Id<Document>>,

    dirty: VecDeque<Id<Document>>,
    urgent: bool,
    wanted: Vec<Id<Document>>,
    cursors_wanted: BTreeSet<Id<Stream>>,
    cursors_unsaved: Vec<Id<Stream>>,
    cursors_at: Time,
    cursors_all: bool,
    cursors_soon: bool,
    /// Streams whose cursors must be durable before the staged checkpoints are written.
    barrier: Barrier,
    staged: Vec<(usize, Checkpoint)>,
    letters_ready: Vec<Appending>,
    letters_touched: Vec<Appending>,
    timers: BTreeSet<(Time, Id<Stream>)>,
    wake: Option<Time>,

    requests: Requests,
    writes: BTreeMap<Ticket, Vec<Id<Document>>>,
    saves: BTreeMap<Ticket, Vec<Id<Stream>>>,
    parks: BTreeMap<Ticket, Vec<Sent>>,
    /// Writes of before a rewind, which may still land.
    orphans: BTreeSet<Ticket>,
    write_backoff: Backoff,
    write_at: Time,
    load_backoff: Backoff,
    load_at: Time,
    cursor_backoff: Backoff,
    cursor_at: Time,
    park_backoff: Backoff,
    park_at: Time,
    /// After a fault among events that were let go: everything is folded on copies until then.
    careful: bool,
    /// Nothing was ever received, as far as the checkpoints say.
    virgin: bool,
    /// Whether any hole was met: until then no event asks for its stream's.
    any_holes: bool,
    back: Back,
    bytes: usize,
    hand: Hand,
}

impl<P: Projection> Projector<P> {
    /// A machine with nothing to do yet. `nonce` is random for each life of a worker: it names
    /// what this life writes.
    pub fn new(projection: P, source: Source, tuning: Tuning, nonce: u64) -> Projector<P> {
        let backoff = |salt: u64| Backoff::new(tuning.retry_ms, ALARM_ATTEMPTS, nonce ^ salt);
        Projector {
            kind: projection.guard(),
            tag: projection.tag(),
            projection,
            lane: Lane::ONLY,
            write_backoff: backoff(1),
            load_backoff: backoff(2),
            cursor_backoff: backoff(3),
            park_backoff: backoff(4),
            source: source.numbered(),
            tuning,
            nonce,
            serial: 0,
            clock: Steady::default(),
            now: Time(0),
            effects: Vec::new(),
            intakes: Vec::new(),
            partitions: BTreeMap::new(),
            streams: Table::default(),
            documents: Table::default(),
            works: Slab::default(),
            batches: Slab::default(),
            lent: VecDeque::new(),
            whole: 0,
            keeps_held: false,
            keys: Keys::default(),
            repaired: Counts::default(),
            ready: Vec::new(),
            woken: Vec::new(),
            dirty: VecDeque::new(),
            urgent: false,
            wanted: Vec::new(),
            cursors_wanted: BTreeSet::new(),
            cursors_unsaved: Vec::new(),
            cursors_at: Time(0),
            cursors_all: false,
            cursors_soon: false,
            barrier: Barrier::default(),
            staged: Vec::new(),
            letters_ready: Vec::new(),
            letters_touched: Vec::new(),
            timers: BTreeSet::new(),
            wake: None,
            requests: Requests::default(),
            writes: BTreeMap::new(),
            saves: BTreeMap::new(),
            parks: BTreeMap::new(),
            orphans: BTreeSet::new(),
            write_at: Time(0),
            load_at: Time(0),
            cursor_at: Time(0),
            park_at: Time(0),
            careful: false,
            virgin: true,
            any_holes: false,
            back: Back::default(),
            bytes: 0,
            hand: Hand::default(),
        }
    }

    /// The same machine for one lane of several: it takes the events of its own streams only, and
    /// reports to [`crate::lanes`] instead of writing checkpoints.
    #[must_use]
    pub fn on_lane(mut self, lane: Lane) -> Projector<P> {
        self.lane = lane;
        self
    }

    /// Takes one input at this time, and says what is to be done.
    pub fn step(&mut self, now: Time, input: Input) -> Vec<Effect> {
        self.now = self.clock.tell(now);
        self.wake.take_if(|at| *at <= now);
        self.take(input);
        self.settle();
        std::mem::take(&mut self.effects)
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Granted { partition, incarnation, checkpoint, begun } => {
                // Nothing is the very first event where one was received before.
                self.virgin &= !begun;
                self.granted(partition, incarnation, checkpoint);
            }
            Input::Revoked { partition, lost } => self.revoked(&partition, lost),
            Input::Fetched { ticket, fetched } => self.fetched(ticket, &fetched),
            Input::FetchFailed { ticket, partition, error } => {
                self.fetch_failed(ticket, &partition, error);
            }
            Input::Located { ticket, partition, incarnation, position } => {
                self.located(ticket, &partition, incarnation, position);
            }
            Input::Heads { sweep, page, more } => self.heads(sweep, page, more),
            Input::Loaded { ticket, documents } => self.loaded(ticket, documents),
            Input::CursorsLoaded { ticket, cursors } => self.cursors_loaded(ticket, cursors),
            Input::Written { ticket, answers } => self.written(ticket, answers),
            Input::CursorsSaved { ticket, answers } => self.cursors_saved(ticket, answers),
            Input::Repaired { ticket, stream, history } => {
                self.repaired(ticket, &stream, history);
            }
            Input::Parked { ticket, answers } => self.parked(ticket, &answers),
            Input::Committed { ticket, partition, answer } => {
                self.committed(ticket, &partition, answer);
            }
            Input::Ticked => {}
        }
    }

    /// Does all that has become possible, cheapest first, and asks for the rest.
    fn settle(&mut self) {
        self.rewind_now();
        self.fire();
        self.resume();
        self.drain_ready();
        self.flush();
        self.rewind_now();
        self.append_letters();
        self.ask();
        self.sweep();
        self.save_cursors();
        self.commit();
        self.release();
        self.evict();
        self.fetch();
        self.set_wake();
    }

    /// Judges what became next, until nothing does.
    fn drain_ready(&mut self) {
        loop {
            if let Some(stream) = self.ready.pop() {
                self.drain_held(stream);
            } else if let Some(document) = self.woken.pop() {
                self.fold_waiting(document);
            } else {
                break;
            }
        }
    }

    fn ticket(&mut self) -> Ticket {
        self.requests.ticket()
    }
}

#[cfg(test)]
mod tests;
