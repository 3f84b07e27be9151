//! Numbers and names that follow from a value: the same on every build and for ever, for they end
//! up in documents and keys.

use foldline_core::value::{Value, canonical};
use uuid::Uuid;

use super::super::kinds::Kinds;
use super::arguments::Arguments;
use super::built::{self, Done};
use super::one_of::{Stranger, failure, stranger};
use super::{Function, Takes, needed};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "hash",
        takes: &[needed("value", Kinds::ANY)],
        more: false,
        gives: Kinds::INT,
        says: "a whole number from 0 on that follows from the value as a document has it (63 bits \
               of XXH3 of its canonical text): the same for equal values, in every release",
        examples: &[
            ("hash('wallet-7') % 16", "9"),
            ("hash({'a': 1, 'b': 2}) == hash({'b': 2.0, 'a': 1})", "true"),
        ],
        run: |of| Ok(Value::Int((canonical::hash(of.value(0)?) >> 1).cast_signed())),
    },
    Function {
        name: "uuid5",
        takes: &[Takes { check, ..needed("namespace", Kinds::TEXT) }, needed("name", Kinds::TEXT)],
        more: false,
        gives: Kinds::TEXT,
        says: "the UUID of version 5 for a name in a namespace: a UUID, or `dns`, `url`, `oid` or \
               `x500`",
        examples: &[("uuid5('dns', 'example.org')", r#""aad03681-8b63-5304-89e0-8ca8f49461b5""#)],
        run: uuid5,
    },
];

/// The namespaces that have a name.
const NAMESPACES: [(&str, Uuid); 4] = [
    ("dns", Uuid::NAMESPACE_DNS),
    ("url", Uuid::NAMESPACE_URL),
    ("oid", Uuid::NAMESPACE_OID),
    ("x500", Uuid::NAMESPACE_X500),
];

const NAMESPACE: &str = "namespace, which is a UUID or has a name";

fn namespace(text: &str) -> Option<Uuid> {
    let named = NAMESPACES.iter().find(|(name, _)| *name == text);
    named.map(|(_, uuid)| *uuid).or_else(|| Uuid::try_parse(text).ok())
}

fn check(value: &Value) -> Result<(), Stranger> {
    match value.as_text() {
        Some(text) if namespace(text).is_none() => {
            let names = || NAMESPACES.iter().map(|(name, _)| *name);
            let all = || format!("the names are {}", names().collect::<Vec<_>>().join(", "));
            Err(stranger(NAMESPACE, text, names(), all))
        }
        _ => Ok(()),
    }
}

fn uuid5(of: Arguments<'_>) -> Done {
    let (space, name) = (of.text(0)?, of.text(1)?);
    let space = namespace(space).ok_or_else(|| failure(NAMESPACE, space))?;
    built::text(Uuid::new_v5(&space, name.as_bytes()).hyphenated().to_string())
}
