//! What is said where a text is no YAML: what stands there, and what its author may have meant.
//! Most of it comes from expressions that contain a sign of YAML, and lack quotes around them.

use granit_parser::{ErrorKind as Kind, ScanError};

use super::{cut, limits};
use crate::problem::{Code, Problem, Span};

/// What is wrong, and what to do about it.
type Said = (&'static str, &'static str);

/// The problem that an error of the reader of YAML is.
pub(super) fn problem(text: &str, error: &ScanError) -> Problem {
    let from = error.marker().byte_offset().unwrap_or_default().min(text.len());
    let there = text.get(from..).unwrap_or_default();
    let len = there.chars().next().filter(|next| !['\r', '\n'].contains(next));
    let span = Span::new(from, from + len.map_or(0, char::len_utf8));
    let kind = error.kind();
    if *kind == Kind::RecursionLimitExceeded {
        return too_deep(span);
    }
    if let Some(problem) = comment(text, from).or_else(|| elsewhere(text, from, kind)) {
        return problem;
    }
    let known = structure(kind).or_else(|| ends(kind)).or_else(|| scalar(kind));
    match known.or_else(|| property(kind)) {
        Some((what, hint)) => Problem::new(code(kind), span, what).hint(hint),
        None => Problem::new(code(kind), span, format!("this is no YAML: {kind}")),
    }
}

/// A comment as other languages write it: it is a text, and spoils what comes behind it.
fn comment(text: &str, from: usize) -> Option<Problem> {
    let mut lines = text.get(..from)?.rmatch_indices('\n').map(|(at, _)| at + 1).chain([0]).take(2);
    lines.find_map(|line| {
        let rest = text.get(line..)?;
        let at = line + rest.len() - rest.trim_start_matches(' ').len();
        let sign = ["//", "/*"]
            .into_iter()
            .find(|sign| text.get(at..).is_some_and(|rest| rest.starts_with(sign)))?;
        let what = format!("`{sign}` begins no comment here");
        let span = Span::new(at, at + sign.len());
        Some(Problem::new(Code::YamlSyntax, span, what).hint("a comment begins with `#`"))
    })
}

/// What stands before the place that the reader of YAML could not take.
fn elsewhere(text: &str, from: usize, kind: &Kind) -> Option<Problem> {
    let before = text.get(..from)?;
    match kind {
        Kind::ExpectedFlowMappingSeparator | Kind::ExpectedFlowSequenceSeparator => {
            let line = before.rfind('\n').map_or(0, |end| end + 1);
            if before.get(line..)?.trim().is_empty() {
                return Some(not_closed(opener(before)?));
            }
            cut::around(text, from)
        }
        Kind::MappingValueNotAllowed
        | Kind::InvalidTrailingSingleQuotedScalar
        | Kind::InvalidTrailingDoubleQuotedScalar => cut::around(text, from),
        Kind::InvalidQuotedScalarIndent => {
            let quotes = [": \"", ": '", "- \"", "- '"];
            let at = quotes.into_iter().filter_map(|it| before.rfind(it)).max()? + 2;
            let len = text.get(at..)?.lines().next()?.trim_end().len();
            let what = "a text between quotes does not end";
            let hint = "close it; if it goes on over lines, they are indented more than its key";
            let span = Span::new(at, at + len);
            Some(Problem::new(Code::YamlSyntax, span, what).hint(hint))
        }
        Kind::TabNotAllowed | Kind::TabInBlockIndentation | Kind::TabInIndentation => {
            let at = before.len() - 1;
            let what = "a tab stands where blanks are expected";
            let hint = "lines are indented by blanks, never by tabs";
            let span = Span::new(at, from);
            before.ends_with('\t').then(|| Problem::new(Code::YamlSyntax, span, what).hint(hint))
        }
        _ => None,
    }
}

/// The last bracket that is open at the end of a text.
fn opener(text: &str) -> Option<usize> {
    let mut closed = 0_usize;
    let mut brackets = text.char_indices().rev().filter(|(_, c)| "{}[]".contains(*c));
    let (at, _) = brackets.find(|(_, c)| match c {
        '}' | ']' => {
            closed += 1;
            false
        }
        _ if closed > 0 => {
            closed -= 1;
            false
        }
        _ => true,
    })?;
    Some(at)
}

