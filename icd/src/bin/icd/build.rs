//! `icd build`: a container from a folder with a case file and pictures.

use std::path::Path;

use icd::container::{
    ContainerContent, DeviceDescription, FaceRecord, FingerQuality, FingerRecord, FingerSegment,
    MissingFinger,
};
use icd::dataset::{
    Additional, Authenticity, CopiedDocument, CountryCode, Dataset, DocumentCopy, Event, MemberState,
    PartialDate, Sex, TravelDocument,
};
use icd::finding::Finding;
use icd::finger::{FingerPosition, Impression, MissingReason};
use icd::profile::Profile;
use icd::{container, validate};
use jiff::civil::Date;
use serde::Deserialize;

use crate::{Failure, keeps, read, write};

/// The file that says everything but the pictures.
const CASE_FILE: &str = "case.toml";

/// What `icd build --help` shows. No line of the case is wider than a terminal, so that it can be copied as it is.
pub(crate) const EXAMPLE: &str = "\
The folder holds case.toml and the pictures it names (PNG, TIFF, JPEG or WSQ; the face as the profile's JPEG):

  message_id = \"018f3a5e-7d2c-7abc-8def-0123456789ab\"
  reference_number = \"NL1000000042\"
  category = \"1\"
  captured_on = \"2026-07-02\"
  operator = \"officer-1\"
  surnames = [\"Voorbeeld\"]
  nationalities = [\"XXA\"]
  birth_date = \"1990\"
  sex = \"F\"
  event = { member_state = \"NL\", place = \"Ter Apel\", date = \"2026-07-01\" }
  face = \"face.jpg\"
  # true: handled within an hour, Article 38(2)
  urgent = false
  # in category 8: { granted_on = \"2026-07-01\" }
  additional = {}

  [[finger]]
  position = 13
  file = \"right-four.png\"
  # finger, left, top, right, bottom in pixels; right and bottom exclusive
  boxes = [[2, 10, 0, 390, 900], [3, 400, 0, 790, 900]]
  quality = [[2, 70], [3, 66]]
  missing = [[4, \"bandaged\"], [5, \"amputated\"]]

  [[finger]]
  position = 15
  file = \"thumbs.png\"
  boxes = [[1, 10, 0, 390, 900], [6, 400, 0, 790, 900]]

  # no image: why, for each finger
  [[finger]]
  position = 14
  missing = [
    [7, \"amputated\"], [8, \"amputated\"],
    [9, \"amputated\"], [10, \"amputated\"],
  ]

  # only where there is one: a scan in colour, JPEG, PNG or JPEG 2000
  [[document_copy]]
  file = \"passport.png\"
  # or \"other\"
  of = \"identity-or-travel\"
  # or \"not-authentic\", \"not-established\"
  authenticity = \"authentic\"

Example:
  icd build case --profile open-2026 --out case.an2";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    message_id: String,
    reference_number: String,
    category: icd::category::Category,
    captured_on: Date,
    operator: String,
    #[serde(default)]
    urgent: bool,
    #[serde(default)]
    surnames: Vec<String>,
    #[serde(default)]
    forenames: Vec<String>,
    #[serde(default)]
    birth_names: Vec<String>,
    #[serde(default)]
    former_names: Vec<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    nationalities: Vec<String>,
    birth_date: Option<PartialDate>,
    birth_place: Option<String>,
    sex: String,
    event: CaseEvent,
    document: Option<CaseDocument>,
    #[serde(default)]
    additional: Additional,
    face: Option<String>,
    #[serde(default)]
    document_copy: Vec<CaseCopy>,
    #[serde(default)]
    device: CaseDevice,
    #[serde(default)]
    finger: Vec<CaseFinger>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseEvent {
    member_state: String,
    place: String,
    date: Date,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseDocument {
    kind: String,
    number: String,
    issuing_country: String,
    expires_on: Option<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseCopy {
    file: String,
    of: CopiedDocument,
    authenticity: Option<Authenticity>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct CaseDevice {
    make: String,
    model: String,
    serial: String,
    driver: String,
    certification: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFinger {
    position: FingerPosition,
    file: Option<String>,
    #[serde(default = "usual_resolution")]
    resolution_ppi: u32,
    #[serde(default)]
    rolled: bool,
    #[serde(default)]
    boxes: Vec<(FingerPosition, u32, u32, u32, u32)>,
    #[serde(default)]
    quality: Vec<(FingerPosition, u8)>,
    #[serde(default)]
    missing: Vec<(FingerPosition, MissingReason)>,
}

fn usual_resolution() -> u32 {
    500
}

/// Builds the container, tells what validation finds in it, and writes it if that is no error.
pub(crate) fn run(folder: &Path, profile: &Profile, out: &Path) -> Result<(), Failure> {
    let case = read(&folder.join(CASE_FILE))?;
    let refused = |message: String| Failure::Input {
        code: "I-0905".to_owned(),
        message: format!("{CASE_FILE} is not a case: {message}. See icd build --help."),
    };
    let text = String::from_utf8(case).map_err(|_| refused("it is not UTF-8".to_owned()))?;
    let case: Case = toml::from_str(&text).map_err(|error| refused(error.message().to_owned()))?;
    for name in case.files() {
        keeps(&folder.join(name), out)?;
    }
    let bytes = container::build(profile, &content(case, folder)?)?;
    let findings = validate::container(profile, &bytes);
    for finding in &findings {
        say!("{} {} {}: {}", finding.code, finding.severity.word(), finding.field, finding.message);
    }
    if Finding::any_error(&findings) {
        say!("nothing written: a file with an error may not be sent");
        return Err(Failure::Told);
    }
    write(out, &bytes)?;
    say!("{} bytes written to {}", bytes.len(), out.display());
    Ok(())
}

impl Case {
    /// Every file of the folder that the container is made of.
    fn files(&self) -> impl Iterator<Item = &str> {
        let prints = self.finger.iter().filter_map(|finger| finger.file.as_deref());
        let copies = self.document_copy.iter().map(|copy| copy.file.as_str());
        [CASE_FILE].into_iter().chain(self.face.as_deref()).chain(prints).chain(copies)
    }
}

fn content(case: Case, folder: &Path) -> Result<ContainerContent, Failure> {
    let event = Event {
        member_state: MemberState::new(case.event.member_state)?,
        place: case.event.place,
        date: case.event.date,
    };
    let sex = Sex::from_code(&case.sex).ok_or_else(|| Failure::Input {
        code: "I-0905".to_owned(),
        message: "sex must be F, M or U".to_owned(),
    })?;
    let countries: Result<Vec<CountryCode>, icd::Error> =
        case.nationalities.iter().map(|code| CountryCode::new(code)).collect();
    let document = case.document.map(|document| {
        Ok::<_, icd::Error>(TravelDocument {
            kind: document.kind,
            number: document.number,
            issuing_country: CountryCode::new(&document.issuing_country)?,
            expires_on: document.expires_on,
        })
    });
    let mut documents = Vec::new();
    let mut document_copies = Vec::new();
    for copy in case.document_copy {
        let picture = read(&folder.join(copy.file))?;
        let sha256 = icd::message::ContainerDigest::of(&picture).sha256;
        document_copies.push(DocumentCopy { document: copy.of, authenticity: copy.authenticity, sha256 });
        documents.push(picture);
    }
    let dataset = Dataset {
        surnames: case.surnames,
        forenames: case.forenames,
        birth_names: case.birth_names,
        former_names: case.former_names,
        aliases: case.aliases,
        nationalities: countries?,
        birth_date: case.birth_date,
        birth_place: case.birth_place,
        document: document.transpose()?,
        document_copies,
        additional: case.additional,
        ..Dataset::new(sex, event, icd::identifier::StaffId::new(case.operator)?, case.captured_on)
    };
    let device = DeviceDescription {
        make: case.device.make,
        model: case.device.model,
        serial: case.device.serial,
        driver: case.device.driver,
        certification: case.device.certification,
    };
    let fingers: Result<Vec<FingerRecord>, Failure> =
        case.finger.into_iter().map(|one| finger(one, folder)).collect();
    Ok(ContainerContent {
        message_id: case.message_id.parse()?,
        reference_number: case.reference_number.parse()?,
        category: case.category,
        urgent: case.urgent,
        documents,
        proof_photos: Vec::new(),
        dataset,
        fingers: fingers?,
        face: case.face.map(|file| face(&folder.join(file))).transpose()?,
        device,
        captured_on: case.captured_on,
    })
}

fn finger(case: CaseFinger, folder: &Path) -> Result<FingerRecord, Failure> {
    let missing: Vec<MissingFinger> = case
        .missing
        .iter()
        .map(|(finger, reason)| MissingFinger { finger: *finger, reason: *reason })
        .collect();
    let Some(file) = case.file else { return Ok(FingerRecord::absent(case.position, missing)) };
    let (width, height, pixels) = grey(&folder.join(file))?;
    Ok(FingerRecord {
        position: case.position,
        width_px: width,
        height_px: height,
        resolution_ppi: case.resolution_ppi,
        pixels,
        impression: if case.rolled { Impression::RolledContact } else { Impression::PlainContact },
        segments: case
            .boxes
            .into_iter()
            .map(|(finger, left, top, right, bottom)| FingerSegment {
                finger,
                left_px: left,
                top_px: top,
                right_px: right,
                bottom_px: bottom,
            })
            .collect(),
        quality: case
            .quality
            .into_iter()
            .map(|(finger, score)| FingerQuality { finger, score, by: None })
            .collect(),
        missing,
    })
}

fn grey(path: &Path) -> Result<(u32, u32, Vec<u8>), Failure> {
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("wsq")) {
        let decoded = wsq::decode(&read(path)?).map_err(|error| foreign(&error))?;
        return Ok((decoded.width_px, decoded.height_px, decoded.pixels));
    }
    let (picture, _) = crate::wsq::open(path).map_err(|error| foreign(&error))?;
    Ok((picture.width(), picture.height(), picture.into_raw()))
}

/// The face goes into the file as it is.
fn face(path: &Path) -> Result<FaceRecord, Failure> {
    let jpeg = read(path)?;
    let (picture, _) = crate::wsq::open(path).map_err(|error| foreign(&error))?;
    Ok(FaceRecord { width_px: picture.width(), height_px: picture.height(), jpeg })
}

fn foreign(error: &dyn std::error::Error) -> Failure {
    Failure::Foreign { message: error.to_string() }
}
