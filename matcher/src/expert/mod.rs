//! The expert's view of a comparison: two prints side by side with what the answer rests on, for the trained person
//! who must verify a hit (Regulation (EU) 2024/1358, Art. 38(4)).
//!
//! The second print is turned and scaled onto the first, so that the same skin lies at the same place in both panels. Paired
//! minutiae carry the same number in both, in reading order of the first print; minutiae without a partner are shown
//! too, because they are what speaks against. The table gives for each pair what can be checked on the picture: types, how
//! far apart and how much turned the two stay. Nothing is hidden that would weaken the answer.
//!
//! Left out on purpose: an overlay of both prints in one picture, which suggests agreement where colours merely mix.

mod canvas;
mod fit;

pub use self::canvas::Picture;
use self::canvas::{Canvas, Colour};
use self::fit::Similarity;
use crate::compare::Comparison;
use crate::template::{Minutia, MinutiaType, NO_ORIENTATION};
use crate::{Image, Template};

/// One side of a comparison.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// What stands above the panel, such as a reference number.
    pub name: &'a str,
    /// The picture the template was made of, if it is there.
    pub image: Option<&'a Image>,
    /// What was compared.
    pub template: &'a Template,
}

/// What can be checked about one pair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairFact {
    /// The number in the picture, from 1.
    pub number: usize,
    /// Index in the first template.
    pub first: usize,
    /// Index in the second template.
    pub second: usize,
    /// Whether both are endings or both bifurcations.
    pub same_type: bool,
    /// Distance after laying one print on the other, in millimetres.
    pub apart_mm: f32,
    /// Turn that remains between the directions, in degrees.
    pub turn_deg: f32,
}

/// The pairs of a comparison in the reading order of the first print.
#[must_use]
pub fn pair_facts(first: &Template, second: &Template, comparison: &Comparison) -> Vec<PairFact> {
    facts(first, second, comparison, &placement(first, second, comparison))
}

/// Draws the view.
#[must_use]
pub fn expert_view(first: &Side<'_>, second: &Side<'_>, comparison: &Comparison) -> Picture {
    let onto = placement(first.template, second.template, comparison);
    let pairs = facts(first.template, second.template, comparison, &onto);
    let frame = Frame::around(first, second, &onto);
    let rows = pairs.len().div_ceil(TABLE_COLUMNS);
    let panel = frame.size();
    let width = (2 * panel.0 + 3 * MARGIN).max(TABLE_WIDTH);
    let table_at = HEAD + panel.1 + MARGIN;
    let mut canvas = Canvas::new(width, table_at + TABLE_HEAD + (rows + 1) * TABLE_ROW + FOOT);
    let places = [(MARGIN, first, Similarity::IDENTITY), (2 * MARGIN + panel.0, second, onto)];
    for (side, (left, shown, placed)) in places.into_iter().enumerate() {
        let other = if side == 0 { second.template } else { first.template };
        let inverse = onto.inverse();
        let to_other = if side == 0 { &onto } else { &inverse };
        let title = format!("{} {}", ["A", "B"][side], plain(shown.name));
        canvas.text(left, MARGIN, &title, 2, INK);
        let mut panel = Panel { canvas: &mut canvas, left, top: HEAD, frame: &frame, placed };
        panel.print(shown);
        let paired: Vec<(usize, PairFact)> =
            pairs.iter().map(|fact| (if side == 0 { fact.first } else { fact.second }, *fact)).collect();
        panel.unpaired(shown.template, &paired, |x, y| {
            let (x, y) = to_other.apply(x, y);
            has_ridges(other, x, y)
        });
        panel.paired(shown.template, &paired);
    }
    legend(&mut canvas, MARGIN, table_at, comparison, &pairs, &onto);
    table(&mut canvas, MARGIN, table_at + TABLE_HEAD, &pairs, first.template, second.template);
    canvas.finish()
}

/// The second print's place for each of the first: fitted to the pairs, nothing moved with fewer than three.
fn placement(first: &Template, second: &Template, comparison: &Comparison) -> Similarity {
    let points: Vec<[(f32, f32); 2]> = comparison
        .paired
        .iter()
        .filter_map(|pairing| {
            let a = first.minutiae.get(usize::from(pairing.first))?;
            let b = second.minutiae.get(usize::from(pairing.second))?;
            Some([place(a), place(b)])
        })
        .collect();
    Similarity::fitted(&points).unwrap_or(Similarity::IDENTITY)
}

