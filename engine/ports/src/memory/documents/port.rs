//! The document store in memory as a port: each call delegates to its synchronous core.

use foldline_core::checkpoint::Checkpoint;
use foldline_core::cursor::{Cursor, CursorWrite};
use foldline_core::effect::{DocumentWrite, LoadKey};
use foldline_core::fault::Trouble;
use foldline_core::input::{Loaded, SideAnswer, WriteAnswer};
use foldline_core::name::{Name, ProjectionId};
use foldline_core::time::Time;

use super::Documents;
use crate::commit::{CheckpointWrite, Commit, Committed, Transactions};
use crate::documents::{Capabilities, Page, Purged, Side, Switched};
use crate::{Answer, Place};

impl Transactions for Documents {
    fn commit<'a>(
        &'a self,
        collection: &'a ProjectionId,
        commit: Commit<'a>,
    ) -> Answer<'a, Committed> {
        Box::pin(async move { self.commit_now(collection, commit) })
    }
}

impl crate::documents::Documents for Documents {
    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    fn transactions(&self) -> Option<&dyn Transactions> {
        self.transactions.then_some(self as &dyn Transactions)
    }

    fn create<'a>(&'a self, collection: &'a ProjectionId) -> Answer<'a, Result<(), Trouble>> {
        Box::pin(async move {
            self.create_now(collection);
            Ok(())
        })
    }

    fn remove<'a>(&'a self, collection: &'a ProjectionId) -> Answer<'a, Result<(), Trouble>> {
        Box::pin(async move {
            self.remove_now(collection);
            Ok(())
        })
    }

    fn load<'a>(
        &'a self,
        collection: &'a ProjectionId,
        keys: &'a [LoadKey],
    ) -> Answer<'a, Vec<Loaded>> {
        Box::pin(async move { self.load_now(collection, keys) })
    }

    fn write<'a>(
        &'a self,
        collection: &'a ProjectionId,
        documents: &'a [DocumentWrite],
    ) -> Answer<'a, Vec<WriteAnswer>> {
        Box::pin(async move { self.write_now(collection, documents) })
    }

    fn load_cursors<'a>(
        &'a self,
        collection: &'a ProjectionId,
        streams: &'a [Name],
    ) -> Answer<'a, Vec<(Name, Side<Cursor>)>> {
        Box::pin(async move { self.load_cursors_now(collection, streams) })
    }

    fn save_cursors<'a>(
        &'a self,
        collection: &'a ProjectionId,
        cursors: &'a [CursorWrite],
    ) -> Answer<'a, Vec<SideAnswer<Cursor>>> {
        Box::pin(async move { self.save_cursors_now(collection, cursors) })
    }

    fn load_checkpoint<'a>(
        &'a self,
        collection: &'a ProjectionId,
        partition: &'a str,
    ) -> Answer<'a, Side<Checkpoint>> {
        Box::pin(async move { self.load_checkpoint_now(collection, partition) })
    }

    fn save_checkpoint<'a>(
        &'a self,
        collection: &'a ProjectionId,
        write: &'a CheckpointWrite,
    ) -> Answer<'a, SideAnswer<Checkpoint>> {
        Box::pin(async move { self.save_checkpoint_now(collection, write) })
    }

    fn checkpoints<'a>(
        &'a self,
        collection: &'a ProjectionId,
    ) -> Answer<'a, Result<Vec<(Name, Checkpoint)>, Trouble>> {
        Box::pin(async move { self.checkpoints_now(collection) })
    }

    fn scan<'a>(
        &'a self,
        collection: &'a ProjectionId,
        after: Option<&'a Place>,
        documents_max: usize,
    ) -> Answer<'a, Result<Page, Trouble>> {
        Box::pin(async move { self.scan_now(collection, after, documents_max) })
    }

    fn purge<'a>(
        &'a self,
        collection: &'a ProjectionId,
        before: Time,
        after: Option<&'a Place>,
        documents_max: usize,
    ) -> Answer<'a, Result<Purged, Trouble>> {
        Box::pin(async move { self.purge_now(collection, before, after, documents_max) })
    }

    fn active<'a>(&'a self, projection: &'a str) -> Answer<'a, Result<Option<u32>, Trouble>> {
        Box::pin(async move { Ok(self.active_now(projection)) })
    }

    fn switch<'a>(
        &'a self,
        projection: &'a str,
        from: Option<u32>,
        to: u32,
    ) -> Answer<'a, Switched> {
        Box::pin(async move { self.switch_now(projection, from, to) })
    }
}
