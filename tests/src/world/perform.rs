//! How effects are performed: what a runtime would do, one effect at a time, with the faults of
//! the world in between. A crash may strike before an effect, within it, or after it.

use foldline_core::effect::{DocumentWrite, Effect, Halt, Ticket};
use foldline_core::event::{Batch, BatchBuilder};
use foldline_core::fault::{Fault, Trouble};
use foldline_core::input::{History as Read, Input};
use foldline_core::name::Name;
use foldline_core::position::Position;
use foldline_core::time::Time;
use foldline_ports::history::Versions;

use crate::world::effects::{self, Phase};
use crate::world::faults::Kind;
use crate::world::parts::{Act, Happening, Role};
use crate::world::run::{Failure, World};
use crate::world::truth::sort_key;
use crate::world::writers::Shown;

/// A wait that is worth sleeping through.
const LONG_MS: u64 = 120_000;
const LONG_WAIT_MS: u64 = 10_000;

impl World {
    /// Whether a fault of this kind strikes now; it is counted.
    pub(super) fn strikes(&mut self, kind: Kind, permille: u64) -> bool {
        let strikes = self.rng.permille(permille) && !self.calm && self.settings.may(kind);
        if strikes {
            self.tally.count(kind);
        }
        strikes
    }

    /// Lets a crash strike this effect, or not. Yes: it is dealt with.
    pub(super) fn crash_strikes(&mut self, act: &Act) -> Result<bool, Failure> {
        // The most frequent are struck the least.
        let chance = match act.effect {
            Effect::Fetch { .. } | Effect::WakeAt(_) => 1,
            Effect::Halt { .. } => 200,
            _ => 6,
        };
        if self.calm || !self.rng.permille(chance) || !self.settings.may(Kind::Crash) {
            return Ok(false);
        }
        let phase = match self.rng.below(3) {
            0 => Phase::Before,
            1 => Phase::Within,
            _ => Phase::After,
        };
        let kind = effects::kind(&act.effect);
        self.struck.strike(kind, phase);
        let name = effects::KINDS.get(kind).copied().unwrap_or_default();
        self.trace.say(self.now, || format!("w{} is struck {phase:?} {name}", act.from.worker));
        match phase {
            Phase::Before => {}
            Phase::Within => self.perform_part(act)?,
            Phase::After => {
                self.perform(act)?;
            }
        }
        self.kill(act.from.worker);
        Ok(true)
    }

    /// Performs some of an effect; or, where it cannot be parted, all of it when its sender is
    /// long dead.
    fn perform_part(&mut self, act: &Act) -> Result<(), Failure> {
        let mut part = act.clone();
        let whole = match &mut part.effect {
            Effect::Write { documents, .. } => self.keep_some(documents),
            Effect::SaveCursors { cursors, .. } => self.keep_some(cursors),
            Effect::Park { letters, .. } => {
                let keep = self.rng.index(letters.len() + 1);
                letters.truncate(keep);
                letters.is_empty()
            }
            _ => true,
        };
        if whole {
            let at = self.now + self.rng.below(5_000);
            self.plan_at(at, Happening::Ghost(act.clone()));
            return Ok(());
        }
        self.perform(&part)?;
        Ok(())
    }

    /// Keeps a random part; says whether nothing was left.
    fn keep_some<T>(&mut self, of: &mut Vec<T>) -> bool {
        of.retain(|_| self.rng.percent(50));
        of.is_empty()
    }

