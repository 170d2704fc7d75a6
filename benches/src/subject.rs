//! A synthetic person before the scanner: three slaps and a drawn portrait, made once and used in every round.

use std::{thread, time::Duration};

use capture::device::{
    Bounds, Camera, CancelToken, Portrait, Scene, SceneHandle, virtual_camera::VirtualCamera,
};
use matcher::{
    Hand, Image,
    synth::{Condition, Person, Placement, compose_slap},
};

use crate::Error;

/// What the devices deliver of one person on one visit.
pub struct Subject {
    /// The slaps in the order of capture.
    pub slaps: Vec<(Hand, Image)>,
    /// The portrait.
    pub portrait: Portrait,
}

impl Subject {
    /// The person of this seed on the first visit.
    ///
    /// # Errors
    /// [`Error::Part`] when the virtual camera fails.
    pub fn new(seed: u64, age_years: u8) -> Result<Self, Error> {
        let person = Person::new(seed, age_years);
        let slaps = Hand::ALL.map(|hand| (hand, slap(&person, hand, seed)));
        Ok(Self { slaps: slaps.into(), portrait: portrait(seed)? })
    }

    /// Several people, grown on all cores.
    ///
    /// # Errors
    /// As [`Subject::new`].
    pub fn crowd(persons: u32, age_years: u8) -> Result<Vec<Self>, Error> {
        thread::scope(|scope| {
            let growing: Vec<_> = (0..u64::from(persons))
                .map(|index| scope.spawn(move || Self::new(FIRST_SEED + index, age_years)))
                .collect();
            growing
                .into_iter()
                .map(|person| {
                    person.join().unwrap_or_else(|_| Err(Error::part("synthetic person")(&"it did not grow")))
                })
                .collect()
        })
    }

    /// All pixels of the slaps behind one another.
    #[must_use]
    pub fn pixels(&self) -> Vec<u8> {
        self.slaps.iter().flat_map(|(_, slap)| slap.pixels.iter().copied()).collect()
    }
}

fn slap(person: &Person, hand: Hand, seed: u64) -> Image {
    let print = |finger| (finger, person.impression(finger, 1, Condition::default()));
    let prints: Vec<_> = hand.fingers().iter().copied().map(print).collect();
    compose_slap(&prints, hand, Placement { seed, ..Placement::for_age(person.age_years()) }).image
}

fn portrait(seed: u64) -> Result<Portrait, Error> {
    let failed = Error::part("virtual camera");
    let scene = SceneHandle::default();
    scene.set(Scene { person: u32::try_from(seed).unwrap_or(0), ..Scene::default() });
    let mut camera = VirtualCamera::new("camera".to_owned(), scene);
    let bounds = Bounds::within(CAMERA_TIME, CancelToken::default());
    camera.open(&bounds).map_err(|fault| failed(&fault))?;
    camera.capture(&bounds, &mut |_| ()).map_err(|fault| failed(&fault))
}

const FIRST_SEED: u64 = 4_100;
const CAMERA_TIME: Duration = Duration::from_secs(30);
