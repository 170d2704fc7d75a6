//! Finds the print in a picture of one finger: which blocks hold ridges, and how bright the empty sensor is.
//!
//! Needed because [`super::compose_slap`] also takes real prints, whose background is grey and noisy.
//! Coarse on purpose: blocks of 0.4 mm and their contrast; finding fingers on a slap is the business of the
//! segmentation stage.

use crate::Image;

/// Side of a block at 500 ppi.
const BLOCK_PX_AT_500: u32 = 8;
/// Grey-level deviation from which a block counts as ridges; sensor noise stays under 6, the palest ridges
/// reach 12.
const DEVIATION_MIN: f32 = 9.0;
/// Fewest blocks round the print that tell the background.
const RING_BLOCKS_MIN: usize = 20;
/// Darkest background that is believed; darker means that the surroundings are skin.
const BACKGROUND_GREY_MIN: u8 = 96;

/// The part of a picture that holds ridges.
pub(crate) struct PrintArea {
    block_px: usize,
    columns: usize,
    rows: usize,
    /// 1 for blocks of the print, 0 elsewhere.
    blocks: Vec<f32>,
    /// As `blocks`, two blocks wider all round.
    surroundings: Vec<f32>,
    /// Grey level of the empty sensor.
    pub(crate) background: u8,
    /// Box of the print (left, top, right, bottom; right and bottom exclusive).
    pub(crate) bounds: [u32; 4],
}

impl PrintArea {
    /// Finds the largest connected print; none when the picture is unsound or holds no ridges.
    pub(crate) fn of(image: &Image) -> Option<Self> {
        if !image.is_sound() {
            return None;
        }
        let block_px = (BLOCK_PX_AT_500 * image.resolution_ppi).div_ceil(500).max(2) as usize;
        let (columns, rows) = (image.width as usize / block_px, image.height as usize / block_px);
        let ridged = ridged_blocks(image, block_px, columns, rows);
        let ridged = closed(&ridged, columns, rows);
        let largest = largest_part(&ridged, columns, rows);
        let bounds = bounds(&largest, columns, block_px)?;
        let wide = dilated(&dilated(&largest, columns, rows), columns, rows);
        let background = background(image, &largest, &wide, block_px, columns);
        let weight = |bits: &[bool]| bits.iter().map(|&bit| if bit { 1.0 } else { 0.0 }).collect();
        Some(Self {
            block_px,
            columns,
            rows,
            blocks: weight(&largest),
            surroundings: weight(&wide),
            background,
            bounds,
        })
    }

    /// How far a position belongs to the print: 0 to 1, smooth over a block.
    pub(crate) fn weight(&self, x: f32, y: f32) -> f32 {
        self.interpolated(&self.blocks, x, y)
    }

    /// How far a position belongs to the print or its close surroundings: 0 to 1.
    pub(crate) fn weight_wide(&self, x: f32, y: f32) -> f32 {
        self.interpolated(&self.surroundings, x, y)
    }

    fn interpolated(&self, blocks: &[f32], x: f32, y: f32) -> f32 {
        let u = (x + 0.5) / self.block_px as f32 - 0.5;
        let v = (y + 0.5) / self.block_px as f32 - 0.5;
        let (column, row) = (u.floor(), v.floor());
        let (fx, fy) = (u - column, v - row);
        let (column, row) = (column as i64, row as i64);
        let cell = |column: i64, row: i64| {
            let inside = (0..self.columns as i64).contains(&column) && (0..self.rows as i64).contains(&row);
            if inside { blocks[row as usize * self.columns + column as usize] } else { 0.0 }
        };
        let above = cell(column, row) * (1.0 - fx) + cell(column + 1, row) * fx;
        let below = cell(column, row + 1) * (1.0 - fx) + cell(column + 1, row + 1) * fx;
        above * (1.0 - fy) + below * fy
    }
}

fn block_pixels(image: &Image, block_px: usize, column: usize, row: usize) -> impl Iterator<Item = u8> {
    let width = image.width as usize;
    (row * block_px..(row + 1) * block_px).flat_map(move |y| {
        let from = y * width + column * block_px;
        image.pixels[from..from + block_px].iter().copied()
    })
}

fn ridged_blocks(image: &Image, block_px: usize, columns: usize, rows: usize) -> Vec<bool> {
    let mut ridged = Vec::with_capacity(columns * rows);
    for row in 0..rows {
        for column in 0..columns {
            let (mut sum, mut squares) = (0.0, 0.0);
            for pixel in block_pixels(image, block_px, column, row) {
                sum += f32::from(pixel);
                squares += f32::from(pixel) * f32::from(pixel);
            }
            let count = (block_px * block_px) as f32;
            let variance = squares / count - (sum / count) * (sum / count);
            ridged.push(variance > DEVIATION_MIN * DEVIATION_MIN);
        }
    }
    ridged
}

