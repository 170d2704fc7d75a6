//! Forms on paper: text laid out on A4 pages as PDF, with a font that is found on the kiosk.
//!
//! Only what a form needs: a heading, labelled answers, wrapped paragraphs, page numbers. Fonts are not part of the
//! program; the first of [`FONTS`] that is there is used, and without one the printable page in the browser remains.
//! krilla writes the file (decision 0022): it embeds only the glyphs that are used and keeps the text searchable.
//!
//! The library shapes a line in one direction. Text that changes its direction begins a new line there, so that a name in
//! Arabic letters beside one in Latin letters is never drawn backwards.
//!
//! On a paper in a language that runs from right to left every line ends at the right margin, also an answer in other
//! letters, so that labels and answers keep to one side.

use krilla::Document;
use krilla::geom::Point;
use krilla::page::PageSettings;
use krilla::text::{Font, TextDirection};

/// What stands on paper, from above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// The heading of the paper.
    Title(String),
    /// The heading of a part.
    Heading(String),
    /// A label and what was answered.
    Answer(String, String),
    /// Running text.
    Text(String),
}

/// Why there is no PDF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaperError {
    /// No font.
    #[error(
        "no font for PDF files is installed on this kiosk; print the page from the browser instead, or install fonts-dejavu-core"
    )]
    NoFont,
    /// The library.
    #[error("the PDF file could not be made; print the page from the browser instead")]
    NotMade,
}

/// Lays the blocks out and gives the file. `foot` stands on every page, with its number. With `from_right` the lines begin
/// at the right margin.
pub fn pdf(blocks: &[Block], foot: &str, from_right: bool) -> Result<Vec<u8>, PaperError> {
    let read = FONTS.iter().find_map(|path| std::fs::read(path).ok()).ok_or(PaperError::NoFont)?;
    let ruler = Ruler::of(&read).ok_or(PaperError::NoFont)?;
    let font = Font::new(read.clone().into(), 0).ok_or(PaperError::NoFont)?;
    let lines: Vec<Line> = blocks.iter().flat_map(lines).collect();
    let mut document = Document::new();
    let pages = paginate(&lines);
    let count = pages.len();
    for (number, lines) in (1..).zip(pages) {
        let settings = PageSettings::from_wh(WIDTH_PT, HEIGHT_PT).ok_or(PaperError::NotMade)?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        let mut draw = |text: &str, x: f32, y: f32, size: f32| {
            // Said and not guessed: a line of digits of Arabic script alone would be guessed backwards.
            let way =
                if runs_from_right(text) { TextDirection::RightToLeft } else { TextDirection::LeftToRight };
            surface.draw_text(Point::from_xy(x, y), font.clone(), size, text, false, way);
        };
        let mut y = MARGIN_PT;
        for line in lines {
            y += line.space + line.size;
            let x = if from_right {
                (WIDTH_PT - MARGIN_PT - line.indent - ruler.width_pt(&line.text, line.size)).max(MARGIN_PT)
            } else {
                MARGIN_PT + line.indent
            };
            draw(&line.text, x, y, line.size);
        }
        draw(&format!("{foot} · {number}/{count}"), MARGIN_PT, HEIGHT_PT - MARGIN_PT / 2.0, FOOT_PT);
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|_| PaperError::NotMade)
}

#[derive(Clone, Debug, PartialEq)]
struct Line {
    text: String,
    size: f32,
    space: f32,
    indent: f32,
}

fn lines(block: &Block) -> Vec<Line> {
    let line = |text: String, size: f32, space: f32, indent: f32| Line { text, size, space, indent };
    match block {
        Block::Title(text) => wrapped(text, 16.0).map(|text| line(text, 16.0, 6.0, 0.0)).collect(),
        Block::Heading(text) => wrapped(text, 11.5).map(|text| line(text, 11.5, 12.0, 0.0)).collect(),
        Block::Text(text) => wrapped(text, 9.5).map(|text| line(text, 9.5, 3.5, 0.0)).collect(),
        Block::Answer(label, answer) => {
            let label = wrapped(label, 8.0).map(|text| line(text, 8.0, 6.0, 0.0));
            label.chain(wrapped(answer, 10.0).map(|text| line(text, 10.0, 2.5, 10.0))).collect()
        }
    }
}

