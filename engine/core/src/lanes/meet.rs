//! What lanes say: what they ask for, how far they are, and that they are finished.

use crate::checkpoint::Counts;
use crate::effect::{Effect, Ticket};
use crate::guard::Revision;
use crate::input::{Input, SideAnswer};
use crate::position::Position;

use super::partition::{Partition, Step};
use super::{Lanes, Out};

impl Lanes {
    /// A lane wants something that concerns all.
    pub(super) fn said(&mut self, lane: usize, heard: u64, effect: Effect) {
        let (partition, word) = match effect {
            Effect::Fetch { ticket, partition, after, .. } => {
                (partition, Word::Ask(ticket, Step::Fetch(after)))
            }
            Effect::Locate { ticket, partition } => (partition, Word::Ask(ticket, Step::Locate)),
            Effect::Sweep { ticket, partition, after } => {
                (partition, Word::Ask(ticket, Step::Sweep(after)))
            }
            Effect::Report { ticket, partition, done, jump } => {
                (partition, Word::Done(ticket, done, jump))
            }
            Effect::Release { partition } => (partition, Word::Released),
            Effect::Halt { partition, why } => (partition, Word::Halted(why)),
            // What is of one lane alone is none of our business.
            _ => return,
        };
        let Some(place) = self.partitions.get_mut(&partition) else { return };
        // It speaks of an earlier grant.
        if place.members.get(lane).is_none_or(|member| heard < member.since) {
            return;
        }
        match word {
            Word::Ask(ticket, step) => place.asked(lane, ticket, &step),
            Word::Done(ticket, done, jump) => {
                place.reported((lane, ticket), done, jump, &mut self.out);
            }
            Word::Released => {
                if let Some(member) = place.members.get_mut(lane) {
                    member.released = true;
                }
            }
            Word::Halted(why) => {
                if !place.halts.contains(&why) {
                    place.halts.push(why.clone());
                    self.out.act(Effect::Halt { partition, why });
                }
            }
        }
    }
}

enum Word {
    Ask(Ticket, Step),
    Done(Ticket, Vec<Counts>, Option<Position>),
    Released,
    Halted(crate::effect::Halt),
}

impl Partition {
    /// A lane that asks for anything else than the others went back.
    fn asked(&mut self, lane: usize, ticket: Ticket, step: &Step) {
        if *step == self.next {
            if let Some(member) = self.members.get_mut(lane) {
                member.asked = Some(ticket);
            }
        } else if self.revoked.is_none() {
            self.again = true;
        }
    }

    fn reported(
        &mut self,
        (lane, ticket): (usize, Ticket),
        done: Vec<Counts>,
        jump: Option<Position>,
        out: &mut Out,
    ) {
        let (ends, name) = (self.ends.len(), self.name.clone());
        let recording =
            matches!(&self.next, Step::Record(_, place) if Some(place) == jump.as_ref());
        let Some(member) = self.members.get_mut(lane) else { return };
        member.passed.extend(done);
        if member.passed.len() > ends {
            // It counts what it was not given: nothing that it says holds.
            self.again = true;
            return;
        }
        if recording {
            member.jump = jump;
            member.report = Some(ticket);
            self.record();
        } else {
            // What it says is durable already: nothing is to be waited for.
            let answer = SideAnswer::Written(Revision(0, 0));
            out.tell(lane, Input::Committed { ticket, partition: name, answer });
        }
        self.meet();
    }

    /// Once all lanes wait for the place to go on from, it is put on record.
    fn record(&mut self) {
        let Step::Record(incarnation, jump) = &self.next else { return };
        if self.members.iter().any(|member| member.jump.as_ref() != Some(jump)) {
            return;
        }
        if self.met.incarnation != *incarnation {
            self.met.incarnation.clone_from(incarnation);
            self.met.position = None;
            self.met.ended = false;
        }
        self.met.jump = Some(jump.clone());
    }

    /// Moves to the highest end that all lanes have passed.
    fn meet(&mut self) {
        while self.members.iter().all(|member| !member.passed.is_empty()) {
            let Some(end) = self.ends.pop_front() else { return };
            let mut counts = self.base;
            for member in &mut self.members {
                member.at = member.passed.pop_front().unwrap_or(member.at);
                counts = counts.plus(&member.at.minus(&self.base));
            }
            self.met.counts = counts;
            self.met.position = end.position;
            self.met.ended = end.ended;
            if end.swept {
                self.met.jump = None;
                self.save_at = crate::time::Time(0);
            }
        }
    }
}
