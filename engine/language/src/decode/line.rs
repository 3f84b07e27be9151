//! One native line into one event. What is wrong with a value is remembered and reading goes on,
//! so that the event can still be named; what is wrong with the text ends it there.

use std::borrow::Cow;

use foldline_core::event::{KIND_UNKNOWN, Slot, Writer};
use foldline_core::fault::Fault;
use foldline_core::limits;
use foldline_core::position::Position;
use foldline_core::value::json::{JsonError, Kind, Quoted, Reader, Wrong};
use foldline_core::value::{Number, Timestamp};

use super::Plan;

/// Decodes lines of one text, with tables that are used again for each.
pub(super) struct Line<'t, 'p> {
    plan: &'p Plan,
    slots: Vec<Found<'t>>,
    /// The nodes of the plan that this line has shown already.
    seen: Vec<bool>,
    /// Texts without their escapes.
    unescaped: String,
    head: Head<'t>,
}

/// A value, before its text has a place of its own.
#[derive(Clone, Copy)]
enum Found<'t> {
    Slot(Slot<'t>),
    Unescaped(usize, usize),
}

#[derive(Default)]
struct Head<'t> {
    stream: Option<Cow<'t, str>>,
    version: Option<u64>,
    kind: Option<Cow<'t, str>>,
    kind_id: Option<u32>,
    time: Option<Timestamp>,
    timed: bool,
    /// The stream or the version is given twice: nobody can tell which event it is.
    ambiguous: bool,
    fault: Option<Fault>,
}

impl<'t, 'p> Line<'t, 'p> {
    pub(super) fn new(plan: &'p Plan) -> Line<'t, 'p> {
        Line {
            plan,
            slots: vec![Found::Slot(Slot::Missing); plan.slots()],
            seen: vec![false; plan.nodes()],
            unescaped: String::new(),
            head: Head::default(),
        }
    }

    /// Adds the event of one record; `fault` is what is known to be wrong with it already.
    pub(super) fn decode(
        &mut self,
        text: &'t str,
        fault: Option<Fault>,
        position: Position,
        writer: &mut Writer<'_>,
    ) {
        self.slots.fill(Found::Slot(Slot::Missing));
        self.seen.fill(false);
        self.unescaped.clear();
        self.head =
            Head { fault: fault.or_else(|| super::guard::size(text).err()), ..Head::default() };
        if let Err(error) = self.read(text) {
            self.remember(error.into());
        }
        self.write(position, writer);
    }

    fn write(&mut self, position: Position, writer: &mut Writer<'_>) {
        let head = &mut self.head;
        let stream = head.stream.as_deref().filter(|stream| !stream.is_empty());
        let (Some(stream), Some(version), false) = (stream, head.version, head.ambiguous) else {
            writer.event("", 0, position);
            writer.fault(head.fault.take().unwrap_or_else(|| missing("`stream` or `version`")));
            return;
        };
        writer.event(stream, version, position);
        if let Some(time) = head.time {
            writer.time(time);
        }
        let kind = head.kind.as_deref().filter(|kind| !kind.is_empty());
        let fault = head.fault.take().or_else(|| kind.is_none().then(|| missing("`type`")));
        let id = head.kind_id.unwrap_or(KIND_UNKNOWN);
        let reads = fault.is_none() && self.plan.reads(id);
        if let Some(fault) = fault {
            writer.fault(fault);
        }
        if let Some(kind) = kind {
            // What nobody reads is not there, wherever the type stood in the line.
            let slots = self.slots.get(..if reads { self.slots.len() } else { 0 });
            let unescaped = &self.unescaped;
            let slots = slots.unwrap_or_default().iter().map(|found| match *found {
                Found::Slot(slot) => slot,
                Found::Unescaped(from, to) => {
                    Slot::Text(unescaped.get(from..to).unwrap_or_default())
                }
            });
            writer.part(kind, id, slots);
        }
    }

    /// Keeps the first thing that is wrong.
    fn remember(&mut self, fault: Fault) {
        self.head.fault.get_or_insert(fault);
    }

