//! From the bytes of one image transfer to a grey image.
//!
//! Layout: a header of 64 bytes (number of lines, key number, up to 15 blocks with flags and line counts), then rows of
//! 384 pixels. Some firmware scrambles blocks with a shift register; the flags do not say whether this image is, so it
//! is judged by its noise. It is obfuscation, not confidentiality. Ridges come light; here they leave dark.
//!
//! Invariants: no byte sequence makes it panic or read outside; a transfer that is too short is told apart from one
//! that makes no sense.

use matcher::Image;

use crate::parameters::{URU_NOISE_LINES, URU_NOISE_STEP_MIN, URU_RESOLUTION_PPI};

/// Pixels per row.
pub(super) const WIDTH: usize = 384;
/// The number of lines is below this.
pub(super) const LINES_LIMIT: usize = 290;
/// Bytes before the first row.
pub(super) const HEADER: usize = 64;
/// Longest transfer.
pub(super) const TRANSFER_MAX: usize = HEADER + LINES_LIMIT * WIDTH;

const BLOCKS: usize = 15;
const BLOCKS_AT: usize = 16;
/// The block's lines are not in the transfer.
const NOT_PRESENT: u8 = 0x01;
/// The block is scrambled.
const SCRAMBLED: u8 = 0x02;
/// The block leaves the key as it is.
const KEEPS_KEY: u8 = 0x04;
/// A new key applies from this block.
const NEW_KEY: u8 = 0x80;

/// Why a transfer is no image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// Fewer bytes than the header announces: ask for the image again.
    Short,
    /// The header makes no sense.
    Header,
}

/// One image transfer, as it came.
pub(super) struct Transfer {
    key_number: u8,
    blocks: Vec<(u8, usize)>,
    rows: Vec<u8>,
}

impl Transfer {
    /// Reads the header and takes the rows.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Flaw> {
        let header = bytes.get(..HEADER).ok_or(Flaw::Short)?;
        let lines = match header.get(4..6) {
            Some([low, high]) => usize::from(u16::from_le_bytes([*low, *high])),
            _ => return Err(Flaw::Short),
        };
        if lines == 0 || lines >= LINES_LIMIT {
            return Err(Flaw::Header);
        }
        let rows = bytes.get(HEADER..HEADER + lines * WIDTH).ok_or(Flaw::Short)?.to_vec();
        let pairs = header.get(BLOCKS_AT..BLOCKS_AT + 2 * BLOCKS).unwrap_or(&[]).chunks_exact(2);
        let blocks = pairs.filter_map(|pair| match pair {
            [flags, count] => Some((*flags, usize::from(*count))),
            _ => None,
        });
        let key_number = header.get(6).copied().unwrap_or(0);
        Ok(Self { key_number, blocks: blocks.take_while(|(_, count)| *count > 0).collect(), rows })
    }

    /// Whether the pixels look scrambled: neighbours of a print differ little, those of noise much.
    pub(super) fn is_scrambled(&self) -> bool {
        let sample = self.rows.get(..(WIDTH * URU_NOISE_LINES).min(self.rows.len())).unwrap_or(&[]);
        let steps = sample.windows(2).map(|pair| match pair {
            [a, b] => u64::from(a.abs_diff(*b)),
            _ => 0,
        });
        let sum: u64 = steps.sum();
        sum > URU_NOISE_STEP_MIN * sample.len() as u64
    }

    /// Undoes the scrambling. `exchange` gives the key for a key number and may ask the reader for it.
    pub(super) fn unscramble<E>(&mut self, mut exchange: impl FnMut(u8) -> Result<u32, E>) -> Result<(), E> {
        let mut number = self.key_number;
        let mut key = exchange(number)?;
        let mut line = 0;
        for (flags, count) in self.blocks.clone() {
            if flags & NEW_KEY != 0 {
                number = number.wrapping_add(1);
                key = exchange(number)?;
            }
            if flags & NOT_PRESENT != 0 {
                continue;
            }
            let end = (line + count) * WIDTH;
            let length = self.rows.len();
            let block = self.rows.get_mut((line * WIDTH).min(length)..end.min(length)).unwrap_or(&mut []);
            match flags & (SCRAMBLED | KEEPS_KEY) {
                SCRAMBLED => key = unscramble_block(block, key),
                0 => key = (0..block.len()).fold(key, |key, _| step(key)),
                _ => {}
            }
            line += count;
        }
        Ok(())
    }

    /// The image with dark ridges; `turned` for readers whose images come by half a turn.
    pub(super) fn into_image(self, turned: bool) -> Image {
        let mut pixels: Vec<u8> = self.rows.iter().map(|light| u8::MAX - light).collect();
        if turned {
            pixels.reverse();
        }
        let height = (pixels.len() / WIDTH) as u32;
        Image { width: WIDTH as u32, height, resolution_ppi: URU_RESOLUTION_PPI, pixels }
    }
}

