//! The document store in memory: collections of documents, ledger rows and side records, and the
//! pointer to each projection's active generation. With transactions or without, as it is told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use foldline_core::checkpoint::Checkpoint;
use foldline_core::cursor::{Cursor, CursorWrite};
use foldline_core::effect::{DocumentWrite, LoadKey};
use foldline_core::fault::{Fault, Trouble};
use foldline_core::guard::{Guard, Meta, Revision};
use foldline_core::input::{Loaded, SideAnswer, Stored, WriteAnswer};
use foldline_core::name::{Name, ProjectionId};
use foldline_core::progress::Progress;
use foldline_core::projection::key_fault;
use foldline_core::time::Time;
use foldline_core::value::Value;

use super::lock;
use super::table::{Revisions, Table};
use crate::Place;
use crate::commit::{CheckpointWrite, Commit, Committed};
use crate::documents::{Capabilities, Page, Purged, Side, Switched};

mod port;

/// Documents, by collection and key.
#[derive(Debug)]
pub struct Documents {
    capabilities: Capabilities,
    transactions: bool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    revisions: Revisions,
    collections: BTreeMap<ProjectionId, Collection>,
    active: BTreeMap<Name, u32>,
}

#[derive(Debug, Default)]
struct Collection {
    documents: Table<(Arc<Value>, Meta)>,
    rows: BTreeMap<(Name, Name), Progress>,
    cursors: Table<Cursor>,
    checkpoints: Table<Checkpoint>,
}

impl Collection {
    fn write(&mut self, write: &DocumentWrite, revision: Revision) -> WriteAnswer {
        let document = (Arc::clone(&write.body), write.meta.clone());
        self.documents.set(&write.key, document, revision);
        for (stream, progress) in &write.rows {
            self.rows.insert((write.key.clone(), stream.clone()), progress.clone());
        }
        WriteAnswer::Written(revision)
    }

    fn load(&self, key: &LoadKey) -> Loaded {
        let row = |stream: &Name| {
            let progress = self.rows.get(&(key.key.clone(), stream.clone()));
            (stream.clone(), progress.cloned().unwrap_or_default())
        };
        let rows = key.rows.iter().map(row).collect();
        let stored = self.documents.get(&key.key).map(stored);
        Loaded { key: key.key.clone(), rows, stored: Ok(stored) }
    }
}

fn stored(((body, meta), revision): &((Arc<Value>, Meta), Revision)) -> Stored {
    Stored { body: Arc::clone(body), meta: meta.clone(), revision: *revision }
}

/// Stores a side record if it bears what it must.
fn save<T: Clone>(
    table: &mut Table<T>,
    revisions: &mut Revisions,
    (name, replaces, record): (&Name, Option<Revision>, &T),
) -> SideAnswer<T> {
    if !table.bears(name, replaces) {
        return SideAnswer::Conflict(table.get(name).cloned());
    }
    let revision = revisions.next();
    table.set(name, record.clone(), revision);
    SideAnswer::Written(revision)
}

/// A collection that is not there answers nothing: somebody must create it, and a stale owner
/// must not.
const ABSENT: Trouble = Trouble::Down;

impl Documents {
    /// A store without collections, with transactions, whose revisions start from the nonce.
    pub fn new(nonce: u64) -> Documents {
        let capabilities = Capabilities {
            document_bytes_max: 400_000,
            ledger_rows_max: usize::MAX,
            batch_documents: usize::MAX,
            sorted_scan: true,
        };
        Documents::with(nonce, capabilities, true)
    }

    /// A store that can do this much and no more.
    pub fn with(nonce: u64, capabilities: Capabilities, transactions: bool) -> Documents {
        let (collections, active) = (BTreeMap::new(), BTreeMap::new());
        let state = State { revisions: Revisions::new(nonce), collections, active };
        Documents { capabilities, transactions, state: Mutex::new(state) }
    }

    /// Creates a collection, if it is not there.
    pub fn create_now(&self, collection: &ProjectionId) {
        lock(&self.state).collections.entry(collection.clone()).or_default();
    }

    /// Removes a collection with its side records.
    pub fn remove_now(&self, collection: &ProjectionId) {
        lock(&self.state).collections.remove(collection);
    }

    /// Loads documents.
    pub fn load_now(&self, collection: &ProjectionId, keys: &[LoadKey]) -> Vec<Loaded> {
        let state = lock(&self.state);
        let found = state.collections.get(collection);
        keys.iter()
            .map(|key| match found {
                Some(found) => found.load(key),
                None => Loaded { key: key.key.clone(), rows: Vec::new(), stored: Err(ABSENT) },
            })
            .collect()
    }

