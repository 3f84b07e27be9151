//! Operands: values, names, calls, what stands in brackets, and the fields, elements and calls
//! behind them.

use foldline_core::value::Value;

use super::super::token::{Kind as Sort, Token};
use super::super::tree::{Kind, Name, Tree};
use super::{Parser, Read, above};
use crate::problem::{Code, Problem, Span};

/// Expressions between commas, and where they end.
type Listed = Result<(Vec<Tree>, Span), Box<Problem>>;

impl Parser<'_> {
    /// A value, and the fields, elements and calls behind it.
    pub(super) fn postfix(&mut self) -> Read<Tree> {
        let mut tree = self.primary()?;
        loop {
            if self.is("[") {
                tree = self.indexed(tree)?;
            } else if self.is(".") || self.is("?.") {
                tree = self.dotted(tree)?;
            } else {
                return Ok(tree);
            }
        }
    }

    /// An index behind a value.
    fn indexed(&mut self, of: Box<Tree>) -> Read<Tree> {
        let open = self.span();
        self.at += 1;
        let at = self.choice()?;
        let end = self.close("]", open)?;
        let (span, height) = (of.span.to(end), of.height.max(at.height));
        above(span, Kind::Index { of, at }, height)
    }

    /// A field of a value, or a call on it.
    fn dotted(&mut self, of: Box<Tree>) -> Read<Tree> {
        let place = self.span();
        let optional = self.skip("?.");
        if !optional {
            self.at += 1;
        }
        if self.is("?") {
            let problem = Problem::new(Code::Foreign, place, "`.?` has no meaning here");
            return Err(problem.hint("what may be absent is written `a?.b`").into());
        }
        let name = self.name()?;
        let open = self.span();
        if !optional && self.skip("(") {
            let (arguments, end) = self.list(")", open)?;
            return called(Some(of), *name, arguments, end);
        }
        let (span, height) = (of.span.to(name.span), of.height);
        above(span, Kind::Field { of, name: *name, optional }, height)
    }

    fn name(&mut self) -> Read<Name> {
        let Some(token) = self.token().filter(|token| token.kind == Sort::Word) else {
            return Err(self.no_name().into());
        };
        self.at += 1;
        Ok(Box::new(Name { span: token.span, text: self.written(token).into() }))
    }

    /// What is said where no name stands behind a dot.
    fn no_name(&self) -> Problem {
        let before = self.at.checked_sub(2).and_then(|at| self.tokens.get(at));
        let is_number = |token: Option<&Token>| match token.map(|token| &token.kind) {
            Some(Sort::Value(value)) => value.number().is_some(),
            _ => false,
        };
        self.unexpected("a name").hint(if is_number(before) {
            "a number has one point, and digits behind it: `0.5`"
        } else if is_number(self.token()) {
            "an element is written `data.list[0]`"
        } else {
            "a name that is no word stands in brackets: `data['a-b']`"
        })
    }

    fn primary(&mut self) -> Read<Tree> {
        let Some(token) = self.token() else { return Err(self.unexpected("an expression").into()) };
        let open = token.span;
        match &token.kind {
            Sort::Value(value) => {
                self.at += 1;
                Ok(leaf(open, Kind::Value(value.clone())).into())
            }
            Sort::Word => self.word(open, self.written(token)),
            Sort::Sign("(") => self.group(open),
            Sort::Sign("[") => self.items(open),
            Sort::Sign("{") => self.map(open),
            Sort::Sign(_) | Sort::End => Err(self.unexpected("an expression").into()),
        }
    }

    /// A word with a meaning of its own, a name, or a call of the function that it names.
    fn word(&mut self, span: Span, word: &str) -> Read<Tree> {
        if word == "in" {
            return Err(self.unexpected("an expression").into());
        }
        self.at += 1;
        let open = self.span();
        let kind = match word {
            "null" => Kind::Value(Value::Null),
            "true" => Kind::Value(Value::Bool(true)),
            "false" => Kind::Value(Value::Bool(false)),
            _ if self.skip("(") => {
                let (arguments, end) = self.list(")", open)?;
                return called(None, Name { span, text: word.into() }, arguments, end);
            }
            _ => Kind::Name(word.into()),
        };
        Ok(leaf(span, kind).into())
    }

    /// An expression in parentheses.
    fn group(&mut self, open: Span) -> Read<Tree> {
        self.at += 1;
        let mut inner = self.choice()?;
        if self.is(",") {
            let what = "several values stand between `(` and `)`";
            let problem = Problem::new(Code::Foreign, self.span(), what);
            return Err(problem.hint("a list is written `[1, 2]`").into());
        }
        inner.span = open.to(self.close(")", open)?);
        Ok(inner)
    }

    /// The items of a list.
    fn items(&mut self, open: Span) -> Read<Tree> {
        self.at += 1;
        let (items, end) = self.list("]", open)?;
        let height = items.iter().map(|item| item.height).max().unwrap_or(0);
        above(open.to(end), Kind::List(items), height)
    }

    /// Expressions between commas; a comma may stand behind the last.
    fn list(&mut self, close: &'static str, open: Span) -> Listed {
        let mut items = Vec::new();
        while !self.is(close) {
            items.push(*self.choice()?);
            if !self.skip(",") {
                break;
            }
        }
        Ok((items, self.close(close, open)?))
    }

    fn map(&mut self, open: Span) -> Read<Tree> {
        self.at += 1;
        let (mut entries, mut height) = (Vec::new(), 0);
        if self.is_template() {
            let what = "`{{` begins a template of other languages";
            let problem = Problem::new(Code::Foreign, open.to(self.span()), what);
            return Err(problem.hint("an expression stands alone: `data.a`").into());
        }
        while !self.is("}") {
            let entry = self.entry()?;
            height = height.max(entry.0.height).max(entry.1.height);
            entries.push(*entry);
            if !self.skip(",") {
                break;
            }
        }
        let end = self.close("}", open)?;
        above(open.to(end), Kind::Map(entries), height)
    }

    /// Whether a second bracket opens here, and closes without an entry: `{{ a }}`.
    fn is_template(&self) -> bool {
        let rest = self.tokens.get(self.at..).unwrap_or_default();
        let signs = || rest.iter().filter(|token| matches!(token.kind, Sort::Sign(":" | "}")));
        self.is("{") && signs().next().is_some_and(|token| token.kind == Sort::Sign("}"))
    }

    fn entry(&mut self) -> Read<(Tree, Tree)> {
        let name = self.choice()?;
        self.expect(":", "an entry is written `'name': value`")?;
        Ok(Box::new((*name, *self.choice()?)))
    }
}

fn leaf(span: Span, kind: Kind) -> Tree {
    Tree { span, kind, height: 1 }
}

fn called(on: Option<Box<Tree>>, name: Name, arguments: Vec<Tree>, end: Span) -> Read<Tree> {
    let begin = on.as_ref().map_or(name.span, |on| on.span);
    let parts = arguments.iter().chain(on.as_deref());
    let height = parts.map(|part| part.height).max().unwrap_or(0);
    above(begin.to(end), Kind::Call { on, name, arguments }, height)
}
