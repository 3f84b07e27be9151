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
}

impl Code {
    /// All of them, in the order of their numbers.
    pub const ALL: [Code; 9] = [
        Code::StrayCharacter,
        Code::OpenText,
        Code::Escape,
        Code::Number,
        Code::Syntax,
        Code::OpenBracket,
        Code::TooDeep,
        Code::TooLong,
        Code::Foreign,
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
        }
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
