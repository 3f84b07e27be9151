//! One partition and its lanes: what they are to ask for next, where they met, and how it ends.

use std::collections::VecDeque;

use crate::backoff::Backoff;
use crate::checkpoint::{Checkpoint, Counts};
use crate::effect::{Effect, Halt, Ticket};
use crate::guard::Revision;
use crate::input::Input;
use crate::limits;
use crate::name::Name;
use crate::position::{Incarnation, Position};
use crate::time::Time;

use super::Out;

/// What all lanes ask for next, if they keep step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The batch after this position.
    Fetch(Option<Position>),
    /// The oldest position.
    Locate,
    /// Nothing, until this place to go on from is on record.
    Record(Incarnation, Position),
    /// The page of heads after this stream.
    Sweep(Option<Name>),
    /// Nothing: the partition has ended.
    Nothing,
}

/// A place where all lanes meet.
#[derive(Debug)]
pub(super) struct End {
    pub(super) position: Option<Position>,
    pub(super) ended: bool,
    /// Whether it is the end of a sweep.
    pub(super) swept: bool,
}

#[derive(Debug, Default)]
pub(super) struct Member {
    /// The number of the word that granted it the partition.
    pub(super) since: u64,
    /// What it asked for last, and was not answered.
    pub(super) asked: Option<Ticket>,
    pub(super) released: bool,
    /// Its counts where all met.
    pub(super) at: Counts,
    /// Its counts at the ends that it passed above that.
    pub(super) passed: VecDeque<Counts>,
    /// The place to go on from that it reported, and waits for.
    pub(super) jump: Option<Position>,
    /// The report that said so.
    pub(super) report: Option<Ticket>,
}

#[derive(Debug)]
pub(super) struct Partition {
    pub(super) name: Name,
    /// The life of the feed that lanes are granted.
    pub(super) incarnation: Incarnation,
    /// Whether the projection had events of any partition when this one was granted.
    pub(super) projection_begun: bool,
    /// As far as all lanes are done; writer and serial are those of the last write.
    pub(super) met: Checkpoint,
    pub(super) saved: Option<(Checkpoint, Revision)>,
    pub(super) saving: Option<(Ticket, Checkpoint)>,
    /// The last write before the lanes were granted the partition as it stands now.
    pub(super) began: u64,
    /// The counts that each lane began with.
    pub(super) base: Counts,
    pub(super) members: Vec<Member>,
    pub(super) ends: VecDeque<End>,
    pub(super) next: Step,
    /// The last stream that a sweep told of.
    pub(super) last: Option<Name>,
    /// What the world was asked, and has not answered.
    pub(super) busy: Option<Ticket>,
    /// A lane went back: all are to be granted the partition anew.
    pub(super) again: bool,
    pub(super) revoked: Option<Time>,
    pub(super) halts: Vec<Halt>,
    pub(super) save_at: Time,
    pub(super) retry_at: Time,
    pub(super) backoff: Backoff,
}

impl Partition {
    /// A partition that was granted with this checkpoint; its lanes are to be told.
    pub(super) fn new(
        name: Name,
        (incarnation, projection_begun): (Incarnation, bool),
        saved: Option<(Checkpoint, Revision)>,
        backoff: Backoff,
    ) -> Partition {
        Partition {
            name,
            met: beginning(incarnation.clone()),
            incarnation,
            projection_begun,
            saved,
            saving: None,
            began: 0,
            base: Counts::default(),
            members: Vec::new(),
            ends: VecDeque::new(),
            next: Step::Nothing,
            last: None,
            busy: None,
            again: true,
            revoked: None,
            halts: Vec::new(),
            save_at: Time(0),
            retry_at: Time(0),
            backoff,
        }
    }

