//! A camera without hardware: draws the person of the shared [`Scene`] and delivers a JPEG, as a booth camera would.
//!
//! The face is drawn from a seed (the person's place in the scene) by this product's own painter; no photograph of
//! anybody is in it. The same person has the same face at every visit and attempt, a little moved. The size is that of
//! a 4:5 portrait with 172 pixels between the eyes, above the 90 that portrait rules ask for.
//!
//! Invariant: the same scene and attempt give the same bytes.
//! Left out on purpose: judging the picture (`face`).

mod canvas;
mod person;
mod portrait;

use std::time::{Duration, Instant};

use self::canvas::{Canvas, Colour, Reach, View, mix};
use self::person::Person;
use super::{
    Bounds, Camera, DeviceDescription, Fault, Health, Portrait, Pose, Scene, SceneHandle, Tempo, Trouble,
};
use crate::limits;
use crate::parameters::{PORTRAIT_JPEG_QUALITY, VIRTUAL_FRAME_MS};

/// Size of the portrait.
const WIDTH_PX: u32 = 720;
const HEIGHT_PX: u32 = 900;
/// Live frames before the portrait.
const LIVE_FRAMES: u32 = 3;
/// Live frames of nobody, and then of somebody still too far away, when the live picture is watched.
const COMING_FRAMES: [(u32, Pose); 2] = [(4, Pose::Nobody), (8, Pose::Far)];

/// The virtual camera.
#[derive(Debug)]
pub struct VirtualCamera {
    id: String,
    scene: SceneHandle,
    opened: bool,
    attempts: u64,
}

impl VirtualCamera {
    /// A closed camera.
    #[must_use]
    pub fn new(id: String, scene: SceneHandle) -> Self {
        Self { id, scene, opened: false, attempts: 0 }
    }

    fn encode(&self, rgb: &[u8], width: u32, height: u32) -> Result<Vec<u8>, Fault> {
        let mut jpeg = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, PORTRAIT_JPEG_QUALITY)
            .encode(rgb, width, height, image::ExtendedColorType::Rgb8)
            .map_err(|_| Fault::BadImage {
                device: self.id.clone(),
                detail: "it cannot be encoded".into(),
            })?;
        Ok(jpeg)
    }

    /// Ignores deadline and cancellation, as a driver stuck in a system call does, until the scene changes.
    fn stall(&self) {
        let begun = Instant::now();
        while self.scene.look().trouble == Trouble::Stalled && begun.elapsed() < limits::VIRTUAL_STALL_MAX {
            std::thread::sleep(Duration::from_millis(VIRTUAL_FRAME_MS));
        }
    }
}

impl Camera for VirtualCamera {
    fn describe(&self) -> DeviceDescription {
        DeviceDescription {
            id: self.id.clone(),
            make: "Virtual".into(),
            model: "Drawn portrait".into(),
            serial: format!("virtual-{}", self.id),
            driver: concat!("virtual-camera ", env!("CARGO_PKG_VERSION")).into(),
            ..DeviceDescription::default()
        }
    }

    fn open(&mut self, bounds: &Bounds) -> Result<(), Fault> {
        bounds.check()?;
        if self.scene.look().trouble == Trouble::Unplugged {
            return Err(Fault::Missing {
                device: self.id.clone(),
                detail: "the virtual camera is unplugged".into(),
            });
        }
        self.opened = true;
        Ok(())
    }

    fn capture(&mut self, bounds: &Bounds, watch: &mut dyn FnMut(&[u8])) -> Result<Portrait, Fault> {
        if !self.opened {
            return Err(Fault::Closed { device: self.id.clone() });
        }
        let scene = self.scene.look();
        let shows = |pose| {
            let scene = Scene { pose, ..scene.clone() };
            self.encode(&drawn(&scene, self.attempts, 1), WIDTH_PX, HEIGHT_PX)
        };
        let waits = bounds.trigger.is_some() && scene.tempo == Tempo::Human;
        let live = shows(scene.pose)?;
        if waits {
            for (frames, pose) in COMING_FRAMES {
                let coming = shows(pose)?;
                for _ in 0..frames {
                    bounds.pause(Duration::from_millis(VIRTUAL_FRAME_MS))?;
                    watch(&coming);
                }
            }
        }
        let mut shown = 0;
        while shown < LIVE_FRAMES || (waits && !bounds.is_due()) {
            shown += 1;
            bounds.pause(Duration::from_millis(VIRTUAL_FRAME_MS))?;
            match self.scene.look().trouble {
                Trouble::None | Trouble::Garbage => watch(&live),
                Trouble::Stalled => self.stall(),
                Trouble::Unplugged => {
                    let detail = "it was unplugged during the capture".into();
                    return Err(Fault::Broken { device: self.id.clone(), detail });
                }
            }
        }
        let mut jpeg = self.encode(&drawn(&scene, self.attempts, 1), WIDTH_PX, HEIGHT_PX)?;
        self.attempts += 1;
        if scene.trouble == Trouble::Garbage {
            jpeg.iter_mut().take(64).for_each(|byte| *byte = !*byte);
        }
        bounds.check()?;
        Ok(Portrait { jpeg, width: WIDTH_PX, height: HEIGHT_PX, device: self.describe() })
    }

