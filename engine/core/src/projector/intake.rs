//! One partition that the lane reads: what was received, what became of it, and the low
//! watermark below which everything is done. The checkpoint is made of this, so its counts are
//! those of the events up to its position, and of no others.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::backoff::Backoff;
use crate::checkpoint::{Checkpoint, Counts, Verdict};
use crate::effect::Ticket;
use crate::event::Batch;
use crate::guard::Revision;
use crate::input::Fetched;
use crate::lanes::Lane;
use crate::name::Name;
use crate::position::{Incarnation, Position};
use crate::time::Time;

use super::stall::Stalled;

/// One event's place in what a partition delivered; its verdict is told to it. Of a tenure that
/// is over it is nobody's: numbers go on where that tenure ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Receipt {
    /// Which partition.
    pub(super) slot: u32,
    /// Which event of it, or which tenure's sweep.
    ordinal: u64,
}

/// Marks a receipt that is not for an event of the feed, but for a stream that a sweep named.
const SWEPT: u64 = 1 << 63;

impl Receipt {
    /// For an event of a partition.
    pub(super) fn delivered(slot: u32, ordinal: u64) -> Receipt {
        Receipt { slot, ordinal: ordinal & !SWEPT }
    }

    /// For a stream that a full sweep of the partition waits for.
    pub(super) fn swept(slot: u32, intake: &Intake) -> Receipt {
        Receipt { slot, ordinal: SWEPT | intake.tenure }
    }

    /// Whether it is for a stream that a full sweep named.
    pub(super) fn is_swept(self) -> bool {
        self.ordinal & SWEPT != 0
    }
}

/// A batch that the watermark has not passed.
#[derive(Debug)]
struct Span {
    first: u64,
    /// Events of this lane without a verdict.
    left: usize,
    len: usize,
    next: Option<Position>,
    /// Let go as soon as the whole batch is judged: then only its end matters.
    batch: Option<Arc<Batch>>,
}

/// Where a partition stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// The next batch has been asked for.
    Fetching,
    /// Nothing is asked for.
    Idle,
    /// Nothing, until this time.
    Waiting(Time),
    /// The oldest position of the feed has been asked for, or is to be at this time.
    Locating(Option<Time>),
    /// The place to go on from is being recorded; the sweep begins when it is durable.
    Recording,
    /// A full sweep goes on.
    Sweeping,
    /// The partition has ended.
    Ended,
    /// Until somebody acts.
    Halted,
}

/// A full sweep of a trimmed partition.
#[derive(Debug, Default)]
pub(super) struct FullSweep {
    /// Streams that are not done yet.
    pub(super) left: u64,
    /// Whether all pages came.
    pub(super) all: bool,
    /// The last stream told of.
    pub(super) last: Option<Name>,
    /// When to ask for the page after this stream.
    pub(super) ask: Option<(Time, Option<Name>)>,
}

/// One partition, in one tenure.
#[derive(Debug)]
pub(super) struct Intake {
    pub(super) name: Name,
    pub(super) incarnation: Incarnation,
    pub(super) reading: Reading,
    /// What was asked of the feed or of the sweep: only the answer to this is taken.
    pub(super) asked: Option<Ticket>,
    /// The last position that was read.
    pub(super) read: Option<Position>,
    pub(super) live: bool,
    pub(super) revoked: Option<Time>,
    pub(super) ended: bool,
    /// Events that wait in a gap.
    pub(super) held: usize,
    pub(super) backoff: Backoff,
    pub(super) sweep: FullSweep,
    pub(super) jump: Option<Position>,
    /// A batch that waits, or the rest of it.
    pub(super) stalled: Option<Stalled>,
    /// Below here everything is done, and counted.
    pub(super) done: Option<Position>,
    pub(super) counts: Counts,
    /// Received, over the whole life of the checkpoint.
    pub(super) received: u64,
    /// What is durable.
    pub(super) saved: Option<(Checkpoint, Revision)>,
    /// What is being written.
    pub(super) saving: Option<(Ticket, Checkpoint)>,
    /// The last write that was named before this tenure began.
    pub(super) began: u64,
    pub(super) save_at: Time,
    pub(super) retry_at: Time,
    pub(super) commit_backoff: Backoff,
    /// How often the machine has had it before.
    tenure: u64,
    /// The number of the first event that the watermark has not passed.
    base: u64,
    verdicts: VecDeque<u8>,
    spans: VecDeque<Span>,
    /// Which of the partition's events are this machine's.
    lane: Lane,
    /// Of one lane of several: its counts at the end of each batch, until they are reported.
    pub(super) marks: Vec<Counts>,
    /// What the report that is being made takes along of them.
    pub(super) reporting: Vec<Counts>,
}

