//! Runs an expression here and there, over the same data, and takes what comes out into one form.

use std::borrow::Cow;
use std::fmt::{Display, Formatter};
use std::sync::{Arc, LazyLock};

use cel::{Context, Env};
use foldline_core::event::{BatchBuilder, Slot};
use foldline_core::position::Position;
use foldline_core::value::{Map, Number, Value, canonical};
use foldline_language::expression::{
    Compiler, Cost, Kinds, Named, Names, Node, Reads, Scope, Wrong, parse,
};
use foldline_language::problem::{Code, Severity};

use super::text::Text;

/// What both made of an expression.
pub(crate) struct Run {
    pub(crate) ours: Ours,
    pub(crate) theirs: Theirs,
    data: Value,
}

/// What we made of it.
pub(crate) enum Ours {
    Value(Value),
    /// What is wrong with it, and what it would give all the same.
    Problems(Vec<Code>, Option<Value>),
    Wrong(&'static str),
}

/// What they made of it.
pub(crate) enum Theirs {
    Value(Value),
    /// A value that we do not have.
    Foreign(String),
    Unread,
    Wrong(String),
}

impl Ours {
    pub(crate) fn value(&self) -> Option<&Value> {
        if let Ours::Value(value) = self { Some(value) } else { None }
    }
}

impl Theirs {
    pub(crate) fn value(&self) -> Option<&Value> {
        if let Theirs::Value(value) = self { Some(value) } else { None }
    }
}

impl Run {
    pub(crate) fn of(text: &Text, data: &Value) -> Run {
        let text = text.to_string();
        Run { ours: ours(&text, data), theirs: theirs(&text, data), data: data.clone() }
    }

    /// The same of another expression.
    pub(crate) fn again(&self, text: &Text) -> Run {
        Run::of(text, &self.data)
    }

    pub(crate) fn differs(&self) -> bool {
        self.ours.value() != self.theirs.value()
    }

    /// Whether they give something else when they run the same again.
    pub(crate) fn theirs_changes(&self, text: &Text) -> bool {
        let text = text.to_string();
        (0..200).any(|_| theirs(&text, &self.data).value() != self.theirs.value())
    }
}

impl Display for Run {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str("  here ")?;
        match &self.ours {
            Ours::Value(value) => f.write_str(&canonical::text(value))?,
            Ours::Problems(codes, _) => write!(f, "refused: {codes:?}")?,
            Ours::Wrong(word) => write!(f, "an error: {word}")?,
        }
        f.write_str("\n  there ")?;
        match &self.theirs {
            Theirs::Value(value) => f.write_str(&canonical::text(value))?,
            Theirs::Foreign(what) => write!(f, "a value that we do not have: {what}")?,
            Theirs::Unread => f.write_str("not read")?,
            Theirs::Wrong(why) => write!(f, "an error: {why}")?,
        }
        write!(f, "\n  of {}", canonical::text(&self.data))
    }
}

fn ours(text: &str, data: &Value) -> Ours {
    let tree = match parse(text) {
        Ok(tree) => tree,
        Err(problems) => {
            return Ours::Problems(problems.iter().map(|problem| problem.code).collect(), None);
        }
    };
    let compiled = |named: Named| {
        let (mut reads, mut problems) = (Reads::default(), Vec::new());
        let names = Names { names: &[("data", named)], shape: None, kind: None };
        let compiled = Compiler::new(names, &mut reads, &mut problems).compile(&tree);
        problems.retain(|problem| problem.code.severity() == Severity::Error);
        let codes: Vec<Code> = problems.iter().map(|problem| problem.code).collect();
        (compiled, reads, codes)
    };
    let cost = Cost::default();
    let (record, _, codes) = compiled(Named::Root(0, Kinds::MAP));
    let roots = [data.clone()];
    let of_record = record.node.value(&Scope::record(&roots, &cost)).map(Cow::into_owned);
    if !codes.is_empty() {
        return Ours::Problems(codes, of_record.ok());
    }
    let (event, reads, codes) = compiled(Named::Slots);
    assert!(codes.is_empty(), "{text}: of an event it is refused, of a record it is not");
    let of_event = of_event(&event.node, &reads, data);
    // What is missing in one may be found to be of the wrong kind in the other.
    let same = of_event.as_ref().ok() == of_record.as_ref().ok();
    assert!(same, "{text}: {of_event:?} of an event, {of_record:?} of a record");
    match of_event {
        Ok(value) => {
            let kind = Kinds::of(&value);
            assert!(kind.is_within(event.kinds), "{text}: {kind}, told was {}", event.kinds);
            Ours::Value(value)
        }
        Err(wrong) => Ours::Wrong(wrong.code()),
    }
}

