//! Modules that are right and what they say, and what is said of those that are not.

mod any;
mod paths;
mod wrong;

use super::{Act, Kinds, Module, Step, Type, Unknown, Verb, Write, parse, schema};
use crate::expression::{Kind, Tree};
use crate::problem::Span;

/// The module that the design shows.
const WALLET: &str = "\
projection: wallet_balance
version: 1                        # the author's; a change of meaning needs another one
from: wallets                     # a source of the worker's config
into: { store: read_models, collection: balances }
key: stream                       # an expression; may also give a list of keys
fields:                           # optional: types for index mappings, columns and checking
  balance: decimal
  opened_at: time
on:
  Opened:   { set: { currency: data.currency, balance: 0, opened_at: time } }
  Credited: { add: { balance: data.amount }, set: { updated_at: time } }
  Debited:  { when: data.amount > 0, subtract: { balance: data.amount } }
  LineAdded: { add: { 'lines[sku = data.sku].qty': data.qty } }
  Closed:   delete
unknown: park                     # ignore | park: event types not listed
";

/// The least that a module has, before its handlers.
const HEAD: &str = "projection: p\nversion: 3\nfrom: s\ninto: { store: db }\nkey: stream\n";

/// A module in which nothing is wrong.
#[track_caller]
fn right(text: &str) -> Module {
    let (module, problems) = parse(text);
    assert_eq!(problems, [], "{text}");
    module.expect("there is a module where nothing is wrong")
}

/// The only handler of a module that has one, of any event.
#[track_caller]
fn handler(written: &str) -> super::Handler {
    let mut module = right(&format!("{HEAD}on: {{ A: {written} }}\n"));
    module.on.remove(0).handlers.remove(0)
}

#[track_caller]
fn writes(written: &str) -> Vec<Write> {
    match handler(written).act {
        Act::Write(writes) => writes,
        Act::Delete(_) => panic!("{written} writes"),
    }
}

/// What stands where the tree of the file says that it stands.
fn at(text: &str, span: Span) -> &str {
    span.of(text)
}

#[test]
fn the_module_of_the_design_is_read() {
    let module = right(WALLET);
    assert_eq!(&*module.name.text, "wallet_balance");
    assert_eq!((module.version.value, module.unknown.value), (1, Unknown::Park));
    assert_eq!((&*module.from.text, &*module.into.store.text), ("wallets", "read_models"));
    assert_eq!(&*module.into.collection.text, "balances");
    assert_eq!(module.key.as_ref().map(|key| at(WALLET, key.span)), Some("stream"));
    let fields: Vec<_> = module.fields.iter().map(|it| (&*it.name.text, &it.kind.value)).collect();
    assert_eq!(fields, [("balance", &Type::Decimal), ("opened_at", &Type::Time)]);
    assert_eq!(module.on.len(), 5);
    let [_, _, debited, line, closed] = module.on.as_slice() else { panic!("five types") };
    let when = debited.handlers[0].when.as_ref().expect("there is a condition");
    assert_eq!(at(WALLET, when.span), "data.amount > 0");
    let Act::Write(writes) = &line.handlers[0].act else { panic!("it writes") };
    let [write] = writes.as_slice() else { panic!("it writes once") };
    assert_eq!((write.verb, at(WALLET, write.verb_span)), (Verb::Add, "add"));
    assert_eq!(at(WALLET, write.path.span), "'lines[sku = data.sku].qty'");
    let [Step::Name(lines), Step::Element { field, equals }, Step::Name(qty)] =
        write.path.steps.as_slice()
    else {
        panic!("{:?}", write.path)
    };
    let steps = [lines.span, field.span, equals.span, qty.span].map(|span| at(WALLET, span));
    assert_eq!(steps, ["lines", "sku", "data.sku", "qty"]);
    assert_eq!(write.value.as_ref().map(|value| at(WALLET, value.span)), Some("data.qty"));
    let Act::Delete(span) = closed.handlers[0].act else { panic!("it deletes") };
    assert_eq!((at(WALLET, closed.span), at(WALLET, span)), ("Closed", "delete"));
}

#[test]
fn a_collection_is_called_as_its_projection() {
    let module = right(&format!("{HEAD}on: {{ A: delete }}\n"));
    assert_eq!(module.into.collection, module.name);
    assert_eq!(module.unknown.value, Unknown::Ignore);
}

#[test]
fn what_is_rare_is_read() {
    let text = format!(
        "{HEAD}repairs: 2\nacross_streams: arrival\nallow: {{ F0910: it is older }}\n\
         fields: {{ a: {{ type: decimal, as: keyword }}, b: 'list< list<int> >' }}\n\
         on: {{ A: {{ default: {{ a: 0 }}, set: {{ a: 1 }} }} }}\n"
    );
    // The default that is never seen is one that its author knows of.
    let module = right(&text);
    assert_eq!(module.repairs.map(|it| it.value), Some(2));
    assert_eq!(module.across_streams.map(|span| at(&text, span)), Some("arrival"));
    let [allowed] = module.allow.as_slice() else { panic!("{:?}", module.allow) };
    assert_eq!((allowed.code.value.name(), &*allowed.reason.value), ("F0910", "it is older"));
    let [a, b] = module.fields.as_slice() else { panic!("{:?}", module.fields) };
    assert_eq!(a.keyword.map(|span| at(&text, span)), Some("keyword"));
    let lists = Type::List(Box::new(Type::List(Box::new(Type::Int))));
    assert_eq!((&b.kind.value, b.keyword), (&lists, None));
}

