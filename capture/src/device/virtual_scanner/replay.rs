//! A folder of prints as ten-finger people.
//!
//! Files are named `FFF_I` with the ending png, wsq, tif or tiff: finger number, impression number. The distinct
//! finger numbers in ascending order are cut into tens; each ten is one person's fingers in FGP order (right thumb
//! to right little finger, left thumb to left little finger). Impressions in ascending order are visits. Other files
//! are ignored; numbers that do not fill a ten are left out and counted in [`ReplayFolder::fingers_left_over`].
//!
//! Invariants: files are read only when asked for; sizes are bounded before a file is read and before it is decoded;
//! every print comes out at 500 ppi, dark ridges on a white ground.
//! Left out on purpose: guessing a resolution. WSQ files may state theirs; for the others the folder's option counts.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use image::imageops::FilterType;
use matcher::{Finger, Image};

use super::ground;
use crate::limits;
use crate::parameters::SLAP_RESOLUTION_PPI;

/// Fingers of one person.
const TEN: usize = 10;

/// An indexed replay folder.
#[derive(Debug)]
pub struct ReplayFolder {
    persons: Vec<Vec<Vec<PathBuf>>>,
    left_over: usize,
    resolution_ppi: u32,
}

impl ReplayFolder {
    /// Looks at the names in `folder`. `resolution_ppi` is that of files which do not state theirs.
    ///
    /// # Errors
    /// A sentence for the officer when the folder cannot be read, holds too much or not one complete person.
    pub fn open(folder: &Path, resolution_ppi: u32) -> Result<Self, String> {
        let entries = fs::read_dir(folder)
            .map_err(|error| format!("its folder cannot be read ({:?})", error.kind()))?;
        let mut fingers: BTreeMap<u32, BTreeMap<u32, PathBuf>> = BTreeMap::new();
        for (count, entry) in entries.enumerate() {
            if count >= limits::REPLAY_FILES_MAX {
                return Err(format!("its folder holds more than {} files", limits::REPLAY_FILES_MAX));
            }
            let entry = entry.map_err(|error| format!("its folder cannot be read ({:?})", error.kind()))?;
            let path = entry.path();
            if let Some((finger, impression)) = numbers(&path) {
                fingers.entry(finger).or_default().insert(impression, path);
            }
        }
        let mut fingers: Vec<Vec<PathBuf>> =
            fingers.into_values().map(|impressions| impressions.into_values().collect()).collect();
        let left_over = fingers.len() % TEN;
        fingers.truncate(fingers.len() - left_over);
        if fingers.is_empty() {
            return Err(format!(
                "its folder holds {left_over} fingers named FFF_I.png, .wsq, .tif or .tiff; one person needs ten"
            ));
        }
        let persons = fingers.chunks(TEN).map(<[_]>::to_vec).collect();
        Ok(Self { persons, left_over, resolution_ppi })
    }

    /// How many complete people there are.
    #[must_use]
    pub fn persons(&self) -> u32 {
        u32::try_from(self.persons.len()).unwrap_or(u32::MAX)
    }

    /// How many visits every finger of a person has; 0 for a person who is not there.
    #[must_use]
    pub fn visits(&self, person: u32) -> u32 {
        let fingers = self.person(person);
        let visits = fingers.and_then(|fingers| fingers.iter().map(Vec::len).min());
        u32::try_from(visits.unwrap_or(0)).unwrap_or(u32::MAX)
    }

    /// Finger numbers that did not fill a person.
    #[must_use]
    pub fn fingers_left_over(&self) -> usize {
        self.left_over
    }

