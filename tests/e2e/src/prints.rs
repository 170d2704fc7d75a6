//! Fills the folder that the virtual scanners replay: synthetic ten-finger sets, and real ones where a folder is given.
//!
//! Files are named `FFF_I` (finger, impression). Ten fingers in a row are one person's, in the order of the finger
//! position codes; impressions are visits. Real prints are linked, never copied. There are no children's prints in
//! any public set, so the child is always synthetic.

use std::{
    collections::BTreeSet,
    fs,
    os::unix,
    path::{Path, PathBuf},
};

use matcher::{
    Finger,
    synth::{Condition, Person},
};

use crate::{Error, site::file_error};

/// Who stands at the scanner: places in the replay folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cast {
    /// The adult of stories one and two (two visits).
    pub adult: usize,
    /// The girl of eight.
    pub girl: usize,
    /// The adult of the last story.
    pub second_adult: usize,
    /// Ten-finger sets that are real prints.
    pub real_persons: usize,
}

/// Fills `folder` and says who is where.
///
/// # Errors
/// When `real` does not hold at least one ten-finger set with two impressions, or the folder cannot be written.
pub fn fill(folder: &Path, real: Option<&Path>) -> Result<Cast, Error> {
    let real_persons = real.map_or(Ok(0), |real| link_real(real, folder))?;
    let adults_needed = 2_usize.saturating_sub(real_persons);
    let mut next = FIRST_FINGER + real_persons * 10;
    let mut ages = vec![ADULT_AGE_YEARS; adults_needed];
    ages.push(CHILD_AGE_YEARS);
    // Two people at a time: generation is pure work and the machine has two cores.
    std::thread::scope(|scope| {
        let workers: Vec<_> = ages
            .iter()
            .enumerate()
            .map(|(index, age)| {
                let first = next + index * 10;
                scope.spawn(move || write_synthetic(folder, first, SEED + index as u64, *age))
            })
            .collect();
        workers.into_iter().try_for_each(|worker| {
            worker
                .join()
                .unwrap_or_else(|_| Err(Error::Site("synthetic prints could not be made".to_owned())))
        })
    })?;
    next += ages.len() * 10;
    let persons = (next - FIRST_FINGER) / 10;
    Ok(Cast { adult: 0, girl: persons - 1, second_adult: 1, real_persons })
}

fn write_synthetic(folder: &Path, first_finger: usize, seed: u64, age_years: u8) -> Result<(), Error> {
    let person = Person::new(seed, age_years);
    for visit in 1..=VISITS {
        for finger in Finger::ALL {
            let print = person.impression(finger, visit, Condition::default());
            let number = first_finger + usize::from(finger.fgp()) - 1;
            let path = folder.join(format!("{number:03}_{visit}.png"));
            image::save_buffer(&path, &print.pixels, print.width, print.height, image::ColorType::L8)
                .map_err(|error| Error::File {
                    path: path.display().to_string(),
                    reason: error.to_string(),
                })?;
        }
    }
    Ok(())
}

/// Links the complete ten-finger sets of a folder; returns how many there are.
fn link_real(real: &Path, folder: &Path) -> Result<usize, Error> {
    let prints =
        |reason: &str| Error::Prints { folder: real.display().to_string(), reason: reason.to_owned() };
    let real = fs::canonicalize(real).map_err(|error| prints(&error.to_string()))?;
    let mut files: Vec<(u32, u32, PathBuf)> = Vec::new();
    for entry in fs::read_dir(&real).map_err(|error| prints(&error.to_string()))? {
        let path = entry.map_err(|error| prints(&error.to_string()))?.path();
        if let Some((finger, impression)) = finger_and_impression(&path) {
            files.push((finger, impression, path));
        }
    }
    let fingers: BTreeSet<_> = files.iter().map(|(finger, ..)| *finger).collect();
    let persons = fingers.len() / 10;
    if persons == 0 {
        return Err(prints("it holds fewer than ten fingers"));
    }
    let in_order: Vec<_> = fingers.into_iter().take(persons * 10).collect();
    for finger in &in_order {
        if files.iter().filter(|(other, ..)| other == finger).count() < 2 {
            return Err(prints("a finger has fewer than two impressions"));
        }
    }
    for (finger, impression, path) in &files {
        let Some(place) = in_order.iter().position(|other| other == finger) else { continue };
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("png");
        let link = folder.join(format!("{:03}_{impression}.{ending}", FIRST_FINGER + place));
        unix::fs::symlink(path, &link).map_err(|error| file_error(&link, error))?;
    }
    Ok(persons)
}

/// `FFF_I` of a print's file name.
fn finger_and_impression(path: &Path) -> Option<(u32, u32)> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    if !["png", "wsq", "tif", "tiff"].contains(&ending.as_str()) {
        return None;
    }
    let (finger, impression) = path.file_stem()?.to_str()?.split_once('_')?;
    Some((finger.parse().ok()?, impression.parse().ok()?))
}

const FIRST_FINGER: usize = 101;
const VISITS: u32 = 2;
const SEED: u64 = 20_260_612;
const ADULT_AGE_YEARS: u8 = 34;
const CHILD_AGE_YEARS: u8 = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read() {
        let read = |name: &str| finger_and_impression(Path::new(name));
        assert_eq!(read("101_2.png"), Some((101, 2)));
        assert_eq!(read("7_1.WSQ"), Some((7, 1)));
        assert_eq!(read("readme.md"), None);
        assert_eq!(read("101.png"), None);
    }

    #[test]
    fn a_folder_with_too_few_fingers_is_refused() {
        let real = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        for finger in 1..=9 {
            fs::write(real.path().join(format!("{finger}_1.png")), "").unwrap();
        }
        assert_eq!(link_real(real.path(), folder.path()).unwrap_err().code(), "D-0105");
    }

    #[test]
    fn sets_are_linked_in_order_and_one_impression_is_too_few() {
        let real = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        for finger in 21..=32 {
            fs::write(real.path().join(format!("{finger}_1.png")), "").unwrap();
        }
        assert_eq!(link_real(real.path(), folder.path()).unwrap_err().code(), "D-0105");
        for finger in 21..=32 {
            fs::write(real.path().join(format!("{finger}_2.png")), "").unwrap();
        }
        assert_eq!(link_real(real.path(), folder.path()).unwrap(), 1);
        assert!(folder.path().join("110_2.png").exists());
        assert!(!folder.path().join("111_1.png").exists());
    }
}