fn facts(first: &Template, second: &Template, comparison: &Comparison, onto: &Similarity) -> Vec<PairFact> {
    let mut facts: Vec<PairFact> = comparison
        .paired
        .iter()
        .filter_map(|pairing| {
            let (a, b) = (usize::from(pairing.first), usize::from(pairing.second));
            let (one, other) = (first.minutiae.get(a)?, second.minutiae.get(b)?);
            let (x, y) = onto.apply(f32::from(one.x), f32::from(one.y));
            let (u, v) = place(other);
            let turn = (other.radians() - one.radians() - onto.radians()).to_degrees();
            let turn = (turn + 180.0).rem_euclid(360.0) - 180.0;
            Some(PairFact {
                number: 0,
                first: a,
                second: b,
                same_type: one.kind == other.kind,
                apart_mm: (x - u).hypot(y - v) * MM_PER_PX,
                turn_deg: turn,
            })
        })
        .collect();
    // Reading order: bands of a few ridges from the top, each from the left.
    facts.sort_by_key(|fact| {
        let minutia = &first.minutiae[fact.first];
        (minutia.y / READING_BAND_PX, minutia.x)
    });
    for (number, fact) in (1..).zip(&mut facts) {
        fact.number = number;
    }
    facts
}

fn place(minutia: &Minutia) -> (f32, f32) {
    (f32::from(minutia.x), f32::from(minutia.y))
}

fn has_ridges(template: &Template, x: f32, y: f32) -> bool {
    let cell = f32::from(template.cell.max(1));
    let (column, row) = ((x / cell).floor(), (y / cell).floor());
    let inside =
        column >= 0.0 && row >= 0.0 && column < f32::from(template.columns) && row < f32::from(template.rows);
    inside
        && template
            .grid
            .get(row as usize * usize::from(template.columns) + column as usize)
            .is_some_and(|&orientation| orientation != NO_ORIENTATION)
}

/// The part of the first print's plane that both panels show, in pixels at 500 ppi.
struct Frame {
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
    zoom: f32,
}

impl Frame {
    fn around(first: &Side<'_>, second: &Side<'_>, onto: &Similarity) -> Self {
        let back = onto.inverse();
        let ours = ridge_corners(first.template);
        let theirs = ridge_corners(second.template).map(|(x, y)| back.apply(x, y));
        let all = ours.iter().chain(&theirs);
        let (mut left, mut top, mut right, mut bottom) = (f32::MAX, f32::MAX, f32::MIN, f32::MIN);
        for &(x, y) in all {
            (left, right) = (left.min(x), right.max(x));
            (top, bottom) = (top.min(y), bottom.max(y));
        }
        let (width, height) = ((right - left).max(32.0), (bottom - top).max(32.0));
        let zoom = (PANEL_SIDE_MAX / width.max(height)).clamp(0.5, 2.0);
        Self { left, top, right: left + width, bottom: top + height, zoom }
    }

    fn size(&self) -> (usize, usize) {
        (
            ((self.right - self.left) * self.zoom).ceil() as usize,
            ((self.bottom - self.top) * self.zoom).ceil() as usize,
        )
    }
}

/// The corners of the box around the ridges of a print.
fn ridge_corners(template: &Template) -> [(f32, f32); 4] {
    let (columns, cell) = (usize::from(template.columns.max(1)), f32::from(template.cell));
    let (mut left, mut top, mut right, mut bottom) =
        (f32::from(template.width), f32::from(template.height), 0.0f32, 0.0f32);
    for (index, _) in template.grid.iter().enumerate().filter(|(_, found)| **found != NO_ORIENTATION) {
        let (x, y) = ((index % columns) as f32 * cell, (index / columns) as f32 * cell);
        (left, right) = (left.min(x), right.max(x + cell));
        (top, bottom) = (top.min(y), bottom.max(y + cell));
    }
    if left >= right || top >= bottom {
        (left, top) = (0.0, 0.0);
        (right, bottom) = (f32::from(template.width), f32::from(template.height));
    }
    [(left, top), (right, top), (right, bottom), (left, bottom)]
}

/// One print drawn in the frame of the first.
struct Panel<'c, 'f> {
    canvas: &'c mut Canvas,
    left: usize,
    top: usize,
    frame: &'f Frame,
    /// From the first print's plane to this print's.
    placed: Similarity,
}