    /// The print of one finger at one visit, from 1; past the last visit it starts again with the first.
    ///
    /// # Errors
    /// A sentence for the officer when there is no such person or the file is not a usable print.
    pub fn print(&self, person: u32, finger: Finger, visit: u32) -> Result<Image, String> {
        let known = self.persons();
        let missing = || format!("its folder has no person {person}; it has {known}, counted from 0");
        let impressions = self
            .person(person)
            .and_then(|fingers| fingers.get(usize::from(finger.fgp()) - 1))
            .ok_or_else(missing)?;
        let visits = impressions.len().max(1);
        let at = usize::try_from(visit.saturating_sub(1)).unwrap_or(0) % visits;
        let path = impressions.get(at).ok_or_else(missing)?;
        let print = read(path, self.resolution_ppi)?;
        Ok(ground::onto_white(&print))
    }

    fn person(&self, person: u32) -> Option<&Vec<Vec<PathBuf>>> {
        self.persons.get(usize::try_from(person).ok()?)
    }
}

/// Finger and impression number of a file name, `None` for other files.
fn numbers(path: &Path) -> Option<(u32, u32)> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    if !matches!(ending.as_str(), "png" | "wsq" | "tif" | "tiff") {
        return None;
    }
    let (finger, impression) = path.file_stem()?.to_str()?.split_once('_')?;
    let digits = |text: &str| {
        let plain = !text.is_empty() && text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse().ok()).flatten()
    };
    Some((digits(finger)?, digits(impression)?))
}

/// Reads one file and brings it to 500 ppi.
fn read(path: &Path, resolution_ppi: u32) -> Result<Image, String> {
    // The name of a replay file is a number, not a person's name, so it may be shown.
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let failed = |what: &str| format!("file {name} {what}");
    let file =
        fs::File::open(path).map_err(|error| failed(&format!("cannot be read ({:?})", error.kind())))?;
    let mut bytes = Vec::new();
    file.take(limits::REPLAY_FILE_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| failed(&format!("cannot be read ({:?})", error.kind())))?;
    if bytes.len() as u64 > limits::REPLAY_FILE_BYTES_MAX {
        return Err(failed("is too large"));
    }
    let is_wsq = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("wsq"));
    let (grey, ppi) = if is_wsq {
        let decoded = icd::wsq::decode(&bytes)
            .map_err(|error| failed(&format!("is not a usable WSQ file: {error}")))?;
        let grey = image::GrayImage::from_raw(decoded.width_px, decoded.height_px, decoded.pixels);
        (grey.ok_or_else(|| failed("has another size than it says"))?, decoded.resolution_ppi.map(u32::from))
    } else {
        let mut reader = image::ImageReader::new(Cursor::new(bytes))
            .with_guessed_format()
            .map_err(|_| failed("is not an image"))?;
        reader.limits(limits::print_decoding());
        (reader.decode().map_err(|_| failed("is not a usable image"))?.into_luma8(), None)
    };
    if grey.width() > limits::PRINT_SIDE_PX_MAX || grey.height() > limits::PRINT_SIDE_PX_MAX {
        return Err(failed("is larger than a print can be"));
    }
    scaled(grey, ppi.unwrap_or(resolution_ppi)).ok_or_else(|| failed("is no print that can be used"))
}

