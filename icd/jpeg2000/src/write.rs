//! From pixels to a JPEG 2000 file: levels, colour, wavelet, quantiser, blocks, one quality layer, markers and boxes.
//!
//! One tile, code-blocks of 64 x 64, five decompositions at most. Without loss every pass is kept; at a ratio, each block
//! is cut where one byte more would remove too little error, the same limit for all blocks, so that the file comes as near
//! to the asked size as whole passes allow and never above it.
//! Clauses: ISO/IEC 15444-1, A (markers), E (quantiser), G (colour), I (boxes), J.14 (rate control).

use super::block::{Band, Block, Cut, SIDE};
use super::packet::{self, BandPart, Contribution};
use super::wavelet;

/// One colour or grey channel after its transform.
enum Plane {
    Whole(Vec<i32>),
    Real(Vec<f32>),
}

/// What the pixels are.
pub(super) struct Picture<'p> {
    pub(super) width: usize,
    pub(super) height: usize,
    /// 1 grey, 3 colour, one after the other.
    pub(super) components: usize,
    pub(super) samples: &'p [u8],
}

/// A band of one channel and its coded blocks.
struct Coded {
    band: Band,
    resolution: usize,
    component: usize,
    columns: usize,
    rows: usize,
    /// Bit planes the header announces for this band.
    planes: u32,
    /// Squared error of one step of the quantiser, as it shows in the picture.
    weight: f64,
    blocks: Vec<CodedBlock>,
}

struct CodedBlock {
    block: Block,
    stream: Vec<u8>,
    cuts: Vec<Cut>,
}

/// The codestream; `bytes_max` asks for a size, its absence for no loss.
pub(super) fn codestream(picture: &Picture<'_>, bytes_max: Option<usize>) -> Vec<u8> {
    let lossless = bytes_max.is_none();
    let levels = picture.width.min(picture.height).ilog2().min(LEVELS_MAX);
    let levels = usize::try_from(levels).unwrap_or(0);
    let mut bands = Vec::new();
    for (component, mut plane) in planes(picture, lossless).into_iter().enumerate() {
        match &mut plane {
            Plane::Whole(samples) => wavelet::forward(samples, picture.width, picture.height, levels),
            Plane::Real(samples) => wavelet::forward(samples, picture.width, picture.height, levels),
        }
        bands_of(picture, &plane, component, levels, &mut bands);
    }
    let head = main_header(picture, levels, lossless);
    let around = head.len() + TILE_HEADER_BYTES + 2;
    let limit = bytes_max.map(|bytes| limit(&bands, levels, bytes.saturating_sub(around)));
    let body = packets(&mut bands, levels, limit);
    let mut out = head;
    let tile_bytes = u32::try_from(body.len() + TILE_HEADER_BYTES).unwrap_or(0);
    // SOT: tile 0, its length, part 0 of 1; then the start of data.
    out.extend_from_slice(&[0xFF, 0x90, 0, 10, 0, 0]);
    out.extend_from_slice(&tile_bytes.to_be_bytes());
    out.extend_from_slice(&[0, 1, 0xFF, 0x93]);
    out.extend_from_slice(&body);
    out.extend_from_slice(&[0xFF, 0xD9]);
    out
}

/// The boxes of a JP2 file around a codestream, with the capture resolution where it is known.
pub(super) fn boxed(picture: &Picture<'_>, resolution_ppi: Option<u16>, codestream: &[u8]) -> Vec<u8> {
    let side = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX).to_be_bytes();
    let channels = if picture.components == 1 { 1 } else { 3 };
    let size = [&side(picture.height)[..], &side(picture.width), &[0, channels, 7, 7, 0, 0]].concat();
    // Enumerated colour space: 17 grey, 16 sRGB.
    let colour = [1, 0, 0, 0, 0, 0, if picture.components == 1 { 17 } else { 16 }];
    let mut heads = [one_box(b"ihdr", &size), one_box(b"colr", &colour)].concat();
    if let Some(ppi) = resolution_ppi {
        // Pixels per metre as numerator, denominator and exponent, vertical before horizontal: ppi / 2.54 * 100.
        let [high, low] = ppi.to_be_bytes();
        let figure = [high, low, 0, 254, high, low, 0, 254, 4, 4];
        heads.extend_from_slice(&one_box(b"res ", &one_box(b"resc", &figure)));
    }
    let signature = one_box(b"jP  ", &[0x0D, 0x0A, 0x87, 0x0A]);
    let kind = one_box(b"ftyp", b"jp2 \0\0\0\0jp2 ");
    [signature, kind, one_box(b"jp2h", &heads), one_box(b"jp2c", codestream)].concat()
}

