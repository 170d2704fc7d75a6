//! Every tuned number of this crate, with where it comes from.

/// Product of our own quality figure, as field 14.024 names it beside vendor `FFFF`. A change of its scale is another product:
/// the field has no room for a version. Product 1 was a weighted sum and is gone.
pub const QUALITY_PRODUCT_ID: u16 = 2;

/// Ridge area under which nothing is extracted, in mm².
pub const EXTRACT_AREA_MM2_MIN: u32 = 12;
/// Fewest minutiae of a usable template.
pub const MINUTIAE_MIN: usize = 3;

/// Fused log10 likelihood ratio from which on two sets of prints are taken for one person's. Ten FVC fingers on left-out
/// folds: genuine from 33.6, impostors up to -9.0 (`docs/reference/matcher.md`).
pub const FUSED_LLR_LOG10_MATCH_MIN: f32 = 6.0;
/// Least a single finger adds to a fused score.
pub const FINGER_LLR_LOG10_MIN: f32 = -1.5;
/// Most a single finger adds to a fused score.
pub const FINGER_LLR_LOG10_MAX: f32 = 6.0;
/// log10 likelihood ratio from which on two positions are said to show the same finger. Higher than for one comparison:
/// ten fingers make 45 pairs, a person's own fingers resemble each other (5.5 was seen between the index fingers of a
/// synthetic twelve-year-old), and the same finger taken twice in one session reaches the ratio's cap of 8.
pub const SEQUENCE_LLR_LOG10_MIN: f32 = 7.0;

/// Resolution all work is done at, in pixels per inch.
pub const WORKING_PPI: f32 = 500.0;
/// Smallest distance of two ridges, in pixels at 500 ppi: a child of six has about 6.
pub const RIDGE_PERIOD_MIN: f32 = 4.5;
/// Largest distance of two ridges, in pixels at 500 ppi.
pub const RIDGE_PERIOD_MAX: f32 = 16.0;

/// The distance of two ridges lengths are compared in ninths of: an adult's at 500 ppi.
pub const RIDGE_PERIOD_USUAL: f32 = 9.0;

/// How far a print's ridge distance may be from the usual one before it is worked on enlarged or reduced. FNMR at FMR 1e-3
/// with one side scaled by 0.8, as a multiple of unscaled: 1.22 with 1.08, 1.35 with 1.15, 1.6 with 1.25.
pub const FOOTING_TOLERANCE: f32 = 1.08;

/// Contrast below which noise would be raised to ridges, in grey levels, on a picture of full contrast.
pub const NORMALISE_CONTRAST_MIN: f32 = 3.0;
/// The same as a share of the picture's own loudness, where that is less: a pale picture of clean ridges.
pub const NORMALISE_CONTRAST_SHARE: f32 = 0.1;
/// Deviation in grey levels that is nothing but rounding and the sensor's noise, whatever the picture.
pub const CONTRAST_FLOOR: f32 = 0.8;
/// Share of the loudest cell's deviation below which a cell is blank when a picture's loudness is told.
pub const BLANK_SHARE: f32 = 0.06;
/// Reach of local mean and contrast, in cells.
pub const NORMALISE_SIGMA_CELLS: f32 = 1.2;
/// Gradient energy of a cell at which its direction has half a voice.
pub const ORIENTATION_LOUDNESS: f32 = 150.0;
/// Fine smoothing of directions, in cells.
pub const ORIENTATION_SIGMA_FINE: f32 = 1.1;
/// Coarse smoothing of directions, in cells.
pub const ORIENTATION_SIGMA_COARSE: f32 = 2.6;
/// Weight of the coarse scale against the fine one.
pub const ORIENTATION_COARSE_WEIGHT: f32 = 0.4;
/// Smoothing on the enhanced picture, relative to the first.
pub const ORIENTATION_SECOND_FACTOR: f32 = 0.8;
/// Share of a window's energy in its best period from which on the period is believed.
pub const FREQUENCY_CONFIDENCE_MIN: f32 = 0.35;
/// Reach (standard deviation) of the ridge filter, in ridge periods.
pub const ENHANCE_SIGMA_PERIODS: f32 = 0.42;
/// Strength of the wave at which evening out has half its effect.
pub const EVENED_STRENGTH_HALF: f32 = 0.12;