impl Panel<'_, '_> {
    /// The grey print, lightened so that marks stand out; without a picture, short strokes along the ridges.
    fn print(&mut self, side: &Side<'_>) {
        let (width, height) = self.frame.size();
        for row in 0..height {
            for column in 0..width {
                let (x, y) = self.to_print(column as f32, row as f32);
                let grey = side.image.map_or(255, |image| grey_at(image, x, y));
                let light = 80 + (u32::from(grey) * 175 / 255) as u8;
                self.canvas.set(self.left + column, self.top + row, Colour(light, light, light));
            }
        }
        if side.image.is_none() {
            self.strokes(side.template);
        }
        self.canvas.frame(self.left, self.top, width, height, FAINT);
    }

    fn strokes(&mut self, template: &Template) {
        let columns = usize::from(template.columns.max(1));
        for (index, &found) in template.grid.iter().enumerate() {
            if found == NO_ORIENTATION {
                continue;
            }
            let cell = f32::from(template.cell);
            let x = ((index % columns) as f32 + 0.5) * cell;
            let y = ((index / columns) as f32 + 0.5) * cell;
            let angle = f32::from(found) * (core::f32::consts::PI / 128.0) - self.placed.radians();
            let (column, row) = self.to_panel(x, y);
            let (dx, dy) = (5.0 * angle.cos(), 5.0 * angle.sin());
            self.canvas.line(column - dx, row - dy, column + dx, row + dy, 1, FAINT);
        }
    }

    fn unpaired(
        &mut self,
        template: &Template,
        paired: &[(usize, PairFact)],
        common: impl Fn(f32, f32) -> bool,
    ) {
        for (index, minutia) in template.minutiae.iter().enumerate() {
            if paired.iter().any(|(taken, _)| *taken == index) {
                continue;
            }
            let (x, y) = place(minutia);
            let colour = if common(x, y) { AGAINST } else { FAINT };
            self.mark(minutia, colour, 1);
        }
    }

    fn paired(&mut self, template: &Template, paired: &[(usize, PairFact)]) {
        for (index, fact) in paired {
            let Some(minutia) = template.minutiae.get(*index) else { continue };
            let colour = if fact.same_type { AGREES } else { DOUBTFUL };
            self.mark(minutia, colour, 2);
        }
        for (index, fact) in paired {
            let Some(minutia) = template.minutiae.get(*index) else { continue };
            let (column, row) = self.to_panel(f32::from(minutia.x), f32::from(minutia.y));
            // The label lies against the minutia's direction, where its own stroke is not.
            let angle = minutia.radians() - self.placed.radians();
            let (x, y) = (column - 17.0 * angle.cos(), row - 15.0 * angle.sin());
            self.canvas.label(x, y, &fact.number.to_string(), INK);
        }
    }

    /// A ring for an ending, a square for a bifurcation, with a stroke along the direction.
    fn mark(&mut self, minutia: &Minutia, colour: Colour, thick: usize) {
        let (column, row) = self.to_panel(f32::from(minutia.x), f32::from(minutia.y));
        let angle = minutia.radians() - self.placed.radians();
        let (cos, sin) = (angle.cos(), angle.sin());
        self.canvas.line(
            column + 6.0 * cos,
            row + 6.0 * sin,
            column + 20.0 * cos,
            row + 20.0 * sin,
            thick,
            colour,
        );
        match minutia.kind {
            MinutiaType::Ending => self.canvas.ring(column, row, 6.0, thick, colour),
            MinutiaType::Bifurcation => self.canvas.square(column, row, 5.0, thick, colour),
        }
    }

    fn to_print(&self, column: f32, row: f32) -> (f32, f32) {
        let frame = self.frame;
        self.placed.apply(frame.left + (column + 0.5) / frame.zoom, frame.top + (row + 0.5) / frame.zoom)
    }

    fn to_panel(&self, x: f32, y: f32) -> (f32, f32) {
        let (x, y) = self.placed.inverse().apply(x, y);
        let frame = self.frame;
        (self.left as f32 + (x - frame.left) * frame.zoom, self.top as f32 + (y - frame.top) * frame.zoom)
    }
}

/// Bilinear grey value at a place in pixels at 500 ppi; white outside.
fn grey_at(image: &Image, x: f32, y: f32) -> u8 {
    let scale = image.resolution_ppi as f32 / crate::parameters::WORKING_PPI;
    let (x, y) = (x * scale - 0.5, y * scale - 0.5);
    let at = |column: i64, row: i64| {
        let inside =
            column >= 0 && row >= 0 && column < i64::from(image.width) && row < i64::from(image.height);
        if !inside {
            return 255.0;
        }
        let index = row as usize * image.width as usize + column as usize;
        f32::from(image.pixels.get(index).copied().unwrap_or(255))
    };
    let (column, row) = (x.floor(), y.floor());
    let (u, v) = (x - column, y - row);
    let (column, row) = (column as i64, row as i64);
    let upper = at(column, row) * (1.0 - u) + at(column + 1, row) * u;
    let lower = at(column, row + 1) * (1.0 - u) + at(column + 1, row + 1) * u;
    (upper * (1.0 - v) + lower * v) as u8
}

