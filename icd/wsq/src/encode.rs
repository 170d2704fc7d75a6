//! From pixels to a stream, with the parameter settings of part 3 of IAFIS-IC-0110 v3.

use crate::{
    EncodeOptions,
    error::Error,
    huffman::{CodeTable, SYMBOLS},
    limits::{
        BITS_PER_PIXEL_MAX, BITS_PER_PIXEL_MIN, COMMENT_BYTES_MAX, ENCODE_SIDE_PX_MIN, PIXELS_MAX,
        SIDE_PX_MAX,
    },
    nistcom,
    parameters::{BLOCK_STARTS, HIGH_PASS_HALF, LOW_PASS_HALF},
    quantise::{self, Quantisation},
    scaled::Scaled16,
    segment::{Frame, SegmentWriter, marker},
    symbols::Block,
    transform,
    tree::Tree,
};

pub(crate) fn encode(
    pixels: &[u8],
    width: u32,
    height: u32,
    options: &EncodeOptions,
) -> Result<Vec<u8>, Error> {
    let frame = check(pixels, width, height, options)?;
    let stride = usize::from(frame.width);
    let tree = Tree::new(stride, usize::from(frame.height));
    let plane = transform::analyse(pixels, stride, &tree, frame.normalisation());
    let rate = f64::from(options.bits_per_pixel);
    let quantisation = quantise::bins_for_rate(&plane, stride, &tree, rate);
    let blocks = blocks(&plane, stride, &tree, &quantisation);

    let mut writer = SegmentWriter { bytes: Vec::with_capacity(pixels.len() / 8 + 2048) };
    writer.marker(marker::START_OF_IMAGE);
    writer.segment(marker::COMMENT, nistcom::compose(width, height, options).as_bytes());
    if let Some(comment) = &options.comment {
        writer.segment(marker::COMMENT, comment.as_bytes());
    }
    writer.filters(&LOW_PASS_HALF, &HIGH_PASS_HALF);
    writer.quantisation(&quantisation);
    writer.frame(&frame);
    write_blocks(&mut writer, 0, &blocks[..1]);
    write_blocks(&mut writer, 1, &blocks[1..]);
    writer.marker(marker::END_OF_IMAGE);
    Ok(writer.bytes)
}

/// Everything that can be wrong with the input, and the frame header if nothing is.
fn check(pixels: &[u8], width: u32, height: u32, options: &EncodeOptions) -> Result<Frame, Error> {
    let area = u64::from(width) * u64::from(height);
    let unencodable = Error::UnencodableSize {
        width,
        height,
        side_px_min: ENCODE_SIDE_PX_MIN,
        side_px_max: SIDE_PX_MAX,
        pixels_max: PIXELS_MAX,
    };
    let sides = ENCODE_SIDE_PX_MIN..=SIDE_PX_MAX;
    if !sides.contains(&width) || !sides.contains(&height) || area > PIXELS_MAX {
        return Err(unencodable);
    }
    if pixels.len() as u64 != area {
        return Err(Error::PixelCount { expected: area, found: pixels.len() as u64 });
    }
    if !(BITS_PER_PIXEL_MIN..=BITS_PER_PIXEL_MAX).contains(&options.bits_per_pixel) {
        return Err(Error::BitRate {
            bits_per_pixel: options.bits_per_pixel,
            min: BITS_PER_PIXEL_MIN,
            max: BITS_PER_PIXEL_MAX,
        });
    }
    let length = options.comment.as_ref().map_or(0, String::len);
    if length > COMMENT_BYTES_MAX {
        return Err(Error::CommentLength { length, length_max: COMMENT_BYTES_MAX });
    }
    let (Ok(width), Ok(height)) = (u16::try_from(width), u16::try_from(height)) else {
        return Err(unencodable);
    };
    let (shift, scale) = normalisation(pixels);
    Ok(Frame { width, height, shift, scale })
}

/// The mean grey level, and the scale that brings the farthest level to 128 from it (part 1).
fn normalisation(pixels: &[u8]) -> (Scaled16, Scaled16) {
    let sum: u64 = pixels.chunks(4096).map(|some| some.iter().map(|p| u64::from(*p)).sum::<u64>()).sum();
    let mean = sum as f64 / pixels.len().max(1) as f64;
    let low = f64::from(pixels.iter().copied().fold(u8::MAX, u8::min));
    let high = f64::from(pixels.iter().copied().fold(u8::MIN, u8::max));
    (Scaled16::nearest(mean), Scaled16::nearest((mean - low).max(high - mean) / 128.0))
}

/// The symbols of the three blocks.
fn blocks(plane: &[f32], stride: usize, tree: &Tree, quantisation: &Quantisation) -> [Block; 3] {
    let mut levels = vec![0; stride];
    let mut block = |index: usize| {
        let bands = BLOCK_STARTS[index]..BLOCK_STARTS[index + 1];
        let mut block = Block::with_capacity(plane.len() / 16);
        for (region, bins) in tree.bands[bands.clone()].iter().zip(&quantisation.bins[bands]) {
            if !bins.is_coded() {
                continue;
            }
            for y in region.y..region.y + region.height {
                let row = &plane[y * stride + region.x..][..region.width];
                let levels = &mut levels[..region.width];
                quantise::quantise_row(row, bins, levels);
                block.extend(levels);
            }
        }
        block.end_run();
        block
    };
    [block(0), block(1), block(2)]
}

/// Writes blocks that share one code table, and the table before them.
fn write_blocks(writer: &mut SegmentWriter, place: u8, blocks: &[Block]) {
    let mut counts = [0; SYMBOLS];
    blocks.iter().for_each(|block| block.count(&mut counts));
    let table = CodeTable::for_counts(&counts);
    let codes = table.codes();
    writer.code_table(place, &table);
    for block in blocks {
        writer.segment(marker::BLOCK, &[place]);
        block.write(&codes, &mut writer.bytes);
    }
}
