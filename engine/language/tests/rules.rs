//! The rules of the module language, each held by tests that bear its number. The rules themselves
//! are in docs/reference/language.md.

mod rules {
    mod documents;
    mod expressions;
    mod keys;
    mod kit;
    mod paths;
    mod reference;
    mod sources;
}
