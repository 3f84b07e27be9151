//! Everything that a machine may hear, as the dice fall.

use std::sync::Arc;

use crate::checkpoint::{Checkpoint, Counts};
use crate::cursor::Cursor;
use crate::event::{Batch, BatchBuilder};
use crate::fault::{Fault, Trouble};
use crate::guard::{Epoch, GuardKind, Mark, Meta, Revision};
use crate::input::{History, Stored};
use crate::name::Name;
use crate::position::Position;
use crate::progress::Progress;
use crate::time::Time;
use crate::value::Value;

/// A small stream of random numbers.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    /// One of these.
    pub(super) fn pick<T: Clone>(&mut self, all: &[T]) -> T {
        let place = usize::try_from(self.roll(all.len() as u64)).unwrap_or(0);
        all[place].clone()
    }

    /// Mostly the whole length; sometimes less.
    pub(super) fn length(&mut self, whole: usize) -> usize {
        if self.roll(10) > 0 {
            return whole;
        }
        usize::try_from(self.roll(whole as u64 + 1)).unwrap_or(whole)
    }

    pub(super) fn name(&mut self) -> Name {
        Name::from(self.pick(&["a", "b", "c", "s1", "s2", ""]))
    }

    pub(super) fn trouble(&mut self) -> Trouble {
        self.pick(&[Trouble::Throttled, Trouble::Unknown, Trouble::Down])
    }

    pub(super) fn batch(&mut self, from: u64) -> Arc<Batch> {
        let mut builder = BatchBuilder::default();
        for number in 0..self.roll(6) {
            let position = Position::number(from + 1 + number);
            let (stream, version) = (self.name(), self.roll(30));
            builder.event(&stream, version, position).part("T", &[]);
            if self.roll(3) == 0 {
                builder.time(Time(self.roll(100_000)));
            }
            if self.roll(20) == 0 {
                builder.fault(Fault::new("undecodable", "odd"));
            }
        }
        Arc::new(builder.build())
    }

    pub(super) fn history(&mut self, stream: &str, from: u64, through: Option<u64>) -> History {
        let mut builder = BatchBuilder::default();
        let to = through.unwrap_or(from + self.roll(20));
        let hole = self.roll(30);
        let stop = if self.roll(3) == 0 { self.roll(30) } else { u64::MAX };
        for version in from..=to.min(stop).min(from + 50) {
            if version != hole {
                builder.event(stream, version, Position::number(version)).part("T", &[]);
            }
        }
        let oldest = (self.roll(4) > 0).then(|| self.roll(5));
        History { batch: Arc::new(builder.build()), oldest, more: self.roll(10) == 0 }
    }

    pub(super) fn mark(&mut self) -> Option<Box<Mark>> {
        (self.roll(4) == 0).then(|| {
            Box::new(Mark {
                epoch: Epoch(self.roll(4)),
                stream: self.name(),
                version: self.roll(30),
                fault: Fault::new("odd", "marked"),
            })
        })
    }

    pub(super) fn stored(&mut self, kind: GuardKind) -> Option<Stored> {
        let mut meta = Meta::empty(kind, self.roll(8));
        meta.mark = self.mark();
        (self.roll(2) == 0).then(|| Stored {
            body: Arc::new(Value::Int(1)),
            meta,
            revision: Revision(self.roll(5), 0),
        })
    }

    pub(super) fn cursor(&mut self) -> Option<(Cursor, Revision)> {
        let mut done = Progress::start(self.roll(20));
        done.holes.add(3, 2 + self.roll(3));
        let cursor = Cursor { done, mark: self.mark(), ..Cursor::default() };
        (self.roll(2) == 0).then(|| (cursor, Revision(self.roll(5), 0)))
    }

    pub(super) fn checkpoint(&mut self, writer: u64) -> Checkpoint {
        Checkpoint {
            incarnation: Name::from(["i", "j"][usize::from(self.roll(9) == 0)]),
            position: (self.roll(2) == 0).then(|| Position::number(self.roll(9))),
            jump: (self.roll(6) == 0).then(|| Position::number(self.roll(9))),
            ended: self.roll(9) == 0,
            counts: Counts::default(),
            writer,
            serial: self.roll(50),
        }
    }
}
