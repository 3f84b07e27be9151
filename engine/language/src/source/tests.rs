//! Sources that are right and what they say, and what is said of those that are not.

mod any;
mod chains;
mod wrong;

use super::{Act, Data, Source, Step, Versions, parse, read, schema};
use crate::decode::record::{Binary, Format};
use crate::expression::Tree;
use crate::problem::Code;
use crate::yaml;

/// A source in which nothing is wrong.
#[track_caller]
fn right(text: &str) -> Source {
    let (source, problems) = parse(text);
    assert_eq!(problems, [], "{text}");
    source.expect("there is a source where nothing is wrong")
}

/// What is wrong with a source: the codes, each with what it points at.
#[track_caller]
fn problems(text: &str) -> Vec<(Code, &str)> {
    let (_, problems) = parse(text);
    for problem in &problems {
        let own = problem.code >= Code::SourceKey;
        assert!(!own || problem.hint.is_some(), "{text}: {problem:?}");
    }
    problems.iter().map(|problem| (problem.code, problem.span.of(text))).collect()
}

const HEAD: &str = "source: wallets\nformat: json\n";

/// A source for the changes of items that hold several events each.
const EXPLODED: &str = "\
source: changesets
format: dynamodb
where: \"!keys.stream_id.startsWith('!!!RESERVED')\"
explode: json(new.events)
event:
  stream: new.stream_id
  version: new.first_event_id + index
  type: item.type
  time: time(new.timestamp)
  data: item
  meta: json(new.metadata)
  id: \"new.stream_id + ':' + string(index)\"
count_only: [SNAPSHOT, 'odd type']
schema: coalesce(item?.v, 1)
first: 0
versions: contiguous
ignore_changes: [page, page_item]
binary: twice
";

fn shown(text: &str, tree: Option<&Tree>) -> String {
    tree.map(|tree| tree.span.of(text).to_owned()).unwrap_or_default()
}

#[test]
fn a_source_says_what_records_mean() {
    let source = right(EXPLODED);
    let shown = |tree: Option<&Tree>| shown(EXPLODED, tree);
    assert_eq!(source.name.as_ref().map(|name| &*name.text), Some("changesets"));
    assert_eq!(source.format.map(|it| it.value), Some(Format::Dynamodb));
    assert_eq!(shown(source.condition.as_ref()), "!keys.stream_id.startsWith('!!!RESERVED')");
    let explode = source.explode.as_ref().expect("it is said");
    assert_eq!((&*explode.name.text, &*shown(Some(&explode.list))), ("item", "json(new.events)"));
    let event = source.event.as_ref().expect("it is said");
    assert_eq!(shown(event.stream.as_ref()), "new.stream_id");
    assert_eq!(shown(event.version.as_ref()), "new.first_event_id + index");
    assert_eq!(shown(event.kind.as_ref()), "item.type");
    assert_eq!(shown(event.time.as_ref()), "time(new.timestamp)");
    assert_eq!(shown(event.meta.as_ref()), "json(new.metadata)");
    assert_eq!(shown(event.id.as_ref()), "new.stream_id + ':' + string(index)");
    assert!(matches!(&event.data, Some(Data::Value(tree)) if shown(Some(tree)) == "item"));
    let names = source.count_only.iter().flatten().map(|name| &*name.text);
    assert_eq!(names.collect::<Vec<_>>(), ["SNAPSHOT", "odd type"]);
    assert_eq!(shown(source.schema.as_ref()), "coalesce(item?.v, 1)");
    assert_eq!((source.first(), source.versions()), (0, Versions::Contiguous));
    let ignored = source.ignore_changes.expect("it is said");
    assert_eq!(ignored.span.of(EXPLODED), "ignore_changes");
    assert_eq!(ignored.value.len(), 2);
    assert_eq!(source.binary.map(|it| it.value), Some(Binary::Twice));
}

