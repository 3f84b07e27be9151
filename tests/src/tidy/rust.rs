//! Just enough of Rust's grammar for the rules: which bytes are code, where functions begin and
//! end, which modules a file declares. Not a parser: what it does not know it passes over.

/// A copy of the text, of the same length, in which comments, texts and characters are blank.
pub fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let inside_word = code.chars().next_back().is_some_and(is_word);
        let blank = blank_at(rest, inside_word);
        let end = blank.max(first.len_utf8());
        let (token, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        if blank == 0 {
            code.push_str(token);
        } else {
            code.extend(token.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        }
        rest = after;
    }
    code
}

/// How many bytes from here on are not code: a comment, a text or a character; 0 where code is.
fn blank_at(rest: &str, inside_word: bool) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return block_comment(rest);
    }
    if rest.starts_with('"') {
        return quoted(rest);
    }
    if rest.starts_with('\'') {
        return character(rest);
    }
    if inside_word { 0 } else { raw_text(rest) }
}

/// A block comment; they nest.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0usize, 0usize);
    while let Some(here) = rest.get(at..) {
        if here.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            at += 2;
        } else if let Some(next) = here.chars().next() {
            at += next.len_utf8();
        } else {
            break;
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (at, next) in rest.char_indices().skip(1) {
        match next {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// A character; 0 for a lifetime or a label.
fn character(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => {
            let _ = chars.next();
            chars.find(|(_, next)| *next == '\'').map_or(rest.len(), |(at, _)| at + 1)
        }
        Some(_) => chars.next().filter(|(_, next)| *next == '\'').map_or(0, |(at, _)| at + 1),
        None => 0,
    }
}

/// A raw text, or a text of bytes; 0 where none begins here.
fn raw_text(rest: &str) -> usize {
    let opened = rest.trim_start_matches(['b', 'c']);
    let prefix = rest.len() - opened.len();
    let Some(raw) = opened.strip_prefix('r') else {
        return if prefix == 1 && opened.starts_with('"') { prefix + quoted(opened) } else { 0 };
    };
    let hashes = raw.len() - raw.trim_start_matches('#').len();
    let close = format!("\"{}", "#".repeat(hashes));
    let Some(body) = raw.get(hashes..).and_then(|body| body.strip_prefix('"')) else {
        return 0;
    };
    let before = rest.len() - body.len();
    if prefix > 1 {
        0
    } else {
        body.find(&close).map_or(rest.len(), |at| before + at + close.len())
    }
}

/// A function: its name, the line it begins on, and how many lines its body has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The line of its `fn`, from 1.
    pub line: usize,
    /// Lines between the braces.
    pub body: usize,
}

/// The functions with a body, in order.
pub fn functions(code: &str) -> Vec<Function> {
    let mut found = Vec::new();
    for (at, name) in declared(code, "fn") {
        let rest = code.get(at..).unwrap_or_default();
        if let Some(body) = body_of(rest) {
            let lines = body.trim_end_matches(' ').matches('\n').count();
            let body = lines.saturating_sub(1);
            found.push(Function { name: name.to_owned(), line: line_at(code, at), body });
        }
    }
    found
}

/// What stands between the braces of the item that begins here, if it has braces.
fn body_of(item: &str) -> Option<&str> {
    let mut depth = 0i32;
    let mut open = None;
    for (at, next) in item.char_indices() {
        match next {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ';' if depth == 0 && open.is_none() => return None,
            '{' => {
                if depth == 0 && open.is_none() {
                    open = Some(at + 1);
                }
                depth += 1;
            }
            '}' => {
                depth -= 1;
                if let (0, Some(from)) = (depth, open) {
                    return item.get(from..at);
                }
            }
            _ => {}
        }
    }
    None
}

/// The modules that a file declares and leaves to another file, each with the inline modules
/// around it.
pub fn modules(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut inline: Vec<(usize, &str)> = Vec::new();
    for (at, name) in declared(code, "mod") {
        while inline.last().is_some_and(|(end, _)| at > *end) {
            inline.pop();
        }
        let rest = code.get(at..).unwrap_or_default();
        let around = inline.iter().map(|(_, name)| (*name).to_owned());
        match body_of(rest) {
            Some(body) => {
                let end = at + rest.find('{').unwrap_or(0) + body.len() + 1;
                inline.push((end, name));
            }
            None => found.push(around.chain([name.to_owned()]).collect()),
        }
    }
    found
}

/// Where an item of this keyword is declared, with its name: `fn name`, `mod name`.
fn declared<'c>(code: &'c str, keyword: &str) -> Vec<(usize, &'c str)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices(keyword) {
        let before = code.get(..at).and_then(|before| before.chars().next_back());
        let after = code.get(at + keyword.len()..).unwrap_or_default();
        if before.is_some_and(is_word) || !after.starts_with(char::is_whitespace) {
            continue;
        }
        let name = word_at(after.trim_start());
        if !name.is_empty() {
            found.push((at, name));
        }
    }
    found
}

/// The constants that a file declares for others: line and name.
pub fn constants(code: &str) -> Vec<(usize, &str)> {
    let all = declared(code, "const").into_iter();
    let named = all.filter(|(_, name)| *name != "_" && *name != "fn");
    named.map(|(at, name)| (line_at(code, at), name)).collect()
}

/// Whether this word stands in the text by itself.
pub fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// The line, from 1, of a place in a text.
pub fn line_at(text: &str, at: usize) -> usize {
    text.get(..at).unwrap_or_default().matches('\n').count() + 1
}

fn word_at(text: &str) -> &str {
    let end = text.find(|next| !is_word(next)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

fn is_word(next: char) -> bool {
    next.is_alphanumeric() || next == '_'
}