fn not_closed(at: usize) -> Problem {
    let what = "a bracket is not closed";
    let hint = "close it; a value that begins with a bracket, and goes on behind it, stands in \
                quotes";
    Problem::new(Code::YamlSyntax, Span::new(at, at + 1), what).hint(hint)
}

/// More stands within one another than is read.
pub(super) fn too_deep(span: Span) -> Problem {
    let what = format!("more than {} maps and lists stand within one another", limits::DEPTH_MAX);
    Problem::new(Code::YamlTooDeep, span, what).hint("what is built deeper is built in steps")
}

fn code(kind: &Kind) -> Code {
    match kind {
        Kind::DirectiveDisallowed => Code::YamlDirective,
        Kind::MissingAnchorOrAliasName | Kind::UnknownAnchor => Code::YamlAlias,
        Kind::UndeclaredTagHandle
        | Kind::ExpectedTagBang
        | Kind::InvalidGlobalTagCharacter
        | Kind::InvalidTagTerminator
        | Kind::MissingTagUri
        | Kind::UnclosedVerbatimTag
        | Kind::InvalidTagEscape
        | Kind::InvalidTagUtf8LeadingByte
        | Kind::InvalidTagUtf8TrailingByte
        | Kind::InvalidTagUtf8 => Code::YamlTag,
        _ => Code::YamlSyntax,
    }
}

/// Keys, values, lists and their indentation.
fn structure(kind: &Kind) -> Option<Said> {
    Some(match kind {
        Kind::MappingValueNotAllowed | Kind::InvalidColonPlacement => (
            "a `:` stands where no key can end",
            "a key and its values stand in lines of their own, or `{ key: value }` in one; an \
             expression that contains `: ` stands in quotes: \"a ? b : c\"",
        ),
        Kind::MappingKeyNotAllowed | Kind::BlockSequenceEntryNotAllowed => (
            "a key or `- ` stands where none can begin",
            "it begins a line of its own; a value that begins with `- ` or `? ` stands in quotes",
        ),
        Kind::SimpleKeyExpected | Kind::InvalidSimpleKey => (
            "a key is not followed by `:`",
            "write `key: value` in one line, with a blank behind `:`",
        ),
        Kind::ExpectedBlockMappingKey => (
            "a key is expected here",
            "is the line indented otherwise than its neighbours? a value that begins with a \
             bracket, and goes on behind it, stands in quotes: \"[a] + b\"",
        ),
        Kind::ExpectedBlockSequenceEntry => (
            "`- ` is expected here",
            "is the line indented otherwise than its neighbours? in a list each begins with `- `",
        ),
        Kind::InvalidIndentation | Kind::InvalidFlowScalarIndent => (
            "the line is indented otherwise than what it belongs to",
            "what belongs to a key is indented more than the key, and its neighbours alike",
        ),
        Kind::TabNotAllowed
        | Kind::TabInBlockIndentation
        | Kind::TabInIndentation
        | Kind::TabAtBlockScalarStart
        | Kind::TabInPlainScalar => (
            "a tab stands where blanks are expected",
            "lines are indented by blanks, never by tabs",
        ),
        Kind::InvalidMappingValueWhitespace
        | Kind::InvalidBlockEntryWhitespace
        | Kind::ExpectedWhitespace => ("a blank is expected here", "write one"),
        Kind::BlockEntryInFlowCollection => {
            ("`- ` stands between brackets", "there the values of a list stand between commas")
        }
        Kind::CommentInterceptedScalar => (
            "a comment stands within a text of several lines",
            "move the comment; a text that contains ` #` stands in quotes",
        ),
        Kind::CommentNotSeparated => (
            "`#` stands just behind something else",
            "a comment begins with a blank before `#`; a text that contains `#` stands in quotes",
        ),
        _ => return None,
    })
}

