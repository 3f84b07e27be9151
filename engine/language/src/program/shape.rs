//! What the fields of the documents may be: those that are declared are of their type, those that
//! a handler writes may be anything, and others are never there.

use crate::expression::{Kinds, Shape};
use crate::module::{Act, Module, Step, Type};

/// The fields of a module's documents.
pub(super) fn of(module: &Module) -> Shape {
    let declared = module.fields.iter();
    let declared = declared.map(|it| (it.name.text.clone(), kinds(&it.kind.value).or(Kinds::NULL)));
    let mut shape = Shape(declared.collect());
    let handlers = module.on.iter().flat_map(|on| &on.handlers);
    let writes = handlers.filter_map(|handler| match &handler.act {
        Act::Write(writes) => Some(writes),
        Act::Delete(_) => None,
    });
    for write in writes.flatten() {
        if let Some(Step::Name(name)) = write.path.steps.first() {
            shape.0.entry(name.text.clone()).or_insert(Kinds::ANY);
        }
    }
    shape
}

/// The kinds of values that a field of this type holds.
pub(super) fn kinds(kind: &Type) -> Kinds {
    match kind {
        Type::String => Kinds::TEXT,
        Type::Int => Kinds::INT,
        Type::Decimal => Kinds::NUMBER,
        Type::Bool => Kinds::BOOL,
        Type::Time => Kinds::TIME,
        Type::Bytes => Kinds::BYTES,
        Type::Map => Kinds::MAP,
        Type::List(_) => Kinds::LIST,
    }
}
