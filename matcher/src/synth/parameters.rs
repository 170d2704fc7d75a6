//! Every tuned number of the synthetic prints, with where it comes from. Lengths are pixels at 500 ppi
//! (19.7 per mm).

/// Resolution at which masters are grown and impressions are normally rendered.
pub(crate) const RESOLUTION_PPI: u32 = 500;

/// Width of a master pattern; the widest thumb (about 19 mm of ridges) fits with a margin.
pub(crate) const MASTER_WIDTH_PX: usize = 384;
/// Height of a master pattern: fingertip down to just below the first joint's crease.
pub(crate) const MASTER_HEIGHT_PX: usize = 560;

/// Sensor window of a single impression: 20.3 x 25.4 mm, the FAP 30 window of ANSI/NIST-ITL 1-2011 table 93.
pub(crate) const WINDOW_WIDTH_PX: u32 = 400;
/// Height of that window.
pub(crate) const WINDOW_HEIGHT_PX: u32 = 500;

/// Mean ridge period of an adult's hand. The ten fingers of the optical 500 ppi set FVC2002 DB1_B measure 8.0
/// to 9.7 px (median of line crossings per block); fingers vary by a few percent around their hand's mean.
pub(crate) const PERIOD_ADULT_PX: (f32, f32) = (8.4, 9.6);

/// Size of a hand against the adult hand, by age. Ridges are laid down before birth, so the ridge period
/// grows with the hand. The shape of hand growth is approximate and not fitted to prints; at six it lies in
/// the 0.65 to 0.8 that is used as a stand-in, because no public set of children's prints exists.
pub(crate) const GROWTH_BY_AGE: [(u8, f32); 9] =
    [(0, 0.48), (3, 0.62), (6, 0.71), (8, 0.77), (10, 0.83), (12, 0.89), (14, 0.95), (16, 0.985), (18, 1.0)];

/// Half the contact width of a flat adult print, per finger from thumb to little finger.
pub(crate) const CONTACT_HALF_WIDTH_PX: [f32; 5] = [158.0, 133.0, 136.0, 130.0, 112.0];
/// Half the contact height of a flat adult print, thumb to little finger.
pub(crate) const CONTACT_HALF_HEIGHT_PX: [f32; 5] = [208.0, 192.0, 200.0, 190.0, 166.0];

/// Radius of a ridge filter in deviations of its envelope; at 2.4 the envelope has fallen to 6 %.
pub(crate) const FILTER_REACH: f32 = 2.4;
/// Envelope deviation across the ridges, in periods.
pub(crate) const FILTER_ACROSS_PERIODS: f32 = 0.40;
/// Envelope deviation along the ridges, in periods; longer heals more defects, so fewer minutiae remain.
pub(crate) const FILTER_ALONG_PERIODS: f32 = 0.46;
/// Orientations in the filter bank.
pub(crate) const FILTER_ORIENTATIONS: usize = 48;
/// Ridge periods in the filter bank, spread evenly between the limits below.
pub(crate) const FILTER_PERIODS: usize = 12;
/// Smallest and largest ridge period a master may hold.
pub(crate) const FILTER_PERIOD_LIMITS_PX: (f32, f32) = (7.2, 12.4);

/// Seeds from which the ridges of a master grow, per 10 000 px of its area.
pub(crate) const SEEDS_PER_10000_PX: f32 = 9.0;
/// Most filter passes at half resolution; growth is normally stable before.
pub(crate) const GROWTH_PASSES_MAX: usize = 26;
/// Growth counts as stable when the mean absolute change of a pass falls under this.
pub(crate) const GROWTH_STABLE_CHANGE: f32 = 0.004;
/// Filter passes at full resolution after growth.
pub(crate) const REFINE_PASSES: usize = 2;

/// Lattice on which pores are tried; real pores stand 8 to 11 px apart along a ridge.
pub(crate) const PORE_SPACING_PX: f32 = 6.2;
