//! The values of DynamoDB: each is an object of one name, its type.

use std::borrow::Cow;

use foldline_core::name::Name;
use foldline_core::value::json::{self, Bounds, JsonError, Kind, Reader};
use foldline_core::value::{Map, Number, Value, base64};

use super::limits::{self, brief};
use super::{First, Wanted, undecodable};

/// How often bytes are written in base64. Kinesis does it twice, all others once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Binary {
    /// Twice where what is written once is base64 of a JSON object or list, as payloads are; else
    /// once. That some bytes are such a text by chance does not happen.
    #[default]
    Auto,
    /// Once.
    Once,
    /// Twice.
    Twice,
}

impl Binary {
    /// All of them.
    pub const ALL: [Binary; 3] = [Binary::Auto, Binary::Once, Binary::Twice];

    /// As authors write it.
    pub fn name(self) -> &'static str {
        match self {
            Binary::Auto => "auto",
            Binary::Once => "once",
            Binary::Twice => "twice",
        }
    }

    fn read(self, text: &str) -> Option<Vec<u8>> {
        let once = base64::read(text.as_bytes())?;
        match self {
            Binary::Once => Some(once),
            Binary::Twice => base64::read(&once),
            Binary::Auto => match base64::read(&once).filter(|twice| is_document(twice)) {
                Some(twice) => Some(twice),
                None => Some(once),
            },
        }
    }
}

fn is_document(bytes: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    text.trim_start().starts_with(['{', '[']) && json::value(text).is_ok()
}

/// The bounds of all texts of DynamoDB.
pub(super) const BOUNDS: Bounds = Bounds::new(limits::TYPED_DEPTH_MAX, limits::TYPED_NAMES_MAX);

/// The attributes of an item, which is a text that was read already; null where it is null.
/// `item` is what faults call it.
pub(super) fn item(
    text: &str,
    item: &str,
    wanted: &Wanted,
    binary: Binary,
    faults: &mut First,
) -> Value {
    let mut typed = Typed { reader: Reader::within(text, BOUNDS), binary };
    match typed.item(wanted, item, faults) {
        Ok(value) => value,
        Err(stop) => {
            faults.remember(undecodable(stop.within(item).what()));
            Value::Null
        }
    }
}

struct Typed<'t> {
    reader: Reader<'t>,
    binary: Binary,
}

/// Why a value cannot be taken.
struct Stop {
    /// Where in the value, the innermost first.
    path: Vec<String>,
    what: String,
}

impl Stop {
    fn new(what: impl Into<String>) -> Stop {
        Stop { path: Vec::new(), what: what.into() }
    }

    fn within(mut self, name: &str) -> Stop {
        self.path.push(brief(name).into());
        self
    }

    fn what(self) -> String {
        let path: Vec<String> = self.path.into_iter().rev().collect();
        format!("`{}` {}", path.join("."), self.what)
    }
}

impl From<JsonError> for Stop {
    fn from(error: JsonError) -> Stop {
        Stop::new(format!("cannot be read: {error}"))
    }
}

type Read<T> = Result<T, Stop>;

impl<'t> Typed<'t> {
    /// The attributes at the top: one that is wrong does not spoil the others.
    fn item(&mut self, wanted: &Wanted, item: &str, faults: &mut First) -> Read<Value> {
        match self.reader.kind()? {
            Kind::Map => {}
            Kind::Null => return Ok(Value::Null),
            _ => return Err(Stop::new("is no object")),
        }
        let mut values = Vec::new();
        self.reader.open_map()?;
        let mut first = true;
        while let Some(name) = self.name(first)? {
            first = false;
            let Some(wanted) = part(wanted, &name) else {
                self.reader.skip()?;
                continue;
            };
            let before = self.reader.clone();
            match self.value(wanted) {
                Ok(value) => values.push((Name::from(name.as_ref()), value)),
                Err(stop) => {
                    let what = stop.within(&name).within(item).what();
                    faults.remember(undecodable(what));
                    self.reader = before;
                    self.reader.skip()?;
                }
            }
        }
        let doubles = doubles(&mut values);
        if let Some(name) = doubles.first() {
            let stop = Stop::new("is given twice").within(name).within(item);
            faults.remember(undecodable(stop.what()));
        }
        let mut map: Map = Map::sorted(values).unwrap_or_default();
        for name in doubles {
            map.remove(&name);
        }
        Ok(map.into())
    }

