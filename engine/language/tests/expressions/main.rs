//! What holds for every expression, whatever stands in it and whatever it is given: it is read,
//! checked, run and dropped within bounds, and what was told of it before is so.

mod bounds;
mod heights;
mod make;
mod sound;

use foldline_core::event::{BatchBuilder, Slot};
use foldline_core::position::Position;
use foldline_core::time::Time;
use foldline_core::value::{Value, canonical};
use foldline_language::expression::{
    Compiled, Compiler, Cost, Kinds, Named, Names, Reads, Scope, Shape, Wrong, parse,
};
use foldline_language::problem::Problem;

const NAMES: [(&str, Named); 7] = [
    ("stream", Named::Stream),
    ("version", Named::Version),
    ("type", Named::Type),
    ("time", Named::Time),
    ("data", Named::Slots),
    ("meta", Named::Slots),
    ("doc", Named::Document),
];

/// What a document may hold.
fn shape() -> Shape {
    let fields = [
        ("balance", Kinds::NUMBER),
        ("name", Kinds::TEXT),
        ("seen", Kinds::TIME),
        ("blob", Kinds::BYTES),
        ("tags", Kinds::LIST),
        ("by", Kinds::MAP),
        ("open", Kinds::BOOL.or(Kinds::NULL)),
        ("any", Kinds::ANY),
    ];
    Shape(fields.into_iter().map(|(name, kinds)| (name.into(), kinds)).collect())
}

/// An expression that was compiled.
struct Ready {
    compiled: Compiled,
    reads: Reads,
    problems: Vec<Problem>,
}

/// Compiles an expression of a handler; what cannot be read is its problems.
fn ready(text: &str) -> Result<Ready, Vec<Problem>> {
    let tree = parse(text)?;
    let shape = shape();
    let (mut reads, mut problems) = (Reads::default(), Vec::new());
    let names = Names { names: &NAMES, shape: Some(&shape), kind: None };
    let compiled = Compiler::new(names, &mut reads, &mut problems).compile(&tree);
    Ok(Ready { compiled, reads, problems })
}

impl Ready {
    /// What it gives for an event with these data, and this document.
    fn value(&self, data: &Value, document: &Value) -> Result<Value, Wrong> {
        let found: Vec<Option<(&Value, String)>> = self
            .reads
            .slots
            .iter()
            .map(|path| {
                let names: Vec<&str> = path.iter().skip(1).map(|name| &**name).collect();
                data.at(&names).map(|value| (value, canonical::text(value)))
            })
            .collect();
        let slots: Vec<Slot<'_>> = found
            .iter()
            .map(|found| match found {
                None => Slot::Missing,
                Some((Value::Null, _)) => Slot::Null,
                Some((Value::Bool(yes), _)) => Slot::Bool(*yes),
                Some((Value::Int(int), _)) => Slot::Int(*int),
                Some((Value::Decimal(decimal), _)) => Slot::Decimal(*decimal),
                Some((Value::Text(text), _)) => Slot::Text(text),
                Some((_, text)) => Slot::Raw(text),
            })
            .collect();
        let mut builder = BatchBuilder::default();
        builder.event("wallet-1", 7, Position::number(0)).time(Time(1_500)).part("A", &slots);
        let batch = builder.build();
        let event = batch.event(0).expect("there is one");
        let part = event.parts().next().expect("it has one");
        let (table, cost): (Vec<usize>, _) = ((0..slots.len()).collect(), Cost::default());
        let scope = Scope::event(event, part, &table, document, &cost);
        self.compiled.node.value(&scope).map(std::borrow::Cow::into_owned)
    }
}

/// A value from its JSON.
fn json(text: &str) -> Value {
    foldline_core::value::json::value(text).expect("it is JSON")
}

/// What an expression gives, as JSON; else the codes of its problems, or the word of what went
/// wrong.
fn given(text: &str, data: &Value, document: &Value) -> String {
    let told = |problems: &[Problem]| {
        let codes: Vec<&str> = problems.iter().map(|problem| problem.code.name()).collect();
        codes.join(" ")
    };
    match ready(text) {
        Err(problems) => told(&problems),
        Ok(ready) if !ready.problems.is_empty() => told(&ready.problems),
        Ok(ready) => match ready.value(data, document) {
            Ok(value) => canonical::text(&value),
            Err(wrong) => wrong.code().into(),
        },
    }
}
