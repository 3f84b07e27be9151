//! A letter as lines of text; its event follows at the end.

use std::sync::Arc;

use super::{Lines, Record, broken, event, hex};
use crate::fault::Fault;
use crate::letter::{Cause, Letter};
use crate::name::Name;
use crate::parking::{Discard, StoredLetter};
use crate::progress::Holes;
use crate::time::Time;

const LETTER_FORMAT: u32 = 1;

const CAUSES: [(Cause, &str); 5] = [
    (Cause::Failed, "failed"),
    (Cause::Behind, "behind"),
    (Cause::Late, "late"),
    (Cause::Fork, "fork"),
    (Cause::Nameless, "nameless"),
];

/// A letter as text.
pub fn write_letter(stored: &StoredLetter) -> Arc<str> {
    let letter = &stored.letter;
    let mut lines = Lines::new("letter", LETTER_FORMAT);
    lines.scope(&letter.scope);
    if let Some(epoch) = letter.epoch {
        lines.line("epoch", &[&hex(epoch)]);
    }
    lines.line("event", &[&letter.stream, &letter.version.to_string(), &letter.kind]);
    if let Some(partition) = &letter.partition {
        lines.line("partition", &[partition]);
    }
    lines.line("position", &[&event::write_position(&letter.position)]);
    let cause =
        CAUSES.iter().find(|(cause, _)| *cause == letter.cause).map_or("", |(_, word)| word);
    lines.line("cause", &[cause]);
    lines.fault("fault", &letter.fault);
    lines.line("seen", &[&letter.first_seen.0.to_string()]);
    for (from, to) in letter.holes.ranges() {
        lines.line("hole", &[&from.to_string(), &to.to_string()]);
    }
    lines.line("attempts", &[&stored.attempts.to_string()]);
    if let Some(fault) = &stored.last {
        lines.fault("last", fault);
    }
    if let Some(discard) = &stored.discard {
        let how = if discard.certain { "certain" } else { "wanted" };
        lines.line("discard", &[how, &discard.reason]);
    }
    if letter.by_version {
        lines.line("by-version", &[]);
    }
    event::write(&mut lines, &letter.payload);
    lines.0.into()
}

/// A letter from its text.
pub fn read_letter(text: &str) -> Result<StoredLetter, Fault> {
    let mut record = Record::open(text, "letter", LETTER_FORMAT)?;
    let scope = record.next("scope")?.scope()?;
    let epoch = record.maybe("epoch").map(|mut line| line.epoch()).transpose()?;
    let mut line = record.next("event")?;
    let (stream, version) = (Name::from(line.text()?), line.number()?);
    let kind = Name::from(line.text()?);
    let partition = record.maybe("partition").map(|mut line| line.text()).transpose()?;
    let position = event::read_position(&record.next("position")?.text()?)?;
    let word = record.next("cause")?.text()?;
    let cause = CAUSES.iter().find(|(_, known)| *known == word).map(|(cause, _)| *cause);
    let cause = cause.ok_or_else(|| broken(&format!("`{word}` is not a cause")))?;
    let fault = record.next("fault")?.fault()?;
    let first_seen = Time(record.next("seen")?.number()?);
    let mut holes = Holes::default();
    while let Some(mut line) = record.maybe("hole") {
        holes.add(line.number()?, line.number()?);
    }
    let attempts = record.next("attempts")?.number()?;
    let last = record.maybe("last").map(|mut line| line.fault()).transpose()?;
    let discard = record.maybe("discard").map(|mut line| {
        let certain = match line.text()?.as_str() {
            "certain" => true,
            "wanted" => false,
            other => return Err(broken(&format!("`{other}` is not how a discard stands"))),
        };
        Ok(Discard { reason: line.text()?, certain })
    });
    let discard = discard.transpose()?;
    let by_version = record.maybe("by-version").is_some();
    let payload = event::read(&mut record)?;
    record.end()?;
    let partition = partition.map(Name::from);
    let letter = Letter {
        scope,
        epoch,
        stream,
        version,
        partition,
        position,
        kind,
        cause,
        fault,
        first_seen,
        holes,
        by_version,
        payload,
    };
    Ok(StoredLetter { letter, attempts, last, discard })
}
