//! ICD profiles: everything about the file that the law leaves to a restricted document, as versioned TOML.
//!
//! A profile says which dataset field goes into which record field, which transaction types exist, which finger sets
//! and thresholds apply and what a reference number looks like. Nothing of it stands in code: a test renumbers every
//! field of the shipped profile and the container still reads back.
//!
//! Invariants: unknown keys are errors; a profile that loads is free of contradictions (no field number twice, every
//! dataset field mapped, age bands without gap or overlap); it holds no personal data.

mod check;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::category::Category;
use crate::error::{Error, ProfileProblem};
use crate::finger::FingerPosition;
use crate::limits;
use crate::reference::ReferenceNumber;
use crate::request::RequestKind;

/// The shipped open profile, as text.
const OPEN_2026: &str = include_str!("../profiles/open-2026.toml");

/// The shipped profile after INTERPOL's public implementation, as text.
const INT_I_6: &str = include_str!("../profiles/int-i-6.toml");

/// A loaded, consistent profile.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Stable name, such as `open-2026`.
    pub name: String,
    /// Version of the profile's content.
    pub version: u32,
    /// One line for a person.
    pub title: String,
    /// What the Type-1 record says.
    pub itl: Itl,
    /// Field 1.004 per category code.
    transaction_types: BTreeMap<String, String>,
    /// Type-2 field number per dataset field.
    dataset_fields: BTreeMap<DatasetField, u16>,
    /// Dataset fields for which the Type-2 record has no place: the envelope or another record says them.
    #[serde(default)]
    left_out_of_type_2: BTreeSet<DatasetField>,
    /// Bounds of Type-2 fields that are narrower than the law's.
    #[serde(default)]
    field_bounds: BTreeMap<DatasetField, FieldBounds>,
    /// Finger sets, resolution and compression.
    pub fingers: Fingers,
    /// Thresholds per age band.
    quality: Vec<QualityBand>,
    /// The face.
    pub face: Face,
    /// What is asked where something cannot be taken; nothing unless said.
    #[serde(default)]
    pub exceptions: Exceptions,
    /// The form of reference numbers.
    pub reference_number: ReferenceForm,
    /// Which categories are accepted.
    categories: Categories,
    /// Which requests without a category of their own are accepted.
    #[serde(default)]
    requests: Requests,
}

/// How much a Type-2 field takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FieldBounds {
    /// Most values; any number where it is not said.
    pub occurrences_max: Option<usize>,
    /// Most characters of each item of a value; any number where it is not said.
    pub chars_max: Option<usize>,
}

impl FieldBounds {
    /// True when these values fit: each a list of items.
    #[must_use]
    pub fn hold(&self, values: &[Vec<String>]) -> bool {
        let fits = |item: &String| self.chars_max.is_none_or(|max| item.chars().count() <= max);
        self.occurrences_max.is_none_or(|max| values.len() <= max) && values.iter().flatten().all(fits)
    }
}

/// What the Type-1 record says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Itl {
    /// Field 1.002.
    pub version: String,
    /// Field 1.013, name.
    pub domain_name: String,
    /// Field 1.013, version.
    pub domain_version: String,
    /// Field 1.007.
    pub destination_agency: String,
    /// Field 1.008.
    pub originating_agency: String,
    /// How field 1.009 is formed.
    pub transaction_control_number: ControlNumber,
    /// Field 1.006 of an ordinary transaction, 1 (most urgent) to 9; without it the field is left out.
    #[serde(default)]
    pub priority_normal: Option<u8>,
    /// Field 1.006 of an urgent transaction (Art. 38(2)); without it the field is left out.
    #[serde(default)]
    pub priority_urgent: Option<u8>,
}

/// How the transaction control number is formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum ControlNumber {
    /// The message identifier itself.
    #[serde(rename = "tcn-uuid")]
    Uuid,
    /// Fourteen digits and a check letter, as INTERPOL's implementation asks.
    #[serde(rename = "tcn-check-letter")]
    CheckLetter,
}

/// A field of the dataset that a Type-2 record can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DatasetField {
    /// Additional fields of some categories.
    Additional,
    /// Aliases.
    Aliases,
    /// Day on which the biometrics were taken.
    BiometricsTakenOn,
    /// Date of birth.
    BirthDate,
    /// Names at birth.
    BirthNames,
    /// Place of birth.
    BirthPlace,
    /// Category code.
    Category,
    /// Certification level of the device.
    DeviceCertification,
    /// Driver of the device.
    DeviceDriver,
    /// Serial number of the device.
    DeviceSerial,
    /// Identity or travel document.
    Document,
    /// Copies of documents: what each shows, its authenticity, and the digest of its picture.
    DocumentCopies,
    /// Date of the event.
    EventDate,
    /// Member State of the event.
    EventMemberState,
    /// Place of the event.
    EventPlace,
    /// Forenames.
    Forenames,
    /// Former names.
    FormerNames,
    /// Message identifier.
    MessageId,
    /// Missing fingers with the reason kept apart (amputated, bandaged).
    MissingFingers,
    /// Nationalities.
    Nationalities,
    /// Operator user ID.
    Operator,
    /// Reference number.
    ReferenceNumber,
    /// Sex.
    Sex,
    /// Surnames.
    Surnames,
}