/// Brackets and quotes that do not close, or that close nothing.
fn ends(kind: &Kind) -> Option<Said> {
    Some(match kind {
        Kind::UnclosedFlowCollection { .. }
        | Kind::UnexpectedEofFlowSequence
        | Kind::UnexpectedEofFlowMapping => (
            "a bracket is not closed",
            "close it; a value that begins with a bracket, and goes on behind it, stands in quotes",
        ),
        Kind::ExpectedFlowMappingSeparator | Kind::ExpectedFlowSequenceSeparator => (
            "between brackets, `,` or the closing bracket is expected here",
            "an expression that contains brackets or commas stands in quotes",
        ),
        Kind::UnexpectedEofImplicitFlowMapping | Kind::FlowMappingValueAdjacentCollection => {
            ("between brackets, a value is expected here", "write one, or take a `,` away")
        }
        Kind::MisplacedFlowCollectionEnd => (
            "a bracket closes nothing that is open",
            "take it away; a value that contains brackets stands in quotes",
        ),
        Kind::MismatchedFlowCollectionEnd { .. } => (
            "a bracket is closed by one of another kind",
            "`[` is closed by `]`, and `{` by `}`; a value that contains brackets stands in quotes",
        ),
        Kind::UnclosedQuotedScalar
        | Kind::InvalidQuotedScalarIndent
        | Kind::DocumentIndicatorInQuotedScalar => (
            "a text between quotes does not end",
            "close it; if it goes on over lines, they are indented more than its key",
        ),
        Kind::InvalidTrailingSingleQuotedScalar | Kind::InvalidTrailingDoubleQuotedScalar => (
            "something stands behind a text between quotes",
            "an expression that begins with a text stands in quotes of the other kind: \
             \"'a' + b\"",
        ),
        Kind::InvalidDocumentEnd | Kind::ExpectedDocumentStart => {
            ("something stands behind the end of the document", "a file holds one document")
        }
        _ => return None,
    })
}

/// Within a text.
fn scalar(kind: &Kind) -> Option<Said> {
    Some(match kind {
        Kind::UnknownQuotedScalarEscape => (
            "a backslash stands before something that has no meaning there",
            "between \" a backslash itself is written `\\\\`; between ' it stands for itself",
        ),
        Kind::InvalidQuotedScalarHexEscape => (
            "an escape has too few digits",
            "write `\\x` and 2 of them, `\\u` and 4, or `\\U` and 8, to the base of 16",
        ),
        Kind::InvalidLowSurrogateHexEscape
        | Kind::InvalidLowSurrogate
        | Kind::MissingLowSurrogate
        | Kind::UnpairedLowSurrogate
        | Kind::InvalidUnicodeEscape => (
            "an escape stands for no character",
            "no character has this number, nor is half of a pair one",
        ),
        Kind::ZeroBlockScalarIndent | Kind::InvalidBlockScalarHeader => (
            "something stands behind `|` or `>`",
            "the text begins in the next line; an expression that begins so stands in quotes",
        ),
        Kind::InvalidBlockScalarIndent => (
            "a line of the block is indented less than it",
            "indent all lines below `|` or `>` alike, and more than the key",
        ),
        Kind::PlainScalarStartsWithDashFlowIndicator => {
            ("`-` stands before a bracket or a comma", "put the value in quotes")
        }
        Kind::BomInsideDocument => {
            ("a byte order mark stands within the text", "it may stand at the beginning alone")
        }
        Kind::UnexpectedCharacter { character } if character.is_control() => {
            ("a control character stands here", "between \" it may be written as an escape")
        }
        Kind::UnexpectedCharacter { .. } | Kind::UnexpectedEndOfPlainScalar => (
            "no value begins with this sign",
            "a value that begins with a sign of YAML stands in quotes",
        ),
        _ => return None,
    })
}

/// What stands before values: tags, anchors, directives.
fn property(kind: &Kind) -> Option<Said> {
    Some(match code(kind) {
        Code::YamlDirective => {
            ("`%` begins a directive of YAML, and none has a meaning here", "take the line away")
        }
        Code::YamlAlias => (
            "`&` and `*` begin anchors and aliases of YAML, which have no meaning here",
            "a value that begins with `&` or `*` stands in quotes",
        ),
        Code::YamlTag => (
            "`!` begins a tag of YAML, and no tag has a meaning here",
            "a value that begins with `!` stands in quotes: \"!data.closed\"",
        ),
        _ => return None,
    })
}
