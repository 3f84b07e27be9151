//! The kinds of problems. A code is for ever: what it meant once it means in every release.

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// What is written cannot run.
    Error,
    /// It runs, and its author should know something of it.
    Warning,
}

/// Declares each kind with what it means, its name and its severity.
macro_rules! codes {
    ($($(#[$meaning:meta])+ $kind:ident $name:literal $severity:ident)+) => {
        /// A kind of problem, by the code that authors see and search for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[$meaning])+ $kind,)+
        }

        impl Code {
            /// All of them, in the order of their numbers.
            pub const ALL: &[Code] = &[$(Code::$kind,)+];

            /// The code as it is printed.
            pub fn name(self) -> &'static str {
                match self {
                    $(Code::$kind => $name,)+
                }
            }

            /// How much problems of this kind matter.
            pub fn severity(self) -> Severity {
                match self {
                    $(Code::$kind => Severity::$severity,)+
                }
            }

            /// The page of the code, in Markdown: what happened, why, and what to do.
            pub fn page(self) -> &'static str {
                match self {
                    $(Code::$kind => {
                        include_str!(concat!("../../../../docs/errors/", $name, ".md"))
                    })+
                }
            }
        }
    };
}

codes! {
    /// A character that begins nothing.
    StrayCharacter "F0101" Error
    /// A text that does not end.
    OpenText "F0102" Error
    /// A backslash before something that has no meaning there.
    Escape "F0103" Error
    /// Digits that are no number, or more than a number has.
    Number "F0104" Error
    /// Something else stands where an expression goes on.
    Syntax "F0105" Error
    /// A bracket that is not closed.
    OpenBracket "F0106" Error
    /// An expression within too many others.
    TooDeep "F0107" Error
    /// An expression of too many bytes.
    TooLong "F0108" Error
    /// What other languages have, and this one has under another name.
    Foreign "F0109" Error
    /// A text that is no YAML, or none that has one meaning only.
    YamlSyntax "F0201" Error
    /// A key that stands twice in a map.
    YamlKeyTwice "F0202" Error
    /// A key that is no text.
    YamlKey "F0203" Error
    /// What stands for another piece of the text: an anchor, an alias, a merge.
    YamlAlias "F0204" Error
    /// A type that is said for a value: it follows from where the value stands.
    YamlTag "F0205" Error
    /// More than one document in a file.
    YamlDocuments "F0206" Error
    /// A directive to the reader of the file.
    YamlDirective "F0207" Error
    /// A file of too many bytes or values.
    YamlTooLong "F0208" Error
    /// A value within too many others.
    YamlTooDeep "F0209" Error
    /// Bytes that are no text.
    YamlBytes "F0210" Error
    /// A key that has no meaning where it stands.
    UnknownKey "F0301" Error
    /// A key that must be there, and is not.
    KeyMissing "F0302" Error
    /// A text, a list or a map where something else belongs.
    Shape "F0303" Error
    /// Nothing where a value belongs.
    NoValue "F0304" Error
    /// What cannot be the name of a projection, a source, a store or a collection.
    BadName "F0305" Error
    /// What is no whole number within its bounds.
    Whole "F0306" Error
    /// A word that is none of those that may stand there.
    Word "F0307" Error
    /// A field that is given a type, and cannot be one at the top of a document.
    FieldName "F0308" Error
    /// A type that there is not.
    UnknownType "F0309" Error
    /// Another type than decimal that is to be indexed as a keyword.
    Keyword "F0310" Error
    /// A field that the engine keeps for itself.
    Reserved "F0311" Error
    /// A version that goes on with one that is not before it.
    Repairs "F0312" Error
    /// What is allowed, and is no warning, or without a reason.
    Allow "F0313" Error
    /// More types, handlers, writes or steps than a module may have.
    TooMany "F0314" Error
    /// A name that another file has.
    NameTwice "F0390" Error
    /// A name that leads to nothing.
    UnknownName "F0401" Error
    /// A field of the document that no handler writes.
    UnknownField "F0402" Error
    /// A function that there is not.
    UnknownFunction "F0403" Error
    /// Too few or too many arguments.
    ArgumentCount "F0404" Error
    /// A value of a kind that has no meaning here.
    WrongKind "F0405" Error
    /// An expression that fails for every event.
    AlwaysFails "F0406" Error
    /// A name that leads to something elsewhere, and not here.
    NotHere "F0407" Error
    /// A pattern that is none.
    Pattern "F0408" Error
    /// What is bound to a name that means something else already.
    NameTaken "F0409" Error
    /// Something else than a path, where a path is asked for.
    NoPath "F0410" Error
    /// Something else than a name, where elements are given one.
    NoName "F0411" Error
    /// An argument of the right kind that a function knows nothing of.
    BadArgument "F0412" Error
    /// A verb that there is not.
    UnknownVerb "F0501" Error
    /// What names no types of events.
    TypeName "F0502" Error
    /// A type that is handled in two places.
    TypeTwice "F0503" Error
    /// A handler, a verb or a module that does nothing.
    NothingDone "F0504" Error
    /// What is no place in a document.
    BadPath "F0505" Error
    /// Two writes to one place.
    WrittenTwice "F0506" Error
    /// A list whose elements are told apart in two ways.
    TwoFields "F0507" Error
    /// Another verb beside a delete.
    DeleteBeside "F0508" Error
    /// A limit of a list that nothing is appended to.
    LimitAlone "F0509" Error
    /// A name that cannot be given to an element.
    EachName "F0510" Error
    /// A condition that no event can meet.
    NeverRuns "F0521" Error
    /// A verb that is given what it cannot do anything with.
    VerbKind "F0522" Error
    /// A field that is written with another type than it is declared to have.
    FieldKind "F0523" Error
    /// A key that may be absent.
    KeyAbsent "F0601" Error
    /// A key that a source does not have.
    SourceKey "F0701" Error
    /// A key that a source must have, and has not.
    SourceLacks "F0702" Error
    /// A text, a list or a map where something else belongs in a source.
    SourceShape "F0703" Error
    /// A word or a number that is none of those that may stand there.
    SourceWord "F0704" Error
    /// Settings of a source that do not go together.
    SourceClash "F0705" Error
    /// What cannot be a name in a source.
    SourceName "F0706" Error
    /// More than a source may have.
    SourceMany "F0707" Error
    /// What is no step of an upcast, or more than one.
    UpcastStep "F0801" Error
    /// What is no place in what an event says, or one that is changed twice.
    UpcastPath "F0802" Error
    /// A schema that no upcast, or more than one, leads on from.
    UpcastChain "F0803" Error
    /// An upcast that leads back to where it came from.
    UpcastCycle "F0804" Error
    /// A step that no event comes to.
    UpcastEnd "F0805" Error
    /// Values that can never be equal.
    NeverEqual "F0901" Warning
    /// A document that grows without bound.
    Unbounded "F0902" Warning
    /// A warning that is allowed, and that there is not.
    NothingAllowed "F0903" Warning
    /// A default that nobody ever sees.
    IdleDefault "F0910" Warning
    /// A path that begins with a field that is called as the document is in expressions.
    DocumentField "F0911" Warning
}

impl Code {
    /// What problems of this kind have in common, in one sentence without a stop: the title of
    /// the page.
    pub fn title(self) -> &'static str {
        let title = self.page().lines().next().unwrap_or_default();
        title.split_once(": ").map_or(title, |(_, title)| title)
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn every_code_has_a_number_of_its_own_in_order() {
        let names: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        assert!(names.is_sorted_by(|one, next| one < next), "{names:?}");
    }
}