/// Grey deviation below which there is no print, as a share of the picture's loudness. No fixed level besides: with 5 grey
/// levels, 22 of 320 prints at a quarter of their contrast were refused, FNMR at FMR 1e-3 12.5 %.
pub const REGION_CONTRAST_SHARE_MIN: f32 = 0.15;
/// Coherence of directions below which there is no print.
pub const REGION_COHERENCE_MIN: f32 = 0.18;
/// Certainty of the wave below which no minutia is looked for.
pub const REGION_CERTAINTY_MIN: f32 = 0.40;
/// Smallest area of print, in cells.
pub const REGION_CELLS_MIN: usize = 30;

/// Certainty of the wave around a minutia.
pub const MINUTIA_CERTAINTY_MIN: f32 = 0.35;
/// Distance to the border of the print, in pixels.
pub const MINUTIA_BORDER_PX: f32 = 9.0;
/// Two opposite minutiae within this distance cancel out, in pixels at a ridge period of 9.
pub const OPPOSITE_ALONG_PX: f32 = 9.0;
/// The same across the ridge.
pub const OPPOSITE_ACROSS_PX: f32 = 7.0;
/// Cosine of the angle between two minutiae below which they are opposite.
pub const OPPOSITE_TURN_COS_MAX: f32 = -0.6;
/// Two minutiae closer than this are one.
pub const TWIN_PX: f32 = 6.0;
/// Side of a cell of the template's orientation grid, in pixels.
pub const GRID_CELL_PX: usize = 16;

/// Quality of a minutia whose record states none, 0 to 100.
pub const RECORD_MINUTIA_QUALITY: u8 = 60;
/// Ridge distance of a print whose record does not say it, in tenths of a pixel: an adult's.
pub const RECORD_RIDGE_PERIOD_TENTHS: u8 = 90;
/// Reach (standard deviation) of a minutia's direction when minutiae are all that is known of the ridges, in pixels.
pub const RECORD_FIELD_SIGMA_PX: f32 = 28.0;
/// Distance from the nearest minutia up to which ridge directions are estimated from minutiae, in pixels.
pub const RECORD_FIELD_REACH_PX: f32 = 48.0;

/// Steps of 128 to the half turn at which a ring sample says nothing any more.
pub const RING_TOLERANCE: u8 = 12;
/// Nearest neighbour that is described, in pixels.
pub const NEIGHBOUR_DISTANCE_MIN: f32 = 5.0;
/// Farthest neighbour that is described, in pixels.
pub const NEIGHBOUR_DISTANCE_MAX: f32 = 110.0;
/// How far a neighbour may be off, in pixels.
pub const NEIGHBOUR_TOLERANCE_PX: f32 = 8.0;
/// How much more per pixel of distance.
pub const NEIGHBOUR_GROWTH: f32 = 0.12;
/// Steps of 256 to the full turn a neighbour may be turned.
pub const NEIGHBOUR_TURN_MAX: f32 = 28.0;

/// Ring similarity below which a pair is not looked at. Up to 0.32 no figure moves; 0.40 costs 0.2 points of EER.
pub const QUICK_MIN: f32 = 0.32;
/// Weight of the rings against the neighbours.
pub const QUICK_WEIGHT: f32 = 0.5;
/// How many partners of each minutia are looked at carefully.
pub const LOCAL_PAIRS_PER_MINUTIA: usize = 4;
/// Weight a pair keeps in a round of relaxation.
pub const RELAX_OWN_WEIGHT: f32 = 0.5;
/// Rounds of relaxation.
pub const RELAX_ROUNDS: usize = 4;
/// How far a supporting pair may be off, in pixels.
pub const SUPPORT_TOLERANCE_PX: f32 = 8.0;
/// How much more per pixel of distance; the squares of both are added.
pub const SUPPORT_GROWTH: f32 = 0.36;
/// At most, in pixels.
pub const SUPPORT_TOLERANCE_MAX_PX: f32 = 40.0;
/// Steps of 256 to the full turn a supporting pair may be turned.
pub const SUPPORT_TURN_MAX: f32 = 26.0;

/// How many of the strongest pairs may suggest a placement.
pub const SEED_PAIRS: usize = 24;
/// How many placements are looked at roughly. Pooled EER / FNMR at FMR 1e-3 with 3: 1.9 / 3.3 %, with 5: 2.0 / 3.1 %, with 8 (and
/// three worked out): 1.9 / 3.2 %.
pub const SEEDS: usize = 3;
/// How many of them are worked out. With one: EER 2.2 %, FNMR 3.7 %.
pub const PLACEMENTS: usize = 2;
/// Support from which on a pair takes part in a placement.
pub const SUPPORT_MIN: f32 = 0.2;
/// Largest growth between two prints, both measured in their own ridge distances.
pub const GROWTH_MAX: f32 = 1.15;
/// How much spread of the pairs outweighs the expectation of no growth, in pixels.
pub const GROWTH_PRIOR_PX: f32 = 40.0;
/// Reach of the first pairing under a placement, in pixels.
pub const PAIR_COARSE_PX: f32 = 20.0;
/// Reach of the pairing after stretch, in pixels.
pub const PAIR_FINE_PX: f32 = 10.0;
/// Steps of 256 to the full turn two paired minutiae may differ.
pub const PAIR_TURN_MAX: f32 = 24.0;
/// Reach of a displacement, in pixels.
pub const STRETCH_SIGMA_PX: f32 = 45.0;

