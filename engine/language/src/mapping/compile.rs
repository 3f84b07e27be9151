//! From a source as it is written to one that runs: its expressions with the names that there are
//! where they stand, and what they read of a record.

use std::collections::BTreeSet;

use super::upcast::Upcasts;
use super::{Mapping, native, rest};
use crate::decode::record::{Format, Wanted};
use crate::expression::{Compiler, Kind, Kinds, Named, Names, Node, Path, Reads, Tree};
use crate::module::told;
use crate::problem::Problem;
use crate::source::{self, Explode, Source, Versions};

/// What an event is of a record.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) stream: Node,
    /// None of a source without versions.
    pub(super) version: Option<Node>,
    pub(super) kind: Node,
    pub(super) time: Option<Node>,
    pub(super) data: Data,
    pub(super) meta: Option<Apart>,
    pub(super) id: Option<Apart>,
}

/// An expression that is run only where somebody reads what it gives.
#[derive(Clone, Debug)]
pub(super) struct Apart {
    pub(super) node: Node,
    /// The paths of the record that it reads, each below the root of a number.
    pub(super) reads: Vec<(usize, Path)>,
}

/// What an event says.
#[derive(Clone, Debug)]
pub(super) enum Data {
    /// Nothing.
    Nothing,
    /// This.
    Value(Node),
    /// All but these names of an element, or of the root of this number.
    Rest(Option<usize>, BTreeSet<Box<str>>),
}

/// The number of the root that the attributes of an event are in.
pub(super) fn attributes(format: Format) -> usize {
    match format {
        Format::Json => 0,
        Format::Dynamodb => 1,
    }
}

/// Compiles a source of which these problems are told already. What could be read of it is
/// compiled whatever they are, so that all is told at once.
pub(super) fn mapping(
    source: &Source,
    mut problems: Vec<Problem>,
) -> (Option<Mapping>, Vec<Problem>) {
    let Some(format) = source.format.map(|it| it.value) else { return (None, problems) };
    let said = source.event.as_ref().filter(|it| format != Format::Json || !native::is_native(it));
    let own = native::event();
    let event = said.unwrap_or(&own);
    let plain = source.condition.is_none()
        && source.explode.is_none()
        && source.count_only.as_ref().is_none_or(Vec::is_empty)
        && source.upcasts.as_ref().is_none_or(Vec::is_empty)
        && source.versions() != Versions::Refold;
    let mut expressions = Expressions::new(format, source.explode.as_ref());
    let condition = expressions.record(source.condition.as_ref(), Kinds::BOOL, "`where`");
    let explode = source.explode.as_ref().map(|it| &it.list);
    let explode = expressions.record(explode, Kinds::LIST, "what is exploded");
    let texts = Kinds::TEXT.or(Kinds::INT);
    let schema = Kinds::INT.or(Kinds::NULL);
    let schema = expressions.event(source.schema.as_ref(), schema, "a schema");
    let orders = texts.or(Kinds::TIME);
    let sort = expressions.event(source.sort.as_ref(), orders, "what orders a stream");
    let upcasts = source.upcasts.as_deref().unwrap_or_default();
    // Where something is wrong, what it says of an event may be what could not be read.
    let event = if said.is_none() && !problems.is_empty() {
        None
    } else {
        expressions.mapped(event, !upcasts.is_empty())
    };
    let upcasts = Upcasts::compile(upcasts, &mut expressions.problems);
    problems.append(&mut expressions.problems);
    let problems = told(problems);
    let Some(event) = event.filter(|_| problems.is_empty()) else { return (None, problems) };
    let names = |names: &[crate::expression::Name]| -> Vec<Box<str>> {
        names.iter().map(|name| name.text.clone()).collect()
    };
    let mapping = Mapping {
        native: said.is_none() && plain && format == Format::Json,
        format,
        binary: source.binary.map(|it| it.value).unwrap_or_default(),
        wanted: expressions.wanted(),
        data: expressions.data,
        condition,
        explode,
        event,
        schema,
        sort,
        refold: source.versions() == Versions::Refold,
        count_only: names(source.count_only.as_deref().unwrap_or_default()).into_iter().collect(),
        ignored: source.ignore_changes.as_ref().map_or(Vec::new(), |it| names(&it.value)),
        upcasts,
        meaning: source.meaning,
    };
    (Some(mapping), problems)
}

/// The expressions over a record, while they are compiled.
struct Expressions {
    format: Format,
    names: Vec<(&'static str, Named)>,
    /// What an element is called.
    element: Option<Box<str>>,
    reads: Reads,
    /// The place in a record that is an event's data as it stands.
    data: Option<(usize, Path)>,
    problems: Vec<Problem>,
}

impl Expressions {
    fn new(format: Format, explode: Option<&Explode>) -> Expressions {
        let map = Kinds::MAP.or(Kinds::NULL);
        let root = |(number, name): (usize, &&'static str)| {
            let kinds = match (format, *name) {
                (Format::Json, _) => Kinds::ANY,
                (Format::Dynamodb, "name") => Kinds::TEXT.or(Kinds::NULL),
                (Format::Dynamodb, _) => map,
            };
            (*name, Named::Root(number, kinds))
        };
        let mut names: Vec<_> = format.roots().iter().enumerate().map(root).collect();
        let elsewhere = match format {
            Format::Json => "a record of `format: json` is called `record`",
            Format::Dynamodb => "a record of `format: dynamodb` has `keys`, `new`, `old`, `name`",
        };
        let foreign = Format::ALL.into_iter().flat_map(Format::roots).copied();
        let own = ["stream", "version", "type", "time", "data", "meta", "doc"];
        for name in foreign.chain(own).filter(|name| !format.roots().contains(name)) {
            names.push((name, Named::Elsewhere(elsewhere)));
        }
        if explode.is_none() {
            let why = "`explode` makes several events of one record, and nothing is exploded";
            names.extend(["item", "index"].map(|name| (name, Named::Elsewhere(why))));
        }
        let element = explode.map(|explode| explode.name.text.clone());
        let (reads, data, problems) = (Reads::default(), None, Vec::new());
        Expressions { format, names, element, reads, data, problems }
    }

