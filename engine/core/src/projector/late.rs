//! Events out of their stream's order for good: a late fill, a fork, a version below the first.
//! Where the key is the stream its document is folded anew from history; else they become
//! letters that hold nothing up.

use std::sync::Arc;

use crate::checkpoint::Verdict;
use crate::effect::Alarm;
use crate::effect::Effect;
use crate::event::Event;
use crate::fault::Fault;
use crate::guard::GuardKind;
use crate::input::History;
use crate::letter::{Cause, Scope};
use crate::projection::{Keys, Projection};

use super::Projector;
use super::document::Document;
use super::order::Offered;
use super::park::{Appending, BELOW_FIRST};
use super::slab::Id;
use super::stream::Stream;
use super::work::{Out, Work, event_of};

impl<P: Projection> Projector<P> {
    /// A version that was passed over, and here it is.
    pub(super) fn late_fill(&mut self, id: Id<Stream>, offered: Offered<'_>) {
        if self.source.ordered {
            let slot = offered.receipt.map_or(u32::MAX, |receipt| receipt.slot);
            let event = offered.event;
            let message = format!("{} came after a higher version", at(event));
            let fault = Fault::new("ordered", message);
            return self.halt(slot, crate::effect::Halt::Ordered(fault));
        }
        let version = offered.event.version();
        if self.is_under_way(id, version) {
            return self.duplicate(id, version, offered.receipt);
        }
        let mut keys = Keys::default();
        let routed = self.route(offered.event, &mut keys);
        let work = self.out_work(id, &offered, Out::Fill);
        match routed {
            Ok(()) if keys.is_empty() => {
                self.streams.items[id].extra().holes.fill(version);
                self.works[work].verdict = Some(Verdict::Filtered);
                self.complete_ready(id);
            }
            Ok(()) if self.kind == GuardKind::Version && self.source.history => {
                self.dispatch(work, offered.event, &keys);
            }
            Ok(()) => self.loose_letter(id, work, Cause::Late),
            Err(fault) => {
                self.works[work].rare().fault = Some(fault);
                self.loose_letter(id, work, Cause::Late);
            }
        }
    }

    /// Whether a fork of this version is being healed, or is a letter on its way.
    fn is_fork_under_way(&self, id: Id<Stream>, version: u64) -> bool {
        self.is_on_its_way(id, version, |out| out == Out::Fork)
    }

    /// Whether this version is on its way. A fork of it is not: what it brings is other content,
    /// and its letter does not stand for the version itself.
    fn is_under_way(&self, id: Id<Stream>, version: u64) -> bool {
        self.is_on_its_way(id, version, |out| out != Out::Fork)
    }

    fn is_on_its_way(&self, id: Id<Stream>, version: u64, as_what: impl Fn(Out) -> bool) -> bool {
        let mut works = self.streams.items[id].on_its_way(&self.works);
        works.any(|(_, work)| work.version == version && as_what(work.out))
    }

    /// The work becomes a letter that holds nothing up.
    pub(super) fn loose_letter(&mut self, id: Id<Stream>, work: Id<Work>, cause: Cause) {
        let scope = Scope::Stream(self.streams.items[id].name.clone());
        self.works[work].left += 1;
        self.letters_ready.push(Appending::Loose { work, scope, cause });
    }

    /// A document knows the event's version as a hole. Its stream is folded anew, unless the key
    /// is data, or parked, or that was tried and failed.
    pub(super) fn late_in_document(&mut self, id: Id<Document>, work: Id<Work>) {
        let document = &self.documents.items[id];
        let failed = self.works[work].rare.as_ref().is_some_and(|rare| rare.fault.is_some());
        let refolds = self.kind == GuardKind::Version
            && self.source.history
            && document.meta.mark.is_none()
            && !failed;
        if refolds {
            return self.begin_refold(id, Some(work));
        }
        let scope = Scope::Key(document.key.clone());
        self.letters_ready.push(Appending::Loose { work, scope, cause: Cause::Late });
    }

    /// Whether the version is in with other content, as far as memory remembers.
    pub(super) fn is_fork(&self, id: Id<Stream>, event: Event<'_>) -> bool {
        let stream = &self.streams.items[id];
        stream.digests.differ(event.version(), stream.next, event.digest())
    }

