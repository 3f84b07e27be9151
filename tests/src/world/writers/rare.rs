//! What writers do in some worlds only, by chance of its own: the other worlds stay as they were.

use foldline_core::name::Name;

use super::{Record, Shown, Writers};
use crate::world::faults::Kind;
use crate::world::truth::{Act, Class, Fact, Flaw};

impl Writers<'_> {
    /// An event that fails for all of its keys, now and then.
    pub(super) fn draw_rare_flaw(&mut self, class: Class, flaw: Flaw) -> Flaw {
        let fits = self.may(Kind::PoisonKeys) && class == Class::Poisoned && flaw == Flaw::None;
        if fits && self.rare.permille(60) { Flaw::Keys } else { flaw }
    }

    /// Where the key is data it fails for several documents.
    pub(super) fn count_keys(&mut self, flaw: Flaw, keys: &[Name]) {
        if flaw == Flaw::Keys && keys.len() > 1 {
            self.tally.count(Kind::PoisonKeys);
        }
    }

    /// Shows events below the first version: no stream can have them, and history has not.
    pub(super) fn go_below(&mut self) {
        let Some(version) = self.settings.first.checked_sub(1) else { return };
        if !self.may(Kind::BelowFirst) {
            return;
        }
        let (begin, span) = (1_000, self.settings.duration());
        for (number, stream) in self.truth.streams.iter_mut().enumerate() {
            if !matches!(stream.class, Class::Plain | Class::Poisoned) || !self.rare.percent(30) {
                continue;
            }
            self.last_id += 1;
            let at = begin + self.rare.between(span / 4, span);
            let key = Name::from(format!("k{}", self.rare.below(self.settings.keys)));
            let (id, keys) = (self.last_id, vec![key]);
            let (act, flaw, twin) = (Act::Added, Flaw::None, None);
            stream.below = Some(Fact { version, act, id, twin, keys, flaw, time: at, shown: at });
            let shown = vec![Shown::Event { stream: number, version, forged: false }];
            self.records.push(Record { at, shown, elsewhere: false });
            self.tally.count(Kind::BelowFirst);
        }
    }
}
