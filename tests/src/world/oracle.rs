//! What the documents must be: a naive fold over the true log, sharing nothing with the machines.
//!
//! At the end of a world every event of the true log must have come to exactly one end, for each
//! document that it concerns: it is in the document, in order, or it stands as a letter, or an
//! operator dropped it on record, or history itself has lost it. And whatever stands as a letter
//! must have a cause that the world planted, or stand behind one.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use foldline_core::guard::{Epoch, Mark, Meta};
use foldline_core::input::Stored;
use foldline_core::letter::{Cause, Scope};
use foldline_core::name::Name;
use foldline_core::projection::Projection;
use foldline_core::value::Value;

use crate::world::run::{Failure, World};
use crate::world::truth::{self, Class, Flaw, Stream};

mod fold;
mod strict;

/// What is known of one projection at the end.
struct Found<'w> {
    world: &'w World,
    projection: usize,
    by_stream: bool,
    fixed: bool,
    documents: BTreeMap<Name, Stored>,
    /// Standing letters, by scope, stream and version.
    letters: BTreeMap<(Scope, Name, u64), Cause>,
    /// Those that an operator wants discarded, and which no drain has reached yet.
    unwanted: BTreeSet<(Scope, Name, u64)>,
    discarded: BTreeSet<(Scope, Name, u64)>,
    closed: BTreeSet<Epoch>,
    /// Whether some partition stands still for it.
    halted: bool,
    /// Forks that had to be decided rightly.
    decided: Cell<u64>,
}

/// Compares what is stored with what must be. Answers how many forks had to be decided rightly.
pub fn compare(world: &World) -> Result<u64, Failure> {
    let mut decided = 0;
    for projection in 0..world.projections.len() {
        let found = Found::of(world, projection)?;
        found.compare().map_err(|why| format!("p{projection}: {why}"))?;
        decided += found.decided.get();
    }
    Ok(decided)
}

