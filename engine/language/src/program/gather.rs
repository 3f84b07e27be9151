//! What an event does to a document: which handlers run for it, on which elements, and what they
//! give. Expressions see the document before the event, so what they give is gathered first and
//! written then; where no expression reads the document, it is written at once.

use foldline_core::projection::Keys;
use foldline_core::value::{Map, Value};

use super::place::{self, Given};
use super::{Act, Handler, Key, Write, key};
use crate::expression::{Failure, Local, Scope, Wrong};

/// What is to be written.
pub(super) enum Change<'p> {
    /// The document is emptied.
    Delete,
    /// The document is there from now on.
    Create,
    /// A place changes, by what its steps and its value gave.
    Write(&'p Write, Given, Option<Value>),
}

impl Change<'_> {
    pub(super) fn act(self, document: &mut Value) -> Result<(), Wrong> {
        match self {
            Change::Delete => *document = Value::Null,
            Change::Create if *document == Value::Null => *document = Value::Map(Map::default()),
            Change::Create => {}
            Change::Write(write, given, value) => {
                let done = write.act(document, &given, value);
                done.map_err(|failure| failure.at(write.span))?;
            }
        }
        Ok(())
    }
}

impl Handler {
    /// Adds the documents that it may change.
    pub(super) fn route(&self, scope: &Scope<'_>, keys: &mut Keys) -> Result<(), Wrong> {
        match (&self.key, &self.each) {
            // Whether an element is left is seen with the document.
            (Key::Stream, Some(_)) => keys.stream(),
            (Key::Stream, None) if self.refuses(scope) => {}
            (Key::Stream, None) => keys.stream(),
            (Key::Data(key), Some(each)) if each.keys => {
                for item in items(each.list.value(scope)?.as_ref(), each.list.span)? {
                    let local = Local { value: item, outer: None };
                    let scope = scope.with(&local);
                    if !self.refuses(&scope) {
                        key::push(key, &scope, keys)?;
                    }
                }
            }
            (Key::Data(key), each) => {
                if each.is_some() || !self.refuses(scope) {
                    key::push(key, scope, keys)?;
                }
            }
        }
        Ok(())
    }

    /// Whether the part of the condition that needs no document says no for certain. Where it has
    /// no value, the rest of the condition may still say no.
    fn refuses(&self, scope: &Scope<'_>) -> bool {
        self.before.as_ref().is_some_and(|before| before.yes(scope) == Ok(false))
    }

    /// Runs for this document: once, or for each element that it is for. Says whether it ran.
    pub(super) fn run<'p>(
        &'p self,
        stream: &str,
        key: &str,
        scope: &Scope<'_>,
        take: &mut impl FnMut(Change<'p>) -> Result<(), Wrong>,
    ) -> Result<bool, Wrong> {
        let Some(each) = &self.each else {
            let runs = self.is_for(stream, key, scope)?;
            if runs {
                self.give(scope, take)?;
            }
            return Ok(runs);
        };
        if !each.keys && !self.names(stream, key, scope)? {
            return Ok(false);
        }
        let mut ran = false;
        for item in items(each.list.value(scope)?.as_ref(), each.list.span)? {
            let local = Local { value: item, outer: None };
            let scope = scope.with(&local);
            if self.is_for(stream, key, &scope)? {
                self.give(&scope, take)?;
                ran = true;
            }
        }
        Ok(ran)
    }

    /// Whether it changes this document, and its condition holds.
    fn is_for(&self, stream: &str, key: &str, scope: &Scope<'_>) -> Result<bool, Wrong> {
        let before = self.before.as_ref().map_or(Ok(true), |before| before.yes(scope));
        if before == Ok(false) || !self.names(stream, key, scope)? {
            return Ok(false);
        }
        let Some(when) = &self.when else { return before };
        match (before, when.yes(scope)) {
            (_, Ok(false)) => Ok(false),
            (Ok(_), rest) => rest,
            (Err(wrong), _) => Err(wrong),
        }
    }

    fn names(&self, stream: &str, key: &str, scope: &Scope<'_>) -> Result<bool, Wrong> {
        match &self.key {
            Key::Stream => Ok(stream == key),
            Key::Data(node) => key::names(node, scope, key),
        }
    }

    fn give<'p>(
        &'p self,
        scope: &Scope<'_>,
        take: &mut impl FnMut(Change<'p>) -> Result<(), Wrong>,
    ) -> Result<(), Wrong> {
        let Act::Write { writes, may_meet } = &self.act else { return take(Change::Delete) };
        take(Change::Create)?;
        if *may_meet {
            return apart(writes, scope, take);
        }
        for write in writes {
            let (given, value) = write.give(scope)?;
            take(Change::Write(write, given, value))?;
        }
        Ok(())
    }
}

impl Write {
    fn give(&self, scope: &Scope<'_>) -> Result<(Given, Option<Value>), Wrong> {
        let given = place::given(&self.steps, scope)?;
        let value = match &self.value {
            Some(node) => Some(node.value(scope)?.into_owned()),
            None => None,
        };
        Ok((given, value))
    }

    /// Whether it must not write where the other does: a default comes first, so it may.
    pub(super) fn meets(&self, other: &Write) -> bool {
        use crate::module::Verb;
        (self.verb == Verb::Default) == (other.verb == Verb::Default)
    }
}

/// What the writes give, where two paths may lead to one place: that is known once their steps are.
fn apart<'p>(
    writes: &'p [Write],
    scope: &Scope<'_>,
    take: &mut impl FnMut(Change<'p>) -> Result<(), Wrong>,
) -> Result<(), Wrong> {
    let mut gathered: Vec<(&Write, Given, Option<Value>)> = Vec::new();
    for write in writes {
        let (given, value) = write.give(scope)?;
        let meets = |(own, before, _): &(&Write, Given, _)| {
            write.meets(own) && place::meet((&write.steps, &given), (&own.steps, before))
        };
        if gathered.iter().any(meets) {
            let message = "another path of this handler leads to the same place";
            return Err(Failure::new("conflict", message).at(write.span));
        }
        gathered.push((write, given, value));
    }
    let gathered = gathered.into_iter();
    gathered.map(|(write, given, value)| Change::Write(write, given, value)).try_for_each(take)
}

/// The elements of a list.
fn items(value: &Value, span: crate::problem::Span) -> Result<&[Value], Wrong> {
    match value {
        Value::List(items) => Ok(items),
        other => Err(Failure::kind("a list", other).at(span)),
    }
}
