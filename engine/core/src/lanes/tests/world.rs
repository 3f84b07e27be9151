//! A small world around the lanes of one partition: lanes that work when it is their turn, words
//! that are on their way, a feed and a store that fail.

use std::collections::VecDeque;
use std::sync::Arc;

use super::super::{Effect, Input, Lanes};
use super::{PACE, at, counts};
use crate::checkpoint::{Checkpoint, Counts};
use crate::effect::{self, Ticket};
use crate::event::BatchBuilder;
use crate::fault::Trouble;
use crate::guard::Revision;
use crate::input::{self, FetchError, Fetched, Head, SideAnswer};
use crate::time::Time;

/// A lane as the machine sees it: it reads, works, reports and loses what it holds.
#[derive(Default)]
struct Worker {
    heard: u64,
    tickets: u64,
    inbox: VecDeque<(u64, input::Input)>,
    outbox: VecDeque<(u64, effect::Effect)>,
    read: u64,
    counts: Counts,
    /// Ends of batches to work on, with its events in them.
    left: VecDeque<(u64, u64)>,
    /// What it said last, and whether that is on its way.
    saved: (u64, Counts),
    told: Vec<Counts>,
    /// A report is on its way, with the place that is to be on record or without.
    reporting: Option<bool>,
    recording: bool,
    jump: Option<u64>,
    revoked: bool,
}

pub(super) struct World {
    lanes: Lanes,
    now: u64,
    owners: Vec<usize>,
    workers: Vec<Worker>,
    /// What was asked of the world.
    asked: VecDeque<effect::Effect>,
    stored: Option<(Checkpoint, Revision)>,
    writes: u64,
    /// Below here the feed has nothing any more.
    oldest: u64,
    calm: bool,
}

/// The place of a position; no position, or an empty record, is the beginning.
fn number(position: Option<&crate::position::Position>) -> u64 {
    let position = position.filter(|position| !position.record.as_bytes().is_empty());
    (0..100).find(|number| at(*number).as_ref() == position).unwrap()
}

impl World {
    pub(super) fn new(owners: Vec<usize>) -> World {
        let workers = (0..3).map(|_| Worker { revoked: true, ..Worker::default() }).collect();
        let lanes = Lanes::new(3, PACE, 7);
        let (asked, stored) = (VecDeque::new(), None);
        let (now, writes, oldest, calm) = (0, 0, 0, false);
        let mut world = World { lanes, now, owners, workers, asked, stored, writes, oldest, calm };
        world.grant();
        world
    }

    fn grant(&mut self) {
        let (partition, incarnation) = ("0".into(), "life".into());
        let checkpoint = self.stored.clone();
        let begun = checkpoint.is_some();
        let granted = input::Input::Granted { partition, incarnation, checkpoint, begun };
        self.step(Input::Heard(granted));
    }

    fn step(&mut self, input: Input) {
        for effect in self.lanes.step(Time(self.now), input) {
            match effect {
                Effect::Tell { lane, number, input } => {
                    self.workers[lane].inbox.push_back((number, *input));
                }
                Effect::Do(effect::Effect::WakeAt(_)) => {}
                Effect::Do(effect) => self.asked.push_back(effect),
            }
        }
        assert!(self.lanes.ends() <= self.owners.len() + 2);
    }

    pub(super) fn happen(&mut self, what: u8, lane: usize, luck: u64) {
        self.now += luck % 5;
        match what {
            0..=4 => self.hear(lane),
            5..=8 => self.say(lane),
            9..=10 => self.work(lane),
            11..=13 => self.answer(luck),
            14 => self.go_back(lane),
            _ if luck < 100 => {
                // A crash of the whole worker: all on its way is lost.
                self.lanes = Lanes::new(3, PACE, self.now);
                self.workers.iter_mut().for_each(|worker| *worker = Worker::default());
                self.asked.clear();
                self.grant();
            }
            _ => self.step(Input::Heard(input::Input::Ticked)),
        }
    }

    /// All works, and is heard; in the end the partition is given up with all of it counted.
    pub(super) fn come_to_rest(&mut self) {
        self.calm = true;
        for round in 0..2_000 {
            self.now += 5;
            for lane in 0..3 {
                self.hear(lane);
                self.work(lane);
                self.say(lane);
            }
            self.answer(999);
            self.step(Input::Heard(input::Input::Ticked));
            let done = self.stored.as_ref().map(|(stored, _)| number(stored.position.as_ref()));
            if round > 100 && done == Some(self.owners.len() as u64) {
                return;
            }
        }
        panic!("they never meet: {:?} {:?}", self.stored, self.lanes);
    }