    /// The same version with other content: history decides, if there is one.
    pub(super) fn fork(&mut self, id: Id<Stream>, offered: Offered<'_>) {
        if !self.source.history {
            return self.fork_letter(id, offered);
        }
        let version = offered.event.version();
        if self.is_fork_under_way(id, version) {
            return self.duplicate(id, version, offered.receipt);
        }
        if let Some(work) = self.streams.items[id].extra().forks.get(&version).copied() {
            let duplicates = &mut self.works[work].rare().duplicates;
            duplicates.extend(offered.receipt);
            return;
        }
        let work = self.out_work(id, &offered, Out::Fork);
        self.works[work].left += 1;
        self.streams.items[id].extra().forks.insert(version, work);
        self.read_next(id);
    }

    /// Nobody can decide: the second content becomes a letter.
    pub(super) fn fork_letter(&mut self, id: Id<Stream>, offered: Offered<'_>) {
        let work = self.out_work(id, &offered, Out::Fork);
        self.loose_letter(id, work, Cause::Fork);
    }

    fn alarm_fork(&mut self, id: Id<Stream>, version: u64, healed: bool) {
        let stream = self.streams.items[id].name.clone();
        self.effects.push(Effect::Alarm(Alarm::Fork { stream, version, healed }));
    }

    /// History said which content is the right one.
    pub(super) fn decide_fork(&mut self, id: Id<Stream>, version: u64, history: &History) {
        let found = history.batch.events().find(|event| event.version() == version);
        let gone = history.oldest.is_some_and(|oldest| oldest > version);
        let extra = self.streams.items[id].extra();
        let Some(work) = extra.forks.get(&version).copied() else { return };
        let Some(found) = found else {
            if gone {
                self.streams.items[id].extra().forks.remove(&version);
                self.works[work].left -= 1;
                self.loose_letter(id, work, Cause::Fork);
                return self.read_next(id);
            }
            return self.retry_later(id);
        };
        extra.forks.remove(&version);
        let right = found.digest();
        let ours = event_of(&self.batches, &self.works[work]).map(|event| event.digest());
        let stream = &self.streams.items[id];
        // What was applied may be forgotten by now: it is not what came, that is why this is a
        // fork. So where history has what came, or a third content, the applied one is wrong.
        if ours != Some(right) && stream.digests.agree(version, stream.next, right) {
            self.complete(work, Verdict::Duplicate);
        } else {
            self.works[work].rare().right = Some(right);
            self.heal(id, work);
        }
        self.read_next(id);
    }

    /// The wrong content was applied.
    fn heal(&mut self, id: Id<Stream>, work: Id<Work>) {
        if self.kind == GuardKind::Version {
            let document = self.own_document(id);
            self.begin_refold(document, Some(work));
        } else {
            self.works[work].left -= 1;
            self.loose_letter(id, work, Cause::Fork);
        }
    }

    /// A fork is over: healed, on record, or found to be the wrong one of the two.
    pub(super) fn fork_done(&mut self, id: Id<Stream>, work: &Work, verdict: Verdict) {
        let healed = verdict == Verdict::Applied;
        if let Some(right) = work.rare.as_ref().and_then(|rare| rare.right).filter(|_| healed) {
            self.streams.items[id].digests.set(work.version, right);
        }
        self.alarm_fork(id, work.version, healed);
    }

    /// A version that no stream can have: the event fails, and its key or stream parks.
    pub(super) fn below_first(&mut self, id: Id<Stream>, offered: Offered<'_>) {
        let event = offered.event;
        if self.is_under_way(id, event.version()) {
            return self.duplicate(id, event.version(), offered.receipt);
        }
        let fault = self.fault_below(event);
        let work = self.out_work(id, &offered, Out::Loose);
        self.works[work].rare().fault = Some(fault.clone());
        if self.is_partial() {
            // Its stream begins anywhere: there is nothing that it could be missing from.
            self.loose_letter(id, work, Cause::Failed);
        } else if self.kind == GuardKind::Version {
            let mut keys = Keys::default();
            keys.stream();
            self.dispatch(work, event, &keys);
        } else {
            self.park_stream(id, work, fault);
        }
    }

    fn fault_below(&self, event: Event<'_>) -> Fault {
        let first = self.source.first;
        Fault::new(BELOW_FIRST, format!("{} is below `first: {first}`", at(event)))
    }

    /// As above, of a held event.
    pub(super) fn held_below_first(&mut self, id: Id<Stream>, version: u64) {
        let Some(held) = self.take_held(id, version) else { return };
        self.offer_held(id, version, &held, &mut Arc::default(), Self::below_first);
    }
}

fn at(event: Event<'_>) -> String {
    format!("version {} of stream `{}`", event.version(), event.stream())
}
