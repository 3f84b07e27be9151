//! Events are the same by what they say, wherever their bytes stand.

use std::fmt;

use super::{Batch, Event, Part};

impl PartialEq for Batch {
    fn eq(&self, other: &Batch) -> bool {
        self.len() == other.len() && self.events().eq(other.events())
    }
}

impl PartialEq for Event<'_> {
    fn eq(&self, other: &Event<'_>) -> bool {
        self.stream() == other.stream()
            && self.version() == other.version()
            && self.sort() == other.sort()
            && self.timestamp() == other.timestamp()
            && self.position() == other.position()
            && self.digest() == other.digest()
            && self.fault() == other.fault()
            && self.parts().eq(other.parts())
    }
}

impl PartialEq for Part<'_> {
    fn eq(&self, other: &Part<'_>) -> bool {
        self.kind() == other.kind()
            && self.kind_id() == other.kind_id()
            && self.slots().eq(other.slots())
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.events()).finish()
    }
}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.stream(), self.version())?;
        f.debug_list().entries(self.parts()).finish()?;
        match self.fault() {
            Some(fault) => write!(f, " {fault}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())?;
        f.debug_list().entries(self.slots()).finish()
    }
}
