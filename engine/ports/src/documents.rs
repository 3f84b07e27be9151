//! The document store: read models, one collection a generation, with side records (cursors and
//! checkpoints) in the same database, and the pointer to the generation that readers see.
//!
//! The contract, for documents:
//! * Answers MUST come in the order asked, one for each (`answers_come_in_order`).
//! * A load MUST see every acknowledged write, body, guard, mark and tombstone as they were
//!   written (`a_load_sees_what_was_written`).
//! * A write MUST be done only where the document bears the revision that it replaces, or is
//!   absent where it replaces none (`writes_are_conditional`).
//! * Of one batch each document MUST be judged alone: one that is refused or in conflict keeps
//!   no other back (`one_conflict_keeps_no_other_back`).
//! * A key that one batch names twice MUST be written once (`a_key_named_twice_is_written_once`).
//! * Each write MUST give another revision (`each_write_changes_the_revision`), and a document
//!   that was purged or removed and created again MUST NOT meet an old one: revisions start from
//!   a random nonce (`a_document_created_again_meets_no_old_revision`).
//! * A document that the store cannot take MUST be `Refused`, before it is sent, and what stood
//!   there stays (`an_oversized_document_is_refused`); so MUST a key (`an_unfit_key_is_refused`).
//! * Rows of a ledger MUST be written with their document or not at all
//!   (`rows_are_written_with_their_document`), loaded no older than it, each that was asked
//!   for, absent ones as nothing done (`rows_come_with_their_document`), and be refused by a
//!   store without them (`rows_beyond_the_limit_are_refused`).
//!
//! For side records:
//! * Cursors MUST be conditional likewise, and a conflict tells what stands there
//!   (`cursors_are_conditional`).
//! * So MUST checkpoints (`checkpoints_are_conditional`), and all of a collection are listed
//!   (`checkpoints_are_listed`).
//! * Side records MUST NOT be seen as documents (`side_records_are_not_documents`).
//!
//! For collections:
//! * Collections MUST share nothing (`collections_share_nothing`).
//! * Creating one again MUST change nothing (`creating_again_changes_nothing`).
//! * A collection that was removed MUST take no write, nor come back by one
//!   (`a_removed_collection_takes_no_write`).
//! * Pages of a scan MUST together show each document that stands throughout exactly once,
//!   tombstones too (`a_scan_shows_each_document_once`), sorted by the bytes of the key where the
//!   store says so (`a_sorted_scan_is_sorted`).
//! * A purge MUST take the tombstones of version guards from before the horizon that bear no
//!   mark and list no discarded event, and nothing else (`a_purge_takes_old_tombstones_only`).
//! * A switch MUST be done only where the active generation is the one it names, and done again
//!   it is `Done` (`a_switch_is_one_conditional_step`); never to a collection that is not there
//!   (`no_switch_to_an_absent_collection`).

use foldline_core::checkpoint::Checkpoint;
use foldline_core::cursor::{Cursor, CursorWrite};
use foldline_core::effect::{DocumentWrite, LoadKey};
use foldline_core::fault::Trouble;
use foldline_core::guard::Revision;
use foldline_core::input::{Loaded, SideAnswer, Stored, WriteAnswer};
use foldline_core::name::{Name, ProjectionId};
use foldline_core::time::Time;

use crate::commit::{CheckpointWrite, Transactions};
use crate::{Answer, Place};

/// What a store can do, and how much of it at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Bytes of one document with its reserved field; more is refused.
    pub document_bytes_max: usize,
    /// Rows that can be written with one document; 0: the store keeps no ledger.
    pub ledger_rows_max: usize,
    /// Documents of one write that cost one call; more are cut into several.
    pub batch_documents: usize,
    /// Whether scans come sorted by key. Where they do not, who needs order sorts.
    pub sorted_scan: bool,
}

/// A stored side record, if there is one.
pub type Side<T> = Result<Option<(T, Revision)>, Trouble>;

