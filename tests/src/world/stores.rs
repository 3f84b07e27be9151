//! The stores as machines meet them: the real adapters in memory, behind a layer that throttles,
//! times out, answers in part, refuses, and stays away.

use foldline_core::checkpoint::Checkpoint;
use foldline_core::cursor::{Cursor, CursorWrite};
use foldline_core::effect::{DocumentWrite, Effect, LoadKey};
use foldline_core::fault::{Fault, Trouble};
use foldline_core::guard::Revision;
use foldline_core::input::{Loaded, SideAnswer, WriteAnswer};
use foldline_core::name::{Name, ProjectionId};
use foldline_core::projection::Projection;
use foldline_core::value::Value;
use foldline_ports::commit::CheckpointWrite;
use foldline_ports::documents::Side;

use crate::world::faults::Kind;
use crate::world::parts::{Act, Happening};
use crate::world::run::{Failure, World};

/// What becomes of one request, before the store is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Luck {
    /// It is done, and answered.
    Good,
    /// It is not done, for this reason.
    Not(Trouble),
    /// It is done, and nobody is told.
    DoneUntold,
    /// It is done later, and nobody is told.
    LaterUntold,
}

impl World {
    pub(super) fn id(&self, projection: usize) -> ProjectionId {
        match self.projections.get(projection) {
            Some(joined) => joined.projection.id(),
            None => ProjectionId { name: Name::default(), generation: 0 },
        }
    }

    fn luck(&mut self) -> Luck {
        if self.now < self.down_until {
            return Luck::Not(Trouble::Down);
        }
        if self.strikes(Kind::Throttled, 25) {
            return Luck::Not(Trouble::Throttled);
        }
        if self.strikes(Kind::TimedOutNotWritten, 15) {
            let later = self.rng.percent(50);
            return if later { Luck::LaterUntold } else { Luck::Not(Trouble::Unknown) };
        }
        if self.strikes(Kind::TimedOutWritten, 15) { Luck::DoneUntold } else { Luck::Good }
    }

    pub(super) fn load(&mut self, projection: usize, keys: &[LoadKey]) -> Vec<Loaded> {
        let mut loaded = self.documents.load_now(&self.id(projection), keys);
        for one in &mut loaded {
            if self.now < self.down_until {
                one.stored = Err(Trouble::Down);
            } else if self.strikes(Kind::LoadFailed, 15) {
                one.stored = Err(Trouble::Throttled);
            }
            if one.stored.is_err() {
                one.rows.clear();
            }
        }
        loaded
    }

    pub(super) fn load_cursors(
        &mut self,
        projection: usize,
        streams: &[Name],
    ) -> Vec<(Name, Side<Cursor>)> {
        let mut loaded = self.documents.load_cursors_now(&self.id(projection), streams);
        for (_, side) in &mut loaded {
            if self.now < self.down_until {
                *side = Err(Trouble::Down);
            } else if self.strikes(Kind::LoadFailed, 15) {
                *side = Err(Trouble::Throttled);
            }
        }
        loaded
    }

    pub(super) fn write(
        &mut self,
        act: &Act,
        documents: Vec<DocumentWrite>,
    ) -> Result<Vec<WriteAnswer>, Failure> {
        let whole = self.luck();
        let parted = self.strikes(Kind::HalfBatch, 30);
        let mut answers = Vec::with_capacity(documents.len());
        for document in documents {
            let luck = if parted { self.luck_of_part() } else { whole };
            answers.push(self.write_one(act, document, luck)?);
        }
        Ok(answers)
    }

    fn luck_of_part(&mut self) -> Luck {
        if self.now < self.down_until {
            return Luck::Not(Trouble::Down);
        }
        match self.rng.below(8) {
            0 | 1 => Luck::Not(Trouble::Throttled),
            2 => Luck::Not(Trouble::Unknown),
            3 => Luck::DoneUntold,
            _ => Luck::Good,
        }
    }

