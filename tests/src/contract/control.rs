//! Holds [`foldline_ports::control`] to its contract.

use std::collections::BTreeSet;
use std::sync::Arc;

use foldline_core::control::{ControlAnswer, ControlOp, Entry};
use foldline_core::guard::Revision;
use foldline_ports::control::{Control, Delete, KEY_BYTES_MAX, Put, perform};

use super::run::block_on;
use super::{Case, Held, Outcome, cases};

/// The tests.
pub const TESTS: &[Case<dyn Control>] = cases![
    puts_are_conditional,
    each_put_changes_the_revision,
    a_key_put_again_meets_no_old_revision,
    deletes_are_conditional,
    one_of_many_writers_wins,
    list_sees_every_put,
    list_shows_nothing_deleted,
    list_gives_the_prefix_in_order,
    pages_show_each_key_once,
    texts_come_back_as_put,
    an_oversized_value_is_refused,
    an_operation_answers_as_its_call,
];

fn get(store: &dyn Control, key: &str) -> Option<Entry> {
    block_on(store.get(key)).unwrap()
}

fn try_put(store: &dyn Control, key: &str, replaces: Option<Revision>, value: &str) -> Put {
    block_on(store.put(key, replaces, Arc::from(value)))
}

fn put(store: &dyn Control, key: &str, replaces: Option<Revision>, value: &str) -> Revision {
    match try_put(store, key, replaces, value) {
        Put::Written(revision) => revision,
        other => panic!("`{key}` was to be written: {other:?}"),
    }
}

fn keys(store: &dyn Control, prefix: &str, page: usize) -> Vec<String> {
    let mut keys = Vec::new();
    let mut after = None;
    loop {
        let listed = block_on(store.list(prefix, after.as_deref(), page)).unwrap();
        assert!(listed.entries.len() <= page, "a page of {page} has {}", listed.entries.len());
        assert!(!listed.entries.is_empty() || listed.more.is_none(), "empty, and more to come");
        keys.extend(listed.entries.iter().map(|entry| entry.key.to_string()));
        match listed.more {
            Some(more) => after = Some(more.to_string()),
            None => return keys,
        }
    }
}

fn puts_are_conditional(store: &dyn Control) -> Outcome {
    assert_eq!(try_put(store, "a", Some(Revision(1, 0)), "x"), Put::Conflict(None));
    let first = put(store, "a", None, "1");
    let stands = |value: &str, revision| Entry { key: "a".into(), value: value.into(), revision };
    assert_eq!(try_put(store, "a", None, "x"), Put::Conflict(Some(stands("1", first))));
    let second = put(store, "a", Some(first), "2");
    let conflict = Put::Conflict(Some(stands("2", second)));
    assert_eq!(try_put(store, "a", Some(first), "x"), conflict);
    assert_eq!(get(store, "a"), Some(stands("2", second)));
    Held
}

fn each_put_changes_the_revision(store: &dyn Control) -> Outcome {
    let mut seen = BTreeSet::new();
    let mut last = None;
    for _ in 0..20 {
        let revision = put(store, "a", last, "the same");
        assert!(seen.insert(revision), "{revision:?} came twice");
        last = Some(revision);
    }
    Held
}

fn a_key_put_again_meets_no_old_revision(store: &dyn Control) -> Outcome {
    let mut seen = BTreeSet::new();
    for _ in 0..10 {
        let first = put(store, "a", None, "1");
        let second = put(store, "a", Some(first), "2");
        assert!(seen.insert(first) && seen.insert(second), "an old revision came back");
        assert_eq!(block_on(store.delete("a", second)), Delete::Deleted);
    }
    Held
}

fn deletes_are_conditional(store: &dyn Control) -> Outcome {
    assert_eq!(block_on(store.delete("a", Revision(1, 0))), Delete::Conflict(None));
    let first = put(store, "a", None, "1");
    let second = put(store, "a", Some(first), "2");
    let stands = get(store, "a");
    assert_eq!(block_on(store.delete("a", first)), Delete::Conflict(stands.clone()));
    assert_eq!(get(store, "a"), stands);
    assert_eq!(block_on(store.delete("a", second)), Delete::Deleted);
    assert_eq!(get(store, "a"), None);
    Held
}

