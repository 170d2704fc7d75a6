//! Words that must not stay behind in the project: leftovers, secrets of a workplace, and blame on screens.

use crate::{Breach, SourceFile};

/// Finds leftover marks and paths of one machine.
pub fn check(files: &[SourceFile]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in files {
        if file.path == "tests/tidy/src/marks.rs" || file.path.ends_with("Cargo.lock") {
            continue;
        }
        for (number, line) in file.text.lines().enumerate() {
            for (mark, advice) in MARKS {
                if line.contains(mark) {
                    breaches.push(Breach::new(&file.path, number + 1, format!("`{mark}` {advice}")));
                }
            }
        }
    }
    breaches
}

const MARKS: &[(&str, &str)] = &[
    ("todo!(", "is a hole: build it, or return a typed error"),
    ("unimplemented!(", "is a hole: build it, or return a typed error"),
    ("dbg!(", "is a debugging leftover: remove it"),
    ("FIXME", "is a leftover: open an issue and say what is missing in the docs"),
    ("XXX:", "is a leftover: open an issue and say what is missing in the docs"),
    ("<<<<<<< ", "is an unfinished merge"),
    ("/home/", "is a path of one machine: use a relative one"),
    ("/root/", "is a path of one machine: use a relative one"),
    ("/work/", "is a path of one machine: use a relative one"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mark_is_found() {
        for (mark, _) in MARKS {
            let file = SourceFile::new("icd/src/lib.rs", &format!("fn a() {{}}\n    {mark}\n"));
            let breaches = check(&[file]);
            assert!(breaches.iter().any(|breach| breach.line == 2), "{mark} went unseen");
        }
    }
}
