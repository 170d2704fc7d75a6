//! Puts a print of any scanner onto a white ground, so that prints of one slap look like one scanner's.
//!
//! Recorded prints come with grey, patchy or cropped grounds. The print is told from its ground by local contrast on
//! a grid of blocks; outside of it, and towards a cut edge of the file, the image fades to white. Ridges stay as they
//! are, apart from the stretch that makes the ground white.

use matcher::Image;

use crate::parameters::{
    GROUND_BLOCK_PX, GROUND_CONTRAST_PRINT_SHARE, GROUND_CONTRAST_TOP_SHARE, GROUND_EDGE_FADE_PX,
};

/// White, the ground of every slap.
const WHITE: f32 = 255.0;

/// The print on white.
pub(super) fn onto_white(print: &Image) -> Image {
    let grid = Grid::of(print);
    let ground = ground_level(print, &grid);
    let stretch = WHITE / ground.max(1.0);
    let mut white = print.clone();
    for (at, pixel) in white.pixels.iter_mut().enumerate() {
        let (x, y) = (at as u32 % print.width.max(1), at as u32 / print.width.max(1));
        let share = grid.share(x, y) * edge_share(print, x, y);
        let grey = (f32::from(*pixel) * stretch).min(WHITE);
        *pixel = (WHITE + (grey - WHITE) * share).round() as u8;
    }
    white
}

/// 0 at the file's edge, 1 away from it.
fn edge_share(print: &Image, x: u32, y: u32) -> f32 {
    let away = x.min(y).min(print.width - 1 - x).min(print.height - 1 - y);
    (away as f32 / GROUND_EDGE_FADE_PX).min(1.0)
}

/// Median grey outside of the print; without an outside, a bright grey of the print.
fn ground_level(print: &Image, grid: &Grid) -> f32 {
    let mut outside = [0_u32; 256];
    let mut all = [0_u32; 256];
    for (at, pixel) in print.pixels.iter().enumerate() {
        let (x, y) = (at as u32 % print.width.max(1), at as u32 / print.width.max(1));
        all[usize::from(*pixel)] += 1;
        if grid.share(x, y) < 0.01 {
            outside[usize::from(*pixel)] += 1;
        }
    }
    let outside_count: u32 = outside.iter().sum();
    if outside_count as usize * 50 > print.pixels.len() {
        share_of(&outside, 0.5)
    } else {
        share_of(&all, 0.95)
    }
}

/// The grey below which `share` of a histogram lies.
fn share_of(histogram: &[u32; 256], share: f32) -> f32 {
    let wanted = histogram.iter().sum::<u32>() as f32 * share;
    let mut seen = 0.0;
    for (grey, count) in histogram.iter().enumerate() {
        seen += *count as f32;
        if seen >= wanted {
            return grey as f32;
        }
    }
    WHITE
}

/// How much each block belongs to the print, 0 to 1.
struct Grid {
    columns: usize,
    rows: usize,
    shares: Vec<f32>,
}

impl Grid {
    fn of(print: &Image) -> Self {
        let side = GROUND_BLOCK_PX as usize;
        let (width, height) = (print.width as usize, print.height as usize);
        let (columns, rows) = (width.div_ceil(side), height.div_ceil(side));
        let mut contrasts = vec![0.0_f32; columns * rows];
        for (at, contrast) in contrasts.iter_mut().enumerate() {
            *contrast = contrast_of(print, (at % columns) * side, (at / columns) * side, side);
        }
        let mut sorted = contrasts.clone();
        sorted.sort_by(f32::total_cmp);
        let top =
            sorted.get((sorted.len() as f32 * GROUND_CONTRAST_TOP_SHARE) as usize).copied().unwrap_or(0.0);
        let threshold = top * GROUND_CONTRAST_PRINT_SHARE;
        let inside: Vec<bool> = contrasts.iter().map(|contrast| *contrast > threshold).collect();
        let inside = largest_part(&majority(&inside, columns, rows), columns, rows);
        let mut grid = Self {
            columns,
            rows,
            shares: inside.iter().map(|inside| f32::from(u8::from(*inside))).collect(),
        };
        grid.soften();
        grid
    }

    /// One 3 x 3 mean: the border of the print fades over two blocks.
    fn soften(&mut self) {
        let hard = self.shares.clone();
        for (at, share) in self.shares.iter_mut().enumerate() {
            let (sum, count) = neighbours(at, self.columns, self.rows)
                .fold((0.0, 0.0), |(sum, count), near| {
                    (sum + hard.get(near).copied().unwrap_or(0.0), count + 1.0)
                });
            *share = sum / f32::max(count, 1.0);
        }
    }