/// Undoes one block; its last byte is lost in the format. Returns the key after it.
fn unscramble_block(block: &mut [u8], mut key: u32) -> u32 {
    for at in 0..block.len() {
        let next = block.get(at + 1).copied();
        if let Some(pixel) = block.get_mut(at) {
            *pixel = next.map_or(0, |next| next ^ mask(key));
        }
        key = step(key);
    }
    key
}

/// The mask for one byte: eight bits of the key.
pub(super) fn mask(key: u32) -> u8 {
    let taps = [4, 8, 11, 14, 18, 21, 24, 29];
    taps.iter().enumerate().fold(0, |mask, (bit, tap)| mask | ((((key >> tap) & 1) as u8) << bit))
}

/// The next state of the shift register.
pub(super) fn step(key: u32) -> u32 {
    let parity = (key & 0x9248_144d).count_ones() & 1;
    (key >> 1) | (parity << 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn transfer(lines: u16, blocks: &[(u8, u8)], rows: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; HEADER];
        bytes[4..6].copy_from_slice(&lines.to_le_bytes());
        bytes[6] = 7;
        for (at, (flags, count)) in blocks.iter().enumerate() {
            bytes[BLOCKS_AT + 2 * at] = *flags;
            bytes[BLOCKS_AT + 2 * at + 1] = *count;
        }
        bytes.extend_from_slice(rows);
        bytes
    }

    #[test]
    fn headers_that_make_no_sense_and_short_transfers_are_told_apart() {
        let check = |bytes: &[u8], expect: Option<Flaw>| assert_eq!(Transfer::parse(bytes).err(), expect);
        check(&[], Some(Flaw::Short));
        check(&[0; HEADER], Some(Flaw::Header));
        check(&transfer(290, &[], &[]), Some(Flaw::Header));
        check(&transfer(2, &[(0, 2)], &[0; WIDTH]), Some(Flaw::Short));
        check(&transfer(2, &[(0, 2)], &[0; 2 * WIDTH]), None);
    }

    #[test]
    fn light_ridges_become_dark_and_a_turned_image_is_turned_back() {
        let mut rows = vec![0; 2 * WIDTH];
        rows[0] = 255;
        let image = |turned| Transfer::parse(&transfer(2, &[], &rows)).ok().map(|it| it.into_image(turned));
        let upright = image(false).expect("an image");
        assert_eq!((upright.width, upright.height, upright.pixels[0], upright.pixels[1]), (384, 2, 0, 255));
        assert_eq!(image(true).expect("an image").pixels.last(), Some(&0));
    }

    #[test]
    fn absent_blocks_take_no_rows_and_new_keys_are_asked_for_by_number() {
        let rows = vec![0x55; 3 * WIDTH];
        let bytes =
            transfer(3, &[(SCRAMBLED, 1), (NOT_PRESENT | SCRAMBLED, 9), (NEW_KEY | SCRAMBLED, 2)], &rows);
        let Ok(mut transfer) = Transfer::parse(&bytes) else { panic!("a transfer is refused") };
        let mut asked = Vec::new();
        transfer
            .unscramble(|number| {
                asked.push(number);
                Ok::<_, ()>(0)
            })
            .expect("keys are given");
        assert_eq!(asked, [7, 8]);
        // A key of zero masks nothing, so only the last byte of each present block is lost.
        let lost: Vec<usize> = (0..rows.len()).filter(|at| transfer.rows[*at] != 0x55).collect();
        assert_eq!(lost, [WIDTH - 1, 3 * WIDTH - 1]);
    }

    #[test]
    fn the_shift_register_does_not_repeat_early() {
        let mut key = 1;
        for _ in 0..200_000 {
            key = step(key);
            assert_ne!(key, 1);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..3_000), key in any::<u32>()) {
            if let Ok(mut transfer) = Transfer::parse(&bytes) {
                let _ = transfer.is_scrambled();
                let unscrambled = transfer.unscramble(|_| Ok::<_, ()>(key));
                prop_assert!(unscrambled.is_ok());
                let image = transfer.into_image(false);
                prop_assert_eq!(image.pixels.len(), WIDTH * image.height as usize);
            }
        }
    }
}
