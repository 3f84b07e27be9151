//! The types of fields.

use super::keys::{self, Trait};
use super::path::RESERVED;
use super::read::Reader;
use super::{Field, Placed, Type, limits};
use crate::expression::{Name, piece};
use crate::problem::{Code, Span, nearest};
use crate::yaml::{Entry, Kind, Node, Scalar, brief};

/// The types that are one word.
pub(super) const TYPES: [(&str, Type); 7] = [
    ("string", Type::String),
    ("int", Type::Int),
    ("decimal", Type::Decimal),
    ("bool", Type::Bool),
    ("time", Type::Time),
    ("bytes", Type::Bytes),
    ("map", Type::Map),
];

/// What other tools call them.
const ELSEWHERE: [(&str, &str); 28] = [
    ("text", "string"),
    ("keyword", "string"),
    ("varchar", "string"),
    ("char", "string"),
    ("str", "string"),
    ("uuid", "string"),
    ("integer", "int"),
    ("long", "int"),
    ("short", "int"),
    ("bigint", "int"),
    ("i64", "int"),
    ("int64", "int"),
    ("number", "decimal"),
    ("numeric", "decimal"),
    ("float", "decimal"),
    ("double", "decimal"),
    ("money", "decimal"),
    ("boolean", "bool"),
    ("timestamp", "time"),
    ("datetime", "time"),
    ("date", "time"),
    ("binary", "bytes"),
    ("blob", "bytes"),
    ("object", "map"),
    ("struct", "map"),
    ("json", "map"),
    ("array", "list<string>"),
    ("list", "list<string>"),
];

/// What stands behind a field.
const BELONGS: &str = "a type";

/// How a type is written.
const HINT: &str = "write one of string, int, decimal, bool, time, bytes, map, list<T>";

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Type::List(of) = self {
            return write!(f, "list<{of}>");
        }
        let word = TYPES.iter().find(|(_, kind)| kind == self).map_or("", |(word, _)| word);
        f.write_str(word)
    }
}

impl Reader<'_> {
    /// The fields that have a type.
    pub(super) fn fields(&mut self, node: &Node) -> Vec<Field> {
        let hint = "write `fields: { name: type }`";
        let entries = self.map(node, "a map of fields and their types", hint).unwrap_or_default();
        entries.iter().filter_map(|entry| self.field(entry)).collect()
    }

    fn field(&mut self, entry: &Entry) -> Option<Field> {
        let name = self.field_name(&entry.key);
        let (kind, keyword) = match &entry.value.kind {
            Kind::Map(parts) => self.traits(entry.value.span, parts),
            _ => (self.kind(&entry.value), None),
        };
        if let (Some(kind), Some(span)) = (&kind, keyword)
            && kind.value != Type::Decimal
        {
            let what = "`as: keyword` stands beside another type than decimal";
            self.tell(Code::Keyword, span, what, "leave it away: others are indexed as they are");
        }
        Some(Field { name: name?, kind: kind?, keyword })
    }

    /// The name of a field at the top of the documents.
    fn field_name(&mut self, key: &Scalar) -> Option<Name> {
        let text = &*key.text;
        if text.starts_with(RESERVED) {
            self.reserved(key.span, text);
            return None;
        }
        if !text.is_empty() && piece::dashed(text) == text.len() {
            return Some(Name { span: key.span, text: text.into() });
        }
        let what = format!("`{}` is no name of a field", brief(text));
        let hint = match text.split_once(['.', '[']) {
            Some((top, _)) => format!("only fields at the top have types: `{}`", brief(top)),
            None => "a name begins with a letter or `_`, and has letters, digits, _ and -".into(),
        };
        self.tell(Code::FieldName, key.span, what, &hint);
        None
    }

    /// A type that is written with what else is said of its field.
    fn traits(&mut self, span: Span, parts: &[Entry]) -> (Option<Placed<Type>>, Option<Span>) {
        let (mut kind, mut keyword) = (None, None);
        let is_known = |part: &Entry| keys::FIELD.iter().any(|key| key.name == &*part.key.text);
        if !parts.is_empty() && !parts.iter().any(is_known) {
            let what = "a map of fields is no type";
            self.tell(Code::UnknownType, span, what, "write `map`: what stands in it is free");
            return (None, None);
        }
        for (id, part) in self.entries(span, parts, &keys::FIELD) {
            match id {
                Trait::Type => kind = self.kind(&part.value),
                Trait::As => {
                    let read = self.word(&part.value, "a way to index", &[("keyword", ())]);
                    keyword = read.map(|word| word.span);
                }
            }
        }
        (kind, keyword)
    }

    fn kind(&mut self, node: &Node) -> Option<Placed<Type>> {
        let scalar = self.text(node, BELONGS, HINT)?;
        let (mut rest, mut lists) = (scalar.text.trim(), 0);
        while let Some(inner) = rest
            .strip_prefix("list")
            .and_then(|it| it.trim_start().strip_prefix('<')?.strip_suffix('>'))
        {
            rest = inner.trim();
            lists += 1;
            if lists > limits::TYPE_DEPTH_MAX {
                let what = format!("more than {} lists within one another", limits::TYPE_DEPTH_MAX);
                self.tell(Code::TooMany, scalar.span, what, "use a map, whose types are free");
                return None;
            }
        }
        let Some((_, kind)) = TYPES.iter().find(|(name, _)| *name == rest) else {
            return self.unknown_type(scalar, rest);
        };
        let kind = (0..lists).fold(kind.clone(), |of, _| Type::List(Box::new(of)));
        Some(Placed { span: scalar.span, value: kind })
    }

    fn unknown_type<T>(&mut self, scalar: &Scalar, rest: &str) -> Option<T> {
        let what = format!("`{}` is no type", brief(rest));
        let lower = rest.to_ascii_lowercase();
        let head = lower.split(['<', '(', '[']).next().unwrap_or_default().trim();
        // A word of another tool may have a slip in it too.
        let names = TYPES.iter().map(|(name, _)| *name).chain(ELSEWHERE.map(|(name, _)| name));
        let meant = nearest(head, names);
        let ours = |name| ELSEWHERE.iter().find(|(other, _)| *other == name).map(|(_, ours)| *ours);
        let hint = match meant.map(|name| ours(name).unwrap_or(name)) {
            Some(name) if rest.ends_with("[]") => format!("write `list<{name}>`"),
            Some(name) if rest.ends_with('?') => {
                format!("write `{name}`: null is of every type")
            }
            Some(name) => format!("write `{name}`"),
            None => HINT.into(),
        };
        let from = scalar.text.rfind(rest).unwrap_or_default();
        let span = scalar.place(Span::new(from, from + rest.len()));
        self.tell(Code::UnknownType, span, what, &hint);
        None
    }
}