const PENDING: u8 = 0;

/// Another lane's event: passed, and not counted.
const OTHERS: u8 = u8::MAX;

impl Intake {
    pub(super) fn new(
        name: Name,
        incarnation: Incarnation,
        saved: Option<(Checkpoint, Revision)>,
        backoff: Backoff,
        lane: Lane,
    ) -> Intake {
        let from = saved.as_ref().map(|(checkpoint, _)| checkpoint);
        let counts = from.map(|checkpoint| checkpoint.counts).unwrap_or_default();
        let done = from.and_then(|checkpoint| checkpoint.position.clone());
        Intake {
            name,
            incarnation,
            reading: Reading::Idle,
            asked: None,
            read: done.clone(),
            live: true,
            revoked: None,
            ended: from.is_some_and(|checkpoint| checkpoint.ended),
            held: 0,
            stalled: None,
            sweep: FullSweep::default(),
            jump: from.and_then(|checkpoint| checkpoint.jump.clone()),
            done,
            counts,
            received: counts.received,
            saved,
            saving: None,
            began: 0,
            save_at: Time(0),
            retry_at: Time(0),
            commit_backoff: backoff.clone(),
            backoff,
            tenure: 0,
            base: 0,
            verdicts: VecDeque::new(),
            spans: VecDeque::new(),
            lane,
            marks: Vec::new(),
            reporting: Vec::new(),
        }
    }

    /// The tenure after that one, of the same partition, which has let all go.
    #[must_use]
    pub(super) fn after(mut self, old: &Intake) -> Intake {
        self.tenure = old.tenure + 1;
        self.base = old.base;
        self
    }

    /// Whether the receipt is of this tenure, and waits.
    pub(super) fn owns(&self, receipt: Receipt) -> bool {
        let swept = receipt.ordinal == SWEPT | self.tenure;
        self.live && (swept || !receipt.is_swept() && receipt.ordinal >= self.base)
    }

    /// Takes a batch in; the ordinal of its first event.
    pub(super) fn receive(&mut self, fetched: &Fetched) -> u64 {
        let first = self.base + self.verdicts.len() as u64;
        let len = fetched.batch.len();
        let mut left = len;
        if self.lane.is_only() {
            self.verdicts.extend(std::iter::repeat_n(PENDING, len));
        } else {
            let ours = |hash| if self.lane.takes(hash) { PENDING } else { OTHERS };
            self.verdicts.extend(fetched.batch.events().map(|event| ours(event.hash())));
            left = self.verdicts.iter().rev().take(len).filter(|v| **v == PENDING).count();
        }
        self.received += left as u64;
        self.read.clone_from(&fetched.next);
        self.ended = fetched.ended;
        self.spans.push_back(Span {
            first,
            left,
            len,
            next: fetched.next.clone(),
            batch: (left > 0).then(|| Arc::clone(&fetched.batch)),
        });
        first
    }

    /// Notes what became of an event. Told twice, the first word stands.
    pub(super) fn judge(&mut self, receipt: Receipt, verdict: Verdict) {
        if !self.owns(receipt) {
            return;
        }
        if receipt.is_swept() {
            self.sweep.left = self.sweep.left.saturating_sub(1);
            return;
        }
        let ordinal = receipt.ordinal;
        let place = ordinal.checked_sub(self.base).and_then(|place| usize::try_from(place).ok());
        let Some(slot) = place.and_then(|place| self.verdicts.get_mut(place)) else { return };
        if *slot != PENDING {
            return;
        }
        *slot = verdict as u8;
        let after = self.spans.partition_point(|span| span.first <= ordinal);
        // Batches of no events share their first ordinal with the next: the last one holds it.
        if let Some(span) = after.checked_sub(1).and_then(|at| self.spans.get_mut(at)) {
            span.left = span.left.saturating_sub(1);
            if span.left == 0 {
                span.batch = None;
            }
        }
    }