    fn name(&mut self, first: bool) -> Read<Option<Cow<'t, str>>> {
        let name = self.reader.name(first)?;
        Ok(name.map(json::Quoted::text).transpose()?)
    }

    /// One typed value. It recurses no deeper than the reader's bound.
    fn value(&mut self, wanted: &Wanted) -> Read<Value> {
        if self.reader.kind()? != Kind::Map {
            return Err(Stop::new("has no type: a value is written as {\"S\":\"text\"}"));
        }
        self.reader.open_map()?;
        let Some(tag) = self.name(true)? else { return Err(Stop::new("has no type")) };
        let Some(tag) = Tag::of(&tag) else {
            let what = format!("has the type `{}`: DynamoDB has no such type", brief(&tag));
            return Err(Stop::new(what));
        };
        let value = self.tagged(tag, wanted)?;
        match self.reader.name(false)? {
            None => Ok(value),
            Some(_) => Err(Stop::new("has two types")),
        }
    }

    fn tagged(&mut self, tag: Tag, wanted: &Wanted) -> Read<Value> {
        Ok(match tag {
            Tag::Text => Value::text(&self.text("a text")?),
            Tag::Number => self.number()?,
            Tag::Bytes => self.bytes()?,
            Tag::Bool if self.reader.kind()? == Kind::Bool => Value::Bool(self.reader.bool()?),
            Tag::Null if self.reader.kind()? == Kind::Bool && self.reader.bool()? => Value::Null,
            Tag::Bool => return Err(Stop::new("is neither true nor false")),
            Tag::Null => return Err(Stop::new("is of the type `NULL`, and not true")),
            Tag::Map => self.map(wanted)?,
            Tag::List => self.list(|typed| typed.value(&Wanted::all()))?,
            Tag::Texts => self.set(|typed| Ok(Value::text(&typed.text("a text")?)))?,
            Tag::Numbers => self.set(Typed::number)?,
            Tag::Set => self.set(Typed::bytes)?,
        })
    }

    fn text(&mut self, what: &str) -> Read<Cow<'t, str>> {
        if self.reader.kind()? != Kind::Text {
            return Err(Stop::new(format!("is not {what}")));
        }
        Ok(self.reader.quoted()?.text()?)
    }

    /// A number: text, or from emulators a number.
    fn number(&mut self) -> Read<Value> {
        let number = match self.reader.kind()? {
            Kind::Number => Cow::Borrowed(self.reader.number()?),
            _ => self.text("a number")?,
        };
        let wrong = |error| Stop::new(format!("is `{}`: {error}", brief(&number)));
        Ok(Number::parse(&number).map_err(wrong)?.into())
    }

    fn bytes(&mut self) -> Read<Value> {
        let text = self.text("base64")?;
        let bytes = self.binary.read(&text);
        let wrong = || Stop::new(format!("is `{}`, which is not base64", brief(&text)));
        Ok(Value::Bytes(bytes.ok_or_else(wrong)?.into()))
    }

    fn map(&mut self, wanted: &Wanted) -> Read<Value> {
        if self.reader.kind()? != Kind::Map {
            return Err(Stop::new("is no object"));
        }
        let mut values: Vec<(Name, Value)> = Vec::new();
        self.reader.open_map()?;
        let mut first = true;
        while let Some(name) = self.name(first)? {
            first = false;
            match part(wanted, &name) {
                Some(wanted) => {
                    let value = self.value(wanted).map_err(|stop| stop.within(&name))?;
                    values.push((Name::from(name.as_ref()), value));
                }
                None => self.reader.skip()?,
            }
        }
        match doubles(&mut values).pop() {
            Some(name) => Err(Stop::new("is given twice").within(&name)),
            None => Ok(Map::sorted(values).unwrap_or_default().into()),
        }
    }

    fn list(&mut self, mut item: impl FnMut(&mut Self) -> Read<Value>) -> Read<Value> {
        if self.reader.kind()? != Kind::List {
            return Err(Stop::new("is no list"));
        }
        let mut list = Vec::new();
        self.reader.open_list()?;
        while self.reader.item(list.is_empty())? {
            let value = item(self).map_err(|stop| stop.within(&list.len().to_string()))?;
            list.push(value);
        }
        Ok(Value::List(list))
    }

    /// A set is a list in the order of its values: DynamoDB gives them in any.
    fn set(&mut self, item: impl FnMut(&mut Self) -> Read<Value>) -> Read<Value> {
        let mut set = self.list(item)?;
        if let Value::List(list) = &mut set {
            list.sort_unstable();
            list.dedup();
        }
        Ok(set)
    }
}

/// What is wanted of the value of this name; none where nobody reads it.
fn part<'w>(wanted: &'w Wanted, name: &str) -> Option<&'w Wanted> {
    if wanted.is_all() { Some(wanted) } else { wanted.of(name).map(|(_, below)| below) }
}

/// Sorts by name, and gives the names that stand twice, of whose values one is left.
fn doubles(values: &mut Vec<(Name, Value)>) -> Vec<Name> {
    values.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut doubles = Vec::new();
    values.dedup_by(|(next, _), (one, _)| {
        let double = next == one;
        if double {
            doubles.push(one.clone());
        }
        double
    });
    doubles
}

/// The types of DynamoDB.
#[derive(Clone, Copy)]
enum Tag {
    Text,
    Number,
    Bytes,
    Bool,
    Null,
    Map,
    List,
    Texts,
    Numbers,
    Set,
}

impl Tag {
    fn of(written: &str) -> Option<Tag> {
        let tags = [
            ("S", Tag::Text),
            ("N", Tag::Number),
            ("B", Tag::Bytes),
            ("BOOL", Tag::Bool),
            ("NULL", Tag::Null),
            ("M", Tag::Map),
            ("L", Tag::List),
            ("SS", Tag::Texts),
            ("NS", Tag::Numbers),
            ("BS", Tag::Set),
        ];
        tags.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(written)).map(|(_, tag)| tag)
    }
}
