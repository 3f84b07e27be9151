//! What the operators do with values.

use std::borrow::Cow;
use std::cmp::Ordering;

use foldline_core::value::{Number, Value};

use super::super::limits;
use super::super::node::{Node, Op, Order};
use super::super::scope::Scope;
use super::super::wrong::{Failure, Wrong, shown};
use super::Given;

type Done = Result<Value, Failure>;

impl Node {
    /// What an operator gives.
    pub(super) fn operator<'a>(&'a self, scope: &Scope<'a>) -> Given<'a> {
        let value = match &self.op {
            Op::Not(of) => Value::Bool(!of.yes(scope)?),
            Op::Negated(of) => {
                let value = of.value(scope)?;
                negated(&value).map_err(|failure| failure.at(self.span))?
            }
            Op::And(one, other) => Value::Bool(self.both(one, other, scope, false)?),
            Op::Or(one, other) => Value::Bool(self.both(one, other, scope, true)?),
            Op::Equal(one, other) => Value::Bool(self.equal(one, other, scope)?),
            Op::Unequal(one, other) => Value::Bool(!self.equal(one, other, scope)?),
            Op::Ordered(order, one, other) => self.two(one, other, scope, |a, b| {
                scope.cost.build(compared(a, b))?;
                Ok(Value::Bool(order.holds(compare(a, b)?)))
            })?,
            Op::In(one, other) => self.two(one, other, scope, |a, b| {
                scope.cost.build(looked_through(a, b))?;
                within(a, b)
            })?,
            Op::Plus(one, other) => {
                let value = self.two(one, other, scope, plus)?;
                self.build(value.bytes(), scope)?;
                value
            }
            Op::Minus(one, other) => self.two(one, other, scope, minus)?,
            Op::Times(one, other) => {
                self.two(one, other, scope, |a, b| Ok(numbers("*", a, b)?.times()?.into()))?
            }
            Op::Over(one, other) => {
                self.two(one, other, scope, |a, b| Ok(numbers("/", a, b)?.over()?.into()))?
            }
            Op::Rest(one, other) => self.two(one, other, scope, rest)?,
            _ => return Err(self.missing()),
        };
        Ok(Cow::Owned(value))
    }

    /// Whether both are so, or one of the two: either side settles it where it is `settles`, even
    /// where the other has no value.
    fn both(
        &self,
        one: &Node,
        other: &Node,
        scope: &Scope<'_>,
        settles: bool,
    ) -> Result<bool, Wrong> {
        let wrong = match one.yes(scope) {
            Ok(yes) if yes == settles => return Ok(settles),
            Ok(_) => return other.yes(scope),
            Err(wrong) if wrong.is_final() => return Err(wrong),
            Err(wrong) => wrong,
        };
        self.spend(limits::STEPS_OF_A_WRONG, scope)?;
        match other.yes(scope) {
            Ok(yes) if yes == settles => Ok(settles),
            Err(last) if last.is_final() => Err(last),
            _ => Err(wrong),
        }
    }

    fn equal(&self, one: &Node, other: &Node, scope: &Scope<'_>) -> Result<bool, Wrong> {
        let (one, other) = (one.value(scope)?, other.value(scope)?);
        self.build(compared(&one, &other), scope)?;
        Ok(one == other)
    }

    fn two<'a>(
        &self,
        one: &'a Node,
        other: &'a Node,
        scope: &Scope<'a>,
        operator: impl FnOnce(&Value, &Value) -> Done,
    ) -> Result<Value, Wrong> {
        let one = one.value(scope)?;
        let other = other.value(scope)?;
        operator(&one, &other).map_err(|failure| failure.of(&one, &other).at(self.span))
    }
}

