//! What is done with the elements of a list, each bound to a name in turn.

use std::borrow::Cow;

use foldline_core::value::Value;

use super::super::limits;
use super::super::node::{Each, Node};
use super::super::scope::{Local, Scope};
use super::super::wrong::Wrong;
use super::Given;
use super::operator::{compare, fits};

impl Node {
    pub(super) fn each<'a>(
        &'a self,
        each: Each,
        list: &'a Node,
        parts: &'a [Node],
        scope: &Scope<'a>,
    ) -> Given<'a> {
        let given = list.value(scope)?;
        let names: Vec<Value>;
        let items = match given.as_ref() {
            Value::List(items) => items,
            // The elements of a map are its names.
            Value::Map(map) => {
                names = map.iter().map(|(name, _)| Value::text(name)).collect();
                &names
            }
            other => return Err(list.kind("a list or a map", other)),
        };
        fits(items.len(), limits::ITEMS_MAX, "elements").map_err(|it| it.at(list.span))?;
        self.spend(items.len(), scope)?;
        let value = match each {
            Each::All => Value::Bool(self.settled(items, parts, scope, false)?),
            Each::Exists => Value::Bool(self.settled(items, parts, scope, true)?),
            Each::ExistsOne => {
                let mut count = 0;
                for item in items {
                    count += usize::from(yes(item, parts, scope)?);
                }
                Value::Bool(count == 1)
            }
            Each::Filter => {
                let mut kept = Vec::new();
                for item in items {
                    if yes(item, parts, scope)? {
                        kept.push(self.kept(Cow::Borrowed(item), scope)?);
                    }
                }
                Value::List(kept)
            }
            Each::Map => self.mapped(items, parts, scope)?,
            Each::SortBy => self.sorted(items, parts, scope)?,
        };
        Ok(Cow::Owned(value))
    }

    /// Whether one element settles it, even where others have no value; else the first that has
    /// none is told.
    fn settled(
        &self,
        items: &[Value],
        parts: &[Node],
        scope: &Scope<'_>,
        settles: bool,
    ) -> Result<bool, Wrong> {
        let mut first = None;
        for item in items {
            match yes(item, parts, scope) {
                Ok(yes) if yes == settles => return Ok(settles),
                Ok(_) => {}
                Err(wrong) if wrong.is_final() => return Err(wrong),
                Err(wrong) => {
                    self.spend(limits::STEPS_OF_A_WRONG, scope)?;
                    first = first.or(Some(wrong));
                }
            }
        }
        first.map_or(Ok(!settles), Err)
    }

    /// What the last part gives for each element that the parts before it take.
    fn mapped(&self, items: &[Value], parts: &[Node], scope: &Scope<'_>) -> Result<Value, Wrong> {
        let Some((result, condition)) = parts.split_last() else { return Err(self.missing()) };
        let mut mapped = Vec::with_capacity(items.len());
        for item in items {
            if condition.is_empty() || yes(item, condition, scope)? {
                mapped.push(bound(item, scope, |inner| self.kept(result.value(inner)?, inner))?);
            }
        }
        Ok(Value::List(mapped))
    }

    /// The elements in the order of what the part gives for them; of equal ones the first stays
    /// before.
    fn sorted(&self, items: &[Value], parts: &[Node], scope: &Scope<'_>) -> Result<Value, Wrong> {
        let Some(by) = parts.first() else { return Err(self.missing()) };
        let mut keyed = Vec::with_capacity(items.len());
        for item in items {
            let key = bound(item, scope, |inner| self.kept(by.value(inner)?, inner))?;
            keyed.push((key, item));
        }
        for pair in keyed.windows(2) {
            if let [(one, _), (other, _)] = pair {
                compare(one, other).map_err(|failure| failure.at(by.span))?;
            }
        }
        keyed.sort_by(|(one, _), (other, _)| one.cmp(other));
        let items = keyed.into_iter().map(|(_, item)| self.kept(Cow::Borrowed(item), scope));
        Ok(Value::List(items.collect::<Result<_, _>>()?))
    }
}

/// What something gives while an element is bound.
fn bound<T>(
    item: &Value,
    scope: &Scope<'_>,
    run: impl FnOnce(&Scope<'_>) -> Result<T, Wrong>,
) -> Result<T, Wrong> {
    let local = Local { value: item, outer: scope.local };
    run(&scope.with(&local))
}

fn yes(item: &Value, parts: &[Node], scope: &Scope<'_>) -> Result<bool, Wrong> {
    bound(item, scope, |inner| parts.first().map_or(Ok(false), |part| part.yes(inner)))
}
