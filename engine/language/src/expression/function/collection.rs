//! What is made of lists and maps. The names of a map are in their order, always.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use foldline_core::value::{Number, Value};

use super::super::evaluate::compare;
use super::super::kinds::Kinds;
use super::super::wrong::Failure;
use super::arguments::Arguments;
use super::built::{self, Done};
use super::{Function, needed, optional};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "size",
        takes: &[needed("of", Kinds::TEXT.or(Kinds::BYTES).or(Kinds::LIST).or(Kinds::MAP))],
        more: false,
        gives: Kinds::INT,
        says: "how many characters, bytes, elements or names there are",
        examples: &[("size('añb')", "3"), ("[1, 2].size()", "2"), ("size({'a': 1})", "1")],
        run: size,
    },
    Function {
        name: "min",
        takes: &[needed("values", Kinds::ANY)],
        more: true,
        gives: Kinds::ANY,
        says: "the least of a list, or of several values; of none at all there is none",
        examples: &[("min([3, 1.5, 2])", "1.5"), ("min('b', 'a')", r#""a""#)],
        run: |of| outermost(of, Ordering::Less),
    },
    Function {
        name: "max",
        takes: &[needed("values", Kinds::ANY)],
        more: true,
        gives: Kinds::ANY,
        says: "the greatest of a list, or of several values; of none at all there is none",
        examples: &[("max([3, 1.5, 2])", "3"), ("max(0, -2)", "0")],
        run: |of| outermost(of, Ordering::Greater),
    },
    Function {
        name: "sum",
        takes: &[needed("list", Kinds::LIST)],
        more: false,
        gives: Kinds::NUMBER,
        says: "the numbers of the list together; of none it is 0",
        examples: &[("sum([0.1, 0.2])", "0.3"), ("sum([])", "0")],
        run: sum,
    },
    Function {
        name: "keys",
        takes: &[needed("map", Kinds::MAP)],
        more: false,
        gives: Kinds::LIST,
        says: "the names of the map, in their order",
        examples: &[("keys({'b': 1, 'a': 2})", r#"["a","b"]"#)],
        run: |of| built::list(of.map(0)?.iter().map(|(name, _)| Value::text(name))),
    },
    Function {
        name: "values",
        takes: &[needed("map", Kinds::MAP)],
        more: false,
        gives: Kinds::LIST,
        says: "the values of the map, in the order of their names",
        examples: &[("values({'b': 1, 'a': 2})", "[2,1]")],
        run: |of| built::list(of.map(0)?.iter().map(|(_, value)| value.clone())),
    },
    Function {
        name: "distinct",
        takes: &[needed("list", Kinds::LIST)],
        more: false,
        gives: Kinds::LIST,
        says: "the elements of the list, each where it comes first",
        examples: &[("distinct([2, 1, 2.0])", "[2,1]")],
        run: |of| {
            let mut seen = BTreeSet::new();
            built::list(of.list(0)?.iter().filter(|item| seen.insert(*item)).cloned())
        },
    },
    Function {
        name: "sort",
        takes: &[needed("list", Kinds::LIST)],
        more: false,
        gives: Kinds::LIST,
        says: "the elements of the list, the least first; what has no order is refused, and \
               `sort_by` sorts by anything else",
        examples: &[("sort([2, 10, 1.5])", "[1.5,2,10]"), ("sort(['b', 'a'])", r#"["a","b"]"#)],
        run: sort,
    },
    Function {
        name: "reverse",
        takes: &[needed("list", Kinds::LIST)],
        more: false,
        gives: Kinds::LIST,
        says: "the elements of the list, the last first",
        examples: &[("reverse([1, 2, 3])", "[3,2,1]")],
        run: |of| built::list(of.list(0)?.iter().rev().cloned()),
    },
    Function {
        name: "take",
        takes: &[needed("list", Kinds::LIST), needed("n", Kinds::INT)],
        more: false,
        gives: Kinds::LIST,
        says: "the first so many elements of the list, or all where there are fewer",
        examples: &[("take([1, 2, 3], 2)", "[1,2]"), ("take([1], 2)", "[1]")],
        run: |of| {
            let count = of.count(1)?;
            built::list(of.list(0)?.iter().take(count).cloned())
        },
    },
    Function {
        name: "last",
        takes: &[needed("list", Kinds::LIST), optional("n", Kinds::INT)],
        more: false,
        gives: Kinds::ANY,
        says: "the last element of the list; with `n` a list of the last so many, or of all where \
               there are fewer",
        examples: &[("last([1, 2, 3])", "3"), ("last([1, 2, 3], 2)", "[2,3]")],
        run: last,
    },
    Function {
        name: "flatten",
        takes: &[needed("list", Kinds::LIST)],
        more: false,
        gives: Kinds::LIST,
        says: "the elements of the lists in the list, one after another; what is no list stays",
        examples: &[("flatten([[1, 2], 3, [[4]]])", "[1,2,3,[4]]")],
        run: |of| {
            built::list(
                of.list(0)?
                    .iter()
                    .flat_map(|item| match item {
                        Value::List(items) => items.as_slice(),
                        other => std::slice::from_ref(other),
                    })
                    .cloned(),
            )
        },
    },
];

fn size(of: Arguments<'_>) -> Done {
    let size = match of.value(0)? {
        Value::Text(text) => text.chars().count(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(items) => items.len(),
        Value::Map(map) => map.len(),
        other => return Err(Failure::kind("a string, bytes, a list or a map", other)),
    };
    Ok(Value::Int(i64::try_from(size).unwrap_or(i64::MAX)))
}

/// The least or the greatest; of equal ones the first.
fn outermost(of: Arguments<'_>, wanted: Ordering) -> Done {
    let items: Vec<&Value> = match of.0 {
        [list] => match list.as_ref() {
            Value::List(items) => items.iter().collect(),
            other => return Err(Failure::kind("a list, or several values", other)),
        },
        _ => of.all().collect(),
    };
    let mut items = items.into_iter();
    let Some(mut outermost) = items.next() else {
        let word = if wanted.is_lt() { "least" } else { "greatest" };
        return Err(Failure::new("empty", format!("an empty list has no {word} element")));
    };
    for item in items {
        if compare(item, outermost)? == wanted {
            outermost = item;
        }
    }
    Ok(outermost.clone())
}

fn sum(of: Arguments<'_>) -> Done {
    let mut sum = Number::Int(0);
    for item in of.list(0)? {
        let number = item.number().ok_or_else(|| Failure::kind("numbers", item))?;
        sum = sum.plus(number)?;
    }
    Ok(sum.into())
}

fn sort(of: Arguments<'_>) -> Done {
    let mut items: Vec<&Value> = of.list(0)?.iter().collect();
    for pair in items.windows(2) {
        if let [one, other] = pair {
            compare(one, other)?;
        }
    }
    items.sort();
    built::list(items.into_iter().cloned())
}

fn last(of: Arguments<'_>) -> Done {
    let items = of.list(0)?;
    if of.given(1).is_some() {
        let skipped = items.len().saturating_sub(of.count(1)?);
        return built::list(items.iter().skip(skipped).cloned());
    }
    let last = items.last().cloned();
    last.ok_or_else(|| Failure::new("empty", "an empty list has no last element"))
}
