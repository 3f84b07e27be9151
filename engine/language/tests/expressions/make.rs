//! Makes expressions of every kind, and data and documents for them, from a list of choices.

use foldline_core::value::{Map, Number, Timestamp, Value};
use foldline_language::expression::Kinds;
use foldline_language::expression::function::{self, Function};

/// Choices that were made before; when there are no more, the first of each is taken.
pub(crate) struct Choices<'c>(pub(crate) std::slice::Iter<'c, u16>);

impl Choices<'_> {
    fn below(&mut self, bound: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % bound
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        *all.get(self.below(all.len())).expect("there is one to choose")
    }
}

/// Kinds that expressions are made for, and what is written of each where nothing is above it.
const LEAVES: [(Kinds, &[&str]); 10] = [
    (Kinds::BOOL, &["true", "false", "data.yes", "doc.open == true"]),
    (
        Kinds::NUMBER,
        &[
            "1",
            "0",
            "-2",
            "0.1",
            "1.50",
            "1e120",
            "1E-130",
            "9223372036854775807",
            "9223372036854775808",
            "12345678901234567890123456789012345678",
            "data.n",
            "data.amount",
            "doc.balance",
            "version",
        ],
    ),
    (
        Kinds::TEXT,
        &["'a'", "''", "\"ñ\\n\"", "'2024-02-29T12:00:00Z'", "'1h'", "'UTC'", "'10'", "data.text"],
    ),
    (Kinds::TEXT, &["doc.name", "stream", "type", "'YWI='", "'{\"a\":1}'", "'day'", "','"]),
    (Kinds::BYTES, &["b'ab'", "b''", "doc.blob"]),
    (Kinds::TIME, &["time", "doc.seen"]),
    (Kinds::DURATION, &["(time - doc.seen)", "(time - time)"]),
    (Kinds::LIST, &["[]", "[1, 2.5, 1]", "['b', 'a']", "data.list", "doc.tags", "[null, 1, 'a']"]),
    (Kinds::MAP, &["{}", "{'a': 1}", "data.map", "doc.by", "doc"]),
    (Kinds::ANY, &["null", "data.any", "doc.any", "data.absent", "doc?.any", "data?.map?.a"]),
];

/// Makes an expression, at most so high.
pub(crate) struct Maker<'c> {
    pub(crate) choices: Choices<'c>,
    /// How many names are bound.
    pub(crate) bound: usize,
}