fn neighbours(at: usize, columns: usize, rows: usize) -> impl Iterator<Item = usize> {
    let (column, row) = ((at % columns) as i64, (at / columns) as i64);
    [(0, -1), (0, 1), (-1, 0), (1, 0)].into_iter().filter_map(move |(dx, dy)| {
        let (c, r) = (column + dx, row + dy);
        let inside = (0..columns as i64).contains(&c) && (0..rows as i64).contains(&r);
        inside.then(|| r as usize * columns + c as usize)
    })
}

fn dilated(bits: &[bool], columns: usize, rows: usize) -> Vec<bool> {
    (0..bits.len()).map(|at| bits[at] || neighbours(at, columns, rows).any(|n| bits[n])).collect()
}

/// Gaps of up to two blocks closed, such as creases and dry spots.
fn closed(bits: &[bool], columns: usize, rows: usize) -> Vec<bool> {
    let invert = |bits: &[bool]| bits.iter().map(|bit| !bit).collect::<Vec<_>>();
    let grown = dilated(&dilated(bits, columns, rows), columns, rows);
    let shrunk = dilated(&dilated(&invert(&grown), columns, rows), columns, rows);
    invert(&shrunk)
}

fn largest_part(bits: &[bool], columns: usize, rows: usize) -> Vec<bool> {
    let mut seen = vec![false; bits.len()];
    let mut largest: Vec<usize> = Vec::new();
    for start in 0..bits.len() {
        if !bits[start] || seen[start] {
            continue;
        }
        seen[start] = true;
        let mut part = vec![start];
        let mut next = 0;
        while next < part.len() {
            for n in neighbours(part[next], columns, rows) {
                if bits[n] && !seen[n] {
                    seen[n] = true;
                    part.push(n);
                }
            }
            next += 1;
        }
        if part.len() > largest.len() {
            largest = part;
        }
    }
    let mut kept = vec![false; bits.len()];
    for at in largest {
        kept[at] = true;
    }
    kept
}

fn bounds(bits: &[bool], columns: usize, block_px: usize) -> Option<[u32; 4]> {
    let mut bounds: Option<[usize; 4]> = None;
    for at in (0..bits.len()).filter(|&at| bits[at]) {
        let (column, row) = (at % columns, at / columns);
        let b = bounds.get_or_insert([column, row, column + 1, row + 1]);
        *b = [b[0].min(column), b[1].min(row), b[2].max(column + 1), b[3].max(row + 1)];
    }
    bounds.map(|b| b.map(|edge| (edge * block_px) as u32))
}

/// Median grey level of the blocks round the print; where there are too few, of everything outside it; else
/// white.
///
/// Round the print first, because many sensors are darker there than at the picture's rim.
fn background(image: &Image, print: &[bool], surroundings: &[bool], block_px: usize, columns: usize) -> u8 {
    let outside = |of: &[bool]| (0..print.len()).filter(|&at| of[at] && !print[at]).collect::<Vec<_>>();
    let everywhere = vec![true; print.len()];
    let mut blocks = outside(surroundings);
    if blocks.len() < RING_BLOCKS_MIN {
        blocks = outside(&everywhere);
    }
    let mut histogram = [0_u32; 256];
    let mut total = 0;
    for at in blocks {
        for pixel in block_pixels(image, block_px, at % columns, at / columns) {
            histogram[usize::from(pixel)] += 1;
            total += 1;
        }
    }
    let mut below = 0;
    for (level, count) in (0..=255_u8).zip(histogram) {
        below += count;
        if total > 0 && 2 * below >= total {
            return level.max(BACKGROUND_GREY_MIN);
        }
    }
    255
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(background: u8, stripes: [u32; 4]) -> Image {
        let (width, height) = (200, 240);
        let mut pixels = vec![background; (width * height) as usize];
        for y in stripes[1]..stripes[3] {
            for x in stripes[0]..stripes[2] {
                pixels[(y * width + x) as usize] = if (x + y) % 9 < 5 { 30 } else { background };
            }
        }
        Image { width, height, resolution_ppi: 500, pixels }
    }

    #[test]
    fn finds_box_and_background() {
        for background in [255, 205, 140] {
            let area = PrintArea::of(&picture(background, [48, 64, 152, 208])).expect("ridges");
            assert_eq!(area.bounds, [48, 64, 152, 208]);
            assert_eq!(area.background, background);
            assert!(area.weight(100.0, 100.0) > 0.99 && area.weight(10.0, 10.0) < 0.01);
        }
    }

    #[test]
    fn nothing_there_is_none() {
        assert!(PrintArea::of(&picture(255, [0, 0, 0, 0])).is_none());
        let unsound = Image { width: 200, height: 240, resolution_ppi: 500, pixels: vec![0; 7] };
        assert!(PrintArea::of(&unsound).is_none());
    }
}