/// What an expression gives where the data are those of an event.
fn of_event(node: &Node, reads: &Reads, data: &Value) -> Result<Value, Wrong> {
    let values: Vec<Option<(&Value, String)>> = reads
        .slots
        .iter()
        .map(|path| {
            let names: Vec<&str> = path.iter().skip(1).map(|name| &**name).collect();
            data.at(&names).map(|value| (value, canonical::text(value)))
        })
        .collect();
    let slots: Vec<Slot<'_>> = values
        .iter()
        .map(|value| match value {
            None => Slot::Missing,
            Some((Value::Null, _)) => Slot::Null,
            Some((Value::Bool(yes), _)) => Slot::Bool(*yes),
            Some((Value::Int(int), _)) => Slot::Int(*int),
            Some((Value::Text(text), _)) => Slot::Text(text),
            Some((_, text)) => Slot::Raw(text),
        })
        .collect();
    let mut builder = BatchBuilder::default();
    builder.event("a", 1, Position::number(0)).part("A", &slots);
    let batch = builder.build();
    let event = batch.event(0).expect("there is one");
    let part = event.parts().next().expect("it has one");
    let (table, cost): (Vec<usize>, _) = ((0..slots.len()).collect(), Cost::default());
    let scope = Scope::event(event, part, &table, &Value::Null, &cost);
    node.value(&scope).map(Cow::into_owned)
}

fn theirs(text: &str, data: &Value) -> Theirs {
    static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));
    let Ok(program) = ENV.compile(text) else { return Theirs::Unread };
    let mut context = Context::with_env(Arc::clone(&ENV));
    context.add_variable_from_value("data", given(data));
    match program.execute(&context) {
        Ok(value) => {
            taken(&value).map_or_else(|| Theirs::Foreign(format!("{value:?}")), Theirs::Value)
        }
        Err(error) => Theirs::Wrong(error.to_string()),
    }
}

/// A value as they have it.
fn given(value: &Value) -> cel::Value {
    match value {
        Value::Bool(yes) => cel::Value::Bool(*yes),
        Value::Int(int) => cel::Value::Int(*int),
        Value::Text(text) => text.as_str().into(),
        Value::List(items) => cel::Value::List(Arc::new(items.iter().map(given).collect())),
        Value::Map(map) => {
            let entries = map.iter().map(|(name, value)| (name.to_owned().into(), given(value)));
            cel::Value::Map(cel::objects::Map { map: Arc::new(entries.collect()) })
        }
        _ => cel::Value::Null,
    }
}

/// A value of theirs as we have it.
fn taken(value: &cel::Value) -> Option<Value> {
    Some(match value {
        cel::Value::Null => Value::Null,
        cel::Value::Bool(yes) => Value::Bool(*yes),
        cel::Value::Int(int) => Value::Int(*int),
        cel::Value::UInt(int) => Value::Int(i64::try_from(*int).ok()?),
        cel::Value::Float(float) => Number::parse(&float.to_string()).ok()?.into(),
        cel::Value::String(text) => Value::text(text),
        cel::Value::List(items) => Value::List(items.iter().map(taken).collect::<Option<_>>()?),
        cel::Value::Map(map) => {
            let entries = map.map.iter().map(|(name, value)| match name {
                cel::objects::Key::String(name) => Some((name.to_string(), taken(value)?)),
                _ => None,
            });
            Value::Map(entries.collect::<Option<Map>>()?)
        }
        _ => return None,
    })
}
