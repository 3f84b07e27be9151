//! The tree that the rules look at: every file of the repository, read once. Build output is
//! left out; what is not committed yet counts, so that a problem shows before the commit.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Folders that hold output, not source.
const OUTPUT: [&str; 3] = [".git", "target", "node_modules"];

/// The kinds of file whose text the rules read.
const TEXT: [&str; 6] = ["rs", "md", "toml", "yaml", "yml", "sh"];

/// Files by path from the root, with `/` between folders.
#[derive(Debug, Default)]
pub struct Tree {
    texts: BTreeMap<String, String>,
    paths: BTreeSet<String>,
}

impl Tree {
    /// The repository that this crate was built in.
    pub fn of_repository() -> io::Result<Tree> {
        Tree::read(&root())
    }

    /// Everything below a folder.
    pub fn read(root: &Path) -> io::Result<Tree> {
        let mut tree = Tree::default();
        let mut folders = vec![root.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                if OUTPUT.contains(&name.as_str()) || name.starts_with("mutants.out") {
                    continue;
                }
                let path = entry.path();
                if entry.file_type()?.is_dir() {
                    tree.paths.insert(relative(root, &path));
                    folders.push(path);
                } else {
                    tree.add(root, &path)?;
                }
            }
        }
        Ok(tree)
    }

    /// A tree of planted files.
    pub fn planted(files: &[(&str, &str)]) -> Tree {
        let mut tree = Tree::default();
        for (path, text) in files {
            let folders = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
            tree.paths.extend(folders.map(str::to_owned));
            tree.paths.insert((*path).to_owned());
            tree.texts.insert((*path).to_owned(), (*text).to_owned());
        }
        tree
    }

    /// The text of a file, if it is there.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// Whether there is such a file or folder.
    pub fn holds(&self, path: &str) -> bool {
        path.is_empty() || self.paths.contains(path)
    }

    /// Paths and texts of all files that end in `.` and this.
    pub fn files(&self, extension: &str) -> impl Iterator<Item = (&str, &str)> {
        let suffix = format!(".{extension}");
        let all = self.texts.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        all.filter(move |(path, _)| path.ends_with(&suffix))
    }

    /// Paths and texts of all text files.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    fn add(&mut self, root: &Path, path: &Path) -> io::Result<()> {
        let name = relative(root, path);
        let extension = path.extension().and_then(|extension| extension.to_str());
        // Programs without an extension (`.ci/run`) are text too.
        let is_script = extension.is_none() && name.starts_with(".ci/");
        if is_script || extension.is_some_and(|extension| TEXT.contains(&extension)) {
            self.texts.insert(name.clone(), fs::read_to_string(path)?);
        }
        self.paths.insert(name);
        Ok(())
    }
}

/// The root of the repository that this crate was built in.
pub fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_path_buf()
}

/// The folder of a path; empty for the root.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A path as seen from a folder, with `.` and `..` taken out; none where it leaves the tree.
pub fn resolve(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A path from the root, with `/` between folders.
pub fn relative(root: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(root).unwrap_or(path);
    let parts = inside.components().map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}
