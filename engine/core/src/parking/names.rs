//! Where parking keeps its records in the control store.
//!
//! A name says what it is before whose it is, so that one listing finds all heads of a projection
//! without walking its letters, and letters of one parking in order of stream and rank. Names
//! are plain ASCII and below 512 bytes: of a long key only the
//! beginning and a digest stand in a name; the record itself holds it whole.

use std::fmt::Write;

use compact_str::format_compact;

use crate::guard::Epoch;
use crate::letter::{Cause, Letter, Rank, Scope};
use crate::name::{Name, ProjectionId};

/// Bytes of one part of a name; longer ones are cut, and a digest tells them apart.
const PART_BYTES_MAX: usize = 96;
const CUT_BYTES: usize = 60;

/// What the names of all heads of a projection begin with.
pub fn heads(id: &ProjectionId) -> Name {
    under(id, "head").into()
}

/// The name of one head.
pub fn head(id: &ProjectionId, scope: &Scope, epoch: Epoch) -> Name {
    format_compact!("{}{}/{:016x}", heads(id), part_of(scope), epoch.0)
}

/// What the names of one parking's letters begin with.
pub fn letters(id: &ProjectionId, scope: &Scope, epoch: Epoch) -> Name {
    format_compact!("{}{}/{:016x}/", under(id, "letter"), part_of(scope), epoch.0)
}

/// What the names of all letters with this cause begin with that hold nothing up.
pub fn loose(id: &ProjectionId, cause: Cause) -> Name {
    let kind = match cause {
        Cause::Late => "late",
        Cause::Fork => "fork",
        Cause::Nameless => "nameless",
        // These hold up what follows them; one without an epoch is still kept.
        Cause::Failed | Cause::Behind => "stray",
    };
    under(id, kind).into()
}

/// The name of a letter: by its parking if it has one, else by its cause.
pub fn letter(id: &ProjectionId, letter: &Letter) -> Name {
    let mut name = match letter.epoch {
        Some(epoch) => letters(id, &letter.scope, epoch),
        None => format_compact!("{}{}/", loose(id, letter.cause), part_of(&letter.scope)),
    };
    name.push_str(&place(letter));
    name
}

/// The name of one letter of a parking.
pub fn letter_at(
    id: &ProjectionId,
    scope: &Scope,
    epoch: Epoch,
    stream: &str,
    rank: &Rank,
) -> Name {
    format_compact!("{}{}", letters(id, scope, epoch), ranked(stream, rank))
}

/// The name under which a discarded letter is kept, with the reason.
pub fn discard(id: &ProjectionId, letter: &Letter) -> Name {
    let epoch = letter.epoch.map_or(0, |epoch| epoch.0);
    let scope = part_of(&letter.scope);
    format_compact!("{}{scope}/{epoch:016x}/{}", under(id, "discard"), place(letter))
}

fn under(id: &ProjectionId, kind: &str) -> String {
    format!("parking/{}@{}/{kind}/", part(&id.name), id.generation)
}

fn part_of(scope: &Scope) -> String {
    match scope {
        Scope::Key(key) => format!("k/{}", part(key)),
        Scope::Stream(stream) => format!("s/{}", part(stream)),
        Scope::Partition(partition) => format!("p/{}", part(partition)),
    }
}

/// A letter's place among its like: by stream and rank; without a stream, by position.
fn place(letter: &Letter) -> String {
    if letter.cause == Cause::Nameless {
        let mut record = String::new();
        for byte in letter.position.record.as_bytes() {
            // Writing to a String cannot fail.
            let _ = write!(record, "{byte:02x}");
        }
        return format!("{}/{:010}", part(&record), letter.position.index);
    }
    ranked(&letter.stream, &letter.rank())
}

fn ranked(stream: &str, rank: &Rank) -> String {
    let mut place = format!("{}/{:020}", part(stream), rank.version);
    if !rank.sort.is_empty() {
        let _ = write!(place, "/{}", part(&rank.sort));
    }
    place
}

/// One part of a name, made of harmless letters, different for different texts.
fn part(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    if escaped.is_empty() {
        escaped.push('%');
    }
    if escaped.len() > PART_BYTES_MAX {
        escaped.truncate(CUT_BYTES);
        let _ = write!(escaped, "~{:032x}", xxhash_rust::xxh3::xxh3_128(text.as_bytes()));
    }
    escaped
}
