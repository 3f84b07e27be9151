//! Who may know whom, as cargo sees it: the packages of the workspace depend downwards only, and
//! what decides is pure because nothing impure can be reached from it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::{env, io};

use serde_json::Value;

use super::Problem;
use super::tree;

/// The order of the packages, lowest first. A package knows only those of the ranks below.
const RANKS: [&[&str]; 6] = [
    &["core"],
    &["language", "ports"],
    &["sources", "stores", "runtime"],
    &["console"],
    &["worker"],
    &["tests"],
];

/// Packages that decide: no clock, no randomness, no I/O in all that they are built from.
const PURE: [&str; 2] = ["core", "language"];

/// What brings a clock, randomness or I/O; a `*` stands for any ending.
const IMPURE: [&str; 17] = [
    "async-std",
    "aws-*",
    "elasticsearch",
    "fastrand",
    "getrandom",
    "hyper",
    "libsqlite3-sys",
    "mio",
    "rand",
    "rand_*",
    "rdkafka*",
    "reqwest",
    "rusqlite",
    "smol",
    "socket2",
    "tokio",
    "tokio-*",
];

/// The licence of every package.
const LICENCE: &str = "MIT OR Apache-2.0";

/// A package of the workspace.
#[derive(Clone, Debug, Default)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its folder, from the root.
    pub folder: String,
    licence: Option<String>,
    /// The names of what it depends on, for building, running and testing.
    pub needs: BTreeSet<String>,
    roots: Vec<String>,
    /// The names of all that it is built from, tests and build scripts excepted.
    reach: BTreeSet<String>,
}

/// The packages of the workspace.
#[derive(Clone, Debug, Default)]
pub struct Packages(pub Vec<Package>);

impl Packages {
    /// What cargo says of this repository.
    pub fn of_repository() -> io::Result<Packages> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let asked = ["metadata", "--format-version=1", "--locked", "--filter-platform=host-tuple"];
        let root = tree::root();
        let output = Command::new(cargo).args(asked).current_dir(&root).output()?;
        if !output.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        Ok(Packages::read(&serde_json::from_slice(&output.stdout)?, &root))
    }

    /// From the answer of `cargo metadata`, for a workspace at this root.
    pub fn read(metadata: &Value, root: &Path) -> Packages {
        let members: BTreeSet<&str> = texts(metadata.get("workspace_members")).collect();
        let names = names(metadata);
        let edges = edges(metadata);
        let packages = list(metadata.get("packages"));
        let ours = packages.filter(|package| members.contains(text(package, "id")));
        Packages(ours.map(|package| read_one(package, root, &names, &edges)).collect())
    }

    /// The root files of all targets.
    pub fn roots(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|package| package.roots.iter().map(String::as_str))
    }
}

/// Every package that is not ours by name or licence, or has no place in the order.
pub fn strangers(packages: &Packages) -> Vec<Problem> {
    let mut problems = Vec::new();
    for package in &packages.0 {
        let mut say = |what: String| problems.push(Problem::of(&manifest(package), what));
        if rank(&package.name).is_none() {
            say(format!("`{}` has no place in the order of packages", package.name));
        }
        if package.licence.as_deref() != Some(LICENCE) {
            say(format!("`{}` must be licensed `{LICENCE}`", package.name));
        }
    }
    problems
}

/// Every dependency that points upwards or sideways.
pub fn directions(packages: &Packages) -> Vec<Problem> {
    let mut problems = Vec::new();
    for package in &packages.0 {
        for needed in &package.needs {
            let (Some(above), Some(below)) = (rank(&package.name), rank(needed)) else { continue };
            if below >= above {
                let what = format!("`{}` must not know `{needed}`", package.name);
                problems.push(Problem::of(&manifest(package), what));
            }
        }
    }
    problems
}

/// Every crate that a package which decides is built from, and must not be.
pub fn impurities(packages: &Packages) -> Vec<Problem> {
    let mut problems = Vec::new();
    let pure = |package: &&Package| PURE.iter().any(|name| our_name(&package.name) == Some(name));
    for package in packages.0.iter().filter(pure) {
        for reached in package.reach.iter().filter(|name| is_impure(name)) {
            let what = format!("`{}` decides, and must not reach `{reached}`", package.name);
            problems.push(Problem::of(&manifest(package), what));
        }
    }
    problems
}

fn is_impure(name: &str) -> bool {
    IMPURE.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == *pattern,
    })
}

fn our_name(name: &str) -> Option<&str> {
    name.strip_prefix("foldline-")
}

fn rank(name: &str) -> Option<usize> {
    let short = our_name(name)?;
    RANKS.iter().position(|names| names.contains(&short))
}

fn manifest(package: &Package) -> String {
    format!("{}/Cargo.toml", package.folder)
}

fn read_one(
    package: &Value,
    root: &Path,
    names: &BTreeMap<&str, &str>,
    edges: &BTreeMap<&str, Vec<&str>>,
) -> Package {
    let path = |text: &str| tree::relative(root, Path::new(text));
    let needs = list(package.get("dependencies")).map(|needed| text(needed, "name").to_owned());
    let roots = list(package.get("targets")).map(|target| path(text(target, "src_path")));
    let mut reached = BTreeSet::new();
    let mut waiting = vec![text(package, "id")];
    while let Some(id) = waiting.pop() {
        for needed in edges.get(id).into_iter().flatten() {
            if reached.insert(*needed) {
                waiting.push(needed);
            }
        }
    }
    Package {
        name: text(package, "name").to_owned(),
        folder: tree::folder(&path(text(package, "manifest_path"))).to_owned(),
        licence: package.get("license").and_then(Value::as_str).map(str::to_owned),
        needs: needs.collect(),
        roots: roots.collect(),
        reach: reached.iter().filter_map(|id| names.get(id)).map(|&name| name.to_owned()).collect(),
    }
}

/// Names by id.
fn names(metadata: &Value) -> BTreeMap<&str, &str> {
    list(metadata.get("packages")).map(|one| (text(one, "id"), text(one, "name"))).collect()
}

/// What each package, by id, is built from directly.
fn edges(metadata: &Value) -> BTreeMap<&str, Vec<&str>> {
    let nodes = list(metadata.get("resolve").and_then(|resolve| resolve.get("nodes")));
    nodes.map(|node| (text(node, "id"), normal(node))).collect()
}

/// The ids that a package needs to run, not only to be built or tested.
fn normal(node: &Value) -> Vec<&str> {
    let is_normal = |needed: &&Value| {
        list(needed.get("dep_kinds")).any(|kind| kind.get("kind").is_none_or(Value::is_null))
    };
    list(node.get("deps")).filter(is_normal).map(|needed| text(needed, "pkg")).collect()
}

fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    list(value).filter_map(Value::as_str)
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
