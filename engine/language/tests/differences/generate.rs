//! Makes expressions and data at random, the same from the same seed. Most expressions are of the
//! right kinds, so that their values say something; one in twenty parts is of any kind at all.

use foldline_core::value::{Map, Value};

use super::table;
use super::text::{Form, Text};

/// A source of numbers: splitmix64.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn seeded(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0xD134_2543_DE82_EF95))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).expect("it is below one")
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        *all.get(self.below(all.len())).expect("there is one to choose")
    }
}

/// What an expression is meant to give.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Bool,
    Int,
    Text,
    Null,
    Ints,
    Texts,
    /// Maps with an int `q` and a text `name`.
    Rows,
    Map,
}

const KINDS: [Kind; 8] =
    [Kind::Bool, Kind::Int, Kind::Text, Kind::Null, Kind::Ints, Kind::Texts, Kind::Rows, Kind::Map];

const INTS: [i64; 12] =
    [0, 1, 2, 3, 5, 7, -1, -2, 10, i64::MAX, i64::MIN, 4_611_686_018_427_387_904];

const TEXTS: [&str; 10] = ["", "a", "b", "ab", "aba", "añb", "日本", "\u{1F600}", "q", "name"];

/// Functions of two texts that tell whether something is so.
const TEXT_TESTS: &[&str] = &["contains", "startsWith", "endsWith"];

/// The data of an event.
pub(crate) fn data(dice: &mut Dice) -> Value {
    let int = |dice: &mut Dice| Value::Int(dice.of(&INTS));
    let text = |dice: &mut Dice| Value::text(dice.of(&TEXTS));
    let list = |dice: &mut Dice, item: &dyn Fn(&mut Dice) -> Value| {
        let count = dice.below(4);
        Value::List((0..count).map(|_| item(dice)).collect())
    };
    let row = |dice: &mut Dice| {
        let mut row = Map::default();
        row.set("q", int(dice));
        if !dice.one_in(8) {
            row.set("name", text(dice));
        }
        Value::Map(row)
    };
    let mut map = Map::default();
    map.set("n", int(dice));
    map.set("m", int(dice));
    map.set("s", text(dice));
    map.set("t", text(dice));
    map.set("yes", Value::Bool(dice.one_in(2)));
    map.set("none", Value::Null);
    map.set("ints", list(dice, &int));
    map.set("texts", list(dice, &text));
    map.set("rows", list(dice, &row));
    map.set("row", row(dice));
    let inner: Map = [("b", int(dice)), ("c", text(dice))].into_iter().collect();
    map.set("deep", Value::Map([("a", Value::Map(inner))].into_iter().collect()));
    map.set("odd-name", int(dice));
    Value::Map(map)
}

/// An expression.
pub(crate) fn text(dice: &mut Dice) -> Text {
    let (kind, height) = (dice.of(&KINDS), dice.below(6));
    Maker { dice, bound: Vec::new() }.text(kind, height)
}

struct Maker<'d> {
    dice: &'d mut Dice,
    /// The names that are bound, and what each is.
    bound: Vec<(String, Kind)>,
}

