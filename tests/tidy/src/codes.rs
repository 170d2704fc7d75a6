//! Every stable error code in the sources has an entry in `docs/reference/errors/`, and every entry is still in use.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Breach, SourceFile};

/// Finds codes without an entry, entries without a code, and one code used by two crates.
pub fn check(files: &[SourceFile]) -> Vec<Breach> {
    let mut used: BTreeMap<String, (String, usize)> = BTreeMap::new();
    let mut documented: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for file in files {
        let is_page = file.path.starts_with("docs/reference/errors/");
        let is_source =
            file.is_rust() && !file.path.starts_with("tests/tidy/") && !file.path.contains("/tests/");
        if !is_page && !is_source {
            continue;
        }
        for (number, line) in file.text.lines().enumerate() {
            for code in codes(line, is_source) {
                let place = (file.path.clone(), number + 1);
                if is_page {
                    documented.entry(code).or_insert(place)
                } else {
                    used.entry(code).or_insert(place)
                };
            }
        }
    }
    let used_codes: BTreeSet<_> = used.keys().cloned().collect();
    let documented_codes: BTreeSet<_> = documented.keys().cloned().collect();
    let mut breaches = Vec::new();
    for code in used_codes.difference(&documented_codes) {
        let (path, line) = &used[code];
        breaches.push(Breach::new(
            path,
            *line,
            format!("error code {code} has no entry in docs/reference/errors/"),
        ));
    }
    for code in documented_codes.difference(&used_codes) {
        let (path, line) = &documented[code];
        breaches.push(Breach::new(
            path,
            *line,
            format!("error code {code} is documented but no source uses it"),
        ));
    }
    breaches
}

/// The codes in a line: one of the crates' letters, a dash, four digits. In sources only string literals that are a
/// code or begin with one count, so that a code mentioned in a comment is not taken for a use. Tests use codes, they
/// do not give them.
fn codes(line: &str, only_literals: bool) -> Vec<String> {
    let bytes = line.as_bytes();
    let mut found = Vec::new();
    for (at, window) in bytes.windows(6).enumerate() {
        let shape =
            LETTERS.contains(&window[0]) && window[1] == b'-' && window[2..].iter().all(u8::is_ascii_digit);
        if !shape {
            continue;
        }
        let before = at.checked_sub(1).map(|index| bytes[index]);
        let after = bytes.get(at + 6).copied();
        let stands_alone = !before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !after.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let literal = before == Some(b'"') && matches!(after, Some(b'"' | b':'));
        if if only_literals { literal } else { stands_alone } {
            found.push(line[at..at + 6].to_owned());
        }
    }
    found
}

const LETTERS: &[u8] = b"IWMFJGCSD";

#[cfg(test)]
mod tests {
    use super::*;

    fn check_lines(source: &str, page: &str) -> usize {
        check(&[
            SourceFile::new("icd/src/error.rs", source),
            SourceFile::new("docs/reference/errors/icd.md", page),
        ])
        .len()
    }

    #[test]
    fn a_code_without_an_entry_is_found() {
        assert_eq!(check_lines("fn code() { \"I-0101\" }", "# Errors\n"), 1);
    }

    #[test]
    fn an_entry_without_a_code_is_found() {
        assert_eq!(check_lines("", "| I-0102 | what | why | do |"), 1);
    }

    #[test]
    fn a_documented_code_passes_and_a_comment_is_no_use() {
        assert_eq!(check_lines("// I-0103\n\"I-0101\"", "| I-0101 |"), 0);
    }
}