impl Found<'_> {
    fn of(world: &World, projection: usize) -> Result<Found<'_>, Failure> {
        let Some(joined) = world.projections.get(projection) else {
            return Err("there is no such projection".to_owned());
        };
        let page = world.documents.scan_now(&joined.projection.id(), None, usize::MAX);
        let page = page.map_err(|trouble| format!("cannot scan: {trouble:?}"))?;
        let heads = world.heads(&joined.projection.id())?;
        let mut letters = BTreeMap::new();
        let mut unwanted = BTreeSet::new();
        for stored in world.standing(projection)? {
            let discard = stored.discard.is_some();
            let letter = stored.letter;
            if letter.cause == Cause::Nameless {
                continue;
            }
            let rank = letter.rank();
            // What a sweep named has no sort key: it stands for its whole stream.
            let swept = !world.versioned() && rank.sort.is_empty();
            let place = truth::place_of(&rank);
            let name = (letter.scope.clone(), letter.stream.clone(), place);
            if discard {
                unwanted.insert(name.clone());
            }
            // Of two contents each may have a letter: that of the second holds nothing.
            let before = letters.get(&name).copied();
            let second = before.is_some() && letter.cause == Cause::Fork;
            if !second {
                letters.insert(name, letter.cause);
            }
            if before.is_some_and(|before| before != Cause::Fork) && !second && !swept {
                return Err(format!(
                    "p{projection}: {}:{} stands twice behind {:?}",
                    letter.stream, place, letter.scope
                ));
            }
        }
        let halted = world.halts.iter().any(|(halted, _)| *halted == projection);
        Ok(Found {
            halted,
            decided: Cell::default(),
            world,
            projection,
            by_stream: joined.projection.keyed_by_stream(),
            fixed: joined.projection.fixed.get(),
            documents: page.documents.into_iter().collect(),
            letters,
            unwanted,
            discarded: world.discarded(projection)?,
            closed: heads.iter().filter(|head| !head.open).map(|head| head.epoch).collect(),
        })
    }

    fn compare(&self) -> Result<(), Failure> {
        self.compare_letters()?;
        let mut expected: BTreeMap<Name, BTreeMap<Name, Vec<i64>>> = BTreeMap::new();
        for stream in &self.world.truth.streams {
            for key in self.keys_of(stream) {
                let ids = self.fold(stream, &key).map_err(|why| format!("{key}: {why}"))?;
                if let Some(ids) = ids {
                    expected.entry(key).or_default().insert(stream.name.clone(), ids);
                }
            }
        }
        let named: BTreeSet<&Name> = expected.keys().chain(self.documents.keys()).collect();
        for key in named {
            let none = BTreeMap::new();
            let expected = expected.get(key).unwrap_or(&none);
            let found = self.documents.get(key);
            let body = found.map(|stored| read(&stored.body, key)).unwrap_or_default();
            for stream in expected.keys().chain(body.keys()) {
                let (has, must) = (body.get(stream), expected.get(stream));
                if has != must {
                    let meta = found.map(|stored| crate::world::trace::meta(&stored.meta));
                    let meta = meta.unwrap_or_else(|| "absent".to_owned());
                    return Err(format!(
                        "document {key} of {stream} is {has:?}, and must be {must:?} ({meta})"
                    ));
                }
            }
            self.compare_mark(key, found.map(|stored| &stored.meta))?;
        }
        Ok(())
    }

    /// A document says that it is parked exactly while letters hold it up.
    fn compare_mark(&self, key: &Name, meta: Option<&Meta>) -> Result<(), Failure> {
        if self.halted {
            // Whoever was to append the letters may not read what they are made of.
            return Ok(());
        }
        // A mark whose head is closed holds nothing up: whoever finds it takes it away.
        let mark = meta.and_then(|meta| meta.mark.as_ref());
        let marked = mark.is_some_and(|mark| !self.closed.contains(&mark.epoch));
        let mut of_key = self.letters.iter().filter(|((scope, _, _), cause)| {
            *scope == Scope::Key(key.clone()) && matches!(cause, Cause::Failed | Cause::Behind)
        });
        match (marked, of_key.next()) {
            (true, None) if self.is_mark_of_lost(&Scope::Key(key.clone())) => Ok(()),
            (true, None) => Err(format!("document {key} is marked, and no letter holds it up")),
            (false, Some(((_, stream, version), _))) => {
                Err(format!("{stream}:{version} is parked for {key}, which bears no mark"))
            }
            _ => Ok(()),
        }
    }

    /// Whether the mark is of an event below the first version that the feed lost: history never
    /// had it, so where its owner died after the mark, nobody can append its letter any more. What
    /// comes next parks behind the mark, and the drain of that takes it away.
    fn is_mark_of_lost(&self, scope: &Scope) -> bool {
        let mark = match scope {
            Scope::Key(key) => self.documents.get(key).and_then(|stored| stored.meta.mark.clone()),
            Scope::Stream(stream) => self.mark_of_stream(stream),
            Scope::Partition(_) => None,
        };
        mark.filter(|mark| mark.fault.code == "first").is_some_and(|mark| {
            let stream = self.world.truth.stream(&mark.stream);
            let below = stream.and_then(|stream| Some((stream, stream.below.as_ref()?.version)));
            below.is_some_and(|(stream, version)| !self.was_at_hand(stream, version))
        })
    }

    fn mark_of_stream(&self, stream: &Name) -> Option<Box<Mark>> {
        let id = self.world.id(self.projection);
        let streams = std::slice::from_ref(stream);
        let mut loaded = self.world.documents.load_cursors_now(&id, streams);
        loaded.pop()?.1.ok()??.0.mark
    }

    fn keys_of(&self, stream: &Stream) -> BTreeSet<Name> {
        if self.by_stream {
            return BTreeSet::from([stream.name.clone()]);
        }
        stream.facts.values().flat_map(|fact| fact.keys.iter().cloned()).collect()
    }

    /// Whatever stands as a letter has a cause that the world planted, or stands behind one.
    fn compare_letters(&self) -> Result<(), Failure> {
        // Without versions whatever arrives stands for its whole stream, which stops where its
        // document says; the fold shows whether it stops there rightly.
        if !self.world.versioned() {
            return Ok(());
        }
        for ((scope, stream, version), cause) in &self.letters {
            let what = || format!("{stream}:{version} stands behind {scope:?} as {cause:?}");
            let Some(found) = self.world.truth.stream(stream) else {
                return Err(format!("{}, and there is no such stream", what()));
            };
            let Some(fact) = found.shown(*version) else {
                return Err(format!("{}, and never existed", what()));
            };
            let planted = match cause {
                Cause::Failed => fact.flaw != Flaw::None || *version < self.world.settings.first,
                // The one that failed may have left by now, dropped or mended.
                Cause::Behind => {
                    let failed = |((of, _, _), cause): (&(Scope, _, _), &Cause)| {
                        of == scope && *cause == Cause::Failed
                    };
                    self.world.letters.failed.contains(&(self.projection, scope.clone()))
                        || self.letters.iter().any(failed)
                        || self.is_mark_of_lost(scope)
                        // What it stands behind may be what nobody may read.
                        || self.halted
                }
                Cause::Late if self.must_be_folded_anew(found) => false,
                Cause::Late => {
                    let late = matches!(found.class, Class::Late | Class::Truncated);
                    late || fact.shown > fact.time || self.world.settings.begins.is_some()
                }
                Cause::Fork => found.class == Class::Forked,
                Cause::Nameless => true,
            };
            if !planted {
                return Err(format!("{}, without a cause", what()));
            }
        }
        Ok(())
    }
}

/// The ids in a document, by stream.
fn read(body: &Value, key: &Name) -> BTreeMap<Name, Vec<i64>> {
    let ids = |value: &Value| match value {
        Value::List(list) => Some(list.iter().map(id).collect()),
        _ => None,
    };
    match body {
        Value::Map(map) => {
            map.iter().filter_map(|(stream, list)| Some((Name::from(stream), ids(list)?))).collect()
        }
        other => ids(other).map(|ids| (key.clone(), ids)).into_iter().collect(),
    }
}

fn id(value: &Value) -> i64 {
    match value {
        Value::Int(id) => *id,
        _ => -1,
    }
}
