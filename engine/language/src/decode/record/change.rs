//! What a record of DynamoDB says around its images: what was done to which item, when and by
//! whom. Changes come from Kinesis, DynamoDB Streams and Lambda, which wrap them; from incremental
//! exports, which do not; and full exports give the item alone, which reads as its insertion.

use foldline_core::fault::Fault;
use foldline_core::name::Name;
use foldline_core::value::json::{JsonError, Kind, Reader};
use foldline_core::value::{Timestamp, Value};

use super::attribute::{self, BOUNDS};
use super::creation::moment;
use super::limits::brief;
use super::{Binary, First, Wanted, twice, undecodable};

/// What was done to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// It is new.
    Insert,
    /// It was there, and is another.
    Modify,
    /// It is gone.
    Remove,
}

impl Operation {
    const ALL: [Operation; 3] = [Operation::Insert, Operation::Modify, Operation::Remove];

    /// As records say it.
    pub fn name(self) -> &'static str {
        match self {
            Operation::Insert => "INSERT",
            Operation::Modify => "MODIFY",
            Operation::Remove => "REMOVE",
        }
    }
}

/// What a record says of an item, beside the values in it.
#[derive(Clone, Debug, Default)]
pub struct Change<'t> {
    /// What was done; none where that cannot be told.
    pub operation: Option<Operation>,
    /// Whether the item was removed because its time was over.
    pub expired: bool,
    pieces: Pieces<'t>,
}

impl<'t> Change<'t> {
    pub(super) fn read(text: &'t str, faults: &mut First) -> Change<'t> {
        let mut pieces = Pieces { reader: Reader::within(text, BOUNDS), ..Pieces::default() };
        let read = pieces.object(true, faults).and_then(|()| pieces.reader.end());
        if let Err(error) = read {
            faults.remember(bounded(&error));
        }
        let mut change = Change { pieces, ..Change::default() };
        change.operation = change.told(faults);
        change.expired = change.operation == Some(Operation::Remove)
            && change.pieces.of(Place::Identity).is_some_and(is_expiry);
        if matches!(change.operation, Some(Operation::Insert)) && change.new_image().is_none() {
            let what = "the record has no `NewImage`: the stream of the table must show new images";
            faults.remember(undecodable(what));
        }
        change
    }

    /// What was done: what the record says, or what its images show.
    fn told(&self, faults: &mut First) -> Option<Operation> {
        if let Some(name) = self.pieces.of(Place::Name) {
            let name = text(name).unwrap_or(Name::from(brief(name)));
            let told = Operation::ALL.into_iter().find(|it| it.name().eq_ignore_ascii_case(&name));
            if told.is_none() {
                let name = brief(&name);
                let what = format!("`eventName` is `{name}`, not INSERT, MODIFY or REMOVE");
                faults.remember(undecodable(what));
            }
            return told;
        }
        match (self.new_image(), self.old_image(), self.key()) {
            (Some(_), None, _) => Some(Operation::Insert),
            (Some(_), Some(_), _) => Some(Operation::Modify),
            (None, Some(_), _) | (None, None, Some(_)) => Some(Operation::Remove),
            (None, None, None) => {
                let what = "the record has no `dynamodb`, `Item`, `Keys` or `NewImage`: \
                            it is no change of a DynamoDB table";
                faults.remember(undecodable(what));
                None
            }
        }
    }

    /// The values of keys, new and old image as far as they are wanted, and the name.
    pub(super) fn roots(
        &self,
        [keys, new, old]: [&Wanted; 3],
        binary: Binary,
        faults: &mut First,
    ) -> Vec<Value> {
        let mut root = |piece: Option<&str>, name: &str, wanted: &Wanted| match piece {
            Some(piece) if !wanted.is_none() => {
                attribute::item(piece, name, wanted, binary, faults)
            }
            _ => Value::Null,
        };
        let keys = root(self.key(), "Keys", keys);
        let new = root(self.new_image(), "NewImage", new);
        let old = root(self.old_image(), "OldImage", old);
        let name = self.operation.map_or(Value::Null, |it| Value::text(it.name()));
        vec![keys, new, old, name]
    }

    fn key(&self) -> Option<&'t str> {
        self.pieces.of(Place::Keys)
    }

    fn new_image(&self) -> Option<&'t str> {
        self.pieces.of(Place::New).or(self.pieces.of(Place::Item))
    }

    fn old_image(&self) -> Option<&'t str> {
        self.pieces.of(Place::Old)
    }

    /// When it was done, if that can be told. Of each item alone these times rise.
    pub fn at(&self) -> Option<Timestamp> {
        self.pieces.moment()
    }

    /// The table, where the record names it.
    pub fn table(&self) -> Option<Name> {
        self.pieces.table()
    }

    /// The item as it was before: what a removed item had been inserted as, its keys at least.
    pub fn before(&self, wanted: &Wanted, binary: Binary) -> Value {
        let mut faults = First::default();
        match self.old_image().or(self.key()) {
            Some(piece) => attribute::item(piece, "OldImage", wanted, binary, &mut faults),
            None => Value::Null,
        }
    }

    /// Whether nothing but these attributes is another than before. A stream that shows no old
    /// images does not tell: there it is taken for one of them that was added, where one is there.
    pub fn only_in(&self, attributes: &[impl AsRef<str>]) -> bool {
        let mut faults = First::default();
        let mut image = |piece: &str| {
            let wanted = Wanted::all();
            let mut image = attribute::item(piece, "", &wanted, Binary::Once, &mut faults);
            let map = image.map_mut();
            let taken = map.map(|map| {
                attributes.iter().filter(|it| map.remove(it.as_ref()).is_some()).count()
            });
            (image, taken.unwrap_or_default())
        };
        let Some(new) = self.new_image() else { return false };
        let (new, taken) = image(new);
        let harmless = match self.old_image() {
            Some(old) => new == image(old).0,
            None => taken > 0,
        };
        harmless && faults.0.is_none()
    }

    /// The item by its keys, as the record writes them, or what there is of it.
    pub fn item(&self) -> &'t str {
        brief(self.key().or(self.new_image()).or(self.old_image()).unwrap_or_default())
    }
}

