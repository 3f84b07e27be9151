//! The changes that a handler makes: paths and values below each of its verbs.

use super::read::Reader;
use super::{Verb, Write, conflict, limits};
use crate::problem::{Code, Span, nearest};
use crate::yaml::{Kind, Node, brief};

/// What stands behind `unset`.
const PATHS: &str = "a path or a list of paths";

/// What stands behind the other verbs.
const VALUES: &str = "a map of paths and values";

/// Paths among which the one is looked for that a limit may mean.
const NEAR_MAX: usize = 20;

impl Reader<'_> {
    /// Adds what one verb writes.
    pub(super) fn writes(&mut self, verb: Verb, at: Span, node: &Node, writes: &mut Vec<Write>) {
        let before = writes.len();
        let named = if verb == Verb::Unset {
            Some(self.unset(at, node, writes))
        } else {
            self.values(verb, at, node, writes)
        };
        if named == Some(0) {
            self.tell(Code::NothingDone, node.span, "a verb without a path", "take the verb away");
        }
        if writes.len() > limits::WRITES_MAX {
            // It is said once.
            if before <= limits::WRITES_MAX {
                let what = format!("a handler writes to at most {} paths", limits::WRITES_MAX);
                let hint = "a map or a list as the value of one path is one write";
                self.tell(Code::TooMany, at, what, hint);
            }
            writes.truncate(limits::WRITES_MAX + 1);
        }
    }

    /// How many paths a verb names, right or wrong; none where something else stands there.
    fn values(
        &mut self,
        verb: Verb,
        verb_span: Span,
        node: &Node,
        writes: &mut Vec<Write>,
    ) -> Option<usize> {
        let hint = format!("write `{}: {{ path: value }}`", verb.name());
        let entries = self.map(node, VALUES, &hint)?;
        for entry in entries {
            let path = self.path(&entry.key);
            if path.is_none() && matches!(entry.value.kind, Kind::Null) {
                // A slip in one line is one mistake.
                continue;
            }
            let value = self.expression(&entry.value);
            if let (Some(path), Some(value)) = (path, value) {
                writes.push(Write { verb, verb_span, path, value: Some(value), limit: None });
            }
        }
        Some(entries.len())
    }

    fn unset(&mut self, verb_span: Span, node: &Node, writes: &mut Vec<Write>) -> usize {
        let hint = "write the paths alone: `unset: path` or `unset: [ path, path ]`";
        let nodes = match &node.kind {
            Kind::List(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        for item in nodes {
            let Some(scalar) = self.text(item, PATHS, hint) else { continue };
            if let Some(path) = self.path(scalar) {
                writes.push(Write { verb: Verb::Unset, verb_span, path, value: None, limit: None });
            }
        }
        nodes.len()
    }

    /// Puts each limit to the `append` of the same path. If some writes were left out since
    /// they are wrong, nobody knows which limits have none.
    pub(super) fn limits(&mut self, node: &Node, writes: &mut [Write], some_left_out: bool) {
        let appended = |write: &&Write| write.verb == Verb::Append;
        let first = writes.iter().find(appended).map_or("path", |write| &*write.path.text);
        let first = brief(first);
        let hint = format!("write `limit: {{ {first}: 10 }}` beside `append: {{ {first}: … }}`");
        let entries = self.map(node, "a map of paths and numbers", &hint).unwrap_or_default();
        for entry in entries {
            let path = self.path(&entry.key);
            let belongs = "a number of elements";
            let limit = self.whole(&entry.value, belongs, 1..=limits::KEPT_MAX);
            let Some(path) = path else { continue };
            let same = |write: &&mut Write| {
                write.verb == Verb::Append && conflict::is_same(&write.path, &path)
            };
            match writes.iter_mut().find(same) {
                Some(write) => write.limit = limit,
                None if some_left_out => {}
                None => {
                    let name = brief(&path.text);
                    let what = format!("`limit` names `{name}`, and `append` does not");
                    let paths = writes.iter().filter(|it| it.verb == Verb::Append);
                    let near = nearest(&name, paths.take(NEAR_MAX).map(|it| &*it.path.text));
                    let hint = match near {
                        Some(near) => format!("write `{near}`"),
                        None => format!(
                            "it says how many stay of what `append` puts at the end: write it \
                             beside `append: {{ {name}: … }}`"
                        ),
                    };
                    self.tell(Code::LimitAlone, path.span, what, &hint);
                }
            }
        }
    }
}
