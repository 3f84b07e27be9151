//! The sequencer, case by case.