/// Weights of the evidence, natural log-odds, in the order of `compare/evidence.rs`, from `examples/fit_evidence.rs`: pooled
/// EER 2.05 %, FNMR 2.95 % at FMR 1e-3 on left-out fingers of the four FVC sets.
pub const EVIDENCE_WEIGHTS: [f32; 8] = [-9.629, 10.212, 8.741, 2.799, -0.403, 8.181, 3.149, -10.301];
/// What no evidence at all says.
pub const EVIDENCE_BIAS: f32 = 3.224;
/// The log-odds when not even one placement exists.
pub const NO_ALIGNMENT_LOG_ODDS: f32 = -20.0;
/// Bounds of what one comparison says: the data behind the calibration cannot prove more.
pub const LLR_LOG10_MIN: f32 = -4.0;
/// See [`LLR_LOG10_MIN`].
pub const LLR_LOG10_MAX: f32 = 8.0;
/// log10 likelihood ratio, and the log10 share of comparisons of different fingers that reach it: left-out fingers of four FVC
/// sets, 11,520 pairs (`examples/fit_evidence.rs`). One pair reaches the last line; it is counted as two.
pub const FALSE_MATCH_RATES_LOG10: [(f32, f32); 8] = [
    (-3.0, -0.12),
    (-2.0, -0.48),
    (-1.5, -0.81),
    (-1.0, -1.24),
    (-0.5, -1.72),
    (0.0, -2.16),
    (0.5, -2.98),
    (1.0, -3.76),
];

/// log10 likelihood ratio from which on two single prints are called the same finger.
pub const SINGLE_LLR_LOG10_MATCH_MIN: f32 = 3.0;

/// Differing bits of 256 at which a minutia's vote in the filter of a search weighs nothing. Mates not among the first 200 of
/// 20,040 with 84 / 76 / 68 / 60: 5.7 / 5.4 / 5.0 / 5.0 %, and fewer votes cost less (`examples/measure_search.rs`).
pub const FILTER_BITS_MAX: u32 = 60;
/// How far a vote's turn may be from the most asked one, 256 steps to the full turn.
pub const FILTER_TURN_STEPS: u8 = 14;
/// How far two votes' shifts may be apart in each direction, in pixels.
pub const FILTER_SHIFT_PX: i32 = 28;
/// Persons that are always compared carefully, and with fewer there is no filter.
pub const SURVIVORS_MIN: usize = 200;
/// Of a large gallery one person in this many is compared carefully besides.
pub const SURVIVORS_ONE_IN: usize = 500;

/// Score points per factor of ten.
pub const SCORE_SLOPE: f32 = 10.0;
/// log10 likelihood ratio at which the score's straight line would reach 0.
pub const SCORE_ZERO_LOG10: f32 = -2.5;
/// How softly the score fades to 0 around there, in factors of ten.
pub const SCORE_FADE: f32 = 1.0;

/// Ridge area under which no figure is given, in mm².
pub const QUALITY_AREA_MM2_MIN: f32 = 20.0;
/// Range of grey values under which an image is blank.
pub const BLANK_GREY_RANGE: usize = 12;

