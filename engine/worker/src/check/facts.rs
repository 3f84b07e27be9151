//! What is known of a module or a source, as it is printed.

use foldline_core::value::canonical::write_text;
use foldline_language::problem::render::clean;

use super::file::{Checked, Kind};

/// Lines for people, the first of which names it.
pub(super) fn text(file: &str, checked: &Checked) -> String {
    let Some((name, _)) = &checked.facts.name else { return String::new() };
    let (name, file) = (clean(name), clean(file));
    let mut out = match (checked.kind, checked.facts.version) {
        (Kind::Module, Some(version)) => format!("{name}, version {version} ({file})\n"),
        (Kind::Module, None) => format!("{name} ({file})\n"),
        _ => format!("{name}, a source ({file})\n"),
    };
    if let Some(events) = &checked.facts.events {
        let events: Vec<String> = events.iter().map(|it| clean(it)).collect();
        out.extend(["  events: ", &events.join(", "), "\n"]);
    }
    out
}

/// A line for programs: an object, and its keys are always the same for a module, and for a
/// source.
pub(super) fn json(file: &str, checked: &Checked, errors: usize, warnings: usize) -> String {
    let key = match checked.kind {
        Kind::Module => "projection",
        Kind::Source => "source",
        Kind::Other | Kind::Unknown => return String::new(),
    };
    let mut out = format!("{{\"{key}\":");
    match &checked.facts.name {
        Some((name, _)) => write_text(name, &mut out),
        None => out.push_str("null"),
    }
    if checked.kind == Kind::Module {
        out.push_str(",\"version\":");
        out.push_str(&checked.facts.version.map_or("null".into(), |it| it.to_string()));
        out.push_str(",\"events\":");
        match &checked.facts.events {
            Some(events) => list(events, &mut out),
            None => out.push_str("null"),
        }
    }
    out.push_str(",\"file\":");
    write_text(file, &mut out);
    for (name, number) in [("errors", errors), ("warnings", warnings)] {
        out.extend([",\"", name, "\":", &number.to_string()]);
    }
    out.push_str("}\n");
    out
}

fn list(texts: &[Box<str>], out: &mut String) {
    out.push('[');
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_text(text, out);
    }
    out.push(']');
}
