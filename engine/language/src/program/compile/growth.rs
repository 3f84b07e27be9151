//! Documents that grow with whatever comes: that is right for some, and for most a surprise of
//! the day when they reach what their store takes.

use super::super::guard::Keys;
use crate::module::{Step, Verb, Write};
use crate::problem::{Code, Problem};

/// What is to be told of a change that makes a document grow without bound.
pub(super) fn warning(write: &Write, keys: Keys) -> Option<Problem> {
    let path = &write.path.text;
    if write.verb == Verb::Append && write.limit.is_none() {
        let what = format!("`{path}` grows with every event, without bound");
        let quote = if path.contains('[') { "\"" } else { "" };
        let limit = format!("limit: {{ {quote}{path}{quote}: 100 }}");
        let hint = format!("say how many of the newest stay: `{limit}`; or `allow` it, with why");
        return Some(Problem::new(Code::Unbounded, write.path.span, what).hint(hint));
    }
    if keys != Keys::Constant || matches!(write.verb, Verb::Unset | Verb::Remove) {
        return None;
    }
    let by_data = |step: &&Step| !matches!(step, Step::Name(_));
    if write.verb == Verb::Insert || write.path.steps.iter().any(|step| by_data(&step)) {
        let what = format!("all streams share this document, and `{path}` grows with their number");
        let hint = "give the module a finer key, so that there are more and smaller documents";
        return Some(Problem::new(Code::Unbounded, write.path.span, what).hint(hint));
    }
    None
}
