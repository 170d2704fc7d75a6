//! Reads the project's own text files from disk: the only place of this crate that touches a file.
//!
//! Generated, downloaded and hidden folders are left out, so that only what is kept in version control is judged.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::SourceFile;

/// The project's top folder, seen from this crate.
pub fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every text file of the project, sorted by path.
///
/// # Errors
/// When a folder or file cannot be read.
pub fn read(top: &Path) -> io::Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    walk(top, top, &mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn walk(top: &Path, folder: &Path, files: &mut Vec<SourceFile>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            if !LEFT_OUT.contains(&name.as_ref()) {
                walk(top, &path, files)?;
            }
            continue;
        }
        if !is_text(&name) {
            continue;
        }
        let relative = path.strip_prefix(top).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        files.push(SourceFile {
            path: relative,
            text: String::from_utf8_lossy(&fs::read(&path)?).into_owned(),
        });
    }
    Ok(())
}

fn is_text(name: &str) -> bool {
    name == "Makefile" || name == "run" || TEXT_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

const LEFT_OUT: &[&str] = &[".git", "target", "demo", "node_modules", "corpus"];
const TEXT_ENDINGS: &[&str] = &[
    ".rs", ".toml", ".md", ".css", ".js", ".mjs", ".html", ".json", ".xsd", ".yaml", ".yml", ".sh", ".ftl",
    ".csv", ".service", ".rules",
];