fn one_box(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 8).unwrap_or(0);
    [&length.to_be_bytes(), &kind[..], content].concat()
}

/// Level shift and colour transform (G.1 to G.3).
fn planes(picture: &Picture<'_>, lossless: bool) -> Vec<Plane> {
    let channel = |first: usize| picture.samples.iter().skip(first).step_by(picture.components);
    let pixels = || channel(0).zip(channel(1)).zip(channel(2));
    let whole = |sample: &u8| i32::from(*sample) - 128;
    let real = |sample: &u8| f32::from(*sample) - 128.0;
    if picture.components == 1 {
        return vec![match lossless {
            true => Plane::Whole(channel(0).map(whole).collect()),
            false => Plane::Real(channel(0).map(real).collect()),
        }];
    }
    if lossless {
        let made = |mix: fn(i32, i32, i32) -> i32| {
            Plane::Whole(pixels().map(|((r, g), b)| mix(whole(r), whole(g), whole(b))).collect())
        };
        return vec![made(|r, g, b| (r + 2 * g + b) >> 2), made(|_, g, b| b - g), made(|r, g, _| r - g)];
    }
    let made = |mix: fn(f32, f32, f32) -> f32| {
        Plane::Real(pixels().map(|((r, g), b)| mix(real(r), real(g), real(b))).collect())
    };
    vec![
        made(|r, g, b| 0.299 * r + 0.587 * g + 0.114 * b),
        made(|r, g, b| -0.168_736 * r - 0.331_264 * g + 0.5 * b),
        made(|r, g, b| 0.5 * r - 0.418_688 * g - 0.081_312 * b),
    ]
}

/// Cuts one channel into bands and blocks and codes them.
fn bands_of(picture: &Picture<'_>, plane: &Plane, component: usize, levels: usize, out: &mut Vec<Coded>) {
    for resolution in 0..=levels {
        let level = if resolution == 0 { levels } else { levels - resolution + 1 };
        let size = |side: usize, halvings: usize| (0..halvings).fold(side, |side, _| side.div_ceil(2));
        let (low_width, low_height) = (size(picture.width, level), size(picture.height, level));
        let upper = level.saturating_sub(1);
        let (high_width, high_height) =
            (size(picture.width, upper) - low_width, size(picture.height, upper) - low_height);
        let parts = [
            (Band::LowLow, 0, 0, low_width, low_height),
            (Band::HighLow, low_width, 0, high_width, low_height),
            (Band::LowHigh, 0, low_height, low_width, high_height),
            (Band::HighHigh, low_width, low_height, high_width, high_height),
        ];
        for (band, left, top, width, height) in parts {
            if (band == Band::LowLow) != (resolution == 0) {
                continue;
            }
            let lossless = matches!(plane, Plane::Whole(_));
            let step = Step::of(band, level, lossless);
            let colour = if picture.components == 3 { COLOUR_WEIGHTS[component] } else { 1.0 };
            let mut coded = Coded {
                band,
                resolution,
                component,
                columns: width.div_ceil(SIDE),
                rows: height.div_ceil(SIDE),
                planes: step.planes(),
                weight: (step.size() * step.norm * colour).powi(2),
                blocks: Vec::new(),
            };
            for y in (0..height).step_by(SIDE) {
                for x in (0..width).step_by(SIDE) {
                    let (wide, high) = (SIDE.min(width - x), SIDE.min(height - y));
                    let corner = (top + y) * picture.width + left + x;
                    let block = cut_out(plane, picture.width, corner, wide, high, step.size());
                    let (stream, cuts) = block.encode(band, usize::MAX);
                    coded.blocks.push(CodedBlock { block, stream, cuts });
                }
            }
            out.push(coded);
        }
    }
}

/// The quantised numbers of one block (E.2): magnitudes are cut off, so that the middle step is twice as wide.
fn cut_out(plane: &Plane, stride: usize, corner: usize, wide: usize, high: usize, step: f64) -> Block {
    let places = (0..high).flat_map(|row| (0..wide).map(move |column| corner + row * stride + column));
    match plane {
        Plane::Whole(samples) => {
            Block::new(wide, places.map(|at| (samples[at].unsigned_abs(), samples[at] < 0)))
        }
        Plane::Real(samples) => Block::new(
            wide,
            places.map(|at| {
                // Within 2^18 by the transform's gain, so that the cast only cuts the fraction off.
                let steps = f64::from(samples[at].abs()) / step;
                (steps as u32, samples[at] < 0.0)
            }),
        ),
    }
}

/// A band's quantiser, as the header says it.
struct Step {
    exponent: u32,
    mantissa: u32,
    /// Bits of the band's range: those of the picture and the gain of the filters (E.1.1).
    range: u32,
    /// How much an error of one in this band weighs in the picture.
    norm: f64,
    lossless: bool,
}