/// Breaks at spaces where a line would become too long, and within a word that is longer than a line. Widths are
/// guessed on the safe side: the mean advance of the fonts used is below 0.56 of their size.
fn wrapped(text: &str, size: f32) -> impl Iterator<Item = String> {
    let room = usize::max(8, ((WIDTH_PT - 2.0 * MARGIN_PT - 10.0) / (size * MEAN_ADVANCE)) as usize);
    let mut lines = vec![String::new()];
    let mut before = None;
    for (direction, word) in one_way(text) {
        // The first line waits empty; every other change of direction begins its own.
        if before.is_some_and(|before| before != direction)
            && lines.last().is_some_and(|line| !line.is_empty())
        {
            lines.push(String::new());
        }
        before = Some(direction);
        let mut word: Vec<char> = word.chars().collect();
        while !word.is_empty() {
            let used = lines.last().map_or(0, |line| line.chars().count());
            let gap = usize::from(used > 0);
            if used + gap + word.len() <= room {
                if let Some(line) = lines.last_mut() {
                    line.extend(core::iter::repeat_n(' ', gap).chain(word.drain(..)));
                }
            } else if used > 0 {
                lines.push(String::new());
            } else if let Some(line) = lines.last_mut() {
                line.extend(word.drain(..room.min(word.len())));
            }
        }
    }
    lines.into_iter()
}

fn runs_from_right(text: &str) -> bool {
    text.chars().any(|letter| direction(letter) == Some(Direction::RightToLeft))
}

/// Measures lines as they will be drawn.
struct Ruler<'a>(rustybuzz::Face<'a>);

impl<'a> Ruler<'a> {
    fn of(font: &'a [u8]) -> Option<Self> {
        rustybuzz::Face::from_slice(font, 0).map(Self)
    }

    fn width_pt(&self, text: &str, size_pt: f32) -> f32 {
        use rustybuzz::{Direction, UnicodeBuffer};
        let mut letters = UnicodeBuffer::new();
        letters.push_str(text);
        letters.guess_segment_properties();
        letters.set_direction(if runs_from_right(text) {
            Direction::RightToLeft
        } else {
            Direction::LeftToRight
        });
        let shaped = rustybuzz::shape(&self.0, &[], letters);
        let units: i32 = shaped.glyph_positions().iter().map(|glyph| glyph.x_advance).sum();
        units as f32 * size_pt / self.0.units_per_em() as f32
    }
}

/// Which way letters follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    LeftToRight,
    RightToLeft,
}

/// The words of a text, cut where the direction changes. Signs that have none stay with what is before them.
fn one_way(text: &str) -> Vec<(Direction, String)> {
    let mut words: Vec<(Direction, String)> = Vec::new();
    // What stands before the first letter, such as an opening bracket, belongs to it.
    let mut known = text.chars().find_map(direction);
    for word in text.split_whitespace() {
        let mut begun = false;
        for letter in word.chars() {
            let runs = direction(letter).or(known).unwrap_or(Direction::LeftToRight);
            if direction(letter).is_some() {
                known = Some(runs);
            }
            match words.last_mut() {
                Some((same, part)) if begun && *same == runs => part.push(letter),
                _ => words.push((runs, letter.to_string())),
            }
            begun = true;
        }
    }
    words
}

/// The direction of a letter or digit; `None` for signs. Digits of Arabic script run from left to right as well.
fn direction(letter: char) -> Option<Direction> {
    if !letter.is_alphanumeric() {
        return None;
    }
    let right_to_left =
        matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}');
    let letter_of_it = right_to_left && !letter.is_numeric();
    Some(if letter_of_it { Direction::RightToLeft } else { Direction::LeftToRight })
}

