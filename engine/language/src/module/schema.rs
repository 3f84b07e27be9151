//! The schema of a module for editors, in JSON Schema, made of the tables that the reader obeys.

use foldline_core::value::{Map, Value, canonical};

use super::keys::{self, Key, Takes};
use super::limits;

/// The JSON Schema (draft 2020-12) of a `projection.yaml`: its keys, what they take and what they
/// mean. What a schema cannot say, such as whether an expression is right, is left to the reader.
pub fn schema() -> String {
    let mut top = object(&keys::TOP);
    top.set("$schema", text("https://json-schema.org/draft/2020-12/schema"));
    top.set("title", text("A projection of Foldline"));
    let parts = [
        ("expression", any_of(["string", "number", "boolean", "object", "array"])),
        ("handler", handler()),
        ("name", name()),
        ("type", kind()),
    ];
    top.set("$defs", map(parts));
    canonical::text(&Value::Map(top))
}

/// A map of the keys of a table, and of no others.
fn object<K>(table: &[Key<K>]) -> Map {
    let properties = table.iter().map(|key| {
        let mut takes = takes(key.takes);
        takes.set("description", text(key.means));
        (key.name, Value::Map(takes))
    });
    let required = table.iter().filter(|key| key.required).map(|key| text(key.name));
    [
        ("type", text("object")),
        ("properties", Value::Map(properties.collect())),
        ("required", Value::List(required.collect())),
        ("additionalProperties", Value::Bool(false)),
    ]
    .into_iter()
    .collect()
}

/// What stands behind a key.
fn takes(takes: Takes) -> Map {
    match takes {
        Takes::Name => refer("name"),
        Takes::Version => whole(u32::MAX),
        Takes::Into => object(&keys::INTO),
        Takes::Expression => refer("expression"),
        Takes::Type => refer("type"),
        Takes::Fields => values(one_of([refer("type"), object(&keys::FIELD)])),
        Takes::On => values(refer("handler")),
        Takes::Word(words) => {
            let words = words.iter().map(|word| text(word)).collect();
            [("enum", Value::List(words))].into_iter().collect()
        }
        Takes::Allow => values(typed("string")),
        Takes::Each => {
            let mut each = values(refer("expression"));
            each.set("minProperties", Value::Int(1));
            each.set("maxProperties", Value::Int(1));
            each
        }
        Takes::Values => some(values(refer("expression"))),
        Takes::Counts => some(values(whole(limits::KEPT_MAX))),
        Takes::Paths => one_of([typed("string"), list(typed("string"))]),
        Takes::Mark => {
            [("enum", Value::List(vec![Value::Bool(true), Value::Null]))].into_iter().collect()
        }
    }
}

/// A handler, several, or a word in the place of one.
fn handler() -> Value {
    let word = |words: &'static [&'static str]| takes(Takes::Word(words));
    let one = one_of([word(&["delete"]), object(&keys::HANDLER)]);
    Value::Map(one_of([word(&["delete", "ignore"]), object(&keys::HANDLER), list(one)]))
}

fn name() -> Value {
    let pattern = format!("^[a-z][a-z0-9_-]{{0,{}}}$", limits::NAME_BYTES_MAX - 1);
    map([("type", text("string")), ("pattern", text(&pattern))])
}

fn kind() -> Value {
    let names: Vec<&str> = super::fields::TYPES.iter().map(|(name, _)| *name).collect();
    let pattern = format!("^(list<)*({})>*$", names.join("|"));
    map([("type", text("string")), ("pattern", text(&pattern))])
}

fn whole(most: u32) -> Map {
    let mut whole = typed("integer");
    whole.set("minimum", Value::Int(1));
    whole.set("maximum", Value::Int(most.into()));
    whole
}

/// A map with values of this kind.
fn values(of: Map) -> Map {
    let mut values = typed("object");
    values.set("additionalProperties", Value::Map(of));
    values
}

/// A map with at least one value.
fn some(mut of: Map) -> Map {
    of.set("minProperties", Value::Int(1));
    of
}

fn list(of: Map) -> Map {
    let mut list = typed("array");
    list.set("items", Value::Map(of));
    list.set("minItems", Value::Int(1));
    list
}

fn typed(of: &str) -> Map {
    [("type", text(of))].into_iter().collect()
}

fn any_of(types: impl IntoIterator<Item = &'static str>) -> Value {
    map([("type", Value::List(types.into_iter().map(text).collect()))])
}

fn one_of(these: impl IntoIterator<Item = Map>) -> Map {
    [("oneOf", Value::List(these.into_iter().map(Value::Map).collect()))].into_iter().collect()
}

fn refer(to: &str) -> Map {
    [("$ref", text(&format!("#/$defs/{to}")))].into_iter().collect()
}

fn map(entries: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::Map(entries.into_iter().collect())
}

fn text(text: &str) -> Value {
    Value::text(text)
}
