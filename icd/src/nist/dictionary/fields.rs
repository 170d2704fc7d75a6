//! Mnemonics and names of fields, one list per record type; what all image records share stands once.
//!
//! Source: the record layouts of ANSI/NIST-ITL 1-2011 Update 2015; for the extended features of Type-9 and for types 16 to
//! 22, 98 and 99 by way of the public field list of the Python library NIST (mdedonno1337, `NIST/core/labels.py`). The names
//! are short words of our own.
//!
//! Left out on purpose: Type-2, whose fields belong to the domain (a profile names them), and the own fields of voice,
//! dental and DNA records (types 11, 12, 18), of which only what all types share is named.

/// Mnemonic and name of a field.
#[must_use]
pub fn field_name(record_type: u8, number: u16) -> Option<(&'static str, &'static str)> {
    let own = match record_type {
        1 => TYPE_1,
        4 => TYPE_4,
        8 => TYPE_8,
        9 => TYPE_9,
        10 => TYPE_10,
        11 => TYPE_11,
        12 | 18 => SOURCE,
        13 => TYPE_13,
        14 => TYPE_14,
        15 => TYPE_15,
        16 => TYPE_16,
        17 => TYPE_17,
        19 => TYPE_19,
        20 => TYPE_20,
        21 => TYPE_21,
        22 => TYPE_22,
        98 => TYPE_98,
        99 => TYPE_99,
        _ => &[],
    };
    let image = if is_image(record_type) { IMAGE } else { &[] };
    let last = if record_type >= 9 { LAST } else { &[] };
    let found = own.iter().chain(image).chain(last).chain(COMMON).find(|(n, ..)| *n == number);
    found.map(|(_, mnemonic, name)| (*mnemonic, *name))
}

/// Tagged records that describe an image in fields 4 and 6 to 11.
pub(super) fn is_image(record_type: u8) -> bool {
    matches!(record_type, 10 | 13..=17 | 19 | 20)
}

type Row = (u16, &'static str, &'static str);

/// In every record. A Type-1 record has no IDC, and its own list comes first.
const COMMON: &[Row] =
    &[(1, "LEN", "record length"), (2, "IDC", "image designation"), (999, "DATA", "content")];

/// In every tagged record that describes an image; the date in field 5 has a name of its own in each.
const IMAGE: &[Row] = &[
    (4, "SRC", "source agency"),
    (6, "HLL", "width"),
    (7, "VLL", "height"),
    (8, "SLC", "scale units"),
    (9, "THPS", "horizontal pixel scale"),
    (10, "TVPS", "vertical pixel scale"),
    (11, "CGA", "compression"),
    (30, "DMM", "monitoring mode"),
    (999, "DATA", "image"),
];

/// At the end of tagged records from Type-9 on.
const LAST: &[Row] = &[
    (902, "ANN", "annotations"),
    (903, "DUI", "device identifier"),
    (904, "MMS", "make, model, serial number"),
    (992, "T2C", "Type-2 records of it"),
    (993, "SAN", "source agency name"),
    (994, "EFR", "external file"),
    (995, "ASC", "associated context"),
    (996, "HAS", "SHA-256 of the content"),
    (997, "SOR", "source representation"),
    (998, "GEO", "place of acquisition"),
];

const SOURCE: &[Row] = &[(4, "SRC", "source agency")];

const TYPE_1: &[Row] = &[
    (2, "VER", "version"),
    (3, "CNT", "contents"),
    (4, "TOT", "type of transaction"),
    (5, "DAT", "date"),
    (6, "PRY", "priority"),
    (7, "DAI", "destination agency"),
    (8, "ORI", "originating agency"),
    (9, "TCN", "control number"),
    (10, "TCR", "control number answered"),
    (11, "NSR", "native scanning resolution"),
    (12, "NTR", "nominal resolution"),
    (13, "DOM", "domain"),
    (14, "GMT", "time in GMT"),
    (15, "DCS", "character sets"),
    (16, "APS", "application profiles"),
    (17, "ANM", "agency names"),
    (18, "GNS", "geographic name set"),
];

/// The binary header has no field numbers; these count its parts as the standard does.
const TYPE_4: &[Row] = &[
    (3, "IMP", "impression"),
    (4, "FGP", "finger position"),
    (5, "ISR", "image scanning resolution"),
    (6, "HLL", "width"),
    (7, "VLL", "height"),
    (8, "CGA", "compression"),
    (9, "DATA", "image"),
];