fn paginate(lines: &[Line]) -> Vec<&[Line]> {
    let room = HEIGHT_PT - 2.0 * MARGIN_PT;
    let (mut pages, mut from, mut used) = (Vec::new(), 0, 0.0);
    for (at, line) in lines.iter().enumerate() {
        if used + line.space + line.size > room {
            pages.extend(lines.get(from..at));
            (from, used) = (at, 0.0);
        }
        used += line.space + line.size;
    }
    pages.extend(lines.get(from..));
    pages
}

/// A4.
const WIDTH_PT: f32 = 595.0;
const HEIGHT_PT: f32 = 842.0;
const MARGIN_PT: f32 = 50.0;
const FOOT_PT: f32 = 7.5;
const MEAN_ADVANCE: f32 = 0.56;

/// Fonts of Debian that cover Latin, Greek, Cyrillic and Arabic letters, in the order in which they are looked for.
pub const FONTS: [&str; 3] = [
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_wrap_and_paginate() {
        let words = "a word and another ".repeat(400);
        let blocks = [Block::Title("Form".into()), Block::Answer("Why".into(), words.clone())];
        let lines: Vec<Line> = blocks.iter().flat_map(lines).collect();
        assert!(lines.iter().all(|line| line.text.chars().count() < 110), "a line is too long");
        let said: String = lines.iter().skip(2).map(|line| format!("{} ", line.text)).collect();
        assert_eq!(said.split_whitespace().count(), words.split_whitespace().count());
        assert!(paginate(&lines).len() >= 2 || lines.len() < 60);
        assert_eq!(paginate(&lines).iter().map(|page| page.len()).sum::<usize>(), lines.len());
        assert_eq!(wrapped(&"x".repeat(500), 10.0).map(|line| line.len()).sum::<usize>(), 500);
    }

    #[test]
    fn a_line_has_one_direction_and_nothing_is_lost() {
        let lines = |text: &str| wrapped(text, 10.0).collect::<Vec<_>>();
        assert_eq!(lines("Šárková علي"), ["Šárková", "علي"]);
        assert_eq!(lines("علي بن محمد (Olena) 12"), ["علي بن محمد (", "Olena) 12"]);
        assert_eq!(lines("تلفون: 0612-34 ٤٥"), ["تلفون:", "0612-34 ٤٥"]);
        assert_eq!(lines("خانه7ب"), ["خانه", "7", "ب"]);
        assert_eq!(lines("Олена, Ελένη: 7"), ["Олена, Ελένη: 7"]);
        assert_eq!(lines("(ج) السبب"), ["(ج) السبب"]);
        assert_eq!(lines(""), [""]);
    }

    /// What begins at the right margin must be measured as it is drawn, or it leaves the page.
    #[test]
    fn a_ruler_measures_letters_and_not_their_number() {
        let Some(font) = FONTS.iter().find_map(|path| std::fs::read(path).ok()) else {
            println!("SKIPPED: no font for PDF files on this machine");
            return;
        };
        let ruler = Ruler::of(&font).expect("a font");
        let width = |text: &str, size: f32| ruler.width_pt(text, size);
        assert!(width("iiii", 10.0) < width("MMMM", 10.0));
        assert!((width("Šárka", 20.0) - 2.0 * width("Šárka", 10.0)).abs() < 0.01);
        let (joined, apart) =
            (width("سلام", 10.0), "سلام".chars().map(|c| width(&c.to_string(), 10.0)).sum::<f32>());
        assert!(joined > 5.0 && joined < apart, "letters that join are narrower: {joined} {apart}");
        assert!(width("", 10.0).abs() < f32::EPSILON);
    }

    #[test]
    fn a_file_is_a_pdf_with_as_many_pages_as_needed() {
        let blocks = [Block::Title("Form".into()), Block::Text("Šárka, Ελένη, Олена, علي ".repeat(900))];
        match pdf(&blocks, "demo", false) {
            Ok(file) => assert!(file.starts_with(b"%PDF-") && file.len() > 2_000),
            Err(error) => {
                assert_eq!(error, PaperError::NoFont);
                println!("SKIPPED: no font for PDF files on this machine");
            }
        }
    }
}