    /// Writes documents, each conditional.
    pub fn write_now(
        &self,
        collection: &ProjectionId,
        documents: &[DocumentWrite],
    ) -> Vec<WriteAnswer> {
        let State { revisions, collections, .. } = &mut *lock(&self.state);
        let Some(found) = collections.get_mut(collection) else {
            return documents.iter().map(|_| WriteAnswer::Retry(ABSENT)).collect();
        };
        let mut answers = Vec::with_capacity(documents.len());
        for write in documents {
            let stands_in_the_way = self.judge(found, write);
            answers.push(stands_in_the_way.unwrap_or_else(|| found.write(write, revisions.next())));
        }
        answers
    }

    /// Why this document cannot be written, if it cannot.
    fn judge(&self, collection: &Collection, write: &DocumentWrite) -> Option<WriteAnswer> {
        let refused = |code: &str, what: &str, has: usize, may: usize| {
            let message = format!("`{}` has {has} {what}, and may have {may}", write.key);
            Some(WriteAnswer::Refused(Fault::new(code, message)))
        };
        if let Some(fault) = key_fault(&write.key) {
            return Some(WriteAnswer::Refused(fault));
        }
        let bytes = write.body.bytes() + write.meta.bytes();
        if bytes > self.capabilities.document_bytes_max {
            return refused("too_large", "bytes", bytes, self.capabilities.document_bytes_max);
        }
        if write.rows.len() > self.capabilities.ledger_rows_max {
            let may = self.capabilities.ledger_rows_max;
            return refused("ledger_rows", "ledger rows to write", write.rows.len(), may);
        }
        let bears = collection.documents.bears(&write.key, write.replaces);
        (!bears).then_some(WriteAnswer::Conflict)
    }

    /// Loads cursors.
    pub fn load_cursors_now(
        &self,
        collection: &ProjectionId,
        streams: &[Name],
    ) -> Vec<(Name, Side<Cursor>)> {
        let state = lock(&self.state);
        let found = state.collections.get(collection).ok_or(ABSENT);
        let load = |name: &Name| found.map(|found| found.cursors.get(name).cloned());
        streams.iter().map(|name| (name.clone(), load(name))).collect()
    }

    /// Writes cursors, each conditional.
    pub fn save_cursors_now(
        &self,
        collection: &ProjectionId,
        cursors: &[CursorWrite],
    ) -> Vec<SideAnswer<Cursor>> {
        let State { revisions, collections, .. } = &mut *lock(&self.state);
        let Some(found) = collections.get_mut(collection) else {
            return cursors.iter().map(|_| SideAnswer::Retry(ABSENT)).collect();
        };
        let mut answers = Vec::with_capacity(cursors.len());
        for write in cursors {
            let record = (&write.stream, write.replaces, &write.cursor);
            answers.push(save(&mut found.cursors, revisions, record));
        }
        answers
    }

    /// Loads the checkpoint of a partition.
    pub fn load_checkpoint_now(
        &self,
        collection: &ProjectionId,
        partition: &str,
    ) -> Side<Checkpoint> {
        let state = lock(&self.state);
        let found = state.collections.get(collection).ok_or(ABSENT)?;
        Ok(found.checkpoints.get(partition).cloned())
    }

    /// Writes a checkpoint, conditional.
    pub fn save_checkpoint_now(
        &self,
        collection: &ProjectionId,
        write: &CheckpointWrite,
    ) -> SideAnswer<Checkpoint> {
        let State { revisions, collections, .. } = &mut *lock(&self.state);
        let Some(found) = collections.get_mut(collection) else {
            return SideAnswer::Retry(ABSENT);
        };
        let record = (&write.partition, write.replaces, &write.checkpoint);
        save(&mut found.checkpoints, revisions, record)
    }

    /// All checkpoints, by partition.
    pub fn checkpoints_now(
        &self,
        collection: &ProjectionId,
    ) -> Result<Vec<(Name, Checkpoint)>, Trouble> {
        let state = lock(&self.state);
        let found = state.collections.get(collection).ok_or(ABSENT)?;
        let all = found.checkpoints.after(None);
        Ok(all.map(|(name, (checkpoint, _))| (name.clone(), checkpoint.clone())).collect())
    }

