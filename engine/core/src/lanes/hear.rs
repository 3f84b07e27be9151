//! What the world says, and what of it goes to the lanes. An answer that answers nothing any more
//! is dropped: lanes hear what they asked for, once.

use crate::backoff::Backoff;
use crate::effect::{Alarm, Effect};
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
            Input::Granted { partition, incarnation, checkpoint } => {
                let seed = self.nonce ^ self.partitions.len() as u64;
                let backoff = Backoff::new(self.pace.retry_ms, limits::ALARM_ATTEMPTS, seed);
                let new = Partition::new(partition.clone(), incarnation, checkpoint, backoff);
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
            Input::Fetched(fetched) => {
                if let Some(place) = self.partitions.get_mut(&fetched.partition) {
                    place.fetched(fetched, out);
                }
            }
            Input::FetchFailed { partition, error } => {
                if let Some(place) = self.partitions.get_mut(&partition) {
                    place.fetch_failed(error, out);
                }
            }
            Input::Located { partition, incarnation, position } => {
                if let Some(place) = self.partitions.get_mut(&partition) {
                    place.located(incarnation, position, out);
                }
            }
            Input::Heads { partition: Some(partition), page, more } => {
                if let Some(place) = self.partitions.get_mut(&partition) {
                    place.heads(page, more, out);
                }
            }
            Input::Committed { partition, answer } => {
                let Some(place) = self.partitions.get_mut(&partition) else { return };
                if !place.committed(answer, now, self.nonce, out) {
                    // Another owner wrote it: the partition is not ours any more.
                    place.drop_lanes(out);
                    self.partitions.remove(&partition);
                    out.act(Effect::Release { partition });
                }
            }
            Input::Heads { partition: None, .. } => out.tell_all(&input),
            // What answers one lane goes to it, and time has been told.
            _ => {}
        }
    }
}

impl Partition {
    fn fetched(&mut self, fetched: Fetched, out: &mut Out) {
        let Step::Fetch(after) = self.next.clone() else { return };
        if !self.busy {
            return;
        }
        self.answered();
        if fetched.follows == after && fetched.incarnation != self.met.incarnation {
            self.incarnation = fetched.incarnation;
            self.again = true;
            return;
        }
        if fetched.follows != after || !fetched.is_in_order() {
            // Refused: it answers another question, perhaps one of an earlier grant. Whoever asked
            // that question last may be told no other answer, so the right one is asked again.
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
        out.tell_all(&Input::Fetched(fetched));
    }

    fn tell_trouble(&self, out: &mut Out) {
        let (partition, error) = (self.name.clone(), FetchError::Trouble(Trouble::Unknown));
        out.tell_all(&Input::FetchFailed { partition, error });
    }

    fn fetch_failed(&mut self, error: FetchError, out: &mut Out) {
        if !self.busy || !matches!(self.next, Step::Fetch(_)) {
            return;
        }
        self.answered();
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
                let partition = self.name.clone();
                out.tell_all(&Input::FetchFailed { partition, error });
            }
        }
    }

    fn located(
        &mut self,
        incarnation: Incarnation,
        position: Result<Option<Position>, Trouble>,
        out: &mut Out,
    ) {
        if !self.busy || self.next != Step::Locate {
            return;
        }
        self.answered();
        if let Ok(position) = &position {
            // The beginning of a partition has no position: an empty record stands for it.
            let beginning = || Position { record: Record::from_bytes(&[]), index: 0 };
            let place = position.clone().unwrap_or_else(beginning);
            self.incarnation.clone_from(&incarnation);
            self.next = Step::Record(incarnation.clone(), place);
        }
        let partition = self.name.clone();
        out.tell_all(&Input::Located { partition, incarnation, position });
    }

    fn heads(&mut self, page: Result<Vec<Head>, Trouble>, more: Option<Name>, out: &mut Out) {
        if !self.busy || !matches!(self.next, Step::Sweep(_)) {
            return;
        }
        self.answered();
        match (&page, &more) {
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
        out.tell_all(&Input::Heads { partition: Some(self.name.clone()), page, more });
    }
}
