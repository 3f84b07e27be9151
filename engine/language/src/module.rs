//! A module as its author wrote it: which events it takes, and what each does to which document.
//!
//! [`parse()`] reads one from a text, [`read()`] from the tree of a file. This is syntax alone:
//! the expressions in a [`Module`] are trees whose places are places in the file; whether their
//! names are known and their types fit is not asked here. All problems of the file are told at
//! once, and for any text there is a module or a problem. The keys that a module may have stand
//! in one place, and [`schema()`] tells editors of them.

mod conflict;
pub(crate) mod elsewhere;
mod fields;
mod handler;
mod head;
mod keys;
pub mod limits;
mod on;
mod path;
pub(crate) mod read;
mod schema;
mod tree;
mod write;

pub use schema::schema;
pub use tree::{
    Act, Allowed, Each, Field, Goal, Handler, Kinds, Module, On, Path, Placed, Step, Type, Unknown,
    Verb, Write,
};

use crate::problem::{Code, Problem};
use crate::yaml::{self, Node};

/// Reads the text of a file as a module, and tells all that is wrong with its YAML, its structure
/// and its expressions, by place.
///
/// What is wrong is left out of the module, or empty. So where one of the problems is an error the
/// module serves for finding more of them, and must not run.
pub fn parse(text: &str) -> (Option<Module>, Vec<Problem>) {
    let (node, problems) = yaml::parse(text);
    let Some(node) = node else { return (None, problems) };
    read(text, &node, problems)
}

/// Reads the tree of a file as a module, as [`parse()`] does; the text is that of the same file,
/// and the problems what was told of its YAML.
pub fn read(text: &str, node: &Node, mut problems: Vec<Problem>) -> (Option<Module>, Vec<Problem>) {
    let mut reader = read::Reader::new(text);
    let module = reader.module(node);
    let mut more = reader.problems;
    if let Some(module) = &module {
        more.retain(|problem| !module.allows(problem));
    }
    // What was refused may have done something.
    let refused = !problems.is_empty();
    problems.extend(more.into_iter().filter(|it| !refused || it.code != Code::NothingDone));
    (module, told(problems))
}

/// As many problems as are told of one file, by place. A warning never takes the place of an
/// error: else a file could be taken for right that is not.
pub(crate) fn told(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_key(|problem| (problem.code.severity(), problem.span, problem.code));
    problems.truncate(yaml::limits::PROBLEMS_MAX);
    problems.sort_by_key(|problem| (problem.span, problem.code));
    problems
}

impl Module {
    /// Whether its author knows of the problem, and says why it is none. That of an error nobody
    /// can say.
    pub fn allows(&self, problem: &Problem) -> bool {
        self.allow.iter().any(|allowed| allowed.code.value == problem.code)
    }
}

#[cfg(test)]
mod tests;
