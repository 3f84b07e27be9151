//! Upcasts at work: an event of an earlier schema becomes what it would be today.

use std::collections::BTreeMap;

use foldline_core::fault::Fault;
use foldline_core::name::Name;
use foldline_core::value::Value;

use super::limits;
use super::make::{Failed, failed};
use crate::expression::{Compiler, Cost, Kinds, Named, Names, Node, Reads, Scope, Tree};
use crate::problem::Problem;
use crate::source::{Act, Path, Upcast};

/// All upcasts of a source, by type.
#[derive(Clone, Debug, Default)]
pub(super) struct Upcasts(BTreeMap<Box<str>, Chain>);

/// The upcasts of a type, from the earliest schema that has one on.
#[derive(Clone, Debug)]
struct Chain {
    earliest: u32,
    upcasts: Vec<Vec<Step>>,
}

#[derive(Clone, Debug)]
enum Step {
    Set(Vec<(Path, Node)>),
    Default(Vec<(Path, Node)>),
    Rename(Vec<(Path, Path)>),
    Unset(Vec<Path>),
    /// What the event becomes: nothing, or parts, each with a type, a schema and its data.
    Become(Vec<(Name, u32, Option<Node>)>),
}

/// A type of an event, and what it says.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) kind: Name,
    pub(super) data: Value,
}

/// What the expressions of upcasts see, by the numbers of their names.
const NAMES: [(&str, Named); 6] = [
    ("data", Named::Root(0, Kinds::ANY)),
    ("meta", Named::Root(1, Kinds::ANY)),
    ("type", Named::Root(2, Kinds::TEXT)),
    ("stream", Named::Root(3, Kinds::TEXT)),
    ("version", Named::Root(4, Kinds::INT)),
    ("time", Named::Root(5, Kinds::TIME.or(Kinds::NULL))),
];

/// An event without its parts, as upcasts see it.
pub(super) struct Around<'e> {
    pub(super) meta: &'e Value,
    pub(super) stream: &'e str,
    pub(super) version: u64,
    pub(super) time: Value,
}

impl Upcasts {
    pub(super) fn compile(upcasts: &[Upcast], problems: &mut Vec<Problem>) -> Upcasts {
        let mut sorted: Vec<&Upcast> = upcasts.iter().collect();
        sorted.sort_by_key(|upcast| upcast.from.value);
        let mut chains = BTreeMap::new();
        for upcast in sorted {
            let earliest = upcast.from.value;
            let chain = chains.entry(upcast.kind.text.clone());
            let chain = chain.or_insert_with(|| Chain { earliest, upcasts: Vec::new() });
            let steps = upcast.steps.iter().map(|step| Step::compile(&step.act, problems));
            chain.upcasts.push(steps.collect());
        }
        Upcasts(chains)
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an event of this type may be another one today.
    pub(super) fn change(&self, kind: &str) -> bool {
        self.0.contains_key(kind)
    }

    /// What an event is today: its parts in order, none where it is dropped.
    pub(super) fn apply(
        &self,
        part: Part,
        schema: u32,
        around: &Around<'_>,
        cost: &Cost,
    ) -> Result<Vec<Part>, Fault> {
        let mut done = Vec::new();
        // The next of them is the last.
        let mut open = vec![(part, schema)];
        while let Some((mut part, schema)) = open.pop() {
            let Some(steps) = self.steps(&part.kind, schema)? else {
                done.push(part);
                continue;
            };
            let becomes = around.run(steps, &mut part, cost).map_err(|failed| {
                let (kind, message) = (&part.kind, failed.message);
                Fault::new(failed.code, format!("upcast of {kind} from {schema}: {message}"))
            })?;
            match becomes {
                None => open.push((part, schema.saturating_add(1))),
                Some(parts) => open.extend(parts.into_iter().rev()),
            }
            if done.len() + open.len() > limits::PARTS_MAX {
                let message = format!("upcasts make more than {} of it", limits::PARTS_MAX);
                return Err(Fault::new("too_large", message));
            }
        }
        Ok(done)
    }

    /// The steps from this schema to the next; none from the newest.
    fn steps(&self, kind: &str, schema: u32) -> Result<Option<&[Step]>, Fault> {
        let Some(chain) = self.0.get(kind) else { return Ok(None) };
        let Some(place) = schema.checked_sub(chain.earliest) else {
            let earliest = chain.earliest;
            let message =
                format!("no upcast leads on from schema {schema} of {kind}, only from {earliest}");
            return Err(Fault::new("schema", message));
        };
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        Ok(chain.upcasts.get(place).map(Vec::as_slice))
    }
}

impl Step {
    fn compile(act: &Act, problems: &mut Vec<Problem>) -> Step {
        let mut reads = Reads::default();
        let names = Names { names: &NAMES, shape: None, kind: None };
        let mut compiler = Compiler::new(names, &mut reads, problems);
        let mut node = |tree: &Tree| compiler.compile(tree).node;
        let mut values = |values: &[(Path, Tree)]| -> Vec<(Path, Node)> {
            values.iter().map(|(path, tree)| (path.clone(), node(tree))).collect()
        };
        match act {
            Act::Set(set) => Step::Set(values(set)),
            Act::Default(default) => Step::Default(values(default)),
            Act::Rename(paths) => Step::Rename(paths.clone()),
            Act::Unset(paths) => Step::Unset(paths.clone()),
            Act::Drop => Step::Become(Vec::new()),
            Act::Retype(of) => Step::Become(vec![(Name::from(&*of.kind.text), of.schema, None)]),
            Act::Split(parts) => {
                let parts = parts.iter().map(|part| {
                    (
                        Name::from(&*part.of.kind.text),
                        part.of.schema,
                        part.data.as_ref().map(&mut node),
                    )
                });
                Step::Become(parts.collect())
            }
        }
    }
}

/// What an event becomes, where that is not itself: parts with their schemas.
type Becomes = Option<Vec<(Part, u32)>>;

impl Around<'_> {
    fn run(&self, steps: &[Step], part: &mut Part, cost: &Cost) -> Result<Becomes, Failed> {
        let version = i64::try_from(self.version).unwrap_or(i64::MAX);
        let mut roots = [
            std::mem::take(&mut part.data),
            self.meta.clone(),
            Value::text(&part.kind),
            Value::text(self.stream),
            Value::Int(version),
            self.time.clone(),
        ];
        let mut becomes = None;
        for step in steps {
            match step {
                Step::Set(values) => {
                    let values = given(values, &roots, cost)?;
                    for (path, value) in values {
                        put(data(&mut roots), path, value)?;
                    }
                }
                Step::Default(values) => {
                    let absent = values.iter().filter(|(path, _)| !has(data(&mut roots), path));
                    let absent: Vec<_> = absent.cloned().collect();
                    for (path, value) in given(&absent, &roots, cost)? {
                        put(data(&mut roots), path, value)?;
                    }
                }
                Step::Rename(paths) => rename(data(&mut roots), paths)?,
                Step::Unset(paths) => {
                    for path in paths {
                        take(data(&mut roots), path);
                    }
                }
                Step::Become(parts) => becomes = Some(self::parts(parts, &roots, cost)?),
            }
        }
        part.data = std::mem::take(data(&mut roots));
        Ok(becomes)
    }
}

