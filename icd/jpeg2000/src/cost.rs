//! What a picture would cost to decode, from its markers alone.
//!
//! A few kilobytes may ask for millions of code-blocks or precincts; a decoder lays all of them out before it reads the first
//! coded byte. So the pieces are counted first, from above, and so is the picture's size against the file's length.
//!
//! Invariant: what passes has one codestream, and no tile-part header changes how its tile is coded. Left out on purpose:
//! coding styles of single tiles (A.6.1, second use); nobody sends them in a print or a portrait.
//! Clauses: ISO/IEC 15444-1, A.4.2, A.6.1, A.6.2, B.6, B.7.

use crate::limits;

/// Why a picture is not decoded; `Ok` when it may be. `codestream` has passed `header`.
pub(super) fn check(codestream: &[u8]) -> Result<(), &'static str> {
    const UNREADABLE: &str = "its JPEG 2000 markers are not readable";
    let (pieces, tile_parts) = main_header(codestream).ok_or(UNREADABLE)?;
    if pieces > limits::PIECES_MAX {
        return Err("it is cut into more pieces than any picture needs");
    }
    let pixels = u64::from(number(codestream, 8).ok_or(UNREADABLE)?)
        * u64::from(number(codestream, 12).ok_or(UNREADABLE)?);
    let covered = u64::try_from(codestream.len()).unwrap_or(u64::MAX);
    if pixels
        > limits::PIXELS_ANY_LENGTH_MAX.saturating_add(covered.saturating_mul(limits::PIXELS_PER_BYTE_MAX))
    {
        return Err("it is far too short for so many pixels");
    }
    if plain_tile_parts(tile_parts) { Ok(()) } else { Err("a tile of it is coded in a way of its own") }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// The most pieces that a coding style of the main header asks for, and what begins at the first tile-part.
fn main_header(codestream: &[u8]) -> Option<(u64, &[u8])> {
    const SIZE_AT: usize = 2;
    let mut at = SIZE_AT;
    loop {
        match short(codestream, at)? {
            0xFF90 => break,
            // These have no length.
            0xFF30..=0xFF3F => at += 2,
            _ => at += 2 + usize::from(short(codestream, at + 2)?.max(2)),
        }
    }
    let (head, tile_parts) = codestream.split_at_checked(at)?;
    let grid = |side: usize, tile: usize| {
        let (side, tile) = (u64::from(number(head, side)?), u64::from(number(head, tile)?));
        Some((tile.min(side), side.div_ceil(tile.max(1))))
    };
    let ((width, columns), (height, rows)) = (grid(8, 24)?, grid(12, 28)?);
    let components = u64::from(short(head, 40)?);
    let mut most = 0;
    // At any offset, because a reader may find a segment's end elsewhere than its length says.
    for (at, pair) in head.windows(2).enumerate().skip(SIZE_AT) {
        let (flags, style) = match pair {
            [0xFF, 0x52] => (at + 4, at + 9),
            [0xFF, 0x53] if components < 257 => (at + 5, at + 6),
            [0xFF, 0x53] => (at + 6, at + 7),
            _ => continue,
        };
        let precincts_given = head.get(flags)? & 1 == 1;
        most = most.max(pieces_of_tile(head, style, precincts_given, width, height)?);
    }
    Some((most.saturating_mul(columns * rows).saturating_mul(components), tile_parts))
}

/// Precincts and code-blocks of one component of one tile, counted from above: a span may touch one cell more than it fills.
fn pieces_of_tile(head: &[u8], style: usize, precincts_given: bool, width: u64, height: u64) -> Option<u64> {
    let cells = |side: u64, exponent: u8| (side >> exponent) + 2;
    let levels = *head.get(style)?;
    let (block_x, block_y) = (head.get(style + 1)?.checked_add(2)?, head.get(style + 2)?.checked_add(2)?);
    if levels > 32 || block_x > 10 || block_y > 10 {
        return None;
    }
    let mut pieces = 0_u64;
    for resolution in 0..=levels {
        let sizes = if precincts_given { *head.get(style + 5 + usize::from(resolution))? } else { 0xFF };
        let (precinct_x, precinct_y) = (sizes & 0x0F, sizes >> 4);
        let side = |full: u64| (full >> (levels - resolution)) + 1;
        let (wide, high) = (side(width), side(height));
        let (bands, half) = if resolution == 0 { (1, 0) } else { (3, 1) };
        let band_x = block_x.min(precinct_x.saturating_sub(half));
        let band_y = block_y.min(precinct_y.saturating_sub(half));
        let blocks = bands * cells((wide >> half) + 1, band_x) * cells((high >> half) + 1, band_y);
        pieces += blocks + cells(wide, precinct_x) * cells(high, precinct_y);
    }
    Some(pieces)
}

/// Whether each tile-part goes to its data without changing how its tile is coded.
fn plain_tile_parts(mut rest: &[u8]) -> bool {
    while short(rest, 0) == Some(0xFF90) {
        let mut at = 12;
        loop {
            match short(rest, at) {
                Some(0xFF93) => break,
                // Packet lengths, packed packet headers, comments.
                Some(0xFF58 | 0xFF61 | 0xFF64) => {
                    let Some(length) = short(rest, at + 2) else { return false };
                    at += 2 + usize::from(length.max(2));
                }
                _ => return false,
            }
        }
        rest = match number(rest, 6).and_then(|length| usize::try_from(length).ok()) {
            // Zero: to the end.
            Some(0) => return true,
            Some(length) => rest.get(length.max(at)..).unwrap_or_default(),
            None => return false,
        };
    }
    true
}
