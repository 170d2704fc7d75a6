//! A ten-print scanner without hardware: lays recorded or made-up prints on a platen, as a scripted person would.
//!
//! It keeps the promises of a real one: it takes time, shows live frames, refuses while closed, can be unplugged, can
//! stall and can deliver garbage. What it shows is chosen in the shared [`Scene`]. Its description says "virtual"
//! wherever a record could be mistaken for one of a real person.
//!
//! Invariant: the same scene and the same number of attempts since the daemon started give the same pixels.
//! Prints come from a replay folder (made by `matcher synth`, or real ones) or are made up from a seed.

mod ground;
mod made_up;
mod motion;
mod replay;
mod wear;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use matcher::synth::{Placement, compose_slap};
use matcher::{Finger, Hand, Image};

pub use made_up::MadeUp;
use motion::Motion;
pub use replay::ReplayFolder;
pub(super) use replay::scaled as to_500_ppi;

use super::{
    Behaviour, Bounds, DeviceDescription, Fault, FingerprintDevice, Health, Looks, Reach, Scene, SceneHandle,
    SlapImage, SlapRequest, Tempo, Trouble,
};
use crate::limits;
use crate::parameters::{CHILD_AGE_YEARS, SLAP_RESOLUTION_PPI, VIRTUAL_FRAME_MS};

/// How a virtual scanner is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Identifier in the kiosk's configuration.
    pub id: String,
    /// Whose prints are laid on the glass.
    pub source: Source,
}

/// Where the prints come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A folder of numbered prints.
    Replay {
        /// The folder.
        folder: PathBuf,
        /// Resolution of prints that do not state theirs.
        resolution_ppi: u32,
    },
    /// People that do not exist.
    MadeUp(MadeUp),
}

/// The source, ready to be asked.
#[derive(Debug)]
enum Prints {
    Replay(ReplayFolder),
    MadeUp(MadeUp),
}

impl Prints {
    fn print(&self, scene: &Scene, finger: Finger) -> Result<Image, String> {
        match self {
            Self::Replay(folder) => folder.print(scene.person, finger, scene.visit),
            Self::MadeUp(crowd) => Ok(crowd.print(scene.person, finger, scene.visit, scene.looks)),
        }
    }

    fn left_over(&self) -> usize {
        match self {
            Self::Replay(folder) => folder.fingers_left_over(),
            Self::MadeUp(_) => 0,
        }
    }
}

/// The virtual ten-print scanner.
#[derive(Debug)]
pub struct VirtualScanner {
    options: Options,
    scene: SceneHandle,
    prints: Option<Prints>,
    attempts: u64,
}

impl VirtualScanner {
    /// A closed scanner.
    #[must_use]
    pub fn new(options: Options, scene: SceneHandle) -> Self {
        Self { options, scene, prints: None, attempts: 0 }
    }

    fn index(&self) -> Result<Prints, Fault> {
        match &self.options.source {
            Source::Replay { folder, resolution_ppi } => ReplayFolder::open(folder, *resolution_ppi)
                .map(Prints::Replay)
                .map_err(|detail| Fault::Configuration { device: self.options.id.clone(), detail }),
            Source::MadeUp(crowd) => Ok(Prints::MadeUp(crowd.clone())),
        }
    }

    fn prints(&self) -> Result<&Prints, Fault> {
        self.prints.as_ref().ok_or_else(|| Fault::Closed { device: self.options.id.clone() })
    }

    fn missing(&self) -> Fault {
        Fault::Missing { device: self.options.id.clone(), detail: "the virtual scanner is unplugged".into() }
    }

    /// The prints that really lie on the glass, under the position where they lie.
    fn placed(&self, scene: &Scene, request: &SlapRequest) -> Result<Vec<(Finger, Image)>, Fault> {
        let prints = self.prints()?;
        let mut placed = Vec::new();
        for finger in request.hand.fingers() {
            let swapped = scene.behaviour == Behaviour::SwappedHands;
            let given = if swapped { finger.mirrored() } else { *finger };
            let left_out = scene.behaviour == Behaviour::MissingFinger && scene.missing.contains(&given);
            if left_out || request.missing.contains(&given) {
                continue;
            }
            // Of the other hand, the same finger; crossed thumbs lie in each other's place.
            let place = if swapped && request.hand == Hand::Thumbs { *finger } else { given };
            let print = prints.print(scene, given).map_err(|detail| self.bad_image(detail))?;
            placed.push((place, print));
        }
        Ok(placed)
    }

    fn bad_image(&self, detail: String) -> Fault {
        Fault::BadImage { device: self.options.id.clone(), detail }
    }