    /// Goes on after a value that cannot be taken but was read to its end.
    fn pass<T>(&mut self, result: Result<T, JsonError>) -> Result<Option<T>, JsonError> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error) => match error.what {
                Wrong::Number(_) | Wrong::Surrogate | Wrong::Duplicate => {
                    self.remember(error.into());
                    Ok(None)
                }
                _ => Err(error),
            },
        }
    }

    fn read(&mut self, text: &'t str) -> Result<(), JsonError> {
        let mut reader = Reader::new(text);
        let mut first = true;
        reader.open_map()?;
        while let Some(name) = reader.name(first)? {
            first = false;
            if !name.escaped() {
                self.top(&mut reader, name.raw)?;
            } else if let Some(name) = self.pass(name.text())? {
                self.top(&mut reader, &name)?;
            } else {
                reader.skip()?;
            }
            if self.is_told() {
                return Ok(());
            }
        }
        reader.end()
    }

    /// Whether all is known that anybody asks of this event. Writers put its head before what it
    /// holds: of a type that nobody handles the rest of the line is not looked at.
    fn is_told(&self) -> bool {
        let head = &self.head;
        let unread = head.kind_id.is_some_and(|id| !self.plan.reads(id));
        unread && head.timed && head.version.is_some() && head.stream.is_some()
    }

    /// The value of one of the event's own names.
    fn top(&mut self, reader: &mut Reader<'t>, name: &str) -> Result<(), JsonError> {
        match name {
            "stream" => self.stream(reader),
            "version" => self.version(reader),
            "type" => self.kind(reader),
            "time" => self.time(reader),
            name => self.below(reader, 0, name),
        }
    }

    fn stream(&mut self, reader: &mut Reader<'t>) -> Result<(), JsonError> {
        let stream = self.text(reader, "stream")?;
        self.head.ambiguous |= self.head.stream.is_some();
        self.head.stream = Some(stream.unwrap_or_default());
        Ok(())
    }

    fn version(&mut self, reader: &mut Reader<'t>) -> Result<(), JsonError> {
        self.head.ambiguous |= self.head.version.is_some();
        if reader.kind()? != Kind::Number {
            self.remember(Fault::new("undecodable", "`version` is not a number"));
            return reader.skip();
        }
        let number = reader.exact();
        match self.pass(number)? {
            Some(Number::Int(version)) if version >= 0 => {
                // A line that was cut off may have lost digits.
                self.head.version = reader.closed().then_some(version.unsigned_abs());
            }
            Some(number) => {
                let message = format!("`version` is {number}, not a whole number from 0 on");
                self.remember(Fault::new("undecodable", message));
            }
            None => {}
        }
        Ok(())
    }

    fn kind(&mut self, reader: &mut Reader<'t>) -> Result<(), JsonError> {
        let kind = self.text(reader, "type")?.unwrap_or_default();
        if self.head.kind.is_some() {
            self.remember(twice("type"));
        }
        self.head.kind_id = Some(self.plan.kind_id(&kind));
        self.head.kind = Some(kind);
        Ok(())
    }

    fn time(&mut self, reader: &mut Reader<'t>) -> Result<(), JsonError> {
        if std::mem::replace(&mut self.head.timed, true) {
            self.remember(twice("time"));
        }
        if reader.kind()? == Kind::Null {
            return reader.null();
        }
        if let Some(time) = self.text(reader, "time")? {
            match Timestamp::parse(&time) {
                Ok(time) => self.head.time = Some(time),
                Err(fault) => self.remember(fault),
            }
        }
        Ok(())
    }

    /// A value that must be text.
    fn text(
        &mut self,
        reader: &mut Reader<'t>,
        name: &str,
    ) -> Result<Option<Cow<'t, str>>, JsonError> {
        if reader.kind()? != Kind::Text {
            self.remember(Fault::new("undecodable", format!("`{name}` is not text")));
            reader.skip()?;
            return Ok(None);
        }
        let text = reader.quoted()?;
        if !text.escaped() {
            return Ok(Some(Cow::Borrowed(text.raw)));
        }
        let text = text.text();
        self.pass(text)
    }

    /// The value of a name below a node of the plan.
    #[inline]
    fn below(
        &mut self,
        reader: &mut Reader<'t>,
        above: usize,
        name: &str,
    ) -> Result<(), JsonError> {
        let unread = self.head.kind_id.is_some_and(|id| !self.plan.reads(id));
        match self.plan.below(above, name) {
            Some(node) if !unread => self.node(reader, node, name),
            _ => reader.skip(),
        }
    }

    fn node(&mut self, reader: &mut Reader<'t>, place: usize, name: &str) -> Result<(), JsonError> {
        if self.seen.get_mut(place).is_some_and(|seen| std::mem::replace(seen, true)) {
            self.remember(twice(name));
            return reader.skip();
        }
        let Some(node) = self.plan.node(place) else { return reader.skip() };
        let (kind, start) = (reader.kind()?, reader.place());
        if kind == Kind::Map && !node.below.is_empty() {
            let mut first = true;
            reader.open_map()?;
            while let Some(name) = reader.name(first)? {
                first = false;
                if !name.escaped() {
                    self.below(reader, place, name.raw)?;
                } else if let Some(name) = self.pass(name.text())? {
                    self.below(reader, place, &name)?;
                } else {
                    reader.skip()?;
                }
            }
            self.keep(node.slot, Found::Slot(Slot::Raw(reader.piece(start))));
            return Ok(());
        }
        if node.slot.is_none() {
            return reader.skip();
        }
        let found = self.scalar(reader, kind)?;
        self.keep(node.slot, found);
        Ok(())
    }

    fn keep(&mut self, slot: Option<usize>, found: Found<'t>) {
        if let Some(place) = slot.and_then(|slot| self.slots.get_mut(slot)) {
            *place = found;
        }
    }

    fn scalar(&mut self, reader: &mut Reader<'t>, kind: Kind) -> Result<Found<'t>, JsonError> {
        Ok(Found::Slot(match kind {
            Kind::Null => {
                reader.null()?;
                Slot::Null
            }
            Kind::Bool => Slot::Bool(reader.bool()?),
            Kind::Number => {
                let number = reader.exact();
                match self.pass(number)? {
                    Some(Number::Int(int)) => Slot::Int(int),
                    Some(Number::Decimal(decimal)) => Slot::Decimal(decimal),
                    None => Slot::Missing,
                }
            }
            Kind::Text => return self.unescaped(reader.quoted()?),
            Kind::List | Kind::Map => Slot::Raw(reader.raw()?),
        }))
    }

    fn unescaped(&mut self, text: Quoted<'t>) -> Result<Found<'t>, JsonError> {
        if !text.escaped() {
            return Ok(Found::Slot(Slot::Text(text.raw)));
        }
        let start = self.unescaped.len();
        let result = text.unescape(&mut self.unescaped);
        self.pass(result)?;
        Ok(Found::Unescaped(start, self.unescaped.len()))
    }
}

fn missing(what: &str) -> Fault {
    Fault::new("undecodable", format!("the record has no {what}"))
}

fn twice(name: &str) -> Fault {
    Fault::new("undecodable", format!("`{name}` is given twice"))
}

const _: () = assert!(limits::JSON_DEPTH_MAX <= 64, "a path recurses no deeper than its text");
