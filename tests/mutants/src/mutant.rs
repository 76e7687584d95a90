//! A mutant as `cargo mutants --list --json` describes it.

use serde::{Deserialize, Serialize};

/// One change of the code that the tests have to notice.
#[derive(Deserialize)]
pub(crate) struct Mutant {
    /// The file and place, and the change in words.
    pub(crate) name: String,
    /// The path of the file, from the root of the workspace.
    pub(crate) file: String,
    pub(crate) genre: Genre,
    /// The text that is replaced.
    pub(crate) span: Span,
    pub(crate) replacement: String,
}

/// A kind of change.
#[derive(Clone, Copy, Deserialize, PartialEq)]
pub(crate) enum Genre {
    /// The body of a function becomes a value.
    FnValue,
    BinaryOperator,
    UnaryOperator,
    /// An arm of a `match` is deleted.
    MatchArm,
    /// The guard of an arm becomes `true` or `false`.
    MatchArmGuard,
    /// A field is deleted from a struct expression with a base.
    StructField,
}

#[derive(Clone, Copy, Deserialize)]
pub(crate) struct Span {
    pub(crate) start: Position,
    pub(crate) end: Position,
}

/// A line and a column in characters, both counted from 1.
#[derive(Clone, Copy, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Position {
    /// Returns the byte of this position in a text.
    fn byte(self, text: &str) -> usize {
        let line: usize = text.split_inclusive('\n').take(self.line - 1).map(str::len).sum();
        text[line..].char_indices().nth(self.column - 1).map_or(text.len(), |(at, _)| line + at)
    }
}

impl Mutant {
    /// Returns the text of the file with this one change.
    pub(crate) fn applied(&self, text: &str) -> String {
        let (start, end) = (self.span.start.byte(text), self.span.end.byte(text));
        format!("{}{}{}", &text[..start], self.replacement, &text[end..])
    }

    /// Returns the folder of the package that the file belongs to.
    pub(crate) fn package(&self) -> &str {
        self.file.split_once("/src/").map_or("", |(package, _)| package)
    }
}

/// What became of a mutant.
#[derive(Clone, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// This test program failed.
    Noticed(String),
    /// The code with this change does not compile.
    DoesNotCompile,
    /// All programs that reach it passed.
    Missed,
    /// No program reaches it.
    NotReached,
}

impl Outcome {
    pub(crate) fn is_missed(&self) -> bool {
        matches!(self, Outcome::Missed | Outcome::NotReached)
    }
}
