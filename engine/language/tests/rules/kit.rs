//! A program at work on events that are written out, as the rules need it.

use std::sync::Arc;

use foldline_core::event::Batch;
use foldline_core::guard::GuardKind;
use foldline_core::position::Position;
use foldline_core::projection::{Change, Keys, Projection};
use foldline_core::value::{Value, canonical, json};
use foldline_language::decode::{Decoder, Plan, lines};
use foldline_language::mapping::Mapping;
use foldline_language::problem::Source;
use foldline_language::problem::render::{self, Look};
use foldline_language::program;
use foldline_language::source;

/// A module around the handlers, which stand two blanks deep below `on:`.
pub(crate) fn module(handlers: &str) -> String {
    with("key: stream", handlers)
}

/// The same with other lines at its top.
pub(crate) fn with(top: &str, handlers: &str) -> String {
    format!(
        "projection: subject\nversion: 1\nfrom: events\ninto: {{ store: store }}\n{top}\non:\n\
         {handlers}\n"
    )
}

/// The codes of what is wrong with a module.
pub(crate) fn codes(module: &str) -> Vec<&'static str> {
    let (_, problems) = program::read("projection.yaml", module);
    problems.iter().map(|problem| problem.code.name()).collect()
}

/// What the events of a stream make of the document of this key: its text, or the fault that
/// parks it. Each event is `Type {data}`.
#[track_caller]
pub(crate) fn fold(module: &str, key: &str, events: &[&str]) -> String {
    folded(module, key, "null", events)
}

/// The same, beginning with a document.
#[track_caller]
pub(crate) fn folded(module: &str, key: &str, before: &str, events: &[&str]) -> String {
    let (program, problems) = program::read("projection.yaml", module);
    let source = Source::new("projection.yaml", module);
    let told = render::text(&source, &problems, Look::Plain);
    let program = Arc::new(program.unwrap_or_else(|| panic!("{told}")));
    let mut plan = Plan::default();
    let work = program.at_work(1, GuardKind::Version, 0, &mut plan).expect("its paths are paths");
    let batch = batch(&plan, events);
    let mut document = json::value(before).expect("it is JSON");
    for event in batch.events() {
        assert_eq!(event.fault(), None, "the events are right");
        let mut keys = Keys::default();
        if let Err(fault) = work.route(event, &mut keys) {
            return format!("parks the stream: {fault}");
        }
        let concerned =
            keys.named().iter().any(|own| own == key) || keys.has_stream() && event.stream() == key;
        if !concerned {
            continue;
        }
        let kept = document.clone();
        match work.apply(event, key, &mut document) {
            Err(fault) => return format!("parks: {fault}"),
            Ok(Change::Filtered) => assert_eq!(document, kept, "what is filtered changes nothing"),
            Ok(Change::Applied) => {}
        }
        assert!(is_stored(&document), "{document:?}");
    }
    canonical::text(&document)
}

/// Which documents an event changes, or the fault that parks its stream.
#[track_caller]
pub(crate) fn keys(module: &str, event: &str) -> String {
    let (program, problems) = program::read("projection.yaml", module);
    let program = Arc::new(program.unwrap_or_else(|| panic!("{problems:?}")));
    let mut plan = Plan::default();
    let work = program.at_work(1, GuardKind::Streams, 0, &mut plan).expect("its paths are paths");
    let batch = batch(&plan, &[event]);
    let mut keys = Keys::default();
    match work.route(batch.event(0).expect("there is one"), &mut keys) {
        Ok(()) => {
            let own = keys.has_stream().then_some("<stream>");
            let names = own.into_iter().chain(keys.named().iter().map(AsRef::as_ref));
            names.collect::<Vec<_>>().join(" ")
        }
        Err(fault) => fault.to_string(),
    }
}

/// Events of the stream `s-1`, a minute apart.
fn batch(plan: &Plan, events: &[&str]) -> Batch {
    let mut text = String::new();
    for (place, event) in events.iter().enumerate() {
        let (kind, data) = event.split_once(' ').unwrap_or((event, "{}"));
        let version = place + 1;
        let line = format!(
            "{{\"stream\":\"s-1\",\"version\":{version},\"type\":\"{kind}\",\
             \"time\":\"2026-01-01T00:{place:02}:00Z\",\"data\":{data},\
             \"meta\":{{\"user\":\"ann\"}}}}\n"
        );
        text.push_str(&line);
    }
    let buffer = text.into_bytes();
    let ranges: Vec<_> = lines(&buffer).collect();
    let places = ranges.into_iter().enumerate();
    let records = places.map(|(at, range)| (range, Position::number(at as u64)));
    Decoder::new(plan).decode(buffer, records).expect("it is small")
}

/// The events that records become by a source: where each stands, and of each part its type and
/// its data. A fault stands behind what it is of.
#[track_caller]
pub(crate) fn events(source: &str, records: &str) -> Vec<String> {
    let (read, problems) = source::parse(source);
    assert_eq!(problems, [], "{source}");
    let (mapping, problems) = Mapping::compile(&read.expect("it was read"));
    assert_eq!(problems, [], "{source}");
    let mut plan = Plan::default();
    let data = plan.path(&["data"]).expect("it is a path");
    plan.every_kind();
    let places = lines(records.as_bytes()).zip(0..);
    let places = places.map(|(range, at)| (range, Position::number(at)));
    let mapping = mapping.expect("nothing is wrong with it");
    let decoded = mapping.decoder(&plan).decode(records.as_bytes().to_vec(), places);
    let batch = decoded.expect("it is small").batch;
    let shown = batch.events().map(|event| {
        let mut out = vec![format!("{}@{}", event.stream(), event.version())];
        for part in event.parts() {
            let data = part.slot(data).value().expect("it was read before");
            out.push(part.kind().into());
            out.extend(data.map(|data| canonical::text(&data)));
        }
        out.extend(event.fault().map(ToString::to_string));
        out.join(" ")
    });
    shown.collect()
}

/// Whether a document reads the same once it was stored and loaded.
fn is_stored(document: &Value) -> bool {
    json::value(&canonical::text(document)).as_ref() == Ok(document)
}
