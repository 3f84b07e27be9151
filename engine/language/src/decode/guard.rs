//! What is too long, too deep or too wide is found before anything recurses over it. The native
//! decoder keeps these bounds in the same pass as it reads; [`check`] is for those who hand a
//! record to another parser.

use foldline_core::fault::Fault;
use foldline_core::limits;
use foldline_core::value::json::Reader;

/// Whether a text is one JSON value within the bounds, in one pass without recursion.
pub fn check(text: &str) -> Result<(), Fault> {
    size(text)?;
    let mut reader = Reader::new(text);
    reader.skip()?;
    Ok(reader.end()?)
}

/// Whether a text is short enough for a record.
pub(super) fn size(text: &str) -> Result<(), Fault> {
    if text.len() <= limits::RECORD_BYTES_MAX {
        return Ok(());
    }
    let (len, most) = (text.len(), limits::RECORD_BYTES_MAX);
    Err(Fault::new("too_large", format!("a record has at most {most} bytes, this one {len}")))
}
