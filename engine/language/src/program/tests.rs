//! What programs do.