#[test]
fn what_is_not_said_is_the_usual() {
    let source = right(HEAD);
    assert_eq!((source.first(), source.versions()), (1, Versions::Contiguous));
    assert!(source.event.is_none() && source.upcasts.is_none());
    let text = "source: prices\nformat: dynamodb\nversions: refold\nsort: new.date\n\
                event: { stream: new.productId, type: new.event, data: rest }\n";
    let source = right(text);
    assert_eq!(source.versions(), Versions::Refold);
    let Some(Data::Rest(span)) = source.event.and_then(|event| event.data) else {
        panic!("all the rest is its data");
    };
    assert_eq!(span.of(text), "rest");
    // In quotes it is an expression: a name that means nothing, as is told elsewhere.
    let quoted = right(&text.replace("rest", "\"rest\""));
    assert!(matches!(quoted.event.and_then(|it| it.data), Some(Data::Value(_))));
}

#[test]
fn maps_and_lists_are_built_of_expressions() {
    let text = "source: s\nformat: json\nevent:\n  stream: record.id\n  version: record.n\n  \
                type: record.t\n  data: { amount: record.a, tags: [record.b, 1 + 1] }\n";
    let source = right(text);
    let Some(Data::Value(tree)) = source.event.and_then(|event| event.data) else {
        panic!("its data is said");
    };
    assert_eq!(tree.span.of(text), "{ amount: record.a, tags: [record.b, 1 + 1] }");
    assert_eq!(tree.height, 4);
}

#[test]
fn elements_have_the_name_that_they_are_given() {
    let event = "event: { stream: line.id, version: line.n + index, type: line.t, data: line }\n";
    let source = right(&format!("{HEAD}explode: {{ line: record.lines }}\n{event}"));
    assert_eq!(source.explode.map(|it| it.name.text), Some("line".into()));
}

#[test]
fn a_worker_keeps_its_own_keys() {
    let text = "feed: { embedded: { path: data } }\nhistory: feed\nformat: json\n";
    let node = yaml::parse(text).0.expect("it is YAML");
    let (source, problems) = read(text, &node);
    assert_eq!(problems, []);
    let others = source.expect("it is right").others;
    let kept: Vec<_> =
        others.iter().map(|(name, node)| (&*name.text, node.span.of(text))).collect();
    assert_eq!(kept, [("feed", "{ embedded: { path: data } }"), ("history", "feed")]);
    // In a file it is not the place, and in a configuration a source has no name of its own.
    assert_eq!(self::problems(&format!("{HEAD}feed: {{}}\n")), [(Code::SourceKey, "feed")]);
    let node = yaml::parse(HEAD).0.expect("it is YAML");
    let (_, problems) = read(HEAD, &node);
    assert_eq!(problems.first().map(|it| it.span.of(HEAD)), Some("source"));
}

#[test]
fn a_preset_fills_what_is_not_said() {
    let own = right("source: mine\npreset: changesets\nfirst: 1\n");
    assert_eq!(own.preset.as_ref().map(|name| &*name.text), Some("changesets"));
    let whole = own.over(right(EXPLODED));
    assert_eq!(whole.check(), []);
    assert_eq!((whole.first(), whole.name.map(|it| it.text)), (1, Some("mine".into())));
    assert!(whole.event.is_some() && whole.condition.is_some());
    let own = right("source: mine\npreset: changesets\nversions: refold\n");
    assert!(!own.over(right(EXPLODED)).check().is_empty());
}

#[test]
fn sources_that_say_the_same_mean_the_same() {
    let meaning = |text: &str| right(text).meaning;
    let one = meaning("source: a\nformat: json\nwhere: record.x # of interest\n");
    assert_eq!(one, meaning("source: b\nwhere: 'record.x'\nformat:   json\n"));
    assert_ne!(one, meaning("source: a\nformat: json\nwhere: record.y\n"));
    let text = "feed: x\nformat: json\nwhere: record.x\n";
    let node = yaml::parse(text).0.expect("it is YAML");
    assert_eq!(read(text, &node).0.map(|source| source.meaning), Some(one));
    // A preset is part of what is meant.
    let preset = |text: &str| right("source: a\npreset: p\n").over(right(text)).meaning;
    assert_ne!(preset(HEAD), preset(EXPLODED));
}

