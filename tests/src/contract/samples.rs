//! Events, documents and side records for the suites to write and find again.

use std::collections::BTreeMap;
use std::sync::Arc;

use foldline_core::checkpoint::{Checkpoint, Counts};
use foldline_core::cursor::{Cursor, CursorWrite, Digests};
use foldline_core::effect::{DocumentWrite, LoadKey};
use foldline_core::event::{Batch, BatchBuilder, Slot};
use foldline_core::fault::Fault;
use foldline_core::guard::{Epoch, Guard, Mark, Meta, Positions, Revision};
use foldline_core::name::{Name, ProjectionId};
use foldline_core::position::Position;
use foldline_core::progress::{Holes, Progress};
use foldline_core::time::Time;
use foldline_core::value::{Map, Value};
use foldline_ports::commit::CheckpointWrite;

/// A generation of the projection `balance`.
pub fn generation(generation: u32) -> ProjectionId {
    ProjectionId { name: Name::from("balance"), generation }
}

/// One record's events, that follow one another in their stream.
pub fn record(at: &Position, stream: &str, versions: &[u64]) -> Batch {
    let mut builder = BatchBuilder::default();
    for (index, version) in (0..).zip(versions) {
        let position = Position { record: at.record.clone(), index };
        let amount = i64::try_from(*version).unwrap_or(0);
        builder.event(stream, *version, position).time(Time(1_000 + version));
        builder.part("Credited", &[Slot::Int(amount), Slot::Text("EUR")]);
    }
    builder.build()
}

/// One event with a sort key and no version.
pub fn sorted(stream: &str, sort: &str) -> Batch {
    let mut builder = BatchBuilder::default();
    builder.event(stream, 0, Position::number(0)).sort(sort).part("Credited", &[]);
    builder.build()
}

/// One event that cannot be decoded.
pub fn undecodable(stream: &str, version: u64) -> Batch {
    let mut builder = BatchBuilder::default();
    builder.event(stream, version, Position::number(version));
    builder.fault(Fault::new("undecodable", "not JSON"));
    builder.build()
}

/// Progress with a hole.
pub fn progress(next: u64) -> Progress {
    let mut progress = Progress::start(next);
    progress.holes.add(2, 3);
    progress
}

/// A document with this text, at this version of its stream.
pub fn document(key: &str, replaces: Option<Revision>, text: &str) -> DocumentWrite {
    let mut map = Map::default();
    map.set("text", Value::Text(text.into()));
    map.set("numbers", Value::List(vec![Value::Int(i64::MIN), Value::Bool(true), Value::Null]));
    DocumentWrite {
        key: Name::from(key),
        replaces,
        body: Arc::new(Value::Map(map)),
        meta: Meta {
            guard: Guard::Version(progress(9)),
            mark: None,
            deleted: None,
            dropped: Holes::default(),
        },
        rows: Vec::new(),
    }
}

/// A tombstone, deleted at this time.
pub fn tombstone(key: &str, replaces: Option<Revision>, deleted: u64) -> DocumentWrite {
    let mut write = document(key, replaces, "");
    write.body = Arc::new(Value::Null);
    write.meta.deleted = Some(Time(deleted));
    write
}

/// Documents in all the states that a store must give back as they were.
pub fn all_kinds() -> Vec<DocumentWrite> {
    let guards = [
        Guard::Positions(Box::new(Positions {
            applied: BTreeMap::from([(Name::from("p-0"), Position::number(u64::MAX))]),
            drained: BTreeMap::from([(Name::from("s/1"), 7)]),
        })),
        Guard::Streams(BTreeMap::from([(Name::from("s-1"), progress(u64::MAX))])),
        Guard::Refold { last: Name::from("2026-01-01#7"), count: 3 },
    ];
    let guarded = guards.into_iter().zip(0..).map(|(guard, number)| {
        let mut write = document(&format!("guarded-{number}"), None, "text with \"quotes\" and ü");
        write.meta.guard = guard;
        write
    });
    let mut stub = tombstone("stub", None, 0);
    stub.meta.deleted = None;
    stub.meta.mark = Some(mark().into());
    let mut marked = document("marked", None, "");
    marked.meta.mark = Some(mark().into());
    guarded.chain([stub, marked, tombstone("deleted", None, 5)]).collect()
}

/// A parked mark.
pub fn mark() -> Mark {
    Mark {
        epoch: Epoch(u64::MAX),
        stream: Name::from("wallet-1"),
        version: 4,
        fault: Fault::new("overflow", "9 + 9 is too much"),
    }
}

/// Asks for documents.
pub fn keys(keys: &[&str]) -> Vec<LoadKey> {
    keys.iter().map(|key| LoadKey { key: Name::from(*key), rows: Vec::new() }).collect()
}

/// A cursor to be written.
pub fn cursor(stream: &str, replaces: Option<Revision>, next: u64) -> CursorWrite {
    let mut digests = Digests::default();
    digests.set(next, 77);
    let (done, mark) = (progress(next), Some(mark().into()));
    let cursor = Cursor { done, mark, parked_once: true, digests, tag: u64::MAX };
    CursorWrite { stream: Name::from(stream), replaces, cursor }
}

/// A checkpoint to be written.
pub fn checkpoint(partition: &str, replaces: Option<Revision>, at: u64) -> CheckpointWrite {
    let checkpoint = Checkpoint {
        incarnation: Name::from("life-1"),
        position: Some(Position { record: Position::number(at).record, index: 3 }),
        jump: Some(Position::number(at + 1)),
        ended: true,
        counts: Counts { received: at, applied: at, ..Counts::default() },
        writer: u64::MAX,
        serial: at,
    };
    CheckpointWrite { partition: Name::from(partition), replaces, checkpoint }
}
