//! Parked streams.
