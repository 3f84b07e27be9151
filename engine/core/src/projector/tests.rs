//! The Projector, driven by hand. Whatever it hears, in whatever order, it does not panic and its
//! books agree; whether it is right is the simulation's to say.

use proptest::prelude::*;

use crate::effect::Effect;
use crate::event::Event;
use crate::fault::Fault;
use crate::guard::GuardKind;
use crate::input::Input;
use crate::lanes::Lane;
use crate::name::{Name, ProjectionId};
use crate::projection::{Change, Keys, Projection};
use crate::time::Time;
use crate::value::Value;

mod answers;
mod batches;
mod books;
mod dice;
mod fetches;
mod gaps;
mod intake;
mod memory;
mod rewinds;
mod room;
mod streams;
mod sweeps;
mod tenures;

use answers::{answer, noise};
use dice::Dice;

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
            keys.push(if event.version().is_multiple_of(2) { "b" } else { "c" });
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
    let (kind, versions) = dice.pick(&kinds);
    let source = Source {
        versions,
        first: dice.roll(2),
        history: dice.roll(3) > 0,
        ordered: kind == GuardKind::Positions,
        begins: (dice.roll(2) == 1).then_some(Time(50_000)),
    };
    let tuning = Tuning {
        memory: dice.pick(&[2_000, 1 << 20]),
        in_flight: dice.pick(&[5, 5_000]),
        keep_folded: dice.roll(3) > 0,
        hole_after_ms: 50,
        gap_wait_ms: 10,
        retry_ms: (8, 40),
        checkpoint_ms: 5,
        cursor_ms: 30,
        release_ms: 40,
        purge_ms: 50_000,
        ..Tuning::default()
    };
    let of = Lane::allowed(kind, 1 + u32::try_from(seed % 3).unwrap_or(0));
    let lane = Lane::new(u32::try_from(seed / 3 % u64::from(of)).unwrap_or(0), of);
    let mut machine = Projector::new(Odd(kind), source, tuning, 5).on_lane(lane);
    let mut pending: Vec<Effect> = Vec::new();
    let mut now = 90_000;
    for step in 0..300 {
        now += dice.roll(30);
        let input = if pending.is_empty() || dice.roll(6) == 0 {
            noise(&mut dice, kind)
        } else {
            let place = usize::try_from(dice.roll(pending.len() as u64)).unwrap_or(0);
            let effect = pending.swap_remove(place);
            match answer(&mut dice, kind, effect) {
                Some(input) if dice.roll(12) > 0 => input,
                _ => Input::Ticked,
            }
        };
        let shown = format!("{input:?}");
        pending.extend(machine.step(Time(now), input));
        machine.check().map_err(|wrong| format!("step {step}: {wrong} after {shown}"))?;
        now = rest(&mut machine, now, &mut pending)
            .map_err(|wrong| format!("step {step}: {wrong} after {shown}"))?;
    }
    Ok(())
}

/// Where nobody says anything the machine is called at the times that it asked for, and at no
/// other: it does not ask again and again for one that it can do nothing at. A few in a row are
/// those of its streams.
fn rest(machine: &mut Projector<Odd>, now: u64, pending: &mut Vec<Effect>) -> Result<u64, String> {
    let mut now = now;
    for _ in 0..12 {
        let Some(Time(wake)) = machine.wake else { return Ok(now) };
        if wake > now + 1 {
            return Ok(now);
        }
        now = now.max(wake);
        let effects = machine.step(Time(now), Input::Ticked);
        let acts = effects.iter().any(|effect| !matches!(effect, Effect::WakeAt(_)));
        pending.extend(effects);
        if acts {
            return Ok(now);
        }
    }
    Err(format!("it asks to be woken at {:?}, again and again, and does nothing", machine.wake))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_it_hears_it_does_not_panic_and_its_books_agree(seed: u64) {
        drive(seed).map_err(TestCaseError::fail)?;
    }
}
