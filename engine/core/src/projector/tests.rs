//! The Projector, driven by hand.
