//! Looks at the machine from outside: its counters, and whether its own books agree.

use crate::checkpoint::Counts;
use crate::limits;
use crate::projection::Projection;

use super::Projector;
use super::commit::judged;
use super::intake::Receipt;
use super::stall::Stalled;

/// What became of all that the machine received; it balances at any time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// By verdict, the checkpoints' counts included.
    pub counts: Counts,
    /// Waiting in gaps.
    pub held: u64,
    /// Accepted, and not yet durable.
    pub in_flight: u64,
}

impl<P: Projection> Projector<P> {
    /// What became of all that was received, over the partitions held.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals { counts: self.repaired, ..Totals::default() };
        for intake in self.intakes.iter().filter(|intake| intake.live) {
            let mut counts = judged(intake);
            counts.received = intake.received;
            totals.counts = totals.counts.plus(&counts);
            let held = intake.held.min(intake.unjudged()) as u64;
            totals.held += held;
            totals.in_flight += intake.unjudged() as u64 - held;
        }
        totals
    }

    /// The projection at work.
    pub fn projection(&self) -> &P {
        &self.projection
    }

    /// Bytes in memory, as counted.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Documents and streams in memory.
    pub fn in_memory(&self) -> (usize, usize) {
        (self.documents.items.len(), self.streams.items.len())
    }

    /// Documents and streams that were let go of so far, to make room.
    pub fn evicted(&self) -> u64 {
        self.hand.gone
    }

    /// Events that are not durable and versions that wait, those included that a sweep brought
    /// and no partition waits for. Costs a walk through all streams.
    pub fn in_hand(&self) -> usize {
        let held = self.streams.items.iter().filter_map(|(_, stream)| stream.extra.as_ref());
        self.works.iter().count() + held.map(|extra| extra.held.len()).sum::<usize>()
    }

    /// How often all that was not durable was dropped so far, to come again.
    pub fn rewinds(&self) -> u64 {
        self.back.times
    }

    /// Whether the machine's books agree; what does not, if they do not. Costs a walk through all
    /// of it: for tests and the simulation.
    pub fn check(&self) -> Result<(), String> {
        let totals = self.totals();
        let sum = totals.counts.judged() + totals.held + totals.in_flight;
        if totals.counts.received != sum {
            return Err(format!("received {} but {sum} accounted for", totals.counts.received));
        }
        self.check_receipts()?;
        self.check_batches()?;
        self.check_documents()
    }

    /// Every event without a verdict is somewhere in the machine, once.
    fn check_receipts(&self) -> Result<(), String> {
        let mut open: Vec<Receipt> = Vec::new();
        let mut add = |receipt: &Receipt| {
            let intake = self.intakes.get(receipt.slot as usize);
            if !receipt.is_swept() && intake.is_some_and(|intake| intake.owns(*receipt)) {
                open.push(*receipt);
            }
        };
        for (_, work) in self.works.iter() {
            work.receipt.iter().for_each(&mut add);
            work.rare.iter().flat_map(|rare| &rare.duplicates).for_each(&mut add);
        }
        for (_, stream) in self.streams.items.iter() {
            let held = stream.extra.iter().flat_map(|extra| extra.held.values());
            held.flat_map(|held| held.receipts.iter()).for_each(&mut add);
        }
        open.sort_unstable();
        let before = open.len();
        open.dedup();
        if open.len() != before {
            return Err("an event is in two places at once".into());
        }
        for (slot, intake) in self.intakes.iter().enumerate().filter(|(_, intake)| intake.live) {
            let stalled = intake.stalled.as_ref().map_or(0, Stalled::rest);
            let here =
                open.iter().filter(|receipt| receipt.slot as usize == slot).count() + stalled;
            let halted = intake.reading == super::intake::Reading::Halted;
            if here != intake.unjudged() && !halted {
                return Err(format!(
                    "{}: {} events have no verdict, {here} are in the machine",
                    intake.name,
                    intake.unjudged()
                ));
            }
        }
        Ok(())
    }

    /// Each batch is kept for those that borrow from it and for nobody else, a bounded number of
    /// them for held events; and the bytes counted are those that are there.
    fn check_batches(&self) -> Result<(), String> {
        let streams: Vec<_> = self.streams.items.iter().map(|(_, stream)| stream).collect();
        let held = streams.iter().filter_map(|stream| stream.extra.as_ref());
        let held: Vec<_> =
            held.flat_map(|extra| extra.held.values()).filter_map(|held| held.event).collect();
        if held.len() != self.whole || self.lent.len() > limits::HELD_BATCHES_MAX {
            let (whole, lent) = (self.whole, self.lent.len());
            return Err(format!("{} held with bytes, counted {whole} of {lent}", held.len()));
        }
        let mut bytes = 0;
        for (id, kept) in self.batches.iter() {
            let works = self.works.iter().filter(|(_, work)| work.batch == id).count();
            let users = works + held.iter().filter(|place| place.batch == id).count();
            if kept.users as usize != users {
                return Err(format!("{users} borrow from {id:?}, it counts {}", kept.users));
            }
            bytes += kept.batch.bytes();
        }
        bytes +=
            streams.iter().map(|stream| size_of_val(*stream) + stream.name.len()).sum::<usize>();
        bytes += self.documents.items.iter().map(|(_, document)| document.weight()).sum::<usize>();
        let same = bytes == self.bytes;
        same.then_some(()).ok_or_else(|| format!("{bytes} bytes in memory, counted {}", self.bytes))
    }

    /// What waits or is folded is in order, and only one write of a document is under way.
    fn check_documents(&self) -> Result<(), String> {
        for (_, document) in self.documents.items.iter() {
            if document.flown() > document.folded.len() {
                return Err(format!("{}: more in flight than folded", document.key));
            }
            let known = document.folded.iter().chain(document.waiting.iter());
            for work in known {
                if self.works.get(*work).is_none_or(|work| work.left == 0) {
                    return Err(format!("{}: an event is complete and waits here", document.key));
                }
            }
        }
        let mut writing: Vec<_> = self.writes.values().flatten().collect();
        let before = writing.len();
        writing.sort();
        writing.dedup();
        (writing.len() == before).then_some(()).ok_or_else(|| "written twice at once".into())
    }
}