fn one_of_many_writers_wins(store: &dyn Control) -> Outcome {
    let mut last = None;
    for _ in 0..20 {
        let answers: Vec<Put> = std::thread::scope(|scope| {
            let writer =
                |number: usize| scope.spawn(move || try_put(store, "a", last, &number.to_string()));
            let writers: Vec<_> = (0..4).map(writer).collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        let won = answers.iter().filter_map(|answer| match answer {
            Put::Written(revision) => Some(*revision),
            Put::Conflict(_) => None,
            other => panic!("{other:?}"),
        });
        let won: Vec<Revision> = won.collect();
        assert_eq!(won.len(), 1, "{answers:?}");
        last = won.first().copied();
        assert_eq!(get(store, "a").map(|entry| entry.revision), last);
    }
    Held
}

fn list_sees_every_put(store: &dyn Control) -> Outcome {
    for number in 0..20 {
        let key = format!("letters/{number}");
        let first = put(store, &key, None, "1");
        if number % 2 == 0 {
            put(store, &key, Some(first), "2");
        }
        let listed = block_on(store.list("letters/", None, 100)).unwrap();
        assert_eq!(listed.more, None);
        assert_eq!(listed.entries.len(), number + 1, "`{key}` was acknowledged");
        for entry in listed.entries {
            assert_eq!(get(store, &entry.key), Some(entry));
        }
    }
    Held
}

fn list_shows_nothing_deleted(store: &dyn Control) -> Outcome {
    let gone = put(store, "m/1", None, "1");
    put(store, "m/2", None, "2");
    assert_eq!(block_on(store.delete("m/1", gone)), Delete::Deleted);
    assert_eq!(keys(store, "m/", 10), ["m/2"]);
    Held
}

fn list_gives_the_prefix_in_order(store: &dyn Control) -> Outcome {
    for key in ["b/2", "b/10", "b", "b/", "a/9", "c", "b0", "b/ü", "b/Z", "B/1", "b/2/x"] {
        put(store, key, None, "");
    }
    let expected = ["b/", "b/10", "b/2", "b/2/x", "b/Z", "b/ü"];
    assert_eq!(keys(store, "b/", 100), expected);
    assert_eq!(keys(store, "", 100).len(), 11, "the empty prefix is of all keys");
    assert!(keys(store, "x", 100).is_empty());
    let after = block_on(store.list("b/", Some("a"), 100)).unwrap();
    assert_eq!(after.entries.len(), expected.len(), "a start below the prefix is its beginning");
    let after = block_on(store.list("b/", Some("c"), 100)).unwrap();
    assert!(after.entries.is_empty(), "a start above the prefix is its end");
    let after = block_on(store.list("b/", Some("b/1"), 1)).unwrap();
    let first = after.entries.first().map(|entry| entry.key.as_str());
    assert_eq!(first, Some("b/10"), "a start need not be there");
    Held
}

fn pages_show_each_key_once(store: &dyn Control) -> Outcome {
    let expected: Vec<String> = (10..33).map(|number| format!("k/{number}")).collect();
    for key in &expected {
        put(store, key, None, "");
    }
    put(store, "l", None, "beyond the prefix");
    for page in [1, 2, 7, 22, 23, 24] {
        assert_eq!(keys(store, "k/", page), expected, "in pages of {page}");
    }
    Held
}

fn texts_come_back_as_put(store: &dyn Control) -> Outcome {
    let long = format!("long/{}", "x".repeat(KEY_BYTES_MAX - "long/".len()));
    let odd = ["a b", "a/b#c?d=e%20", "quote\"s", "back\\slash", "ü/漢/🦀", "..", long.as_str()];
    for key in odd {
        for value in ["", "{\"a\":[1,null,\"\\u0000\"]}", "line\nbreak", "漢🦀"] {
            let revision = put(store, key, get(store, key).map(|entry| entry.revision), value);
            let expected = Entry { key: key.into(), value: value.into(), revision };
            assert_eq!(get(store, key), Some(expected));
        }
    }
    assert_eq!(keys(store, "", 3).len(), odd.len());
    Held
}

fn an_oversized_value_is_refused(store: &dyn Control) -> Outcome {
    let most = "x".repeat(store.value_bytes_max());
    let over = format!("{most}x");
    assert!(matches!(try_put(store, "a", None, &over), Put::Refused(_)));
    assert_eq!(get(store, "a"), None);
    let revision = put(store, "a", None, &most);
    match try_put(store, "a", Some(revision), &over) {
        Put::Refused(fault) => assert_eq!(fault.code, "too_large"),
        other => panic!("{other:?}"),
    }
    assert_eq!(get(store, "a").map(|entry| entry.revision), Some(revision));
    Held
}

fn an_operation_answers_as_its_call(store: &dyn Control) -> Outcome {
    let perform = |op| block_on(perform(store, op, 2));
    let key = |text: &str| text.into();
    let put = |name: &str, replaces| {
        let op = ControlOp::Put { key: key(name), replaces, value: Arc::from("1") };
        perform(op)
    };
    assert_eq!(perform(ControlOp::Get { key: key("k/1") }), ControlAnswer::Got(None));
    for name in ["k/1", "k/2", "k/3", "l"] {
        let written = put(name, None);
        let stands = get(store, name).expect("it is written");
        assert_eq!(written, ControlAnswer::Put(stands.revision));
        assert_eq!(put(name, None), ControlAnswer::Conflict);
        assert_eq!(perform(ControlOp::Get { key: key(name) }), ControlAnswer::Got(Some(stands)));
    }
    let entries = |names: &[&str]| names.iter().filter_map(|name| get(store, name)).collect();
    let list =
        |after: Option<&str>| perform(ControlOp::List { prefix: key("k/"), after: after.map(key) });
    let page = |names: &[&str], more| ControlAnswer::Listed { entries: entries(names), more };
    assert_eq!(list(None), page(&["k/1", "k/2"], true));
    assert_eq!(list(Some("k/2")), page(&["k/3"], false));
    let revision = get(store, "l").map(|entry| entry.revision).expect("it is written");
    let delete = |replaces| perform(ControlOp::Delete { key: key("l"), replaces });
    assert_eq!(delete(Revision(revision.0.wrapping_add(9), revision.1)), ControlAnswer::Conflict);
    assert_eq!(delete(revision), ControlAnswer::Deleted);
    assert_eq!(get(store, "l"), None);
    let value = Arc::from("x".repeat(store.value_bytes_max() + 1));
    let over = perform(ControlOp::Put { key: key("l"), replaces: None, value });
    assert!(matches!(over, ControlAnswer::Refused(_)));
    Held
}
