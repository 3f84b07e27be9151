//! Every bound of the machine, named once, and how they stand to each other. A bound that users
//! set has its default in [`crate::projector::Tuning`]; these are the ones nobody should need to.

/// How far the steady clock follows a leap of the wall clock, in one step.
pub const CLOCK_STEP_MS_MAX: u64 = 5_000;

/// Ranges of holes that one guard, cursor or sequencer lists; at the limit the key parks.
pub const HOLES_MAX: usize = 64;

/// Streams that one document's guard lists; at the limit the key parks.
pub const GUARD_STREAMS_MAX: usize = 1_000;

/// Digests that a cursor keeps, to tell a fork from a duplicate.
pub const DIGESTS: usize = 4;

/// Bytes of a document key: the smallest limit among the stores.
pub const KEY_BYTES_MAX: usize = 512;

/// Documents that one event may change.
pub const KEYS_PER_EVENT_MAX: usize = 1_000;

/// Events of one batch.
pub const BATCH_EVENTS_MAX: usize = 100_000;

/// Events of a batch that are looked up together before the first of them is judged: as many as
/// leave what was looked up in a core's own cache.
pub const LOOKED_AHEAD: usize = 256;

/// Batches that events held in gaps keep in memory, so that they need not be copied out at once.
pub const HELD_BATCHES_MAX: usize = 8;

/// How many times the bytes that a machine may hold are taken where there is no history and the
/// next batch may bring what those in memory wait for; there it stands still, and alarms.
pub const MEMORY_LENT: usize = 2;

/// Bytes of one record: what is longer is not decoded.
pub const RECORD_BYTES_MAX: usize = 1 << 20;

/// Values within values of one record.
pub const JSON_DEPTH_MAX: usize = 64;

/// Names of one record, over all its objects.
pub const JSON_KEYS_MAX: usize = 10_000;

/// Bytes of text of one batch: places in it are 32 bits.
pub const BATCH_TEXT_MAX: usize = u32::MAX as usize;

/// Letters behind one head, unless the worker's configuration says otherwise.
pub const LETTERS_PER_KEY: u64 = 10_000;

/// Letters of one projection, unless the worker's configuration says otherwise.
pub const LETTERS_PER_PROJECTION: u64 = 1_000_000;

/// Rows of a ledger that one transaction takes beside its document.
pub const LEDGER_ROWS_MAX: usize = 98;

/// Cursors in one write.
pub const CURSORS_PER_SAVE_MAX: usize = 500;

/// Tries of a refold that history knows too little for; then a late event becomes a letter.
pub const REFOLDS_MAX: u32 = 8;

/// Failures in a row after which somebody should know.
pub const ALARM_ATTEMPTS: u32 = 10;

/// Conflicts in a row after which an append or a drain gives way, and goes on a little later.
pub const CONFLICTS_MAX: u32 = 16;

/// Places that one step looks at to make room: it goes on with the others in the next.
pub const EVICT_LOOKS_MAX: usize = 16_384;

/// Letters that a drain folds into one write; of a ledger each may bring a row with it.
pub const DRAIN_LETTERS: usize = 64;

/// Ends of batches that not all lanes of a partition have passed: then it is not read on.
pub const LANE_BOUNDARIES_MAX: usize = 1_024;

const _: () = assert!(LETTERS_PER_KEY <= LETTERS_PER_PROJECTION, "one key never fills more");
const _: () = assert!(DRAIN_LETTERS <= LEDGER_ROWS_MAX, "a drained batch is one transaction");
const _: () = assert!(REFOLDS_MAX < ALARM_ATTEMPTS, "a refold gives up before it alarms");
const _: () = assert!(RECORD_BYTES_MAX < BATCH_TEXT_MAX, "a record fits a batch");
const _: () = assert!(KEYS_PER_EVENT_MAX < u16::MAX as usize, "outstanding counts are u16");
const _: () = assert!(DIGESTS.is_power_of_two(), "a digest's slot is its version's remainder");
