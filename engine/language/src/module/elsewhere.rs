//! What other tools call the keys of modules and sources: who comes from there is told our word.

/// Words of other tools without the signs and capitals in them, and ours.
const VERBS: [(&str, &[&str]); 15] = [
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

/// The same for keys of other maps than handlers. A word may stand for several of ours.
const KEYS: [(&str, &[&str]); 22] = [
    ("projection", &["name", "title", "view", "readmodel", "module", "id"]),
    ("from", &["source", "sources", "input", "feed", "topic", "subscribe", "reads"]),
    ("into", &["target", "sink", "to", "output", "destination", "store", "table", "writes"]),
    ("on", &["handlers", "events", "handle", "handler", "rules", "when", "reducers", "apply"]),
    ("fields", &["schema", "columns", "types", "properties", "mapping", "mappings"]),
    ("key", &["id", "documentid", "primarykey", "pk", "keyby", "partitionkey"]),
    ("unknown", &["otherwise", "default", "fallback", "else"]),
    ("collection", &["table", "index", "topic", "container"]),
    ("store", &["database", "db", "connection"]),
    ("source", &["name", "id", "projection"]),
    ("where", &["filter", "when", "if", "condition"]),
    ("event", &["events", "map", "mapping"]),
    ("explode", &["flatten", "unwind", "foreach", "each"]),
    ("upcast", &["upcasts", "upcasters", "migrations", "migrate"]),
    ("sort", &["order", "orderby", "sortby", "sortkey"]),
    (
        "stream",
        &["aggregateid", "aggregate", "streamid", "entityid", "entity", "key", "partitionkey"],
    ),
    (
        "version",
        &["sequence", "seq", "revision", "number", "sequencenumber", "streamversion", "sequenceno"],
    ),
    ("type", &["eventtype", "kind", "event", "name", "typename", "detailtype"]),
    ("time", &["timestamp", "at", "occurredat", "createdat", "date", "recordedat", "when"]),
    ("data", &["payload", "body", "attributes", "detail", "value", "content"]),
    ("meta", &["metadata", "headers", "context"]),
    ("steps", &["do", "actions", "changes"]),
];

/// A word without its signs and capitals.
fn plain(written: &str) -> String {
    let letters = written.chars().filter(|c| c.is_alphabetic()).take(32);
    letters.flat_map(char::to_lowercase).collect()
}

/// Our word for the verb that another tool calls so.
pub(super) fn verb(written: &str) -> Option<&'static str> {
    let plain = plain(written);
    let found = VERBS.iter().find(|(_, words)| words.contains(&plain.as_str()));
    found.map(|(ours, _)| *ours)
}

/// Which of these keys another tool calls so.
pub(crate) fn key(written: &str, names: &[&'static str]) -> Option<&'static str> {
    let plain = plain(written);
    let found =
        KEYS.iter().find(|(ours, words)| names.contains(ours) && words.contains(&plain.as_str()));
    found.map(|(ours, _)| *ours)
}

/// What is said of keys that are missing, each with what it means; nothing where none is.
pub(crate) fn missing(keys: &[(&str, &str)]) -> Option<(String, String)> {
    let (last, before) = keys.split_last()?;
    let names: Vec<String> = before.iter().map(|(name, _)| format!("`{name}`")).collect();
    let what = match names.as_slice() {
        [] => format!("the key `{}` is missing", last.0),
        names => format!("the keys {} and `{}` are missing", names.join(", "), last.0),
    };
    let means: Vec<String> =
        keys.iter().map(|(name, means)| format!("`{name}`: {means}")).collect();
    Some((what, means.join("; ")))
}