    /// An expression over the record.
    fn record(&mut self, tree: Option<&Tree>, kinds: Kinds, what: &str) -> Option<Node> {
        let names = Names { names: &self.names, shape: None, kind: None };
        let mut compiler = Compiler::new(names, &mut self.reads, &mut self.problems);
        tree.map(|tree| compiler.compile_as(tree, kinds, what).node)
    }

    /// An expression over the record, and over the element of it that is an event.
    fn event(&mut self, tree: Option<&Tree>, kinds: Kinds, what: &str) -> Option<Node> {
        let names = Names { names: &self.names, shape: None, kind: None };
        let mut compiler = Compiler::new(names, &mut self.reads, &mut self.problems);
        if let Some(element) = &self.element {
            compiler = compiler.bind(element, Kinds::ANY).bind("index", Kinds::INT);
        }
        tree.map(|tree| compiler.compile_as(tree, kinds, what).node)
    }

    fn apart(&mut self, tree: Option<&Tree>, what: &str) -> Option<Apart> {
        let others = std::mem::take(&mut self.reads);
        let node = self.event(tree, Kinds::ANY, what);
        let reads = std::mem::replace(&mut self.reads, others).roots;
        node.map(|node| Apart { node, reads })
    }

    fn mapped(&mut self, event: &source::Event, upcast: bool) -> Option<Event> {
        let texts = Kinds::TEXT.or(Kinds::INT);
        let times = Kinds::TIME.or(Kinds::TEXT).or(Kinds::NULL);
        let stream = self.event(event.stream.as_ref(), texts, "a stream");
        let version = self.event(event.version.as_ref(), Kinds::INT, "a version");
        let kind = self.event(event.kind.as_ref(), Kinds::TEXT, "a type");
        let time = self.event(event.time.as_ref(), times, "a time");
        let meta = self.apart(event.meta.as_ref(), "`meta`");
        let id = self.apart(event.id.as_ref(), "`id`");
        let data = self.data(event, upcast);
        Some(Event { stream: stream?, version, kind: kind?, time, data, meta, id })
    }

    /// What an event says. Where it stands in the record so, and no upcast changes it, modules
    /// alone say what is read of it.
    fn data(&mut self, event: &source::Event, upcast: bool) -> Data {
        let place = attributes(self.format);
        match &event.data {
            None => Data::Nothing,
            Some(source::Data::Value(tree)) => {
                let before = self.reads.clone();
                let node = self.event(Some(tree), Kinds::ANY, "`data`");
                let root = self.root(tree).filter(|_| !upcast);
                if let Some((root, path)) = root.and_then(|root| Some((root, fields(tree)?))) {
                    self.reads = before;
                    self.data = Some((root, path));
                }
                node.map_or(Data::Nothing, Data::Value)
            }
            Some(source::Data::Rest(_)) => match self.element.clone() {
                Some(element) => Data::Rest(None, rest::taken(event, &element)),
                None if upcast => {
                    self.reads.roots.push((place, Vec::new()));
                    Data::Rest(Some(place), self.taken(event, place))
                }
                None => {
                    self.data = Some((place, Vec::new()));
                    Data::Rest(Some(place), self.taken(event, place))
                }
            },
        }
    }

    fn taken(&self, event: &source::Event, root: usize) -> BTreeSet<Box<str>> {
        rest::taken(event, self.format.roots().get(root).copied().unwrap_or_default())
    }

    /// The number of the root that a path begins with.
    fn root(&self, tree: &Tree) -> Option<usize> {
        let mut tree = tree;
        while let Kind::Field { of, .. } = &tree.kind {
            tree = of;
        }
        let Kind::Name(name) = &tree.kind else { return None };
        if self.element.as_deref() == Some(&**name) {
            return None;
        }
        self.format.roots().iter().position(|root| **root == **name)
    }

    /// What is read of each root.
    fn wanted(&self) -> Vec<Wanted> {
        let mut wanted = vec![Wanted::default(); self.format.roots().len()];
        for (root, path) in &self.reads.roots {
            if let Some(wanted) = wanted.get_mut(*root) {
                wanted.path(path);
            }
        }
        wanted
    }
}

/// The names of a path of fields; none where it is anything else.
fn fields(tree: &Tree) -> Option<Path> {
    let mut names = Path::new();
    let mut tree = tree;
    loop {
        match &tree.kind {
            Kind::Field { of, name, .. } => {
                names.push(name.text.clone());
                tree = of;
            }
            Kind::Name(_) => break,
            _ => return None,
        }
    }
    names.reverse();
    Some(names)
}
