//! Connected areas of a two-valued picture, by runs: neighbours above, below, left and right belong together.

/// A stretch of one value in one row, with the area it belongs to.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub(super) row: usize,
    pub(super) from: usize,
    /// After the last pixel.
    pub(super) to: usize,
    pub(super) dark: bool,
    /// Index of the first run of the area, in reading order.
    pub(super) area: usize,
}

/// All runs in reading order, with their areas.
pub(super) fn runs(dark: &[bool], width: usize) -> Vec<Run> {
    let mut all: Vec<Run> = Vec::new();
    let mut above = 0..0;
    for (row, pixels) in dark.chunks_exact(width.max(1)).enumerate() {
        let first = all.len();
        let mut from = 0;
        for stretch in pixels.chunk_by(|a, b| a == b) {
            let to = from + stretch.len();
            let area = all.len();
            all.push(Run { row, from, to, dark: stretch[0], area });
            from = to;
        }
        let here = first..all.len();
        join(&mut all, above, here.clone());
        above = here;
    }
    for index in 0..all.len() {
        // Parents stand before their children, so one step reaches the root.
        let parent = all[index].area;
        all[index].area = all[parent].area;
    }
    all
}

/// Joins touching runs of two neighbouring rows.
fn join(all: &mut [Run], above: core::ops::Range<usize>, here: core::ops::Range<usize>) {
    let (mut upper, mut lower) = (above.start, here.start);
    while upper < above.end && lower < here.end {
        let (a, b) = (all[upper], all[lower]);
        if a.dark == b.dark && a.from < b.to && b.from < a.to {
            let (a, b) = (root(all, upper), root(all, lower));
            all[a.max(b)].area = a.min(b);
        }
        if a.to <= b.to {
            upper += 1;
        } else {
            lower += 1;
        }
    }
}

fn root(all: &mut [Run], mut index: usize) -> usize {
    while all[index].area != index {
        let parent = all[index].area;
        all[index].area = all[parent].area;
        index = all[index].area;
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    fn areas(picture: &[&str]) -> usize {
        let dark: Vec<bool> = picture.iter().flat_map(|row| row.bytes().map(|c| c == b'#')).collect();
        let found = runs(&dark, picture[0].len());
        let roots: std::collections::BTreeSet<usize> =
            found.iter().filter(|run| run.dark).map(|run| run.area).collect();
        roots.len()
    }

    #[test]
    fn corners_do_not_connect_and_forks_join() {
        assert_eq!(areas(&["#.", ".#"]), 2);
        assert_eq!(areas(&["#.#", "#.#", "###"]), 1);
        assert_eq!(areas(&["#.#.#", "#.###", "###..", "....#"]), 2);
        assert_eq!(areas(&["..", ".."]), 0);
    }
}