#[test]
fn types_are_named_in_keys() {
    let text = format!(
        "{HEAD}on:\n  '*': delete\n  A.b/c:1 | D-e|é: delete\n  \"'odd | name' | \\\"it's\\\"\": \
         ignore\n  '\"*\"': [ delete, {{ unset: a }} ]\n"
    );
    let module = right(&text);
    let types: Vec<Vec<&str>> = module
        .on
        .iter()
        .map(|on| match &on.kinds {
            Kinds::Every => vec![],
            Kinds::Named(names) => names.iter().map(|name| &*name.text).collect(),
        })
        .collect();
    let expected: [&[&str]; 4] = [&[], &["A.b/c:1", "D-e", "é"], &["odd | name", "it's"], &["*"]];
    assert_eq!(types, expected);
    let handlers: Vec<usize> = module.on.iter().map(|on| on.handlers.len()).collect();
    assert_eq!(handlers, [1, 1, 0, 2]);
    let Kinds::Named(names) = &module.on[2].kinds else { panic!("they are named") };
    assert_eq!(at(&text, names[0].span), "'odd | name'");
}

#[test]
fn a_handler_says_for_which_elements_and_documents() {
    let handler = handler(
        "{ each: { line: data.lines }, when: line.qty > 0, key: [line.sku, stream], \
         append: { log: { sku: line.sku, tags: [] } }, limit: { log: 10 } }",
    );
    let each = handler.each.expect("it runs for elements");
    assert_eq!(&*each.name.text, "line");
    assert!(
        matches!(handler.key, Some(Tree { kind: Kind::List(ref keys), .. }) if keys.len() == 2)
    );
    let Act::Write(writes) = handler.act else { panic!("it writes") };
    assert_eq!(writes[0].limit.map(|limit| limit.value), Some(10));
    let Some(Tree { kind: Kind::Map(entries), height, .. }) = &writes[0].value else {
        panic!("{writes:?}")
    };
    assert_eq!((entries.len(), *height), (2, 3));
}

#[test]
fn every_verb_is_read() {
    let verbs = [
        ("set", Verb::Set),
        ("default", Verb::Default),
        ("add", Verb::Add),
        ("subtract", Verb::Subtract),
        ("min", Verb::Min),
        ("max", Verb::Max),
        ("append", Verb::Append),
        ("insert", Verb::Insert),
        ("remove", Verb::Remove),
    ];
    for (word, verb) in verbs {
        let writes = writes(&format!("{{ {word}: {{ a: 1, b.c: 2 }} }}"));
        let read: Vec<_> = writes.iter().map(|it| (it.verb, &*it.path.text)).collect();
        assert_eq!(read, [(verb, "a"), (verb, "b.c")]);
    }
    let unset = |written| writes(written).iter().map(|it| it.path.text.to_string()).collect();
    let one: Vec<String> = unset("{ unset: a }");
    let two: Vec<String> = unset("{ unset: [ a, 'b[data.c]' ] }");
    assert_eq!((one.concat(), two.concat()), ("a".into(), "ab[data.c]".into()));
    for written in ["{ delete: true, when: a }", "{ delete: , key: a }", "delete"] {
        assert!(matches!(handler(written).act, Act::Delete(_)), "{written}");
    }
}

#[test]
fn a_key_is_needed_by_handlers_without_one() {
    let head = HEAD.replace("key: stream\n", "");
    right(&format!("{head}on: {{ A: {{ key: data.id, set: {{ a: 1 }} }}, B: ignore }}\n"));
}

#[test]
fn the_schema_knows_the_keys_that_the_reader_knows() {
    let schema: serde_json::Value = serde_json::from_str(&schema()).expect("it is JSON");
    let keys = |place: &str| -> Vec<String> {
        let map = schema.pointer(place).and_then(|it| it.as_object());
        map.unwrap_or_else(|| panic!("{place}: {schema}")).keys().cloned().collect()
    };
    let top = keys("/properties");
    let into = keys("/properties/into/properties");
    let field = keys("/properties/fields/additionalProperties/oneOf/1/properties");
    let handler = keys("/$defs/handler/oneOf/1/properties");
    assert_eq!((top.len(), into.len(), field.len(), handler.len()), (11, 2, 2, 15));
    let is_known = |key: &str, before: &str, after: &str| {
        // Whatever stands behind it, the key has a meaning: else it would be one that is unknown.
        let text = format!("{before}{key}: [[]]{after}\n");
        let problems = parse(&text).1;
        let unknown = ["F0301", "F0501"];
        let known = !problems.iter().any(|it| unknown.contains(&it.code.name()));
        assert!(known && !problems.is_empty(), "{text}: {problems:?}");
    };
    let maps = [
        (&top, "", ""),
        (&into, "into: { ", " }"),
        (&field, "fields: { a: { ", " } }"),
        (&handler, "on: { A: { ", " } }"),
    ];
    for (keys, before, after) in maps {
        for key in keys {
            is_known(key, before, after);
        }
    }
    let tables = [
        (top, super::keys::TOP.map(|key| key.name).to_vec()),
        (into, super::keys::INTO.map(|key| key.name).to_vec()),
        (field, super::keys::FIELD.map(|key| key.name).to_vec()),
        (handler, super::keys::HANDLER.map(|key| key.name).to_vec()),
    ];
    for (told, mut known) in tables {
        known.sort_unstable();
        assert_eq!(told, known);
    }
    let required = schema.pointer("/required").and_then(|it| it.as_array()).map(Vec::len);
    assert_eq!(required, Some(5));
}
