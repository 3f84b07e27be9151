//! The functions that expressions call: one table says what each is named, takes and gives, for
//! the checker, for whoever runs it and for the reference. `a.f(b)` is `f(a, b)`, for all of them.
//!
//! What a function is given is of the kinds that it takes: that is looked at in one place, here.
//! None reads a clock, is random, or gives another result on another machine.

use std::borrow::Cow;

use foldline_core::value::Value;

use super::kinds::Kinds;
use super::wrong::Failure;
use arguments::Arguments;
use one_of::Stranger;

mod arguments;
mod built;
pub(super) mod bytes;
mod collection;
mod convert;
mod form;
mod getter;
mod hash;
mod number;
mod one_of;
mod text;
mod time;
mod unit;
mod zone;

pub use form::{FORMS, Form};

/// A function.
#[derive(Debug)]
pub struct Function {
    /// How it is called.
    pub name: &'static str,
    /// What it takes, in order.
    pub takes: &'static [Takes],
    /// Whether more of what it takes last may follow.
    pub more: bool,
    /// What kinds of values it gives.
    pub gives: Kinds,
    /// What it does, in a sentence without a stop.
    pub says: &'static str,
    /// Expressions that call it, and what each gives, as canonical JSON.
    pub examples: &'static [(&'static str, &'static str)],
    /// The code that does it.
    run: Run,
}

type Run = fn(Arguments<'_>) -> Result<Value, Failure>;

/// What a function takes at one place.
#[derive(Debug)]
pub struct Takes {
    /// What it is called in the reference.
    pub name: &'static str,
    /// The kinds that it may be of.
    pub kinds: Kinds,
    /// Whether it may be left out, with all that follows.
    pub optional: bool,
    /// What tells a value that can never be right, though its kind is.
    check: Check,
}

type Check = fn(&Value) -> Result<(), Stranger>;

/// What must be given.
const fn needed(name: &'static str, kinds: Kinds) -> Takes {
    Takes { name, kinds, optional: false, check: |_| Ok(()) }
}

/// What may be left out.
const fn optional(name: &'static str, kinds: Kinds) -> Takes {
    Takes { optional: true, ..needed(name, kinds) }
}

/// Functions of one sort.
#[derive(Debug)]
pub struct Group {
    /// What they have in common: a heading of the reference.
    pub title: &'static str,
    /// The functions, in the order of the reference.
    pub functions: &'static [Function],
}

/// All functions, in the order of the reference.
pub const GROUPS: [Group; 7] = [
    Group { title: "Texts", functions: text::FUNCTIONS },
    Group { title: "Numbers", functions: number::FUNCTIONS },
    Group { title: "Lists and maps", functions: collection::FUNCTIONS },
    Group { title: "Times", functions: time::FUNCTIONS },
    Group { title: "Times, as CEL counts", functions: getter::FUNCTIONS },
    Group { title: "From one kind to another", functions: convert::FUNCTIONS },
    Group { title: "Names and digests", functions: hash::FUNCTIONS },
];

/// All functions.
pub fn all() -> impl Iterator<Item = &'static Function> {
    GROUPS.into_iter().flat_map(|group| group.functions)
}

/// The function of this name.
pub fn named(name: &str) -> Option<&'static Function> {
    all().find(|function| function.name == name)
}

impl Function {
    /// How many arguments it takes, at least and at most.
    pub fn count(&self) -> (usize, usize) {
        let least = self.takes.iter().filter(|takes| !takes.optional).count();
        (least, if self.more { usize::MAX } else { self.takes.len() })
    }

    /// What it takes at this place.
    pub fn takes(&self, place: usize) -> Option<&Takes> {
        self.takes.get(place).or_else(|| self.takes.last().filter(|_| self.more))
    }

    /// How it is written: what may be left out stands in brackets.
    pub fn signature(&self) -> String {
        let mut written = format!("{}(", self.name);
        for (place, takes) in self.takes.iter().enumerate() {
            let comma = if place > 0 { ", " } else { "" };
            let (open, close) = if takes.optional { ("[", "]") } else { ("", "") };
            written.extend([open, comma, takes.name, close]);
        }
        written.push_str(if self.more { ", …)" } else { ")" });
        written
    }

    /// Calls it.
    pub(super) fn run(&self, arguments: &[Cow<'_, Value>]) -> Result<Value, Failure> {
        for (place, argument) in arguments.iter().enumerate() {
            let Some(takes) = self.takes(place) else { break };
            if !Kinds::of(argument).is_within(takes.kinds) {
                let expected = format!("{} as {} of `{}`", takes.kinds, takes.name, self.name);
                return Err(Failure::kind(expected, argument));
            }
        }
        (self.run)(Arguments(arguments))
    }
}

impl Takes {
    /// That a value which is known before any event comes may be given here; its kind was looked
    /// at before.
    pub(super) fn check(&self, value: &Value) -> Result<(), Stranger> {
        (self.check)(value)
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Function) -> bool {
        self.name == other.name
    }
}

#[cfg(test)]
mod tests;
