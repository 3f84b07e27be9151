//! Every key that a module may have, by the map it stands in: the reader knows no others, and the
//! schema is made of the same tables.

use super::Verb;

/// A key of a map.
pub(super) struct Key<K> {
    /// What the reader does with it.
    pub(super) id: K,
    /// As it is written.
    pub(super) name: &'static str,
    /// Whether the map must have it.
    pub(super) required: bool,
    /// What stands behind it.
    pub(super) takes: Takes,
    /// What it means, in a line.
    pub(super) means: &'static str,
}

/// What stands behind a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// A name that stores and the configuration know.
    Name,
    /// A whole number from 1 on.
    Version,
    /// A map of [`INTO`].
    Into,
    /// An expression.
    Expression,
    /// Types by fields.
    Fields,
    /// Handlers by types of events.
    On,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Reasons by the codes of warnings.
    Allow,
    /// A list by the name of its elements.
    Each,
    /// Expressions by paths.
    Values,
    /// Whole numbers by paths.
    Counts,
    /// A path, or a list of them.
    Paths,
    /// `true`, or nothing.
    Mark,
    /// The type of a field.
    Type,
}

/// A key that must be there.
const fn must<K>(id: K, name: &'static str, takes: Takes, means: &'static str) -> Key<K> {
    Key { id, name, required: true, takes, means }
}

/// A key that may be there.
const fn may<K>(id: K, name: &'static str, takes: Takes, means: &'static str) -> Key<K> {
    Key { id, name, required: false, takes, means }
}

/// The keys of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Top {
    Projection,
    Version,
    From,
    Into,
    Key,
    Fields,
    On,
    Unknown,
    AcrossStreams,
    Repairs,
    Allow,
}

/// A module.
pub(super) const TOP: [Key<Top>; 11] = [
    must(Top::Projection, "projection", Takes::Name, "the name of the projection"),
    must(
        Top::Version,
        "version",
        Takes::Version,
        "the version of its meaning, a whole number that you raise with each change of it",
    ),
    must(Top::From, "from", Takes::Name, "the source that its events come from"),
    must(Top::Into, "into", Takes::Into, "the store and the collection that its documents go to"),
    may(
        Top::Key,
        "key",
        Takes::Expression,
        "the key of the document that an event changes, or a list of keys; `stream` is one \
         document a stream",
    ),
    may(Top::Fields, "fields", Takes::Fields, "the types of fields of the documents"),
    must(Top::On, "on", Takes::On, "what events do, by their types"),
    may(
        Top::Unknown,
        "unknown",
        Takes::Word(&["ignore", "park"]),
        "what becomes of events whose type is not listed: ignored unless said otherwise",
    ),
    may(
        Top::AcrossStreams,
        "across_streams",
        Takes::Word(&["arrival"]),
        "says that documents depend on the order in which streams arrive",
    ),
    may(
        Top::Repairs,
        "repairs",
        Takes::Version,
        "the earlier version whose documents this one goes on with, without building them anew",
    ),
    may(Top::Allow, "allow", Takes::Allow, "warnings that you know of, each with the reason"),
];

/// The keys below `into`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Store,
    Collection,
}

/// Where documents go.
pub(super) const INTO: [Key<Place>; 2] = [
    must(Place::Store, "store", Takes::Name, "a store of the worker's configuration"),
    may(
        Place::Collection,
        "collection",
        Takes::Name,
        "what the table or index is called: as the projection, unless said otherwise",
    ),
];

/// The keys of a field's type, where it is written as a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trait {
    Type,
    As,
}

/// A field with more than its type.
pub(super) const FIELD: [Key<Trait>; 2] = [
    must(
        Trait::Type,
        "type",
        Takes::Type,
        "string, int, decimal, bool, time, bytes, map or list<T>",
    ),
    may(
        Trait::As,
        "as",
        Takes::Word(&["keyword"]),
        "of a decimal: a search index takes it as a text, digit by digit",
    ),
];

/// The keys of a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    When,
    Each,
    Key,
    Limit,
    Delete,
    Verb(Verb),
}

/// A handler.
pub(super) const HANDLER: [Key<Part>; 15] = [
    may(Part::When, "when", Takes::Expression, "the condition on which the handler does anything"),
    may(
        Part::Each,
        "each",
        Takes::Each,
        "a name, and the list that the handler runs for each element of",
    ),
    may(
        Part::Key,
        "key",
        Takes::Expression,
        "the key of the document that the handler changes, or a list of keys",
    ),
    may(Part::Verb(Verb::Set), "set", Takes::Values, "puts the value there"),
    may(
        Part::Verb(Verb::Default),
        "default",
        Takes::Values,
        "puts the value there where there is none, before all other verbs",
    ),
    may(Part::Verb(Verb::Add), "add", Takes::Values, "adds to the number, which begins at 0"),
    may(
        Part::Verb(Verb::Subtract),
        "subtract",
        Takes::Values,
        "takes from the number, which begins at 0",
    ),
    may(Part::Verb(Verb::Min), "min", Takes::Values, "keeps the lesser of both values"),
    may(Part::Verb(Verb::Max), "max", Takes::Values, "keeps the greater of both values"),
    may(Part::Verb(Verb::Append), "append", Takes::Values, "puts the value at the end of the list"),
    may(
        Part::Verb(Verb::Insert),
        "insert",
        Takes::Values,
        "puts the value into the list, once, in the order of values",
    ),
    may(
        Part::Verb(Verb::Remove),
        "remove",
        Takes::Values,
        "takes all equal values out of the list",
    ),
    may(Part::Verb(Verb::Unset), "unset", Takes::Paths, "takes away what stands there"),
    may(
        Part::Limit,
        "limit",
        Takes::Counts,
        "how many elements of a list stay beside `append`, the newest",
    ),
    may(Part::Delete, "delete", Takes::Mark, "empties the document"),
];

impl Verb {
    /// The word for it.
    pub fn name(self) -> &'static str {
        let own = HANDLER.iter().find(|key| key.id == Part::Verb(self));
        own.map_or("", |key| key.name)
    }
}
