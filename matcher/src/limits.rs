//! Every bound of this crate. Nothing grows past what is named here.

/// Shortest side of an image that is looked at, in pixels.
pub const IMAGE_SIDE_MIN: u32 = 32;
/// Longest side of an image, in pixels: a 1000 ppi ten-print card fits, a decompression bomb does not.
pub const IMAGE_SIDE_MAX: u32 = 8_192;
/// Most pixels in one image.
pub const IMAGE_PIXELS_MAX: usize = 24_000_000;
/// Lowest resolution of a fingerprint sensor taken as such.
pub const RESOLUTION_PPI_MIN: u32 = 100;
/// Highest resolution of a fingerprint sensor taken as such.
pub const RESOLUTION_PPI_MAX: u32 = 2_000;
/// Most bytes of an encoded picture that are read.
pub const ENCODED_IMAGE_BYTES_MAX: usize = 64 << 20;

/// Most spare planes a thread keeps between two extractions.
pub const SPARE_PLANES_MAX: usize = 12;
/// Smallest plane that is kept, in values; smaller ones cost nothing to fetch.
pub const SPARE_VALUES_MIN: usize = 16_384;
/// Largest plane that is kept, in values of four bytes: a print of 640 x 640 pixels.
pub const SPARE_VALUES_MAX: usize = 409_600;

/// Widest print that is judged, in pixels at 500 ppi, after the white border is cut: the reference's own bound.
pub const QUALITY_WIDTH_MAX: usize = 800;
/// Highest print that is judged, in pixels at 500 ppi, after the white border is cut.
pub const QUALITY_HEIGHT_MAX: usize = 1_000;

/// Most blobs that are weighed as fingertips of one slap; more is dirt.
pub const TIPS_MAX: usize = 8;

/// Most minutiae kept in a template; the most reliable ones stay.
pub const MINUTIAE_MAX: usize = 120;
/// Largest coordinate in a template, in pixels at 500 ppi.
pub const TEMPLATE_SIDE_MAX: u16 = 2_047;
/// Most columns or rows of the orientation grid of a template.
pub const TEMPLATE_GRID_SIDE_MAX: usize = 64;
/// Most cells of the orientation grid of a template; a larger print gets larger cells. With it no template exceeds 2 KB.
pub const TEMPLATE_GRID_CELLS_MAX: usize = 1_300;
/// Most bytes of a serialised template.
pub const TEMPLATE_BYTES_MAX: usize = 20 + MINUTIAE_MAX * 6 + TEMPLATE_GRID_CELLS_MAX;

/// Most bytes of a minutiae record of another maker: views of 255 minutiae each, and their extended data.
pub const RECORD_BYTES_MAX: usize = 1 << 20;
/// Most views in such a record.
pub const RECORD_VIEWS_MAX: usize = 255;

/// Most prints of one person in a gallery or a probe.
pub const PRINTS_PER_PERSON_MAX: usize = 40;
/// Most candidates one search answers with.
pub const CANDIDATES_MAX: usize = 1_000;

/// Most local pairs that take part in the relaxation of one comparison.
pub const LOCAL_PAIRS_MAX: usize = 48;
/// Most local pairs whose surroundings are compared carefully.
pub const CAREFUL_PAIRS_MAX: usize = 72;
/// Most pairs of minutiae that are looked at under one placement.
pub const NEAR_PAIRS_MAX: usize = 256;

/// Most minutiae of a print the filter of a search looks at; the most reliable ones.
pub const FILTER_MINUTIAE_MAX: usize = 32;
/// Most threads one search starts.
pub const SEARCH_THREADS_MAX: usize = 64;
