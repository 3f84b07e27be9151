//! The map at the top of a source, and what stands in it beside its upcasts.

use super::keys::{self, Own, Stands, Top};
use super::read::{Reader, VERSIONS};
use super::{Data, Event, Explode, Source};
use crate::decode::record::{Binary, Format};
use crate::expression::{Kind as Sort, Name, Tree};
use crate::module::Placed;
use crate::problem::Code;
use crate::yaml::{Entry, Kind, Node, Scalar, Style, brief};

/// What an element is called where its author gives it no name.
pub(super) const ITEM: &str = "item";

/// What the place of an element is called.
pub(super) const INDEX: &str = "index";

impl Reader<'_> {
    /// The source that a value of the file is; none where it is no map.
    pub(super) fn source(&mut self, node: &Node, stands: Stands) -> Option<Source> {
        let hint = match stands {
            Stands::File => "a file holds one source, and begins with `source: name`",
            Stands::Configuration => "write `format: json` and `feed: …` below the source's name",
        };
        let entries = self.map(node, "a source", hint)?;
        let own = match stands {
            Stands::File => keys::FILE.iter().collect::<Vec<_>>(),
            Stands::Configuration => keys::CONFIGURATION.iter().collect(),
        };
        let table: Vec<_> = own.into_iter().chain(&keys::TOP).collect();
        let mut source = Source { span: node.span, ..Source::default() };
        let said =
            entries.iter().filter(|it| keys::TOP.iter().any(|key| key.name == &*it.key.text));
        let said = Kind::Map(said.cloned().collect());
        source.meaning = Node { span: node.span, kind: said }.meaning();
        let (_, entries): (Vec<_>, Vec<_>) =
            entries.iter().cloned().partition(|entry| self.is_elsewhere(entry, stands));
        for (id, entry) in self.entries(node.span, &entries, &table) {
            self.setting(&mut source, id, entry);
        }
        if source.preset.is_none() && self.problems.is_empty() {
            self.problems.extend(source.check());
        }
        Some(source)
    }

    /// Whether a key belongs into the other of the two places; a problem says so.
    fn is_elsewhere(&mut self, entry: &Entry, stands: Stands) -> bool {
        let key = &*entry.key.text;
        let (what, hint) = match stands {
            Stands::File if keys::CONFIGURATION.iter().any(|own| own.name == key) => (
                format!("`{key}` has no place in a file that only says what records mean"),
                "write it in the worker's configuration, below the source's name",
            ),
            Stands::Configuration if keys::FILE.iter().any(|own| own.name == key) => (
                format!("`{key}` has no place in a worker's configuration"),
                "a source is called there as the key is above it",
            ),
            _ => return false,
        };
        self.tell(Code::SourceKey, entry.key.span, what, hint);
        true
    }

    fn setting(&mut self, source: &mut Source, id: Top, entry: &Entry) {
        let node = &entry.value;
        match id {
            Top::Source => source.name = self.source_name(node, "the name of a source"),
            Top::Other => {
                let name = Name { span: entry.key.span, text: entry.key.text.clone() };
                source.others.push((name, node.clone()));
            }
            Top::Preset => source.preset = self.source_name(node, "the name of a preset"),
            Top::Format => {
                let words = Format::ALL.map(|format| (format.name(), format));
                source.format = self.word(node, "a format that can be read", &words);
            }
            Top::Event => source.event = self.event(node),
            Top::Where => source.condition = self.expression(node),
            Top::Explode => source.explode = self.explode(node),
            Top::CountOnly => {
                let hint = "write `count_only: [SNAPSHOT]`";
                source.count_only = Some(self.names(node, "types of events", hint));
            }
            Top::Schema => source.schema = self.expression(node),
            Top::First => {
                let first = self.whole(node, "the first version of a stream", 0..=1);
                source.first = first.map(|it| Placed { span: it.span, value: it.value.into() });
            }
            Top::Versions => {
                let belongs = "one of the words for what versions are";
                source.versions = self.word(node, belongs, &VERSIONS);
            }
            Top::Sort => source.sort = self.expression(node),
            Top::IgnoreChanges => {
                let hint = "write `ignore_changes: [page]`";
                let value = self.names(node, "attributes", hint);
                source.ignore_changes = Some(Placed { span: entry.key.span, value });
            }
            Top::Binary => {
                let words = Binary::ALL.map(|binary| (binary.name(), binary));
                let mut read = self.word(node, "how often bytes are written in base64", &words);
                if let Some(read) = &mut read {
                    read.span = entry.key.span;
                }
                source.binary = read;
            }
            Top::Upcast => source.upcasts = Some(self.upcasts(node)),
        }
    }

    fn event(&mut self, node: &Node) -> Option<Event> {
        let hint = "write `event: { stream: …, version: …, type: …, data: … }`";
        let entries = self.map(node, "a map of what an event is", hint)?;
        let table: Vec<_> = keys::EVENT.iter().collect();
        let first = entries.first().map_or(node.span, |entry| entry.key.span);
        let mut event = Event { span: first, ..Event::default() };
        for (id, entry) in self.entries(node.span, entries, &table) {
            let node = &entry.value;
            match id {
                Own::Data => event.data = self.data(node),
                Own::Stream => event.stream = self.expression(node),
                Own::Version => event.version = self.expression(node),
                Own::Type => event.kind = self.expression(node),
                Own::Time => event.time = self.expression(node),
                Own::Meta => event.meta = self.expression(node),
                Own::Id => event.id = self.expression(node),
            }
        }
        Some(event)
    }

    fn data(&mut self, node: &Node) -> Option<Data> {
        match &node.kind {
            Kind::Scalar(scalar) if &*scalar.text == "rest" && scalar.style == Style::Plain => {
                Some(Data::Rest(scalar.span))
            }
            Kind::Scalar(scalar) if &*scalar.text == "*" => {
                let what = format!("`{}` is no expression", brief(scalar.span.of(self.text)));
                let hint =
                    "all that no other expression here takes is `data: rest`, without quotes";
                self.tell(Code::SourceWord, scalar.span, what, hint);
                None
            }
            _ => self.expression(node).map(Data::Value),
        }
    }

    /// A list, or a list by the name of its elements.
    fn explode(&mut self, node: &Node) -> Option<Explode> {
        let Kind::Map(entries) = &node.kind else {
            let list = self.list_of(node);
            return Some(Explode { name: Name { span: node.span, text: ITEM.into() }, list });
        };
        if entries.len() != 1 {
            let hint = "write `explode: json(new.events)`, or `explode: { line: record.lines }` \
                        for elements that are called `line`; their place is `index`";
            let what = format!("one list belongs here, found {}", entries.len());
            self.tell(Code::SourceShape, node.span, what, hint);
        }
        let entry = entries.first()?;
        let list = self.list_of(&entry.value);
        self.element(&entry.key);
        let name = Name { span: entry.key.span, text: entry.key.text.clone() };
        Some(Explode { name, list })
    }

    /// A list. Where none can be read an empty one stands for it: what its elements are called is
    /// no mistake then.
    fn list_of(&mut self, node: &Node) -> Tree {
        let list = self.expression(node);
        list.unwrap_or(Tree { span: node.span, kind: Sort::List(Vec::new()), height: 1 })
    }

    /// Says whether an element cannot be called so.
    fn element(&mut self, key: &Scalar) {
        let mut letters = key.text.chars();
        let is_name = letters.next().is_some_and(|c| c == '_' || c.is_alphabetic())
            && letters.all(|c| c == '_' || c.is_alphanumeric());
        let taken = Format::ALL.into_iter().flat_map(Format::roots).any(|own| **own == *key.text)
            || matches!(&*key.text, INDEX | "in" | "null" | "true" | "false");
        if is_name && !taken {
            return;
        }
        let what = if taken {
            format!("`{}` has a meaning already", brief(&key.text))
        } else {
            format!("`{}` is no name for an element", brief(&key.text))
        };
        self.tell(Code::SourceName, key.span, what, "take another word, as `item`");
    }
}
