//! Forms that look like functions and are none: they bind a name, look at a path, or take what is
//! written out. The checker knows each of them; here stands what their authors read.

/// A form that looks like a function.
#[derive(Debug)]
pub struct Form {
    /// How it is called.
    pub name: &'static str,
    /// How it is written.
    pub written: &'static str,
    /// What it does, in a sentence without a stop.
    pub says: &'static str,
    /// Expressions with it, and what each gives, as canonical JSON.
    pub examples: &'static [(&'static str, &'static str)],
}

/// All forms, in the order of the reference.
pub const FORMS: [Form; 9] = [
    Form {
        name: "has",
        written: "has(data.a.b)",
        says: "whether each step of the path is there",
        examples: &[("[{'a': null}, {}].map(x, has(x.a))", "[true,false]")],
    },
    Form {
        name: "coalesce",
        written: "coalesce(x, y)",
        says: "the first that is there and not null, else null; there may be more than two",
        examples: &[("[{'a': 1}, {'a': null}, {}].map(x, coalesce(x.a, 0))", "[1,0,0]")],
    },
    Form {
        name: "matches",
        written: "text.matches('pattern')",
        says: "whether the pattern, which is written out, is found in the text; patterns are those \
               of RE2, and the classes of their letters those of ASCII",
        examples: &[
            ("'wallet-7'.matches('^[a-z]+-[0-9]+$')", "true"),
            ("'wallet'.matches('[0-9]')", "false"),
        ],
    },
    Form {
        name: "all",
        written: "list.all(x, condition)",
        says: "whether it holds for each element",
        examples: &[("[1, 2].all(x, x > 0)", "true"), ("[].all(x, x > 0)", "true")],
    },
    Form {
        name: "exists",
        written: "list.exists(x, condition)",
        says: "whether it holds for one element",
        examples: &[("[1, 2].exists(x, x > 1)", "true")],
    },
    Form {
        name: "exists_one",
        written: "list.exists_one(x, condition)",
        says: "whether it holds for one element only",
        examples: &[("[1, 2].exists_one(x, x > 0)", "false")],
    },
    Form {
        name: "map",
        written: "list.map(x, value)",
        says: "what the value is for each element; as `list.map(x, condition, value)` for each \
               that the condition holds for",
        examples: &[("[1, 2].map(x, x * 2)", "[2,4]"), ("[1, 2].map(x, x > 1, x * 2)", "[4]")],
    },
    Form {
        name: "filter",
        written: "list.filter(x, condition)",
        says: "the elements that it holds for",
        examples: &[("[1, 2, 3].filter(x, x > 1)", "[2,3]")],
    },
    Form {
        name: "sort_by",
        written: "list.sort_by(x, value)",
        says: "the elements in the order of their values; of equal ones the first stays before",
        examples: &[("[{'n': 2}, {'n': 1}].sort_by(x, x.n)", r#"[{"n":1},{"n":2}]"#)],
    },
];
