//! Reads an expression: operators by how tightly they bind, and what stands behind a value as
//! part of it. The first place where a text cannot go on is told, with what was meant if that can
//! be guessed.

mod operand;
mod unexpected;

use foldline_core::value::Number;

use super::limits;
use super::token::{Kind as Sort, Token, tokens};
use super::tree::{Binary, Kind, Tree, Unary};
use crate::problem::{Code, Problem, Span};
use unexpected::CHOICE;

/// Reads the text as one expression, or tells all that is wrong with it.
pub fn parse(text: &str) -> Result<Tree, Vec<Problem>> {
    if text.len() > limits::BYTES_MAX {
        let what = format!("an expression has at most {} bytes", limits::BYTES_MAX);
        let hint = "several handlers of the same event take several shorter ones";
        let span = Span::new(0, text.len());
        return Err(vec![Problem::new(Code::TooLong, span, what).hint(hint)]);
    }
    let (tokens, mut problems) = tokens(text);
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut parser = Parser { text, tokens: &tokens, at: 0, depth: 0 };
    let tree = parser.choice().and_then(|tree| parser.end().map(|()| *tree));
    tree.map_err(|problem| {
        problems.push(*problem);
        problems
    })
}

struct Parser<'t> {
    text: &'t str,
    tokens: &'t [Token],
    at: usize,
    /// How many expressions are open around this place.
    depth: usize,
}

/// What is read is handed on in boxes: what calls itself needs little of the stack then, even in a
/// build that is not optimised.
type Read<T> = Result<Box<T>, Box<Problem>>;

impl<'t> Parser<'t> {
    /// `condition ? then : otherwise`, or what binds more tightly.
    fn choice(&mut self) -> Read<Tree> {
        self.depth += 1;
        if self.depth > limits::HEIGHT_MAX {
            return Err(too_deep(self.span()).into());
        }
        let mut tree = self.binary(0)?;
        let mark = self.span();
        if self.skip("?") {
            let is_glued = mark.from == tree.span.to && mark.to == self.span().from;
            let hint = if is_glued { "what may be absent is written `a?.b`" } else { CHOICE };
            tree = self.chosen(*tree, hint)?;
        }
        self.depth -= 1;
        Ok(tree)
    }

    /// What stands behind a condition, and what to write where that is no choice.
    fn chosen(&mut self, condition: Tree, hint: &str) -> Read<Tree> {
        let then = self.choice()?;
        self.expect(":", hint)?;
        let otherwise = self.choice()?;
        let span = condition.span.to(otherwise.span);
        let height = condition.height.max(then.height).max(otherwise.height);
        above(span, Kind::Choice(Box::new([condition, *then, *otherwise])), height)
    }

    /// Operands between operators that bind more tightly than this.
    fn binary(&mut self, loosest: u8) -> Read<Tree> {
        let mut left = self.unary()?;
        while let Some(operator) = self.operator().filter(|it| it.tightness() > loosest) {
            left = self.joined(left, operator)?;
        }
        Ok(left)
    }

    /// An operand, the operator behind it, and what that binds.
    fn joined(&mut self, left: Box<Tree>, operator: Binary) -> Read<Tree> {
        let place = self.span();
        self.at += 1;
        let right = self.binary(operator.tightness())?;
        let span = left.span.to(right.span);
        let height = left.height.max(right.height);
        above(span, Kind::Binary(operator, place, left, right), height)
    }

    fn operator(&self) -> Option<Binary> {
        let token = self.token()?;
        Some(match token.kind {
            Sort::Sign("||") => Binary::Or,
            Sort::Sign("&&") => Binary::And,
            Sort::Sign("==") => Binary::Equal,
            Sort::Sign("!=") => Binary::Unequal,
            Sort::Sign("<") => Binary::Less,
            Sort::Sign("<=") => Binary::LessOrEqual,
            Sort::Sign(">") => Binary::Greater,
            Sort::Sign(">=") => Binary::GreaterOrEqual,
            Sort::Sign("+") => Binary::Plus,
            Sort::Sign("-") => Binary::Minus,
            Sort::Sign("*") => Binary::Times,
            Sort::Sign("/") => Binary::Over,
            Sort::Sign("%") => Binary::Rest,
            Sort::Word if self.written(token) == "in" => Binary::In,
            _ => return None,
        })
    }