fn legend(
    canvas: &mut Canvas,
    left: usize,
    top: usize,
    comparison: &Comparison,
    pairs: &[PairFact],
    onto: &Similarity,
) {
    let same = pairs.iter().filter(|fact| fact.same_type).count();
    let said = format!(
        "score {:.1}, log10 likelihood ratio {:.2}; {} pairs, {same} of the same type; B turned by {:.0} degrees, {:.2} times as large",
        comparison.score,
        comparison.likelihood_ratio_log10,
        pairs.len(),
        onto.radians().to_degrees(),
        onto.scale(),
    );
    canvas.text(left, top, &said, 1, INK);
    let keys: [(Colour, &str); 4] = [
        (AGREES, "pair, same type"),
        (DOUBTFUL, "pair, types differ"),
        (AGAINST, "no partner though both prints show the place"),
        (FAINT, "outside the common area"),
    ];
    let mut x = left;
    for (colour, words) in keys {
        canvas.ring(x as f32 + 6.0, top as f32 + 24.0, 5.0, 2, colour);
        canvas.text(x + 18, top + 20, words, 1, INK);
        x += 18 + 8 * words.len() + 20;
    }
    canvas.text(
        left,
        top + 38,
        "ring: ending, square: bifurcation; the stroke points along the additional ridge",
        1,
        INK,
    );
    canvas.text(
        left,
        top + 54,
        "Marks are a program's proposal. Whether the prints are one person's is for the trained expert to decide.",
        1,
        INK,
    );
}

fn table(
    canvas: &mut Canvas,
    left: usize,
    top: usize,
    pairs: &[PairFact],
    first: &Template,
    second: &Template,
) {
    let letter = |minutia: Option<&Minutia>| match minutia.map(|minutia| minutia.kind) {
        Some(MinutiaType::Ending) => "E",
        Some(MinutiaType::Bifurcation) => "B",
        None => "?",
    };
    let rows = pairs.len().div_ceil(TABLE_COLUMNS);
    for column in 0..TABLE_COLUMNS.min(pairs.len()) {
        canvas.text(left + column * TABLE_COLUMN, top, " no  A B   apart   turn", 1, FAINT_INK);
    }
    for (index, fact) in pairs.iter().enumerate() {
        let (column, row) = (index / rows.max(1), index % rows.max(1));
        let line = format!(
            "{:>3}  {} {} {:>5.2} mm {:>+4.0} deg",
            fact.number,
            letter(first.minutiae.get(fact.first)),
            letter(second.minutiae.get(fact.second)),
            fact.apart_mm,
            fact.turn_deg
        );
        let colour = if fact.same_type { INK } else { DOUBTFUL };
        canvas.text(left + column * TABLE_COLUMN, top + (row + 1) * TABLE_ROW, &line, 1, colour);
    }
}

/// Printable ASCII of a name, cut to what fits.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(NAME_CHARS_MAX).collect()
}

const MM_PER_PX: f32 = 25.4 / crate::parameters::WORKING_PPI;
/// Height of a band that is numbered from left to right.
const READING_BAND_PX: u16 = 24;
const PANEL_SIDE_MAX: f32 = 820.0;
const MARGIN: usize = 12;
const HEAD: usize = 36;
const FOOT: usize = 12;
const TABLE_HEAD: usize = 76;
const TABLE_ROW: usize = 13;
const TABLE_COLUMNS: usize = 4;
const TABLE_COLUMN: usize = 250;
const TABLE_WIDTH: usize = 2 * MARGIN + TABLE_COLUMNS * TABLE_COLUMN;
const NAME_CHARS_MAX: usize = 40;
const INK: Colour = Colour(16, 24, 40);
const FAINT_INK: Colour = Colour(90, 98, 112);
const AGREES: Colour = Colour(0, 118, 60);
const DOUBTFUL: Colour = Colour(186, 84, 0);
const AGAINST: Colour = Colour(196, 0, 60);
const FAINT: Colour = Colour(120, 136, 168);

#[cfg(test)]
mod tests;
