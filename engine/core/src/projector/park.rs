//! Parks what fails: first the mark, with all that was folded before it, becomes durable; then
//! the letters are appended behind their head; then the events count as done. Whoever meets a
//! marked document or stream parks behind it. A head found closed means that an operator's retry
//! drained it: the mark goes, and the events are judged anew.

use crate::checkpoint::Verdict;
use crate::effect::{Alarm, Effect, Ticket};
use crate::event::Event;
use crate::fault::Fault;
use crate::guard::{Epoch, Mark};
use crate::letter::{Cause, Letter, LetterAnswer, Scope};
use crate::progress::Holes;
use crate::projection::Projection;

use super::Projector;
use super::document::{Document, State};
use super::slab::Id;
use super::stream::{Parking, Stream};
use super::work::{Out, Work, event_of};

/// Why an event fails whose version no stream can have.
pub(super) const BELOW_FIRST: &str = "first";

/// Letters that may be appended now.
#[derive(Clone, Debug)]
pub(super) enum Appending {
    /// Those of a parked document.
    Document(Id<Document>),
    /// Those of a parked stream.
    Stream(Id<Stream>),
    /// One that holds nothing up.
    Loose { work: Id<Work>, scope: Scope, cause: Cause },
}

/// A letter that is being appended.
#[derive(Debug)]
pub(super) struct Sent {
    appending: Appending,
    work: Id<Work>,
    /// Behind which mark: memory may know another one by the time of the answer.
    epoch: Option<Epoch>,
}

