//! The parts of a module, each with its place in the file.

use crate::expression::{Name, Tree};
use crate::problem::{Code, Span};

/// Something that is no expression, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed<T> {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub value: T,
}

/// A projection, as its file says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// What it is called.
    pub name: Name,
    /// The author's version: another one is another meaning.
    pub version: Placed<u32>,
    /// The source that its events come from.
    pub from: Name,
    /// Where its documents go.
    pub into: Goal,
    /// Which documents an event changes, where its handler does not say so itself. None only if
    /// every handler does.
    pub key: Option<Tree>,
    /// The types of fields that the author listed; others are free.
    pub fields: Vec<Field>,
    /// What events do. No type is named in two of them.
    pub on: Vec<On>,
    /// What becomes of events whose type is not named.
    pub unknown: Placed<Unknown>,
    /// Where it says that its documents depend on the order in which streams arrive.
    pub across_streams: Option<Span>,
    /// The version, lower than its own, whose documents it goes on with in place.
    pub repairs: Option<Placed<u32>>,
    /// The warnings that its author knows of.
    pub allow: Vec<Allowed>,
}

/// Where the documents of a module go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// A store of the worker's configuration.
    pub store: Name,
    /// What the collection is called in it; where nothing is said, as the module is.
    pub collection: Name,
}

/// What becomes of an event whose type no handler names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Unknown {
    /// It changes nothing.
    #[default]
    Ignore,
    /// Its stream is parked.
    Park,
}

/// A warning that need not be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Which.
    pub code: Placed<Code>,
    /// Why it is right here; never empty.
    pub reason: Placed<Box<str>>,
}

/// A field at the top of the documents, and its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The field.
    pub name: Name,
    /// Its type.
    pub kind: Placed<Type>,
    /// Where it says that a search index takes the decimal as a text, digit by digit.
    pub keyword: Option<Span>,
}

/// The type of a field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// A text.
    String,
    /// A number without a fraction, of 64 bits.
    Int,
    /// A number of up to 38 digits.
    Decimal,
    /// True or false.
    Bool,
    /// A point in time.
    Time,
    /// Bytes.
    Bytes,
    /// Values by their names.
    Map,
    /// Values of one type.
    List(Box<Type>),
}

/// What events of some types do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct On {
    /// Where the types stand.
    pub span: Span,
    /// Of which types.
    pub kinds: Kinds,
    /// What they do, one after the other. None where the types are known and do nothing.
    pub handlers: Vec<Handler>,
}

/// Types of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kinds {
    /// All, also those that are not named anywhere; before what is said for the type itself.
    Every,
    /// These.
    Named(Vec<Name>),
}

/// What an event does to its documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handler {
    /// Where it stands.
    pub span: Span,
    /// The condition on which it does anything.
    pub when: Option<Tree>,
    /// What it is done for, one after the other.
    pub each: Option<Each>,
    /// Which documents it changes; where it says nothing, those of the module's key.
    pub key: Option<Tree>,
    /// What it does.
    pub act: Act,
}

/// The list whose elements a handler runs for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Each {
    /// The name of an element in the handler's expressions.
    pub name: Name,
    /// The list.
    pub list: Tree,
}

/// What a handler does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// It empties the document; the place is that of the word.
    Delete(Span),
    /// It changes the document, in the order of the file: of a module in which nothing is wrong
    /// no two of them touch the same place, save a `default`, which comes first.
    Write(Vec<Write>),
}

/// A change of one place in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// What is done.
    pub verb: Verb,
    /// Where the verb stands.
    pub verb_span: Span,
    /// The place in the document.
    pub path: Path,
    /// With what; none for [`Verb::Unset`] alone.
    pub value: Option<Tree>,
    /// How many elements of the list stay, the last ones: for [`Verb::Append`] alone.
    pub limit: Option<Placed<u32>>,
}

/// What is done to a place in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// The value stands there.
    Set,
    /// The value stands there where there was none.
    Default,
    /// The number grows.
    Add,
    /// The number shrinks.
    Subtract,
    /// The lesser of both stays.
    Min,
    /// The greater of both stays.
    Max,
    /// The value is the last of the list.
    Append,
    /// The value is one of the list, once, in its place by the order of values.
    Insert,
    /// The list has no such value.
    Remove,
    /// Nothing stands there.
    Unset,
}

/// A place in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Where it stands.
    pub span: Span,
    /// As it is written.
    pub text: Box<str>,
    /// From the top of the document on: at least one, the first a name.
    pub steps: Vec<Step>,
}

/// A step from a value into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// `.name`: what a map has by that name.
    Name(Name),
    /// `[expression]`: what a map has by a name that the event says.
    Key(Tree),
    /// `[field = expression]`: the element of a list whose field is that.
    Element {
        /// The field.
        field: Name,
        /// What it is equal to.
        equals: Tree,
    },
}
