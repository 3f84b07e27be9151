//! The Projector, driven by hand. Whatever it hears, in whatever order, it does not panic and its
//! books agree; whether it is right is the simulation's to say.

use std::sync::Arc;

use proptest::prelude::*;

use crate::checkpoint::{Checkpoint, Counts};
use crate::cursor::Cursor;
use crate::effect::{Effect, Ticket};
use crate::event::{Batch, BatchBuilder, Event};
use crate::fault::{Fault, Trouble};
use crate::guard::{Epoch, GuardKind, Mark, Meta, Revision};
use crate::input::{
    FetchError, Fetched, Head, History, Input, Loaded, SideAnswer, Stored, WriteAnswer,
};
use crate::letter::LetterAnswer;
use crate::name::{Name, ProjectionId};
use crate::position::Position;
use crate::progress::Progress;
use crate::projection::{Change, Keys, Projection};
use crate::time::Time;
use crate::value::Value;

use super::{Projector, Source, Tuning, Versions};

/// Counts, filters and fails by the event's version.
struct Odd(GuardKind);

impl Projection for Odd {
    fn id(&self) -> ProjectionId {
        ProjectionId { name: Name::from("odd"), generation: 1 }
    }

    fn guard(&self) -> GuardKind {
        self.0
    }

    fn route(&self, event: Event<'_>, keys: &mut Keys) -> Result<(), Fault> {
        if event.version() % 11 == 10 {
            return Err(Fault::new("key", "no key"));
        }
        if event.version() % 7 == 6 {
            return Ok(());
        }
        if matches!(self.0, GuardKind::Version | GuardKind::Refold) {
            keys.stream();
        } else {
            keys.push("a");
            keys.push(if event.version() % 2 == 0 { "b" } else { "c" });
        }
        Ok(())
    }

    fn apply(&self, event: Event<'_>, _: &str, document: &mut Value) -> Result<Change, Fault> {
        let count = if let Value::Int(count) = document { *count } else { 0 };
        *document = Value::Int(count + 1);
        match event.version() % 13 {
            12 => Err(Fault::new("odd", "fails after it has changed the document")),
            11 => {
                *document = Value::Null;
                Ok(Change::Applied)
            }
            5 => {
                *document = if count == 0 { Value::Null } else { Value::Int(count) };
                Ok(Change::Filtered)
            }
            _ => Ok(Change::Applied),
        }
    }
}

/// A small stream of random numbers.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn name(&mut self) -> Name {
        Name::from(["a", "b", "c", "s1", "s2", ""][self.roll(6) as usize])
    }

    fn trouble(&mut self) -> Trouble {
        [Trouble::Throttled, Trouble::Unknown, Trouble::Down][self.roll(3) as usize]
    }

    fn batch(&mut self, from: u64) -> Arc<Batch> {
        let mut builder = BatchBuilder::default();
        for number in 0..self.roll(6) {
            let position = Position::number(from + 1 + number);
            let (stream, version) = (self.name(), self.roll(30));
            builder.event(&stream, version, position).part("T", &[]);
            if self.roll(3) == 0 {
                builder.time(Time(self.roll(100_000)));
            }
            if self.roll(20) == 0 {
                builder.fault(Fault::new("undecodable", "odd"));
            }
        }
        Arc::new(builder.build())
    }

    fn history(&mut self, stream: &str, from: u64, through: Option<u64>) -> History {
        let mut builder = BatchBuilder::default();
        let to = through.unwrap_or(from + self.roll(20));
        let hole = self.roll(30);
        let stop = if self.roll(3) == 0 { self.roll(30) } else { u64::MAX };
        for version in from..=to.min(stop).min(from + 50) {
            if version != hole {
                builder.event(stream, version, Position::number(version)).part("T", &[]);
            }
        }
        let oldest = (self.roll(4) > 0).then(|| self.roll(5));
        History { batch: Arc::new(builder.build()), oldest, more: self.roll(10) == 0 }
    }

    fn mark(&mut self) -> Option<Mark> {
        (self.roll(4) == 0).then(|| Mark {
            epoch: Epoch(self.roll(4)),
            stream: self.name(),
            version: self.roll(30),
            fault: Fault::new("odd", "marked"),
        })
    }

    fn stored(&mut self, kind: GuardKind) -> Option<Stored> {
        let mut meta = Meta::empty(kind, self.roll(8));
        meta.mark = self.mark();
        (self.roll(2) == 0).then(|| Stored {
            body: Arc::new(Value::Int(1)),
            meta,
            revision: Revision(self.roll(5), 0),
        })
    }

    fn cursor(&mut self) -> Option<(Cursor, Revision)> {
        let mut done = Progress::start(self.roll(20));
        done.holes.add(3, 2 + self.roll(3));
        let cursor = Cursor { done, mark: self.mark(), ..Cursor::default() };
        (self.roll(2) == 0).then(|| (cursor, Revision(self.roll(5), 0)))
    }

    fn checkpoint(&mut self, writer: u64) -> Checkpoint {
        Checkpoint {
            incarnation: Name::from(["i", "j"][usize::from(self.roll(9) == 0)]),
            position: (self.roll(2) == 0).then(|| Position::number(self.roll(9))),
            jump: (self.roll(6) == 0).then(|| Position::number(self.roll(9))),
            ended: self.roll(9) == 0,
            counts: Counts::default(),
            writer,
            serial: self.roll(50),
        }
    }
}