    /// Documents, cursors and checkpoints in one step: all, or nothing.
    pub fn commit_now(&self, collection: &ProjectionId, commit: Commit<'_>) -> Committed {
        let State { revisions, collections, .. } = &mut *lock(&self.state);
        let Some(found) = collections.get_mut(collection) else {
            return try_again(commit, ABSENT);
        };
        // Judged first, so that there is nothing to undo.
        let judged = self.judge_commit(found, commit);
        if let Some(refused) = judged {
            return refused;
        }
        let mut answers = Committed::default();
        for write in commit.documents {
            answers.documents.push(found.write(write, revisions.next()));
        }
        for write in commit.cursors {
            let record = (&write.stream, write.replaces, &write.cursor);
            answers.cursors.push(save(&mut found.cursors, revisions, record));
        }
        for write in commit.checkpoints {
            let record = (&write.partition, write.replaces, &write.checkpoint);
            answers.checkpoints.push(save(&mut found.checkpoints, revisions, record));
        }
        answers
    }

    /// The answers to a commit in which something stands in the way.
    fn judge_commit(&self, found: &Collection, commit: Commit<'_>) -> Option<Committed> {
        let mut answers = try_again(commit, Trouble::Throttled);
        let untouched = answers.clone();
        for (write, answer) in commit.documents.iter().zip(&mut answers.documents) {
            if let Some(judged) = self.judge(found, write) {
                *answer = judged;
            }
        }
        for (write, answer) in commit.cursors.iter().zip(&mut answers.cursors) {
            if !found.cursors.bears(&write.stream, write.replaces) {
                *answer = SideAnswer::Conflict(found.cursors.get(&write.stream).cloned());
            }
        }
        for (write, answer) in commit.checkpoints.iter().zip(&mut answers.checkpoints) {
            if !found.checkpoints.bears(&write.partition, write.replaces) {
                *answer = SideAnswer::Conflict(found.checkpoints.get(&write.partition).cloned());
            }
        }
        (answers != untouched).then_some(answers)
    }

    /// A page of all documents, sorted by key.
    pub fn scan_now(
        &self,
        collection: &ProjectionId,
        after: Option<&Place>,
        documents_max: usize,
    ) -> Result<Page, Trouble> {
        let state = lock(&self.state);
        let found = state.collections.get(collection).ok_or(ABSENT)?;
        let mut all = found.documents.after(after.map(|place| place.0.as_str()));
        let page = all.by_ref().take(documents_max.max(1));
        let documents: Vec<(Name, Stored)> =
            page.map(|(key, document)| (key.clone(), stored(document))).collect();
        let more = all.next().and(documents.last()).map(|(key, _)| Place(key.to_string()));
        Ok(Page { documents, more })
    }

    /// Purges tombstones from before a time, looking at one page of documents.
    pub fn purge_now(
        &self,
        collection: &ProjectionId,
        before: Time,
        after: Option<&Place>,
        documents_max: usize,
    ) -> Result<Purged, Trouble> {
        let page = self.scan_now(collection, after, documents_max)?;
        let mut state = lock(&self.state);
        let found = state.collections.get_mut(collection).ok_or(ABSENT)?;
        let mut tombstones = 0;
        for (key, stored) in page.documents {
            // Written since it was looked at: it is judged again at the next purge.
            let same = found.documents.bears(&key, Some(stored.revision));
            if same && may_go(&stored.meta, before) {
                found.documents.remove(&key);
                tombstones += 1;
            }
        }
        Ok(Purged { tombstones, more: page.more })
    }

    /// The generation that readers see.
    pub fn active_now(&self, projection: &str) -> Option<u32> {
        lock(&self.state).active.get(projection).copied()
    }

    /// Makes readers see another generation, where the active one is `from`.
    pub fn switch_now(&self, projection: &str, from: Option<u32>, to: u32) -> Switched {
        let mut state = lock(&self.state);
        let name = Name::from(projection);
        let active = state.active.get(projection).copied();
        let target = ProjectionId { name: name.clone(), generation: to };
        if active == Some(to) {
            return Switched::Done;
        }
        if active != from {
            return Switched::Conflict(active);
        }
        if !state.collections.contains_key(&target) {
            return Switched::Absent;
        }
        state.active.insert(name, to);
        Switched::Done
    }
}

/// Whether a tombstone may be purged. Without a version guard it stands for more than one
/// stream, and those may bring what it has seen at any time.
fn may_go(meta: &Meta, before: Time) -> bool {
    let old = meta.deleted.is_some_and(|deleted| deleted < before);
    let bare = meta.mark.is_none() && meta.dropped.is_empty();
    old && bare && matches!(meta.guard, Guard::Version(_))
}

/// The answers to a commit of which nothing was done.
fn try_again(commit: Commit<'_>, trouble: Trouble) -> Committed {
    Committed {
        documents: commit.documents.iter().map(|_| WriteAnswer::Retry(trouble)).collect(),
        cursors: commit.cursors.iter().map(|_| SideAnswer::Retry(trouble)).collect(),
        checkpoints: commit.checkpoints.iter().map(|_| SideAnswer::Retry(trouble)).collect(),
    }
}
