//! Where events of any age can be read again: by stream, to repair a gap or fold a document anew;
//! by head, to find the lost tail; by segment, to build a read model again.
//!
//! The contract:
//! * A read MUST give what exists of the range, in version order, each version once
//!   (`a_read_gives_the_range_in_order`).
//! * It MUST see every append that was acknowledged before it was asked: what it leaves out
//!   below what it gives does not exist (`a_read_sees_what_was_acknowledged`).
//! * It MUST NOT invent what is missing, nor stop there (`a_hole_is_left_out_and_passed`).
//! * What is there but cannot be decoded MUST come as an event with a fault, at its version
//!   (`what_cannot_be_decoded_is_there`).
//! * `oldest` MUST be the oldest version that is held of the whole stream, whatever the range;
//!   none where the stream is not there (`oldest_is_of_the_whole_stream`).
//! * `more` MUST be said where the range holds more than the page, and only there; reading on
//!   from after the last version gives the rest (`pages_join_without_seam`).
//! * Heads MUST show each stream that stands throughout at its highest version, and pages go on
//!   after the stream they name (`heads_show_every_stream`).
//! * Each stream MUST lie whole in exactly one segment (`segments_hold_whole_streams`), and a
//!   scan gives each stream's events in order, all of them (`a_scan_gives_each_stream_in_order`).
//! * A scan MUST go on from any place that it gave, in another process too, without leaving
//!   anything out (`a_scan_goes_on_from_its_place`).
//! * A sorted read MUST give a stream's events in the order of their sort keys, page by page,
//!   those that came late in their places (`a_sorted_read_follows_the_sort_key`).

use std::sync::Arc;

use foldline_core::event::Batch;
use foldline_core::fault::Trouble;
use foldline_core::input::{Head, History as Read};
use foldline_core::name::Name;

use crate::{Answer, Place};

/// Versions of one stream to read.
#[derive(Clone, Copy, Debug)]
pub struct Versions<'a> {
    /// The stream.
    pub stream: &'a str,
    /// From this version on.
    pub from: u64,
    /// Up to this one; to the end of the stream where there is none.
    pub through: Option<u64>,
    /// Events of one page.
    pub events_max: usize,
}

/// A page of heads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heads {
    /// Each stream once; in whatever order the history has. Where a source has no versions, a
    /// head's version is the number of its events.
    pub page: Vec<Head>,
    /// The stream to go on after; none: this was the last page.
    pub more: Option<Name>,
}

/// A part of history that holds whole streams: a worker's share of a rebuild.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Segment(pub Name);

/// A page of a segment.
#[derive(Clone, Debug)]
pub struct Scanned {
    /// Events: those of one stream in order, streams one after another or mixed.
    pub batch: Arc<Batch>,
    /// Where to go on; none: the segment is read.
    pub more: Option<Place>,
}

/// A history.
pub trait History: Send + Sync {
    /// Versions of one stream, by one consistent read.
    fn read<'a>(&'a self, versions: Versions<'a>) -> Answer<'a, Result<Read, Trouble>>;

    /// A stream's events in the order of their sort keys, after one of them; for sources without
    /// versions. What arrives between two pages brings a fold of its own.
    fn sorted<'a>(
        &'a self,
        stream: &'a str,
        after: Option<&'a str>,
        events_max: usize,
    ) -> Answer<'a, Result<Read, Trouble>>;

    /// Streams with their highest versions, after a stream.
    fn heads<'a>(
        &'a self,
        after: Option<&'a str>,
        streams_max: usize,
    ) -> Answer<'a, Result<Heads, Trouble>>;

    /// History in about so many segments. Their names are stored with the job: the same segments
    /// are scanned by whoever takes it over.
    fn segments(&self, wanted: usize) -> Answer<'_, Result<Vec<Segment>, Trouble>>;

    /// A page of a segment, from its beginning or a place.
    fn scan<'a>(
        &'a self,
        segment: &'a Segment,
        after: Option<&'a Place>,
        events_max: usize,
    ) -> Answer<'a, Result<Scanned, Trouble>>;
}