    fn write_one(
        &mut self,
        act: &Act,
        document: DocumentWrite,
        luck: Luck,
    ) -> Result<WriteAnswer, Failure> {
        match luck {
            Luck::Not(trouble) => return Ok(WriteAnswer::Retry(trouble)),
            Luck::LaterUntold => {
                let Effect::Write { ticket, .. } = act.effect else {
                    return Ok(WriteAnswer::Retry(Trouble::Unknown));
                };
                let effect = Effect::Write { ticket, documents: vec![document] };
                self.later(act, effect);
                return Ok(WriteAnswer::Retry(Trouble::Unknown));
            }
            Luck::Good | Luck::DoneUntold => {}
        }
        if !self.bitter.is_empty() && self.tastes_bitter(&document.body) {
            self.tally.count(Kind::Refused);
            return Ok(WriteAnswer::Refused(Fault::new("refused", "bitter on purpose")));
        }
        let projection = act.from.projection;
        let id = self.id(projection);
        let answers = self.documents.write_now(&id, std::slice::from_ref(&document));
        let Some(answer) = answers.into_iter().next() else {
            return Err("a write was not answered".to_owned());
        };
        match &answer {
            WriteAnswer::Written(_) => self.watch_document(projection, &document)?,
            WriteAnswer::Conflict => self.tally.count(Kind::Conflict),
            _ => {}
        }
        let told = luck == Luck::Good;
        Ok(if told { answer } else { WriteAnswer::Retry(Trouble::Unknown) })
    }

    /// A request that its sender has given up, and that lands after all.
    fn later(&mut self, act: &Act, effect: Effect) {
        let at = self.now + self.rng.below(3_000);
        self.plan_at(at, Happening::Ghost(Act { effect, ..act.clone() }));
    }

    fn tastes_bitter(&self, body: &Value) -> bool {
        match body {
            Value::Int(id) => self.bitter.contains(id),
            Value::List(list) => list.iter().any(|value| self.tastes_bitter(value)),
            Value::Map(map) => map.iter().any(|(_, value)| self.tastes_bitter(value)),
            _ => false,
        }
    }

    pub(super) fn save_cursors(
        &mut self,
        act: &Act,
        cursors: &[CursorWrite],
    ) -> Result<Vec<SideAnswer<Cursor>>, Failure> {
        let projection = act.from.projection;
        let id = self.id(projection);
        let luck = self.luck();
        let mut answers = Vec::with_capacity(cursors.len());
        for write in cursors {
            match luck {
                Luck::Not(trouble) => {
                    answers.push(SideAnswer::Retry(trouble));
                    continue;
                }
                Luck::LaterUntold => {
                    if let Effect::SaveCursors { ticket, .. } = act.effect {
                        let cursors = vec![write.clone()];
                        self.later(act, Effect::SaveCursors { ticket, cursors });
                    }
                    answers.push(SideAnswer::Retry(Trouble::Unknown));
                    continue;
                }
                Luck::Good | Luck::DoneUntold => {}
            }
            let done = self.documents.save_cursors_now(&id, std::slice::from_ref(write));
            let answer = done.into_iter().next().unwrap_or(SideAnswer::Retry(Trouble::Unknown));
            if matches!(answer, SideAnswer::Written(_)) {
                self.watch_cursor(projection, write)?;
            }
            let told = luck == Luck::Good;
            answers.push(if told { answer } else { SideAnswer::Retry(Trouble::Unknown) });
        }
        Ok(answers)
    }

    pub(super) fn commit(
        &mut self,
        act: &Act,
        partition: &Name,
        replaces: Option<Revision>,
        checkpoint: &Checkpoint,
    ) -> Result<SideAnswer<Checkpoint>, Failure> {
        let projection = act.from.projection;
        let luck = self.luck();
        match luck {
            Luck::Not(trouble) => return Ok(SideAnswer::Retry(trouble)),
            Luck::LaterUntold => {
                self.later(act, act.effect.clone());
                return Ok(SideAnswer::Retry(Trouble::Unknown));
            }
            Luck::Good | Luck::DoneUntold => {}
        }
        let id = self.id(projection);
        let checkpoint = checkpoint.clone();
        let write = CheckpointWrite { partition: partition.clone(), replaces, checkpoint };
        let answer = self.documents.save_checkpoint_now(&id, &write);
        if matches!(answer, SideAnswer::Written(_)) {
            self.watch_checkpoint(projection, partition, &write.checkpoint)?;
        }
        let told = luck == Luck::Good;
        Ok(if told { answer } else { SideAnswer::Retry(Trouble::Unknown) })
    }
}
