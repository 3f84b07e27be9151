//! The schemas of a source for editors, in JSON Schema, made of the tables that the reader obeys.

use foldline_core::value::{Map, Value, canonical};

use super::keys::{self, Key, Takes};
use super::limits;

/// The JSON Schema (draft 2020-12) of a file that holds a source: its keys, what they take and
/// what they mean. What a schema cannot say, such as whether an expression is right, is left to
/// the reader.
pub fn schema() -> String {
    let mut top = object(keys::FILE.iter().chain(&keys::TOP));
    top.set("$schema", text("https://json-schema.org/draft/2020-12/schema"));
    top.set("title", text("A source of Foldline"));
    canonical::text(&top.into())
}

/// The same of a source that stands in a worker's configuration, as part of a greater schema.
pub fn configured() -> Value {
    object(keys::CONFIGURATION.iter().chain(&keys::TOP)).into()
}

/// A map of these keys, and of no others.
fn object<'k, K: 'k>(keys: impl Iterator<Item = &'k Key<K>> + Clone) -> Map {
    let properties = keys.clone().map(|key| {
        let mut takes = takes(key.takes);
        takes.set("description", text(key.means));
        (key.name, Value::Map(takes))
    });
    let required = keys.filter(|key| key.required).map(|key| text(key.name));
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
        Takes::Name => typed("string"),
        Takes::Word(words) => {
            let words = words().into_iter().map(text).collect();
            [("enum", Value::List(words))].into_iter().collect()
        }
        Takes::First => whole(0, 1),
        Takes::Schema => whole(1, i64::from(u32::MAX) - 1),
        Takes::Expression | Takes::Explode => expression(),
        Takes::Event => object(keys::EVENT.iter()),
        Takes::Names => list(typed("string"), limits::NAMES_MAX),
        Takes::Upcasts => list(object(keys::UPCAST.iter()), limits::UPCASTS_MAX),
        Takes::Steps => list(step(), limits::STEPS_MAX),
        Takes::Values => values(expression()),
        Takes::Paths => values(typed("string")),
        Takes::Places => one_of([typed("string"), list(typed("string"), limits::STEPS_MAX)]),
        Takes::Retyped => one_of([typed("string"), object(keys::RETYPED.iter())]),
        Takes::Parts => list(object(keys::PART.iter()), limits::PARTS_MAX),
        Takes::Mark => typed("null"),
        Takes::Other => Map::default(),
    }
}

/// One of the keys, or the word for an event that is dropped.
fn step() -> Map {
    let mut step = object(keys::STEP.iter());
    step.set("minProperties", Value::Int(1));
    step.set("maxProperties", Value::Int(1));
    let word = [("const", text("drop"))].into_iter().collect();
    one_of([word, step])
}

fn expression() -> Map {
    let types = ["string", "number", "boolean", "object", "array"];
    [("type", Value::List(types.into_iter().map(text).collect()))].into_iter().collect()
}

fn whole(least: i64, most: i64) -> Map {
    let mut whole = typed("integer");
    whole.set("minimum", Value::Int(least));
    whole.set("maximum", Value::Int(most));
    whole
}

/// A map with values of this kind, one at least.
fn values(of: Map) -> Map {
    let mut values = typed("object");
    values.set("additionalProperties", Value::Map(of));
    values.set("minProperties", Value::Int(1));
    values
}

fn list(of: Map, most: usize) -> Map {
    let mut list = typed("array");
    list.set("items", Value::Map(of));
    list.set("maxItems", Value::Int(i64::try_from(most).unwrap_or(i64::MAX)));
    list
}

fn typed(of: &str) -> Map {
    [("type", text(of))].into_iter().collect()
}

fn one_of(these: impl IntoIterator<Item = Map>) -> Map {
    [("oneOf", Value::List(these.into_iter().map(Value::Map).collect()))].into_iter().collect()
}

fn text(text: &str) -> Value {
    Value::text(text)
}
