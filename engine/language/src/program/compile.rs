//! From a module to a program: every expression is compiled where it stands, and what cannot be
//! right in it is told.

mod growth;
mod handler;
mod write;

use std::collections::BTreeMap;

use foldline_core::value::Value;

use super::file::File;
use super::guard::Keys;
use super::{Dispatch, Handler, Key, Program, shape};
use crate::expression::{Compiled, Compiler, Kind, Kinds, Named, Names, Reads, Shape, Tree};
use crate::module::{self, Kinds as Types, Module};
use crate::problem::{Code, Problem, Severity};
use crate::yaml;

/// What an expression of a handler may name.
const HANDLER: [(&str, Named); 16] = [
    ("data", Named::Slots),
    ("doc", Named::Document),
    ("meta", Named::Slots),
    ("stream", Named::Stream),
    ("time", Named::Time),
    ("type", Named::Type),
    ("version", Named::Version),
    ("record", MAPPING),
    ("keys", MAPPING),
    ("new", MAPPING),
    ("old", Named::Elsewhere("the document before the event is called `doc`")),
    ("headers", MAPPING),
    ("item", MAPPING),
    ("index", MAPPING),
    ("id", Named::Elsewhere("an event is told by `stream` and `version`")),
    (
        "event",
        Named::Elsewhere("its parts have names of their own: `data`, `meta`, `type`, `time`"),
    ),
];

const MAPPING: Named =
    Named::Elsewhere("a source's mapping reads it; a module reads the event, as in `data.amount`");

/// The same where there is no document yet.
fn without_document(why: &'static str) -> Vec<(&'static str, Named)> {
    let here = |(name, named): (&'static str, Named)| match named {
        Named::Document => (name, Named::Elsewhere(why)),
        named => (name, named),
    };
    HANDLER.into_iter().map(here).collect()
}

/// Reads the text of the file of that name: a program if nothing in it is an error, and all that
/// is to be told, by place.
pub fn read(name: &str, text: &str) -> (Option<Program>, Vec<Problem>) {
    let (node, problems) = yaml::parse(text);
    let Some(node) = node else { return (None, problems) };
    let (module, problems) = module::read(text, &node, problems);
    match module {
        Some(module) => of(&module, problems, (name, text), node.meaning()),
        None => (None, problems),
    }
}

/// The same of a module that was read from the file of that name and text, with what was told of
/// it then, and the meaning of its tree.
pub fn of(
    module: &Module,
    mut problems: Vec<Problem>,
    (name, text): (&str, &str),
    meaning: u64,
) -> (Option<Program>, Vec<Problem>) {
    let is_error = |problem: &Problem| problem.code.severity() == Severity::Error;
    let broken = problems.iter().any(is_error);
    let file = File { name: name.into(), text: text.into() };
    let (program, more) = compile(module, file, meaning);
    // What could not be read may have written the field, or set the limit that is missed.
    let sure =
        |problem: &Problem| !broken || is_error(problem) && problem.code != Code::UnknownField;
    problems.extend(more.into_iter().filter(sure));
    let right = !problems.iter().any(is_error);
    (right.then_some(program), module::told(problems))
}

/// Compiles a module, as far as it could be read.
fn compile(module: &Module, file: File, meaning: u64) -> (Program, Vec<Problem>) {
    let mut work = Work {
        module,
        shape: shape::of(module),
        reads: Reads::default(),
        problems: Vec::new(),
        keys: Keys::Stream,
    };
    let module_key = module.key.as_ref().map(|key| work.key(key, None, None));
    let mut program = Program {
        name: module.name.text.clone(),
        version: module.version.value,
        from: module.from.text.clone(),
        store: module.into.store.text.clone(),
        collection: module.into.collection.text.clone(),
        keys: Keys::Stream,
        meaning,
        reads: Vec::new(),
        handlers: Vec::new(),
        kinds: Vec::new(),
        every: Dispatch::default(),
        unknown: module.unknown.value,
        file,
    };
    let mut every = Vec::new();
    let mut by_type = BTreeMap::<Box<str>, Vec<usize>>::new();
    for on in &module.on {
        let types = match &on.kinds {
            Types::Every => &[][..],
            Types::Named(types) => types,
        };
        let first = program.handlers.len();
        let handlers = on.handlers.iter();
        program.handlers.extend(handlers.map(|it| work.handler(it, types, module_key.as_ref())));
        let places = first..program.handlers.len();
        if on.kinds == Types::Every {
            every.extend(places.clone());
        }
        for kind in types {
            by_type.entry(kind.text.clone()).or_default().extend(places.clone());
        }
    }
    program.keys = work.keys;
    let dispatches = by_type.into_iter().map(|(kind, own)| {
        let places = every.iter().chain(&own);
        (kind, dispatch(&program.handlers, places))
    });
    program.kinds = dispatches.collect();
    program.every = dispatch(&program.handlers, every.iter());
    let (reads, problems) = work.finish();
    program.reads = reads.slots;
    (program, problems)
}

