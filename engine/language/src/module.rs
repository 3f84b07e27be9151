//! A module as its author wrote it: which events it takes, and what each does to which document.
//!
//! This is syntax alone. The expressions in a [`Module`] are trees whose places are places in the
//! file; whether their names are known and their types fit is not asked here.

mod tree;

pub use tree::{
    Act, Allowed, Each, Field, Goal, Handler, Kinds, Module, On, Path, Placed, Step, Type, Unknown,
    Verb, Write,
};