    /// `!x`, `-x`, or what binds more tightly. Many of them in a row are read without recursion.
    fn unary(&mut self) -> Read<Tree> {
        let mut before = Vec::new();
        loop {
            let span = self.span();
            if self.skip("!") {
                before.push((span, Unary::Not));
            } else if self.skip("-") {
                before.push((span, Unary::Minus));
            } else {
                break;
            }
        }
        let tree = self.postfix()?;
        if before.is_empty() { Ok(tree) } else { signed(before, tree) }
    }

    fn token(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    fn span(&self) -> Span {
        self.token().map(|token| token.span).unwrap_or_default()
    }

    fn written(&self, token: &Token) -> &'t str {
        token.span.of(self.text)
    }

    fn is(&self, sign: &str) -> bool {
        self.token().is_some_and(|token| matches!(token.kind, Sort::Sign(it) if it == sign))
    }

    fn skip(&mut self, sign: &str) -> bool {
        let found = self.is(sign);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &'static str, hint: &str) -> Result<(), Box<Problem>> {
        if self.skip(sign) {
            return Ok(());
        }
        Err(self.unexpected(&format!("`{sign}`")).hint(hint).into())
    }

    /// The bracket that closes the one at `open`.
    fn close(&mut self, sign: &'static str, open: Span) -> Result<Span, Box<Problem>> {
        let span = self.span();
        if self.skip(sign) {
            return Ok(span);
        }
        if self.is_at_end() {
            let what = format!("`{}` is not closed", open.of(self.text));
            let hint = format!("close it with `{sign}`");
            return Err(Problem::new(Code::OpenBracket, open, what).hint(hint).into());
        }
        Err(self.unexpected(&format!("`,` or `{sign}`")).into())
    }

    fn is_at_end(&self) -> bool {
        self.token().is_none_or(|token| token.kind == Sort::End)
    }

    /// Nothing may be left.
    fn end(&self) -> Result<(), Box<Problem>> {
        if self.is_at_end() { Ok(()) } else { Err(self.unexpected("an operator").into()) }
    }
}

fn too_deep(span: Span) -> Problem {
    let what = format!("more than {} expressions stand within one another", limits::HEIGHT_MAX);
    let hint = "long sums and texts are built by `sum` and `join` over a list";
    Problem::new(Code::TooDeep, span, what).hint(hint)
}

/// What signs make of what they stand before.
fn signed(mut before: Vec<(Span, Unary)>, mut tree: Box<Tree>) -> Read<Tree> {
    while let Some((span, operator)) = before.pop() {
        let height = tree.height;
        let span = span.to(tree.span);
        // The sign of a number belongs to it.
        let negated = match (&tree.kind, operator) {
            (Kind::Value(value), Unary::Minus) => value.number().map(Number::negated),
            _ => None,
        };
        tree = match negated {
            Some(Ok(number)) => Box::new(Tree { span, kind: Kind::Value(number.into()), height }),
            _ => above(span, Kind::Unary(operator, tree), height)?,
        };
    }
    Ok(tree)
}

/// The same as [`grown`], in boxes.
fn above(span: Span, kind: Kind, below: u16) -> Read<Tree> {
    grown(span, kind, below).map(Box::new).map_err(Box::new)
}

/// A tree above others of this height.
pub(crate) fn grown(span: Span, kind: Kind, below: u16) -> Result<Tree, Problem> {
    if usize::from(below) >= limits::HEIGHT_MAX {
        return Err(too_deep(span));
    }
    Ok(Tree { span, kind, height: below + 1 })
}

#[cfg(test)]
mod tests;