/// The handlers of one type.
fn dispatch<'h>(handlers: &[Handler], places: impl Iterator<Item = &'h usize>) -> Dispatch {
    let places: Vec<usize> = places.copied().collect();
    let direct =
        places.iter().filter_map(|place| handlers.get(*place)).all(|handler| !handler.reads);
    Dispatch { handlers: places, direct }
}

/// The warnings that are told here; what is allowed of others was left out before.
const TOLD_HERE: [Code; 2] = [Code::NeverEqual, Code::Unbounded];

/// What is known while a module is compiled.
struct Work<'m> {
    module: &'m Module,
    shape: Shape,
    reads: Reads,
    problems: Vec<Problem>,
    keys: Keys,
}

/// A key that is compiled, and what it reads.
#[derive(Clone)]
struct CompiledKey {
    key: Key,
    keys: Keys,
}

impl Work<'_> {
    /// Compiles an expression that sees the document, and the element that is bound around it.
    fn expression(&mut self, tree: &Tree, names: (Option<&str>, Option<&str>)) -> Compiled {
        self.expression_as(tree, names, Kinds::ANY, "this")
    }

    /// The same for one that must be of these kinds.
    fn expression_as(
        &mut self,
        tree: &Tree,
        (kind, bound): (Option<&str>, Option<&str>),
        kinds: Kinds,
        what: &str,
    ) -> Compiled {
        let names = Names { names: &HANDLER, shape: Some(&self.shape), kind };
        compiler(names, bound, &mut self.reads, &mut self.problems).compile_as(tree, kinds, what)
    }

    /// Compiles an expression that is asked before there is a document.
    fn early(
        &mut self,
        tree: &Tree,
        (kind, bound): (Option<&str>, Option<&str>),
        kinds: Kinds,
        what: &str,
    ) -> Compiled {
        let early = without_document("the event alone says which documents it changes");
        let names = Names { names: &early, shape: None, kind };
        compiler(names, bound, &mut self.reads, &mut self.problems).compile_as(tree, kinds, what)
    }

    /// Compiles a key.
    fn key(&mut self, tree: &Tree, kind: Option<&str>, bound: Option<&str>) -> CompiledKey {
        if matches!(&tree.kind, Kind::Name(name) if **name == *"stream") {
            return CompiledKey { key: Key::Stream, keys: Keys::Stream };
        }
        let takes = Kinds::TEXT.or(Kinds::INT).or(Kinds::LIST);
        let compiled = self.early(tree, (kind, bound), takes, "a key");
        if let Some(absent) = absent(tree, &compiled) {
            let what = "the key may be absent, and an event without one parks its whole stream";
            let problem = Problem::new(Code::KeyAbsent, absent.span, what);
            let path = absent.path_text().unwrap_or_else(|| "data.id".into());
            self.problems.push(problem.hint(format!(
                "handle only the events that have one: `when: has({path})`, and `key: {path}`"
            )));
        }
        let from = ["data", "meta", "stream", "time", "version"];
        let told = from.iter().chain(&bound).any(|name| tree.mentions(name));
        let keys = if told { Keys::Data } else { Keys::Constant };
        CompiledKey { key: Key::Data(compiled.node), keys }
    }

    /// What is read, and what is to be told: without the warnings that the author allows.
    fn finish(mut self) -> (Reads, Vec<Problem>) {
        for allowed in &self.module.allow {
            if !TOLD_HERE.contains(&allowed.code.value) {
                continue;
            }
            let before = self.problems.len();
            self.problems.retain(|problem| problem.code != allowed.code.value);
            if self.problems.len() == before {
                let what = format!("there is no {} here to allow", allowed.code.value);
                let problem = Problem::new(Code::NothingAllowed, allowed.code.span, what);
                self.problems.push(problem.hint("leave it out: a later one would go unseen"));
            }
        }
        (self.reads, self.problems)
    }
}

fn compiler<'w>(
    names: Names<'w>,
    bound: Option<&str>,
    reads: &'w mut Reads,
    problems: &'w mut Vec<Problem>,
) -> Compiler<'w> {
    let compiler = Compiler::new(names, reads, problems);
    match bound {
        Some(name) => compiler.bind(name, Kinds::ANY),
        None => compiler,
    }
}

/// The part of a key that may be null where its author sees it: not what an event may bring, but
/// what is written to be null where something is absent.
fn absent<'t>(tree: &'t Tree, compiled: &Compiled) -> Option<&'t Tree> {
    match &tree.kind {
        Kind::Field { optional: true, .. } => Some(tree),
        Kind::Choice(parts) => {
            let [_, then, otherwise] = &**parts;
            absent(then, compiled).or_else(|| absent(otherwise, compiled))
        }
        Kind::Value(Value::Null) => Some(tree),
        Kind::Call { name, .. } if &*name.text == "coalesce" => {
            compiled.kinds.may_be(Kinds::NULL).then_some(tree)
        }
        Kind::List(items) => items.iter().find_map(|item| absent(item, compiled)),
        _ => None,
    }
}
