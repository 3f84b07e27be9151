//! Reads an expression: operators by how tightly they bind, and what stands behind a value as
//! part of it. The first place where a text cannot go on is told, with what was meant if that can
//! be guessed.

use foldline_core::value::{Number, Value};

use super::limits;
use super::token::{Kind as Sort, Token, tokens};
use super::tree::{Binary, Kind, Name, Tree, Unary};
use crate::problem::{Code, Problem, Span};

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
    let tree = parser.choice().and_then(|tree| parser.end().map(|()| tree));
    tree.map_err(|problem| {
        problems.push(problem);
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

type Read<T> = Result<T, Problem>;

impl<'t> Parser<'t> {
    /// `condition ? then : otherwise`, or what binds more tightly.
    fn choice(&mut self) -> Read<Tree> {
        self.depth += 1;
        if self.depth > limits::HEIGHT_MAX {
            return Err(too_deep(self.span()));
        }
        let condition = self.binary(0)?;
        let tree = if self.skip("?") {
            let then = self.choice()?;
            self.expect(":", "a choice is written `condition ? then : otherwise`")?;
            let otherwise = self.choice()?;
            let span = condition.span.to(otherwise.span);
            let height = condition.height.max(then.height).max(otherwise.height);
            grown(span, Kind::Choice(Box::new([condition, then, otherwise])), height)?
        } else {
            condition
        };
        self.depth -= 1;
        Ok(tree)
    }

    /// Operands between operators that bind more tightly than this.
    fn binary(&mut self, loosest: u8) -> Read<Tree> {
        let mut left = self.unary()?;
        while let Some(operator) = self.operator().filter(|it| it.tightness() > loosest) {
            let place = self.span();
            self.at += 1;
            let right = self.binary(operator.tightness())?;
            let span = left.span.to(right.span);
            let height = left.height.max(right.height);
            let kind = Kind::Binary(operator, place, Box::new(left), Box::new(right));
            left = grown(span, kind, height)?;
        }
        Ok(left)
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
        let mut tree = self.postfix()?;
        while let Some((span, operator)) = before.pop() {
            let height = tree.height;
            let span = span.to(tree.span);
            // The sign of a number belongs to it.
            let negated = match (&tree.kind, operator) {
                (Kind::Value(value), Unary::Minus) => value.number().map(Number::negated),
                _ => None,
            };
            tree = match negated {
                Some(Ok(Number::Int(int))) => {
                    Tree { span, kind: Kind::Value(Value::Int(int)), height }
                }
                Some(Ok(Number::Decimal(decimal))) => {
                    Tree { span, kind: Kind::Value(Value::Decimal(decimal)), height }
                }
                _ => grown(span, Kind::Unary(operator, Box::new(tree)), height)?,
            };
        }
        Ok(tree)
    }

    /// A value, and the fields, elements and calls behind it.
    fn postfix(&mut self) -> Read<Tree> {
        let mut tree = self.primary()?;
        loop {
            let place = self.span();
            if self.skip("[") {
                let at = self.choice()?;
                let end = self.close("]", place)?;
                let (span, height) = (tree.span.to(end), tree.height.max(at.height));
                tree = grown(span, Kind::Index { of: Box::new(tree), at: Box::new(at) }, height)?;
                continue;
            }
            let optional = self.skip("?.");
            if !optional && !self.skip(".") {
                return Ok(tree);
            }
            if self.is("?") {
                let hint = "what may be absent is written `a?.b`";
                return Err(
                    Problem::new(Code::Foreign, place, "`.?` has no meaning here").hint(hint)
                );
            }
            let name = self.name()?;
            let open = self.span();
            tree = if !optional && self.skip("(") {
                let (arguments, end) = self.list(")", open)?;
                called(Some(Box::new(tree)), name, arguments, end)?
            } else {
                let (span, height) = (tree.span.to(name.span), tree.height);
                grown(span, Kind::Field { of: Box::new(tree), name, optional }, height)?
            };
        }
    }

    fn name(&mut self) -> Read<Name> {
        let Some(token) = self.token().filter(|token| token.kind == Sort::Word) else {
            let hint = "a name that is no word stands in brackets: `data['a-b']`";
            return Err(self.unexpected("a name").hint(hint));
        };
        self.at += 1;
        Ok(Name { span: token.span, text: self.written(token).into() })
    }

    fn primary(&mut self) -> Read<Tree> {
        let Some(token) = self.token() else { return Err(self.unexpected("an expression")) };
        let open = token.span;
        let leaf = |kind| Ok(Tree { span: open, kind, height: 1 });
        match &token.kind {
            Sort::Value(value) => {
                self.at += 1;
                leaf(Kind::Value(value.clone()))
            }
            Sort::Word => match self.written(token) {
                "in" => Err(self.unexpected("an expression")),
                word => {
                    self.at += 1;
                    match word {
                        "null" => leaf(Kind::Value(Value::Null)),
                        "true" => leaf(Kind::Value(Value::Bool(true))),
                        "false" => leaf(Kind::Value(Value::Bool(false))),
                        _ => self.named(Name { span: open, text: word.into() }),
                    }
                }
            },
            Sort::Sign("(") => {
                self.at += 1;
                let inner = self.choice()?;
                let end = self.close(")", open)?;
                Ok(Tree { span: open.to(end), ..inner })
            }
            Sort::Sign("[") => {
                self.at += 1;
                let (items, end) = self.list("]", open)?;
                let height = items.iter().map(|item| item.height).max().unwrap_or(0);
                grown(open.to(end), Kind::List(items), height)
            }
            Sort::Sign("{") => self.map(open),
            Sort::Sign(_) | Sort::End => Err(self.unexpected("an expression")),
        }
    }

    /// A name, or a call of the function that it names.
    fn named(&mut self, name: Name) -> Read<Tree> {
        let open = self.span();
        if self.skip("(") {
            let (arguments, end) = self.list(")", open)?;
            return called(None, name, arguments, end);
        }
        Ok(Tree { span: name.span, kind: Kind::Name(name.text), height: 1 })
    }

    /// Expressions between commas; a comma may stand behind the last.
    fn list(&mut self, close: &'static str, open: Span) -> Read<(Vec<Tree>, Span)> {
        let mut items = Vec::new();
        while !self.is(close) {
            items.push(self.choice()?);
            if !self.skip(",") {
                break;
            }
        }
        Ok((items, self.close(close, open)?))
    }

    fn map(&mut self, open: Span) -> Read<Tree> {
        self.at += 1;
        let (mut entries, mut height) = (Vec::new(), 0);
        while !self.is("}") {
            let name = self.choice()?;
            self.expect(":", "an entry is written `'name': value`")?;
            let value = self.choice()?;
            height = height.max(name.height).max(value.height);
            entries.push((name, value));
            if !self.skip(",") {
                break;
            }
        }
        let end = self.close("}", open)?;
        grown(open.to(end), Kind::Map(entries), height)
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

    fn expect(&mut self, sign: &'static str, hint: &str) -> Read<()> {
        if self.skip(sign) { Ok(()) } else { Err(self.unexpected(&format!("`{sign}`")).hint(hint)) }
    }

    /// The bracket that closes the one at `open`.
    fn close(&mut self, sign: &'static str, open: Span) -> Read<Span> {
        let span = self.span();
        if self.skip(sign) {
            return Ok(span);
        }
        if self.is_at_end() {
            let what = format!("`{}` is not closed", open.of(self.text));
            let hint = format!("close it with `{sign}`");
            return Err(Problem::new(Code::OpenBracket, open, what).hint(hint));
        }
        Err(self.unexpected(&format!("`,` or `{sign}`")))
    }

    fn is_at_end(&self) -> bool {
        self.token().is_none_or(|token| token.kind == Sort::End)
    }

    /// Nothing may be left.
    fn end(&self) -> Read<()> {
        if self.is_at_end() { Ok(()) } else { Err(self.unexpected("an operator")) }
    }

    /// What stands here is not what was expected.
    fn unexpected(&self, expected: &str) -> Problem {
        let span = self.span();
        if self.is_at_end() {
            let what = match self.text.trim() {
                "" => "the expression is empty".into(),
                _ => format!("{expected} is missing at the end"),
            };
            return Problem::new(Code::Syntax, span, what);
        }
        let found = span.of(self.text);
        let problem =
            Problem::new(Code::Syntax, span, format!("expected {expected}, found `{found}`"));
        match found {
            "and" => foreign(problem, "`and` is written `&&`"),
            "or" => foreign(problem, "`or` is written `||`"),
            "is" => foreign(problem, "`is` is written `==`"),
            "if" | "then" | "else" => {
                foreign(problem, "a choice is written `condition ? then : otherwise`")
            }
            "?" => foreign(problem, "for null or absent, write `coalesce(x, y)`"),
            _ if self.follows("not") => foreign(problem, "`not` is written `!`"),
            _ => problem,
        }
    }

    /// Whether this word stands just before.
    fn follows(&self, word: &str) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        before.is_some_and(|token| self.written(token) == word)
    }
}

fn foreign(problem: Problem, hint: &str) -> Problem {
    Problem { code: Code::Foreign, ..problem }.hint(hint)
}

fn too_deep(span: Span) -> Problem {
    let what = format!("more than {} expressions stand within one another", limits::HEIGHT_MAX);
    let hint = "long sums and texts are built by `sum` and `join` over a list";
    Problem::new(Code::TooDeep, span, what).hint(hint)
}

/// A tree above others of this height.
pub(crate) fn grown(span: Span, kind: Kind, below: u16) -> Result<Tree, Problem> {
    if usize::from(below) >= limits::HEIGHT_MAX {
        return Err(too_deep(span));
    }
    Ok(Tree { span, kind, height: below + 1 })
}

fn called(on: Option<Box<Tree>>, name: Name, arguments: Vec<Tree>, end: Span) -> Read<Tree> {
    let begin = on.as_ref().map_or(name.span, |on| on.span);
    let parts = arguments.iter().chain(on.as_deref());
    let height = parts.map(|part| part.height).max().unwrap_or(0);
    grown(begin.to(end), Kind::Call { on, name, arguments }, height)
}

#[cfg(test)]
mod tests;
