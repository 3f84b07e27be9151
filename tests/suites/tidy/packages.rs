//! Direction, purity, names and licences are held, on an answer of cargo made by hand.

use std::path::Path;

use serde_json::{Value, json};

use foldline_tests::tidy::Problem;
use foldline_tests::tidy::packages::{Packages, directions, impurities, strangers};

fn package(name: &str, licence: &str, needs: &[&str]) -> Value {
    let needs: Vec<Value> = needs.iter().map(|name| json!({ "name": name })).collect();
    let manifest = format!("/r/{name}/Cargo.toml");
    json!({
        "id": name, "name": name, "license": licence, "manifest_path": manifest,
        "dependencies": needs, "targets": [],
    })
}

fn workspace(ours: &[Value], nodes: &[Value]) -> Packages {
    let members: Vec<&Value> = ours.iter().map(|package| &package["id"]).collect();
    let foreign = ["indexmap", "rand_core", "tokio", "aws-sdk-dynamodb"];
    let foreign = foreign.iter().map(|name| package(name, "MIT", &[]));
    let packages: Vec<Value> = ours.iter().cloned().chain(foreign).collect();
    let metadata = json!({
        "workspace_members": members, "packages": packages, "resolve": { "nodes": nodes },
    });
    Packages::read(&metadata, Path::new("/r"))
}

fn edge(id: &str, kind: &Value, needed: &str) -> Value {
    json!({ "id": id, "deps": [{ "pkg": needed, "dep_kinds": [{ "kind": kind }] }] })
}

fn told(problems: &[Problem]) -> Vec<&str> {
    problems.iter().map(|problem| problem.what.as_str()).collect()
}

const OURS: &str = "MIT OR Apache-2.0";

#[test]
fn dependencies_point_downwards() {
    let good = [
        package("foldline-core", OURS, &["indexmap"]),
        package("foldline-ports", OURS, &["foldline-core"]),
        package("foldline-worker", OURS, &["foldline-language", "foldline-core"]),
        package("foldline-tests", OURS, &["foldline-worker", "foldline-ports", "foldline-core"]),
    ];
    assert!(directions(&workspace(&good, &[])).is_empty());
    let bad = [
        package("foldline-core", OURS, &["foldline-tests"]),
        package("foldline-ports", OURS, &["foldline-language"]),
        package("foldline-language", OURS, &["foldline-worker"]),
        package("foldline-worker", OURS, &["foldline-tests"]),
    ];
    let expected = [
        "`foldline-core` must not know `foldline-tests`",
        "`foldline-ports` must not know `foldline-language`",
        "`foldline-language` must not know `foldline-worker`",
        "`foldline-worker` must not know `foldline-tests`",
    ];
    assert_eq!(told(&directions(&workspace(&bad, &[]))), expected);
}

#[test]
fn what_decides_reaches_nothing_impure() {
    let ours =
        [package("foldline-core", OURS, &["indexmap"]), package("foldline-ports", OURS, &[])];
    let near = edge("foldline-core", &Value::Null, "indexmap");
    for (name, bites) in [("rand_core", true), ("tokio", true), ("aws-sdk-dynamodb", true)] {
        let far = edge("indexmap", &Value::Null, name);
        let problems = impurities(&workspace(&ours, &[near.clone(), far]));
        assert_eq!(!problems.is_empty(), bites, "{name}");
    }
    let ports = edge("foldline-ports", &Value::Null, "tokio");
    let test_only = edge("foldline-core", &json!("dev"), "tokio");
    assert!(impurities(&workspace(&ours, &[near, ports])).is_empty());
    assert!(impurities(&workspace(&ours, &[test_only])).is_empty());
}

#[test]
fn a_stranger_is_told() {
    let ours = [package("helper", OURS, &[]), package("foldline-core", "MIT", &[])];
    let expected = [
        "`helper` has no place in the order of packages",
        "`foldline-core` must be licensed `MIT OR Apache-2.0`",
    ];
    assert_eq!(told(&strangers(&workspace(&ours, &[]))), expected);
}
