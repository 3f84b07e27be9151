//! What other tools call the keys of a handler: who comes from there is told our word.

/// Words of other tools without the signs and capitals in them, and ours.
const WORDS: [(&str, &[&str]); 15] = [
    ("set", &["put", "update", "assign", "replace", "write", "upsert", "merge", "patch", "with"]),
    ("default", &["setdefault", "setoninsert", "init", "initial", "initially", "ifabsent"]),
    (
        "add",
        &["increment", "inc", "incr", "incrby", "increase", "plus", "sum", "count", "accumulate"],
    ),
    ("subtract", &["decrement", "dec", "decr", "decrby", "decrease", "minus", "deduct"]),
    ("min", &["minimum", "least", "lowest", "smallest", "earliest"]),
    ("max", &["maximum", "greatest", "highest", "largest", "latest"]),
    ("append", &["push", "pushback", "concat", "addlast", "enqueue"]),
    ("insert", &["addtoset", "union", "sadd", "include"]),
    ("remove", &["pull", "pullall", "discard", "exclude", "srem"]),
    ("unset", &["clear", "rem", "removefield", "deletefield", "hdel", "omit"]),
    ("limit", &["cap", "keep", "slice", "trim", "maxlength"]),
    ("delete", &["del", "drop", "destroy", "erase", "tombstone", "purge", "removedocument"]),
    ("when", &["if", "where", "filter", "condition", "guard", "unless", "only"]),
    ("each", &["foreach", "for", "loop", "unwind", "explode", "flatmap"]),
    ("key", &["id", "document", "keys", "partition", "target"]),
];

/// Our word for what another tool calls so.
pub(super) fn verb(written: &str) -> Option<&'static str> {
    let letters = written.chars().filter(|c| c.is_alphabetic()).take(32);
    let plain: String = letters.flat_map(char::to_lowercase).collect();
    let found = WORDS.iter().find(|(_, words)| words.contains(&plain.as_str()));
    found.map(|(ours, _)| *ours)
}