#[test]
fn upcasts_are_steps() {
    let text = "source: wallets\nformat: json\nupcast:
  - type: Credited
    from: 1
    steps:
      - rename: { amt: amount, a.b: a.c }
      - set: { currency: \"'EUR'\", \"labels['odd name'].x\": type }
      - default: { note: null }
      - unset: legacy
      - unset: [a-b, c]
  - type: Credited
    from: 2
    steps: [ { split: [ { type: Booked, schema: 3, data: { n: data.amount } }, { type: Rated } ] } ]
  - { type: Noise, from: 7, steps: [ drop ] }
  - { type: Old, from: 1, steps: [ { retype: New } ] }
  - { type: Older, from: 1, steps: [ { retype: { type: Newer, schema: 2 } } ] }
  - { type: Oldest, from: 1, steps: [ { drop: } ] }
";
    let upcasts = right(text).upcasts.expect("they are said");
    let heads = upcasts.iter().map(|it| (&*it.kind.text, it.from.value, it.steps.len()));
    let expected = [
        ("Credited", 1, 5),
        ("Credited", 2, 1),
        ("Noise", 7, 1),
        ("Old", 1, 1),
        ("Older", 1, 1),
        ("Oldest", 1, 1),
    ];
    assert_eq!(heads.collect::<Vec<_>>(), expected);
    let steps = |upcast: usize| -> Vec<String> { upcasts[upcast].steps.iter().map(told).collect() };
    assert_eq!(
        steps(0),
        [
            "rename amt>amount a.b>a.c",
            "set currency labels.odd name.x",
            "default note",
            "unset legacy",
            "unset a-b c",
        ]
    );
    assert_eq!(steps(1), ["split Booked@3+data Rated@1"]);
    assert_eq!(steps(2), ["drop"]);
    assert_eq!(steps(3), ["retype New@1"]);
    assert_eq!(steps(4), ["retype Newer@2"]);
    assert_eq!(steps(5), ["drop"]);
}

fn told(step: &Step) -> String {
    let words: Vec<String> = match &step.act {
        Act::Set(values) | Act::Default(values) => values.iter().map(|it| it.0.text()).collect(),
        Act::Rename(paths) => {
            paths.iter().map(|(from, to)| format!("{}>{}", from.text(), to.text())).collect()
        }
        Act::Unset(paths) => paths.iter().map(super::Path::text).collect(),
        Act::Retype(of) => vec![format!("{}@{}", of.kind.text, of.schema)],
        Act::Split(parts) => {
            let data = |part: &super::Part| if part.data.is_some() { "+data" } else { "" };
            let one =
                |it: &super::Part| format!("{}@{}{}", it.of.kind.text, it.of.schema, data(it));
            parts.iter().map(one).collect()
        }
        Act::Drop => Vec::new(),
    };
    let verb = match &step.act {
        Act::Set(_) => "set",
        Act::Default(_) => "default",
        Act::Rename(_) => "rename",
        Act::Unset(_) => "unset",
        Act::Retype(_) => "retype",
        Act::Split(_) => "split",
        Act::Drop => "drop",
    };
    [vec![verb.to_owned()], words].concat().join(" ")
}

#[test]
fn the_schema_is_made_of_the_same_keys() {
    let schema: serde_json::Value = serde_json::from_str(&schema()).expect("it is JSON");
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["required"], serde_json::json!(["source"]));
    let formats: Vec<&str> = Format::ALL.into_iter().map(Format::name).collect();
    assert_eq!(schema["properties"]["format"]["enum"], serde_json::json!(formats));
    let keys = schema["properties"].as_object().expect("it has keys");
    for key in keys.keys().filter(|key| !matches!(key.as_str(), "source" | "format")) {
        let text = format!("{HEAD}{key}: {{ x: 1 }}\n");
        let found = problems(&text);
        assert!(!found.contains(&(Code::SourceKey, key.as_str())), "the reader knows `{key}`");
    }
    let configured = foldline_core::value::canonical::text(&super::configured());
    assert!(configured.contains("\"feed\"") && !configured.contains("\"source\":"));
}