    /// A lane hears its next word.
    fn hear(&mut self, lane: usize) {
        let owners = &self.owners;
        let worker = &mut self.workers[lane];
        let Some((heard, input)) = worker.inbox.pop_front() else { return };
        worker.heard = heard;
        match input {
            input::Input::Granted { checkpoint, .. } => {
                let (heard, inbox) = (worker.heard, std::mem::take(&mut worker.inbox));
                let outbox = std::mem::take(&mut worker.outbox);
                let tickets = worker.tickets;
                *worker = Worker { heard, tickets, inbox, outbox, ..Worker::default() };
                if let Some((stored, _)) = checkpoint {
                    worker.saved = (number(stored.position.as_ref()), stored.counts);
                    (worker.read, worker.counts) = worker.saved;
                    worker.jump = stored.jump.as_ref().map(|jump| number(Some(jump)));
                }
                let sweeps = worker.jump.is_some();
                if sweeps { worker.sweep(None) } else { worker.fetch() }
            }
            input::Input::Fetched { fetched, .. }
                if number(fetched.follows.as_ref()) == worker.read =>
            {
                let end = number(fetched.next.as_ref());
                let range = usize::try_from(worker.read).unwrap()..usize::try_from(end).unwrap();
                let ours = owners[range].iter().filter(|owner| **owner == lane).count();
                if end > worker.read {
                    worker.left.push_back((end, ours as u64));
                }
                worker.read = end;
                worker.fetch();
            }
            input::Input::Fetched { .. } => {}
            input::Input::FetchFailed { error: FetchError::Trimmed, .. } => {
                worker.locate();
            }
            input::Input::FetchFailed { .. } => worker.fetch(),
            input::Input::Located { position: Ok(position), .. } => {
                worker.jump = Some(number(position.as_ref()));
                worker.recording = true;
                if worker.reporting.is_none() {
                    worker.report();
                }
            }
            input::Input::Located { .. } => {
                worker.locate();
            }
            input::Input::Heads { more: Some(more), .. } => worker.sweep(Some(more)),
            input::Input::Heads { .. } => {
                let end = worker.jump.unwrap();
                worker.left.push_back((end, u64::MAX));
            }
            input::Input::Committed { .. } => {
                worker.answered();
            }
            input::Input::Revoked { .. } => worker.revoked = true,
            other => panic!("{other:?}"),
        }
    }

    fn say(&mut self, lane: usize) {
        if let Some((heard, effect)) = self.workers[lane].outbox.pop_front() {
            self.step(Input::Said { lane, heard, effect });
        }
    }

    /// A lane is done with its next batch.
    fn work(&mut self, lane: usize) {
        let worker = &mut self.workers[lane];
        if worker.reporting.is_some() || worker.recording {
            return;
        }
        if let Some((end, ours)) = worker.left.pop_front() {
            let mut ours = ours;
            if ours == u64::MAX {
                // What the feed lost is found in history.
                let (from, to) = (usize::try_from(worker.read), usize::try_from(end));
                let lost = self.owners.get(from.unwrap()..to.unwrap()).unwrap_or_default();
                ours = lost.iter().filter(|owner| **owner == lane).count() as u64;
                (worker.jump, worker.read) = (None, end);
                worker.fetch();
            }
            worker.counts = worker.counts.plus(&counts(ours));
            worker.told.push(worker.counts);
            worker.saved = (end, worker.counts);
            // Sometimes two at once.
            if worker.left.is_empty() || end % 2 == 0 {
                worker.report();
            }
        } else if !worker.told.is_empty() {
            worker.report();
        }
    }

    /// A lane loses what it holds, and reads on from what it said last.
    fn go_back(&mut self, lane: usize) {
        let worker = &mut self.workers[lane];
        if worker.revoked || worker.jump.is_some() || worker.reporting.is_some() {
            return;
        }
        worker.left.clear();
        if !worker.told.is_empty() {
            worker.report();
        }
        (worker.read, worker.counts) = worker.saved;
        worker.fetch();
    }

