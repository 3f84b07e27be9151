//! Bounds and waits that users may set, with the defaults of live work.

/// Bounds and waits that users may set.
#[derive(Clone, Debug)]
pub struct Tuning {
    /// Bytes of documents, streams and batches in memory; above it nothing more is fetched.
    pub memory: usize,
    /// Events received and not yet done, over all partitions.
    pub in_flight: usize,
    /// Whether folded events are kept until their documents are durable: then a conflict folds
    /// them again. A rebuild lets them go, and goes back to its checkpoints after a conflict.
    pub keep_folded: bool,
    /// How long to wait before a partition that had nothing new is read again.
    pub poll_ms: u64,
    /// How long a document may be dirty before it is written.
    pub flush_ms: u64,
    /// Documents in one write.
    pub write_batch: usize,
    /// Writes under way at once.
    pub writes: usize,
    /// How often a checkpoint is written, at most.
    pub checkpoint_ms: u64,
    /// How often cursors are written where there is history.
    pub cursor_ms: u64,
    /// How long an event that came too early waits before history is asked.
    pub gap_wait_ms: u64,
    /// How long after a higher version was first seen its absence in history proves a hole.
    pub hole_after_ms: u64,
    /// How long a tombstone is kept, and more than the feed's retention. Who purges adds what the
    /// clocks of the fleet may be behind: by these it is told how old an event is.
    pub purge_ms: u64,
    /// How long a revoked partition may take to finish what is in hand.
    pub release_ms: u64,
    /// The first and the longest wait of a back-off.
    pub retry_ms: (u64, u64),
}

impl Default for Tuning {
    fn default() -> Tuning {
        Tuning {
            memory: 512 << 20,
            in_flight: 50_000,
            keep_folded: true,
            poll_ms: 100,
            flush_ms: 20,
            write_batch: 500,
            writes: 8,
            checkpoint_ms: 1_000,
            cursor_ms: 60_000,
            gap_wait_ms: 500,
            hole_after_ms: 60_000,
            purge_ms: 14 * 24 * 3_600_000,
            release_ms: 10_000,
            retry_ms: (50, 30_000),
        }
    }
}