impl<P: Projection> Projector<P> {
    /// A name for a new parking: the nonce is random for each life, the serial within it.
    pub(super) fn epoch(&mut self) -> Epoch {
        self.serial += 1;
        Epoch(self.nonce.rotate_left(17) ^ self.serial.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// The event fails for good: the document is marked, as it was before the event.
    pub(super) fn mark(
        &mut self,
        id: Id<Document>,
        work: Id<Work>,
        event: Event<'_>,
        fault: Fault,
    ) {
        let epoch = self.epoch();
        let seen = self.seen_below(event);
        let in_order = self.works[work].out == Out::No;
        let document = &mut self.documents.items[id];
        if in_order {
            document.meta.guard.see_below(event.version(), &seen);
        }
        let (stream, version) = (event.stream().into(), event.version());
        document.meta.mark = Some(Box::new(Mark { epoch, stream, version, fault }));
        document.rare().mark_durable = false;
        self.soil(id);
        self.careful = false;
        self.push_letter(id, work);
    }

    /// The event parks behind the document's mark.
    pub(super) fn push_letter(&mut self, id: Id<Document>, work: Id<Work>) {
        self.documents.items[id].rare().letters.push_back(work);
        self.letters_due(id);
    }

    /// Letters of a document may be appended once its mark is durable: that is looked at when
    /// they are sent.
    pub(super) fn letters_due(&mut self, id: Id<Document>) {
        if self.documents.items[id].rare.as_ref().is_some_and(|rare| !rare.letters.is_empty()) {
            self.letters_ready.push(Appending::Document(id));
        }
    }

    /// No key can be told: the whole stream parks, from this event on.
    pub(super) fn park_stream(&mut self, id: Id<Stream>, work: Id<Work>, fault: Fault) {
        let epoch = self.epoch();
        let version = self.works[work].version;
        let stream = &mut self.streams.items[id];
        // What fails below the first version holds up what comes next: all before that is in.
        let version = if version < self.source.first { stream.next } else { version };
        let mark = Box::new(Mark { epoch, stream: stream.name.clone(), version, fault });
        let extra = stream.extra();
        extra.parking.get_or_insert(Parking {
            mark,
            durable: false,
            letters: std::collections::VecDeque::new(),
            appending: 0,
        });
        extra.cursor_wanted = true;
        self.unsave(id);
        self.park_behind(id, work);
    }

    /// The event parks behind its stream's mark.
    pub(super) fn park_behind(&mut self, id: Id<Stream>, work: Id<Work>) {
        self.works[work].left += 1;
        let Some(parking) = &mut self.streams.items[id].extra().parking else { return };
        parking.letters.push_back(work);
        self.stream_letters_due(id);
    }

    /// Letters of a stream may be appended once its mark is durable: that is looked at when they
    /// are sent.
    pub(super) fn stream_letters_due(&mut self, id: Id<Stream>) {
        let parking = self.streams.items[id].extra.as_ref().and_then(|it| it.parking.as_ref());
        if parking.is_some_and(|parking| !parking.letters.is_empty()) {
            self.letters_ready.push(Appending::Stream(id));
        }
    }

    /// Sends the letters that may be appended.
    pub(super) fn append_letters(&mut self) {
        if self.park_at > self.now || self.letters_ready.is_empty() {
            return;
        }
        let mut letters = Vec::new();
        let mut sent = Vec::new();
        for appending in std::mem::take(&mut self.letters_ready) {
            let Some((scope, epoch, fault, works)) = self.batch_of(&appending) else { continue };
            for work in works {
                let cause = match &appending {
                    Appending::Loose { cause, .. } => *cause,
                    _ => Cause::Behind,
                };
                if let Some(letter) =
                    self.letter(work, &scope, epoch.as_deref(), cause, fault.as_ref())
                {
                    letters.push(letter);
                    self.sent_out(&appending);
                    let (appending, epoch) = (appending.clone(), epoch.as_ref());
                    sent.push(Sent { appending, work, epoch: epoch.map(|mark| mark.epoch) });
                } else {
                    // Its bytes were let go: it must come again.
                    self.rewind();
                }
            }
        }
        if !letters.is_empty() {
            let ticket = self.ticket();
            self.parks.insert(ticket, sent);
            self.effects.push(Effect::Park { ticket, letters });
        }
    }

    /// What is to be appended, and behind which mark.
    #[expect(clippy::type_complexity, reason = "taken apart at once by its only caller")]
    fn batch_of(
        &mut self,
        appending: &Appending,
    ) -> Option<(Scope, Option<Box<Mark>>, Option<Fault>, Vec<Id<Work>>)> {
        match appending {
            Appending::Document(id) => {
                let document = self.documents.items.get_mut(*id)?;
                let mark = document.meta.mark.clone()?;
                let rare = document.rare.as_mut()?;
                if !rare.mark_durable || rare.appending > 0 || document.state != State::Ready {
                    return None;
                }
                let works: Vec<Id<Work>> = rare.letters.iter().copied().collect();
                Some((Scope::Key(document.key.clone()), Some(mark), None, works))
            }
            Appending::Stream(id) => {
                let stream = self.streams.items.get_mut(*id)?;
                let name = stream.name.clone();
                let parking = stream.extra.as_mut()?.parking.as_mut()?;
                if !parking.durable || parking.appending > 0 {
                    return None;
                }
                let works: Vec<Id<Work>> = parking.letters.iter().copied().collect();
                Some((Scope::Stream(name), Some(parking.mark.clone()), None, works))
            }
            Appending::Loose { work, scope, .. } => {
                let fault = self.works.get(*work)?.rare.as_ref().and_then(|r| r.fault.clone());
                Some((scope.clone(), None, fault, vec![*work]))
            }
        }
    }

    fn letter(
        &self,
        work: Id<Work>,
        scope: &Scope,
        mark: Option<&Mark>,
        cause: Cause,
        fault: Option<&Fault>,
    ) -> Option<Letter> {
        let it = self.works.get(work)?;
        let event = event_of(&self.batches, it)?;
        let payload = self.batches.get(it.batch)?.batch.extract(it.index as usize)?;
        let low = event.version() < self.source.first;
        let own = |mark: &&Mark| {
            low == (mark.fault.code == BELOW_FIRST) && (low || mark.version == event.version())
        };
        let failed = mark.filter(|mark| mark.stream == event.stream()).filter(own);
        let intake = it.receipt.and_then(|r| self.intakes.get(r.slot as usize));
        let why = fault.cloned().or_else(|| mark.map(|mark| mark.fault.clone()));
        Some(Letter {
            scope: scope.clone(),
            epoch: mark.map(|mark| mark.epoch),
            stream: event.stream().into(),
            version: event.version(),
            partition: intake.map(|intake| intake.name.clone()),
            position: event.position().clone(),
            kind: event.kind().into(),
            cause: if failed.is_some() { Cause::Failed } else { cause },
            fault: why.unwrap_or_else(|| Fault::new("late", "came after it was passed over")),
            first_seen: self.clock.wall(),
            holes: self.holes_below(it.stream, event.version()),
            by_version: it.rare.as_ref().is_some_and(|rare| rare.by_version),
            payload,
        })
    }

    /// What is known to be missing of the stream below this version.
    fn holes_below(&self, id: Id<Stream>, version: u64) -> Holes {
        let known = self.streams.items.get(id).and_then(|stream| stream.holes());
        known.map_or_else(Holes::default, |holes| holes.below(version))
    }

    pub(super) fn parked(&mut self, ticket: Ticket, answers: &[LetterAnswer]) {
        let Some(sent) = self.parks.remove(&ticket) else { return };
        let mut closed = Vec::new();
        let mut again = Vec::new();
        for (place, Sent { appending, work, epoch }) in sent.into_iter().enumerate() {
            let answer = answers.get(place).copied().unwrap_or(LetterAnswer::Retry);
            self.sent_back(&appending);
            self.letters_touched.push(appending.clone());
            match answer {
                LetterAnswer::Parked => {
                    self.park_backoff.succeeded();
                    self.take_letter(&appending, work);
                    self.complete(work, Verdict::Parked);
                }
                LetterAnswer::Closed => closed.push((appending, epoch)),
                LetterAnswer::Full | LetterAnswer::Retry => again.push((appending, answer)),
            }
        }
        for closed in closed {
            match closed {
                (Appending::Document(id), Some(epoch)) => self.head_closed(id, epoch),
                (Appending::Stream(id), Some(epoch)) => self.stream_head_closed(id, epoch),
                (loose, _) => again.push((loose, LetterAnswer::Retry)),
            }
        }
        if !again.is_empty() {
            self.park_at = self.park_backoff.failed(self.now);
            let alarm = self.park_backoff.is_alarm().then(|| self.park_backoff.attempts());
            self.alarm("park", alarm);
        }
        for (appending, answer) in again {
            if answer == LetterAnswer::Full
                && let Some(scope) = self.scope_of(&appending)
            {
                self.effects.push(Effect::Alarm(Alarm::LettersFull { scope }));
            }
            self.letters_ready.push(appending);
        }
        self.rest_due();
    }

    fn scope_of(&self, appending: &Appending) -> Option<Scope> {
        Some(match appending {
            Appending::Document(id) => Scope::Key(self.documents.items.get(*id)?.key.clone()),
            Appending::Stream(id) => Scope::Stream(self.streams.items.get(*id)?.name.clone()),
            Appending::Loose { scope, .. } => scope.clone(),
        })
    }

    /// One letter more is under way.
    fn sent_out(&mut self, appending: &Appending) {
        if let Some(under_way) = self.under_way(appending) {
            *under_way += 1;
        }
    }

    /// One letter fewer is under way.
    fn sent_back(&mut self, appending: &Appending) {
        if let Some(under_way) = self.under_way(appending) {
            *under_way = under_way.saturating_sub(1);
        }
    }

    fn under_way(&mut self, appending: &Appending) -> Option<&mut usize> {
        match appending {
            Appending::Document(id) => {
                self.documents.items.get_mut(*id).map(|document| &mut document.rare().appending)
            }
            Appending::Stream(id) => self
                .streams
                .items
                .get_mut(*id)
                .and_then(|stream| Some(&mut stream.extra().parking.as_mut()?.appending)),
            Appending::Loose { .. } => None,
        }
    }

    fn take_letter(&mut self, appending: &Appending, work: Id<Work>) {
        match appending {
            Appending::Document(id) => {
                self.documents.items[*id].rare().letters.retain(|letter| *letter != work);
            }
            Appending::Stream(id) => {
                if let Some(parking) = &mut self.streams.items[*id].extra().parking {
                    parking.letters.retain(|letter| *letter != work);
                }
            }
            Appending::Loose { .. } => {}
        }
    }

    /// More may have queued while letters were under way.
    fn rest_due(&mut self) {
        for appending in std::mem::take(&mut self.letters_touched) {
            match appending {
                Appending::Document(id) if self.documents.items.get(id).is_some() => {
                    let document = &self.documents.items[id];
                    if document.state == State::Ready && document.meta.mark.is_none() {
                        self.unmarked(id);
                        self.woken.push(id);
                    }
                    self.letters_due(id);
                }
                Appending::Stream(id) if self.streams.items.get(id).is_some() => {
                    let extra = self.streams.items[id].extra();
                    let parking = extra.parking.as_ref().filter(|parking| parking.appending == 0);
                    let epoch = parking.map(|parking| parking.mark.epoch);
                    if let Some(epoch) = epoch.filter(|epoch| extra.closed == Some(*epoch)) {
                        self.stream_head_closed(id, epoch);
                    }
                    self.stream_letters_due(id);
                }
                _ => {}
            }
        }
    }

    /// The document's parking is over: it is loaded again, and what was to park is judged anew.
    fn head_closed(&mut self, id: Id<Document>, epoch: Epoch) {
        let Some(document) = self.documents.items.get_mut(id) else { return };
        let ready = document.state == State::Ready;
        let rare = document.rare();
        rare.closed = Some(epoch);
        if !ready {
            return;
        }
        let letters = std::mem::take(&mut rare.letters);
        for work in letters.into_iter().rev() {
            document.waiting.push_front(work);
        }
        self.reload(id);
    }
}
