//! Buffers of records: where lines begin and end, and what to do with bytes that are no text.

use std::ops::Range;

use foldline_core::fault::Fault;
use foldline_core::position::Position;

/// The lines of a buffer, without their ends; empty ones are left out.
pub fn lines(buffer: &[u8]) -> impl Iterator<Item = Range<usize>> + use<> {
    let mut ends: Vec<usize> = memchr::memchr_iter(b'\n', buffer).collect();
    ends.push(buffer.len());
    let mut start = 0;
    ends.into_iter().filter_map(move |end| {
        let line = start..end;
        start = end + 1;
        (!line.is_empty()).then_some(line)
    })
}

/// A record of a repaired text, with what is wrong with it.
pub(crate) type Repaired = (Range<usize>, Position, Option<Fault>);

/// The text of a buffer, and its records.
pub(crate) fn text(
    buffer: Vec<u8>,
    records: impl IntoIterator<Item = (Range<usize>, Position)>,
) -> (String, Vec<Repaired>) {
    match String::from_utf8(buffer) {
        Ok(text) => {
            let records = records.into_iter().map(|(range, position)| (range, position, None));
            (text, records.collect())
        }
        Err(error) => repair(error.as_bytes(), records),
    }
}

/// The records of a buffer that is not UTF-8 throughout, as text. A bad record keeps its good
/// characters, so that its event may still be named, and gets a fault. The sign that stands for a
/// bad byte is one that ends a JSON text: what is named must be named by good bytes.
pub(super) fn repair(
    buffer: &[u8],
    records: impl IntoIterator<Item = (Range<usize>, Position)>,
) -> (String, Vec<Repaired>) {
    let mut text = String::with_capacity(buffer.len());
    let mut repaired = Vec::new();
    for (range, position) in records {
        let start = text.len();
        let Some(record) = buffer.get(range) else {
            repaired.push((start..start, position, Some(super::outside())));
            continue;
        };
        let mut bad = false;
        for chunk in record.utf8_chunks() {
            text.push_str(chunk.valid());
            bad |= !chunk.invalid().is_empty();
            text.extend(chunk.invalid().iter().map(|_| BAD));
        }
        let fault = || Fault::new("undecodable", "the record is not UTF-8");
        repaired.push((start..text.len(), position, bad.then(fault)));
    }
    (text, repaired)
}

/// Stands for a bad byte. A control character: no JSON text may have it.
const BAD: char = '\u{1}';
