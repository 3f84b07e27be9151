//! The kinds of problems. A code is for ever: what it meant once it means in every release.

/// A kind of problem, by the code that authors see and search for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// A character that begins nothing.
    StrayCharacter,
    /// A text that does not end.
    OpenText,
    /// A backslash before something that has no meaning there.
    Escape,
    /// Digits that are no number, or more than a number has.
    Number,
    /// Something else stands where an expression goes on.
    Syntax,
    /// A bracket that is not closed.
    OpenBracket,
    /// An expression within too many others.
    TooDeep,
    /// An expression of too many bytes.
    TooLong,
    /// What other languages have, and this one has under another name.
    Foreign,
    /// A text that is no YAML, or none that has one meaning only.
    YamlSyntax,
    /// A key that stands twice in a map.
    YamlKeyTwice,
    /// A key that is no text.
    YamlKey,
    /// What stands for another piece of the text: an anchor, an alias, a merge.
    YamlAlias,
    /// A type that is said for a value: it follows from where the value stands.
    YamlTag,
    /// More than one document in a file.
    YamlDocuments,
    /// A directive to the reader of the file.
    YamlDirective,
    /// A file of too many bytes or values.
    YamlTooLong,
    /// A value within too many others.
    YamlTooDeep,
}

impl Code {
    /// All of them, in the order of their numbers.
    pub const ALL: [Code; 18] = [
        Code::StrayCharacter,
        Code::OpenText,
        Code::Escape,
        Code::Number,
        Code::Syntax,
        Code::OpenBracket,
        Code::TooDeep,
        Code::TooLong,
        Code::Foreign,
        Code::YamlSyntax,
        Code::YamlKeyTwice,
        Code::YamlKey,
        Code::YamlAlias,
        Code::YamlTag,
        Code::YamlDocuments,
        Code::YamlDirective,
        Code::YamlTooLong,
        Code::YamlTooDeep,
    ];

    /// The code as it is printed.
    pub fn name(self) -> &'static str {
        match self {
            Code::StrayCharacter => "F0101",
            Code::OpenText => "F0102",
            Code::Escape => "F0103",
            Code::Number => "F0104",
            Code::Syntax => "F0105",
            Code::OpenBracket => "F0106",
            Code::TooDeep => "F0107",
            Code::TooLong => "F0108",
            Code::Foreign => "F0109",
            Code::YamlSyntax => "F0201",
            Code::YamlKeyTwice => "F0202",
            Code::YamlKey => "F0203",
            Code::YamlAlias => "F0204",
            Code::YamlTag => "F0205",
            Code::YamlDocuments => "F0206",
            Code::YamlDirective => "F0207",
            Code::YamlTooLong => "F0208",
            Code::YamlTooDeep => "F0209",
        }
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
        let last = Code::YamlTooDeep as usize;
        assert!(Code::ALL.iter().map(|code| *code as usize).eq(0..=last), "one is left out");
    }
}
