//! Gives a partition up: finishes what is in hand, writes what others must know, and lets go. A
//! partition that is lost already is dropped at once; what of it is still being written is
//! conditional, and does no harm.

use crate::effect::Effect;
use crate::name::Name;
use crate::projection::Projection;

use super::Projector;
use super::document::{Document, State};
use super::intake::Receipt;
use super::slab::Id;
use super::stream::Stream;

impl<P: Projection> Projector<P> {
    pub(super) fn revoked(&mut self, partition: &Name, lost: bool) {
        let deadline = self.now.after(self.tuning.release_ms);
        let Some((slot, intake)) = self.live(partition) else {
            self.effects.push(Effect::Release { partition: partition.clone() });
            return;
        };
        if lost {
            self.drop_intake(slot);
            self.effects.push(Effect::Release { partition: partition.clone() });
        } else {
            intake.revoked.get_or_insert(deadline);
            self.urgent = true;
        }
    }

    /// Lets go of the revoked partitions of which all that can be durable is.
    pub(super) fn release(&mut self) {
        for slot in 0..self.intakes.len() {
            let Some(intake) = self.intakes.get(slot).filter(|intake| intake.live) else {
                continue;
            };
            let Some(deadline) = intake.revoked else { continue };
            let late = deadline <= self.now;
            // What waits in a gap waits for its next owner.
            let finished = intake.unjudged() <= intake.held;
            if !finished && !late {
                self.urgent = true;
                continue;
            }
            let cursors = self.cursors_unsaved.is_empty() && self.saves.is_empty();
            if !cursors && !late {
                self.cursors_all = true;
                self.save_cursors();
                continue;
            }
            let committed = intake.saving.is_none() && !intake.is_behind();
            if committed || late {
                let partition = intake.name.clone();
                self.drop_intake(u32::try_from(slot).unwrap_or(u32::MAX));
                self.effects.push(Effect::Release { partition });
            }
        }
    }

    /// Forgets the partition: what it delivered is told no verdict any more, and what only it
    /// waited for is let go.
    pub(super) fn drop_intake(&mut self, slot: u32) {
        let Some(intake) = self.intakes.get_mut(slot as usize) else { return };
        intake.live = false;
        intake.forget();
        let name = intake.name.clone();
        self.partitions.remove(&name);
        self.staged.retain(|(staged, _)| *staged != slot as usize);
        let intakes = &self.intakes;
        let lives = |receipt: &Receipt| {
            intakes.get(receipt.slot as usize).is_some_and(|intake| intake.owns(*receipt))
        };
        let held: Vec<(Id<Stream>, u64)> = self
            .streams
            .items
            .iter()
            .flat_map(|(id, stream)| {
                let extra = stream.extra.as_ref();
                let held = extra.into_iter().flat_map(|extra| extra.held.iter());
                let only = held.filter(|(_, held)| {
                    !held.receipts.is_empty() && !held.receipts.iter().any(lives)
                });
                only.map(move |(version, _)| (id, *version)).collect::<Vec<_>>()
            })
            .collect();
        for (id, version) in held {
            let held = self.take_held(id, version);
            self.let_bytes_go(held.and_then(|held| held.event));
        }
        // Others will go on with these streams: what is known of them grows old.
        self.forget_idle();
        self.distrust();
    }

    /// What memory still has of a document, and what a load under way will tell, may be old when
    /// the next event comes for it. Where no history settles what others did in the meantime, what
    /// memory has of a stream proves no hole, and whether it is parked must be asked again.
    pub(super) fn distrust(&mut self) {
        let loading = |document: &Document| matches!(document.state, State::Loading(_));
        let items = self.documents.items.iter();
        self.wanted.extend(items.filter(|(_, document)| loading(document)).map(|(id, _)| id));
        for document in self.documents.items.values_mut() {
            document.rare().doubted = true;
            if loading(document) {
                document.state = State::Wanted;
            }
        }
        if self.source.resolves() {
            return;
        }
        let by_stream = self.kind.is_by_stream();
        for stream in self.streams.items.values_mut() {
            stream.begun = false;
            stream.known &= by_stream;
        }
    }
}
