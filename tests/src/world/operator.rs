//! Operators: in processes of their own they retry what is parked and discard letters, while live
//! flow goes on. Each step of theirs takes its time, may fail as everything else may, and they die
//! between any two.

use foldline_core::backoff::Backoff;
use foldline_core::drain::{self, Drain, Late, Mode, Outcome};
use foldline_core::effect::{Effect, Ticket};
use foldline_core::fault::Trouble;
use foldline_core::input::{SideAnswer, WriteAnswer};
use foldline_core::parking::HeadRecord;
use foldline_core::time::Time;

use crate::world::faults::Kind;
use crate::world::parts::{Act, Happening, Role, Seat};
use crate::world::projections::Remember;
use crate::world::rest::Stage;
use crate::world::run::{EPOCH_MS, Failure, World};

mod rare;

/// A drain under way.
#[derive(Debug)]
pub(super) struct Draining {
    projection: usize,
    job: Job,
    wants: drain::Effect,
}

#[derive(Debug)]
enum Job {
    Parking(Box<Drain<Remember>>),
    Late(Box<Late<Remember>>),
}

impl Job {
    fn step(&mut self, now: Time, input: drain::Input) -> drain::Effect {
        match self {
            Job::Parking(drain) => drain.step(now, input),
            Job::Late(late) => late.step(now, input),
        }
    }
}

impl World {
    /// An operator retries some parked key or stream.
    pub(super) fn retry_one(&mut self) -> Result<(), Failure> {
        let projection = self.rng.index(self.projections.len());
        let open = self.open_heads(projection)?;
        let Some(head) = self.rng.pick(&open).cloned() else { return Ok(()) };
        self.tally.count(Kind::Retried);
        self.begin_drain(projection, &head, Mode::Retry);
        Ok(())
    }

    /// An operator retries all that is parked.
    pub(super) fn retry_all(&mut self) -> Result<(), Failure> {
        for projection in 0..self.projections.len() {
            for head in self.open_heads(projection)? {
                self.tally.count(Kind::Retried);
                self.begin_drain(projection, &head, Mode::Retry);
            }
        }
        Ok(())
    }

    /// An operator discards some letter.
    pub(super) fn discard_one(&mut self) -> Result<(), Failure> {
        let projection = self.rng.index(self.projections.len());
        let open = self.open_heads(projection)?;
        let standing = self.standing(projection)?;
        let letter = self.rng.pick(&standing).map(|stored| stored.letter.clone());
        let Some(letter) = letter else { return Ok(()) };
        let head = open.iter().find(|head| Some(head.epoch) == letter.epoch);
        let Some(head) = head else { return Ok(()) };
        self.tally.count(Kind::Discarded);
        let reason = "dropped on purpose".to_owned();
        let (stream, version) = (letter.stream, letter.version);
        self.begin_drain(projection, head, Mode::Discard { stream, version, reason });
        Ok(())
    }

    fn open_heads(&self, projection: usize) -> Result<Vec<HeadRecord>, Failure> {
        let mut heads = self.heads(&self.id(projection))?;
        heads.retain(|head| head.open);
        Ok(heads)
    }

    fn begin_drain(&mut self, projection: usize, head: &HeadRecord, mode: Mode) {
        let Some(joined) = self.projections.get(projection) else { return };
        let source = self.settings.source();
        let backoff = Backoff::new((20, 500), 10, self.rng.any());
        let (scope, epoch) = (head.scope.clone(), head.epoch);
        self.trace.say(self.now, || format!("operator begins {mode:?} of p{projection} {scope:?}"));
        let drained = joined.projection.clone();
        let drain = Drain::new(drained, &source, self.limits(), backoff, (scope, epoch), mode);
        self.begin_job(projection, Job::Parking(Box::new(drain)));
    }

    fn begin_job(&mut self, projection: usize, mut job: Job) {
        let wants = job.step(Time(EPOCH_MS + self.now), drain::Input::Started);
        let draining = Draining { projection, job, wants };
        self.plan_at(self.now + 1, Happening::Drain(Box::new(draining)));
    }

