//! What a module means, and what the bytes of an event mean: the files that authors write become
//! programs and mappings, or problems that are shown where they were written; records become
//! events, with the values that the attached modules read. Pure: no clock, no chance, no I/O.

pub mod decode;
pub mod expression;
pub mod mapping;
pub mod module;
pub mod problem;
pub mod program;
pub mod source;
pub mod yaml;
