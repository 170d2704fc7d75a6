//! Numbers the specification fixes (IAFIS-IC-0110 v3) and the few we chose, each with its source.

/// Sub-bands of the decomposition tree (part 1, figure of the two-dimensional sub-bands).
pub(crate) const SUBBANDS: usize = 64;
/// Sub-bands the encoder codes; the four of the highest diagonal quarter are always dropped (part 3).
pub(crate) const SUBBANDS_CODED: usize = 60;
/// First sub-band of each of the three coded blocks, and the end of the last (part 3).
pub(crate) const BLOCK_STARTS: [usize; 4] = [0, 19, 52, SUBBANDS_CODED];

/// Right half of the 9-tap low-pass analysis filter, from the centre (part 3).
pub(crate) const LOW_PASS_HALF: [f64; 5] = [
    0.852_698_679_009_404,
    0.377_402_855_612_654,
    -0.110_624_404_418_423,
    -0.023_849_465_019_380,
    0.037_828_455_506_995,
];
/// Right half of the 7-tap high-pass analysis filter, from the centre (part 3).
pub(crate) const HIGH_PASS_HALF: [f64; 4] =
    [0.788_485_616_405_664, -0.418_092_273_222_212, -0.040_689_417_609_558, 0.064_538_882_628_938];
/// How far transmitted taps may lie from the two above and still count as the same filter. Encoders
/// that computed the taps in single precision differ by up to 5e-7; a pixel then moves by under 1/1000.
pub(crate) const FILTER_TOLERANCE: f64 = 2e-6;
/// Largest tap that is believed; real filters of this kind stay under 2.
pub(crate) const FILTER_TAP_MAX: f64 = 16.0;

/// The same filter pair factored into four lifting steps and a scale
/// (Daubechies and Sweldens, Factoring Wavelet Transforms into Lifting Steps, 1998, section 7.7).
pub(crate) const LIFT: [f32; 4] = [-1.586_134_3, -0.052_980_118, 0.882_911_1, 0.443_506_85];
/// Scale of the low-pass output of the lifting steps; the high-pass output is divided by it.
pub(crate) const LIFT_SCALE: f32 = 1.149_604_4;

/// Where in its bin a coefficient is rebuilt, as written into the quantisation table (part 3).
pub(crate) const BIN_CENTRE: f64 = 0.44;
/// Width of the zero bin over the width of the others (part 3).
pub(crate) const ZERO_BIN_RATIO: f64 = 1.2;
/// A sub-band whose variance is below this is not coded (part 3).
pub(crate) const VARIANCE_MIN: f64 = 1.01;
/// When the four lowest sub-bands together vary less than this in the middle of the picture, variances
/// are taken over whole sub-bands instead of the middle. Not in the text; the reference software does it
/// so, and its bit rates are what callers expect.
pub(crate) const VARIANCE_LOW_SUM_MIN: f64 = 20_000.0;
/// Loading factor of the uniform quantiser: bins cover this many standard deviations each side (part 3).
pub(crate) const LOADING: f64 = 2.5;
/// Narrowest bin. A picture with almost no texture would otherwise be asked to spend its whole budget on
/// rounding noise, with bins too narrow for 16-bit coefficients. At 1/8 an 8-bit picture is near lossless.
pub(crate) const BIN_WIDTH_MIN: f64 = 0.125;

/// Relative weight of the sub-bands 52 to 59 in the bin width rule; all others weigh 1 (part 3).
pub(crate) const BAND_WEIGHTS_52: [f64; 8] = [1.32, 1.08, 1.42, 1.08, 1.32, 1.42, 1.08, 1.08];

/// Software identification written into the frame header. 0 = none registered.
pub(crate) const SOFTWARE_ID: u16 = 0;
/// Encoder number of part 3 whose parameters we follow, as other encoders of its streams write it.
pub(crate) const ENCODER_ID: u8 = 2;
