//! The whole way from a portrait to a verdict, on drawn faces and, where they are there, on the test photographs.

use super::*;
use crate::device::{Bounds, Camera, CancelToken, Looks, Pose, SceneHandle, virtual_camera::VirtualCamera};
use std::time::Duration;

/// A portrait that the virtual camera takes.
fn drawn(person: u32, looks: Looks, pose: Pose) -> Portrait {
    let scene = SceneHandle::default();
    scene.change(|scene| (scene.person, scene.looks, scene.pose) = (person, looks, pose));
    let mut camera = VirtualCamera::new("face".into(), scene);
    let bounds = Bounds::within(Duration::from_secs(120), CancelToken::default());
    camera.open(&bounds).expect("opens");
    camera.capture(&bounds, &mut |_| ()).expect("a portrait")
}

/// The cascade of the system, if it is installed.
fn cascade() -> Option<FaceSetup> {
    let setup = FaceSetup::load(&FaceOptions::default());
    if setup.detector_name() == "frontal-cascade" {
        return Some(setup);
    }
    eprintln!("SKIPPED: the package opencv-data is not installed");
    None
}

/// A file of the shared test data, if it is there.
fn shared(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    let found =
        root.ancestors().skip(1).map(|up| up.join("shared/data").join(name)).find(|path| path.exists());
    if found.is_none() {
        eprintln!("SKIPPED: ../shared/data/{name} is not there");
    }
    found
}

const YUNET_SHA256: &str = "ebafce4e3c118d6554634be5c27ab333b4c047a9a8c3faf1d7cf93101c22f0f0";

fn yunet() -> Option<FaceSetup> {
    let model = shared("models/face_detection_yunet_2026may.onnx")?;
    let options =
        FaceOptions { model: Some(model), model_sha256: Some(YUNET_SHA256.into()), ..FaceOptions::default() };
    let setup = FaceSetup::load(&options);
    assert_eq!((setup.detector_name(), setup.notes()), ("yunet", &[][..]));
    Some(setup)
}

/// Every drawn person is one accepted face, and every pose gets its hint. A detector that also tells eyes, nose and
/// mouth may add advice: its points wander a little on a drawing.
fn check_drawn(setup: &FaceSetup) {
    for person in [0, 1, 4, 5, 8] {
        for looks in [Looks::Adult, Looks::Child] {
            let portrait = drawn(person, looks, Pose::Centred);
            let faces =
                setup.detect(&decode(&portrait.jpeg).expect("JPEG")).expect("works").expect("a detector");
            assert_eq!(faces.len(), 1, "person {person} as {looks}");
            let verdict = judge(&portrait, setup).expect("a picture");
            assert!(verdict.accepted && verdict.detector_used, "person {person} as {looks}: {verdict:?}");
            assert!(
                verdict.hints.iter().all(|hint| *hint == Hint::LookAtCamera),
                "person {person} as {looks}"
            );
        }
    }
    for (pose, accepted, hint) in [
        (Pose::Nobody, false, Hint::LookAtCamera),
        (Pose::TwoPeople, false, Hint::OnePersonOnly),
        (Pose::Far, false, Hint::MoveCloser),
        (Pose::OffCentre, true, Hint::MoveToMiddle),
        (Pose::Bright, true, Hint::LessLight),
    ] {
        let verdict = judge(&drawn(2, Looks::Adult, pose), setup).expect("a picture");
        assert!(verdict.accepted == accepted && verdict.hints.contains(&hint), "{pose}: {verdict:?}");
    }
    assert!(!judge(&drawn(2, Looks::Adult, Pose::Cut), setup).expect("a picture").accepted);
}

#[test]
fn the_cascade_finds_drawn_people_and_the_flaws_of_framing() {
    if let Some(setup) = cascade() {
        check_drawn(&setup);
    }
}

#[test]
fn the_model_finds_drawn_people_and_the_flaws_of_framing() {
    if let Some(setup) = yunet() {
        check_drawn(&setup);
    }
}

#[test]
fn the_model_finds_the_reference_faces_where_they_are() {
    let (Some(setup), Some(folder)) = (yunet(), shared("faces")) else { return };
    let table = std::fs::read_to_string(folder.join("reference.csv")).expect("a table");
    let mut checked = 0;
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let picture = image::open(folder.join(cells[0])).expect("a picture").into_rgb8();
        let faces = setup.detect(&picture).expect("a working model").expect("a detector");
        if cells[3] == "-1" {
            assert_eq!(faces, [], "{}", cells[0]);
            continue;
        }
        let number = |at: usize| cells[at].parse::<f32>().expect("a number");
        let face = faces.first().unwrap_or_else(|| panic!("{}: no face", cells[0]));
        let eyes = framing::Eyes::of(face);
        let (x, y) = ((number(9) + number(11)) / 2.0, (number(10) + number(12)) / 2.0);
        let distance = number(19);
        assert!((eyes.x - x).abs() < 0.06 * distance && (eyes.y - y).abs() < 0.06 * distance, "{}", cells[0]);
        assert!((eyes.distance - distance).abs() < 0.06 * distance, "{}: {}", cells[0], eyes.distance);
        let verdict = verdict(&picture, &faces);
        for (what, column, within) in [
            (What::TurnedAway, 21, 2.0),
            (What::Tilted, 20, 3.0),
            (What::TooBright, 26, 0.002),
            (What::Colour, 31, 0.5),
        ] {
            let measured = verdict.measures.iter().find(|measure| measure.what == what);
            let measured =
                measured.and_then(|measure| measure.value_milli).expect("measured") as f32 / 1000.0;
            assert!((measured - number(column).abs()).abs() < within, "{}: {what:?} {measured}", cells[0]);
        }
        checked += 1;
    }
    assert_eq!(checked, 5);
}

