//! `foldline docs`: what the code of a problem means. The pages are the ones of `docs/errors`, as
//! they were when the program was built.

mod styled;

use foldline_core::value::canonical::write_text;
use foldline_language::problem::render::Look;
use foldline_language::problem::{Code, Severity, nearest};

use crate::Exit;
use crate::output::{Form, Notice, Output};

/// Prints the page of a code, or the list of all codes.
pub(crate) fn run(asked: Option<&str>, form: Form, output: &mut Output<'_>) -> Exit {
    let Some(asked) = asked else {
        list(form, output);
        return Exit::Done;
    };
    let Some(code) = code_of(asked) else {
        output.tell(Notice::Error, &format!("there is no problem with the code `{asked}`"));
        let near = near(asked);
        let hint = match near.as_slice() {
            [] => String::new(),
            [one] => format!("near it is {one}; "),
            more => format!("near it are {}; ", more.join(", ")),
        };
        output.tell(Notice::Hint, &format!("{hint}`foldline docs` lists all of them"));
        return Exit::Usage;
    };
    match (form, output.look) {
        (Form::Json, _) => output.result(&json(code, Some(code.page()))),
        (Form::Text, Look::Plain) => output.result(code.page()),
        (Form::Text, Look::Coloured) => output.result(&styled::page(code.page())),
    }
    Exit::Done
}

fn list(form: Form, output: &mut Output<'_>) {
    for &code in Code::ALL {
        output.result(&match form {
            Form::Text => format!("{code}  {}\n", code.title()),
            Form::Json => json(code, None),
        });
    }
}

fn json(code: Code, text: Option<&str>) -> String {
    let severity = match code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let known = [("severity", severity), ("title", code.title())];
    let mut out = format!("{{\"code\":\"{code}\"");
    for (name, value) in known.into_iter().chain(text.map(|text| ("text", text))) {
        out.extend([",\"", name, "\":"]);
        write_text(value, &mut out);
    }
    out.push_str("}\n");
    out
}

/// The code that was asked for: its letter, and zeros before its number, may be left out.
fn code_of(asked: &str) -> Option<Code> {
    let asked = number(asked)?;
    Code::ALL.iter().copied().find(|code| number(code.name()) == Some(asked))
}

fn number(name: &str) -> Option<u16> {
    let name = name.trim();
    let digits = name.strip_prefix(['F', 'f']).unwrap_or(name);
    // A sign would be read as a part of the number.
    digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The codes that may have been meant, the most likely first: by a slip of the keyboard, or the
/// ones on both sides.
fn near(asked: &str) -> Vec<&'static str> {
    let names = || Code::ALL.iter().map(|code| code.name());
    let mut near: Vec<&str> = Vec::new();
    if let Some(asked) = number(asked) {
        near.extend(nearest(&format!("F{asked:04}"), names()));
        near.extend(names().rfind(|name| number(name) < Some(asked)));
        near.extend(names().find(|name| number(name) > Some(asked)));
    } else {
        near.extend(nearest(asked, names()));
    }
    let mut told = Vec::new();
    for name in near {
        if !told.contains(&name) {
            told.push(name);
        }
    }
    told
}

#[cfg(test)]
mod tests;
