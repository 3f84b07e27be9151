//! Paths into what an event says: names between dots, from its data on.

use super::read::Reader;
use super::{Path, limits};
use crate::problem::Code;
use crate::yaml::{Entry, Kind, Node, Scalar, brief};

/// How a path is written.
const HINT: &str = "a path leads from the event's data on: `amount`, `address.street`, \
                    `labels['odd name']`";

impl Reader<'_> {
    /// The path that a text is.
    pub(super) fn path(&mut self, scalar: &Scalar) -> Option<Path> {
        let Some(names) = names(&scalar.text) else {
            let what = format!("`{}` is no path", brief(&scalar.text));
            self.tell(Code::UpcastPath, scalar.span, what, HINT);
            return None;
        };
        if names.len() > limits::PATH_NAMES_MAX {
            let what = format!("a path has at most {} names", limits::PATH_NAMES_MAX);
            self.tell(Code::UpcastPath, scalar.span, what, HINT);
            return None;
        }
        if let ["data", name, ..] = names.iter().map(|it| &**it).collect::<Vec<_>>().as_slice() {
            let what = format!("`{}` is a path within `data`", brief(&scalar.text));
            let hint = format!("write `{}`: a path leads from the data on", brief(name));
            self.tell(Code::UpcastPath, scalar.span, what, &hint);
            return None;
        }
        Some(Path { span: scalar.span, names })
    }

    /// The path that a value of the file is.
    pub(super) fn place(&mut self, node: &Node) -> Option<Path> {
        let scalar = self.text(node, "a path", HINT)?;
        self.path(scalar)
    }

    /// Something by paths, none of which is a beginning of another; never empty.
    pub(super) fn by_path<T>(
        &mut self,
        node: &Node,
        hint: &str,
        mut value: impl FnMut(&mut Self, &Entry) -> Option<T>,
    ) -> Vec<(Path, T)> {
        let entries = match &node.kind {
            Kind::Map(entries) if !entries.is_empty() => entries.as_slice(),
            _ => {
                self.misfit(node, "a map of paths", hint);
                &[]
            }
        };
        let read = entries.iter().filter_map(|entry| {
            let path = self.path(&entry.key);
            let value = value(self, entry);
            Some((path?, value?))
        });
        let read: Vec<(Path, T)> = read.collect();
        self.apart(read.iter().map(|(path, _)| path));
        read
    }

    /// Says which of these paths leads through, or to, the place of another.
    pub(super) fn apart<'p>(&mut self, paths: impl Iterator<Item = &'p Path>) {
        let mut sorted: Vec<&Path> = paths.collect();
        sorted.sort_by(|one, other| one.names.cmp(&other.names));
        for pair in sorted.windows(2) {
            if let [one, other] = pair
                && other.names.starts_with(&one.names)
            {
                let later = if one.span < other.span { other } else { one };
                let (one, other) = (brief(&one.text()), brief(&other.text()));
                let what = if one == other {
                    format!("`{one}` stands here twice, and a step does all at once")
                } else {
                    format!("`{other}` is within `{one}`, and a step does all at once")
                };
                let hint = "what is done after something else is a step of its own";
                self.tell(Code::UpcastPath, later.span, what, hint);
            }
        }
    }
}

/// The names of a path; none where it is no path.
fn names(text: &str) -> Option<Vec<Box<str>>> {
    let mut names: Vec<Box<str>> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (name, after) = if let Some(quoted) = rest.strip_prefix('[') {
            let quote = quoted.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
            let (name, after) = quoted.get(1..)?.split_once(quote)?;
            (name, after.strip_prefix(']')?)
        } else {
            let rest = if names.is_empty() { rest } else { rest.strip_prefix('.')? };
            let is_name = |c: char| c == '_' || c == '-' || c.is_alphanumeric();
            let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
            rest.split_at_checked(end)?
        };
        if name.is_empty() || name.contains('\\') {
            return None;
        }
        names.push(name.into());
        rest = after;
    }
    (!names.is_empty()).then_some(names)
}