#[test]
fn without_a_detector_the_officer_confirms_and_nothing_is_claimed() {
    let setup = FaceSetup::without_detector();
    let verdict = judge(&drawn(3, Looks::Adult, Pose::Nobody), &setup).expect("a picture");
    assert!(verdict.accepted && !verdict.detector_used);
    assert!(verdict.hints.is_empty() && verdict.measures.is_empty() && verdict.crop.is_none());
    assert_eq!(setup.notes(), [NO_DETECTOR]);
}

#[test]
fn a_model_that_is_not_the_configured_one_is_not_loaded() {
    let folder = tempfile::tempdir().expect("a folder");
    let model = folder.path().join("model.onnx");
    std::fs::write(&model, b"not a network").expect("a writable folder");
    let note = |model_sha256: Option<&str>, model: &Path| {
        let options = FaceOptions {
            model: Some(model.to_owned()),
            model_sha256: model_sha256.map(str::to_owned),
            cascade: Some(folder.path().join("none.xml")),
        };
        let setup = FaceSetup::load(&options);
        assert_eq!(setup.detector_name(), "none");
        setup.notes().first().cloned().unwrap_or_default()
    };
    let digest = "6aa0b8c6a8a0d1e1c2b3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6071829";
    assert!(note(None, &model).contains("without its SHA-256"));
    assert!(note(Some(digest), &model).contains("another SHA-256"));
    assert!(note(Some(digest), &folder.path().join("away.onnx")).contains("NotFound"));
    let own: String = {
        use sha2::{Digest, Sha256};
        Sha256::digest(b"not a network").iter().map(|byte| format!("{byte:02x}")).collect()
    };
    assert!(note(Some(&own), &model).contains("cannot be used"));
}

#[test]
fn bytes_that_are_no_picture_are_refused() {
    let mut portrait = drawn(0, Looks::Adult, Pose::Nobody);
    portrait.jpeg.truncate(100);
    let fault = judge(&portrait, &FaceSetup::without_detector()).err().map(|fault| fault.code());
    assert_eq!(fault, Some("C-0203"));
}

/// What the thresholds stand on: the reference photographs, as they are, softened, and lit from one side.
#[test]
fn the_reference_faces_are_judged_as_a_person_would() {
    let (Some(setup), Some(folder)) = (yunet(), shared("faces")) else { return };
    let blocks = |verdict: &PortraitVerdict| {
        let blocks = verdict.findings().filter(|found| found.what.tier() == Tier::Block);
        blocks.map(|found| found.what).collect::<Vec<_>>()
    };
    for (name, blocked) in [
        ("obama.jpg", vec![]),
        ("obama_partial_face.jpg", vec![What::FaceCut]),
        ("obama2.jpg", vec![What::TurnedAway]),
        ("biden.jpg", vec![What::TurnedAway]),
        ("astronaut.png", vec![What::EyeDistance]),
    ] {
        let picture = image::open(folder.join(name)).expect("a picture").into_rgb8();
        let faces = setup.detect(&picture).expect("a working model").expect("a detector");
        let sharp = verdict(&picture, &faces);
        assert_eq!(blocks(&sharp), blocked, "{name}: {sharp:?}");
        assert!(!sharp.findings().any(|found| found.what == What::UnevenLight), "{name}");

        let eyes = framing::Eyes::of(&faces[0]);
        let soft = verdict(&image::imageops::blur(&picture, 0.05 * eyes.distance), &faces);
        assert!(blocks(&soft).contains(&What::Blurred), "{name}: {soft:?}");

        let quarter = 0.25_f32.powf(1.0 / 2.2);
        let lit = image::RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
            let gain = if (x as f32) < eyes.x { quarter } else { 1.0 };
            image::Rgb(picture.get_pixel(x, y).0.map(|part| (f32::from(part) * gain) as u8))
        });
        let uneven = verdict(&lit, &faces);
        assert!(uneven.findings().any(|found| found.what == What::UnevenLight), "{name}: {uneven:?}");
        assert_eq!(blocks(&uneven), blocked, "light never blocks: {name}");
    }
}

#[test]
fn a_verdict_speaks_of_everything_once_and_the_picture_stays_as_it_is() {
    let Some(setup) = cascade() else { return };
    let portrait = drawn(1, Looks::Child, Pose::Centred);
    let before = portrait.jpeg.clone();
    let seen = judge(&portrait, &setup).expect("a picture");
    assert_eq!(portrait.jpeg, before);
    let whats: Vec<What> = seen.measures.iter().map(|measure| measure.what).collect();
    assert_eq!(whats, What::ALL);
    // What is not measured is said to be so: no angle without points, eyes never.
    let unknown = |what: What| seen.measures.iter().any(|m| m.what == what && m.value_milli.is_none());
    assert!(unknown(What::TurnedAway) && unknown(What::EyesOpen) && !unknown(What::Blurred));
    assert_eq!(seen, judge(&portrait, &setup).expect("the same"), "the same bytes give the same verdict");
}
