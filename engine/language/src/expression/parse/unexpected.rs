//! What is said where an expression cannot go on: what was expected, and what its author may have
//! meant, who knows another language or left quotes away.

use super::super::token::foreign as signs;
use super::Parser;
use crate::problem::{Code, Problem};

/// How a choice is written.
pub(super) const CHOICE: &str = "a choice is written `condition ? then : otherwise`";

impl Parser<'_> {
    /// What stands here is not what was expected.
    pub(super) fn unexpected(&self, expected: &str) -> Problem {
        let span = self.span();
        if self.is_at_end() {
            let what = match self.text.trim() {
                "" => "the expression is empty".into(),
                _ => format!("{expected} is missing at the end"),
            };
            let hint = "write a value, or take the last sign away";
            let is_value = expected == "an expression" && !self.text.trim().is_empty();
            return Problem::new(Code::Syntax, span, what).hinted(is_value.then_some(hint));
        }
        let found = span.of(self.text);
        if self.follows("not") {
            let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
            let span = before.map_or(span, |token| token.span);
            let problem = Problem::new(Code::Foreign, span, "`not` has no meaning here");
            return problem.hint("`not` is written `!`");
        }
        let problem =
            Problem::new(Code::Syntax, span, format!("expected {expected}, found `{found}`"));
        match found {
            "and" => foreign(problem, "`and` is written `&&`"),
            "or" => foreign(problem, "`or` is written `||`"),
            "is" | "equals" | "eq" => foreign(problem, "`is` is written `==`, and `is not` `!=`"),
            "if" | "then" | "else" | "when" => foreign(problem, CHOICE),
            "like" => foreign(problem, "a pattern is written `text.matches('pattern')`"),
            "between" => foreign(problem, "write `a >= 1 && a <= 10`"),
            "not" => foreign(problem, "write `!(a in list)`"),
            "contains" => foreign(problem, "write `a.contains(b)`"),
            _ if self.follows("if") || self.follows("case") => foreign(problem, CHOICE),
            _ if signs::is_prose(self.text) => {
                let text = self.text.split_whitespace().take(8).collect::<Vec<_>>().join(" ");
                problem.hint(format!("a text stands in quotes of its own: \"'{text}'\""))
            }
            _ => problem.hinted(self.remedy(found, expected)),
        }
    }

    /// What to write where something else was expected than was found.
    fn remedy(&self, found: &str, expected: &str) -> Option<&'static str> {
        Some(match found {
            ")" | "]" | "}" if expected == "an operator" => "take it away: it closes nothing",
            "," if expected == "an operator" => "a list is written `[a, b]`",
            ":" => "a choice is written `a ? b : c`; a text stands in quotes of its own: \"'a:b'\"",
            "." => "a number has digits before its point: `0.5`",
            "*" if self.follows("[") => "over a list, write `list.map(x, x.a)`",
            _ if expected == "an operator" => {
                "two values stand side by side: an operator belongs between them, and quotes of \
                 its own around a text"
            }
            _ => return None,
        })
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
