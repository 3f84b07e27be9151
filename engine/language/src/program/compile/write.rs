//! Changes: the places that they lead to, the kinds of values that verbs take, and the types that
//! fields are declared to have.

use super::super::guard::Keys;
use super::super::{Act, Step, Write, shape, verb};
use super::{Work, growth};
use crate::expression::Kinds;
use crate::module::{self, Type, Verb};
use crate::problem::{Code, Problem};

impl Work<'_> {
    /// Compiles the changes of a handler, each default before the others.
    pub(super) fn writes(
        &mut self,
        writes: &[module::Write],
        kind: Option<&str>,
        bound: Option<&str>,
        keys: Keys,
    ) -> Act {
        let mut compiled = Vec::with_capacity(writes.len());
        for write in writes {
            self.problems.extend(growth::warning(write, keys));
            compiled.push(self.write(write, (kind, bound)));
        }
        compiled.sort_by_key(|write| write.verb != Verb::Default);
        let may_meet = compiled.iter().enumerate().any(|(place, one)| {
            let others = compiled.iter().skip(place + 1);
            others.filter(|other| one.meets(other)).any(|other| may_meet(&one.steps, &other.steps))
        });
        Act::Write { writes: compiled, may_meet }
    }

    fn write(&mut self, write: &module::Write, names: (Option<&str>, Option<&str>)) -> Write {
        let steps: Vec<Step> = write.path.steps.iter().map(|step| self.step(step, names)).collect();
        let room = verb::room(&steps, write.verb);
        let declared = self.declared(write);
        let value = write.value.as_ref().map(|tree| {
            let compiled = self.expression(tree, names);
            let takes = takes(write.verb);
            if !compiled.kinds.may_be(takes) {
                let name = write.verb.name();
                let (asked, found) = (takes.told(), compiled.kinds.told());
                let what = format!("`{name}` takes {asked}, and this is {found}");
                let problem = Problem::new(Code::VerbKind, tree.span, what);
                self.problems.push(problem.hinted(takes.instead(compiled.kinds)));
            } else if let Some(kind) = &declared {
                let holds = shape::kinds(kind).or(Kinds::NULL);
                if !compiled.kinds.may_be(holds) {
                    let (path, kind) = (&write.path.text, kind);
                    let found = compiled.kinds.told();
                    let what = format!("`{path}` is declared as {kind}, and this is {found}");
                    let problem = Problem::new(Code::FieldKind, tree.span, what);
                    let declare = format!("write another value, or declare `{path}` otherwise");
                    let hint = holds.instead(compiled.kinds).unwrap_or(&declare);
                    self.problems.push(problem.hint(hint));
                }
            }
            compiled.node
        });
        Write {
            verb: write.verb,
            span: write.path.span,
            steps,
            value,
            limit: write.limit.as_ref().map(|limit| limit.value as usize),
            kind: declared,
            room,
        }
    }

    fn step(&mut self, step: &module::Step, names: (Option<&str>, Option<&str>)) -> Step {
        match step {
            module::Step::Name(name) => Step::Name(name.text.clone()),
            module::Step::Key(tree) => {
                let takes = Kinds::TEXT.or(Kinds::INT);
                Step::Key(self.expression_as(tree, names, takes, "a name in a map").node)
            }
            module::Step::Element { field, equals } => Step::Element {
                field: field.text.clone(),
                equals: self.expression(equals, names).node,
            },
        }
    }

    /// The declared type of what is written: of the field itself, or of the elements that are
    /// added to it. A path into a field that is declared to have no such parts is told.
    fn declared(&mut self, write: &module::Write) -> Option<Type> {
        let mut steps = write.path.steps.iter();
        let module::Step::Name(first) = steps.next()? else { return None };
        let field = self.module.fields.iter().find(|field| field.name.text == first.text)?;
        let kind = &field.kind.value;
        let wrong = |expected: &str| {
            let (name, verb) = (&first.text, write.verb.name());
            let what = format!("`{name}` is declared as {kind}, and `{verb}` asks for {expected}");
            let hint = "take another verb or path, or declare the field so below `fields`";
            Problem::new(Code::FieldKind, write.path.span, what).hint(hint)
        };
        match (steps.next(), write.verb) {
            (Some(module::Step::Element { .. }), _) => {
                let maps = matches!(kind, Type::List(of) if **of == Type::Map);
                self.problems.extend((!maps).then(|| wrong("`list<map>` here")));
                None
            }
            (Some(_), _) => {
                self.problems.extend((*kind != Type::Map).then(|| wrong("`map` here")));
                None
            }
            (None, Verb::Append | Verb::Insert | Verb::Remove) => {
                let Type::List(of) = kind else {
                    self.problems.push(wrong("a list"));
                    return None;
                };
                (write.verb != Verb::Remove).then(|| (**of).clone())
            }
            (None, Verb::Add | Verb::Subtract) => {
                let number = matches!(kind, Type::Int | Type::Decimal);
                self.problems.extend((!number).then(|| wrong("`int` or `decimal`")));
                number.then(|| kind.clone())
            }
            (None, Verb::Unset) => None,
            (None, _) => Some(kind.clone()),
        }
    }
}

/// The kinds of values that a verb takes.
fn takes(verb: Verb) -> Kinds {
    match verb {
        Verb::Add | Verb::Subtract => Kinds::NUMBER,
        Verb::Min | Verb::Max => Kinds::ANY.without(Kinds::LIST.or(Kinds::MAP).or(Kinds::NULL)),
        _ => Kinds::ANY,
    }
}

/// Whether two paths may lead to the same place, by what is known before any event comes.
fn may_meet(one: &[Step], other: &[Step]) -> bool {
    one.iter().zip(other).all(|pair| match pair {
        (Step::Name(one), Step::Name(other)) => one == other,
        (Step::Element { .. }, Step::Element { .. }) | (Step::Key(_), Step::Key(_)) => true,
        (Step::Key(_), Step::Name(_)) | (Step::Name(_), Step::Key(_)) => true,
        _ => false,
    })
}