    fn compose(&self, scene: &Scene, request: &SlapRequest, placed: &[(Finger, Image)]) -> Image {
        let swapped = scene.behaviour == Behaviour::SwappedHands;
        let hand = match request.hand {
            Hand::RightFour if swapped => Hand::LeftFour,
            Hand::LeftFour if swapped => Hand::RightFour,
            hand => hand,
        };
        let seed = self.seed(scene, u64::from(request.hand.fgp()));
        let usual = match scene.looks {
            Looks::Adult => Placement::default(),
            Looks::Child => Placement::for_age(CHILD_AGE_YEARS),
        };
        let clean = compose_slap(placed, hand, Placement { seed, ..usual }).image;
        wear::apply(scene.behaviour, &clean, Some(hand), scene.looks, seed)
    }

    /// Every attempt lies a little differently, as it does with people.
    fn seed(&self, scene: &Scene, what: u64) -> u64 {
        let (person, visit) = (u64::from(scene.person), u64::from(scene.visit));
        ((person << 32) | (visit << 16)).wrapping_add(what << 8).wrapping_add(self.attempts)
    }

    /// Plays the time a capture takes. Watched with a trigger, a hand comes in, settles and lies there until it is
    /// pulled; otherwise an empty glass, a touch and the final image are enough.
    fn play(&self, image: Image, bounds: &Bounds, watch: &mut dyn FnMut(&Image)) -> Result<SlapImage, Fault> {
        let scene = self.scene.look();
        let motion = Motion::of(&image, scene.behaviour);
        if bounds.trigger.is_some() && scene.tempo == Tempo::Human {
            let mut at = 0;
            while !bounds.is_due() || at < motion.frames_to_settle() {
                if let Some(garbage) = self.trouble(&image, bounds)? {
                    return Ok(garbage);
                }
                watch(&motion.frame(at));
                at += 1;
            }
            bounds.check()?;
        } else {
            for presence in [0.0, 0.5, 1.0] {
                if let Some(garbage) = self.trouble(&image, bounds)? {
                    return Ok(garbage);
                }
                watch(&motion.touch(presence));
            }
        }
        Ok(SlapImage { image, areas: Vec::new(), device: self.describe() })
    }

    /// Lets the time of one frame pass, and whatever goes wrong in it.
    fn trouble(&self, image: &Image, bounds: &Bounds) -> Result<Option<SlapImage>, Fault> {
        bounds.pause(Duration::from_millis(VIRTUAL_FRAME_MS))?;
        match self.scene.look().trouble {
            Trouble::None => {}
            Trouble::Unplugged => {
                return Err(Fault::Broken {
                    device: self.options.id.clone(),
                    detail: "it was unplugged during the capture".into(),
                });
            }
            Trouble::Stalled => self.stall(),
            Trouble::Garbage => {
                let half = image.pixels.len() / 2;
                let pixels = image.pixels.get(..half).unwrap_or(&[]).to_vec();
                let image = Image { pixels, ..image.clone() };
                return Ok(Some(SlapImage { image, areas: Vec::new(), device: self.describe() }));
            }
        }
        Ok(None)
    }

    /// Ignores deadline and cancellation, as a driver stuck in a system call does, until the scene changes.
    fn stall(&self) {
        let begun = Instant::now();
        while self.scene.look().trouble == Trouble::Stalled && begun.elapsed() < limits::VIRTUAL_STALL_MAX {
            std::thread::sleep(Duration::from_millis(VIRTUAL_FRAME_MS));
        }
    }

    /// Nothing on the glass: wait as a real scanner would, until the deadline.
    fn wait_for_fingers(&self, bounds: &Bounds, watch: &mut dyn FnMut(&Image)) -> Fault {
        let empty = platen();
        loop {
            watch(&empty);
            if let Err(fault) = bounds.pause(Duration::from_millis(VIRTUAL_FRAME_MS)) {
                return fault;
            }
        }
    }
}

impl FingerprintDevice for VirtualScanner {
    fn describe(&self) -> DeviceDescription {
        DeviceDescription {
            id: self.options.id.clone(),
            make: "Virtual".into(),
            model: "Ten-print replay".into(),
            serial: format!("virtual-{}", self.options.id),
            driver: concat!("virtual-ten-print ", env!("CARGO_PKG_VERSION")).into(),
            firmware: String::new(),
            certification: String::new(),
            resolution_ppi: SLAP_RESOLUTION_PPI,
        }
    }

    fn reach(&self) -> Reach {
        Reach::TenPrint
    }

    fn open(&mut self, bounds: &Bounds) -> Result<(), Fault> {
        bounds.check()?;
        if self.scene.look().trouble == Trouble::Unplugged {
            return Err(self.missing());
        }
        self.prints = Some(self.index()?);
        Ok(())
    }