    /// The world answers what it was asked first.
    fn answer(&mut self, luck: u64) {
        let luck = if self.calm { 999 } else { luck };
        let Some(effect) = self.asked.pop_front() else { return };
        let partition = "0".into();
        let input = match effect {
            effect::Effect::Fetch { ticket, .. } if luck < 100 => {
                let error = FetchError::Trouble(Trouble::Down);
                input::Input::FetchFailed { ticket, partition, error }
            }
            effect::Effect::Fetch { ticket, after, .. }
                if luck < 150 || number(after.as_ref()) < self.oldest =>
            {
                self.oldest = self.oldest.max(number(after.as_ref()));
                input::Input::FetchFailed { ticket, partition, error: FetchError::Trimmed }
            }
            effect::Effect::Fetch { ticket, after, .. } => {
                self.fetched(ticket, number(after.as_ref()), luck)
            }
            effect::Effect::Locate { ticket, .. } => {
                let oldest = at(self.oldest);
                let position = if luck < 200 { Err(Trouble::Down) } else { Ok(oldest) };
                let incarnation = "life".into();
                input::Input::Located { ticket, partition, incarnation, position }
            }
            effect::Effect::Sweep { ticket, after, .. } => {
                let page = vec![Head { stream: "s".into(), version: 1 }];
                let page = if luck < 200 { Err(Trouble::Down) } else { Ok(page) };
                let more = (after.is_none() || page.is_err()).then(|| "s".into());
                input::Input::Heads { sweep: Some((partition, ticket)), page, more }
            }
            effect::Effect::Commit { ticket, replaces, checkpoint, .. } => {
                let answer = self.commit(replaces, checkpoint, luck);
                input::Input::Committed { ticket, partition, answer }
            }
            other => panic!("{other:?}"),
        };
        self.step(Input::Heard(input));
    }

    fn fetched(&self, ticket: Ticket, after: u64, luck: u64) -> input::Input {
        let next = (after + luck % 4).min(self.owners.len() as u64);
        let fetched = Fetched {
            partition: "0".into(),
            incarnation: "life".into(),
            follows: at(after),
            batch: Arc::new(BatchBuilder::default().build()),
            next: at(next),
            ended: false,
        };
        input::Input::Fetched { ticket, fetched }
    }

    fn commit(
        &mut self,
        replaces: Option<Revision>,
        checkpoint: Checkpoint,
        luck: u64,
    ) -> SideAnswer<Checkpoint> {
        if luck < 100 {
            return SideAnswer::Retry(Trouble::Throttled);
        }
        if replaces != self.stored.as_ref().map(|(_, revision)| *revision) {
            return SideAnswer::Conflict(self.stored.clone());
        }
        let position = number(checkpoint.position.as_ref());
        assert_eq!(checkpoint.counts, counts(position), "exact for {position}");
        if let Some((before, _)) = &self.stored {
            let back = number(before.position.as_ref()) > position;
            assert!(!back || before.jump.is_some(), "it went back");
        }
        self.writes += 1;
        let revision = Revision(self.writes, 0);
        self.stored = Some((checkpoint, revision));
        if luck < 200 { SideAnswer::Retry(Trouble::Unknown) } else { SideAnswer::Written(revision) }
    }
}

impl Worker {
    fn put(&mut self, effect: effect::Effect) {
        self.outbox.push_back((self.heard, effect));
    }

    fn fetch(&mut self) {
        if self.revoked {
            return;
        }
        let (ticket, partition, after) = (self.ticket(), "0".into(), at(self.read));
        let incarnation = "life".into();
        self.put(effect::Effect::Fetch { ticket, partition, incarnation, after });
    }

    fn sweep(&mut self, after: Option<crate::name::Name>) {
        let ticket = self.ticket();
        self.put(effect::Effect::Sweep { ticket, partition: "0".into(), after });
    }

    fn locate(&mut self) {
        let ticket = self.ticket();
        self.put(effect::Effect::Locate { ticket, partition: "0".into() });
    }

    fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    fn answered(&mut self) {
        let recorded = self.reporting.take();
        if self.recording && recorded == Some(true) {
            self.recording = false;
            self.sweep(None);
        } else if self.recording {
            // That was for the report before it.
            self.report();
        }
    }

    fn report(&mut self) {
        self.reporting = Some(self.recording);
        let (partition, done) = ("0".into(), std::mem::take(&mut self.told));
        let jump = self.jump.and_then(|jump| {
            let beginning = crate::position::Record::from_bytes(&[]);
            at(jump).or(Some(crate::position::Position { record: beginning, index: 0 }))
        });
        let ticket = self.ticket();
        self.put(effect::Effect::Report { ticket, partition, done, jump });
    }
}