impl Order {
    pub(in super::super) fn holds(self, ordering: Ordering) -> bool {
        match self {
            Order::Less => ordering.is_lt(),
            Order::LessOrEqual => ordering.is_le(),
            Order::Greater => ordering.is_gt(),
            Order::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

/// How two values of a kind that has an order stand to one another.
pub(crate) fn compare(one: &Value, other: &Value) -> Result<Ordering, Failure> {
    let comparable = match (one, other) {
        (Value::Bool(_), Value::Bool(_))
        | (Value::Text(_), Value::Text(_))
        | (Value::Bytes(_), Value::Bytes(_))
        | (Value::Time(_), Value::Time(_))
        | (Value::Duration(_), Value::Duration(_)) => true,
        _ => one.number().is_some() && other.number().is_some(),
    };
    if comparable {
        return Ok(one.cmp(other));
    }
    let message = format!("{} and {} have no order", shown(one), shown(other));
    Err(Failure::new("type", message))
}

/// How many bytes are looked at, at most, where two values are compared.
fn compared(one: &Value, other: &Value) -> usize {
    match (one, other) {
        (Value::Text(one), Value::Text(other)) => one.len().min(other.len()),
        (Value::Bytes(one), Value::Bytes(other)) => one.len().min(other.len()),
        (Value::List(_), Value::List(_)) | (Value::Map(_), Value::Map(_)) => {
            one.bytes().min(other.bytes())
        }
        _ => 0,
    }
}

/// How many bytes are looked at, at most, where one is looked for in the other.
fn looked_through(one: &Value, other: &Value) -> usize {
    match (one, other) {
        (Value::List(_) | Value::Map(_), Value::List(_)) => other.bytes(),
        // Each element costs something, though little where it is another number.
        (Value::Text(one), Value::List(list)) => list.len().saturating_mul(2 + one.len()),
        (Value::Bytes(one), Value::List(list)) => list.len().saturating_mul(2 + one.len()),
        (_, Value::List(list)) => list.len().saturating_mul(2),
        _ => 0,
    }
}

fn within(one: &Value, other: &Value) -> Done {
    match (one, other) {
        (one, Value::List(list)) => Ok(Value::Bool(list.contains(one))),
        (Value::Text(name), Value::Map(map)) => Ok(Value::Bool(map.get(name).is_some())),
        (_, Value::Map(_)) => Ok(Value::Bool(false)),
        _ => Err(Failure::kind("a list or a map", other)),
    }
}

fn plus(one: &Value, other: &Value) -> Done {
    Ok(match (one, other) {
        (Value::Text(one), Value::Text(other)) => {
            fits(one.len() + other.len(), limits::TEXT_BYTES_MAX, "bytes")?;
            let mut text = one.clone();
            text.push_str(other);
            Value::Text(text)
        }
        (Value::List(one), Value::List(other)) => {
            fits(one.len() + other.len(), limits::ITEMS_MAX, "elements")?;
            Value::List(one.iter().chain(other).cloned().collect())
        }
        (Value::Bytes(one), Value::Bytes(other)) => {
            fits(one.len() + other.len(), limits::TEXT_BYTES_MAX, "bytes")?;
            Value::Bytes([&**one, &**other].concat().into())
        }
        (Value::Time(time), Value::Duration(length))
        | (Value::Duration(length), Value::Time(time)) => {
            Value::Time(time.plus(*length).ok_or_else(out_of_range)?)
        }
        (Value::Duration(one), Value::Duration(other)) => {
            Value::Duration(one.plus(*other).ok_or_else(out_of_range)?)
        }
        _ => {
            let Numbers(one, other) = numbers("+", one, other)?;
            one.plus(other)?.into()
        }
    })
}

fn minus(one: &Value, other: &Value) -> Done {
    let back = |length: &foldline_core::value::Duration| length.negated().ok_or_else(out_of_range);
    Ok(match (one, other) {
        (Value::Time(one), Value::Time(other)) => Value::Duration(one.since(*other)),
        (Value::Time(time), Value::Duration(length)) => {
            Value::Time(time.plus(back(length)?).ok_or_else(out_of_range)?)
        }
        (Value::Duration(one), Value::Duration(other)) => {
            Value::Duration(one.plus(back(other)?).ok_or_else(out_of_range)?)
        }
        _ => {
            let Numbers(one, other) = numbers("-", one, other)?;
            one.minus(other)?.into()
        }
    })
}

/// What is left of a division of whole numbers, with the sign of what is divided.
fn rest(one: &Value, other: &Value) -> Done {
    let (Value::Int(one), Value::Int(other)) = (one, other) else {
        let message = format!("`%` takes two ints, found {} and {}", shown(one), shown(other));
        return Err(Failure::new("type", message));
    };
    if *other == 0 {
        return Err(foldline_core::value::NumberError::DivisionByZero.into());
    }
    one.checked_rem(*other)
        .map(Value::Int)
        .ok_or_else(|| foldline_core::value::NumberError::Overflow.into())
}

fn negated(value: &Value) -> Done {
    match (value, value.number()) {
        (Value::Duration(length), _) => {
            length.negated().map(Value::Duration).ok_or_else(out_of_range)
        }
        (_, Some(number)) => Ok(number.negated()?.into()),
        _ => Err(Failure::kind("a number or a duration", value)),
    }
}

/// Two numbers that an operator is given.
struct Numbers(Number, Number);

impl Numbers {
    fn times(&self) -> Result<Number, Failure> {
        Ok(self.0.times(self.1)?)
    }

    fn over(&self) -> Result<Number, Failure> {
        Ok(self.0.over(self.1)?)
    }
}

fn numbers(operator: &str, one: &Value, other: &Value) -> Result<Numbers, Failure> {
    if let (Some(one), Some(other)) = (one.number(), other.number()) {
        return Ok(Numbers(one, other));
    }
    let message = format!("`{operator}` has no meaning for {} and {}", shown(one), shown(other));
    Err(Failure::new("type", message))
}

fn out_of_range() -> Failure {
    Failure::new("overflow", "the time is not in the years 0 to 9999, or the duration is too long")
}

/// Refuses what grows past its limit.
pub(crate) fn fits(size: usize, most: usize, what: &str) -> Result<(), Failure> {
    if size <= most {
        return Ok(());
    }
    Err(Failure::new("too_large", format!("the result has {size} {what}, the limit is {most}")))
}
