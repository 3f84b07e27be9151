//! Texts that must be one of a few names: units, zones, namespaces. A name that is none fails when
//! it comes with an event, and is told beforehand, with the nearest right one, where it is written
//! out.

use foldline_core::value::Value;

use super::super::wrong::{Failure, shown};
use crate::problem::nearest;

/// A text that is none of the names that it must be one of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Stranger {
    /// What is wrong, in a sentence without a stop.
    pub(in super::super) what: String,
    /// What to write instead.
    pub(in super::super) hint: String,
}

/// What the failure of an event says.
pub(super) fn failure(sort: &str, text: &str) -> Failure {
    Failure::new("argument", what(sort, text))
}

/// What an author is told.
pub(super) fn stranger<'n>(
    sort: &str,
    text: &str,
    names: impl IntoIterator<Item = &'n str>,
    otherwise: impl FnOnce() -> String,
) -> Stranger {
    let near = nearest(text, names).map(|near| format!("did you mean `{near}`?"));
    Stranger { what: what(sort, text), hint: near.unwrap_or_else(otherwise) }
}

fn what(sort: &str, text: &str) -> String {
    format!("{} is no {sort}", shown(&Value::text(text)))
}
