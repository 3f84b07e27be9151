//! Folds letters into one document, on a copy: what leaves, how, and what stops.

use std::sync::Arc;

use crate::event::Event;
use crate::fault::Fault;
use crate::guard::{Guard, Meta};
use crate::limits;
use crate::name::Name;
use crate::parking::{Left, StoredLetter};
use crate::progress::{Progress, Standing};
use crate::projection::{Change, Keys, Projection};
use crate::time::Time;
use crate::value::Value;

/// What becomes of one letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It leaves.
    Leaves(Left),
    /// Its version was passed as a hole: it becomes a late letter.
    Late,
}

/// Why no more letters were folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// A discard is wished, and not certain yet.
    Fence,
    /// This letter fails again.
    Failed(Fault),
}

/// What came of folding.
#[derive(Debug)]
pub(super) struct Folded {
    /// Of the first letters, in order.
    pub(super) verdicts: Vec<Verdict>,
    /// Why the next one was not folded; none: all were.
    pub(super) stop: Option<Stop>,
    /// Whether the document is to be written.
    pub(super) changed: bool,
    /// Streams whose entry in the guard moved.
    pub(super) streams: Vec<Name>,
}

/// How letters are folded.
pub(super) struct Folder<'f, P> {
    pub(super) projection: &'f P,
    /// The first version of a stream.
    pub(super) first: u64,
    /// The letters come out of a parked stream: drained versions judge where positions guard.
    pub(super) drained: bool,
    /// What was passed as a hole is folded in, and not put aside.
    pub(super) late: bool,
    pub(super) now: Time,
}

