//! What happened, line by line, for people: written only when somebody reads it, and the same
//! for the same seed, byte for byte.

use std::fmt::Write as _;

use foldline_core::checkpoint::Counts;
use foldline_core::effect::{Effect, LoadKey};
use foldline_core::event::{Batch, Event, Slot};
use foldline_core::guard::{Guard, Meta};
use foldline_core::input::{Input, Stored, WriteAnswer};

use crate::world::truth::slot;

/// The lines so far, if they are wanted.
#[derive(Debug, Default)]
pub struct Trace {
    wanted: bool,
    lines: String,
}

impl Trace {
    /// A trace that is kept, or not.
    pub fn new(wanted: bool) -> Trace {
        Trace { wanted, lines: String::new() }
    }

    /// Adds a line, made only where it is wanted.
    pub fn say(&mut self, now: u64, line: impl FnOnce() -> String) {
        if self.wanted {
            let _ = writeln!(self.lines, "{:>6}.{:03} {}", now / 1000, now % 1000, line());
        }
    }

    /// All lines.
    pub fn text(&self) -> &str {
        &self.lines
    }
}

/// A batch in a few words: `s1:4 s1:5! s2:1`.
pub fn batch(batch: &Batch) -> String {
    let mut text = String::new();
    for event in batch.events() {
        let bad = if event.fault().is_some() { "!" } else { "" };
        let (stream, version, position) = (event.stream(), event.version(), event.position());
        let _ = write!(text, " {stream}:{version}{bad}{}@{position}", content(event));
        if !event.sort().is_empty() {
            let _ = write!(text, "~{}", event.sort());
        }
    }
    text
}

/// What an event says: its type's first letter, its id, its keys and its flaw.
fn content(event: Event<'_>) -> String {
    let mut text = String::new();
    for part in event.parts() {
        let kind = part.kind().get(..1).unwrap_or_default();
        text.push_str(kind);
        for number in slot::ID..=slot::FLAW {
            match part.slot(number) {
                Slot::Int(id) => _ = write!(text, "{id}"),
                Slot::Text(word) => _ = write!(text, ",{word}"),
                _ => {}
            }
        }
    }
    text
}

/// The reserved field in a few words.
pub fn meta(meta: &Meta) -> String {
    let mut text = match &meta.guard {
        Guard::Version(progress) => {
            format!("next={} holes={:?}", progress.next, progress.holes.ranges())
        }
        Guard::Streams(streams) => {
            let one = |(name, progress): (&_, &foldline_core::progress::Progress)| {
                format!("{name}<{} {:?}", progress.next, progress.holes.ranges())
            };
            streams.iter().map(one).collect::<Vec<_>>().join(" ")
        }
        Guard::Positions(at) => format!("{:?} drained={:?}", at.applied, at.drained),
        Guard::Refold { last, count } => format!("last={last} count={count}"),
    };
    if let Some(mark) = &meta.mark {
        let _ = write!(
            text,
            " MARK {:x} {}:{} {}",
            mark.epoch.0 & 0xffff,
            mark.stream,
            mark.version,
            mark.fault.code
        );
    }
    if meta.deleted.is_some() {
        text.push_str(" deleted");
    }
    text
}

fn stored(stored: &Stored) -> String {
    format!("r{} {}", stored.revision.0 & 0xffff, meta(&stored.meta))
}

fn counts(counts: &Counts) -> String {
    format!(
        "received={} applied={} duplicate={} filtered={} parked={} discarded={}",
        counts.received,
        counts.applied,
        counts.duplicate,
        counts.filtered,
        counts.parked,
        counts.discarded
    )
}

/// An effect in a line.
pub fn effect(effect: &Effect) -> String {
    match effect {
        Effect::Write { ticket, documents } => {
            let mut text = format!("Write #{}", ticket.0);
            for document in documents {
                let on = document.replaces.map_or("new".into(), |r| format!("r{}", r.0 & 0xffff));
                let _ = write!(text, " [{} on {on}: {}", document.key, meta(&document.meta));
                for (stream, progress) in &document.rows {
                    let _ = write!(text, " row {stream}<{}", progress.next);
                }
                text.push(']');
            }
            text
        }
        Effect::Load { ticket, keys } => {
            let mut text = format!("Load #{}", ticket.0);
            for LoadKey { key, rows } in keys {
                let _ = write!(text, " {key}");
                if !rows.is_empty() {
                    let _ = write!(text, " rows {rows:?}");
                }
            }
            text
        }
        Effect::Park { ticket, letters } => {
            let mut text = format!("Park #{}", ticket.0);
            for letter in letters {
                let _ = write!(
                    text,
                    " [{:?} {}:{} {:?} {}]",
                    letter.scope, letter.stream, letter.version, letter.cause, letter.fault.code
                );
            }
            text
        }
        Effect::SaveCursors { ticket, cursors } => {
            let mut text = format!("SaveCursors #{}", ticket.0);
            for write in cursors {
                let done = &write.cursor.done;
                let marked = if write.cursor.mark.is_some() { " MARK" } else { "" };
                let _ = write!(
                    text,
                    " [{}<{} {:?}{marked}]",
                    write.stream,
                    done.next,
                    done.holes.ranges()
                );
            }
            text
        }
        Effect::Commit { ticket, partition, checkpoint, .. } => format!(
            "Commit #{} {partition} of {} @{:?} jump={:?} ended={} {}",
            ticket.0,
            checkpoint.incarnation,
            checkpoint.position,
            checkpoint.jump,
            checkpoint.ended,
            counts(&checkpoint.counts)
        ),
        other => format!("{other:?}"),
    }
}

/// An input in a line.
pub fn input(input: &Input) -> String {
    match input {
        Input::Fetched { ticket, fetched } => format!(
            "Fetched #{} {} after {:?}:{} next={:?}{}",
            ticket.0,
            fetched.partition,
            fetched.follows,
            batch(&fetched.batch),
            fetched.next,
            if fetched.ended { " ended" } else { "" }
        ),
        Input::Loaded { ticket, documents } => {
            let mut text = format!("Loaded #{}", ticket.0);
            for one in documents {
                let what = match &one.stored {
                    Ok(Some(found)) => stored(found),
                    Ok(None) => "absent".to_owned(),
                    Err(trouble) => format!("{trouble:?}"),
                };
                let _ = write!(text, " [{}: {what}]", one.key);
                for (stream, progress) in &one.rows {
                    let _ = write!(text, " row {stream}<{}", progress.next);
                }
            }
            text
        }
        Input::Written { ticket, answers } => {
            let mut text = format!("Written #{}", ticket.0);
            for answer in answers {
                match answer {
                    WriteAnswer::Written(revision) => {
                        let _ = write!(text, " r{}", revision.0 & 0xffff);
                    }
                    other => {
                        let _ = write!(text, " {other:?}");
                    }
                }
            }
            text
        }
        Input::Repaired { ticket, stream, history } => match history {
            Ok(found) => format!(
                "Repaired #{} {stream}:{} oldest={:?} more={}",
                ticket.0,
                batch(&found.batch),
                found.oldest,
                found.more
            ),
            Err(trouble) => format!("Repaired #{} {stream}: {trouble:?}", ticket.0),
        },
        Input::Granted { partition, incarnation, checkpoint, .. } => format!(
            "Granted {partition} of {incarnation} at {:?}",
            checkpoint.as_ref().map(|(checkpoint, _)| (&checkpoint.position, checkpoint.ended))
        ),
        other => format!("{other:?}"),
    }
}