    /// One step of a drain.
    pub(super) fn drain(&mut self, mut draining: Box<Draining>) -> Result<(), Failure> {
        self.fleet.last_work = self.now;
        if self.strikes(Kind::OperatorCrash, 5) {
            self.trace.say(self.now, || format!("operator dies before {:?}", draining.wants));
            return Ok(());
        }
        let projection = draining.projection;
        let wants = draining.wants.clone();
        self.trace.say(self.now, || format!("operator of p{projection} does {}", brief(&wants)));
        let (now, mut at) = (Time(EPOCH_MS + self.now), self.now + self.rng.below(6));
        let input = match wants {
            drain::Effect::Done(outcome) => {
                self.trace.say(self.now, || format!("operator of p{projection}: {outcome:?}"));
                self.told_later(&draining, &outcome)?;
                return finished(&outcome);
            }
            drain::Effect::WakeAt(time) => {
                if time > now {
                    at = self.now + time.since(now);
                    self.plan_at(at, Happening::Drain(draining));
                    return Ok(());
                }
                drain::Input::Ticked
            }
            other => self.do_for_drain(projection, other)?,
        };
        draining.wants = draining.job.step(now, input);
        self.plan_at(at, Happening::Drain(draining));
        Ok(())
    }

    /// Once all is durable and nothing fails any more, no drain may put its operator off.
    fn told_later(&self, draining: &Draining, outcome: &Outcome) -> Result<(), Failure> {
        let last = self.fleet.stage == Stage::Retry && self.halts.is_empty();
        let parking = matches!(draining.job, Job::Parking(_));
        if last && parking && *outcome == Outcome::Later {
            let projection = draining.projection;
            return Err(format!(
                "p{projection}: a drain says later, and all is done: {draining:?}"
            ));
        }
        Ok(())
    }

    fn do_for_drain(
        &mut self,
        projection: usize,
        wants: drain::Effect,
    ) -> Result<drain::Input, Failure> {
        Ok(match wants {
            drain::Effect::Control(op) => drain::Input::Control(self.control(&op)?),
            drain::Effect::Load(key) => {
                let loaded = self.load(projection, std::slice::from_ref(&key));
                let loaded = loaded.into_iter().next().ok_or("a load was not answered")?;
                drain::Input::Loaded(loaded)
            }
            drain::Effect::Write(document) => {
                let documents = vec![document];
                let act = self.sent_by_operator(projection, documents.clone());
                let answer = self.write(&act, documents)?.into_iter().next();
                let unknown = WriteAnswer::Retry(Trouble::Unknown);
                drain::Input::Written(answer.unwrap_or(unknown))
            }
            drain::Effect::LoadCursor(stream) => {
                let loaded = self.load_cursors(projection, &[stream]).into_iter().next();
                let loaded = loaded.ok_or("a cursor's load was not answered")?;
                drain::Input::CursorLoaded(loaded.1)
            }
            drain::Effect::SaveCursor(write) => {
                let act = self.sent_by_operator(projection, Vec::new());
                let answer = self.save_cursors(&act, &[write])?.into_iter().next();
                let unknown = SideAnswer::Retry(Trouble::Unknown);
                drain::Input::CursorSaved(answer.unwrap_or(unknown))
            }
            drain::Effect::ReadHistory { stream, from, after } => {
                drain::Input::History(self.repair(&stream, (from, None), after.as_deref()))
            }
            drain::Effect::WakeAt(_) | drain::Effect::Done(_) => drain::Input::Ticked,
        })
    }

    /// What an operator's process sends belongs to no worker.
    fn sent_by_operator(
        &self,
        projection: usize,
        documents: Vec<foldline_core::effect::DocumentWrite>,
    ) -> Act {
        let from = Seat { worker: usize::MAX, life: 0, projection, role: Role::Only };
        let effect = Effect::Write { ticket: Ticket(0), documents };
        let told = Time(EPOCH_MS + self.now);
        Act { from, effect, sent: self.now, told, heard: 0, overslept: false }
    }
}

fn brief(wants: &drain::Effect) -> String {
    match wants {
        drain::Effect::Write(document) => {
            let ticket = Ticket(0);
            let documents = vec![document.clone()];
            crate::world::trace::effect(&Effect::Write { ticket, documents })
        }
        drain::Effect::Control(op) => format!("{op:?}").chars().take(160).collect(),
        other => format!("{other:?}"),
    }
}

/// A drain that met a record that it cannot read met something that the world never wrote.
fn finished(outcome: &Outcome) -> Result<(), Failure> {
    match outcome {
        // A document folded from history shows all that is there: dropping is refused.
        Outcome::Broken(fault) if fault.code == "discard" => Ok(()),
        Outcome::Broken(fault) if fault.code == "control-refused" => Ok(()),
        Outcome::Broken(fault) => Err(format!("a drain is broken: {fault}")),
        _ => Ok(()),
    }
}
