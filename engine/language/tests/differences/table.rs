//! Where our expressions give something else than those of CEL, on purpose: by name, with the
//! reason, and with examples of what comes out here and there. The page of the differences says
//! the same.

use foldline_core::value::Value;
use foldline_language::problem::Code;

use super::both::{Ours, Run, Theirs};
use super::text::{Form, Text};

/// A difference that is meant.
pub(crate) struct Difference {
    pub(crate) name: &'static str,
    pub(crate) why: &'static str,
    /// Expressions that show it, with what they give here and what in CEL, as JSON; an error is
    /// [`ERROR`].
    pub(crate) shown: &'static [(&'static str, &'static str, &'static str)],
    /// Whether it is the reason where none of its examples is a part of the expression.
    is: fn(&Text, &Run) -> bool,
}

/// What stands for an error.
pub(crate) const ERROR: &str = "an error";

/// What stands for a value that is another one from run to run.
pub(crate) const ANY_ORDER: &str = "in any order";

/// No expression but those that are shown.
const SHOWN: fn(&Text, &Run) -> bool = |_, _| false;

impl Difference {
    pub(crate) fn explains(&self, text: &Text, run: &Run) -> bool {
        let shown = |plain: &str| self.shown.iter().any(|(own, ..)| plain == format!("({own})"));
        (self.is)(text, run) || text.has_plain(shown)
    }
}

/// An expression that shows one of them.
pub(crate) fn example(number: usize) -> &'static str {
    let mut all = DIFFERENCES.iter().flat_map(|it| it.shown).map(|(own, ..)| *own);
    let count = all.clone().count();
    all.nth(number % count).unwrap_or("null")
}

pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference {
        name: "What cannot be right is told before it runs",
        why: "a mistake is found when a module is checked, not by the first event that meets it",
        shown: &[
            ("true || 1 < 'a'", ERROR, "true"),
            ("false ? 1 / 0 : 2", ERROR, "2"),
            ("[].filter(x, 1)", ERROR, "[]"),
        ],
        is: |_, run| match &run.ours {
            Ours::Problems(codes, in_spite) => {
                let reasons = [Code::WrongKind, Code::AlwaysFails];
                codes.iter().all(|code| reasons.contains(code))
                    && in_spite.as_ref() == run.theirs.value()
            }
            _ => false,
        },
    },
    Difference {
        name: "Numbers are exact and of one sort",
        why: "no amount is a float: what is whole is an int however it is written, and no \
              conversion is needed",
        shown: &[
            ("1 + 0.5", "1.5", ERROR),
            ("0.1 + 0.2 == 0.3", "true", "false"),
            ("9223372036854775808", "9223372036854775808", ERROR),
        ],
        is: |text, _| text.has_plain(|plain| DECIMALS.contains(&plain)),
    },
    Difference {
        name: "A quotient is exact, or rounded at 38 digits",
        why: "seven halves are not three; whole numbers are divided by `div`",
        shown: &[
            ("7 / 2", "3.5", "3"),
            ("-9223372036854775808 / -1", "9223372036854775808", ERROR),
        ],
        is: |text, _| text.any(&|part| matches!(part.form, Form::Between("/"))),
    },
    Difference {
        name: "No number is unsigned, hexadecimal or begins with its point",
        why: "there is one way to write a number",
        shown: &[("1u", ERROR, "1"), ("0x1F", ERROR, "31"), (".5", ERROR, "0.5")],
        is: SHOWN,
    },
    Difference {
        name: "What may be absent is written `a?.b`",
        why: "it gives null, which `coalesce` takes, and no optional that must be opened first",
        shown: &[("data?.absent", "null", ERROR), ("data.n?.more", "null", ERROR)],
        is: SHOWN,
    },
    Difference {
        name: "`has` is false where any step of the path is missing",
        why: "one question is enough for a whole path",
        shown: &[("has(data.absent.more)", "false", ERROR), ("has(data.s.more)", "false", ERROR)],
        is: |text, run| {
            let asks = text.any(&|part| matches!(part.form, Form::Call("has")));
            asks && matches!((&run.ours, &run.theirs), (Ours::Value(_), Theirs::Wrong(_)))
        },
    },
    Difference {
        name: "`has` takes an index too",
        why: "names that are no words stand in brackets",
        shown: &[("has(data['odd-name'])", "true", ERROR), ("has(data.list[7])", "false", ERROR)],
        is: |text, run| {
            let index = |part: &Text| match &part.parts[..] {
                [of] => matches!(part.form, Form::Call("has")) && of.to_string().ends_with(']'),
                _ => false,
            };
            text.any(&index) && matches!(run.theirs, Theirs::Unread)
        },
    },
    Difference {
        name: "Names of a map are texts",
        why: "so they are in the JSON that documents are",
        shown: &[("{1: 2}[1]", ERROR, "2"), ("{true: 2}[true]", ERROR, "2")],
        is: |text, run| {
            let computed = |name: &Text| !name.to_string().starts_with(['\'', '"']);
            let maps = |part: &Text| {
                matches!(part.form, Form::Map) && part.parts.iter().step_by(2).any(computed)
            };
            text.any(&maps) && run.ours.value().is_none()
        },
    },
    Difference {
        name: "In a map is nothing but texts",
        why: "that is no error, as `==` between values of different kinds is none",
        shown: &[("null in {'a': 1}", "false", ERROR), ("[] in {}", "false", ERROR)],
        is: |text, run| {
            let asks = text.any(&|part| matches!(part.form, Form::Between("in")));
            asks && matches!((&run.ours, &run.theirs), (Ours::Value(_), Theirs::Wrong(_)))
        },
    },
    Difference {
        name: "Names of a map are looked at in their order",
        why: "the same event gives the same document everywhere",
        shown: &[("{'b': 1, 'a': 2}.map(k, k)", r#"["a","b"]"#, ANY_ORDER)],
        is: |text, run| {
            let goes = |part: &Text| matches!(part.form, Form::Each("map" | "filter", _));
            text.any(&goes) && run.theirs_changes(text)
        },
    },
    Difference {
        name: "No name hides another",
        why: "what `data` means does not depend on where it stands",
        shown: &[("[1].map(data, 2)", ERROR, "[2]"), ("[1].map(x, [2].map(x, x))", ERROR, "[[2]]")],
        is: SHOWN,
    },
    Difference {
        name: "No word is reserved but `true`, `false`, `null` and `in`, and letters are those of \
               all scripts",
        why: "fields and elements are called what they are",
        shown: &[("[1].map(while, while)", "[1]", ERROR), ("[1].map(ñ, ñ)", "[1]", ERROR)],
        is: SHOWN,
    },
    Difference {
        name: "Each function is called either way",
        why: "`f(a, b)` and `a.f(b)` are the same, and a comma may stand behind the last argument",
        shown: &[("map([1], x, x)", "[1]", ERROR), ("size('a',)", "1", ERROR)],
        is: SHOWN,
    },
    Difference {
        name: "Functions of our own, and none that is not needed",
        why: "`coalesce` is for what may be absent; with one sort of numbers nothing converts \
              them, and types are no values",
        shown: &[
            ("coalesce(data.absent, 1)", "1", ERROR),
            ("double(1)", ERROR, "1"),
            ("uint(1)", ERROR, "1"),
            ("dyn(1)", ERROR, "1"),
            ("type(1) == int", ERROR, "true"),
        ],
        is: SHOWN,
    },
    Difference {
        name: "A conversion loses nothing",
        why: "what cuts off says so by its name: `floor`, `ceil` and `round`",
        shown: &[("int(2.7)", ERROR, "2"), ("floor(2.7)", "2", ERROR)],
        is: SHOWN,
    },
    Difference {
        name: "Some functions of CEL take more than there",
        why: "events hold yes and no as numbers, and times as numbers with a unit",
        shown: &[
            ("int(true)", "1", ERROR),
            ("int('2.0')", "2", ERROR),
            ("duration(90) == duration('1m30s')", "true", ERROR),
            ("timestamp(1500, 'ms') < timestamp(2)", "true", ERROR),
        ],
        is: |text, run| {
            let converts = text.any(&|part| matches!(part.form, Form::Call("int")));
            converts && matches!((&run.ours, &run.theirs), (Ours::Value(_), Theirs::Wrong(_)))
        },
    },
    Difference {
        name: "A choice may stand within a choice as it is",
        why: "nothing else can be meant",
        shown: &[("true ? true ? 1 : 2 : 3", "1", ERROR)],
        is: SHOWN,
    },
    Difference {
        name: "`!!` and `--` are done one after the other",
        why: "two mistakes do not cancel each other out",
        shown: &[("!!1", ERROR, "1"), ("--'a'", ERROR, r#""a""#)],
        is: |text, _| {
            text.any(&|part| match (&part.form, &part.parts[..]) {
                (Form::Before(sign), [of]) => of.to_string().starts_with(sign),
                _ => false,
            })
        },
    },
    Difference {
        name: "Comments are those of YAML, and names begin with their root",
        why: "there is one way to write either",
        shown: &[("1 // one", ERROR, "1"), (".data.n", ERROR, "3")],
        is: SHOWN,
    },
];

/// Whether the other implementation is not as CEL is defined: to a list it adds the names of a
/// map, of which CEL has no sum.
pub(crate) fn is_their_fault(text: &Text, run: &Run) -> bool {
    let map = |text: &Text| matches!(run.again(text).theirs.value(), Some(Value::Map(_)));
    matches!((&text.form, &text.parts[..]), (Form::Between("+"), [_, other]) if map(other))
}

/// Numbers that are not ints in CEL.
pub(crate) const DECIMALS: &[&str] = &["0.5", "2.0", "1e3", "12.50"];