/// Resolution at which slaps are segmented: ridges still show, and it is four times less work.
pub const SEGMENT_PPI: f32 = 250.0;
/// Side of a cell of a slap in pixels at [`SEGMENT_PPI`]: 0.4 mm.
pub const SEGMENT_CELL_PX: usize = 4;
/// Smoothing of local contrast, in cells.
pub const SEGMENT_SIGMA_CELLS: f32 = 1.6;
/// Grey deviation of the faintest finger.
pub const SEGMENT_CONTRAST_MIN: f32 = 9.0;
/// The same as a share of the strongest contrast on the slap; below is a ghost of an earlier print.
pub const SEGMENT_CONTRAST_SHARE_MIN: f32 = 0.38;
/// Contrast of the pale rim of a finger, as a share of the strongest.
pub const SEGMENT_PALE_SHARE_MIN: f32 = 0.22;
/// How far such a rim is followed, in cells; further out it may be a ghost.
pub const PALE_RIM_CELLS: i32 = 2;
/// How far a paler part of a finger is followed that is at least [`SEGMENT_CONTRAST_SHARE_MIN`] of this finger's own
/// contrast, in cells.
pub const OWN_RIM_CELLS: i32 = 2;
/// Agreement of directions from which a dark cell of little contrast is wet print. Wet made-up slaps have 0.53 and more
/// in nine tenths of their cells.
pub const WET_FLOW_MIN: f32 = 0.4;
/// How much of the best printed area tells the strongest contrast, in mm²: less than a child's fingertip.
pub const SEGMENT_LOUD_MM2: f32 = 40.0;
/// Reach over which directions must agree, in cells.
pub const SEGMENT_FLOW_SIGMA_CELLS: f32 = 1.4;
/// Agreement of directions below which a cell is cloth or dirt.
pub const SEGMENT_FLOW_MIN: f32 = 0.14;
/// Mean agreement of directions of a fingertip.
pub const BLOB_FLOW_MIN: f32 = 0.32;
/// Steps of thinning that part fingers from writing, lines and each other.
pub const SEGMENT_OPENING_CELLS: usize = 3;
/// Smallest area of a fingertip, in mm²: half of what a child of six leaves.
pub const FINGERTIP_AREA_MM2_MIN: f32 = 25.0;
/// Narrowest fingertip, in mm.
pub const FINGERTIP_WIDTH_MM_MIN: f32 = 4.5;
/// Share of its own turned box that a fingertip fills; an ellipse fills 0.79.
pub const FINGERTIP_FILL_MIN: f32 = 0.5;
/// Longest fingertip as a multiple of its width; the rest is the next phalanx.
pub const FINGERTIP_LENGTH_WIDTHS_MAX: f32 = 1.75;
/// A blob this many times wider than usual holds two fingers.
pub const TOUCHING_WIDTHS_MIN: f32 = 1.55;
/// Widest single fingertip, in mm.
pub const FINGERTIP_WIDTH_MM_MAX: f32 = 27.0;
/// Largest turn of a hand that is considered, in degrees.
pub const HAND_TURN_DEG_MAX: f32 = 40.0;
/// Usual slope of the line from the left to the right outer finger of an upright right hand, in degrees.
pub const HAND_LINE_DEG: f32 = 12.0;
/// Difference between the turn by axes and the turn by that line from which on it looks like the other hand, in
/// degrees: mirrored hands differ by twice [`HAND_LINE_DEG`], and single axes are only good to some degrees.
pub const HAND_CONTRADICTION_DEG_MIN: f32 = 21.0;
/// Fingers whose axes differ by more from their mean do not agree on where up is, in degrees.
pub const HAND_AXES_AGREE_DEG_MAX: f32 = 14.0;
/// Probability of a hand under which [`crate::Doubt::LooksLikeOtherHand`] is said. Low, because a good capture is
/// refused by it: the sequence check and the officer are there too.
pub const OTHER_HAND_CONFIDENCE_MAX: f32 = 0.01;
/// Share of the slope of ridges that speaks when a hand is stated: a few people carry loops that open the other way on
/// most fingers, and replayed recordings are not laid by hand.
pub const STATED_SLANT_SHARE: f32 = 0.3;
/// Probability of a hand or a finger under which it is called unclear. At 0.9, 24 hands of 1,953 that were decided were wrong (2,000
/// slaps of seed 21), nearly all two fingers alone that were called thumbs; half of them had less than 0.97.
pub const HAND_CONFIDENCE_MIN: f32 = 0.97;
/// Long over short axis from which on a print has an axis.
pub const AXIS_ELONGATION_MIN: f32 = 1.12;
/// Spread of the turn of a hand around upright, in degrees.
pub const HAND_TURN_SIGMA_DEG: f32 = 18.0;
/// Spread of how far a fingertip lies behind where the model has it, in mm: ring and index finger differ by 4 mm to
/// either side between people.
pub const HAND_BEHIND_SIGMA_MM: f32 = 3.0;
/// Spread of a gap between neighbours around the common stretch, in mm.
pub const HAND_GAP_SIGMA_MM: f32 = 3.0;
/// Spread of that stretch.
pub const HAND_GAP_STRETCH_SIGMA: f32 = 0.25;
/// Spread of the size of hands, children from six included.
pub const HAND_SIZE_SIGMA: f32 = 0.2;
/// Spread of the width of a print, in mm.
pub const HAND_WIDTH_SIGMA_MM: f32 = 1.6;
/// Spread of a finger's long axis, in degrees.
pub const HAND_AXIS_SIGMA_DEG: f32 = 9.0;
/// Weight of the slope of the ridges: half the log odds of a full slope being the usual loop.
pub const HAND_SLANT_WEIGHT: f32 = 1.0;
/// Mean doubled slope of a clear loop.
pub const SLANT_FULL: f32 = 0.5;
/// Cost of a finger that is not there: about one in fifty.
pub const HAND_MISSING_COST: f32 = 4.0;
/// Cost of a fingertip that belongs to nobody.
pub const HAND_EXTRA_TIP_COST: f32 = 14.0;
/// Cost of two thumbs against four fingers.
pub const THUMBS_COST: f32 = 0.5;
/// Distance to the lower rim of the picture within which a blob may be a palm or a sleeve, in mm.
pub const RIM_MM: f32 = 1.5;
/// Widest neck at which a finger is taken off what lies along the lower rim, in mm: the little finger of a turned hand lies on the
/// palm's edge with less than half of its width (slaps 340 and 421 of seed 21).
pub const RIM_NECK_MM_MAX: f32 = 8.0;
/// A blob at the lower rim that is shorter than this many of its widths is not a finger.
pub const RIM_LENGTH_WIDTHS_MAX: f32 = 0.8;
/// Share of a blob's contrast that must be as fine as ridges; writing and stains have less.
pub const BLOB_RIDGED_MIN: f32 = 0.36;
/// A fingertip with less than this share of the usual area is small.
pub const SMALL_AREA_SHARE_MAX: f32 = 0.4;

