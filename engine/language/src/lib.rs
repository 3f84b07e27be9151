//! What a module means. Today the first step of it: the decoder, from the text of a record to the
//! values that the attached modules read.

pub mod decode;
pub mod expression;
pub mod problem;
