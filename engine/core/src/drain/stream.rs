//! A parked stream: each letter is routed anew, and folded into every document that it changes.

use super::fold::{Folder, Stop, Verdict, below};
use super::{Drain, Effect, Outcome, Purpose, State};
use crate::cursor::Cursor;
use crate::fault::{Fault, Trouble};
use crate::guard::{GuardKind, Revision};
use crate::input::SideAnswer;
use crate::letter::Scope;
use crate::name::Name;
use crate::parking::Left;
use crate::progress::{Holes, Progress, Standing};
use crate::projection::{Keys, Projection};

impl<P: Projection> Drain<P> {
    pub(super) fn cursor_loaded(
        &mut self,
        state: &State,
        answer: Result<Option<(Cursor, Revision)>, Trouble>,
    ) -> Effect {
        let Ok(cursor) = answer else { return self.trouble() };
        self.cursor = cursor;
        match state {
            State::UnmarkCursor => self.unmark_cursor(),
            State::Cursor => {
                let mark = self.cursor.as_ref().and_then(|(cursor, _)| cursor.mark.as_ref());
                if mark.is_none_or(|mark| mark.epoch != self.epoch) {
                    return self.done(Outcome::Stray);
                }
                // One at a time: each may change several documents.
                self.batch_max = 1;
                self.read_letter()
            }
            _ => self.trouble(),
        }
    }

    pub(super) fn cursor_saved(&mut self, state: &State, answer: &SideAnswer<Cursor>) -> Effect {
        match (state, answer) {
            (State::UnmarkSave, SideAnswer::Written(_)) => self.done(Outcome::Drained),
            (State::Pass, SideAnswer::Written(_)) => self.passed(),
            (_, SideAnswer::Conflict(_)) => self.conflict(),
            _ => self.trouble(),
        }
    }

    /// Finds the documents of the letter in hand.
    pub(super) fn route(&mut self) -> Effect {
        let (Some(held), Some((cursor, _))) = (self.hand.first(), &self.cursor) else {
            return self.trouble();
        };
        let letter = &held.stored.letter;
        let Some(event) = letter.payload.event(0) else {
            return self.fail(Fault::new("payload", "the letter holds no event"));
        };
        if held.stored.discard.is_some() {
            return self.pass();
        }
        if event.version() < self.first {
            let fault = below(event, self.first);
            return self.fail(fault);
        }
        if !self.is_ready(&cursor.done, event.version(), &letter.holes) {
            return self.done(Outcome::Later);
        }
        let mut keys = Keys::default();
        let routed = match event.fault() {
            Some(fault) => Err(fault.clone()),
            None => self.projection.route(event, &mut keys).and_then(|()| keys.check()),
        };
        if let Err(fault) = routed {
            return self.fail(fault);
        }
        self.targets.extend(keys.has_stream().then(|| Name::from(event.stream())));
        self.targets.extend(keys.named().iter().cloned());
        self.next_target()
    }

    fn fail(&mut self, fault: Fault) -> Effect {
        self.plan(&[], Some(fault));
        self.go_on()
    }

    /// Folds the letter into its next document; when all have it, it leaves.
    pub(super) fn next_target(&mut self) -> Effect {
        match self.targets.front() {
            None => self.all_durable(),
            Some(_) => self.load_target(),
        }
    }

    pub(super) fn load_target(&mut self) -> Effect {
        match self.targets.front().cloned() {
            Some(key) => self.load(key),
            None => self.trouble(),
        }
    }

    pub(super) fn document_is_durable(&mut self) -> Effect {
        if self.targets.pop_front().is_some() { self.next_target() } else { self.go_on() }
    }

    /// A document of the letter is loaded: its guard judges, before its mark.
    pub(super) fn fold_letter(&mut self) -> Effect {
        let now = self.clock.wall();
        let (Some(target), Some(held)) = (&mut self.target, self.hand.first()) else {
            return self.trouble();
        };
        let Some(event) = held.stored.letter.payload.event(0) else { return self.trouble() };
        let (projection, first) = (&self.projection, self.first);
        let folder = Folder { projection, first, drained: true, late: false, now };
        let key = target.key.clone();
        match folder.judge(&target.meta.guard, &held.stored, event) {
            Standing::Covered => return self.document_is_durable(),
            Standing::LateFill => {
                return self.append_behind(key, Purpose::LateForTarget);
            }
            Standing::New => {}
        }
        if let Some(mark) = &target.meta.mark {
            if self.closed != Some(mark.epoch) {
                let purpose = Purpose::Behind(mark.epoch);
                return self.append_behind(key, purpose);
            }
            target.meta.mark = None;
        }
        let letters = std::iter::once(&held.stored);
        let result = folder.fold(&key, &mut target.body, &mut target.meta, letters);
        match result.stop {
            Some(Stop::Failed(fault)) => self.fail(fault),
            Some(Stop::Fence) => self.trouble(),
            None => {
                let write = self.write_of(&result.streams);
                self.put_document(State::Write, write)
            }
        }
    }

    /// The letter is to be discarded: the cursor moves past it before it goes, or a stream read
    /// again from history would park it again.
    fn pass(&mut self) -> Effect {
        let (Some(held), Some((cursor, revision))) = (self.hand.first(), &self.cursor) else {
            return self.trouble();
        };
        let letter = &held.stored.letter;
        let version = letter.version;
        if version < self.first || cursor.done.judge(version) != Standing::New {
            return self.passed();
        }
        if !self.is_ready(&cursor.done, version, &letter.holes) {
            return self.done(Outcome::Later);
        }
        let (mut cursor, revision) = (cursor.clone(), *revision);
        let before = cursor.done.next;
        cursor.done.advance(version);
        for &(from, to) in letter.holes.ranges() {
            cursor.done.holes.add(from.max(before), to.min(version.saturating_sub(1)));
        }
        self.save(State::Pass, revision, cursor)
    }

    fn passed(&mut self) -> Effect {
        self.plan(&[Verdict::Leaves(Left::Discarded)], None);
        self.go_on()
    }

    /// Whether the document is folded anew from history.
    pub(super) fn refolds(&self) -> bool {
        self.projection.guard() == GuardKind::Refold
    }

    /// Whether all below this version is durably done: by the cursor, by this parking's letters
    /// that have left, or because it is known to be missing.
    fn is_ready(&self, done: &Progress, version: u64, holes: &Holes) -> bool {
        let Scope::Stream(stream) = &self.scope else { return false };
        let known = self.head.as_ref().and_then(|(head, _)| head.streams.get(stream));
        let left = known
            .and_then(|known| known.left.as_ref())
            .map_or(0, |left| left.version.saturating_add(1));
        if self.in_order && left > 0 {
            return true;
        }
        let reached = holes.ranges().iter().fold(done.next.max(left), |next, &(from, to)| {
            if (from..=to).contains(&next) { to.saturating_add(1) } else { next }
        });
        reached >= version
    }
}