/// Weight of the agreement of ridge directions when placements are compared.
pub const PLACEMENT_AGREEMENT_WEIGHT: f32 = 2.0;

/// A picture at least this wide is taken for a slap, in mm.
pub const SLAP_WIDTH_MM_MIN: f32 = 45.0;
/// Contact under which there is no finger to advise about, in mm².
pub const PLACE_AREA_MM2: f32 = 20.0;
/// Local grey deviation of a mark on the glass; sensor noise stays under 4.
pub const DIRT_CONTRAST_MIN: f32 = 6.0;
/// Marks this near to a contact are its own fading rim, in cells.
pub const NEAR_CELLS: usize = 4;
/// Each advice: threshold, and how far beyond it weighs one unit. From the medians of generated defects with known cause
/// (`examples/measure_advice.rs`, table in `docs/reference/advice.md`).
pub const ADVISE_AREA_MM2: (f32, f32) = (92.0, 1.0);
/// See [`ADVISE_AREA_MM2`].
pub const ADVISE_INK: (f32, f32) = (0.70, 0.02);
/// See [`ADVISE_AREA_MM2`].
pub const ADVISE_RIDGE_SHARE: (f32, f32) = (0.475, 0.02);
/// See [`ADVISE_AREA_MM2`].
pub const ADVISE_BREAKS: (f32, f32) = (0.066, 0.003);
/// See [`ADVISE_AREA_MM2`].
pub const ADVISE_FILM: (f32, f32) = (0.025, 0.006);
/// See [`ADVISE_AREA_MM2`].
pub const ADVISE_EDGE_SHARE: (f32, f32) = (0.1, 0.02);
/// See [`ADVISE_AREA_MM2`].
pub const ADVISE_SMEAR: (f32, f32) = (0.45, 0.003);
/// See [`ADVISE_AREA_MM2`].
pub const ADVISE_DIRT_SHARE: (f32, f32) = (0.08, 0.08);
/// See [`ADVISE_AREA_MM2`].
pub const ADVISE_TURN_DEG: (f32, f32) = (22.0, 5.0);
/// Contrast of fingertips on a preview that lie firmly.
pub const LIVE_CONTRAST_MIN: f32 = 25.0;
/// Way of a fingertip between two frames above which the hand still moves, in mm.
pub const LIVE_MOVED_MM_MAX: f32 = 0.8;
/// Film in the valleys at which uneven contrast is fully believed to be a smear: a small clean contact is uneven too.
pub const SMEAR_FILM_FULL: f32 = 0.05;
/// Most that a film weighs, in units: skin alone leaves no thicker one, a smear does.
pub const FILM_WEIGHT_MAX: f32 = 14.0;
/// Darkness of ridges from which on a finger is pressed hard. See [`ADVISE_AREA_MM2`].
pub const ADVISE_INK_HARD: (f32, f32) = (0.822, 0.01);