/// A page of a scan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// Documents, tombstones and stubs among them.
    pub documents: Vec<(Name, Stored)>,
    /// Where to go on; none: this was the last page.
    pub more: Option<Place>,
}

/// A page of a purge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// How many tombstones went.
    pub tombstones: u64,
    /// Where to go on; none: all were looked at.
    pub more: Option<Place>,
}

/// The answer to a switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switched {
    /// Readers see the new generation.
    Done,
    /// Another generation is active than the one to switch from.
    Conflict(Option<u32>),
    /// The generation to switch to has no collection.
    Absent,
    /// Not done, or not known to be done.
    Retry(Trouble),
}

/// A document store. A collection goes by the projection and generation that it belongs to.
pub trait Documents: Send + Sync {
    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// How to write documents and side records in one step, where the store can.
    fn transactions(&self) -> Option<&dyn Transactions> {
        None
    }

    /// Creates a collection, if it is not there.
    fn create<'a>(&'a self, collection: &'a ProjectionId) -> Answer<'a, Result<(), Trouble>>;

    /// Removes a collection with its side records, if it is there. The active one goes too: who
    /// retires a generation has switched before.
    fn remove<'a>(&'a self, collection: &'a ProjectionId) -> Answer<'a, Result<(), Trouble>>;

    /// Loads documents.
    fn load<'a>(
        &'a self,
        collection: &'a ProjectionId,
        keys: &'a [LoadKey],
    ) -> Answer<'a, Vec<Loaded>>;

    /// Writes documents, each conditional.
    fn write<'a>(
        &'a self,
        collection: &'a ProjectionId,
        documents: &'a [DocumentWrite],
    ) -> Answer<'a, Vec<WriteAnswer>>;

    /// Loads cursors.
    fn load_cursors<'a>(
        &'a self,
        collection: &'a ProjectionId,
        streams: &'a [Name],
    ) -> Answer<'a, Vec<(Name, Side<Cursor>)>>;

    /// Writes cursors, each conditional.
    fn save_cursors<'a>(
        &'a self,
        collection: &'a ProjectionId,
        cursors: &'a [CursorWrite],
    ) -> Answer<'a, Vec<SideAnswer<Cursor>>>;

    /// Loads the checkpoint of a partition.
    fn load_checkpoint<'a>(
        &'a self,
        collection: &'a ProjectionId,
        partition: &'a str,
    ) -> Answer<'a, Side<Checkpoint>>;

    /// Writes a checkpoint, conditional.
    fn save_checkpoint<'a>(
        &'a self,
        collection: &'a ProjectionId,
        write: &'a CheckpointWrite,
    ) -> Answer<'a, SideAnswer<Checkpoint>>;

    /// All checkpoints of a collection, by partition.
    fn checkpoints<'a>(
        &'a self,
        collection: &'a ProjectionId,
    ) -> Answer<'a, Result<Vec<(Name, Checkpoint)>, Trouble>>;

    /// A page of all documents, from the beginning or a place.
    fn scan<'a>(
        &'a self,
        collection: &'a ProjectionId,
        after: Option<&'a Place>,
        documents_max: usize,
    ) -> Answer<'a, Result<Page, Trouble>>;

    /// Purges tombstones from before a time, looking at one page of documents.
    fn purge<'a>(
        &'a self,
        collection: &'a ProjectionId,
        before: Time,
        after: Option<&'a Place>,
        documents_max: usize,
    ) -> Answer<'a, Result<Purged, Trouble>>;

    /// The generation that readers of a projection see.
    fn active<'a>(&'a self, projection: &'a str) -> Answer<'a, Result<Option<u32>, Trouble>>;

    /// Makes readers see another generation, where the active one is `from`.
    fn switch<'a>(
        &'a self,
        projection: &'a str,
        from: Option<u32>,
        to: u32,
    ) -> Answer<'a, Switched>;
}