impl DatasetField {
    /// Every field, in alphabetical order.
    pub const ALL: [Self; 24] = [
        Self::Additional,
        Self::Aliases,
        Self::BiometricsTakenOn,
        Self::BirthDate,
        Self::BirthNames,
        Self::BirthPlace,
        Self::Category,
        Self::DeviceCertification,
        Self::DeviceDriver,
        Self::DeviceSerial,
        Self::Document,
        Self::DocumentCopies,
        Self::EventDate,
        Self::EventMemberState,
        Self::EventPlace,
        Self::Forenames,
        Self::FormerNames,
        Self::MessageId,
        Self::MissingFingers,
        Self::Nationalities,
        Self::Operator,
        Self::ReferenceNumber,
        Self::Sex,
        Self::Surnames,
    ];

    /// The key in the profile.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Additional => "additional",
            Self::Aliases => "aliases",
            Self::BiometricsTakenOn => "biometrics-taken-on",
            Self::BirthDate => "birth-date",
            Self::BirthNames => "birth-names",
            Self::BirthPlace => "birth-place",
            Self::Category => "category",
            Self::DeviceCertification => "device-certification",
            Self::DeviceDriver => "device-driver",
            Self::DeviceSerial => "device-serial",
            Self::Document => "document",
            Self::DocumentCopies => "document-copies",
            Self::EventDate => "event-date",
            Self::EventMemberState => "event-member-state",
            Self::EventPlace => "event-place",
            Self::Forenames => "forenames",
            Self::FormerNames => "former-names",
            Self::MessageId => "message-id",
            Self::MissingFingers => "missing-fingers",
            Self::Nationalities => "nationalities",
            Self::Operator => "operator",
            Self::ReferenceNumber => "reference-number",
            Self::Sex => "sex",
            Self::Surnames => "surnames",
        }
    }
}

/// How fingerprint images are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FingerCompression {
    /// Wavelet scalar quantization.
    Wsq,
    /// Uncompressed.
    None,
    /// JPEG 2000 at the ratio that `bits_per_pixel` gives.
    Jp2,
    /// JPEG 2000 without loss.
    Jp2Lossless,
}

impl FingerCompression {
    /// The name in field 14.011.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Wsq => "WSQ20",
            Self::None => "NONE",
            Self::Jp2 => "JP2",
            Self::Jp2Lossless => "JP2L",
        }
    }
}

/// Finger sets, resolution and compression.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fingers {
    /// The slaps every submission carries.
    pub slaps: Vec<FingerPosition>,
    /// True when ten rolled impressions are required besides.
    pub rolled: bool,
    /// Resolution of the images.
    pub resolution_ppi: u32,
    /// How far a device may be off.
    pub resolution_tolerance_ppi: u32,
    /// Coding.
    pub compression: FingerCompression,
    /// Bits per pixel of the coding.
    pub bits_per_pixel: f32,
    /// Highest compression accepted on reading: pixels per byte.
    pub compression_ratio_max: f32,
    /// Vendor identifier of the quality score, four hexadecimal digits.
    pub quality_vendor: String,
    /// Product identifier of the quality score.
    pub quality_product: u16,
}

/// Thresholds of one age band.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QualityBand {
    /// Youngest age of the band.
    pub age_years_from: u8,
    /// Oldest age of the band.
    pub age_years_to: u8,
    /// Below this, a warning.
    pub minimum: u8,
    /// Below this, the message may not go.
    pub refuse_below: u8,
    /// Other minimum for some fingers, by position code.
    #[serde(default)]
    per_finger: BTreeMap<String, u8>,
}

impl QualityBand {
    /// The score below which this finger is warned about.
    #[must_use]
    pub fn minimum_of(&self, finger: FingerPosition) -> u8 {
        self.per_finger.get(&finger.code().to_string()).copied().unwrap_or(self.minimum)
    }
}

/// The face.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Face {
    /// True when a submission without a face is warned about.
    pub expected: bool,
    /// Field 10.011.
    pub compression: String,
    /// Field 10.013.
    pub acquisition_profile: u8,
    /// Shortest side accepted.
    pub side_px_min: u32,
}