    /// Moves the watermark over what is done; whether it moved.
    pub(super) fn advance(&mut self) -> bool {
        let mut moved = false;
        while let Some(span) = self.spans.front() {
            if span.left == 0 {
                let end = span.first + span.len as u64;
                self.pass(end);
                if let Some(span) = self.spans.pop_front() {
                    self.done = span.next;
                }
                self.mark();
                moved = true;
                continue;
            }
            if !self.lane.is_only() {
                // Lanes meet where batches end.
                break;
            }
            let ready = self.verdicts.iter().take_while(|verdict| **verdict != PENDING).count();
            let to = self.base + ready as u64;
            if ready > 0 {
                let last = usize::try_from(to - 1 - span.first).unwrap_or(usize::MAX);
                let event = span.batch.as_ref().and_then(|batch| batch.event(last));
                if let Some(position) = event.map(|event| event.position().clone()) {
                    self.pass(to);
                    self.done = Some(position);
                    moved = true;
                }
            }
            break;
        }
        moved
    }

    /// One lane of several notes what it has counted up to here.
    pub(super) fn mark(&mut self) {
        if !self.lane.is_only() {
            self.marks.push(self.counts);
        }
    }

    /// Counts the verdicts below this ordinal and forgets them.
    fn pass(&mut self, to: u64) {
        while self.base < to {
            self.base += 1;
            let verdict = match self.verdicts.pop_front() {
                Some(OTHERS) => continue,
                Some(1) => Verdict::Applied,
                Some(3) => Verdict::Filtered,
                Some(4) => Verdict::Parked,
                Some(5) => Verdict::Discarded,
                _ => Verdict::Duplicate,
            };
            self.counts.received += 1;
            self.counts.count(verdict);
        }
    }

    /// Lets all go: the tenure is over.
    pub(super) fn forget(&mut self) {
        self.base += self.verdicts.len() as u64;
        self.verdicts.clear();
        self.spans.clear();
        self.stalled = None;
        self.held = 0;
    }

    /// Events received that the watermark has not passed.
    pub(super) fn pending(&self) -> usize {
        self.verdicts.len()
    }

    /// Events without a verdict.
    pub(super) fn unjudged(&self) -> usize {
        self.spans.iter().map(|span| span.left).sum()
    }

    /// Judged events above the watermark, by verdict.
    pub(super) fn above(&self) -> Counts {
        let mut counts = Counts::default();
        let judged = |verdict: &&u8| **verdict != PENDING && **verdict != OTHERS;
        for verdict in self.verdicts.iter().filter(judged) {
            match verdict {
                1 => counts.applied += 1,
                3 => counts.filtered += 1,
                4 => counts.parked += 1,
                5 => counts.discarded += 1,
                _ => counts.duplicate += 1,
            }
        }
        counts
    }

    /// The checkpoint as it would be written now.
    pub(super) fn checkpoint(&self, writer: u64, serial: u64) -> Checkpoint {
        Checkpoint {
            incarnation: self.incarnation.clone(),
            position: self.done.clone(),
            jump: self.jump.clone(),
            ended: self.ended && self.verdicts.is_empty() && self.spans.is_empty(),
            counts: self.counts,
            writer,
            serial,
        }
    }

    /// When its checkpoint may be written, as far as time alone decides.
    pub(super) fn commit_at(&self) -> Option<Time> {
        let urgent =
            self.revoked.is_some() || matches!(self.reading, Reading::Recording | Reading::Ended);
        // Of a feed's new life nothing is said before it is on record where to go on.
        let may = self.live
            && !matches!(self.reading, Reading::Locating(_))
            && self.saving.is_none()
            && self.is_behind();
        let save_at = if urgent { Time(0) } else { self.save_at };
        may.then_some(self.retry_at.max(save_at))
    }

    /// When the next batch may be asked for, as far as time alone decides, where the partition
    /// may have so many events without a verdict.
    pub(super) fn fetch_at(&self, share: usize) -> Option<Time> {
        let may = self.live
            && self.revoked.is_none()
            && self.stalled.is_none()
            && self.pending() <= share;
        match self.reading {
            Reading::Idle if may => Some(Time(0)),
            Reading::Waiting(at) if may => Some(at),
            _ => None,
        }
    }

    /// Whether what is durable says less than what is done.
    pub(super) fn is_behind(&self) -> bool {
        let Some((saved, _)) = &self.saved else {
            return true;
        };
        let now = self.checkpoint(saved.writer, saved.serial);
        now != *saved && now.may_follow(saved)
    }
}
