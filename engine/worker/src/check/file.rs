//! What a file is, what is wrong with it, and what is known of it.

use foldline_language::mapping;
use foldline_language::module::{self, Kinds, Module};
use foldline_language::problem::{Problem, Span, nearest};
use foldline_language::program::{self, guard::Keys};
use foldline_language::yaml::{self, Kind as Value, Node, limits};

/// What a file is, by what stands at its top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A module: it says `projection`.
    Module,
    /// How the records of a source become events: it says `source`.
    Source,
    /// Something else.
    Other,
    /// Nobody knows: it cannot be read that far.
    Unknown,
}

/// A file that was checked.
#[derive(Clone, Debug)]
pub(super) struct Checked {
    /// What it is.
    pub(super) kind: Kind,
    /// What is wrong with it.
    pub(super) problems: Vec<Problem>,
    /// What is known of it, however wrong it is.
    pub(super) facts: Facts,
}

/// What is known of a module or a source.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// What it is called, and where it says so.
    pub(super) name: Option<(Box<str>, Span)>,
    /// The author's version.
    pub(super) version: Option<u32>,
    /// The types of events that it takes, in the order of the file; `*` for all.
    pub(super) events: Option<Vec<Box<str>>>,
    /// Of a module that can run: what its guard is chosen by.
    pub(super) keys: Option<Keys>,
    /// Of something else: a key at its top, and the one that was meant by it.
    pub(super) meant: Option<(Box<str>, &'static str)>,
}

/// Names of files that are modules, whatever they say: where such a one says nothing of it, that
/// is what is wrong.
const MODULES: [&str; 2] = ["projection.yaml", "projection.yml"];

/// Checks a file of that name.
pub(super) fn check(name: &str, bytes: &[u8]) -> Checked {
    let (text, not_text) = yaml::text(bytes);
    let (tree, mut problems) = yaml::parse(&text);
    let top = tree.as_ref().map(Top);
    let kind = match &top {
        None => Kind::Unknown,
        // Such as UTF-16: a text that says nothing.
        Some(top) if not_text.is_some() && top.entries().is_empty() => Kind::Unknown,
        Some(top) if MODULES.contains(&name) || top.says("projection") => Kind::Module,
        Some(top) if top.says("source") => Kind::Source,
        Some(_) => Kind::Other,
    };
    let mut facts = top.map(|top| top.facts(kind)).unwrap_or_default();
    match (kind, &tree) {
        (Kind::Module, Some(node)) => {
            let module;
            (module, problems) = module::read(&text, node, problems);
            if let Some(module) = module {
                // What it takes is known of a module that cannot run, too.
                facts.events = Some(events(&module));
                let file = (name, &*text);
                let (program, all) = program::of(&module, problems, file, node.meaning());
                problems = all;
                facts.keys = program.map(|program| program.keys);
            }
        }
        (Kind::Source, _) => problems = mapping::read(&text).1,
        _ => {}
    }
    // Of a file that is cut off nothing else is true.
    if let Some(problem) = not_text.filter(|_| bytes.len() <= limits::BYTES_MAX) {
        if kind == Kind::Unknown {
            // What is read into bytes that are no text is no help.
            problems.clear();
        }
        problems.push(problem);
    }
    Checked { kind, problems, facts }
}

fn events(module: &Module) -> Vec<Box<str>> {
    let mut events: Vec<Box<str>> = Vec::new();
    for on in &module.on {
        match &on.kinds {
            Kinds::Every => events.push("*".into()),
            Kinds::Named(names) => events.extend(names.iter().map(|name| name.text.clone())),
        }
    }
    events
}

/// The top of a file.
struct Top<'n>(&'n Node);

impl Top<'_> {
    fn entries(&self) -> &[yaml::Entry] {
        match &self.0.kind {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    fn says(&self, key: &str) -> bool {
        self.entries().iter().any(|entry| *entry.key.text == *key)
    }

    fn text(&self, key: &str) -> Option<&yaml::Scalar> {
        let entry = self.entries().iter().find(|entry| *entry.key.text == *key)?;
        match &entry.value.kind {
            Value::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    fn facts(&self, kind: Kind) -> Facts {
        let name = match kind {
            Kind::Module => self.text("projection"),
            Kind::Source => self.text("source"),
            Kind::Other | Kind::Unknown => None,
        };
        let version = self.text("version").map(|version| &*version.text);
        // A sign would be read as a part of the number.
        let version = version.filter(|text| text.starts_with(|it: char| it.is_ascii_digit()));
        let version = version.and_then(|version| version.parse().ok());
        let meant = ["projection", "source"].into_iter().find_map(|key| {
            let written = nearest(key, self.entries().iter().map(|it| &*it.key.text))?;
            Some((written.into(), key))
        });
        Facts {
            name: name.map(|name| (name.text.clone(), name.span)),
            version: version.filter(|_| kind == Kind::Module),
            events: None,
            keys: None,
            meant: meant.filter(|_| kind == Kind::Other),
        }
    }
}

#[cfg(test)]
mod tests;