impl Maker<'_> {
    /// An expression of any kind.
    pub(crate) fn any(&mut self, height: usize) -> String {
        let (kinds, _) = self.choices.of(&LEAVES);
        self.text(kinds, height)
    }

    /// An expression that is meant to give one of these kinds.
    fn text(&mut self, kinds: Kinds, height: usize) -> String {
        let meant = self.choices.below(20) > 0;
        let fitting: Vec<_> = LEAVES.iter().filter(|(own, _)| own.is_within(kinds)).collect();
        let (kinds, leaves) = if meant && !fitting.is_empty() {
            *self.choices.of(&fitting)
        } else {
            self.choices.of(&LEAVES)
        };
        if height == 0 || self.choices.below(6) == 0 {
            return match self.bound {
                0 => self.choices.of(leaves).into(),
                bound if self.choices.below(3) == 0 => format!("x{}", self.choices.below(bound)),
                _ => self.choices.of(leaves).into(),
            };
        }
        let below = height - 1;
        match self.choices.below(8) {
            0 => {
                let [condition, one, other] =
                    [Kinds::BOOL, kinds, kinds].map(|kinds| self.text(kinds, below));
                format!("({condition} ? {one} : {other})")
            }
            1 => format!("coalesce({}, {})", self.text(kinds, below), self.text(kinds, below)),
            2 | 3 => self.call(kinds, below),
            _ => self.operator(kinds, below),
        }
    }

    /// A call of a function that gives such a value, where there is one.
    fn call(&mut self, kinds: Kinds, below: usize) -> String {
        let fits = |function: &&&Function| function.gives.is_within(kinds);
        let all: Vec<&Function> = function::all().collect();
        let fitting: Vec<&Function> = all.iter().filter(fits).copied().collect();
        let function = self.choices.of(if fitting.is_empty() { &all } else { &fitting });
        let (least, most) = function.count();
        let count = least + self.choices.below(most.min(least + 2) - least + 1);
        let arguments: Vec<String> = (0..count)
            .filter_map(|place| function.takes(place))
            .map(|takes| self.text(takes.kinds, below))
            .collect();
        format!("{}({})", function.name, arguments.join(", "))
    }

    fn operator(&mut self, kinds: Kinds, below: usize) -> String {
        match kinds {
            Kinds::BOOL => self.bool(below),
            Kinds::NUMBER => match self.choices.below(5) {
                0 => format!("(-{})", self.text(Kinds::NUMBER, below)),
                _ => self.two(&["+", "-", "*", "/", "%"], kinds, kinds, below),
            },
            Kinds::TEXT | Kinds::BYTES => self.two(&["+"], kinds, kinds, below),
            Kinds::TIME => self.two(&["+", "-"], Kinds::TIME, Kinds::DURATION, below),
            Kinds::DURATION => match self.choices.below(3) {
                0 => self.two(&["-"], Kinds::TIME, Kinds::TIME, below),
                1 => format!("(-{})", self.text(kinds, below)),
                _ => self.two(&["+", "-"], kinds, kinds, below),
            },
            Kinds::LIST => match self.choices.below(5) {
                0 => self.two(&["+"], kinds, kinds, below),
                1 => self.each("map", Kinds::ANY, below),
                2 => self.each("filter", Kinds::BOOL, below),
                3 => self.each("sort_by", Kinds::NUMBER, below),
                _ => format!("[{}, {}]", self.any(below), self.any(below)),
            },
            Kinds::MAP => {
                format!("{{'a': {}, {}: 1}}", self.any(below), self.text(Kinds::TEXT, below))
            }
            _ => match self.choices.below(4) {
                0 => format!("{}[{}]", self.text(Kinds::LIST, below), self.choices.below(3)),
                1 => format!("{}?.a", self.text(Kinds::MAP, below)),
                2 => format!("{}.a", self.text(Kinds::MAP, below)),
                _ => format!("{}['a']", self.text(Kinds::MAP, below)),
            },
        }
    }

    fn two(&mut self, signs: &[&str], one: Kinds, other: Kinds, below: usize) -> String {
        let sign = self.choices.of(signs);
        format!("({} {sign} {})", self.text(one, below), self.text(other, below))
    }

    fn bool(&mut self, below: usize) -> String {
        match self.choices.below(9) {
            0 => format!("(!{})", self.text(Kinds::BOOL, below)),
            1 => self.two(&["&&", "||"], Kinds::BOOL, Kinds::BOOL, below),
            2 => self.two(&["==", "!="], Kinds::ANY, Kinds::ANY, below),
            3 => {
                let kinds = self.choices.of(&[Kinds::NUMBER, Kinds::TEXT, Kinds::TIME]);
                self.two(&["<", "<=", ">", ">="], kinds, kinds, below)
            }
            4 => self.two(&["in"], Kinds::ANY, Kinds::LIST, below),
            5 => format!("has({}.a)", self.text(Kinds::MAP, below)),
            6 => format!("{}.matches('^[a-c]+$')", self.text(Kinds::TEXT, below)),
            7 => self.each("all", Kinds::BOOL, below),
            _ => self.each("exists", Kinds::BOOL, below),
        }
    }

    fn each(&mut self, name: &str, kinds: Kinds, below: usize) -> String {
        let list = self.text(Kinds::LIST, below);
        let own = self.bound;
        self.bound += 1;
        let part = self.text(kinds, below);
        self.bound -= 1;
        format!("{list}.{name}(x{own}, {part})")
    }

    /// A value of one of these kinds, as an event or a document has it.
    fn value(&mut self, kinds: Kinds) -> Value {
        let number = |text: &str| Number::parse(text).expect("it is a number").into();
        match kinds {
            Kinds::BOOL => Value::Bool(self.choices.below(2) == 0),
            Kinds::NUMBER => number(self.choices.of(&["3", "0", "-1", "0.5", "9e100", "-7.25"])),
            Kinds::TEXT => Value::text(self.choices.of(&["", "abc", "ñ", "10", "2024-01-01"])),
            Kinds::TIME => Value::Time(Timestamp::parse("2024-02-29T00:00:00.5Z").expect("it is")),
            Kinds::BYTES => Value::Bytes([1, 2, 255].into()),
            Kinds::LIST => {
                let count = self.choices.below(3);
                Value::List((0..count).map(|_| self.value(Kinds::ANY)).collect())
            }
            Kinds::MAP => {
                let value = self.value(Kinds::ANY);
                let map: Map = [("a", value)].into_iter().take(self.choices.below(2)).collect();
                Value::Map(map)
            }
            _ => {
                let kinds = [Kinds::NULL, Kinds::BOOL, Kinds::NUMBER, Kinds::TEXT, Kinds::LIST];
                match self.choices.of(&kinds) {
                    Kinds::NULL => Value::Null,
                    kinds => self.value(kinds),
                }
            }
        }
    }

    /// Values of these kinds by these names; one in six is not there.
    pub(crate) fn map<'n>(&mut self, fields: impl Iterator<Item = (&'n str, Kinds)>) -> Value {
        let mut map = Map::default();
        for (name, kinds) in fields {
            if self.choices.below(6) > 0 {
                map.set(name, self.value(kinds).as_stored());
            }
        }
        Value::Map(map)
    }
}
