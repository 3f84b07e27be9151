//! What a source must say, and what does not go together in it.

use super::{Source, Versions};
use crate::decode::record::Format;
use crate::problem::{Code, Problem, Span};

impl Source {
    /// The same, and where it says nothing what the preset says.
    #[must_use]
    pub fn over(self, preset: Source) -> Source {
        Source {
            span: self.span,
            name: self.name,
            preset: self.preset,
            format: self.format.or(preset.format),
            event: self.event.or(preset.event),
            condition: self.condition.or(preset.condition),
            explode: self.explode.or(preset.explode),
            count_only: self.count_only.or(preset.count_only),
            schema: self.schema.or(preset.schema),
            first: self.first.or(preset.first),
            versions: self.versions.or(preset.versions),
            sort: self.sort.or(preset.sort),
            ignore_changes: self.ignore_changes.or(preset.ignore_changes),
            binary: self.binary.or(preset.binary),
            upcasts: self.upcasts.or(preset.upcasts),
            others: self.others,
            meaning: self.meaning.rotate_left(1) ^ preset.meaning,
        }
    }

    /// What versions are.
    pub fn versions(&self) -> Versions {
        self.versions.map(|it| it.value).unwrap_or_default()
    }

    /// The first version of a stream.
    pub fn first(&self) -> u64 {
        self.first.map_or(1, |it| it.value)
    }

    /// What is missing, and what does not go together. A source with a preset is checked when the
    /// preset's settings are in it.
    pub fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let top = Span { to: self.span.from.saturating_add(1).min(self.span.to), ..self.span };
        let place = self.name.as_ref().map_or(top, |name| name.span);
        let mut lacks = |span: Span, what: &str, hint: &str| {
            problems.push(Problem::new(Code::SourceLacks, span, what).hint(hint));
        };
        let Some(format) = self.format else {
            let hint = "write `format: json` or `format: dynamodb`, or name a `preset`";
            lacks(place, "the key `format` is missing", hint);
            return problems;
        };
        let is_dynamodb = format.value == Format::Dynamodb;
        match &self.event {
            None if is_dynamodb => {
                let hint = "write which attributes its stream, its version, its type and its data \
                            are: `event: { stream: new.id, version: new.version, … }`";
                lacks(format.span, "the key `event` is missing", hint);
            }
            None if self.explode.is_some() => {
                let hint = "write what an event is of each element: `event: { stream: …, … }`";
                lacks(format.span, "the key `event` is missing", hint);
            }
            Some(event) if event.version.is_none() && self.versions() != Versions::Refold => {
                let hint = "write `version: …`; a source without versions says `versions: refold`, \
                            and what orders a stream by `sort`";
                lacks(event.span, "the key `version` is missing in `event`", hint);
            }
            _ => {}
        }
        if self.versions() == Versions::Refold && self.sort.is_none() {
            let span = self.versions.map_or(place, |it| it.span);
            let hint = "write what orders the events of a stream: `sort: new.date`";
            lacks(span, "the key `sort` is missing", hint);
        }
        problems.extend(self.clashes(is_dynamodb));
        problems
    }

    fn clashes(&self, is_dynamodb: bool) -> Vec<Problem> {
        let refold = self.versions() == Versions::Refold;
        let version = self.event.as_ref().and_then(|event| event.version.as_ref());
        let changes = self.ignore_changes.as_ref().map(|it| it.span);
        let clash = |span: Option<Span>, what: &str, hint: &str| {
            span.map(|span| Problem::new(Code::SourceClash, span, what).hint(hint))
        };
        let refolded = "take it away, or take away `versions: refold`";
        let of_dynamodb = "take it away, or write `format: dynamodb`";
        [
            clash(
                version.filter(|_| refold).map(|it| it.span),
                "a source with `versions: refold` has no versions",
                refolded,
            ),
            clash(
                self.first.filter(|_| refold).map(|it| it.span),
                "a source with `versions: refold` has no first version",
                refolded,
            ),
            clash(
                self.sort.as_ref().filter(|_| !refold).map(|it| it.span),
                "versions order this source, and `sort` has no meaning",
                "take it away, or write `versions: refold`",
            ),
            clash(
                changes.filter(|_| !is_dynamodb),
                "`ignore_changes` goes with `format: dynamodb` alone",
                of_dynamodb,
            ),
            clash(
                self.binary.filter(|_| !is_dynamodb).map(|it| it.span),
                "`binary` goes with `format: dynamodb` alone",
                of_dynamodb,
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