    /// The share at a pixel, between the centres of the four blocks around it.
    fn share(&self, x: u32, y: u32) -> f32 {
        let side = GROUND_BLOCK_PX as f32;
        let (u, v) = ((x as f32 + 0.5) / side - 0.5, (y as f32 + 0.5) / side - 0.5);
        let (column, row) = (u.floor(), v.floor());
        let (fu, fv) = (u - column, v - row);
        let at = |column: f32, row: f32| {
            let column = column.clamp(0.0, self.columns.saturating_sub(1) as f32) as usize;
            let row = row.clamp(0.0, self.rows.saturating_sub(1) as f32) as usize;
            self.shares.get(row * self.columns + column).copied().unwrap_or(0.0)
        };
        let above = at(column, row) * (1.0 - fu) + at(column + 1.0, row) * fu;
        let below = at(column, row + 1.0) * (1.0 - fu) + at(column + 1.0, row + 1.0) * fu;
        above * (1.0 - fv) + below * fv
    }
}

/// Standard deviation of the grey in one block.
fn contrast_of(print: &Image, left: usize, top: usize, side: usize) -> f32 {
    let (width, height) = (print.width as usize, print.height as usize);
    let (mut sum, mut squares, mut count) = (0.0_f32, 0.0_f32, 0.0_f32);
    for y in top..(top + side).min(height) {
        let row = print.pixels.get(y * width + left..y * width + (left + side).min(width)).unwrap_or(&[]);
        for pixel in row {
            let grey = f32::from(*pixel);
            sum += grey;
            squares += grey * grey;
            count += 1.0;
        }
    }
    if count < 1.0 {
        return 0.0;
    }
    (squares / count - (sum / count).powi(2)).max(0.0).sqrt()
}

/// The cell itself and its neighbours that exist.
fn neighbours(at: usize, columns: usize, rows: usize) -> impl Iterator<Item = usize> {
    let (column, row) = (at % columns.max(1), at / columns.max(1));
    let across = column.saturating_sub(1)..=(column + 1).min(columns.saturating_sub(1));
    let down = row.saturating_sub(1)..=(row + 1).min(rows.saturating_sub(1));
    down.flat_map(move |row| across.clone().map(move |column| row * columns + column))
}

/// A cell is inside when most of its neighbourhood is: closes gaps, drops specks.
fn majority(inside: &[bool], columns: usize, rows: usize) -> Vec<bool> {
    (0..inside.len())
        .map(|at| {
            let (yes, all) = neighbours(at, columns, rows).fold((0, 0), |(yes, all), near| {
                (yes + usize::from(inside.get(near).copied().unwrap_or(false)), all + 1)
            });
            yes * 2 > all
        })
        .collect()
}

/// The largest connected part.
fn largest_part(inside: &[bool], columns: usize, rows: usize) -> Vec<bool> {
    let mut part = vec![0_usize; inside.len()];
    let mut sizes = vec![0_usize];
    for start in 0..inside.len() {
        if !inside.get(start).copied().unwrap_or(false) || part.get(start).copied().unwrap_or(1) != 0 {
            continue;
        }
        let name = sizes.len();
        let mut size = 0;
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            let Some(mark) = part.get_mut(at) else { continue };
            if *mark != 0 {
                continue;
            }
            *mark = name;
            size += 1;
            open.extend(
                neighbours(at, columns, rows).filter(|near| inside.get(*near).copied().unwrap_or(false)),
            );
        }
        sizes.push(size);
    }
    let largest = (1..sizes.len()).max_by_key(|name| sizes.get(*name).copied().unwrap_or(0)).unwrap_or(0);
    part.iter().map(|name| largest != 0 && *name == largest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rings of the given greys in the middle of an even ground.
    fn rings(side: u32, ground: u8, ridge: u8, valley: u8) -> Image {
        let mut pixels = vec![ground; (side * side) as usize];
        for (at, pixel) in pixels.iter_mut().enumerate() {
            let (x, y) =
                (at as f32 % side as f32 - side as f32 / 2.0, (at as u32 / side) as f32 - side as f32 / 2.0);
            let away = x.hypot(y);
            if away < side as f32 * 0.33 {
                *pixel = if (away * 0.7).sin() > 0.0 { ridge } else { valley };
            }
        }
        Image { width: side, height: side, resolution_ppi: 500, pixels }
    }

    #[test]
    fn a_grey_ground_becomes_white_and_ridges_stay_dark() {
        for ground in [150, 200, 255] {
            let white = onto_white(&rings(240, ground, 30, ground - 10));
            let corner = white.pixels[5 * 240 + 5];
            let middle = &white.pixels[120 * 240 + 80..120 * 240 + 160];
            assert_eq!(corner, 255, "ground {ground}");
            assert!(middle.iter().any(|grey| *grey < 70), "ground {ground}: ridges are gone");
            assert!(middle.iter().any(|grey| *grey > 200), "ground {ground}: valleys are gone");
        }
    }

    #[test]
    fn a_print_that_is_cut_by_the_file_fades_at_the_edge() {
        let whole = rings(240, 220, 30, 210);
        let cut = whole.crop(80, 80, 160, 160).expect("a part");
        let white = onto_white(&cut);
        assert!(white.pixels[..80].iter().all(|grey| *grey == 255));
        assert!(white.pixels.iter().any(|grey| *grey < 70));
    }

    #[test]
    fn an_even_image_becomes_white() {
        let even = Image { width: 64, height: 64, resolution_ppi: 500, pixels: vec![90; 64 * 64] };
        assert!(onto_white(&even).pixels.iter().all(|grey| *grey == 255));
    }
}