/// As Type-4: the parts of a binary header.
const TYPE_8: &[Row] = &[
    (3, "SIG", "whose signature"),
    (4, "SRT", "form of the signature"),
    (5, "ISR", "image scanning resolution"),
    (6, "HLL", "width"),
    (7, "VLL", "height"),
    (8, "DATA", "image"),
];

const TYPE_21: &[Row] = &[
    (4, "SRC", "source agency"),
    (5, "ACD", "date of the context"),
    (6, "MDI", "medical device"),
    (15, "AFT", "format of the content"),
    (16, "SEG", "segments"),
    (19, "TIX", "time index"),
    (20, "COM", "comment"),
    (21, "ACN", "number of the context"),
    (22, "ICDR", "range of the date"),
    (46, "SUB", "condition of the subject"),
    (47, "CON", "capture organization"),
];

const TYPE_10: &[Row] = &[
    (3, "IMT", "image type"),
    (5, "PHD", "date of the photograph"),
    (12, "CSP", "colour space"),
    (13, "SAP", "acquisition profile"),
    (14, "FIP", "box of the face"),
    (15, "FPFI", "outline of the face"),
    (16, "SHPS", "scanned horizontal scale"),
    (17, "SVPS", "scanned vertical scale"),
    (18, "DIST", "distortion"),
    (19, "LAF", "lighting artefacts"),
    (20, "POS", "pose"),
    (21, "POA", "angle of the pose"),
    (22, "PXS", "description (deprecated)"),
    (23, "PAS", "acquisition source"),
    (24, "SQS", "quality scores"),
    (25, "SPA", "angles of the pose"),
    (26, "SXS", "expression"),
    (27, "SEC", "eye colour"),
    (28, "SHC", "hair colour"),
    (29, "FFP", "landmarks"),
    (31, "TMC", "levels of markup"),
    (32, "3DF", "landmarks in space"),
    (33, "FEC", "contours"),
    (34, "ICDR", "range of the date"),
    (38, "COM", "comment"),
    (39, "T10", "number of the Type-10 group"),
    (40, "SMT", "scar, mark, tattoo"),
    (41, "SMS", "size of the mark"),
    (42, "SMD", "description of the mark"),
    (43, "COL", "colours of the tattoo"),
    (44, "ITX", "image transforms"),
    (45, "OCC", "occlusions"),
    (46, "SUB", "condition of the subject"),
    (47, "CON", "capture organization"),
];