/// A plausible answer to an effect, or a failure.
fn answer(dice: &mut Dice, kind: GuardKind, effect: Effect) -> Option<Input> {
    let incarnation = Name::from(["i", "j"][usize::from(dice.roll(40) == 0)]);
    Some(match effect {
        Effect::Fetch { partition, after } => {
            if dice.roll(8) == 0 {
                let error = match dice.roll(3) {
                    0 => FetchError::Trimmed,
                    1 => FetchError::Incarnation(Name::from("k")),
                    _ => FetchError::Trouble(dice.trouble()),
                };
                return Some(Input::FetchFailed { partition, error });
            }
            let from = dice.roll(1_000_000);
            let batch = dice.batch(from + 1_000_000);
            let next = batch.events().last().map(|event| event.position().clone());
            let next = next.or_else(|| after.clone());
            Input::Fetched(Fetched {
                partition,
                incarnation,
                follows: after,
                batch,
                next,
                ended: dice.roll(30) == 0,
            })
        }
        Effect::Locate { partition } => {
            let position = if dice.roll(3) == 0 {
                Err(dice.trouble())
            } else {
                Ok((dice.roll(2) == 0).then(|| Position::number(5)))
            };
            Input::Located { partition, incarnation, position }
        }
        Effect::Sweep { partition, .. } => heads(dice, Some(partition)),
        Effect::Load { keys } => Input::Loaded(
            keys.into_iter()
                .map(|key| Loaded {
                    key: key.key,
                    rows: key.rows.into_iter().map(|row| (row, Progress::default())).collect(),
                    stored: if dice.roll(8) == 0 {
                        Err(dice.trouble())
                    } else {
                        Ok(dice.stored(kind))
                    },
                })
                .collect(),
        ),
        Effect::LoadCursors { streams } => Input::CursorsLoaded(
            streams
                .into_iter()
                .map(|stream| {
                    let failed = dice.roll(8) == 0;
                    (stream, if failed { Err(dice.trouble()) } else { Ok(dice.cursor()) })
                })
                .collect(),
        ),
        Effect::Write { ticket, documents } => {
            let answers = documents.iter().map(|_| write_answer(dice)).collect();
            Input::Written { ticket, answers }
        }
        Effect::SaveCursors { ticket, cursors } => {
            let answers = cursors
                .into_iter()
                .map(|write| match dice.roll(6) {
                    0 => SideAnswer::Retry(dice.trouble()),
                    1 => SideAnswer::Conflict(dice.cursor()),
                    2 => SideAnswer::Conflict(Some((write.cursor, Revision(9, 9)))),
                    _ => SideAnswer::Written(Revision(dice.roll(5), 0)),
                })
                .collect();
            Input::CursorsSaved { ticket, answers }
        }
        Effect::Repair { ticket, stream, from, through } => {
            let failed = dice.roll(6) == 0;
            let history = dice.history(&stream, from, through);
            let history = if failed { Err(dice.trouble()) } else { Ok(history) };
            Input::Repaired { ticket, stream, history }
        }
        Effect::Park { ticket, letters } => {
            let all = [LetterAnswer::Closed, LetterAnswer::Full, LetterAnswer::Retry];
            let answers = letters
                .iter()
                .map(|_| all.get(dice.roll(8) as usize).copied().unwrap_or(LetterAnswer::Parked))
                .collect();
            Input::Parked { ticket, answers }
        }
        Effect::Commit { partition, checkpoint, .. } => {
            let answer = match dice.roll(8) {
                0 => SideAnswer::Retry(dice.trouble()),
                1 => SideAnswer::Conflict(Some((dice.checkpoint(77), Revision(3, 0)))),
                2 => SideAnswer::Conflict(Some((checkpoint, Revision(3, 0)))),
                _ => SideAnswer::Written(Revision(dice.roll(5), 0)),
            };
            Input::Committed { partition, answer }
        }
        _ => return None,
    })
}

