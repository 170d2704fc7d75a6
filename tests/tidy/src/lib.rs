//! The house rules as pure functions over a tree of files.
//!
//! Each rule takes the paths and texts of the project and answers with the places that break it. The tests
//! at `tests/house.rs` run every rule over the real tree; the tests beside each rule plant a violation and
//! expect it to be found, so that a rule which has gone blind fails too.
//!
//! Left out on purpose: what `rustfmt`, `clippy` and the compiler already check.

pub mod arrows;
pub mod codes;
pub mod marks;
pub mod shape;
pub mod tree;

/// One place that breaks a rule, in words a developer can act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// Path relative to the project's top folder.
    pub path: String,
    /// Line number from 1, or 0 where the whole file is meant.
    pub line: usize,
    /// What is wrong and what to do instead.
    pub message: String,
}

impl Breach {
    /// A breach at a line (from 1; 0 means the whole file).
    pub fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }
}

impl std::fmt::Display for Breach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// A text file of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Path relative to the project's top folder, with `/` between parts.
    pub path: String,
    /// The file's text.
    pub text: String,
}

impl SourceFile {
    /// A file made in a test.
    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// Whether this is Rust source.
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }
}
