//! Against the reference codec: its pixels for real streams, its sizes and losses for real prints.
//!
//! The files are not part of this repository. They are looked for in the sibling folder
//! `../shared/data`; without it these tests say that they are skipped.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// A folder of `shared/data`, looked for beside the repository and above; None after saying so.
fn shared(folder: &str) -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let found = above.map(|above| above.join("shared/data").join(folder)).find(|path| path.is_dir());
    if found.is_none() {
        eprintln!("SKIPPED: ../shared/data/{folder} is not there");
    }
    found
}

fn grey(path: &Path) -> (u32, u32, Vec<u8>) {
    let picture = image::open(path).expect("a readable picture").into_luma8();
    (picture.width(), picture.height(), picture.into_raw())
}

/// How many pixels differ by how many grey levels.
fn differences(ours: &[u8], theirs: &[u8]) -> BTreeMap<u8, usize> {
    let mut found = BTreeMap::new();
    for (a, b) in ours.iter().zip(theirs) {
        *found.entry(a.abs_diff(*b)).or_default() += 1;
    }
    found
}

fn psnr_db(decoded: &[u8], source: &[u8]) -> f64 {
    let squares: f64 = decoded.iter().zip(source).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum();
    20.0 * 255f64.log10() - 10.0 * (squares / source.len() as f64).log10()
}

#[test]
fn reference_streams_decode_to_reference_pixels() {
    let Some(folder) = shared("wsq") else { return };
    let mut seen = 0;
    let mut paths: Vec<_> =
        folder.read_dir().expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "wsq")) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let bytes = std::fs::read(path).expect("a readable stream");
        let decoded = wsq::decode(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let (width, height, expect) = grey(&path.with_extension("nbis.png"));
        assert_eq!((decoded.width_px, decoded.height_px), (width, height), "{name}");
        let found = differences(&decoded.pixels, &expect);
        eprintln!("{name} {width}x{height}: differing pixels by grey levels {found:?}");
        let worst = found.keys().max().copied().unwrap_or(0);
        assert!(worst <= 1, "{name}: off by {worst}");
        let off: usize = found.iter().filter(|(levels, _)| **levels > 0).map(|(_, count)| count).sum();
        assert!(off * 1000 <= expect.len(), "{name}: {off} of {} pixels differ", expect.len());
        seen += 1;
    }
    assert!(seen > 0, "no stream in {}", folder.display());
}

#[test]
fn rate_and_loss_match_the_reference_encoder() {
    let (Some(streams), Some(_)) = (shared("wsq"), shared("fvc2002_db1_b")) else { return };
    let table = std::fs::read_to_string(streams.join("wsq.csv")).expect("a readable table");
    let mut seen = 0;
    for line in table.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [_, source, rate, _, _, bytes, _, _, psnr] = fields[..] else { panic!("nine columns in {line}") };
        let Ok(bits_per_pixel) = rate.parse() else { continue };
        let candidates = [
            streams.join("..").join(format!("{source}.png")),
            streams.join(format!("{}.png", source.replace('/', "_"))),
        ];
        let path = candidates.iter().find(|path| path.exists()).expect("the source picture");
        let (width, height, pixels) = grey(path);
        let options = wsq::EncodeOptions { bits_per_pixel, resolution_ppi: Some(500), comment: None };
        let ours = wsq::encode(&pixels, width, height, &options).expect("encodes");
        let decoded = wsq::decode(&ours).expect("our stream decodes");
        let (our_psnr, psnr): (f64, f64) =
            (psnr_db(&decoded.pixels, &pixels), psnr.parse().expect("a number"));
        let reference: f64 = bytes.parse().expect("a number");
        let size = ours.len() as f64 / reference;
        eprintln!(
            "{source} at {rate}: {} bytes ({size:.4} of reference), {our_psnr:.3} dB (reference {psnr})",
            ours.len()
        );
        seen += 1;
        if source.starts_with("synthetic/ramp") {
            // The reference loses the whole ramp; we keep it.
            assert!(our_psnr > 40.0, "{source}");
            continue;
        }
        assert!((0.99..=1.005).contains(&size), "{source} at {rate}: {size}");
        assert!(our_psnr >= psnr - 0.02, "{source} at {rate}: {our_psnr} dB against {psnr}");
    }
    assert!(seen > 0, "no row with a source picture");
}
