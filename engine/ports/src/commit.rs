//! What a store with transactions can do besides: documents, cursors and checkpoints in one step,
//! so that the durable order needs no steps in between.
//!
//! The contract:
//! * All of a commit MUST be done, or none of it (`a_commit_is_all_or_nothing`).
//! * Each part MUST be conditional as if it were written alone, and the parts that stand in the
//!   way are told (`a_commit_tells_what_stood_in_the_way`).
//! * Where nothing stands in the way, every part MUST be answered with its new revision
//!   (`a_commit_answers_every_part`).

use foldline_core::checkpoint::Checkpoint;
use foldline_core::cursor::{Cursor, CursorWrite};
use foldline_core::effect::DocumentWrite;
use foldline_core::guard::Revision;
use foldline_core::input::{SideAnswer, WriteAnswer};
use foldline_core::name::{Name, ProjectionId};

use crate::Answer;

/// A checkpoint to be written, conditional on what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointWrite {
    /// Of which partition.
    pub partition: Name,
    /// The revision it replaces; none where there must be none.
    pub replaces: Option<Revision>,
    /// What to store.
    pub checkpoint: Checkpoint,
}

/// What to write in one step; a key, stream or partition is named at most once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Commit<'a> {
    /// Documents, each conditional.
    pub documents: &'a [DocumentWrite],
    /// Cursors, each conditional.
    pub cursors: &'a [CursorWrite],
    /// Checkpoints, each conditional.
    pub checkpoints: &'a [CheckpointWrite],
}

/// The answers, each list in the order of what was asked. Either all are `Written`, or none is:
/// what could have been written but for another part is answered `Retry(Throttled)`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Committed {
    /// For the documents.
    pub documents: Vec<WriteAnswer>,
    /// For the cursors.
    pub cursors: Vec<SideAnswer<Cursor>>,
    /// For the checkpoints.
    pub checkpoints: Vec<SideAnswer<Checkpoint>>,
}

impl Committed {
    /// Whether it was done.
    pub fn done(&self) -> bool {
        let written = |answer: &WriteAnswer| matches!(answer, WriteAnswer::Written(_));
        self.documents.iter().all(written)
            && self.cursors.iter().all(|answer| matches!(answer, SideAnswer::Written(_)))
            && self.checkpoints.iter().all(|answer| matches!(answer, SideAnswer::Written(_)))
    }
}

/// A store whose transactions span any number of its records.
pub trait Transactions: Send + Sync {
    /// Writes all, or nothing.
    fn commit<'a>(
        &'a self,
        collection: &'a ProjectionId,
        commit: Commit<'a>,
    ) -> Answer<'a, Committed>;
}
