//! Finds expressions within a text that is none itself: where the bracket ends that one stands
//! in, and what a quoted text says with which something begins. So whoever reads such a text
//! agrees with the reader of expressions on what a quote is.

use foldline_core::value::Value;

use super::{Cutter, Kind, Token, word};
use crate::problem::{Code, Problem};

/// What stands between brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bracket {
    /// The byte at which it closes.
    pub(crate) end: usize,
    /// The byte of the first `=` in it that is part of nothing else.
    pub(crate) equals: Option<usize>,
}

/// The bracket `[` that a text stands behind. Where it is not closed, what is wrong with a quoted
/// text in it, if that is why.
pub(crate) fn bracket(text: &str) -> Result<Bracket, Vec<Problem>> {
    let mut cutter = Cutter { text, at: 0, problems: Vec::new() };
    let (mut open, mut equals, mut endless) = (0_usize, None, Vec::new());
    loop {
        let token = cutter.next();
        // What is wrong before this token stands in the same brackets as the token before it.
        for problem in cutter.problems.drain(..) {
            let is_equals = problem.code == Code::StrayCharacter && problem.span.of(text) == "=";
            if is_equals && open == 0 {
                equals.get_or_insert(problem.span.from as usize);
            } else if problem.code == Code::OpenText {
                endless.push(problem);
            }
        }
        match token {
            None => return Err(endless),
            Some(Token { kind: Kind::Sign("["), .. }) => open += 1,
            Some(Token { kind: Kind::Sign("]"), span }) if open == 0 => {
                return Ok(Bracket { end: span.from as usize, equals });
            }
            Some(Token { kind: Kind::Sign("]"), .. }) => open -= 1,
            Some(_) => {}
        }
    }
}

/// A quoted text, and how many bytes it takes; or what is wrong with it.
pub(crate) type Quoted = Result<(Box<str>, usize), Vec<Problem>>;

/// The quoted text that a text begins with; none where it begins otherwise.
pub(crate) fn quoted(text: &str) -> Option<Quoted> {
    text.starts_with(['\'', '"']).then(|| {
        let mut cutter = Cutter { text, at: 0, problems: Vec::new() };
        match cutter.quoted() {
            Some(Kind::Value(Value::Text(text))) => Ok((text.as_str().into(), cutter.at)),
            _ => Err(cutter.problems),
        }
    })
}

/// How many bytes the name takes that a text begins with: a word, and `-` between letters of it.
pub(crate) fn dashed(text: &str) -> usize {
    if !text.starts_with(|c: char| c == '_' || c.is_alphabetic()) {
        return 0;
    }
    let mut len = word(text);
    loop {
        let rest = text.get(len..).unwrap_or_default();
        let dashes = rest.len() - rest.trim_start_matches('-').len();
        let more = word(rest.get(dashes..).unwrap_or_default());
        if dashes == 0 || more == 0 {
            return len;
        }
        len += dashes + more;
    }
}

/// Whether a text is a word from its beginning to its end.
pub(crate) fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c == '_' || c.is_alphabetic()) && word(text) == text.len()
}

#[cfg(test)]
mod tests {
    use super::{Bracket, bracket, dashed};

    #[test]
    fn a_bracket_ends_where_its_expression_does() {
        let ends = |text: &str| bracket(text).map(|it| (it.end, it.equals)).map_err(|it| it.len());
        assert_eq!(ends("a].b"), Ok((1, None)));
        assert_eq!(ends("a[b]]"), Ok((4, None)));
        assert_eq!(ends("']' + \"]\"]"), Ok((9, None)));
        assert_eq!(ends("f = ']']"), Ok((7, Some(2))));
        assert_eq!(ends("f == b]"), Ok((6, None)));
        assert_eq!(ends("f <= b[c = d] = e]"), Ok((17, Some(14))));
        assert_eq!(ends("(a]"), Ok((2, None)));
        assert_eq!(ends("a"), Err(0));
        assert_eq!(ends("$ 'a]"), Err(1));
        assert_eq!(bracket(""), Err(Vec::new()));
        assert_eq!(bracket("]"), Ok(Bracket { end: 0, equals: None }));
    }

    #[test]
    fn dashes_stand_between_letters() {
        for (text, len) in [("a-b.c", 3), ("a-", 1), ("a--b", 4), ("-a", 0), ("1a", 0), ("_é", 3)]
        {
            assert_eq!(dashed(text), len, "{text}");
        }
    }
}
