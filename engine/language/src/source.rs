//! A source as its author wrote it: how the records of a feed become events. It stands in a file
//! of its own, that begins with `source: name`, or below `sources` in a worker's configuration.
//!
//! [`parse()`] reads one from a text, [`read()`] from the tree of a configuration. This is syntax
//! alone: the expressions in a [`Source`] are trees whose places are places in the file. All
//! problems are told at once, and for any text there is a source or a problem. The keys that a
//! source may have stand in one place, and [`schema()`] tells editors of them.

mod chain;
mod check;
mod keys;
pub mod limits;
mod mapping;
mod path;
mod read;
mod schema;
mod tree;
mod upcast;

pub use schema::{configured, schema};
pub use tree::{Act, Data, Event, Explode, Part, Path, Retyped, Source, Step, Upcast, Versions};

use crate::problem::Problem;
use crate::yaml::{self, Node};

/// Reads the text of a file as a source, and tells all that is wrong with its YAML, its structure
/// and its expressions, by place.
///
/// What is wrong is left out of the source. So where there are problems it serves for finding
/// more of them, and must not run.
pub fn parse(text: &str) -> (Option<Source>, Vec<Problem>) {
    let (node, mut problems) = yaml::parse(text);
    let Some(node) = node else { return (None, problems) };
    let mut reader = read::Reader::new(text);
    let source = reader.source(&node, keys::Stands::File);
    problems.extend(reader.problems);
    (source, told(problems))
}

/// Reads a source that stands in a worker's configuration, whose text this is, as [`parse()`]
/// does. What the worker itself reads of it is kept as it stands.
pub fn read(text: &str, node: &Node) -> (Option<Source>, Vec<Problem>) {
    let mut reader = read::Reader::new(text);
    let source = reader.source(node, keys::Stands::Configuration);
    (source, told(reader.problems))
}

/// As many problems as are told of one file, by place.
fn told(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_key(|problem| (problem.span, problem.code));
    problems.truncate(yaml::limits::PROBLEMS_MAX);
    problems
}

#[cfg(test)]
mod tests;