    /// Performs an effect. None: there is no answer, or it comes later.
    pub(super) fn perform(&mut self, act: &Act) -> Result<Option<Input>, Failure> {
        self.note_work(&act.effect);
        if let Role::Lane(lane) = act.from.role
            && World::is_word(act.from.role, &act.effect)
        {
            self.word_heard(act, lane);
            return Ok(None);
        }
        let projection = act.from.projection;
        Ok(match &act.effect {
            Effect::Locate { ticket, partition } => Some(self.locate(*ticket, partition)),
            Effect::Sweep { ticket, partition, after } => {
                Some(self.page_of_heads((partition.clone(), *ticket), after.as_deref()))
            }
            Effect::Load { ticket, keys } => {
                let (ticket, documents) = (*ticket, self.load(projection, keys));
                Some(Input::Loaded { ticket, documents })
            }
            Effect::LoadCursors { ticket, streams } => {
                let (ticket, cursors) = (*ticket, self.load_cursors(projection, streams));
                Some(Input::CursorsLoaded { ticket, cursors })
            }
            Effect::Write { ticket, documents } => {
                let documents: Vec<DocumentWrite> = documents.clone();
                let answers = self.write(act, documents)?;
                Some(Input::Written { ticket: *ticket, answers })
            }
            Effect::SaveCursors { ticket, cursors } => {
                let answers = self.save_cursors(act, cursors)?;
                Some(Input::CursorsSaved { ticket: *ticket, answers })
            }
            Effect::Repair { ticket, stream, from, through, after } => {
                let history = self.repair(stream, (*from, *through), after.as_deref());
                let (ticket, stream) = (*ticket, stream.clone());
                Some(Input::Repaired { ticket, stream, history })
            }
            Effect::Park { ticket, letters } => {
                self.begin_park(act.from, *ticket, letters.clone());
                None
            }
            Effect::Commit { ticket, partition, replaces, checkpoint } => {
                let answer = self.commit(act, partition, *replaces, checkpoint)?;
                let (ticket, partition) = (*ticket, partition.clone());
                Some(Input::Committed { ticket, partition, answer })
            }
            Effect::Alarm(alarm) => self.alarmed(projection, alarm),
            other => {
                self.perform_silent(act, other)?;
                None
            }
        })
    }

    /// When machines last did anything, and when they last wrote.
    fn note_work(&mut self, effect: &Effect) {
        if !matches!(effect, Effect::Fetch { .. } | Effect::WakeAt(_)) {
            self.fleet.last_work = self.now;
        }
        if matches!(effect, Effect::Write { .. } | Effect::Park { .. }) {
            self.fleet.last_write = self.now;
        }
    }

