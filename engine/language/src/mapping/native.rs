//! The mapping of native event lines, which a source with `format: json` has unless it says
//! another one.

use crate::expression::{self, Tree};
use crate::problem::Span;
use crate::source::{Data, Event};

/// What an event is of a native line. What may be absent there is null.
pub(super) fn event() -> Event {
    let tree = |text: &str| expression::parse(text).ok();
    Event {
        span: Span::default(),
        stream: tree("record.stream"),
        version: tree("record.version"),
        kind: tree("record.type"),
        time: tree("record?.time"),
        data: tree("record?.data").map(Data::Value),
        meta: tree("record?.meta"),
        id: tree("record?.id"),
    }
}

/// Whether an event is said to be what a native line says: then it is one, and `meta` and `id`
/// need not be mentioned.
pub(super) fn is_native(event: &Event) -> bool {
    let is = |tree: Option<&Tree>, text: &str| {
        expression::parse(text).is_ok_and(|own| tree.is_some_and(|tree| tree.is_same(&own)))
    };
    let may_be = |tree: Option<&Tree>, text: &str| tree.is_none() || is(tree, text);
    let data = match &event.data {
        Some(Data::Value(data)) => Some(data),
        _ => None,
    };
    is(event.stream.as_ref(), "record.stream")
        && is(event.version.as_ref(), "record.version")
        && is(event.kind.as_ref(), "record.type")
        && is(event.time.as_ref(), "record.time")
        && is(data, "record.data")
        && may_be(event.meta.as_ref(), "record.meta")
        && may_be(event.id.as_ref(), "record.id")
}
