//! What a module means. Today: the decoder, from the text of a record to the values that the
//! attached modules read; the files that authors write, as trees that know their places; the
//! expressions in them; modules, as far as their syntax goes; sources, and how their mappings make
//! events of records; and what is said of what is wrong.

pub mod decode;
pub mod expression;
pub mod mapping;
pub mod module;
pub mod problem;
pub mod program;
pub mod source;
pub mod yaml;
