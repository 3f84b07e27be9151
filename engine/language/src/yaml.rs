//! The files that authors write: modules, sources and specs, all YAML. What stands between two
//! signs of its syntax stays the text that it is: `no`, `1e3` and `0o7` mean nothing here.
//!
//! [`text()`] makes a text of what a file holds, and [`parse()`] reads it into a tree of [`Node`]s
//! that know their places. It promises an answer for any text, within [`limits`]; and that whatever
//! is wrong inside a scalar can be shown where the author wrote it, between quotes, behind escapes
//! and in blocks too. What makes one piece of a text stand for another, or says how it is to be
//! read, is refused: anchors, aliases, merges, tags and directives.

mod build;
mod bytes;
mod cut;
pub mod limits;
mod places;
mod syntax;
mod tree;

pub use build::{brief, parse};
pub use bytes::text;
pub use tree::{Entry, Kind, Node, Scalar, Style};

#[cfg(test)]
mod tests;