    fn capture(
        &mut self,
        request: &SlapRequest,
        bounds: &Bounds,
        watch: &mut dyn FnMut(&Image),
    ) -> Result<SlapImage, Fault> {
        let scene = self.scene.look();
        let placed = self.placed(&scene, request)?;
        if placed.is_empty() {
            return Err(self.wait_for_fingers(bounds, watch));
        }
        let image = self.compose(&scene, request, &placed);
        self.attempts += 1;
        self.play(image, bounds, watch)
    }

    fn capture_single(
        &mut self,
        finger: Finger,
        bounds: &Bounds,
        watch: &mut dyn FnMut(&Image),
    ) -> Result<SlapImage, Fault> {
        let scene = self.scene.look();
        let prints = self.prints()?;
        let given = if scene.behaviour == Behaviour::SwappedHands { finger.mirrored() } else { finger };
        if scene.behaviour == Behaviour::MissingFinger && scene.missing.contains(&given) {
            return Err(self.wait_for_fingers(bounds, watch));
        }
        let print = prints.print(&scene, given).map_err(|detail| self.bad_image(detail))?;
        let image = wear::apply(
            scene.behaviour,
            &print,
            None,
            scene.looks,
            self.seed(&scene, u64::from(finger.fgp())),
        );
        self.attempts += 1;
        self.play(image, bounds, watch)
    }

    fn close(&mut self) {
        self.prints = None;
    }

    fn health(&mut self) -> Health {
        match (self.scene.look().trouble, self.index()) {
            (Trouble::Unplugged, _) => Health::Missing(self.missing().to_string()),
            (_, Err(fault)) => Health::Missing(fault.to_string()),
            (_, Ok(prints)) if prints.left_over() > 0 => Health::Degraded(format!(
                "{} of the replayed fingers do not fill a person and are left out",
                prints.left_over()
            )),
            _ => Health::Ready,
        }
    }
}

