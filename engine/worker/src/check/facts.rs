//! What is known of a module or a source, as it is printed.

use foldline_core::guard::GuardKind;
use foldline_core::value::canonical::write_text;
use foldline_language::problem::render::clean;
use foldline_language::program::guard::{Choice, Feed, Keys, choose};

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
    if let Some(keys) = checked.facts.keys {
        for (feeds, Choice { guard, why }) in choices(keys) {
            let feeds: Vec<&str> = feeds.into_iter().map(Feed::which).collect();
            let guard = guard.map_or("none", GuardKind::name);
            out.extend(["  guard: ", guard, " (", &feeds.join(", "), ")\n    why: ", why, "\n"]);
        }
    }
    out
}

/// The guards for such keys, each with the feeds that it is for.
fn choices(keys: Keys) -> Vec<(Vec<Feed>, Choice)> {
    let mut choices: Vec<(Vec<Feed>, Choice)> = Vec::new();
    for feed in Feed::ALL {
        let choice = choose(keys, feed);
        match choices.iter_mut().find(|(_, known)| *known == choice) {
            Some((feeds, _)) => feeds.push(feed),
            None => choices.push((vec![feed], choice)),
        }
    }
    choices
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
    }
    out.push_str(",\"file\":");
    write_text(file, &mut out);
    if checked.kind == Kind::Module {
        out.push_str(",\"events\":");
        match &checked.facts.events {
            Some(events) => list(events, &mut out),
            None => out.push_str("null"),
        }
        out.push_str(",\"guards\":");
        match checked.facts.keys {
            Some(keys) => guards(keys, &mut out),
            None => out.push_str("null"),
        }
    }
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

/// The guard for each sort of feed.
fn guards(keys: Keys, out: &mut String) {
    for (index, feed) in Feed::ALL.into_iter().enumerate() {
        let Choice { guard, why } = choose(keys, feed);
        let name = match feed {
            Feed::Ordered => "ordered",
            Feed::Versioned => "versioned",
            Feed::Unversioned => "unversioned",
        };
        let guard = guard.map_or("null".into(), |guard| format!("\"{}\"", guard.name()));
        out.push(if index == 0 { '[' } else { ',' });
        out.extend(["{\"feed\":\"", name, "\",\"guard\":", &guard, ",\"why\":"]);
        write_text(why, out);
        out.push('}');
    }
    out.push(']');
}
