//! Operators between two operands: which kinds each takes, and what it gives.

use super::super::kinds::Kinds;
use super::super::node::{Node, Op, Order};
use super::super::tree::{Binary, Kind, Tree};
use super::{Compiled, Compiler};
use crate::problem::{Code, Problem, Span};

/// Kinds of which an operator takes two, and what it gives for them.
type Row = (Kinds, Kinds, Kinds);

const NUMBERS: Row = (Kinds::NUMBER, Kinds::NUMBER, Kinds::NUMBER);

const LOGIC: &[Row] = &[(Kinds::BOOL, Kinds::BOOL, Kinds::BOOL)];

const IN: &[Row] = &[(Kinds::ANY, Kinds::LIST.or(Kinds::MAP), Kinds::BOOL)];

const REST: &[Row] = &[(Kinds::INT, Kinds::INT, Kinds::INT)];

const PLUS: &[Row] = &[
    NUMBERS,
    (Kinds::TEXT, Kinds::TEXT, Kinds::TEXT),
    (Kinds::LIST, Kinds::LIST, Kinds::LIST),
    (Kinds::BYTES, Kinds::BYTES, Kinds::BYTES),
    (Kinds::TIME, Kinds::DURATION, Kinds::TIME),
    (Kinds::DURATION, Kinds::TIME, Kinds::TIME),
    (Kinds::DURATION, Kinds::DURATION, Kinds::DURATION),
];

const MINUS: &[Row] = &[
    NUMBERS,
    (Kinds::TIME, Kinds::TIME, Kinds::DURATION),
    (Kinds::TIME, Kinds::DURATION, Kinds::TIME),
    (Kinds::DURATION, Kinds::DURATION, Kinds::DURATION),
];

const ORDER: &[Row] = &[
    (Kinds::NUMBER, Kinds::NUMBER, Kinds::BOOL),
    (Kinds::TEXT, Kinds::TEXT, Kinds::BOOL),
    (Kinds::TIME, Kinds::TIME, Kinds::BOOL),
    (Kinds::DURATION, Kinds::DURATION, Kinds::BOOL),
    (Kinds::BYTES, Kinds::BYTES, Kinds::BOOL),
    (Kinds::BOOL, Kinds::BOOL, Kinds::BOOL),
];

/// What an operator takes and gives; none for those that take anything.
fn table(binary: Binary) -> Option<&'static [Row]> {
    Some(match binary {
        Binary::Or | Binary::And => LOGIC,
        Binary::Equal | Binary::Unequal => return None,
        Binary::Less | Binary::LessOrEqual | Binary::Greater | Binary::GreaterOrEqual => ORDER,
        Binary::In => IN,
        Binary::Plus => PLUS,
        Binary::Minus => MINUS,
        Binary::Times | Binary::Over => &[NUMBERS],
        Binary::Rest => REST,
    })
}