impl Step {
    fn of(band: Band, level: usize, lossless: bool) -> Self {
        let norms = if lossless { &NORMS_5_3 } else { &NORMS_9_7 };
        let (low, high) = (norms.0[level.min(5)], norms.1[level.clamp(1, 5) - 1]);
        let (gain, norm) = match band {
            Band::LowLow => (0, low * low),
            Band::HighLow | Band::LowHigh => (1, low * high),
            Band::HighHigh => (2, high * high),
        };
        let range = 8 + gain;
        if lossless {
            return Self { exponent: range, mantissa: 0, range, norm, lossless };
        }
        let wanted = FINEST_ERROR / norm;
        let power = wanted.log2().floor();
        let mantissa = ((wanted / power.exp2() - 1.0) * 2048.0).clamp(0.0, 2047.0) as u32;
        // The finest step is far below one, so that the exponent stays positive.
        let exponent = (f64::from(range) - power) as u32;
        Self { exponent, mantissa, range, norm, lossless }
    }

    fn size(&self) -> f64 {
        if self.lossless {
            return 1.0;
        }
        (f64::from(self.range) - f64::from(self.exponent)).exp2() * (1.0 + f64::from(self.mantissa) / 2048.0)
    }

    fn planes(&self) -> u32 {
        GUARD_BITS + self.exponent - 1
    }
}

/// The packets of all resolutions. `limit` is the least error a byte must remove; without it everything is kept.
fn packets(bands: &mut [Coded], levels: usize, limit: Option<f64>) -> Vec<u8> {
    let mut streams: Vec<Vec<Vec<u8>>> = Vec::with_capacity(bands.len());
    for coded in bands.iter_mut() {
        let (band, weight) = (coded.band, coded.weight);
        let cut = |block: &mut CodedBlock| {
            if let Some(limit) = limit {
                let passes = passes_kept(&block.cuts, weight, limit);
                if passes < block.cuts.len() {
                    (block.stream, block.cuts) = block.block.encode(band, passes);
                }
            }
            std::mem::take(&mut block.stream)
        };
        streams.push(coded.blocks.iter_mut().map(cut).collect());
    }
    let components = bands.iter().map(|coded| coded.component + 1).max().unwrap_or(1);
    let mut out = Vec::new();
    for resolution in 0..=levels {
        for component in 0..components {
            let here = |coded: &Coded| coded.resolution == resolution && coded.component == component;
            let chosen = || bands.iter().zip(&streams).filter(|(coded, _)| here(coded));
            let parts: Vec<BandPart> = chosen()
                .map(|(coded, streams)| {
                    part(coded, |index| (coded.blocks[index].cuts.len(), streams[index].len()))
                })
                .collect();
            out.extend_from_slice(&packet::header(&parts));
            for (coded, streams) in chosen() {
                for (block, stream) in coded.blocks.iter().zip(streams) {
                    if !block.cuts.is_empty() {
                        out.extend_from_slice(stream);
                    }
                }
            }
        }
    }
    out
}

/// What a packet's header says of a band, from passes and bytes of each of its blocks.
fn part(coded: &Coded, of_block: impl Fn(usize) -> (usize, usize)) -> BandPart {
    let blocks = coded.blocks.iter().enumerate().map(|(index, one)| {
        let (passes, length_bytes) = of_block(index);
        Contribution { empty_planes: coded.planes.saturating_sub(one.block.planes()), passes, length_bytes }
    });
    BandPart { columns: coded.columns, rows: coded.rows, blocks: blocks.collect() }
}

/// The least error per byte at which everything fits into `bytes_max`, by halving on a scale of powers.
fn limit(bands: &[Coded], levels: usize, bytes_max: usize) -> f64 {
    let (mut fits, mut too_much) = (60.0_f64, -30.0_f64);
    for _ in 0..LIMIT_STEPS {
        let middle = f64::midpoint(fits, too_much);
        if size_at(bands, levels, middle.exp2()) <= bytes_max {
            fits = middle;
        } else {
            too_much = middle;
        }
    }
    fits.exp2()
}

fn size_at(bands: &[Coded], levels: usize, limit: f64) -> usize {
    let mut bytes = 0;
    for resolution in 0..=levels {
        for component in 0..3 {
            let chosen = bands.iter().filter(|c| c.resolution == resolution && c.component == component);
            let mut parts = Vec::new();
            for coded in chosen {
                let sizes: Vec<(usize, usize)> = coded
                    .blocks
                    .iter()
                    .map(|block| {
                        let passes = passes_kept(&block.cuts, coded.weight, limit);
                        let length = passes.checked_sub(1).map_or(0, |last| block.cuts[last].length_bytes);
                        (passes, length)
                    })
                    .collect();
                bytes += sizes.iter().map(|(_, length)| length).sum::<usize>();
                parts.push(part(coded, |index| sizes[index]));
            }
            if !parts.is_empty() {
                bytes += packet::header(&parts).len();
            }
        }
    }
    bytes
}

