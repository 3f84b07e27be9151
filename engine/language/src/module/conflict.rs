//! Two writes of a handler to one place: what is left would hang on the order of the keys, which
//! means nothing. What can be told from the paths alone is told here; paths that differ in what
//! the event says are compared when it comes.

use foldline_core::value::{Value, canonical};

use super::read::Reader;
use super::{Path, Step, Verb, Write};
use crate::expression::{Kind, Tree};
use crate::problem::Code;
use crate::yaml::brief;

/// What two paths have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Common {
    /// One of them is the other, or the beginning of it.
    Place,
    /// They part in a list whose elements are told apart by two fields.
    Fields,
    /// They part where one takes a list and the other a map.
    Kinds,
    /// Nothing that could be told.
    Nothing,
}

/// Whether two paths are one.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    one.steps.len() == other.steps.len() && common(one, other) == Common::Place
}

fn common(one: &Path, other: &Path) -> Common {
    for (left, right) in one.steps.iter().zip(&other.steps) {
        match (left, right) {
            (Step::Element { field, equals }, Step::Element { field: other, equals: also }) => {
                if field.text != other.text {
                    return Common::Fields;
                }
                if !equals.is_same(also) {
                    return Common::Nothing;
                }
            }
            (Step::Element { .. }, _) | (_, Step::Element { .. }) => return Common::Kinds,
            (Step::Name(name), Step::Name(other)) if name.text == other.text => {}
            (Step::Key(key), Step::Key(other)) if key.is_same(other) => {}
            _ => match (entry(left), entry(right)) {
                (Some(name), Some(other)) if name == other => {}
                _ => return Common::Nothing,
            },
        }
    }
    Common::Place
}

/// The entry of a map that a step names without asking the event.
fn entry(step: &Step) -> Option<Box<str>> {
    match step {
        Step::Name(name) => Some(name.text.clone()),
        Step::Key(Tree { kind: Kind::Value(Value::Text(text)), .. }) => Some(text.as_str().into()),
        Step::Key(Tree { kind: Kind::Value(value @ Value::Int(_)), .. }) => {
            Some(canonical::text(value).into())
        }
        _ => None,
    }
}

impl Reader<'_> {
    /// Says which writes of a handler meet others before them.
    pub(super) fn conflicts(&mut self, writes: &[Write]) {
        for (place, write) in writes.iter().enumerate() {
            let before = writes.iter().take(place);
            let met = before
                .map(|first| (first, common(&first.path, &write.path)))
                .find(|(first, common)| is_wrong(first, write, *common));
            if let Some((first, common)) = met {
                self.conflict(first, write, common);
            }
            if write.verb == Verb::Default {
                self.idle(write, writes);
            }
        }
    }

    /// Says where another verb covers a default whatever happens.
    fn idle(&mut self, default: &Write, writes: &[Write]) {
        let covers = |write: &&Write| {
            matches!(write.verb, Verb::Set | Verb::Unset)
                && write.path.steps.len() <= default.path.steps.len()
                && common(&write.path, &default.path) == Common::Place
        };
        if let Some(cover) = writes.iter().find(covers) {
            let what = format!("the default of `{}` is never seen", brief(&default.path.text));
            let line = self.line(cover.path.span);
            let hint = format!("it comes first, and line {line} writes over it: leave one away");
            self.tell(Code::IdleDefault, default.path.span, what, &hint);
        }
    }

    fn conflict(&mut self, first: &Write, second: &Write, common: Common) {
        let (path, line) = (brief(&second.path.text), self.line(first.path.span));
        let other = brief(&first.path.text);
        let span = second.path.span;
        match common {
            Common::Place => {
                let what = format!("`{path}` is written twice in one handler");
                let hint = format!(
                    "line {line} writes `{other}`: write it once, or in two handlers of the event"
                );
                self.tell(Code::WrittenTwice, span, what, &hint);
            }
            Common::Fields => {
                let what = format!("`{path}` tells the elements of a list apart by another field");
                let hint = format!("line {line} writes `{other}`: take the same field for both");
                self.tell(Code::TwoFields, span, what, &hint);
            }
            Common::Kinds | Common::Nothing => {
                let what = format!("`{path}` takes a list and a map for one another");
                let hint = format!("line {line} writes `{other}`: one of both is wrong");
                self.tell(Code::TwoFields, span, what, &hint);
            }
        }
    }
}

/// Whether a handler cannot have both writes.
fn is_wrong(first: &Write, second: &Write, common: Common) -> bool {
    // What is there by default is there before the other verbs act.
    let apart = (first.verb == Verb::Default) != (second.verb == Verb::Default);
    match common {
        Common::Place => !apart,
        Common::Fields | Common::Kinds => true,
        Common::Nothing => false,
    }
}