/// An empty platen of 81.3 x 76.2 mm.
fn platen() -> Image {
    let (width, height) = (1600, 1500);
    Image {
        width,
        height,
        resolution_ppi: SLAP_RESOLUTION_PPI,
        pixels: vec![u8::MAX; width as usize * height as usize],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::{CancelToken, Guarded};
    use matcher::synth::{Condition, Person};
    use std::path::Path;
    use std::sync::OnceLock;

    /// One made-up person's right hand and thumbs as a replay folder, grown once for all tests.
    fn folder() -> &'static Path {
        static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
        let made = || {
            let folder = tempfile::tempdir().expect("a folder");
            let person = Person::new(77, 30);
            for finger in Finger::ALL {
                for visit in 1..=2 {
                    let print = person.impression(finger, visit, Condition::default());
                    let name = format!("{}_{visit}.png", 100 + u32::from(finger.fgp()));
                    image::GrayImage::from_raw(print.width, print.height, print.pixels)
                        .expect("a whole image")
                        .save(folder.path().join(name))
                        .expect("a writable folder");
                }
            }
            folder
        };
        FOLDER.get_or_init(made).path()
    }

    fn scanner(scene: &SceneHandle) -> Guarded<dyn FingerprintDevice> {
        let source = Source::Replay { folder: folder().to_owned(), resolution_ppi: 500 };
        let (options, scene) = (Options { id: "ten".into(), source }, scene.clone());
        Guarded::scanner(move || Box::new(VirtualScanner::new(options.clone(), scene.clone())))
    }

    fn soon() -> Bounds {
        Bounds::within(Duration::from_secs(60), CancelToken::default())
    }

    fn request(hand: Hand) -> SlapRequest {
        SlapRequest { hand, missing: Vec::new() }
    }

    fn take(scene: &SceneHandle, hand: Hand) -> Result<Image, Fault> {
        let mut scanner = scanner(scene);
        scanner.open(&soon())?;
        scanner.capture(&request(hand), &soon(), &mut |_| ()).map(|taken| taken.image)
    }

    fn dark(image: &Image) -> usize {
        image.pixels.iter().filter(|grey| **grey < 128).count()
    }

    #[test]
    fn a_slap_has_the_size_of_the_platen_and_comes_after_live_frames() {
        let scene = SceneHandle::default();
        let mut scanner = scanner(&scene);
        scanner.open(&soon()).expect("opens");
        let mut frames = Vec::new();
        let taken = scanner
            .capture(&request(Hand::RightFour), &soon(), &mut |frame| frames.push(dark(frame)))
            .expect("a slap");
        assert_eq!((taken.image.width, taken.image.height, taken.image.resolution_ppi), (1600, 1500, 500));
        assert_eq!((taken.device.make.as_str(), taken.device.resolution_ppi), ("Virtual", 500));
        assert_eq!(frames.first(), Some(&0), "the first frame is an empty glass");
        assert!(dark(&taken.image) > 20_000);
    }

    #[test]
    fn attempts_lie_differently_and_repeat_from_the_start() {
        let pair = || {
            let mut scanner = scanner(&SceneHandle::default());
            let mut one = || {
                scanner.open(&soon()).expect("opens");
                let taken = scanner.capture(&request(Hand::Thumbs), &soon(), &mut |_| ()).expect("a slap");
                scanner.close();
                taken.image
            };
            (one(), one())
        };
        let (first, second) = pair();
        assert!(first != second);
        assert!((first, second) == pair());
    }

    #[test]
    fn every_behaviour_changes_the_slap() {
        let scene = SceneHandle::default();
        let clean = take(&scene, Hand::RightFour).expect("a slap");
        for behaviour in Behaviour::ALL.iter().copied().filter(|behaviour| *behaviour != Behaviour::Clean) {
            scene.change(|scene| scene.behaviour = behaviour);
            let changed = take(&scene, Hand::RightFour).expect("a slap");
            assert!(changed != clean, "{behaviour}");
            match behaviour {
                Behaviour::Wet => assert!(dark(&changed) > dark(&clean) * 5 / 4, "wet is darker"),
                Behaviour::Dry => assert!(dark(&changed) < dark(&clean) * 3 / 4, "dry is paler"),
                Behaviour::MissingFinger => {
                    assert!(dark(&changed) < dark(&clean) * 9 / 10, "one finger less")
                }
                _ => {}
            }
        }
    }

    #[test]
    fn the_swapped_hand_is_the_other_hands_slap() {
        let scene = SceneHandle::default();
        scene.change(|scene| scene.behaviour = Behaviour::SwappedHands);
        let swapped = take(&scene, Hand::RightFour).expect("a slap");
        scene.change(|scene| scene.behaviour = Behaviour::Clean);
        let left = take(&scene, Hand::LeftFour).expect("a slap");
        let right = take(&scene, Hand::RightFour).expect("a slap");
        let near = |a: &Image, b: &Image| dark(a).abs_diff(dark(b));
        assert!(near(&swapped, &left) <= near(&swapped, &right));
    }

    #[test]
    fn a_recorded_missing_finger_is_not_laid_down() {
        let scene = SceneHandle::default();
        let mut scanner = scanner(&scene);
        scanner.open(&soon()).expect("opens");
        let all = Hand::RightFour.fingers().to_vec();
        let mut with = |missing: Vec<Finger>, bounds: Bounds| {
            let request = SlapRequest { hand: Hand::RightFour, missing };
            scanner.capture(&request, &bounds, &mut |_| ()).map(|taken| dark(&taken.image))
        };
        let whole = with(Vec::new(), soon()).expect("a slap");
        assert!(with(vec![Finger::RightMiddle], soon()).expect("a slap") < whole * 9 / 10);
        let brief = Bounds::within(Duration::from_millis(100), CancelToken::default());
        assert_eq!(with(all, brief), Err(Fault::DeadlinePassed));
    }

    #[test]
    fn troubles_end_in_their_own_faults() {
        let scene = SceneHandle::default();
        let mut scanner = scanner(&scene);
        let mut code = |trouble, timeout_ms| {
            scene.change(|scene| scene.trouble = Trouble::None);
            scanner.open(&soon()).expect("opens");
            scene.change(|scene| scene.trouble = trouble);
            let bounds = Bounds::within(Duration::from_millis(timeout_ms), CancelToken::default());
            scanner.capture(&request(Hand::Thumbs), &bounds, &mut |_| ()).err().map(|fault| fault.code())
        };
        assert_eq!(code(Trouble::Unplugged, 60_000), Some("C-0202"));
        assert_eq!(code(Trouble::Garbage, 60_000), Some("C-0203"));
        assert_eq!(code(Trouble::Stalled, 5_000), Some("C-0208"));
        assert_eq!(code(Trouble::None, 60_000), None);
        scene.change(|scene| scene.trouble = Trouble::Unplugged);
        scanner.close();
        assert_eq!(scanner.open(&soon()).err().map(|fault| fault.code()), Some("C-0201"));
        assert!(matches!(scanner.health(), Health::Missing(_)));
    }

    #[test]
    fn a_single_finger_comes_alone() {
        let scene = SceneHandle::default();
        let mut scanner = scanner(&scene);
        scanner.open(&soon()).expect("opens");
        let print = scanner.capture_single(Finger::LeftIndex, &soon(), &mut |_| ()).expect("a print").image;
        assert!(print.width < 800 && dark(&print) > 4_000);
    }

    #[test]
    fn made_up_people_need_no_folder() {
        let source = Source::MadeUp(MadeUp::new(1));
        let mut scanner = VirtualScanner::new(Options { id: "ten".into(), source }, SceneHandle::default());
        scanner.open(&soon()).expect("opens");
        let taken = scanner.capture(&request(Hand::Thumbs), &soon(), &mut |_| ()).expect("a slap");
        assert!(dark(&taken.image) > 10_000);
    }
}
