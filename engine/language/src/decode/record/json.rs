//! Any JSON, as much of it as is wanted.

use std::borrow::Cow;

use foldline_core::value::json::{JsonError, Kind, Quoted, Reader};
use foldline_core::value::{Map, Value};

use super::{First, Wanted, passes, twice};

/// The value of a text, with as much in it as is wanted; null where there is none.
pub(super) fn read(text: &str, wanted: &Wanted, faults: &mut First) -> Value {
    let mut parts = Parts { reader: Reader::new(text), faults };
    let (value, read) = parts.part(wanted, true);
    let end = read.and_then(|()| parts.reader.end());
    if let Err(error) = end {
        faults.remember(error);
    }
    value.unwrap_or_default()
}

struct Parts<'t, 'f> {
    reader: Reader<'t>,
    faults: &'f mut First,
}

/// A value as far as it could be read, and whether the text goes on behind it.
type Part = (Option<Value>, Result<(), JsonError>);

impl<'t> Parts<'t, '_> {
    /// The next value. It recurses no deeper than the reader's bound.
    fn part(&mut self, wanted: &Wanted, top: bool) -> Part {
        match self.reader.kind() {
            _ if wanted.is_none() => (None, self.reader.skip()),
            Ok(Kind::Map) if !wanted.is_all() => {
                let mut map = Map::default();
                let read = self.map(wanted, &mut map);
                (Some(map.into()), read)
            }
            Ok(_) => self.whole(top),
            Err(error) => (None, Err(error)),
        }
    }

    fn map(&mut self, wanted: &Wanted, map: &mut Map) -> Result<(), JsonError> {
        self.reader.open_map()?;
        let mut seen = vec![false; wanted.names()];
        let mut first = true;
        while let Some(name) = self.reader.name(first)? {
            first = false;
            let name = self.name(name);
            let read = name.as_deref().and_then(|name| Some((name, wanted.of(name)?)));
            let Some((name, (place, below))) = read else {
                self.reader.skip()?;
                continue;
            };
            if seen.get_mut(place).is_some_and(|seen| std::mem::replace(seen, true)) {
                self.faults.remember(twice(name));
                map.remove(name);
                self.reader.skip()?;
                continue;
            }
            let (value, read) = self.part(below, false);
            if let Some(value) = value {
                map.set(name, value);
            }
            read?;
        }
        Ok(())
    }

    /// A name; none where it is no text, which no name that is read is.
    fn name(&mut self, name: Quoted<'t>) -> Option<Cow<'t, str>> {
        let text = name.text();
        if let Err(error) = &text {
            self.faults.remember(*error);
        }
        text.ok()
    }

    fn whole(&mut self, top: bool) -> Part {
        let before = self.reader.clone();
        match self.reader.value() {
            // A number at the end of a text that was cut off may have lost digits.
            Ok(value) if value.number().is_some() && !top && !self.reader.closed() => {
                (None, Ok(()))
            }
            Ok(value) => (Some(value), Ok(())),
            Err(error) if passes(&error) => {
                self.faults.remember(error);
                self.reader = before;
                (None, self.reader.skip())
            }
            Err(error) => (None, Err(error)),
        }
    }
}
