//! Short lists, which nearly always hold a few things or none: a few stand in place, so that the
//! common event touches no block of memory beside that of the document or stream.

use std::collections::VecDeque;

use super::slab::Id;
use super::work::Work;

/// Some things, in order; up to `HERE` of them in place.
#[derive(Debug)]
pub(super) enum Few<T, const HERE: usize> {
    Here { len: u8, things: [T; HERE] },
    There(Vec<T>),
}

const _: () = assert!(size_of::<Few<Id<Work>, 3>>() == size_of::<Vec<u8>>(), "they cost no more");

impl<T: Copy + Default, const HERE: usize> Default for Few<T, HERE> {
    fn default() -> Few<T, HERE> {
        Few::Here { len: 0, things: [T::default(); HERE] }
    }
}

impl<T: Copy + Default, const HERE: usize> Few<T, HERE> {
    pub(super) fn as_slice(&self) -> &[T] {
        match self {
            Few::Here { len, things } => things.get(..usize::from(*len)).unwrap_or(things),
            Few::There(things) => things,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.as_slice().len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.as_slice().iter()
    }

    pub(super) fn push(&mut self, thing: T) {
        match self {
            Few::Here { len, things } => match things.get_mut(usize::from(*len)) {
                Some(place) => {
                    *place = thing;
                    *len += 1;
                }
                None => *self = Few::There([things.as_slice(), &[thing]].concat()),
            },
            Few::There(things) => things.push(thing),
        }
    }

    /// Takes the first `count` out. A list that grew keeps its block: a document that is folded
    /// into all day allocates once.
    pub(super) fn cut(&mut self, count: usize) {
        let count = count.min(self.len());
        match self {
            Few::Here { len, things } => {
                things.copy_within(count..usize::from(*len), 0);
                *len -= u8::try_from(count).unwrap_or(*len);
            }
            Few::There(things) => drop(things.drain(..count)),
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
                let mut few = Few::<_, 3>::default();
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
