//! Kinds of effects and the phases in which a crash can strike one, and how often it did.

use foldline_core::effect::Effect;

/// When a crash strikes an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Phase {
    /// It never happens.
    Before,
    /// Some of it happens, or it happens when its sender is long dead.
    Within,
    /// It happens, and nobody hears the answer.
    After,
}

/// The names of the kinds, in the order in which they are counted.
pub const KINDS: [&str; 15] = [
    "fetch",
    "locate",
    "sweep",
    "load",
    "load-cursors",
    "write",
    "save-cursors",
    "repair",
    "park",
    "commit",
    "report",
    "wake-at",
    "release",
    "halt",
    "alarm",
];

/// The place of this effect's kind in [`KINDS`].
pub fn kind(effect: &Effect) -> usize {
    match effect {
        Effect::Fetch { .. } => 0,
        Effect::Locate { .. } => 1,
        Effect::Sweep { .. } => 2,
        Effect::Load { .. } => 3,
        Effect::LoadCursors { .. } => 4,
        Effect::Write { .. } => 5,
        Effect::SaveCursors { .. } => 6,
        Effect::Repair { .. } => 7,
        Effect::Park { .. } => 8,
        Effect::Commit { .. } => 9,
        Effect::Report { .. } => 10,
        Effect::WakeAt(_) => 11,
        Effect::Release { .. } => 12,
        Effect::Halt { .. } => 13,
        Effect::Alarm(_) => 14,
    }
}

/// How often effects of each kind were performed, and were struck in each phase.
#[derive(Clone, Debug, Default)]
pub struct Struck {
    performed: [u64; KINDS.len()],
    struck: [[u64; 3]; KINDS.len()],
}

impl Struck {
    /// Counts one that was performed.
    pub fn perform(&mut self, kind: usize) {
        if let Some(count) = self.performed.get_mut(kind) {
            *count += 1;
        }
    }

    /// Counts one that was struck.
    pub fn strike(&mut self, kind: usize, phase: Phase) {
        if let Some(count) = self.struck.get_mut(kind).and_then(|s| s.get_mut(phase as usize)) {
            *count += 1;
        }
    }

    /// Adds another's counts.
    pub fn absorb(&mut self, other: &Struck) {
        for (mine, theirs) in self.performed.iter_mut().zip(&other.performed) {
            *mine += theirs;
        }
        for (mine, theirs) in self.struck.iter_mut().zip(&other.struck) {
            for (mine, theirs) in mine.iter_mut().zip(theirs) {
                *mine += theirs;
            }
        }
    }

    /// Name, performed, and struck before, within and after, of each kind.
    pub fn rows(&self) -> impl Iterator<Item = (&'static str, u64, [u64; 3])> {
        let counts = self.performed.iter().zip(&self.struck);
        KINDS.iter().zip(counts).map(|(name, (performed, struck))| (*name, *performed, *struck))
    }
}
