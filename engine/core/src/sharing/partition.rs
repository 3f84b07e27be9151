//! One partition: who stands where, which reads are open, and which are kept.

use std::collections::BTreeMap;

use super::{Effect, Outcome, ReadId, Window};
use crate::effect::Ticket;
use crate::name::{Name, ProjectionId};
use crate::position::Position;
use crate::time::Time;

/// A place in the partition: before everything, or after a position.
type Place = Option<Position>;

#[derive(Debug, Default)]
pub(super) struct Partition {
    members: BTreeMap<ProjectionId, Member>,
    /// Reads under way, with the place each follows.
    open: BTreeMap<ReadId, Place>,
    /// Reads that came, oldest first.
    kept: Vec<Kept>,
}

#[derive(Debug)]
struct Member {
    /// What it asked for last, or where what it was handed ends.
    at: Place,
    /// Of its latest request.
    ticket: Ticket,
    stand: Stand,
    attached: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stand {
    /// It works on what it was handed, and has not asked again.
    Working,
    /// It asked at this time, and no read has begun for it.
    Asking(Time),
    /// This open read will answer it.
    Reading(ReadId),
}

#[derive(Debug)]
struct Kept {
    read: ReadId,
    follows: Place,
    next: Place,
    bytes: usize,
}

impl Partition {
    /// Nobody is here, and nothing is on its way.
    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty() && self.open.is_empty()
    }

    /// Whether this projection has asked here with a later ticket.
    pub(super) fn has_later(&self, projection: &ProjectionId, ticket: Ticket) -> bool {
        self.members.get(projection).is_some_and(|member| member.ticket > ticket)
    }

    /// Serves an ask from the window, joins it to an open read, or lets it wait for the others.
    pub(super) fn ask(
        &mut self,
        now: Time,
        name: &Name,
        (projection, ticket): (ProjectionId, Ticket),
        after: Place,
        effects: &mut Vec<Effect>,
    ) {
        let known = self.members.get_mut(&projection);
        let was = known.as_ref().and_then(|member| member.attached);
        if let Some(member) = known
            && member.at == after
            && member.stand != Stand::Working
        {
            member.ticket = ticket;
            return;
        }
        let kept = self.kept.iter().find(|kept| kept.follows == after);
        let open = self.open.iter().find(|(_, follows)| **follows == after);
        // Whoever is behind everyone else's places and finds nothing there is on its own.
        let mut others = self.members.iter().filter(|(other, _)| **other != projection);
        let alone = others.any(|(_, other)| other.at > after);
        let attached = kept.is_some() || open.is_some() || !alone;
        let (at, stand) = match (kept, open) {
            (Some(kept), _) => {
                let (projection, read) = (projection.clone(), kept.read);
                effects.push(Effect::Hand { projection, ticket, read });
                (kept.next.clone(), Stand::Working)
            }
            (None, Some((read, _))) => (after, Stand::Reading(*read)),
            (None, None) => (after, Stand::Asking(now)),
        };
        if was != Some(attached) {
            let (projection, partition) = (projection.clone(), name.clone());
            effects.push(if attached {
                Effect::Attached { projection, partition }
            } else {
                Effect::Detached { projection, partition }
            });
        }
        self.members.insert(projection, Member { at, ticket, stand, attached: Some(attached) });
        self.forget(None, effects);
    }

    /// Hands what came to whoever waits for it.
    pub(super) fn arrived(
        &mut self,
        read: ReadId,
        outcome: &Outcome,
        window: Window,
        effects: &mut Vec<Effect>,
    ) {
        let Some(follows) = self.open.remove(&read) else {
            effects.push(Effect::Forget { read });
            return;
        };
        let next = match outcome {
            Outcome::Batch { next, .. } => next.clone(),
            Outcome::Failed => follows.clone(),
        };
        for (projection, member) in &mut self.members {
            if member.stand == Stand::Reading(read) {
                let (projection, ticket) = (projection.clone(), member.ticket);
                effects.push(Effect::Hand { projection, ticket, read });
                member.stand = Stand::Working;
                member.at.clone_from(&next);
            }
        }
        match outcome {
            // A read that led nowhere must not answer the next ask for the same place.
            Outcome::Batch { bytes, .. } if next > follows => {
                self.kept.push(Kept { read, follows, next, bytes: *bytes });
                self.forget(Some(window), effects);
            }
            _ => effects.push(Effect::Forget { read }),
        }
    }

    pub(super) fn gone(
        &mut self,
        projection: &ProjectionId,
        window: Window,
        effects: &mut Vec<Effect>,
    ) {
        self.members.remove(projection);
        self.forget(Some(window), effects);
    }

    /// Drops what everyone has, and the oldest of what is too much.
    fn forget(&mut self, window: Option<Window>, effects: &mut Vec<Effect>) {
        let members = &self.members;
        self.kept.retain(|kept| {
            let needed = members.values().any(|member| member.at <= kept.follows);
            if !needed {
                effects.push(Effect::Forget { read: kept.read });
            }
            needed
        });
        let Some(window) = window else { return };
        let mut bytes: usize = self.kept.iter().map(|kept| kept.bytes).sum();
        while self.kept.len() > window.reads || (bytes > window.bytes && !self.kept.is_empty()) {
            let oldest = self.kept.remove(0);
            bytes = bytes.saturating_sub(oldest.bytes);
            effects.push(Effect::Forget { read: oldest.read });
        }
    }

    /// A place whose read can begin: all that are about to ask for it have, or one has waited for
    /// the patience.
    pub(super) fn due(&self, now: Time, patience_ms: u64) -> Option<Place> {
        self.asking().find_map(|(place, since)| {
            let ready = now.since(since) >= patience_ms || !self.is_awaited(place);
            ready.then(|| place.clone())
        })
    }

    /// How long until the next patience ends.
    pub(super) fn wait(&self, now: Time, patience_ms: u64) -> Option<u64> {
        self.asking().map(|(_, since)| patience_ms.saturating_sub(now.since(since))).min()
    }

    /// A read for this place begins, for all that asked for it.
    pub(super) fn begin(&mut self, read: ReadId, after: &Place) {
        for member in self.members.values_mut() {
            if matches!(member.stand, Stand::Asking(_)) && member.at == *after {
                member.stand = Stand::Reading(read);
            }
        }
        self.open.insert(read, after.clone());
    }

    fn asking(&self) -> impl Iterator<Item = (&Place, Time)> {
        self.members.values().filter_map(|member| match member.stand {
            Stand::Asking(since) => Some((&member.at, since)),
            _ => None,
        })
    }

    /// Whether somebody works on what ends at this place, and will ask for it next.
    fn is_awaited(&self, place: &Place) -> bool {
        let mut working = self.members.values().filter(|member| member.stand == Stand::Working);
        working.any(|member| member.at == *place)
    }

    #[cfg(test)]
    pub(super) fn sizes(&self) -> (usize, usize, usize) {
        (self.members.len(), self.open.len(), self.kept.len())
    }
}
