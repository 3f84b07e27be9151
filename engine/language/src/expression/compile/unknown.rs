//! Names that lead to nothing where they stand, and what their author may have meant by them.

use super::super::function::{self, FORMS};
use super::super::names::Named;
use super::Compiler;
use crate::problem::{Code, Problem, Span, nearest};

/// Words of other languages for what is a word here.
const WORDS: [(&str, &str); 13] = [
    ("yes", "true"),
    ("no", "false"),
    ("on", "true"),
    ("off", "false"),
    ("True", "true"),
    ("TRUE", "true"),
    ("False", "false"),
    ("FALSE", "false"),
    ("None", "null"),
    ("NULL", "null"),
    ("Null", "null"),
    ("nil", "null"),
    ("undefined", "null"),
];

/// What other tools call what an expression sees, without signs and capitals. A word may stand
/// for several of ours, of which one place knows one.
const ELSEWHERE: [(&str, &[&str]); 10] = [
    ("doc", &["state", "this", "self", "prev", "previous", "current", "document", "row"]),
    ("data", &["payload", "body", "event", "evt", "detail", "attributes"]),
    ("meta", &["metadata", "headers", "context"]),
    ("time", &["timestamp", "occurredat", "createdat", "eventtime", "recordedat"]),
    ("stream", &["aggregateid", "streamid", "entityid", "aggregate"]),
    ("version", &["sequence", "seq", "revision", "sequencenumber", "streamversion"]),
    ("type", &["eventtype", "eventname", "typename"]),
    ("record", &["value", "message", "event", "payload", "row", "this"]),
    ("new", &["newimage", "image", "row", "this"]),
    ("old", &["oldimage"]),
];

/// Where a field may be meant by a name that stands alone.
const ROOTS: [&str; 3] = ["data", "record", "new"];

impl Compiler<'_> {
    /// Says that nothing has this name.
    pub(super) fn unknown(&mut self, name: &str, span: Span, bare: bool) {
        let known = self.known();
        let is_function =
            || function::named(name).is_some() || FORMS.iter().any(|form| form.name == name);
        let near = || nearest(name, known.iter().copied());
        let other = elsewhere(name).find(|ours| known.contains(ours));
        let word = WORDS.iter().find(|(own, _)| *own == name);
        let hint = if let Some((_, ours)) = word {
            format!("write `{ours}`")
        } else if name == "rest" && known.iter().any(|own| ["record", "new"].contains(own)) {
            "all that no other expression here takes is `data: rest`, without quotes".into()
        } else if is_function() && other.is_none() {
            let hint = format!("`{name}` is a function: `{name}(…)`");
            if bare { format!("{hint}; {}", self.text_or_field(name)) } else { hint }
        } else if let Some(ours) = other.or_else(near) {
            let hint = format!("did you mean `{ours}`?");
            if bare { format!("{hint} {}", self.text_or_field(name)) } else { hint }
        } else if bare {
            self.text_or_field(name)
        } else if known.contains(&"doc") {
            let names = known.join(", ");
            format!("the names here are {names}, and what `each` calls an element")
        } else {
            format!("the names here are {}", known.join(", "))
        };
        let what = format!("nothing is called `{name}` here");
        self.problems.push(Problem::new(Code::UnknownName, span, what).hint(hint));
    }

    /// Says that a name leads to something elsewhere, and why not here.
    pub(super) fn not_here(&mut self, name: &str, why: &str, span: Span, bare: bool) {
        let what = format!("there is no `{name}` here: {why}");
        let problem = Problem::new(Code::NotHere, span, what);
        // Nobody calls a text or a field as the document is called, or what is exploded.
        let is_other = name != "doc" && !why.starts_with("`explode`");
        self.problems.push(if bare && is_other {
            problem.hint(self.text_or_field(name))
        } else {
            problem
        });
    }

    /// How a name would be written that was meant as something else.
    fn text_or_field(&self, name: &str) -> String {
        let text = format!("a text is written `\"'{name}'\"`");
        let known = self.known();
        match ROOTS.iter().find(|root| known.contains(*root)) {
            Some(root) => format!("{text}, a field `{root}.{name}`"),
            None => text,
        }
    }

    /// The names that lead to something.
    fn known(&self) -> Vec<&str> {
        let usable = |named: &Named| !matches!(named, Named::Elsewhere(_));
        let own = self.names.names.iter().filter(|(_, named)| usable(named)).map(|(own, _)| *own);
        let bound = self.locals.iter().map(|(own, _)| &**own).filter(|own| !own.is_empty());
        own.chain(bound).collect()
    }
}

/// Our words for what another tool calls so.
fn elsewhere(name: &str) -> impl Iterator<Item = &'static str> {
    let letters = name.chars().filter(|c| c.is_alphabetic()).take(32);
    let plain: String = letters.flat_map(char::to_lowercase).collect();
    let found = move |(_, words): &&(&str, &[&str])| words.contains(&plain.as_str());
    ELSEWHERE.iter().filter(found).map(|(ours, _)| *ours)
}
