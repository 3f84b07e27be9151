//! What bounds the program's own work, so that no folder keeps it busy for ever.

/// Files and folders that are looked at when folders are searched.
pub(crate) const ENTRIES_MAX: usize = 100_000;

/// Folders within one another that are searched.
pub(crate) const FOLDERS_MAX: usize = 32;

/// Notes on one path that are told one by one.
pub(crate) const NOTES_MAX: usize = 10;
