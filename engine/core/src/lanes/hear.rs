//! What the world says, and what of it goes to the lanes. An answer that answers nothing any more
//! is dropped: lanes hear what they asked for, once.

use crate::backoff::Backoff;
use crate::effect::{Alarm, Effect, Ticket};
use crate::fault::Trouble;
use crate::input::{FetchError, Fetched, Head, Input};
use crate::limits;
use crate::name::Name;
use crate::position::{Incarnation, Position, Record};

use super::partition::{End, Partition, Step};
use super::{Lanes, Out};

impl Lanes {
    /// The world says something that is for all lanes.
    pub(super) fn heard(&mut self, input: Input) {
        let now = self.clock.now();
        let out = &mut self.out;
        match input {
            Input::Granted { partition, incarnation, checkpoint, begun } => {
                let seed = self.nonce ^ self.partitions.len() as u64;
                let backoff = Backoff::new(self.pace.retry_ms, limits::ALARM_ATTEMPTS, seed);
                let life = (incarnation, begun);
                let new = Partition::new(partition.clone(), life, checkpoint, backoff);
                self.partitions.insert(partition, new);
            }
            Input::Revoked { partition, lost } => {
                let deadline = now.after(self.pace.release_ms);
                let Some(place) = self.partitions.get_mut(&partition) else {
                    return out.act(Effect::Release { partition });
                };
                place.again = false;
                if lost {
                    place.drop_lanes(out);
                    self.partitions.remove(&partition);
                    out.act(Effect::Release { partition });
                } else if place.revoked.is_none() {
                    place.revoked = Some(deadline);
                    out.tell_all(&Input::Revoked { partition, lost });
                }
            }
            Input::Fetched { ticket, fetched } => {
                if let Some(place) = self.partitions.get_mut(&fetched.partition) {
                    place.fetched(ticket, fetched, out);
                }
            }
            Input::FetchFailed { ticket, partition, error } => {
                if let Some(place) = self.partitions.get_mut(&partition) {
                    place.fetch_failed(ticket, error, out);
                }
            }
            Input::Located { ticket, partition, incarnation, position } => {
                if let Some(place) = self.partitions.get_mut(&partition) {
                    place.located(ticket, &incarnation, &position, out);
                }
            }
            Input::Heads { sweep: Some((partition, ticket)), page, more } => {
                if let Some(place) = self.partitions.get_mut(&partition) {
                    place.heads(ticket, &page, more.as_ref(), out);
                }
            }
            Input::Committed { ticket, partition, answer } => {
                let Some(place) = self.partitions.get_mut(&partition) else { return };
                if !place.committed(ticket, answer, now, self.nonce, out) {
                    // Another owner wrote it: the partition is not ours any more.
                    place.drop_lanes(out);
                    self.partitions.remove(&partition);
                    out.act(Effect::Release { partition });
                }
            }
            Input::Heads { sweep: None, .. } => out.tell_all(&input),
            // What answers one lane goes to it, and time has been told.
            _ => {}
        }
    }
}

impl Partition {
    fn fetched(&mut self, ticket: Ticket, fetched: Fetched, out: &mut Out) {
        let Step::Fetch(after) = self.next.clone() else { return };
        if !self.is_answer(ticket) {
            return;
        }
        if fetched.follows == after && fetched.incarnation != self.met.incarnation {
            self.incarnation = fetched.incarnation;
            self.again = true;
            return;
        }
        if fetched.follows != after || !fetched.is_in_order() {
            let (partition, got) = (self.name.clone(), fetched.follows);
            out.act(Effect::Alarm(Alarm::Disorder { partition, expected: after, got }));
            return self.tell_trouble(out);
        }
        let idle = fetched.batch.is_empty() && fetched.next == fetched.follows && !fetched.ended;
        if !idle {
            let (position, ended) = (fetched.next.clone(), fetched.ended);
            self.next = if ended { Step::Nothing } else { Step::Fetch(position.clone()) };
            self.ends.push_back(End { position, ended, swept: false });
        }
        self.answer(out, |ticket| Input::Fetched { ticket, fetched: fetched.clone() });
    }

    fn tell_trouble(&mut self, out: &mut Out) {
        self.tell_failed(&FetchError::Trouble(Trouble::Unknown), out);
    }

    fn tell_failed(&mut self, error: &FetchError, out: &mut Out) {
        let name = self.name.clone();
        self.answer(out, |ticket| {
            let (partition, error) = (name.clone(), error.clone());
            Input::FetchFailed { ticket, partition, error }
        });
    }

    fn fetch_failed(&mut self, ticket: Ticket, error: FetchError, out: &mut Out) {
        if !self.is_answer(ticket) {
            return;
        }
        match error {
            FetchError::Incarnation(feed) if feed == self.met.incarnation => self.tell_trouble(out),
            FetchError::Incarnation(feed) => {
                self.incarnation = feed;
                self.again = true;
            }
            error => {
                if error == FetchError::Trimmed {
                    self.next = Step::Locate;
                }
                self.tell_failed(&error, out);
            }
        }
    }

    fn located(
        &mut self,
        ticket: Ticket,
        incarnation: &Incarnation,
        position: &Result<Option<Position>, Trouble>,
        out: &mut Out,
    ) {
        if !self.is_answer(ticket) {
            return;
        }
        if let Ok(position) = position {
            // The beginning of a partition has no position: an empty record stands for it.
            let beginning = || Position { record: Record::from_bytes(&[]), index: 0 };
            let place = position.clone().unwrap_or_else(beginning);
            self.incarnation.clone_from(incarnation);
            self.next = Step::Record(incarnation.clone(), place);
        }
        let name = self.name.clone();
        self.answer(out, |ticket| {
            let (partition, incarnation) = (name.clone(), incarnation.clone());
            Input::Located { ticket, partition, incarnation, position: position.clone() }
        });
    }

    fn heads(
        &mut self,
        ticket: Ticket,
        page: &Result<Vec<Head>, Trouble>,
        more: Option<&Name>,
        out: &mut Out,
    ) {
        if !self.is_answer(ticket) {
            return;
        }
        match (page, more) {
            (Err(_), _) => self.next = Step::Sweep(self.last.clone()),
            (Ok(page), Some(more)) => {
                self.last = page.last().map(|head| head.stream.clone());
                self.next = Step::Sweep(Some(more.clone()));
            }
            (Ok(_), None) => {
                let jump = self.met.jump.clone();
                let position = jump.filter(|jump| !jump.record.as_bytes().is_empty());
                self.next = Step::Fetch(position.clone());
                self.ends.push_back(End { position, ended: false, swept: true });
            }
        }
        let name = self.name.clone();
        self.answer(out, |ticket| {
            let sweep = Some((name.clone(), ticket));
            Input::Heads { sweep, page: page.clone(), more: more.cloned() }
        });
    }
}
