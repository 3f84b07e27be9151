//! The rules that keep the house. Each is a function from the tree (or from what cargo says of
//! it) to the problems found; the suite `tidy` runs all of them on this repository, and shows on
//! planted examples that each one bites.

pub mod tree;

pub mod shape;

pub mod leftovers;

pub mod modules;

pub mod links;

pub mod packages;

pub mod manifests;

pub mod promises;

pub mod rust;

/// One breach of a rule, told so that an editor can jump to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, from the root of the repository.
    pub path: String,
    /// The line, from 1; 0 where the file as a whole is meant.
    pub line: usize,
    /// What is wrong, and what to do instead.
    pub what: String,
}

impl Problem {
    /// A problem at a line of a file.
    pub fn at(path: &str, line: usize, what: impl Into<String>) -> Problem {
        Problem { path: path.to_owned(), line, what: what.into() }
    }

    /// A problem of a file as a whole.
    pub fn of(path: &str, what: impl Into<String>) -> Problem {
        Problem::at(path, 0, what)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.what),
            line => write!(f, "{}:{line}: {}", self.path, self.what),
        }
    }
}