const TYPE_9: &[Row] = &[
    (3, "IMP", "impression"),
    (4, "FMT", "format"),
    (5, "OFR", "originating reader"),
    (6, "FGP", "finger position"),
    (7, "FPC", "pattern class"),
    (8, "CRP", "core position"),
    (9, "DLT", "delta position"),
    (10, "MIN", "number of minutiae"),
    (11, "RDG", "ridge counts present"),
    (12, "MRC", "minutiae and ridge counts"),
    (13, "AFV", "feature vector (FBI)"),
    (14, "FGN", "finger number (FBI)"),
    (15, "NMN", "number of minutiae (FBI)"),
    (16, "FCP", "characterisation process (FBI)"),
    (17, "APC", "pattern classes (FBI)"),
    (18, "ROV", "region of value (FBI)"),
    (19, "COF", "coordinate offsets (FBI)"),
    (20, "ORN", "orientation uncertainty (FBI)"),
    (21, "CRA", "cores (FBI)"),
    (22, "DLA", "deltas (FBI)"),
    (23, "MIN", "minutiae and ridge counts (FBI)"),
    (126, "CBI", "format owner and type"),
    (127, "CEI", "capture equipment"),
    (128, "HLL", "width"),
    (129, "VLL", "height"),
    (130, "SLC", "scale units"),
    (131, "THPS", "horizontal pixel scale"),
    (132, "TVPS", "vertical pixel scale"),
    (133, "FVW", "finger view"),
    (134, "FGP", "finger position"),
    (135, "FQD", "quality"),
    (136, "NOM", "number of minutiae"),
    (137, "FMD", "minutiae"),
    (138, "RCI", "ridge counts"),
    (139, "CIN", "cores"),
    (140, "DIN", "deltas"),
    (141, "ADA", "more delta angles"),
    (176, "OOD", "owner of the features"),
    (177, "PAG", "processing algorithm"),
    (178, "SOD", "system of the features"),
    (179, "DTX", "contact for the features"),
    (300, "ROI", "region of interest"),
    (301, "ORT", "orientation"),
    (302, "FPP", "finger, palm, foot position"),
    (303, "FSP", "feature set profile"),
    (307, "PAT", "pattern class"),
    (308, "RQM", "ridge quality map"),
    (309, "RQF", "form of the quality map"),
    (310, "RFM", "ridge flow map"),
    (311, "RFF", "form of the flow map"),
    (312, "RWM", "ridge wavelength map"),
    (313, "RWF", "form of the wavelength map"),
    (314, "TRV", "tonal reversal"),
    (315, "PLR", "possible mirror image"),
    (316, "FQM", "quality"),
    (317, "PGS", "possible growth or shrinkage"),
    (320, "COR", "cores"),
    (321, "DEL", "deltas"),
    (322, "CDR", "ridges from core to delta"),
    (323, "CPR", "centre of the print"),
    (324, "DIS", "distinctive features"),
    (325, "NCOR", "no cores"),
    (326, "NDEL", "no deltas"),
    (327, "NDIS", "no distinctive features"),
    (331, "MIN", "minutiae"),
    (332, "MRA", "ridge count algorithm"),
    (333, "MRC", "ridge counts"),
    (334, "NMIN", "no minutiae"),
    (335, "RCC", "ridge count confidence"),
    (340, "DOT", "dots"),
    (341, "INR", "incipient ridges"),
    (342, "CLD", "creases and breaks"),
    (343, "REF", "ridge edge features"),
    (344, "NPOR", "no pores"),
    (345, "POR", "pores"),
    (346, "NDOT", "no dots"),
    (347, "NINR", "no incipient ridges"),
    (348, "NCLD", "no creases or breaks"),
    (349, "NREF", "no ridge edge features"),
    (350, "MFD", "how features were found"),
    (351, "COM", "comment"),
    (352, "LPM", "how the latent was developed"),
    (353, "EAA", "examiner's assessment"),
    (354, "EOF", "evidence of fraud"),
    (355, "LSB", "surface of the latent"),
    (356, "LMT", "matter of the latent"),
    (357, "LQI", "local quality issues"),
    (360, "AOC", "areas that correspond"),
    (361, "CPF", "features that correspond"),
    (362, "ECD", "examiner's determination"),
    (363, "RRC", "rotation between the prints"),
    (372, "SIM", "skeleton image"),
    (373, "RPS", "ridge path segments"),
    (380, "TPL", "temporary lines"),
    (381, "FCC", "colours and comments"),
];

const TYPE_13: &[Row] = &[
    (3, "IMP", "impression"),
    (5, "LCD", "capture date"),
    (12, "BPX", "bits per pixel"),
    (13, "FGP", "possible finger positions"),
    (14, "SPD", "finger positions searched"),
    (15, "PPC", "coordinates of the print"),
    (16, "SHPS", "scanned horizontal scale"),
    (17, "SVPS", "scanned vertical scale"),
    (18, "RSP", "ruler or scale"),
    (19, "REM", "how the scale was found"),
    (20, "COM", "comment"),
    (24, "LQM", "quality"),
    (46, "SUB", "condition of the subject"),
    (47, "CON", "capture organization"),
];

const TYPE_15: &[Row] = &[
    (3, "IMP", "impression"),
    (5, "PCD", "capture date"),
    (12, "BPX", "bits per pixel"),
    (13, "FGP", "palm position"),
    (16, "SHPS", "scanned horizontal scale"),
    (17, "SVPS", "scanned vertical scale"),
    (18, "AMP", "missing parts"),
    (20, "COM", "comment"),
    (21, "SEG", "palm parts"),
    (24, "PQM", "quality"),
    (46, "SUB", "condition of the subject"),
    (47, "CON", "capture organization"),
];

const TYPE_14: &[Row] = &[
    (3, "IMP", "impression"),
    (5, "FCD", "capture date"),
    (12, "BPX", "bits per pixel"),
    (13, "FGP", "finger position"),
    (14, "PPD", "finger and joint"),
    (15, "PPC", "coordinates of the print"),
    (16, "SHPS", "scanned horizontal scale"),
    (17, "SVPS", "scanned vertical scale"),
    (18, "AMP", "missing or bandaged fingers"),
    (20, "COM", "comment"),
    (21, "SEG", "finger boxes"),
    (22, "NQM", "NFIQ quality"),
    (23, "SQM", "segmentation quality"),
    (24, "FQM", "fingerprint quality"),
    (25, "ASEG", "finger outlines"),
    (26, "SCF", "images taken together"),
    (27, "SIF", "stitched image"),
    (31, "FAP", "acquisition profile"),
    (46, "SUB", "condition of the subject"),
    (47, "CON", "capture organization"),
];

