//! The short lists of a document, which nearly always hold a few ids or none: a few stand in
//! place, so that the common event touches no block of memory beside the document's own.

use std::collections::VecDeque;

use super::slab::Id;
use super::work::Work;

/// How many stand in place: as many as take no more bytes than a vector of them.
const HERE: usize = 3;

/// Some ids, in order.
#[derive(Debug)]
pub(super) enum Few {
    Here { len: u8, ids: [Id<Work>; HERE] },
    There(Vec<Id<Work>>),
}

const _: () = assert!(size_of::<Few>() == size_of::<Vec<Id<Work>>>(), "a few cost no more");

impl Default for Few {
    fn default() -> Few {
        Few::Here { len: 0, ids: [Id::NONE; HERE] }
    }
}

impl Few {
    pub(super) fn as_slice(&self) -> &[Id<Work>] {
        match self {
            Few::Here { len, ids } => ids.get(..usize::from(*len)).unwrap_or(ids),
            Few::There(ids) => ids,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.as_slice().len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Id<Work>> {
        self.as_slice().iter()
    }

    pub(super) fn push(&mut self, id: Id<Work>) {
        match self {
            Few::Here { len, ids } => match ids.get_mut(usize::from(*len)) {
                Some(place) => {
                    *place = id;
                    *len += 1;
                }
                None => *self = Few::There([ids.as_slice(), &[id]].concat()),
            },
            Few::There(ids) => ids.push(id),
        }
    }

    /// Takes the first `count` out. A list that grew keeps its block: a document that is folded
    /// into all day allocates once.
    pub(super) fn cut(&mut self, count: usize) {
        let count = count.min(self.len());
        match self {
            Few::Here { len, ids } => {
                ids.copy_within(count..usize::from(*len), 0);
                *len -= u8::try_from(count).unwrap_or(*len);
            }
            Few::There(ids) => drop(ids.drain(..count)),
        }
    }
}

/// Some ids that wait in a line; it takes a block of memory only while there are any.
#[derive(Debug, Default)]
pub(super) struct Line(
    #[expect(clippy::box_collection, reason = "hardly ever any wait, and each document has one")]
    Option<Box<VecDeque<Id<Work>>>>,
);

impl Line {
    pub(super) fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |line| line.len())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Id<Work>> {
        self.0.iter().flat_map(|line| line.iter())
    }

    pub(super) fn push_back(&mut self, id: Id<Work>) {
        self.0.get_or_insert_default().push_back(id);
    }

    pub(super) fn push_front(&mut self, id: Id<Work>) {
        self.0.get_or_insert_default().push_front(id);
    }

    pub(super) fn pop_front(&mut self) -> Option<Id<Work>> {
        let line = self.0.as_mut()?;
        let first = line.pop_front();
        if line.is_empty() {
            self.0 = None;
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::super::slab::Slab;
    use super::*;

    #[test]
    fn a_few_are_a_list_whatever_their_number() {
        let ids: Vec<Id<Work>> = (0..8).map(Slab::id).collect();
        for count in 0..ids.len() {
            for cut in 0..=count {
                let mut few = Few::default();
                ids.iter().take(count).for_each(|id| few.push(*id));
                few.cut(cut);
                ids.last().into_iter().for_each(|id| few.push(*id));
                let model: Vec<_> =
                    ids.iter().take(count).skip(cut).chain(ids.last()).copied().collect();
                assert_eq!(few.as_slice(), model, "{count} pushed, {cut} cut, one pushed");
                few.cut(usize::MAX);
                assert!(few.is_empty());
            }
        }
    }

    #[test]
    fn a_line_gives_its_block_back_when_nobody_waits() {
        let (first, second) = (Slab::id(1), Slab::id(2));
        let mut line = Line::default();
        line.push_back(second);
        line.push_front(first);
        assert_eq!(
            (line.len(), line.pop_front(), line.pop_front()),
            (2, Some(first), Some(second))
        );
        assert!(line.is_empty() && line.pop_front().is_none());
    }
}
