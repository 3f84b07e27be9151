//! How effects are performed on the adapters in memory, one at a time.

use foldline_core::effect::{Effect, Ticket};
use foldline_core::event::BatchBuilder;
use foldline_core::input::Input;
use foldline_core::letter::{Letter, LetterAnswer};
use foldline_core::name::Name;
use foldline_core::parking::{Append, AppendStep, Limits};
use foldline_core::position::Position;
use foldline_core::projection::Projection;
use foldline_core::projector::Versions;
use foldline_ports::commit::CheckpointWrite;
use foldline_ports::feed::Ask;
use foldline_ports::history::Versions as Range;

use super::Stage;
use super::events::parse;

impl Stage {
    /// Does what an effect says, and makes its answer.
    pub(crate) fn do_it(&mut self, worker: usize, effect: &Effect) -> Option<Input> {
        let id = self.projection.id();
        Some(match effect {
            Effect::Fetch { ticket, partition, after, .. } => {
                return Some(self.fetch(worker, *ticket, partition, after.as_ref()));
            }
            Effect::Locate { ticket, partition } => {
                let spot = self.feed.oldest_now(partition);
                let (partition, incarnation) = (partition.clone(), spot.incarnation);
                let position = Ok(spot.position);
                Input::Located { ticket: *ticket, partition, incarnation, position }
            }
            Effect::Sweep { ticket, partition, after } => {
                let heads = self.history.heads_now(after.as_deref(), 2);
                let sweep = Some((partition.clone(), *ticket));
                Input::Heads { sweep, page: Ok(heads.page), more: heads.more }
            }
            Effect::Load { ticket, keys } => {
                let documents = self.documents.load_now(&id, keys);
                Input::Loaded { ticket: *ticket, documents }
            }
            Effect::LoadCursors { ticket, streams } => {
                let cursors = self.documents.load_cursors_now(&id, streams);
                Input::CursorsLoaded { ticket: *ticket, cursors }
            }
            Effect::Write { ticket, documents } => {
                let answers = self.documents.write_now(&id, documents);
                Input::Written { ticket: *ticket, answers }
            }
            Effect::SaveCursors { ticket, cursors } => {
                let answers = self.documents.save_cursors_now(&id, cursors);
                Input::CursorsSaved { ticket: *ticket, answers }
            }
            Effect::Repair { ticket, stream, from, through, after } => {
                let history = Ok(self.read(stream, (*from, *through), after.as_deref()));
                Input::Repaired { ticket: *ticket, stream: stream.clone(), history }
            }
            Effect::Park { ticket, letters } => {
                let answers = letters.iter().map(|letter| self.append(letter)).collect();
                Input::Parked { ticket: *ticket, answers }
            }
            Effect::Commit { ticket, partition, replaces, checkpoint } => {
                let (partition, checkpoint) = (partition.clone(), checkpoint.clone());
                let write = CheckpointWrite { partition, replaces: *replaces, checkpoint };
                let answer = self.documents.save_checkpoint_now(&id, &write);
                Input::Committed { ticket: *ticket, partition: write.partition, answer }
            }
            other => {
                self.note(other);
                return None;
            }
        })
    }

    /// What is not answered is remembered for the script.
    fn note(&mut self, effect: &Effect) {
        match effect {
            Effect::Halt { why, .. } => self.halts.push(why.clone()),
            Effect::Alarm(alarm) => self.alarms.push(alarm.clone()),
            Effect::Release { partition } => self.released.push(partition.clone()),
            other => panic!("{other:?} wants to be done"),
        }
    }

    fn fetch(
        &mut self,
        worker: usize,
        ticket: Ticket,
        partition: &Name,
        after: Option<&Position>,
    ) -> Input {
        let incarnation = self.hand(worker).incarnation.clone();
        let ask = Ask { partition, incarnation: &incarnation, after, events_max: 100 };
        match self.feed.fetch_now(ask) {
            Ok(fetched) => Input::Fetched { ticket, fetched },
            Err(error) => Input::FetchFailed { ticket, partition: partition.clone(), error },
        }
    }

    pub(super) fn read(
        &self,
        stream: &str,
        (from, through): (u64, Option<u64>),
        after: Option<&str>,
    ) -> foldline_core::input::History {
        if self.source.versions != Versions::Refold {
            return self.history.read_now(Range { stream, from, through, events_max: 5 });
        }
        let mut sorted = self.history.sorted_now(stream, after, 5);
        let mut out = BatchBuilder::default();
        for (version, event) in (from..).zip(sorted.batch.events()) {
            let name = (stream.to_owned(), event.sort().to_owned());
            let text = self.written.get(&name).expect("it was written");
            let fact = parse(text, 0).1;
            fact.show(&mut out, stream, version, Position::number(0));
            out.sort(event.sort());
        }
        sorted.oldest = sorted.oldest.map(|_| self.source.first);
        sorted.batch = std::sync::Arc::new(out.build());
        sorted
    }

    fn append(&self, letter: &Letter) -> LetterAnswer {
        let mut append = Append::new(self.projection.id(), letter.clone(), Limits::default());
        let mut answer = None;
        loop {
            match append.step(answer.take()) {
                AppendStep::Do(op) => answer = Some(self.control.perform_now(op, 100)),
                AppendStep::Done(done) => return done,
            }
        }
    }
}
