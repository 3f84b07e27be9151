//! Expressions: what stands after a verb, in `when`, `key` and `each`, in a source's mapping and
//! in an upcast. The syntax is a subset of CEL, with `?.` for what may be absent.
//!
//! [`parse()`] reads a text into a [`Tree`]. It promises an answer for any text: a tree no higher
//! than [`limits::HEIGHT_MAX`], so that whoever walks it needs no more stack than that, or at
//! least one problem with its place.
//!
//! [`Compiler`] makes of a tree a [`Node`], with the [`Names`] that there are where it stands, and
//! tells what cannot be right. [`Node::value`] runs it in a [`Scope`]: it gives a value or says
//! what went [`Wrong`], within [`limits`].

mod compile;
mod evaluate;
pub mod function;
mod kinds;
pub mod limits;
mod names;
mod node;
mod parse;
mod pattern;
mod scope;
mod token;
mod tree;
mod wrong;

pub use compile::{Compiled, Compiler};
pub use evaluate::Given;
pub(crate) use evaluate::{compare, fits};
pub use kinds::Kinds;
pub use names::{Named, Names, Path, Reads, Shape};
pub use node::Node;
pub(crate) use parse::grown;
pub use parse::parse;
pub use scope::{Cost, Local, Scope};
pub(crate) use token::piece;
pub use tree::{Binary, Kind, Name, Tree, Unary};
pub use wrong::{Failure, Wrong, shown};
