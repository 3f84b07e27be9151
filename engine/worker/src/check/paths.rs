//! Which files are meant. A file that is named is meant, whatever it is called. In a folder, and in
//! all folders below it, those are meant that end in `.yaml` or `.yml`, in the order of their
//! names; not what is hidden, and not the specs.
//!
//! Links are followed. What was met once, by whatever name, is not met again: so no link leads
//! around in a circle.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::limits::{ENTRIES_MAX, FOLDERS_MAX};

/// What is meant by one of the paths.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// The files that are there, and were not met before.
    pub(super) files: Vec<PathBuf>,
    /// Whether there is anything.
    pub(super) is_there: bool,
    /// Whether it is a folder, so that somebody may have meant nothing of it.
    pub(super) is_folder: bool,
    /// Whether all of it was met before, or cannot be looked at.
    pub(super) is_settled: bool,
}

/// Looks for files, for as long as one of its bounds allows.
#[derive(Debug)]
pub(super) struct Search {
    /// What was met, by its true name.
    met: BTreeSet<PathBuf>,
    /// Entries that may still be looked at.
    left: usize,
    /// Whether there were more.
    is_full: bool,
    /// What could not be looked at.
    pub(super) errors: Vec<String>,
    /// What was left out, and may be missed.
    pub(super) notes: Vec<String>,
}

impl Search {
    pub(super) fn new() -> Search {
        let (met, errors, notes) = (BTreeSet::new(), Vec::new(), Vec::new());
        Search { met, left: ENTRIES_MAX, is_full: false, errors, notes }
    }

    /// What is meant by a path.
    pub(super) fn place(&mut self, path: &Path) -> Place {
        let mut place = Place::default();
        let errors = self.errors.len();
        let found = fs::metadata(path);
        place.is_there = found.is_ok();
        match found {
            Ok(what) if what.is_dir() => {
                place.is_folder = true;
                self.folder(path, 1, &mut place);
            }
            Ok(_) => self.file(path.to_owned(), &mut place),
            Err(error) => self.errors.push(unread(path, &error)),
        }
        place.is_settled |= self.errors.len() > errors;
        place
    }

    fn file(&mut self, file: PathBuf, place: &mut Place) {
        if self.met.insert(true_name(&file)) {
            place.files.push(file);
        } else {
            place.is_settled = true;
        }
    }

    fn folder(&mut self, folder: &Path, depth: usize, place: &mut Place) {
        if depth > FOLDERS_MAX {
            let what = format!("more than {FOLDERS_MAX} folders within one another");
            return self.refuse(folder, &what);
        }
        if !self.met.insert(true_name(folder)) {
            place.is_settled = true;
            if fs::symlink_metadata(folder).is_ok_and(|it| it.is_symlink()) {
                let folder = folder.display();
                self.notes
                    .push(format!("`{folder}` is a link to a folder that was searched before"));
            }
            return;
        }
        let names = match self.names(folder) {
            Ok(names) => names,
            Err(error) => return self.errors.push(unread(folder, &error)),
        };
        for name in names {
            let entry = folder.join(&name);
            match fs::metadata(&entry) {
                Ok(what) if what.is_dir() => self.folder(&entry, depth + 1, place),
                Ok(what) if what.is_file() && is_meant(&name) => self.file(entry, place),
                Err(error) if is_meant(&name) => self.errors.push(unread(&entry, &error)),
                _ => {}
            }
        }
    }

    /// What a folder shows, in order.
    fn names(&mut self, folder: &Path) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(folder)? {
            let Some(left) = self.left.checked_sub(1) else {
                if !std::mem::replace(&mut self.is_full, true) {
                    let what = format!("more than {ENTRIES_MAX} files and folders to look at");
                    self.refuse(folder, &what);
                }
                break;
            };
            self.left = left;
            let name = entry?.file_name();
            if !name.as_encoded_bytes().starts_with(b".") {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn refuse(&mut self, folder: &Path, what: &str) {
        let folder = folder.display();
        self.errors.push(format!("`{folder}` is not checked as a whole: {what}"));
    }
}

/// Whether a file in a folder is meant by its name.
fn is_meant(name: &OsStr) -> bool {
    let path = Path::new(name);
    let is = |what: &str| path.extension().is_some_and(|end| end.eq_ignore_ascii_case(what));
    (is("yaml") || is("yml")) && path.file_stem() != Some(OsStr::new("spec"))
}

fn true_name(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// That something cannot be read, and why.
pub(super) fn unread(path: &Path, error: &io::Error) -> String {
    let is_link = fs::symlink_metadata(path).is_ok_and(|it| it.is_symlink());
    let path = path.display();
    match error.kind() {
        ErrorKind::NotFound if is_link => format!("`{path}` is a link that leads nowhere"),
        ErrorKind::NotFound => format!("there is no `{path}`"),
        _ => {
            let why = error.to_string();
            let why = why.split(" (os error").next().unwrap_or_default();
            format!("`{path}` cannot be read: {why}")
        }
    }
}

#[cfg(test)]
mod tests;
