//! Made-up prints for a virtual scanner that was given no folder to replay.
//!
//! They are grown once, beside the case store, from a fixed seed: the same people at every start. They are marked as
//! virtual by the device that replays them and belong to nobody.

use std::path::{Path, PathBuf};

use matcher::Finger;
use matcher::synth::{Condition, Person};

use crate::error::StartError;

/// The folder with made-up prints; grown when it is not there yet.
pub(super) fn made_up(storage: &Path) -> Result<PathBuf, StartError> {
    let folder = storage.join("virtual-prints");
    if folder.is_dir() {
        return Ok(folder);
    }
    let failed =
        |error: &dyn core::fmt::Display| StartError::Storage { detail: format!("virtual prints: {error}") };
    // Under another name until complete, so that a start that was cut short leaves no half folder behind.
    let growing = storage.join("virtual-prints.growing");
    std::fs::create_dir_all(&growing).map_err(|error| failed(&error))?;
    for (number, age_years) in (0_u32..).zip(AGES_YEARS) {
        let person = Person::new(SEED + u64::from(number), age_years);
        for finger in Finger::ALL {
            for visit in 1..=VISITS {
                let print = person.impression(finger, visit, Condition::default());
                let name = format!("{}_{visit}.png", 101 + number * 10 + u32::from(finger.fgp()) - 1);
                image::save_buffer(
                    growing.join(name),
                    &print.pixels,
                    print.width,
                    print.height,
                    image::ColorType::L8,
                )
                .map_err(|error| failed(&error))?;
            }
        }
    }
    std::fs::rename(&growing, &folder).map_err(|error| failed(&error))?;
    Ok(folder)
}

/// A grown-up, a child, and another grown-up.
const AGES_YEARS: [u8; 3] = [30, 8, 41];
const VISITS: u32 = 2;
const SEED: u64 = 4_100;