/// What is read of a record around its images.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Name,
    Identity,
    Table,
    Stream,
    Created,
    Precision,
    Keys,
    New,
    Old,
    Item,
    Metadata,
}

const PLACES: [(&str, Place); 11] = [
    ("eventName", Place::Name),
    ("userIdentity", Place::Identity),
    ("tableName", Place::Table),
    ("eventSourceARN", Place::Stream),
    ("ApproximateCreationDateTime", Place::Created),
    ("ApproximateCreationDateTimePrecision", Place::Precision),
    ("Keys", Place::Keys),
    ("NewImage", Place::New),
    ("OldImage", Place::Old),
    ("Item", Place::Item),
    ("Metadata", Place::Metadata),
];

/// The pieces of a record's text; one that stands twice is none.
#[derive(Clone, Debug)]
struct Pieces<'t> {
    reader: Reader<'t>,
    found: [Option<&'t str>; PLACES.len()],
    seen: [bool; PLACES.len()],
}

impl Default for Pieces<'_> {
    fn default() -> Self {
        let (found, seen) = ([None; PLACES.len()], [false; PLACES.len()]);
        Pieces { reader: Reader::new(""), found, seen }
    }
}

impl<'t> Pieces<'t> {
    fn object(&mut self, top: bool, faults: &mut First) -> Result<(), JsonError> {
        self.reader.open_map()?;
        let mut first = true;
        while let Some(name) = self.reader.name(first)? {
            first = false;
            if top && name.is("dynamodb") && self.reader.kind()? == Kind::Map {
                self.object(false, faults)?;
                continue;
            }
            let piece = self.reader.raw()?;
            let place = PLACES.iter().position(|(own, _)| name.is(own));
            let Some((found, seen)) = place
                .and_then(|place| Some((self.found.get_mut(place)?, self.seen.get_mut(place)?)))
            else {
                continue;
            };
            *found = (!*seen && piece != "null").then_some(piece);
            if std::mem::replace(seen, true) {
                faults.remember(twice(name.raw));
            }
        }
        Ok(())
    }

    fn of(&self, place: Place) -> Option<&'t str> {
        let at = PLACES.iter().position(|(_, own)| *own == place)?;
        self.found.get(at).copied().flatten()
    }

    fn moment(&self) -> Option<Timestamp> {
        if let Some(created) = self.of(Place::Created) {
            let unit = self.of(Place::Precision).and_then(text);
            return moment(&text(created).unwrap_or(Name::from(created)), unit.as_deref());
        }
        let written = member(self.of(Place::Metadata)?, "WriteTimestampMicros")?;
        // It has a type, as attributes have; a bare number is taken as well.
        let number = member(written, "N").unwrap_or(written);
        moment(&text(number).unwrap_or(Name::from(number)), Some("MICROSECOND"))
    }

    fn table(&self) -> Option<Name> {
        if let Some(table) = self.of(Place::Table) {
            return text(table);
        }
        let stream = text(self.of(Place::Stream)?)?;
        let (_, rest) = stream.split_once(":table/")?;
        rest.split('/').next().map(Name::from)
    }
}

/// Whether this identity is that of the service that removes items whose time is over.
fn is_expiry(identity: &str) -> bool {
    let is = |names: [&str; 2], expected: &str| {
        let found = names.into_iter().find_map(|name| member(identity, name));
        found.and_then(text).is_some_and(|found| found == expected)
    };
    is(["type", "Type"], "Service") && is(["principalId", "PrincipalId"], "dynamodb.amazonaws.com")
}

/// The text of a member of an object that was read already.
fn member<'t>(object: &'t str, name: &str) -> Option<&'t str> {
    let mut reader = Reader::within(object, BOUNDS);
    reader.open_map().ok()?;
    let mut first = true;
    while let Some(own) = reader.name(first).ok()? {
        first = false;
        let piece = reader.raw().ok()?;
        if own.is(name) {
            return Some(piece);
        }
    }
    None
}

/// The text that a piece is; none where it is something else.
fn text(piece: &str) -> Option<Name> {
    let mut reader = Reader::new(piece);
    (reader.kind().ok()? == Kind::Text).then_some(())?;
    let text = reader.quoted().ok()?.text().ok()?;
    Some(Name::from(text.as_ref()))
}

/// The fault of a text past the bounds of these records.
fn bounded(error: &JsonError) -> Fault {
    use foldline_core::value::json::Wrong;
    match error.what {
        Wrong::Depth => Fault::new("too_large", "it is nested deeper than an item can be"),
        Wrong::Keys => Fault::new("too_large", "it has more names than two items can have"),
        _ => (*error).into(),
    }
}