/// What is asked where a finger or the face cannot be taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Exceptions {
    /// Causes of which a photo is asked, as proof.
    pub proof_photo: BTreeSet<ExceptionCause>,
    /// True when such a photo travels in the file; else it stays where it was taken.
    pub carry_proof_photo: bool,
}

/// Why a finger or the face is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExceptionCause {
    /// Not there.
    Amputated,
    /// Covered by a bandage.
    Bandaged,
    /// Cannot be placed.
    CannotPlace,
    /// Something else.
    Other,
    /// The person does not want to.
    Refused,
    /// Hurt or unreadable for now.
    TemporaryDamage,
    /// Worn for good.
    Worn,
}

/// The form of reference numbers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceForm {
    /// Fewest letters of the Member State.
    pub member_state_letters_min: usize,
    /// Most letters of the Member State.
    pub member_state_letters_max: usize,
    /// Fewest characters of the national part.
    pub national_part_chars_min: usize,
    /// Most characters of the national part.
    pub national_part_chars_max: usize,
    /// True when the national part has digits only.
    pub digits_only: bool,
}

impl ReferenceForm {
    /// True when the number has this form.
    #[must_use]
    pub fn accepts(&self, number: &ReferenceNumber) -> bool {
        let letters = number.member_state().len();
        let national = number.national_part();
        (self.member_state_letters_min..=self.member_state_letters_max).contains(&letters)
            && (self.national_part_chars_min..=self.national_part_chars_max).contains(&national.len())
            && (!self.digits_only || national.bytes().all(|b| b.is_ascii_digit()))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Categories {
    enabled: Vec<Category>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Requests {
    /// Comparison with the State's own earlier data too, Article 27(3).
    own_data: bool,
}

impl Profile {
    /// The shipped profile built from public sources.
    #[must_use]
    pub fn open_2026() -> Self {
        Self::from_toml(OPEN_2026).expect("the shipped profile is consistent; a test loads it")
    }

    /// The shipped profile after INTERPOL's public implementation INT-I 6: its field numbers, transaction types and
    /// control numbers. The file then says less than the envelope does; read it with
    /// [`crate::container::read_beside`].
    #[must_use]
    pub fn int_i_6() -> Self {
        Self::from_toml(INT_I_6).expect("the shipped profile is consistent; a test loads it")
    }

    /// A shipped profile by its name.
    #[must_use]
    pub fn shipped(name: &str) -> Option<Self> {
        match name {
            "open-2026" => Some(Self::open_2026()),
            "int-i-6" => Some(Self::int_i_6()),
            _ => None,
        }
    }

    /// The names of the shipped profiles.
    pub const SHIPPED: &'static [&'static str] = &["open-2026", "int-i-6"];

    /// Reads and checks a profile.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        if text.len() > limits::PROFILE_BYTES_MAX {
            return Err(Error::Profile(ProfileProblem::TooLarge));
        }
        let profile: Self =
            toml::from_str(text).map_err(|e| Error::Profile(ProfileProblem::Syntax(e.to_string())))?;
        check::check(&profile)
            .map_err(|problems| Error::Profile(ProfileProblem::Contradiction(problems.join("; "))))?;
        Ok(profile)
    }

    /// The Type-2 field number of a dataset field.
    #[must_use]
    pub fn field_number(&self, field: DatasetField) -> Option<u16> {
        self.dataset_fields.get(&field).copied()
    }

    /// True when the Type-2 record has no place for this field, because the envelope or another record says it.
    #[must_use]
    pub fn is_left_out_of_type_2(&self, field: DatasetField) -> bool {
        self.left_out_of_type_2.contains(&field)
    }

    /// Field 1.006, where the profile has it.
    #[must_use]
    pub fn priority(&self, urgent: bool) -> Option<u8> {
        if urgent { self.itl.priority_urgent } else { self.itl.priority_normal }
    }

    /// How much a dataset field takes in the Type-2 record; nothing is bound unless the profile says so.
    #[must_use]
    pub fn field_bounds(&self, field: DatasetField) -> FieldBounds {
        self.field_bounds.get(&field).copied().unwrap_or_default()
    }

    /// Field 1.004 for a category.
    #[must_use]
    pub fn transaction_type(&self, category: Category) -> Option<&str> {
        self.transaction_types.get(category.code().encode_utf8(&mut [0; 4]) as &str).map(String::as_str)
    }

    /// True when the profile accepts this category.
    #[must_use]
    pub fn is_enabled(&self, category: Category) -> bool {
        self.categories.enabled.contains(&category)
    }