/// Brings a print to 500 ppi.
pub(in crate::device) fn scaled(grey: image::GrayImage, from_ppi: u32) -> Option<Image> {
    let target = SLAP_RESOLUTION_PPI;
    let grey = if from_ppi == target || from_ppi == 0 {
        grey
    } else {
        let side = |px: u32| u32::try_from(u64::from(px) * u64::from(target) / u64::from(from_ppi)).ok();
        let (width, height) = (side(grey.width())?, side(grey.height())?);
        if !(1..=limits::PRINT_SIDE_PX_MAX).contains(&width)
            || !(1..=limits::PRINT_SIDE_PX_MAX).contains(&height)
        {
            return None;
        }
        image::imageops::resize(&grey, width, height, FilterType::CatmullRom)
    };
    let (width, height) = grey.dimensions();
    Image::new(width, height, target, grey.into_raw()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_name(name: &str, expect: Option<(u32, u32)>) {
        assert_eq!(numbers(Path::new(name)), expect, "{name}");
    }

    #[test]
    fn only_numbered_prints_are_taken() {
        check_name("101_1.png", Some((101, 1)));
        check_name("7_12.WSQ", Some((7, 12)));
        check_name("007_3.tiff", Some((7, 3)));
        check_name("a/b/110_8.tif", Some((110, 8)));
        check_name("README.md", None);
        check_name("101_1.jpg", None);
        check_name("101-1.png", None);
        check_name("_1.png", None);
        check_name("+1_1.png", None);
        check_name("1_.png", None);
        check_name("10000000_1.png", None);
    }

    /// A print-like picture whose grey tells finger and impression apart.
    fn write(folder: &Path, finger: u32, impression: u32, side: u32) {
        let picture = image::GrayImage::from_fn(side, side, |x, y| {
            let away = (f64::from(x) - f64::from(side) / 2.0).hypot(f64::from(y) - f64::from(side) / 2.0);
            let ridge = (away * 0.7 + f64::from(finger + impression)).sin() > 0.0;
            image::Luma([if away < f64::from(side) * 0.4 && ridge { 40 } else { 210 }])
        });
        picture.save(folder.join(format!("{finger}_{impression}.png"))).expect("a writable folder");
    }

    #[test]
    fn tens_are_people_and_impressions_are_visits() {
        let folder = tempfile::tempdir().expect("a folder");
        for finger in (301..=320).chain([990]) {
            write(folder.path(), finger, 1, 120);
            write(folder.path(), finger, 4, 120);
        }
        write(folder.path(), 305, 9, 120);
        let replay = ReplayFolder::open(folder.path(), 500).expect("two people");
        assert_eq!((replay.persons(), replay.fingers_left_over()), (2, 1));
        assert_eq!((replay.visits(0), replay.visits(1), replay.visits(2)), (2, 2, 0));
        let print = |person, finger, visit| replay.print(person, finger, visit).expect("a print").pixels;
        assert_ne!(print(0, Finger::RightThumb, 1), print(0, Finger::RightThumb, 2));
        assert_eq!(print(0, Finger::RightThumb, 1), print(0, Finger::RightThumb, 3));
        assert_ne!(print(0, Finger::RightThumb, 1), print(1, Finger::RightThumb, 1));
        assert!(replay.print(2, Finger::RightThumb, 1).is_err());
    }

    #[test]
    fn other_resolutions_are_brought_to_500_ppi() {
        let folder = tempfile::tempdir().expect("a folder");
        (1..=10).for_each(|finger| write(folder.path(), finger, 1, 200));
        let replay = ReplayFolder::open(folder.path(), 1000).expect("one person");
        let print = replay.print(0, Finger::LeftLittle, 1).expect("a print");
        assert_eq!((print.width, print.height, print.resolution_ppi), (100, 100, 500));
    }

    #[test]
    fn bad_folders_and_files_are_refused_with_a_reason() {
        let folder = tempfile::tempdir().expect("a folder");
        let reason = |result: Result<ReplayFolder, String>| result.err().unwrap_or_default();
        assert!(reason(ReplayFolder::open(&folder.path().join("nowhere"), 500)).contains("NotFound"));
        (1..=9).for_each(|finger| write(folder.path(), finger, 1, 100));
        assert!(reason(ReplayFolder::open(folder.path(), 500)).contains("9 fingers"));
        fs::write(folder.path().join("10_1.png"), b"no picture at all").expect("a writable folder");
        fs::write(folder.path().join("11_1.wsq"), b"\xff\xa0 no picture").expect("a writable folder");
        let replay = ReplayFolder::open(folder.path(), 500).expect("ten names");
        assert!(replay.print(0, Finger::LeftLittle, 1).err().unwrap_or_default().contains("10_1.png"));
        fs::rename(folder.path().join("11_1.wsq"), folder.path().join("0_1.wsq")).expect("a writable folder");
        let replay = ReplayFolder::open(folder.path(), 500).expect("ten of eleven names");
        assert!(replay.print(0, Finger::RightThumb, 1).err().unwrap_or_default().contains("WSQ"));
    }
}