    /// Grants the partition to all lanes at its stored checkpoint, where that is to be done. A
    /// write under way is waited for: it says where the checkpoint is. `serial` is the last write.
    pub(super) fn go_back(&mut self, serial: u64, out: &mut Out) {
        if !self.again || self.saving.is_some() || self.revoked.is_some() {
            return;
        }
        self.again = false;
        self.began = serial;
        self.busy = None;
        self.last = None;
        self.ends.clear();
        let stored = self.saved.as_ref().map(|(stored, _)| stored.clone());
        let other = stored.as_ref().is_some_and(|stored| stored.incarnation != self.incarnation);
        self.met = stored.unwrap_or_else(|| beginning(self.incarnation.clone()));
        self.base = self.met.counts;
        // As a Projector does that is granted this.
        self.next = if other {
            Step::Locate
        } else if self.met.jump.is_some() {
            Step::Sweep(None)
        } else if self.met.ended {
            Step::Nothing
        } else {
            Step::Fetch(self.met.position.clone())
        };
        self.members.clear();
        for lane in 0..out.told.len() {
            let (partition, incarnation) = (self.name.clone(), self.incarnation.clone());
            let (checkpoint, begun) = (self.saved.clone(), self.projection_begun);
            let since =
                out.tell(lane, Input::Granted { partition, incarnation, checkpoint, begun });
            self.members.push(Member { since, at: self.base, ..Member::default() });
        }
    }

    /// Asks the world for what every lane has asked for.
    pub(super) fn ask(&mut self, out: &mut Out) {
        let room = self.ends.len() < limits::LANE_BOUNDARIES_MAX;
        let all = self.members.iter().all(|member| member.asked.is_some());
        if !all || self.busy.is_some() || self.again || !room || self.revoked.is_some() {
            return;
        }
        let partition = self.name.clone();
        let ticket = out.ticket();
        let effect = match &self.next {
            Step::Fetch(after) => {
                let incarnation = self.met.incarnation.clone();
                Effect::Fetch { ticket, partition, incarnation, after: after.clone() }
            }
            Step::Locate => Effect::Locate { ticket, partition },
            Step::Sweep(after) => Effect::Sweep { ticket, partition, after: after.clone() },
            Step::Record(..) | Step::Nothing => return,
        };
        self.busy = Some(ticket);
        out.act(effect);
    }

    /// Whether this answers what the world was asked last.
    pub(super) fn is_answer(&mut self, ticket: Ticket) -> bool {
        self.busy.take_if(|asked| *asked == ticket).is_some()
    }

    /// Tells each lane the answer to what it asked for; then it asks anew.
    pub(super) fn answer(&mut self, out: &mut Out, input: impl Fn(Ticket) -> Input) {
        for (lane, member) in self.members.iter_mut().enumerate() {
            if let Some(ticket) = member.asked.take() {
                out.tell(lane, input(ticket));
            }
        }
    }

    /// Gives the partition up once every lane has, and what they met at is durable, or when it
    /// has taken too long; whether that is done.
    pub(super) fn release(&mut self, now: Time, out: &mut Out) -> bool {
        let Some(deadline) = self.revoked else { return false };
        let finished = self.members.iter().all(|member| member.released);
        let durable = self.saving.is_none() && !self.is_behind();
        if !(finished && durable) && now < deadline {
            return false;
        }
        self.drop_lanes(out);
        out.act(Effect::Release { partition: self.name.clone() });
        true
    }

    /// Takes the partition from the lanes that still have it.
    pub(super) fn drop_lanes(&mut self, out: &mut Out) {
        for (lane, member) in self.members.iter_mut().enumerate() {
            if !member.released {
                member.released = true;
                out.tell(lane, Input::Revoked { partition: self.name.clone(), lost: true });
            }
        }
    }

    /// When something is due by time alone.
    pub(super) fn wake(&self) -> Option<Time> {
        let save = self.save_at.max(self.retry_at);
        let save = (self.saving.is_none() && self.is_behind()).then_some(save);
        [save, self.revoked].into_iter().flatten().min()
    }

    pub(super) fn ends(&self) -> usize {
        self.ends.len()
    }
}

/// Nothing is done of a partition.
fn beginning(incarnation: Incarnation) -> Checkpoint {
    Checkpoint {
        incarnation,
        position: None,
        jump: None,
        ended: false,
        counts: Counts::default(),
        writer: 0,
        serial: 0,
    }
}
