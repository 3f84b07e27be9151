//! How scripts write events: see [`super`].

use foldline_core::event::BatchBuilder;
use foldline_core::name::Name;
use foldline_core::position::Position;
use foldline_tests::world::truth::{Act, Fact, Flaw};

pub(super) fn write(
    out: &mut BatchBuilder,
    text: &str,
    position: Position,
    refold: bool,
    now: u64,
) {
    let (stream, fact) = parse(text, now);
    if refold {
        fact.show(out, &stream, 0, position);
        out.sort(&fact.version.to_string());
    } else {
        fact.show(out, &stream, fact.version, position);
    }
}

pub(super) fn parse(text: &str, time: u64) -> (String, Fact) {
    let (stream, rest) = text.split_once(':').expect("a stream and a version");
    let (rest, keys) = rest.split_once('@').unwrap_or((rest, ""));
    let digits = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    let (version, rest) = rest.split_at(digits);
    let version: u64 = version.parse().expect("a version");
    let mut fact = Fact {
        version,
        act: Act::Added,
        id: version.cast_signed(),
        twin: None,
        keys: keys.split(',').filter(|key| !key.is_empty()).map(Name::from).collect(),
        flaw: Flaw::None,
        time,
        shown: 0,
    };
    match rest.split_at_checked(1) {
        Some(("!", _)) => fact.flaw = Flaw::Undecodable,
        Some(("?", _)) => fact.flaw = Flaw::Apply,
        Some(("%", _)) => fact.flaw = Flaw::Route,
        Some(("-", _)) => fact.act = Act::Removed,
        Some(("=", _)) => fact.act = Act::Noted,
        Some(("~", _)) => fact.act = Act::Ignored,
        Some(("#", id)) => fact.id = id.parse().expect("an id"),
        Some(("^", _)) => fact.flaw = Flaw::Strict,
        Some(("*", _)) => fact.twin = Some(fact.id + 100),
        _ => {}
    }
    (stream.to_owned(), fact)
}