/// Passes up to the last one that is worth its bytes. From each kept cut the best of the later ones is looked for, so
/// that a poor pass before a good one is no obstacle.
fn passes_kept(cuts: &[Cut], weight: f64, limit: f64) -> usize {
    let (mut kept, mut length, mut gain) = (0, 0, 0.0);
    for (index, cut) in cuts.iter().enumerate() {
        let bytes = f64::from(u32::try_from(cut.length_bytes - length).unwrap_or(u32::MAX));
        if (cut.gain - gain) * weight >= limit * bytes.max(0.5) {
            (kept, length, gain) = (index + 1, cut.length_bytes, cut.gain);
        }
    }
    kept
}

/// SOC, SIZ, COD and QCD.
fn main_header(picture: &Picture<'_>, levels: usize, lossless: bool) -> Vec<u8> {
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX).to_be_bytes();
    let small = |value: usize| u16::try_from(value).unwrap_or(u16::MAX).to_be_bytes();
    let byte = |value: usize| u8::try_from(value).unwrap_or(u8::MAX);
    let mut out = vec![0xFF, 0x4F, 0xFF, 0x51];
    out.extend_from_slice(&small(38 + 3 * picture.components));
    out.extend_from_slice(&[0, 0]);
    // Reference grid and its offset, then one tile of the same size.
    for _ in 0..2 {
        out.extend_from_slice(&number(picture.width));
        out.extend_from_slice(&number(picture.height));
        out.extend_from_slice(&[0; 8]);
    }
    out.extend_from_slice(&small(picture.components));
    for _ in 0..picture.components {
        out.extend_from_slice(&[7, 1, 1]);
    }
    // One layer, resolution after resolution; code-blocks of 2^(4+2); filter 0 is 9-7, 1 is 5-3.
    let colours = u8::from(picture.components == 3);
    out.extend_from_slice(&[
        0xFF,
        0x52,
        0,
        12,
        0,
        0,
        0,
        1,
        colours,
        byte(levels),
        4,
        4,
        0,
        u8::from(lossless),
    ]);
    let mut steps = vec![Step::of(Band::LowLow, levels, lossless)];
    for level in (1..=levels).rev() {
        steps.extend(
            [Band::HighLow, Band::LowHigh, Band::HighHigh].map(|band| Step::of(band, level, lossless)),
        );
    }
    out.extend_from_slice(&[0xFF, 0x5C]);
    out.extend_from_slice(&small(3 + steps.len() * if lossless { 1 } else { 2 }));
    out.push(byte(usize::try_from(GUARD_BITS << 5).unwrap_or(0)) | if lossless { 0 } else { 2 });
    for step in steps {
        let figure = step.exponent << 11 | step.mantissa;
        let [high, low] = u16::try_from(figure).unwrap_or(u16::MAX).to_be_bytes();
        out.push(high);
        if !lossless {
            out.push(low);
        }
    }
    out
}

/// Most decompositions.
const LEVELS_MAX: u32 = 5;

/// Room above the nominal range of a band.
const GUARD_BITS: u32 = 2;

/// SOT and SOD.
const TILE_HEADER_BYTES: usize = 14;

/// Halvings of the search for a limit: its last step changes a file by less than one pass.
const LIMIT_STEPS: usize = 40;

/// Error in the picture, in grey levels, of the finest step that is coded. Ours: below half a grey level no more can be
/// seen, and finer steps only take time.
const FINEST_ERROR: f64 = 0.25;

/// How much an error of one weighs in red, green and blue together, per channel of the irreversible colour transform:
/// the root of the sum of squares of its inverse's columns.
const COLOUR_WEIGHTS: [f64; 3] = [1.732, 1.805, 1.573];

/// Norms of the synthesis filters per level, low-pass and high-pass: the root of the sum of squares of what one sample of
/// the band becomes in a line. Computed from the lifting steps of Annex F.
const NORMS_5_3: ([f64; 6], [f64; 5]) =
    ([1.0, 1.2247, 1.6583, 2.3184, 3.2692, 4.6199], [0.8478, 0.9601, 1.2593, 1.7444, 2.4539]);
const NORMS_9_7: ([f64; 6], [f64; 5]) =
    ([1.0, 1.4021, 2.0304, 2.9012, 4.1153, 5.8245], [0.7213, 0.9835, 1.442, 2.0738, 2.9473]);
