//! Stores in memory, a projection that writes down what it folds, and a live flow that parks.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::control::{ControlAnswer, ControlOp};
use crate::cursor::Cursor;
use crate::drain::{Drain, Effect, Input, Mode, Outcome};
use crate::effect::DocumentWrite;
use crate::event::{Batch, BatchBuilder, Event, Slot};
use crate::fault::{Fault, Trouble};
use crate::guard::{Epoch, Guard, GuardKind, Mark, Meta, Revision};
use crate::input::{History, Loaded, SideAnswer, Stored, WriteAnswer};
use crate::letter::{Cause, Letter, Scope};
use crate::name::{Name, ProjectionId};
use crate::parking::tests::{Store, id};
use crate::parking::{Append, AppendStep, HeadRecord, Limits, StoredLetter, names, wire};
use crate::position::Position;
use crate::progress::{Holes, Progress};
use crate::projection::{Change, Keys, Projection};
use crate::sequencer::{Source, Versions};
use crate::time::Time;
use crate::value::Value;

/// Writes down what it folds: `s5` for version 5 of stream `s`.
#[derive(Clone, Debug)]
pub(crate) struct Diary {
    pub(crate) guard: GuardKind,
    /// Whether poison is poison.
    pub(crate) broken: bool,
}

impl Projection for Diary {
    fn id(&self) -> ProjectionId {
        id()
    }

    fn guard(&self) -> GuardKind {
        self.guard
    }

    fn route(&self, event: Event<'_>, keys: &mut Keys) -> Result<(), Fault> {
        if self.broken && event.kind() == "keyless" {
            return Err(Fault::new("keyless", "no key"));
        }
        if matches!(self.guard, GuardKind::Version | GuardKind::Refold) {
            keys.stream();
        } else if let Some(Slot::Text(text)) = event.parts().next().map(|part| part.slot(0)) {
            text.split(',').filter(|key| !key.is_empty()).for_each(|key| keys.push(key));
        }
        Ok(())
    }

    fn apply(&self, event: Event<'_>, key: &str, document: &mut Value) -> Result<Change, Fault> {
        if self.broken && (event.kind() == "poison" || event.kind() == format!("poison {key}")) {
            return Err(Fault::new("poison", format!("version {}", event.version())));
        }
        if event.kind() == "delete" {
            *document = Value::Null;
            return Ok(Change::Applied);
        }
        let mut text = match document {
            Value::Text(text) => text.to_string(),
            _ => String::new(),
        };
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(event.stream());
        text.push_str(&event.version().to_string());
        *document = Value::Text(text.into());
        Ok(Change::Applied)
    }
}

/// One event of partition `p`, alone in its batch; `keys` for projections whose key is data.
pub(crate) fn event(stream: &str, version: u64, kind: &str, keys: &str, at: u64) -> Arc<Batch> {
    let mut builder = BatchBuilder::default();
    builder.event(stream, version, Position::number(at)).part(kind, &[Slot::Text(keys)]);
    Arc::new(builder.build())
}

pub(crate) fn letter(scope: Scope, epoch: Epoch, payload: &Arc<Batch>) -> Letter {
    let event = payload.event(0).unwrap();
    Letter {
        scope,
        epoch: Some(epoch),
        stream: event.stream().into(),
        version: event.version(),
        partition: Some("p".into()),
        position: event.position().clone(),
        kind: event.kind().into(),
        cause: Cause::Behind,
        fault: Fault::new("poison", "it failed"),
        first_seen: Time(0),
        holes: Holes::default(),
        by_version: false,
        payload: Arc::clone(payload),
    }
}

#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) control: Store,
    pub(crate) documents: BTreeMap<Name, Stored>,
    pub(crate) rows: BTreeMap<(Name, Name), Progress>,
    pub(crate) cursors: BTreeMap<Name, (Cursor, Revision)>,
    pub(crate) histories: BTreeMap<Name, Arc<Batch>>,
    pub(crate) writes: u64,
    /// What the store does not take.
    pub(crate) text_bytes_max: Option<usize>,
}

impl World {
    pub(crate) fn revision(&mut self) -> Revision {
        self.writes += 1;
        Revision(self.writes, 1)
    }

    /// Puts a document as somebody else wrote it.
    pub(crate) fn put(&mut self, key: &str, body: &str, meta: Meta) {
        let revision = self.revision();
        let body = if body.is_empty() { Value::Null } else { Value::Text(body.into()) };
        self.documents.insert(key.into(), Stored { body: Arc::new(body), meta, revision });
    }

