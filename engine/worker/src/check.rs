//! `foldline check`: reads modules and sources, and tells all that is wrong with all of them, and
//! what is known of each. A file that cannot be read keeps no other from being checked.

mod facts;
mod file;
mod paths;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use foldline_language::problem::{Code, Problem, Severity, Source, render};
use foldline_language::yaml;

use crate::Exit;
use crate::arguments::Check;
use crate::limits::NOTES_MAX;
use crate::output::{Form, Notice, Output};
use file::{Checked, Kind};
use paths::Search;

/// What is checked when nothing is named.
const USUAL: &str = "projections";

/// Checks what is at these paths.
pub(crate) fn run(asked: &Check, form: Form, output: &mut Output<'_>) -> Exit {
    let (tally, names) = (Tally::default(), BTreeMap::new());
    let mut check = Checking { form, output, tally, names, was_drawn: false };
    let mut search = Search::new();
    let usual = [PathBuf::from(USUAL)];
    let paths = if asked.paths.is_empty() { usual.as_slice() } else { asked.paths.as_slice() };
    for path in paths {
        let place = search.place(path);
        for what in search.errors.drain(..) {
            check.error(&what);
        }
        if !place.is_there && asked.paths.is_empty() {
            let hint = format!("without a PATH, `{USUAL}` is checked in the folder you are in");
            check.output.tell(Notice::Hint, &hint);
        }
        check.notes(&std::mem::take(&mut search.notes));
        let before = check.tally.files;
        check.names.clear();
        for file in &place.files {
            check.file(file, !place.is_folder);
        }
        if check.tally.files == before && place.is_folder && !place.is_settled {
            check.error(&format!("there is no module in `{}`", path.display()));
        }
    }
    let tally = check.tally;
    if form == Form::Text && tally.files > 0 {
        output.aside(&tally.summary());
    }
    tally.exit(asked.deny_warnings)
}

/// What came of it so far.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    files: usize,
    errors: usize,
    warnings: usize,
    /// Paths that could not be checked.
    unchecked: usize,
}

impl Tally {
    fn exit(self, deny_warnings: bool) -> Exit {
        match self {
            Tally { unchecked: 1.., .. } => Exit::Usage,
            Tally { errors: 1.., .. } => Exit::No,
            Tally { warnings: 1.., .. } if deny_warnings => Exit::No,
            _ => Exit::Done,
        }
    }

    fn summary(self) -> String {
        let count = |number: usize, one: &str| match number {
            0 => format!("no {one}s"),
            1 => format!("1 {one}"),
            more => format!("{more} {one}s"),
        };
        let (files, problems) = (count(self.files, "file"), count(self.errors, "problem"));
        match self.warnings {
            0 => format!("{files}: {problems}\n"),
            warnings => format!("{files}: {problems}, {}\n", count(warnings, "warning")),
        }
    }
}

struct Checking<'o, 'w> {
    form: Form,
    output: &'o mut Output<'w>,
    tally: Tally,
    /// The files that have these names, of those at the same path.
    names: BTreeMap<(Kind, Box<str>), PathBuf>,
    /// Whether something was drawn last, which stands between blank lines.
    was_drawn: bool,
}

impl Checking<'_, '_> {
    /// Tells that something cannot be checked.
    fn error(&mut self, what: &str) {
        self.tally.unchecked += 1;
        self.output.tell(Notice::Error, what);
    }

    /// Tells what was left out; of many such things the first.
    fn notes(&mut self, notes: &[String]) {
        for what in notes.iter().take(NOTES_MAX) {
            self.output.tell(Notice::Note, what);
        }
        if let more @ 1.. = notes.len().saturating_sub(NOTES_MAX) {
            self.output.tell(Notice::Note, &format!("and so are {more} more"));
        }
    }

    /// Checks a file that was named, or was found in a folder.
    fn file(&mut self, path: &Path, is_named: bool) {
        let bytes = match read(path) {
            Ok(bytes) => bytes,
            Err(error) => return self.error(&paths::unread(path, &error)),
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut checked = file::check(&name, &bytes);
        checked.problems.extend(self.name_twice(path, &checked));
        match checked.kind {
            Kind::Other if is_named => self.stranger(path, &checked),
            Kind::Other => {}
            Kind::Module | Kind::Source | Kind::Unknown => self.tell(path, &bytes, &checked),
        }
    }

    /// That a file before this one, at the same path, has the same name; else this one has it.
    fn name_twice(&mut self, path: &Path, checked: &Checked) -> Option<Problem> {
        let (name, span) = checked.facts.name.clone()?;
        let first = match self.names.entry((checked.kind, name)) {
            Entry::Occupied(first) => first,
            Entry::Vacant(place) => {
                place.insert(path.to_owned());
                return None;
            }
        };
        let (what, name) = match first.key() {
            (Kind::Source, name) => ("source", name),
            (_, name) => ("projection", name),
        };
        let what = format!("the {what} `{}` stands in another file too", yaml::brief(name));
        let hint = format!("the other is `{}`", first.get().display());
        Some(Problem::new(Code::NameTwice, span, what).hint(hint))
    }

    /// A file that was named, and is nothing that can be checked.
    fn stranger(&mut self, path: &Path, checked: &Checked) {
        let path = path.display();
        self.error(&format!("`{path}` is neither a module nor a source"));
        let hint = match &checked.facts.meant {
            Some((written, key)) => format!("write `{key}` for `{written}`"),
            None => "a module says `projection: NAME` at its top, a source `source: NAME`".into(),
        };
        self.output.tell(Notice::Hint, &hint);
    }

    fn tell(&mut self, path: &Path, bytes: &[u8], checked: &Checked) {
        let (name, (text, _)) = (path.to_string_lossy(), yaml::text(bytes));
        let source = Source::new(&name, &text);
        let warns = |severity: Severity| severity == Severity::Warning;
        let warnings = checked.problems.iter().filter(|it| warns(it.code.severity())).count();
        let errors = checked.problems.len() - warnings;
        if self.form == Form::Json {
            self.output.result(&render::json(&source, &checked.problems));
            self.output.result(&facts::json(&name, checked, errors, warnings));
        } else {
            let mut told = render::text(&source, &checked.problems, self.output.look);
            if errors == 0 {
                told.push_str(&facts::text(&name, checked));
            }
            let is_drawn = !checked.problems.is_empty();
            if self.tally.files > 0 && (is_drawn || self.was_drawn) {
                self.output.result("\n");
            }
            self.output.result(&told);
            self.was_drawn = is_drawn;
        }
        self.tally.files += 1;
        self.tally.errors += errors;
        self.tally.warnings += warnings;
    }
}

/// What a file holds, but no more than is enough to see that it is too long.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let enough = u64::try_from(yaml::limits::BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path)?.take(enough).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
