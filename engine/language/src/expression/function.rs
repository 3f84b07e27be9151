//! The functions that expressions call: one table says what each is named, takes and gives, for
//! the checker, for whoever runs it and for the reference. `a.f(b)` is `f(a, b)`, for all of them.
//!
//! What a function is given is of the kinds that it takes: that is looked at in one place, here.
//! None reads a clock, is random, or gives another result on another machine.

use std::borrow::Cow;

use foldline_core::value::Value;

use super::kinds::Kinds;
use super::wrong::Failure;

pub(super) mod bytes;
mod collection;
mod text;

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
    /// What it does, in a sentence.
    pub says: &'static str,
    /// The code that does it.
    pub(super) run: Run,
}

type Run = fn(&[Cow<'_, Value>]) -> Result<Value, Failure>;

/// What a function takes at one place.
#[derive(Debug)]
pub struct Takes {
    /// What it is called in the reference.
    pub name: &'static str,
    /// The kinds that it may be of.
    pub kinds: Kinds,
    /// Whether it may be left out, with all that follows.
    pub optional: bool,
}

/// What must be given.
const fn needed(name: &'static str, kinds: Kinds) -> Takes {
    Takes { name, kinds, optional: false }
}

/// All groups of functions, in the order of the reference.
const GROUPS: [&[Function]; 2] = [text::FUNCTIONS, collection::FUNCTIONS];

/// All functions.
pub fn all() -> impl Iterator<Item = &'static Function> {
    GROUPS.into_iter().flatten()
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

    /// Calls it.
    pub(super) fn run(&self, arguments: &[Cow<'_, Value>]) -> Result<Value, Failure> {
        for (place, argument) in arguments.iter().enumerate() {
            let Some(takes) = self.takes(place) else { break };
            if !Kinds::of(argument).is_within(takes.kinds) {
                let expected = format!("{} as {} of `{}`", takes.kinds, takes.name, self.name);
                return Err(Failure::kind(expected, argument));
            }
        }
        (self.run)(arguments)
    }
}

/// Lets a function be found by what it does where no value of the right kind is there: the kinds
/// were looked at before, so this is not reached.
fn never(arguments: &[Cow<'_, Value>]) -> Failure {
    let found = arguments.first().map_or(&Value::Null, |value| value.as_ref());
    Failure::kind("another kind", found)
}

impl PartialEq for Function {
    fn eq(&self, other: &Function) -> bool {
        self.name == other.name
    }
}