    fn close(&mut self) {
        self.opened = false;
    }

    fn health(&mut self) -> Health {
        match self.scene.look().trouble {
            Trouble::Unplugged => Health::Missing("the virtual camera is unplugged".into()),
            _ => Health::Ready,
        }
    }
}

/// The scene as red, green and blue bytes, smaller by `divisor`.
fn drawn(scene: &Scene, attempt: u64, divisor: u32) -> Vec<u8> {
    let scale = 1.0 / divisor as f32;
    let wall: Colour = [0.82, 0.835, 0.84];
    let whole = View { x_px: 0.0, y_px: 0.0, unit_px: HEIGHT_PX as f32 * scale };
    let mut canvas = Canvas::new(WIDTH_PX / divisor, HEIGHT_PX / divisor, whole, wall);
    let (right, bottom) = (WIDTH_PX as f32 / HEIGHT_PX as f32, 1.0);
    canvas.paint(Reach { left: 0.0, top: 0.0, right, bottom }, |x, y| {
        let away = (x - right / 2.0).hypot(y - 0.4);
        (1.0, mix([0.87, 0.88, 0.885], [0.74, 0.76, 0.775], (away * 0.9).min(1.0)))
    });
    // Nobody holds perfectly still between two attempts.
    let sway = |what: u32| (canvas::hash(what, attempt as u32, u64::from(scene.person)) - 0.5) * 10.0;
    let (dx, dy) = (sway(1), sway(2));
    let places: &[(f32, f32, f32)] = match scene.pose {
        Pose::Centred | Pose::Dark | Pose::Bright => &[(360.0, 400.0, 172.0)],
        Pose::OffCentre => &[(175.0, 430.0, 125.0)],
        Pose::Far => &[(360.0, 430.0, 62.0)],
        Pose::Cut => &[(70.0, 400.0, 172.0)],
        Pose::Nobody => &[],
        Pose::TwoPeople => &[(205.0, 420.0, 105.0), (525.0, 440.0, 105.0)],
    };
    for (at, (x_px, y_px, unit_px)) in places.iter().enumerate() {
        let view = View { x_px: (x_px + dx) * scale, y_px: (y_px + dy) * scale, unit_px: unit_px * scale };
        canvas.look_from(view);
        // Whoever else is in the picture is somebody else.
        let seed = u64::from(scene.person) + at as u64 * 1_000_003;
        portrait::draw(&mut canvas, &Person::new(seed, scene.looks));
    }
    match scene.pose {
        Pose::Dark => canvas.expose(0.09),
        Pose::Bright => canvas.expose(2.4),
        _ => {}
    }
    canvas.grain(0.018, attempt ^ 0xca3e);
    canvas.to_rgb()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::{CancelToken, Guarded, Looks};

    fn soon() -> Bounds {
        Bounds::within(Duration::from_secs(60), CancelToken::default())
    }

    fn camera(scene: &SceneHandle) -> Guarded<dyn Camera> {
        let scene = scene.clone();
        Guarded::camera(move || Box::new(VirtualCamera::new("face".into(), scene.clone())))
    }

    #[test]
    fn a_portrait_is_a_jpeg_of_its_stated_size_after_live_frames() {
        let scene = SceneHandle::default();
        let mut camera = camera(&scene);
        camera.open(&soon()).expect("opens");
        let mut live = 0;
        let taken = camera.capture(&soon(), &mut |_| live += 1).expect("a portrait");
        let picture = image::load_from_memory(&taken.jpeg).expect("JPEG");
        assert_eq!((picture.width(), picture.height()), (taken.width, taken.height));
        assert!(live >= 1);
        assert_eq!(taken.device.make, "Virtual");
    }

    #[test]
    fn people_differ_and_one_person_repeats() {
        let person = |person, looks| drawn(&Scene { person, looks, ..Scene::default() }, 0, 6);
        assert_eq!(person(3, Looks::Adult), person(3, Looks::Adult));
        assert_ne!(person(3, Looks::Adult), person(4, Looks::Adult));
        assert_ne!(person(3, Looks::Adult), person(3, Looks::Child));
    }

    #[test]
    fn troubles_end_in_their_own_faults() {
        let scene = SceneHandle::default();
        let mut camera = camera(&scene);
        let capture =
            |camera: &mut Guarded<dyn Camera>| camera.capture(&soon(), &mut |_| ()).err().map(|f| f.code());
        assert_eq!(capture(&mut camera), Some("C-0211"));
        scene.change(|scene| scene.trouble = Trouble::Unplugged);
        assert_eq!(camera.open(&soon()).err().map(|fault| fault.code()), Some("C-0201"));
        assert!(matches!(camera.health(), Health::Missing(_)));
        scene.change(|scene| scene.trouble = Trouble::None);
        camera.open(&soon()).expect("opens");
        scene.change(|scene| scene.trouble = Trouble::Garbage);
        assert_eq!(capture(&mut camera), Some("C-0203"));
        scene.change(|scene| scene.trouble = Trouble::Unplugged);
        assert_eq!(capture(&mut camera), Some("C-0202"));
        scene.change(|scene| scene.trouble = Trouble::None);
        assert_eq!(capture(&mut camera), None);
    }
}