fn write_answer(dice: &mut Dice) -> WriteAnswer {
    match dice.roll(9) {
        0 => WriteAnswer::Conflict,
        1 => WriteAnswer::Retry(dice.trouble()),
        2 => WriteAnswer::Refused(Fault::new("refused", "by the dice")),
        _ => WriteAnswer::Written(Revision(dice.roll(1000), 0)),
    }
}

fn heads(dice: &mut Dice, partition: Option<Name>) -> Input {
    let page = (0..dice.roll(4))
        .map(|_| Head { stream: dice.name(), version: dice.roll(40) })
        .filter(|head| !head.stream.is_empty());
    let page: Vec<Head> = page.collect();
    let more = page.last().filter(|_| dice.roll(3) == 0).map(|head| head.stream.clone());
    let page = if dice.roll(8) == 0 { Err(dice.trouble()) } else { Ok(page) };
    Input::Heads { partition, page, more }
}

/// Something that nobody asked for.
fn noise(dice: &mut Dice, kind: GuardKind) -> Input {
    let partition = Name::from(["p", "q"][dice.roll(2) as usize]);
    match dice.roll(9) {
        0 | 1 => {
            let checkpoint = (dice.roll(2) == 0).then(|| (dice.checkpoint(5), Revision(1, 0)));
            Input::Granted { partition, incarnation: Name::from("i"), checkpoint }
        }
        2 => Input::Revoked { partition, lost: dice.roll(2) == 0 },
        3 => heads(dice, None),
        4 => Input::Written { ticket: Ticket(dice.roll(30)), answers: vec![write_answer(dice)] },
        5 => Input::Parked { ticket: Ticket(dice.roll(30)), answers: vec![LetterAnswer::Parked] },
        6 => Input::CursorsSaved { ticket: Ticket(dice.roll(30)), answers: Vec::new() },
        7 => {
            let effect = Effect::Fetch { partition, after: Some(Position::number(dice.roll(9))) };
            answer(dice, kind, effect).unwrap_or(Input::Ticked)
        }
        _ => {
            let effect = Effect::LoadCursors { streams: vec![dice.name()] };
            answer(dice, kind, effect).unwrap_or(Input::Ticked)
        }
    }
}

/// Drives a machine with dice; what its books say at the end.
fn drive(seed: u64) -> Result<(), String> {
    let mut dice = Dice(seed);
    let kinds = [
        (GuardKind::Version, Versions::Contiguous),
        (GuardKind::Streams, Versions::Contiguous),
        (GuardKind::Ledger, Versions::Contiguous),
        (GuardKind::Positions, Versions::Contiguous),
        (GuardKind::Streams, Versions::Monotonic),
        (GuardKind::Refold, Versions::Refold),
    ];
    let (kind, versions) = kinds[dice.roll(6) as usize];
    let source = Source {
        versions,
        first: dice.roll(2),
        history: dice.roll(3) > 0,
        ordered: kind == GuardKind::Positions,
        from_beginning: dice.roll(2) == 0,
    };
    let tuning = Tuning {
        memory: [2_000, 1 << 20][dice.roll(2) as usize],
        in_flight: [5, 5_000][dice.roll(2) as usize],
        keep_folded: dice.roll(3) > 0,
        hole_after_ms: 50,
        gap_wait_ms: 10,
        retry_ms: (1, 20),
        checkpoint_ms: 5,
        cursor_ms: 30,
        release_ms: 40,
        purge_ms: 50_000,
        ..Tuning::default()
    };
    let mut machine = Projector::new(Odd(kind), source, tuning, 5);
    let mut pending: Vec<Effect> = Vec::new();
    let mut now = 90_000;
    for step in 0..300 {
        now += dice.roll(30);
        let input = if pending.is_empty() || dice.roll(6) == 0 {
            noise(&mut dice, kind)
        } else {
            let place = dice.roll(pending.len() as u64) as usize;
            let effect = pending.swap_remove(place);
            match answer(&mut dice, kind, effect) {
                Some(input) if dice.roll(12) > 0 => input,
                _ => Input::Ticked,
            }
        };
        let shown = format!("{input:?}");
        pending.extend(machine.step(Time(now), input));
        machine.check().map_err(|wrong| format!("step {step}: {wrong} after {shown}"))?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_it_hears_it_does_not_panic_and_its_books_agree(seed: u64) {
        drive(seed).map_err(TestCaseError::fail)?;
    }
}