impl Maker<'_> {
    /// An expression that gives such a value, and is at most so high.
    fn text(&mut self, kind: Kind, height: usize) -> Text {
        if self.dice.one_in(400) {
            return Text::plain(format!("({})", table::example(self.dice.below(usize::MAX))));
        }
        let kind = if self.dice.one_in(20) { self.dice.of(&KINDS) } else { kind };
        if height == 0 || self.dice.one_in(8) {
            return self.leaf(kind);
        }
        let below = height - 1;
        if self.dice.one_in(10) {
            let parts = [Kind::Bool, kind, kind].map(|kind| self.text(kind, below));
            return Text::of(Form::Choice, parts);
        }
        match kind {
            Kind::Bool => self.bool(below),
            Kind::Int => self.int(below),
            Kind::Text => match self.dice.below(5) {
                0 => self.element(Kind::Texts, below),
                1 => self.field(Kind::Map, "name", below),
                2 => {
                    let kind = self.dice.of(&[Kind::Int, Kind::Bool, Kind::Text]);
                    self.converted("string", kind, below)
                }
                _ => self.between(&["+"], Kind::Text, Kind::Text, below),
            },
            Kind::Null => self.field(Kind::Map, "none", below),
            Kind::Ints | Kind::Texts | Kind::Rows => self.list(kind, below),
            Kind::Map => match self.dice.below(2) {
                0 => self.element(Kind::Rows, below),
                _ => self.map(below),
            },
        }
    }

    fn bool(&mut self, below: usize) -> Text {
        match self.dice.below(12) {
            0 => Text::of(Form::Before("!"), [self.text(Kind::Bool, below)]),
            1 | 2 => self.between(&["&&", "||"], Kind::Bool, Kind::Bool, below),
            3 | 4 => {
                let kind = self.dice.of(&KINDS);
                self.between(&["==", "!="], kind, kind, below)
            }
            5 => {
                let kind = self.dice.of(&[Kind::Int, Kind::Text, Kind::Bool]);
                self.between(&["<", "<=", ">", ">="], kind, kind, below)
            }
            6 => {
                let (one, many) = self.dice.of(&[
                    (Kind::Int, Kind::Ints),
                    (Kind::Text, Kind::Texts),
                    (Kind::Text, Kind::Map),
                    (Kind::Map, Kind::Rows),
                ]);
                self.between(&["in"], one, many, below)
            }
            7 => Text::of(Form::Call("has"), [self.path()]),
            8 | 9 => {
                let name = self.dice.of(TEXT_TESTS);
                self.called(name, &[Kind::Text, Kind::Text], below)
            }
            _ => {
                let kind = self.dice.of(&[Kind::Ints, Kind::Texts, Kind::Rows, Kind::Map]);
                let name = self.dice.of(&["all", "exists", "exists_one"]);
                self.each(name, kind, &[Kind::Bool], below)
            }
        }
    }

    fn int(&mut self, below: usize) -> Text {
        match self.dice.below(8) {
            0 => Text::of(Form::Before("-"), [self.text(Kind::Int, below)]),
            1 => self.element(Kind::Ints, below),
            2 => self.field(Kind::Map, "q", below),
            3 => {
                let kinds = [Kind::Text, Kind::Ints, Kind::Texts, Kind::Rows, Kind::Map];
                let kind = self.dice.of(&kinds);
                let form = if self.dice.one_in(2) { Form::On("size") } else { Form::Call("size") };
                Text::of(form, [self.text(kind, below)])
            }
            4 if self.dice.one_in(20) => self.between(&["/"], Kind::Int, Kind::Int, below),
            5 if self.dice.one_in(2) => {
                let of = match self.dice.below(3) {
                    0 => self.text(Kind::Int, below),
                    _ => self.converted("string", Kind::Int, below),
                };
                Text::of(Form::Call("int"), [of])
            }
            _ => self.between(&["+", "-", "*", "%"], Kind::Int, Kind::Int, below),
        }
    }

    fn list(&mut self, kind: Kind, below: usize) -> Text {
        match self.dice.below(5) {
            0 => self.between(&["+"], kind, kind, below),
            1 => self.each("filter", kind, &[Kind::Bool], below),
            2 | 3 => {
                let of = self.dice.of(&[Kind::Ints, Kind::Texts, Kind::Rows]);
                let value = item(kind);
                match self.dice.below(4) {
                    0 => self.each("map", of, &[Kind::Bool, value], below),
                    _ => self.each("map", of, &[value], below),
                }
            }
            _ => {
                let count = self.dice.below(4);
                let parts = (0..count).map(|_| self.text(item(kind), below)).collect();
                Text { form: Form::List, parts }
            }
        }
    }

    fn map(&mut self, below: usize) -> Text {
        let mut parts = Vec::new();
        for (name, kind) in [("'q'", Kind::Int), ("'name'", Kind::Text), ("'none'", Kind::Null)] {
            if !self.dice.one_in(4) {
                let name = match self.dice.below(8) {
                    0 => self.text(Kind::Text, below),
                    _ => Text::plain(name),
                };
                parts.extend([name, self.text(kind, below)]);
            }
        }
        Text { form: Form::Map, parts }
    }

    fn between(&mut self, signs: &[&'static str], one: Kind, other: Kind, below: usize) -> Text {
        let sign = self.dice.of(signs);
        Text::of(Form::Between(sign), [self.text(one, below), self.text(other, below)])
    }

    fn called(&mut self, name: &'static str, kinds: &[Kind], below: usize) -> Text {
        let parts = kinds.iter().map(|kind| self.text(*kind, below)).collect();
        Text { form: Form::On(name), parts }
    }

    fn converted(&mut self, name: &'static str, kind: Kind, below: usize) -> Text {
        Text::of(Form::Call(name), [self.text(kind, below)])
    }

    fn field(&mut self, of: Kind, name: &str, below: usize) -> Text {
        let of = self.text(of, below);
        if self.dice.one_in(4) {
            return Text::of(Form::Index, [of, Text::plain(format!("'{name}'"))]);
        }
        Text::of(Form::Field(".", name.into()), [of])
    }

    fn element(&mut self, of: Kind, below: usize) -> Text {
        let at = match self.dice.below(4) {
            0 => self.text(Kind::Int, below),
            _ => Text::plain(self.dice.of(&["0", "1", "2"])),
        };
        Text::of(Form::Index, [self.text(of, below), at])
    }

    /// Elements by a name that means nothing else.
    fn each(&mut self, name: &'static str, of: Kind, kinds: &[Kind], below: usize) -> Text {
        let mut parts = vec![self.text(of, below)];
        let own = format!("x{}", self.bound.len());
        self.bound.push((own.clone(), item(of)));
        for kind in kinds {
            let part = if *kind == Kind::Bool && self.dice.one_in(3) {
                self.condition(&own, item(of))
            } else {
                self.text(*kind, below)
            };
            parts.push(part);
        }
        self.bound.pop();
        Text { form: Form::Each(name, own), parts }
    }

    /// A condition of an element, which has no value for some elements.
    fn condition(&mut self, name: &str, kind: Kind) -> Text {
        let own = Text::plain(name);
        let (sign, one, other) = match kind {
            Kind::Int => (">", Text::of(Form::Between("%"), [Text::plain("7"), own]), Kind::Int),
            Kind::Map => ("!=", Text::of(Form::Field(".", "name".into()), [own]), Kind::Text),
            _ => ("<", own, Kind::Text),
        };
        Text::of(Form::Between(sign), [one, self.leaf(other)])
    }

    /// A path that leads somewhere, or nowhere.
    fn path(&mut self) -> Text {
        let plain = |path: &str| {
            let Some((of, name)) = path.rsplit_once('.').filter(|_| !path.ends_with(']')) else {
                return Text::plain(path);
            };
            Text::of(Form::Field(".", name.into()), [Text::plain(of)])
        };
        plain(self.dice.of(&[
            "data.n",
            "data.none",
            "data.absent",
            "data.deep.a",
            "data.deep.a.b",
            "data.deep.a.x",
            "data.row.name",
            "data.rows[0].name",
            "data.rows[2].name",
            "data.absent.more",
            "data.s.more",
            "data.ints.more",
            "data['odd-name']",
            "data.rows[1]",
        ]))
    }

    fn leaf(&mut self, kind: Kind) -> Text {
        let bound = self.bound.iter().rev().filter(|(_, own)| *own == kind).map(|(name, _)| name);
        if let Some(name) = bound.clone().next().filter(|_| !self.dice.one_in(3)) {
            return Text::plain(name.clone());
        }
        let paths: &[&str] = match kind {
            Kind::Bool => &["data.yes", "true", "false", "!data.yes"],
            Kind::Int => &[
                "data.n",
                "data.m",
                "data.deep.a.b",
                "data['odd-name']",
                "data.row.q",
                "data.rows[0].q",
                "data.absent",
            ],
            Kind::Text => &["data.s", "data.t", "data.deep.a.c", "data.row.name", "data.texts[0]"],
            Kind::Null => &["data.none", "null"],
            Kind::Ints => &["data.ints", "[]", "[1, 2, 3]", "[data.n, 0, 1,]"],
            Kind::Texts => &["data.texts", "[]", "['a', 'b']"],
            Kind::Rows => &["data.rows", "[]", "[data.row]", "[{'q': 1, 'name': 'a'}]"],
            Kind::Map => &["data", "data.deep", "data.row", "data.rows[1]", "{}", "{'q': 1,}"],
        };
        match kind {
            Kind::Int if self.dice.one_in(100) => Text::plain(self.dice.of(table::DECIMALS)),
            Kind::Int if self.dice.one_in(2) => Text::plain(self.dice.of(&INTS).to_string()),
            Kind::Text if self.dice.one_in(2) => self.quoted(),
            _ => Text::plain(self.dice.of(paths)),
        }
    }

    /// A text that is written out, in one of the ways that there are.
    fn quoted(&mut self) -> Text {
        if self.dice.one_in(8) {
            return Text::plain(self.dice.of(&[
                r"'\n\t\\\''",
                r#""it's""#,
                r#"'say "a"'"#,
                r"'\u00f1\U0001F600\x41\101'",
                r"r'\n'",
                "'''a\nb'''",
                r#""""a"b""""#,
                r"'\a\b\f\v\`\?'",
                r"'\ud800'",
                r"'\U00110000'",
                r"'\q'",
                r"R'\'",
                "'a\u{301}'",
            ]));
        }
        let (text, quote) = (self.dice.of(&TEXTS), self.dice.of(&['\'', '"']));
        Text::plain(format!("{quote}{text}{quote}"))
    }
}

/// What the elements are.
fn item(kind: Kind) -> Kind {
    match kind {
        Kind::Ints => Kind::Int,
        Kind::Rows => Kind::Map,
        _ => Kind::Text,
    }
}
