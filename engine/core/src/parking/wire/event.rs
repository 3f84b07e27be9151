//! A letter's event as lines of text: what it is, then its parts, each followed by its slots.

use std::fmt::Write;
use std::sync::Arc;

use super::{Lines, Record, broken};
use crate::event::{Batch, BatchBuilder, Slot};
use crate::fault::Fault;
use crate::position::{Position, Record as Place};
use crate::time::Time;
use crate::value::{Decimal, Number};

/// Writes the one event of a letter; a payload without one writes nothing.
pub(super) fn write(lines: &mut Lines, payload: &Batch) {
    let Some(event) = payload.event(0) else { return };
    let (version, position) = (event.version().to_string(), write_position(event.position()));
    lines.line("payload", &[event.stream(), &version, &position]);
    if !event.sort().is_empty() {
        lines.line("sort", &[event.sort()]);
    }
    if let Some(time) = event.time() {
        lines.line("time", &[&time.0.to_string()]);
    }
    if let Some(fault) = event.fault() {
        lines.fault("undecoded", fault);
    }
    for part in event.parts() {
        lines.line("part", &[part.kind()]);
        for slot in part.slots() {
            match slot {
                Slot::Missing => lines.line("missing", &[]),
                Slot::Null => lines.line("null", &[]),
                Slot::Bool(yes) => lines.line("bool", &[if yes { "true" } else { "false" }]),
                Slot::Int(number) => lines.line("int", &[&number.to_string()]),
                Slot::Decimal(number) => lines.line("decimal", &[&number.to_string()]),
                Slot::Text(text) => lines.line("text", &[text]),
                Slot::Raw(text) => lines.line("raw", &[text]),
            }
        }
    }
}

/// Reads what [`write`] wrote.
pub(super) fn read(record: &mut Record<'_>) -> Result<Arc<Batch>, Fault> {
    let mut builder = BatchBuilder::default();
    let Some(mut line) = record.maybe("payload") else { return Ok(Arc::default()) };
    let (stream, version) = (line.text()?, line.number()?);
    builder.event(&stream, version, read_position(&line.text()?)?);
    let sort = record.maybe("sort").map(|mut line| line.text()).transpose()?;
    builder.sort(&sort.unwrap_or_default());
    if let Some(mut line) = record.maybe("time") {
        builder.time(Time(line.number()?));
    }
    if let Some(mut line) = record.maybe("undecoded") {
        builder.fault(line.fault()?);
    }
    while let Some(mut line) = record.maybe("part") {
        let kind = line.text()?;
        let mut owned = Vec::new();
        while let Some(slot) = read_slot(record)? {
            owned.push(slot);
        }
        let slots: Vec<Slot<'_>> = owned.iter().map(Owned::slot).collect();
        builder.part(&kind, &slots);
    }
    Ok(Arc::new(builder.build()))
}

/// A slot with text of its own, until the batch has it.
enum Owned {
    Missing,
    Null,
    Bool(bool),
    Int(i64),
    Decimal(Decimal),
    Text(String),
    Raw(String),
}

impl Owned {
    fn slot(&self) -> Slot<'_> {
        match self {
            Owned::Missing => Slot::Missing,
            Owned::Null => Slot::Null,
            Owned::Bool(yes) => Slot::Bool(*yes),
            Owned::Int(number) => Slot::Int(*number),
            Owned::Decimal(number) => Slot::Decimal(*number),
            Owned::Text(text) => Slot::Text(text),
            Owned::Raw(text) => Slot::Raw(text),
        }
    }
}

fn read_slot(record: &mut Record<'_>) -> Result<Option<Owned>, Fault> {
    if record.maybe("missing").is_some() {
        return Ok(Some(Owned::Missing));
    }
    if record.maybe("null").is_some() {
        return Ok(Some(Owned::Null));
    }
    if let Some(mut line) = record.maybe("bool") {
        return line.number().map(|yes| Some(Owned::Bool(yes)));
    }
    if let Some(mut line) = record.maybe("int") {
        return line.number().map(|number| Some(Owned::Int(number)));
    }
    if let Some(mut line) = record.maybe("decimal") {
        return match Number::parse(&line.text()?)? {
            Number::Decimal(number) => Ok(Some(Owned::Decimal(number))),
            Number::Int(number) => Ok(Some(Owned::Int(number))),
        };
    }
    if let Some(mut line) = record.maybe("raw") {
        return line.text().map(|text| Some(Owned::Raw(text)));
    }
    match record.maybe("text") {
        Some(mut line) => line.text().map(|text| Some(Owned::Text(text))),
        None => Ok(None),
    }
}

/// A position: the record's bytes in hexadecimal, and the index in the record.
pub(super) fn write_position(position: &Position) -> String {
    let mut text = String::new();
    for byte in position.record.as_bytes() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    let _ = write!(text, "+{}", position.index);
    text
}

/// Reads what [`write_position`] wrote.
pub(super) fn read_position(text: &str) -> Result<Position, Fault> {
    let fault = || broken(&format!("`{text}` is not a position"));
    let (place, index) = text.split_once('+').ok_or_else(fault)?;
    let bytes: Option<Vec<u8>> = (0..place.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(place.get(at..at + 2)?, 16).ok())
        .collect();
    let record = Place::from_bytes(&bytes.ok_or_else(fault)?);
    Ok(Position { record, index: index.parse().map_err(|_| fault())? })
}
