//! How files look: they open with their purpose, stay short, and sit where the design says.

use crate::{Breach, SourceFile};

/// Finds Rust files that do not open with a purpose, files that are too long, documents without exactly one
/// title, and paths outside the agreed top-level folders.
pub fn check(files: &[SourceFile]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in files {
        if file.is_rust() {
            check_rust(file, &mut breaches);
        }
        if file.path.ends_with(".md") {
            check_document(file, &mut breaches);
        }
        check_place(file, &mut breaches);
    }
    breaches
}

fn check_rust(file: &SourceFile, breaches: &mut Vec<Breach>) {
    let lines = file.text.lines().count();
    if lines > LINES_MAX {
        breaches.push(Breach::new(
            &file.path,
            lines,
            format!("{lines} lines: over {LINES_MAX} it is two rooms, split it"),
        ));
    }
    let opens_with_purpose =
        file.text.lines().find(|line| !line.trim().is_empty()).is_some_and(|line| line.starts_with("//!"));
    if !opens_with_purpose {
        breaches.push(Breach::new(&file.path, 1, "a file opens with `//!`: what this is and why it exists"));
    }
}

fn check_document(file: &SourceFile, breaches: &mut Vec<Breach>) {
    let mut fenced = false;
    let mut titles = 0;
    for line in file.text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced && line.starts_with("# ") {
            titles += 1;
        }
    }
    if titles != 1 {
        breaches.push(Breach::new(&file.path, 1, format!("a document has one title, this one has {titles}")));
    }
}

fn check_place(file: &SourceFile, breaches: &mut Vec<Breach>) {
    if let Some((top, _)) = file.path.split_once('/')
        && !TOP_LEVEL.contains(&top)
    {
        breaches.push(Breach::new(
            &file.path,
            0,
            format!("`{top}/` is not a top-level folder of the design (ARCHITECTURE.md)"),
        ));
    }
}

const LINES_MAX: usize = 900;
const TOP_LEVEL: &[&str] = &[
    ".cargo",
    ".ci",
    ".config",
    "benches",
    "capture",
    "docs",
    "firmware-config",
    "gateway",
    "icd",
    "matcher",
    "tests",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn breaches(path: &str, text: &str) -> usize {
        check(&[SourceFile::new(path, text)]).len()
    }

    #[test]
    fn a_file_without_purpose_is_found() {
        assert_eq!(breaches("icd/src/a.rs", "use std::fs;\n"), 1);
        assert_eq!(breaches("icd/src/a.rs", "//! Why.\nuse std::fs;\n"), 0);
    }

    #[test]
    fn a_long_file_is_found() {
        let text = format!("//! Why.\n{}", "fn a() {}\n".repeat(LINES_MAX));
        assert_eq!(breaches("icd/src/a.rs", &text), 1);
    }

    #[test]
    fn a_document_needs_one_title() {
        assert_eq!(breaches("docs/a.md", "# One\n# Two\n"), 1);
        assert_eq!(breaches("docs/a.md", "no title\n"), 1);
        assert_eq!(breaches("docs/a.md", "# One\n```sh\n# a comment\n```\n"), 0);
    }

    #[test]
    fn a_strange_folder_is_found() {
        assert_eq!(breaches("scripts/a.sh", "echo\n"), 1);
        assert_eq!(breaches("Cargo.toml", ""), 0);
    }
}
