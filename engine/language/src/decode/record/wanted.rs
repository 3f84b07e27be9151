//! Which parts of a value somebody reads.

/// The parts of a value that are wanted: none, all, or what stands at some names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    whole: bool,
    /// Whether it is read that it is there, and whether it is a map.
    there: bool,
    below: Vec<(Box<str>, Wanted)>,
}

impl Wanted {
    /// All of the value.
    pub fn all() -> Wanted {
        Wanted { whole: true, there: true, below: Vec::new() }
    }

    /// Adds, of what stands at this path of names, no more than that it is there.
    pub fn there<N: AsRef<str>>(&mut self, path: &[N]) {
        if let Some(at) = self.step(path) {
            at.there = true;
        }
    }

    /// Adds what stands at this path of names; the empty path is all.
    pub fn path<N: AsRef<str>>(&mut self, path: &[N]) {
        if let Some(at) = self.step(path) {
            *at = Wanted::all();
        }
    }

    /// What is wanted at the end of a path; none where all is wanted on the way to it.
    fn step<N: AsRef<str>>(&mut self, path: &[N]) -> Option<&mut Wanted> {
        let mut at = self;
        for name in path {
            if at.whole {
                return None;
            }
            let name = name.as_ref();
            let place = at.below.iter().position(|(own, _)| **own == *name).unwrap_or_else(|| {
                at.below.push((name.into(), Wanted::default()));
                at.below.len() - 1
            });
            at = &mut at.below.get_mut(place)?.1;
        }
        Some(at)
    }

    /// Whether nobody reads any of it.
    pub fn is_none(&self) -> bool {
        !self.whole && !self.there && self.below.is_empty()
    }

    /// Whether all of it is read.
    pub fn is_all(&self) -> bool {
        self.whole
    }

    /// What is wanted of the value of this name, and which of the names it is.
    pub(super) fn of(&self, name: &str) -> Option<(usize, &Wanted)> {
        let mut names = self.below.iter().enumerate();
        names.find(|(_, (own, _))| **own == *name).map(|(place, (_, below))| (place, below))
    }

    /// How many names are read of it.
    pub(super) fn names(&self) -> usize {
        self.below.len()
    }
}

#[cfg(test)]
mod tests {
    use super::Wanted;

    #[test]
    fn what_is_read_as_a_whole_is_read_in_its_parts() {
        let mut wanted = Wanted::default();
        assert!(wanted.is_none());
        wanted.path(&["a", "b"]);
        wanted.path(&["a", "c"]);
        wanted.path(&["d"]);
        let (place, a) = wanted.of("a").expect("it is read");
        assert_eq!((place, a.names(), a.is_all(), wanted.names()), (0, 2, false, 2));
        assert!(wanted.of("b").is_none());
        wanted.path(&["a"]);
        wanted.path(&["a", "b"]);
        assert!(wanted.of("a").is_some_and(|(_, a)| a.is_all() && a.names() == 0));
        wanted.path::<&str>(&[]);
        assert_eq!(wanted, Wanted::all());
    }
}