const TYPE_11: &[Row] =
    &[(4, "SRC", "source agency"), (9, "RCD", "date of the record"), (10, "VRD", "date of the recording")];

const TYPE_16: &[Row] = &[
    (3, "UDI", "image type of its writer"),
    (5, "UTD", "capture date"),
    (12, "BPX", "bits per pixel"),
    (13, "CSP", "colour space"),
    (16, "SHPS", "scanned horizontal scale"),
    (17, "SVPS", "scanned vertical scale"),
    (20, "COM", "comment"),
    (24, "UQS", "quality"),
];

const TYPE_17: &[Row] = &[
    (3, "ELR", "eye"),
    (5, "ICD", "capture date"),
    (12, "BPX", "bits per pixel"),
    (13, "CSP", "colour space"),
    (14, "RAE", "rotation of the eye"),
    (15, "RAU", "uncertainty of the rotation"),
    (16, "IPC", "orientation and scan"),
    (17, "DUI", "device identifier"),
    (18, "GUI", "global identifier"),
    (19, "MMS", "make, model, serial number"),
    (20, "ECL", "eye colour"),
    (21, "COM", "comment"),
    (22, "SHPS", "scanned horizontal scale"),
    (23, "SVPS", "scanned vertical scale"),
    (24, "IQS", "quality"),
    (25, "EAS", "spectrum of the light"),
    (26, "IRD", "diameter of the iris"),
    (27, "SSV", "limits of the spectrum"),
    (28, "DME", "damaged or missing eye"),
    (31, "IAP", "acquisition profile"),
    (32, "ISF", "storage format"),
    (33, "IPB", "boundary of the pupil"),
    (34, "ISB", "boundary of the sclera"),
    (35, "UEB", "upper eyelid"),
    (36, "LEB", "lower eyelid"),
    (37, "NEO", "other occlusions"),
    (40, "RAN", "distance of the camera"),
    (41, "GAZ", "direction of the gaze"),
];

const TYPE_19: &[Row] = &[
    (3, "IMP", "impression"),
    (5, "PCD", "capture date"),
    (12, "BPX", "bits per pixel"),
    (13, "FGP", "position on the foot"),
    (16, "SHPS", "scanned horizontal scale"),
    (17, "SVPS", "scanned vertical scale"),
    (18, "AMP", "missing parts"),
    (19, "FSP", "toes"),
    (20, "COM", "comment"),
    (21, "SEG", "parts of the sole"),
    (24, "FQM", "quality"),
    (46, "SUB", "condition of the subject"),
    (47, "CON", "capture organization"),
];

const TYPE_20: &[Row] = &[
    (3, "CAR", "number of records derived"),
    (5, "SRD", "date of the source"),
    (12, "BPX", "bits per pixel"),
    (13, "CSP", "colour space"),
    (14, "AQS", "acquisition source"),
    (15, "SFT", "format of the content"),
    (16, "SEG", "segments"),
    (17, "SHPS", "scanned horizontal scale"),
    (18, "SVPS", "scanned vertical scale"),
    (19, "TIX", "time index"),
    (20, "COM", "comment"),
    (21, "SRN", "number of the source"),
    (22, "ICDR", "range of the date"),
    (999, "DATA", "source representation"),
];

const TYPE_22: &[Row] = &[
    (3, "ICD", "capture date"),
    (4, "SRC", "source agency"),
    (5, "ICDR", "range of the date"),
    (6, "BIC", "part of the body"),
    (20, "COM", "comment"),
    (46, "SUB", "condition of the subject"),
    (47, "CON", "capture organization"),
    (101, "ITYP", "kind of imagery"),
    (102, "IFMT", "format of the content"),
    (103, "DRID", "dental radiograph"),
];

const TYPE_98: &[Row] = &[
    (3, "DFO", "owner of the format"),
    (4, "SRC", "source agency"),
    (5, "DFT", "type of the format"),
    (6, "DCD", "date"),
    (900, "ALF", "audit log"),
    (901, "ARN", "audit revision"),
];

const TYPE_99: &[Row] = &[
    (4, "SRC", "source agency"),
    (5, "BCD", "capture date"),
    (100, "HDV", "version of the header"),
    (101, "BTY", "biometric type"),
    (102, "BDQ", "quality"),
    (103, "BFO", "owner of the format"),
    (104, "BFT", "type of the format"),
    (999, "DATA", "biometric data"),
];