impl Compiler<'_> {
    pub(super) fn binary(
        &mut self,
        binary: Binary,
        at: Span,
        one: &Tree,
        other: &Tree,
        span: Span,
    ) -> Compiled {
        let (left, right) = (one, other);
        let one = self.compile(left);
        let told = self.problems.len();
        let other = self.compile(right);
        if binary == Binary::Minus && left.span.to == at.from && at.to == right.span.from {
            self.dashed(left, right, told);
        }
        let kinds = if let Some(rows) = table(binary) {
            self.fit(binary, at, rows, &one, &other)
        } else {
            self.never_equal(binary, &one, &other, at);
            Kinds::BOOL
        };
        Compiled { node: Node::new(span, op(binary, one.node, other.node)), kinds }
    }

    /// Says of `data.a-b`, where nothing is called `b`, how a name with a dash is written.
    fn dashed(&mut self, one: &Tree, other: &Tree, told: usize) {
        if let (Kind::Field { of, name, .. }, Kind::Name(rest)) = (&one.kind, &other.kind)
            && let Some(of) = of.path_text()
            && let Some(problem) = self.problems.get_mut(told)
        {
            let name = format!("{}-{rest}", name.text);
            problem.hint = Some(format!("a name with `-` stands in brackets: `{of}['{name}']`"));
        }
    }

    /// What the rows that fit give; that none does is told.
    fn fit(
        &mut self,
        binary: Binary,
        at: Span,
        rows: &[Row],
        one: &Compiled,
        other: &Compiled,
    ) -> Kinds {
        let fits = |row: &&Row| one.kinds.may_be(row.0) && other.kinds.may_be(row.1);
        let mut fitting = rows.iter().filter(fits).peekable();
        if fitting.peek().is_some() {
            return fitting.fold(Kinds::NONE, |kinds, row| kinds.or(row.2));
        }
        let sign = sign(binary);
        let (left, right) = (one.kinds.told(), other.kinds.told());
        let what = format!("`{sign}` has no meaning for {left} and {right}");
        let problem = Problem::new(Code::WrongKind, at, what);
        let texts = one.kinds.is_within(Kinds::TEXT) || other.kinds.is_within(Kinds::TEXT);
        let times = one.kinds.is_within(Kinds::TIME) || other.kinds.is_within(Kinds::TIME);
        let hint = match binary {
            Binary::Plus if texts => Some("a value becomes text by `string(x)`"),
            _ if texts && times => Some("a text becomes a time by `timestamp(x)`"),
            Binary::Plus | Binary::Minus if times => {
                Some("a length of time is written `duration('60s')`")
            }
            Binary::And | Binary::Or => Some("a condition compares: `data.a == 'b'`"),
            _ => None,
        };
        self.problems.push(problem.hinted(hint));
        rows.iter().fold(Kinds::NONE, |kinds, row| kinds.or(row.2))
    }

    /// Values of different kinds are never equal: that is no mistake, but hardly meant.
    fn never_equal(&mut self, binary: Binary, one: &Compiled, other: &Compiled, at: Span) {
        let number = |kinds: Kinds| {
            if kinds.may_be(Kinds::NUMBER) { kinds.or(Kinds::NUMBER) } else { kinds }
        };
        if one.kinds != Kinds::NONE
            && other.kinds != Kinds::NONE
            && !number(one.kinds).may_be(number(other.kinds))
        {
            let (left, right) = (one.kinds.told(), other.kinds.told());
            let (sign, always) = (sign(binary), binary == Binary::Unequal);
            let what = format!("{left} and {right} are never equal: `{sign}` is always {always}");
            let both = one.kinds.or(other.kinds);
            let hint = if both == Kinds::TEXT.or(Kinds::TIME) {
                Some("a text becomes a time by `timestamp(x)`")
            } else if both.is_within(Kinds::TEXT.or(Kinds::NUMBER)) {
                Some("a number is written without quotes, and becomes a text by `string(x)`")
            } else {
                None
            };
            self.problems.push(Problem::new(Code::NeverEqual, at, what).hinted(hint));
        }
    }
}

fn sign(binary: Binary) -> &'static str {
    match binary {
        Binary::Or => "||",
        Binary::And => "&&",
        Binary::Equal => "==",
        Binary::Unequal => "!=",
        Binary::Less => "<",
        Binary::LessOrEqual => "<=",
        Binary::Greater => ">",
        Binary::GreaterOrEqual => ">=",
        Binary::In => "in",
        Binary::Plus => "+",
        Binary::Minus => "-",
        Binary::Times => "*",
        Binary::Over => "/",
        Binary::Rest => "%",
    }
}

fn op(binary: Binary, one: Node, other: Node) -> Op {
    let (one, other) = (Box::new(one), Box::new(other));
    match binary {
        Binary::Or => Op::Or(one, other),
        Binary::And => Op::And(one, other),
        Binary::Equal => Op::Equal(one, other),
        Binary::Unequal => Op::Unequal(one, other),
        Binary::In => Op::In(one, other),
        Binary::Plus => Op::Plus(one, other),
        Binary::Minus => Op::Minus(one, other),
        Binary::Times => Op::Times(one, other),
        Binary::Over => Op::Over(one, other),
        Binary::Rest => Op::Rest(one, other),
        Binary::Less | Binary::LessOrEqual | Binary::Greater | Binary::GreaterOrEqual => {
            Op::Ordered(Order::of(binary).unwrap_or(Order::Less), one, other)
        }
    }
}
