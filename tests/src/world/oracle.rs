//! What the documents must be: a naive fold over the true log, sharing nothing with the machines.
//!
//! At the end of a world every event of the true log must have come to exactly one end, for each
//! document that it concerns: it is in the document, in order, or it stands as a letter, or an
//! operator dropped it on record, or history itself has lost it. And whatever stands as a letter
//! must have a cause that the world planted, or stand behind one.

use std::collections::{BTreeMap, BTreeSet};

use foldline_core::guard::{Epoch, Guard, Meta};
use foldline_core::input::Stored;
use foldline_core::letter::{Cause, Scope};
use foldline_core::name::Name;
use foldline_core::progress::Progress;
use foldline_core::projection::Projection;
use foldline_core::value::Value;

use crate::world::run::{Failure, World};
use crate::world::settings::Profile;
use crate::world::truth::{Act, Class, Fact, Flaw, Stream};

/// What is known of one projection at the end.
struct Found<'w> {
    world: &'w World,
    projection: usize,
    by_stream: bool,
    fixed: bool,
    documents: BTreeMap<Name, Stored>,
    /// Standing letters, by scope, stream and version.
    letters: BTreeMap<(Scope, Name, u64), Cause>,
    discarded: BTreeSet<(Scope, Name, u64)>,
    closed: BTreeSet<Epoch>,
}

