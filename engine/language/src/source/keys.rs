//! Every key that a source may have, by the map it stands in: the reader knows no others, and the
//! schemas are made of the same tables.

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
#[derive(Clone, Copy, Debug)]
pub(super) enum Takes {
    /// A name.
    Name,
    /// One of these words.
    Word(fn() -> Vec<&'static str>),
    /// A whole number from 0 to 1.
    First,
    /// A whole number from 1 on.
    Schema,
    /// An expression.
    Expression,
    /// A map of [`EVENT`].
    Event,
    /// An expression, or one by the name of its elements.
    Explode,
    /// A list of texts.
    Names,
    /// A list of maps of [`UPCAST`].
    Upcasts,
    /// A list of maps of [`STEP`].
    Steps,
    /// Expressions by paths.
    Values,
    /// Paths by paths.
    Paths,
    /// A path, or several.
    Places,
    /// A type, or a map of [`RETYPED`].
    Retyped,
    /// A list of maps of [`PART`].
    Parts,
    /// Nothing.
    Mark,
    /// What the worker reads.
    Other,
}

/// Where a source stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    /// In a file of its own.
    File,
    /// In a worker's configuration.
    Configuration,
}

const fn must<K>(id: K, name: &'static str, takes: Takes, means: &'static str) -> Key<K> {
    Key { id, name, required: true, takes, means }
}

const fn may<K>(id: K, name: &'static str, takes: Takes, means: &'static str) -> Key<K> {
    Key { id, name, required: false, takes, means }
}

/// The keys of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Top {
    Source,
    Other,
    Preset,
    Format,
    Event,
    Where,
    Explode,
    CountOnly,
    Schema,
    First,
    Versions,
    Sort,
    IgnoreChanges,
    Binary,
    Upcast,
}

/// What stands in a file alone.
pub(super) const FILE: [Key<Top>; 1] =
    [must(Top::Source, "source", Takes::Name, "the name of the source")];

/// What stands in a worker's configuration alone.
pub(super) const CONFIGURATION: [Key<Top>; 2] = [
    may(Top::Other, "feed", Takes::Other, "where its records come from"),
    may(Top::Other, "history", Takes::Other, "where its events can be read again"),
];

/// What stands in either.
pub(super) const TOP: [Key<Top>; 13] = [
    may(
        Top::Preset,
        "preset",
        Takes::Name,
        "a source that is known already: its settings hold where nothing else is said here",
    ),
    may(Top::Format, "format", Takes::Word(super::read::formats), "what records are written in"),
    may(Top::Event, "event", Takes::Event, "what an event is of a record, by expressions"),
    may(
        Top::Where,
        "where",
        Takes::Expression,
        "the condition on which a record is of interest: others are counted and left out",
    ),
    may(
        Top::Explode,
        "explode",
        Takes::Explode,
        "a list: each of its elements is an event, and is called `item`, its place `index`",
    ),
    may(
        Top::CountOnly,
        "count_only",
        Takes::Names,
        "types that have a version and are no events for modules, as snapshots",
    ),
    may(
        Top::Schema,
        "schema",
        Takes::Expression,
        "the schema that an event was written in, for upcasts; 1 unless something else is said",
    ),
    may(Top::First, "first", Takes::First, "the first version of a stream: 0 or 1"),
    may(
        Top::Versions,
        "versions",
        Takes::Word(super::read::versions),
        "what versions are: contiguous, or only rising, or none at all",
    ),
    may(Top::Sort, "sort", Takes::Expression, "what orders a stream that has no versions"),
    may(
        Top::IgnoreChanges,
        "ignore_changes",
        Takes::Names,
        "attributes of an item whose changes are no changes of its event",
    ),
    may(
        Top::Binary,
        "binary",
        Takes::Word(super::read::binaries),
        "how often attributes of bytes are written in base64: Kinesis does it twice",
    ),
    may(
        Top::Upcast,
        "upcast",
        Takes::Upcasts,
        "what makes events of today of those of earlier days",
    ),
];

/// The keys of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    Stream,
    Version,
    Type,
    Time,
    Data,
    Meta,
    Id,
}

/// What an event is of a record.
pub(super) const EVENT: [Key<Own>; 7] = [
    must(Own::Stream, "stream", Takes::Expression, "the stream, a text"),
    may(Own::Version, "version", Takes::Expression, "the version in the stream, a whole number"),
    must(Own::Type, "type", Takes::Expression, "the type, a text"),
    may(Own::Time, "time", Takes::Expression, "when it happened, a time or the text of one"),
    may(
        Own::Data,
        "data",
        Takes::Expression,
        "what it says; `rest` is all that no other expression here takes",
    ),
    may(Own::Meta, "meta", Takes::Expression, "what is said of it"),
    may(Own::Id, "id", Takes::Expression, "its id"),
];

/// The keys of an upcast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cast {
    Type,
    From,
    Steps,
}

/// An upcast.
pub(super) const UPCAST: [Key<Cast>; 3] = [
    must(Cast::Type, "type", Takes::Name, "the type of the events"),
    must(Cast::From, "from", Takes::Schema, "the schema that they were written in"),
    must(Cast::Steps, "steps", Takes::Steps, "what makes them events of the next schema"),
];

/// What a step of an upcast does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Does {
    Set,
    Default,
    Rename,
    Unset,
    Retype,
    Split,
    Drop,
}

/// A step of an upcast, which has one of these keys.
pub(super) const STEP: [Key<Does>; 7] = [
    may(Does::Set, "set", Takes::Values, "puts the value there"),
    may(Does::Default, "default", Takes::Values, "puts the value there where there is none"),
    may(Does::Rename, "rename", Takes::Paths, "puts what stands at one path at the other"),
    may(Does::Unset, "unset", Takes::Places, "takes away what stands there"),
    may(Does::Retype, "retype", Takes::Retyped, "makes it an event of another type"),
    may(Does::Split, "split", Takes::Parts, "makes several events of it, of the same version"),
    may(Does::Drop, "drop", Takes::Mark, "takes the event away: its version still counts"),
];

/// The keys of a type that an upcast leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum To {
    Type,
    Schema,
    Data,
}

const TYPE: Key<To> = must(To::Type, "type", Takes::Name, "the type that it is then");
const SCHEMA: Key<To> =
    may(To::Schema, "schema", Takes::Schema, "the schema of that type; 1 unless it is said");

/// What an event becomes.
pub(super) const RETYPED: [Key<To>; 2] = [TYPE, SCHEMA];

/// A part of a split event.
pub(super) const PART: [Key<To>; 3] = [
    TYPE,
    SCHEMA,
    may(To::Data, "data", Takes::Expression, "what it says; as the event unless it is said"),
];