fn data(roots: &mut [Value; 6]) -> &mut Value {
    let [data, ..] = roots;
    data
}

/// The values of expressions, each over the event before the step.
fn given<'s>(
    values: &'s [(Path, Node)],
    roots: &[Value; 6],
    cost: &Cost,
) -> Result<Vec<(&'s Path, Value)>, Failed> {
    let scope = Scope::record(roots, cost);
    let given = values.iter().map(|(path, node)| {
        let value = node.value(&scope).map_err(|wrong| failed(&path.text(), &wrong))?;
        Ok((path, value.into_owned()))
    });
    given.collect()
}

fn parts(
    parts: &[(Name, u32, Option<Node>)],
    roots: &[Value; 6],
    cost: &Cost,
) -> Result<Vec<(Part, u32)>, Failed> {
    let scope = Scope::record(roots, cost);
    let made = parts.iter().map(|(kind, schema, node)| {
        let data = match node {
            Some(node) => node.value(&scope).map_err(|wrong| failed(kind, &wrong))?.into_owned(),
            None => roots.first().cloned().unwrap_or_default(),
        };
        Ok((Part { kind: kind.clone(), data }, *schema))
    });
    made.collect()
}

fn names(path: &Path) -> Vec<&str> {
    path.names.iter().map(|name| &**name).collect()
}

fn has(data: &Value, path: &Path) -> bool {
    data.at(&names(path)).is_some()
}

fn put(data: &mut Value, path: &Path, value: Value) -> Result<(), Failed> {
    let Some(place) = data.at_mut(&names(path)) else {
        let message = format!("`{}` leads through a value that is no map", path.text());
        return Err(Failed { code: "type", message });
    };
    *place = value;
    Ok(())
}

fn take(data: &mut Value, path: &Path) -> Option<Value> {
    let names = names(path);
    let (last, parents) = names.split_last()?;
    data.at(parents)?.as_map()?;
    data.at_mut(parents)?.map_mut()?.remove(last)
}

/// Puts what stands at some paths at others, where nothing may stand.
fn rename(data: &mut Value, paths: &[(Path, Path)]) -> Result<(), Failed> {
    let taken: Vec<_> =
        paths.iter().filter_map(|(from, to)| Some((to, take(data, from)?))).collect();
    for (to, value) in taken {
        if has(data, to) {
            let message = format!("`{}` is there already, and nothing takes its name", to.text());
            return Err(Failed { code: "twice", message });
        }
        put(data, to, value)?;
    }
    Ok(())
}