impl<P: Projection> Folder<'_, P> {
    /// Folds as many letters as it can.
    pub(super) fn fold<'l>(
        &self,
        key: &str,
        body: &mut Arc<Value>,
        meta: &mut Meta,
        letters: impl Iterator<Item = &'l StoredLetter>,
    ) -> Folded {
        let mut folded =
            Folded { verdicts: Vec::new(), stop: None, changed: false, streams: Vec::new() };
        for stored in letters {
            let Some(event) = stored.letter.payload.event(0) else {
                let fault = Fault::new("payload", "the letter holds no event");
                folded.stop = Some(Stop::Failed(fault));
                break;
            };
            match self.one(key, body, meta, stored, event) {
                Ok((verdict, moved)) => {
                    folded.verdicts.push(verdict);
                    if moved {
                        folded.changed = true;
                        folded.streams.push(stored.letter.stream.clone());
                    }
                }
                Err(stop) => {
                    folded.stop = Some(stop);
                    break;
                }
            }
        }
        folded
    }

    /// What becomes of one letter, and whether the guard moved.
    fn one(
        &self,
        key: &str,
        body: &mut Arc<Value>,
        meta: &mut Meta,
        stored: &StoredLetter,
        event: Event<'_>,
    ) -> Result<(Verdict, bool), Stop> {
        let discard = stored.discard.as_ref();
        let too_low = event.version() < self.first;
        let standing = match self.judge(&meta.guard, stored, event) {
            // No document can have it, and no retry will find it covered.
            _ if too_low => None,
            standing => Some(standing),
        };
        match (standing, discard) {
            // Only a certain discard moves the guard: what was covered before was applied.
            (Some(Standing::Covered), Some(discard)) if discard.certain => {
                Ok((Verdict::Leaves(Left::Discarded), false))
            }
            (Some(Standing::Covered), _) => Ok((Verdict::Leaves(Left::Retried), false)),
            (None | Some(Standing::LateFill), Some(_)) => {
                Ok((Verdict::Leaves(Left::Discarded), false))
            }
            (Some(Standing::LateFill), None) if !self.late => Ok((Verdict::Late, false)),
            (None, None) => Err(Stop::Failed(below(event, self.first))),
            (Some(Standing::New), Some(discard)) if !discard.certain => Err(Stop::Fence),
            (Some(Standing::New), Some(_)) => {
                list_dropped(meta, event).map_err(Stop::Failed)?;
                self.advance(&mut meta.guard, stored, event);
                Ok((Verdict::Leaves(Left::Discarded), true))
            }
            (Some(Standing::New | Standing::LateFill), None) => {
                self.apply(key, body, meta, stored, event).map_err(Stop::Failed)?;
                Ok((Verdict::Leaves(Left::Retried), true))
            }
        }
    }

    fn apply(
        &self,
        key: &str,
        body: &mut Arc<Value>,
        meta: &mut Meta,
        stored: &StoredLetter,
        event: Event<'_>,
    ) -> Result<(), Fault> {
        let seen = seen_of(stored, event);
        let full = || meta.guard.is_full(event.stream(), event.version(), &seen);
        if let Some(fault) = event.fault().cloned().or_else(full) {
            return Err(fault);
        }
        // It failed where its keys were told, perhaps: that must succeed by now.
        let mut keys = Keys::default();
        self.projection.route(event, &mut keys)?;
        keys.check()?;
        if keys.is_empty() {
            self.advance(&mut meta.guard, stored, event);
            return Ok(());
        }
        let mut copy = (**body).clone();
        if self.projection.apply(event, key, &mut copy)? == Change::Applied {
            let when = || event.time().unwrap_or(self.now);
            meta.deleted = (copy == Value::Null).then(when);
            *body = Arc::new(copy);
        }
        self.advance(&mut meta.guard, stored, event);
        Ok(())
    }

    /// How the letter stands to what the document carries.
    pub(super) fn judge(&self, guard: &Guard, stored: &StoredLetter, event: Event<'_>) -> Standing {
        match guard {
            Guard::Positions(at) if self.is_drained(stored) => {
                match at.drained.get(event.stream()) {
                    Some(next) if event.version() < *next => Standing::Covered,
                    _ => Standing::New,
                }
            }
            _ => guard.judge(event, partition_of(stored)),
        }
    }

    fn advance(&self, guard: &mut Guard, stored: &StoredLetter, event: Event<'_>) {
        match guard {
            Guard::Positions(at) if self.is_drained(stored) => {
                at.drained.insert(event.stream().into(), event.version().saturating_add(1));
            }
            _ => guard.advance(event, partition_of(stored), &seen_of(stored, event)),
        }
    }

    fn is_drained(&self, stored: &StoredLetter) -> bool {
        self.drained || stored.letter.by_version
    }

    /// Whether the guard lists the letter's version as a hole.
    pub(super) fn is_hole(&self, guard: &Guard, stored: &StoredLetter) -> bool {
        let event = stored.letter.payload.event(0);
        event.is_some_and(|event| self.judge(guard, stored, event) == Standing::LateFill)
    }
}

/// A stream that is folded anew from history meets what was discarded again.
fn list_dropped(meta: &mut Meta, event: Event<'_>) -> Result<(), Fault> {
    if matches!(meta.guard, Guard::Version(_)) {
        let mut dropped = meta.dropped.clone();
        dropped.add(event.version(), event.version());
        if dropped.len() > limits::HOLES_MAX {
            let message = "the stream has more discarded events than its document lists";
            return Err(Fault::new("guard_dropped", message));
        }
        meta.dropped = dropped;
    }
    Ok(())
}

/// Why a version below the first fails.
pub(super) fn below(event: Event<'_>, first: u64) -> Fault {
    let (version, stream) = (event.version(), event.stream());
    Fault::new("first", format!("version {version} of stream `{stream}` is below {first}"))
}

/// How far the stream was done when the letter was parked.
fn seen_of(stored: &StoredLetter, event: Event<'_>) -> Progress {
    Progress { next: event.version(), holes: stored.letter.holes.clone() }
}

fn partition_of(stored: &StoredLetter) -> &str {
    stored.letter.partition.as_deref().unwrap_or_default()
}
