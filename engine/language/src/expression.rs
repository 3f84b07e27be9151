//! Expressions: what stands after a verb, in `when`, `key` and `each`, in a source's mapping and
//! in an upcast. The syntax is a subset of CEL, with `?.` for what may be absent.
//!
//! [`parse()`] reads a text into a [`Tree`]. It promises an answer for any text: a tree no higher
//! than [`limits::HEIGHT_MAX`], so that whoever walks it needs no more stack than that, or at
//! least one problem with its place.

pub mod limits;
mod parse;
mod token;
mod tree;

pub use parse::parse;
pub use tree::{Binary, Kind, Name, Tree, Unary};