    pub(crate) fn body(&self, key: &str) -> &str {
        match self.documents.get(key).map(|stored| &*stored.body) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    pub(crate) fn write(&mut self, write: &DocumentWrite) -> WriteAnswer {
        let stored = self.documents.get(&write.key).map(|stored| stored.revision);
        if stored != write.replaces {
            return WriteAnswer::Conflict;
        }
        let long = matches!(&*write.body, Value::Text(text)
            if self.text_bytes_max.is_some_and(|max| text.len() > max));
        if long {
            return WriteAnswer::Refused(Fault::new("too_large", "the store takes no more"));
        }
        let revision = self.revision();
        let stored = Stored { body: Arc::clone(&write.body), meta: write.meta.clone(), revision };
        self.documents.insert(write.key.clone(), stored);
        for (stream, progress) in &write.rows {
            self.rows.insert((write.key.clone(), stream.clone()), progress.clone());
        }
        WriteAnswer::Written(revision)
    }

    /// Performs what a drain wants; none for a wake-up or the end.
    pub(crate) fn perform(&mut self, effect: &Effect) -> Option<Input> {
        Some(match effect {
            Effect::Control(op) => Input::Control(self.control.perform(op)),
            Effect::Load(load) => {
                let stored = Ok(self.documents.get(&load.key).cloned());
                let row = |stream: &Name| {
                    let progress = self.rows.get(&(load.key.clone(), stream.clone()))?;
                    Some((stream.clone(), progress.clone()))
                };
                let rows = load.rows.iter().filter_map(row).collect();
                Input::Loaded(Loaded { key: load.key.clone(), rows, stored })
            }
            Effect::Write(write) => Input::Written(self.write(write)),
            Effect::LoadCursor(stream) => {
                Input::CursorLoaded(Ok(self.cursors.get(stream).cloned()))
            }
            Effect::SaveCursor(save) => {
                let stored = self.cursors.get(&save.stream).cloned();
                if stored.as_ref().map(|(_, revision)| *revision) != save.replaces {
                    return Some(Input::CursorSaved(SideAnswer::Conflict(stored)));
                }
                let revision = self.revision();
                self.cursors.insert(save.stream.clone(), (save.cursor.clone(), revision));
                Input::CursorSaved(SideAnswer::Written(revision))
            }
            Effect::ReadHistory { stream, .. } => {
                let batch = self.histories.get(stream).cloned().unwrap_or_default();
                Input::History(Ok(History { batch, oldest: None, more: false }))
            }
            Effect::WakeAt(_) | Effect::Done(_) => return None,
        })
    }

    /// Appends a letter to its end.
    pub(crate) fn append(&mut self, letter: Letter) {
        let mut append = Append::new(id(), letter, Limits::default());
        let mut answer = None;
        while let AppendStep::Do(op) = append.step(answer.take()) {
            answer = Some(self.control.perform(&op));
        }
    }

    /// Takes a letter away, as another drain does.
    pub(crate) fn take(&mut self, letter: &Letter) {
        let key = names::letter(&id(), letter);
        if let ControlAnswer::Got(Some(entry)) =
            self.control.perform(&ControlOp::Get { key: key.clone() })
        {
            self.control.perform(&ControlOp::Delete { key, replaces: entry.revision });
        }
    }

    pub(crate) fn head(&self, scope: &Scope, epoch: Epoch) -> Option<HeadRecord> {
        crate::parking::tests::head(&self.control, scope, epoch)
    }

    pub(crate) fn letters(&self, scope: &Scope, epoch: Epoch) -> Vec<StoredLetter> {
        let names = self.control.names(&names::letters(&id(), scope, epoch));
        let values = names.iter().filter_map(|name| self.control.value(name));
        values.map(|value| wire::read_letter(value).unwrap()).collect()
    }

    /// Runs a drain to its end.
    pub(crate) fn drain<P: Projection>(&mut self, drain: &mut Drain<P>) -> Outcome {
        let mut now = Time(1_000);
        let mut input = Input::Started;
        for _ in 0..10_000 {
            match drain.step(now, input) {
                Effect::Done(outcome) => return outcome,
                Effect::WakeAt(at) => {
                    now = at;
                    input = Input::Ticked;
                }
                effect => input = self.perform(&effect).unwrap(),
            }
        }
        panic!("the drain does not end");
    }
}

/// The answer that leaves open whether anything was done.
pub(crate) fn unknown(effect: &Effect) -> Input {
    match effect {
        Effect::Control(_) => Input::Control(ControlAnswer::Trouble(Trouble::Unknown)),
        Effect::Load(load) => Input::Loaded(Loaded {
            key: load.key.clone(),
            rows: Vec::new(),
            stored: Err(Trouble::Unknown),
        }),
        Effect::Write(_) => Input::Written(WriteAnswer::Retry(Trouble::Unknown)),
        Effect::LoadCursor(_) => Input::CursorLoaded(Err(Trouble::Unknown)),
        Effect::SaveCursor(_) => Input::CursorSaved(SideAnswer::Retry(Trouble::Unknown)),
        Effect::ReadHistory { .. } => Input::History(Err(Trouble::Unknown)),
        Effect::WakeAt(_) | Effect::Done(_) => Input::Ticked,
    }
}

pub(crate) fn mark(epoch: Epoch, stream: &str, version: u64) -> Mark {
    Mark { epoch, stream: stream.into(), version, fault: Fault::new("poison", "it failed") }
}

/// A reserved field whose guard has these streams done up to below these versions, and a mark.
pub(crate) fn meta(guard: Guard, epoch: Option<Epoch>) -> Meta {
    let mark = epoch.map(|epoch| mark(epoch, "s", 1).into());
    Meta { guard, mark, ..Meta::empty(GuardKind::Version, 1) }
}

pub(crate) fn drain(
    guard: GuardKind,
    broken: bool,
    place: (Scope, Epoch),
    mode: Mode,
) -> Drain<Diary> {
    let backoff = crate::backoff::Backoff::new((10, 100), 0, 0);
    Drain::new(Diary { guard, broken }, &source(), Limits::default(), backoff, place, mode)
}

/// Versions without gaps, on a feed that is trusted with no order.
pub(crate) fn source() -> Source {
    let versions = Versions::Contiguous;
    Source { versions, first: 1, history: true, ordered: false, begins: None }
}