    /// Performs what has no answer, or whose answer comes from somewhere else.
    fn perform_silent(&mut self, act: &Act, effect: &Effect) -> Result<(), Failure> {
        let projection = act.from.projection;
        match effect {
            Effect::Fetch { .. } => self.ask(act)?,
            Effect::WakeAt(time) => self.wake(act, *time),
            Effect::Release { partition } => self.released(act.from, partition),
            Effect::Halt { partition, why } => {
                self.halted(projection, partition, why)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn locate(&mut self, ticket: Ticket, partition: &Name) -> Input {
        let spot = self.feed.oldest_now(partition);
        let failed = self.strikes(Kind::FeedFailed, 50);
        let position = if failed { Err(Trouble::Down) } else { Ok(spot.position) };
        let (partition, incarnation) = (partition.clone(), spot.incarnation);
        Input::Located { ticket, partition, incarnation, position }
    }

    fn page_of_heads(&mut self, sweep: (Name, Ticket), after: Option<&str>) -> Input {
        let heads = self.history.heads_now(after, 5);
        let failed = self.strikes(Kind::HistoryFailed, 50);
        let page = if failed { Err(Trouble::Throttled) } else { Ok(heads.page) };
        Input::Heads { sweep: Some(sweep), page, more: heads.more }
    }

    /// A partition stands still: rightly only where the feed lost what nobody can bring again, or
    /// where its first event says that it is not what was configured.
    fn halted(&mut self, projection: usize, partition: &Name, why: &Halt) -> Result<(), Failure> {
        let rightly = match why {
            Halt::Trimmed => !self.settings.history && self.watch.is_trimmed(partition),
            Halt::Incarnation { .. } => {
                !self.settings.history && self.tally.of(Kind::Incarnation) > 0
            }
            Halt::First(_) => self.settings.may(Kind::BelowFirst),
            Halt::Ordered(_) | Halt::Nameless(_) => false,
        };
        if !rightly {
            return Err(format!("p{projection} {partition} halts without a cause: {why:?}"));
        }
        self.tally.count(Kind::Halted);
        self.halts.insert((projection, partition.clone()));
        Ok(())
    }

    /// Nobody asks often while nothing can be stored for hours.
    pub(super) fn long_wait(&self) -> u64 {
        let left = self.down_until.saturating_sub(self.now);
        if left > LONG_MS { LONG_WAIT_MS } else { 0 }
    }

    fn wake(&mut self, act: &Act, time: Time) {
        let at = (act.sent + time.since(act.told)).max(self.now + 1);
        self.wake_at(act.from, at, time);
    }

    pub(super) fn repair(
        &mut self,
        stream: &str,
        (from, through): (u64, Option<u64>),
        after: Option<&str>,
    ) -> Result<Read, Trouble> {
        if self.strikes(Kind::HistoryFailed, 40) {
            return Err(Trouble::Throttled);
        }
        let events_max = self.rng.size(1, 12);
        let read = if self.versioned() {
            self.history.read_now(Versions { stream, from, through, events_max })
        } else {
            self.read_sorted(stream, from, after, events_max)
        };
        if read.batch.events().any(|event| event.fault().is_some()) {
            self.tally.count(Kind::UndecodableHistory);
        }
        Ok(read)
    }

    /// A stream of a source without versions: each event's version is its place in the sort order.
    fn read_sorted(&self, stream: &str, from: u64, after: Option<&str>, max: usize) -> Read {
        let mut read = self.history.sorted_now(stream, after, max);
        let mut out = BatchBuilder::default();
        for (version, event) in (from..).zip(read.batch.events()) {
            let place = event.sort().parse().unwrap_or_default();
            if let Some(fact) = self.truth.fact(stream, place) {
                fact.show(&mut out, stream, version, event.position().clone());
                out.sort(event.sort());
            }
        }
        read.oldest = read.oldest.map(|_| self.settings.first);
        read.batch = std::sync::Arc::new(out.build());
        read
    }

    /// The feed shows a record of the plan.
    pub(super) fn show(&mut self, number: usize) {
        let Some(record) = self.plan.get(number).cloned() else { return };
        let stream = record.shown.iter().find_map(|shown| match shown {
            Shown::Event { stream, .. } => Some(*stream),
            Shown::Nameless => None,
        });
        let elsewhere = record.elsewhere && !self.pinned();
        let home = self.fleet.home(stream.unwrap_or(number), elsewhere);
        let Some(home) = home.map(str::to_owned) else { return };
        let mut made = None;
        let first = self.feed.append(&home, |first| {
            let batch = self.make(&record.shown, &first);
            made = Some(crate::world::trace::batch(&batch));
            batch
        });
        let Some(first) = first else { return };
        let line = made.unwrap_or_default();
        self.trace.say(self.now, || format!("{home} shows{line}"));
        let before = self.watch.shown(&home, &first, &record.shown, self.now);
        let owners = &self.fleet.owners;
        let readers = before.and_then(|before| {
            Some((owners.get(&before)?, owners.get(&Name::from(home.as_str()))?))
        });
        if readers.is_some_and(|(before, now)| before != now) {
            self.tally.count(Kind::TwoPartitions);
        }
    }

    fn make(&self, shown: &[Shown], first: &Position) -> Batch {
        let mut out = BatchBuilder::default();
        for (index, shown) in (0..).zip(shown) {
            let position = Position { record: first.record.clone(), index };
            let Shown::Event { stream, version, forged } = shown else {
                out.event("", 0, position).fault(Fault::new("nameless", "no stream on purpose"));
                continue;
            };
            let Some(stream) = self.truth.streams.get(*stream) else { continue };
            let fact = if *forged {
                stream.forks.get(version).map(|(fact, _)| fact)
            } else {
                stream.shown(*version)
            };
            let Some(fact) = fact else { continue };
            if self.versioned() {
                fact.show(&mut out, &stream.name, *version, position);
            } else {
                fact.show(&mut out, &stream.name, 0, position);
                out.sort(&sort_key(*version));
            }
        }
        out.build()
    }

    /// History shows an event.
    pub(super) fn store(&mut self, stream: usize, version: u64) {
        let versioned = self.versioned();
        let Some(stream) = self.truth.streams.get(stream) else { return };
        let Some(fact) = stream.facts.get(&version) else { return };
        let mut out = BatchBuilder::default();
        let shown_as = if versioned { version } else { 0 };
        fact.show(&mut out, &stream.name, shown_as, Position::number(0));
        if !versioned {
            out.sort(&sort_key(version));
        }
        // What was truncated away in the meantime does not come back.
        if stream.truncated.is_some_and(|(at, below)| at <= self.now && version < below) {
            return;
        }
        for event in out.build().events() {
            self.history.append(event);
        }
        self.trace.say(self.now, || format!("history shows {}:{version}", stream.name));
    }

    pub(super) fn truncate(&mut self, stream: usize, below: u64) {
        let Some(stream) = self.truth.streams.get(stream) else { return };
        self.trace.say(self.now, || format!("history forgets {} below {below}", stream.name));
        self.history.truncate(&stream.name, below);
    }
}