/// Compares what is stored with what must be.
pub fn compare(world: &World) -> Result<(), Failure> {
    for projection in 0..world.projections.len() {
        let found = Found::of(world, projection)?;
        found.compare().map_err(|why| format!("p{projection}: {why}"))?;
    }
    Ok(())
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
        for stored in world.standing(projection)? {
            let letter = stored.letter;
            if letter.cause == Cause::Nameless {
                continue;
            }
            let name = (letter.scope.clone(), letter.stream.clone(), letter.version);
            if letters.insert(name, letter.cause).is_some() {
                return Err(format!(
                    "p{projection}: {}:{} stands twice behind {:?}",
                    letter.stream, letter.version, letter.scope
                ));
            }
        }
        Ok(Found {
            world,
            projection,
            by_stream: joined.projection.keyed_by_stream(),
            fixed: joined.projection.fixed.get(),
            documents: page.documents.into_iter().collect(),
            letters,
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
        // A mark whose head is closed holds nothing up: whoever finds it takes it away.
        let mark = meta.and_then(|meta| meta.mark.as_ref());
        let marked = mark.is_some_and(|mark| !self.closed.contains(&mark.epoch));
        let mut of_key = self.letters.iter().filter(|((scope, _, _), cause)| {
            *scope == Scope::Key(key.clone()) && matches!(cause, Cause::Failed | Cause::Behind)
        });
        match (marked, of_key.next()) {
            (true, None) => Err(format!("document {key} is marked, and no letter holds it up")),
            (false, Some(((_, stream, version), _))) => {
                Err(format!("{stream}:{version} is parked for {key}, which bears no mark"))
            }
            _ => Ok(()),
        }
    }

    fn keys_of(&self, stream: &Stream) -> BTreeSet<Name> {
        if self.by_stream {
            return BTreeSet::from([stream.name.clone()]);
        }
        stream.facts.values().flat_map(|fact| fact.keys.iter().cloned()).collect()
    }

    /// What the stream's events leave in this document; none: nothing.
    fn fold(&self, stream: &Stream, key: &Name) -> Result<Option<Vec<i64>>, Failure> {
        let forks = stream.forks.iter().filter(|(_, (other, _))| self.concerns(other, key));
        let forks: Vec<u64> = forks.map(|(version, _)| *version).collect();
        let actual = self.documents.get(key).map(|stored| read(&stored.body, key));
        let actual = actual.and_then(|mut all| all.remove(&stream.name));
        let shows = |version: u64| {
            let forged = stream.forks.get(&version).map(|(fact, _)| fact.id);
            let ids = actual.as_ref();
            forged.is_some_and(|id| ids.is_some_and(|ids| ids.contains(&id)))
        };
        let likely = self.fold_with(stream, key, &shows);
        if likely == Ok(actual.clone()) {
            return likely;
        }
        let mut first = None;
        // Each fork leaves one of two contents: whichever explains the document is taken, and
        // without forks there is but one way.
        for choice in 0..1u32 << forks.len().min(8) {
            let forged = |version: u64| {
                let place = forks.iter().position(|fork| *fork == version);
                place.is_some_and(|place| choice >> place & 1 == 1)
            };
            let folded = self.fold_with(stream, key, &forged);
            if folded == Ok(actual.clone()) {
                return folded;
            }
            first.get_or_insert(folded);
        }
        first.unwrap_or(Ok(None))
    }

    fn fold_with(
        &self,
        stream: &Stream,
        key: &Name,
        forged: &dyn Fn(u64) -> bool,
    ) -> Result<Option<Vec<i64>>, Failure> {
        let mut ids = None;
        let mut stopped = None;
        for (number, fact) in stream.facts.values().enumerate() {
            let version = self.told_version(fact, number);
            let fact = match stream.forks.get(&fact.version) {
                Some((other, _)) if forged(fact.version) => other,
                _ => fact,
            };
            if !self.concerns(fact, key) {
                continue;
            }
            if !self.world.versioned() && self.stopped_at(key).is_some_and(|at| version >= at) {
                // One that no store takes may be known only when others are folded with it.
                let mut rest = stream.facts.range(fact.version..);
                let stops = rest.any(|(_, fact)| fact.flaw != Flaw::None);
                let why = || format!("{}:{version} stops it, and is no poison", stream.name);
                return if stops { Ok(ids) } else { Err(why()) };
            }
            let holding = self.holding(stream, key, version);
            if let Some(Cause::Failed | Cause::Behind) = holding {
                stopped.get_or_insert(version);
            }
            let dropped = self.is_dropped(stream, key, version);
            if holding.is_some() || dropped || self.is_lost(stream, key, version) {
                continue;
            }
            if let Some(at) = stopped {
                return Err(format!("{}:{version} is in, and {at} before it is not", stream.name));
            }
            if !self.apply(fact, key, &mut ids) {
                let (name, flaw) = (&stream.name, fact.flaw);
                return Err(format!("{name}:{version} fails ({flaw:?}), and is not parked"));
            }
        }
        Ok(ids)
    }

    /// Where a document of a source without versions stopped, if it is parked.
    fn stopped_at(&self, key: &Name) -> Option<u64> {
        let meta = &self.documents.get(key)?.meta;
        match (&meta.mark, &meta.guard) {
            (Some(_), Guard::Refold { count, .. }) => Some(self.world.settings.first + count),
            _ => None,
        }
    }

    /// The version that machines are told.
    fn told_version(&self, fact: &Fact, number: usize) -> u64 {
        match self.world.settings.profile {
            Profile::Refold => self.world.settings.first + number as u64,
            _ => fact.version,
        }
    }

    fn concerns(&self, fact: &Fact, key: &Name) -> bool {
        let handled = fact.act != Act::Ignored || fact.flaw != Flaw::None;
        handled && (self.by_stream || fact.keys.contains(key))
    }

    /// Why this event stands as a letter for this document, if it does.
    fn holding(&self, stream: &Stream, key: &Name, version: u64) -> Option<Cause> {
        if !self.world.versioned() {
            return None;
        }
        // A fork's letter is about the other content: its version is in the document.
        let of = |scope| {
            let cause = self.letters.get(&(scope, stream.name.clone(), version)).copied();
            let cause = cause.filter(|cause| *cause != Cause::Fork);
            // Where the hole was never passed the event came in its turn: its letter is void.
            cause.filter(|cause| *cause != Cause::Late || self.lacks(stream, key, version))
        };
        of(Scope::Key(key.clone())).or_else(|| of(Scope::Stream(stream.name.clone())))
    }

    fn is_dropped(&self, stream: &Stream, key: &Name, version: u64) -> bool {
        [Scope::Key(key.clone()), Scope::Stream(stream.name.clone())]
            .into_iter()
            .any(|scope| self.discarded.contains(&(scope, stream.name.clone(), version)))
    }

    /// Whether the document lists this version as a hole, and rightly: history lost it.
    fn is_lost(&self, stream: &Stream, key: &Name, version: u64) -> bool {
        let Some((_, below)) = stream.truncated else { return false };
        version < below && self.lacks(stream, key, version)
    }

    /// Whether the document's guard says that it lacks this version.
    fn lacks(&self, stream: &Stream, key: &Name, version: u64) -> bool {
        let row = self.world.row(self.projection, key, &stream.name);
        let guard = self.documents.get(key).map(|stored| &stored.meta.guard);
        let lacks =
            |progress: &Progress| progress.next <= version || progress.holes.contains(version);
        match guard {
            Some(Guard::Version(progress)) => lacks(progress),
            Some(Guard::Streams(streams)) => {
                let progress = streams.get(&stream.name).or(row.as_ref());
                progress.is_none_or(lacks)
            }
            None => true,
            _ => false,
        }
    }

    /// Folds one event; no: it fails.
    fn apply(&self, fact: &Fact, key: &Name, ids: &mut Option<Vec<i64>>) -> bool {
        match fact.flaw {
            Flaw::Undecodable | Flaw::Route => return false,
            Flaw::Strict if ids.is_none() => return false,
            Flaw::Apply if !self.fixed && (self.by_stream || fact.keys.first() == Some(key)) => {
                return false;
            }
            _ => {}
        }
        match fact.act {
            Act::Removed => *ids = None,
            Act::Noted => {
                let list = ids.as_mut().filter(|ids| ids.last().is_some_and(|id| id % 2 == 0));
                if let Some(list) = list {
                    list.push(fact.id);
                }
            }
            Act::Added => {
                let list = ids.get_or_insert_default();
                list.push(fact.id);
                list.extend(fact.twin);
            }
            Act::Ignored => {}
        }
        true
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
            let fact = found.facts.get(version);
            let Some(fact) = fact else {
                return Err(format!("{}, and never existed", what()));
            };
            let planted = match cause {
                Cause::Failed => fact.flaw != Flaw::None,
                // The one that failed may have left by now, dropped or mended.
                Cause::Behind => {
                    self.world.letters.failed.contains(&(self.projection, scope.clone()))
                }
                Cause::Late => {
                    matches!(found.class, Class::Late | Class::Truncated) || fact.shown > fact.time
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