    /// True when the profile accepts this request; without a word of it, none is.
    #[must_use]
    pub fn accepts(&self, request: RequestKind) -> bool {
        request.rule().category.map_or(self.requests.own_data, |category| self.is_enabled(category))
    }

    /// The thresholds for an age.
    #[must_use]
    pub fn quality_band(&self, age_years: u8) -> Option<&QualityBand> {
        self.quality.iter().find(|band| (band.age_years_from..=band.age_years_to).contains(&age_years))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_profiles_load() {
        for name in Profile::SHIPPED {
            let profile = Profile::shipped(name).expect("it is listed as shipped");
            assert_eq!(profile.name, *name);
            for category in Category::ALL {
                assert!(profile.transaction_type(category).is_some(), "{category:?}");
            }
            for age in 6..=150 {
                assert!(profile.quality_band(age).is_some(), "age {age}");
            }
        }
        assert_eq!(Profile::shipped("other"), None);
    }

    #[test]
    fn what_a_site_may_get_wrong_is_refused() {
        fn check(find: &str, replace: &str, code: &str, word: &str) {
            assert!(OPEN_2026.contains(find), "{find}");
            let error = Profile::from_toml(&OPEN_2026.replace(find, replace)).expect_err(replace);
            assert_eq!(error.code(), code, "{error}");
            assert!(error.to_string().contains(word), "{error} should mention {word}");
        }
        check("title =", "titel =", "I-0502", "titel");
        check("proof_photo = []", "proof_photo = [\"lost\"]", "I-0502", "lost");
        check("proof_photo = []", "proof_foto = []", "I-0502", "proof_foto");
        check("carry_proof_photo = false", "carry_proof_photo = true", "I-0503", "carry_proof_photo");
        check("surnames = 30\n", "surnames = 30\nshoe-size = 44\n", "I-0502", "shoe-size");
        check("version = 1\n", "version = 0\n", "I-0503", "version");
        check("enabled = [\"1\",", "enabled = [\"1\", \"1\",", "I-0503", "twice");
        let bounds = |line: &str| format!("[field_bounds]\n{line}\n\n[fingers]");
        check("[fingers]", &bounds("sex = {}"), "I-0503", "field_bounds.sex");
        check("[fingers]", &bounds("surnames = { chars_max = 0 }"), "I-0503", "at least 1");
        check("[fingers]", &bounds("surnames = { chars = 3 }"), "I-0502", "chars");
        check("surnames = 30", "surnames = \"thirty\"", "I-0502", "surnames");
        check("surnames = 30", "surnames = 31", "I-0503", "31");
        check("surnames = 30", "surnames = 2", "I-0503", "surnames");
        check("surnames = 30\n", "", "I-0503", "surnames");
        let left_out = "\nleft_out_of_type_2 = [\"surnames\"]\n\n[itl]";
        check("\n[itl]", left_out, "I-0503", "surnames has a number and is left out");
        check("\"1\" = \"DSS\"\n", "", "I-0503", "category 1");
        check("slaps = [13, 14, 15]", "slaps = [13, 13]", "I-0503", "slaps");
        check("slaps = [13, 14, 15]", "slaps = [12]", "I-0502", "slaps");
        check("age_years_to = 11", "age_years_to = 12", "I-0503", "age");
        check("age_years_to = 11", "age_years_to = 10", "I-0503", "age");
        check("version = \"0502\"", "version = \"0501\"", "I-0503", "itl.version");
        check("priority_urgent = 1", "priority_urgent = 0", "I-0503", "itl.priority");
        check("priority_normal = 5", "priority_normal = 1", "I-0503", "itl.priority");
        check("compression = \"JPEGB\"", "compression = \"TIFF\"", "I-0503", "face.compression");
        check("bits_per_pixel = 0.75", "bits_per_pixel = 0.0", "I-0503", "bits_per_pixel");
        check("enabled = [\"1\",", "enabled = [\"x\",", "I-0502", "enabled");
        check("own_data = false", "own_date = false", "I-0502", "own_date");
    }

    #[test]
    fn reference_numbers_follow_the_profile() {
        let narrow = OPEN_2026
            .replace("national_part_chars_max = 32", "national_part_chars_max = 8")
            .replace("digits_only = false", "digits_only = true")
            .replace("member_state_letters_min = 1", "member_state_letters_min = 2");
        let form = Profile::from_toml(&narrow).expect("consistent").reference_number;
        for (number, accepted) in
            [("NL112345678", true), ("NL1123456789", false), ("NL11234567A", false), ("D112345678", false)]
        {
            assert_eq!(form.accepts(&number.parse().expect("well-formed")), accepted, "{number}");
        }
    }
}
