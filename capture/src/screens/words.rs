//! The words of the screens: the officer's half in English here, the person's half as keys into the language files.
//!
//! On the person's half: short, about the next move, no blame, no "failed", no "must". On the officer's half: what it
//! is, which article, what to do.

use matcher::Finger;

use crate::face::{Tier, What};
use crate::live::Hint;
use crate::session::{
    AgeBand, AgeBasis, AgeRefusal, CompanionKind, Designation, DoubtKind, ExceptionReason, Gate,
    InformationMode, NoPhoto, Outcome, Phase, Step, Target, WithoutReason,
};

pub(super) fn step(step: Step) -> &'static str {
    match step {
        Step::RightFour => "Right hand",
        Step::LeftFour => "Left hand",
        Step::Thumbs => "Thumbs",
        Step::Face => "Face",
    }
}

/// The key of what the person is asked to do; `-text` behind it is the sentence below the head.
pub(super) fn invitation(step: Step, child: bool) -> &'static str {
    match (step, child) {
        (Step::RightFour, false) => "right-four",
        (Step::RightFour, true) => "right-four-child",
        (Step::LeftFour, false) => "left-four",
        (Step::LeftFour, true) => "left-four-child",
        (Step::Thumbs, false) => "thumbs",
        (Step::Thumbs, true) => "thumbs-child",
        (Step::Face, false) => "face",
        (Step::Face, true) => "face-child",
    }
}

/// The key of a hint; a child is told the same in words of their own.
pub(super) fn hint(hint: Hint, child: bool) -> String {
    format!("hint-{}{}", hint.picture(), if child { "-child" } else { "" })
}

pub(super) fn gate(gate: Gate) -> (&'static str, &'static str) {
    match gate {
        Gate::Age => ("Age", "Six years or older, and certain or proven."),
        Gate::Training => ("Trained official", "You are trained to take biometrics of minors."),
        Gate::BestInterests => ("Best interests of the child", "They were a primary consideration."),
        Gate::Companion => {
            ("Somebody stays with the child", "The right adult is in the room, throughout, and independent.")
        }
        Gate::Information => ("Information given", "In a language and a way this person understands."),
    }
}

pub(super) fn band(band: AgeBand) -> &'static str {
    match band {
        AgeBand::Child => "child, 6 to 11",
        AgeBand::Adolescent => "minor, 12 to 17",
        AgeBand::Adult => "adult",
    }
}

pub(super) fn basis(basis: AgeBasis) -> &'static str {
    match basis {
        AgeBasis::Document => "Document",
        AgeBasis::Registered => "Earlier registration",
        AgeBasis::Assessed => "Age assessment",
        AgeBasis::Declared => "What the person says",
    }
}

pub(super) fn companion(kind: CompanionKind) -> &'static str {
    match kind {
        CompanionKind::Family => "Adult family member",
        CompanionKind::Representative => "Representative",
        CompanionKind::ProvisionalRepresentative => "Provisional representative",
        CompanionKind::TrainedPerson => "Person trained to safeguard the child",
    }
}

pub(super) fn designation(designation: Designation) -> &'static str {
    match designation {
        Designation::None => "Nobody yet",
        Designation::Provisional => "A provisional representative",
        Designation::Representative => "A representative",
    }
}

pub(super) fn mode(mode: InformationMode) -> &'static str {
    match mode {
        InformationMode::Screen => "Read on this screen",
        InformationMode::Leaflet => "Leaflet",
        InformationMode::Infographic => "Pictures",
        InformationMode::Demonstration => "Shown how it goes",
        InformationMode::Spoken => "Spoken",
        InformationMode::Interpreter => "Through an interpreter",
    }
}

pub(super) fn exception(reason: ExceptionReason) -> &'static str {
    match reason {
        ExceptionReason::Amputated => "Not there",
        ExceptionReason::Bandaged => "Bandaged",
        ExceptionReason::TemporaryDamage => "Hurt or unreadable for now",
        ExceptionReason::Worn => "Worn for good",
        ExceptionReason::CannotPlace => "Cannot be placed",
        ExceptionReason::Refused => "The person does not want to",
        ExceptionReason::Other => "Other",
    }
}

pub(super) fn without(reason: WithoutReason) -> &'static str {
    match reason {
        WithoutReason::Health => "Not possible for reasons of health (Art. 13(5))",
        WithoutReason::Technical => "Not possible for technical reasons",
        WithoutReason::Rest => "We try again later",
        WithoutReason::Mistake => "Opened by mistake",
    }
}

pub(super) fn target(target: Target) -> String {
    match target {
        Target::Face => "Face".to_owned(),
        Target::Finger(finger) => capital(finger.name()),
    }
}

/// A finger within its own hand: "Index", or "Left thumb".
pub(super) fn finger_in_hand(finger: Finger) -> String {
    let name = finger.name();
    let side_gone = name.strip_prefix("right ").or_else(|| name.strip_prefix("left ")).unwrap_or(name);
    match side_gone.strip_suffix(" finger") {
        Some(short) => capital(short),
        None => capital(name),
    }
}

/// The same words with a capital at their start.
pub(super) fn capital(words: &str) -> String {
    let mut words = words.to_owned();
    if let Some(first) = words.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    words
}

pub(super) fn doubt(kind: DoubtKind) -> &'static str {
    match kind {
        DoubtKind::RepeatedFinger => "These two look like the same finger",
        DoubtKind::Swapped => "These two look swapped",
        DoubtKind::PreviousPerson => "These look like the fingers of the person before",
    }
}

/// What a finding on a portrait means and what to do; `None` for what is noted and said to nobody.
pub(super) fn finding(what: What) -> Option<&'static str> {
    (what.tier() != Tier::Note).then_some(match what {
        What::NoFace => "No face was found. Is it uncovered and turned to the camera?",
        What::SeveralFaces => "There is a second face in the picture. Only this person should be in it.",
        What::TooClose => "Crown and chin are cut off. Move the camera or the chair back.",
        What::FaceCut => "A part of the face is outside the picture. Bring it to the middle.",
        What::EyeDistance => "The face is too small to be used. Come closer with the camera or the chair.",
        What::TurnedAway => "The head is turned away. Both ears should be seen alike.",
        What::Blurred => "The face is not sharp. Hold still, or wipe the lens.",
        What::EyesOpen => "Please check by eye: both eyes are open and can be seen.",
        What::CrownCut => "The top of the head is cut off. Move back a little.",
        What::HeadSmall => "The head is small in the picture. Come a little closer.",
        What::OffCentre => "The face is not in the middle. Move it there, or move the camera.",
        What::TurnedSlightly => {
            "The head is turned a little to the side. Straight is better; it can be sent like this."
        }
        What::Tilted => "The head is tilted. Upright is better; it can be sent like this.",
        What::TooBright => {
            "Parts of the face are so bright that nothing can be seen in them. Less light on it."
        }
        What::TooDark => "Parts of the face are so dark that nothing can be seen in them. More light on it.",
        What::UnevenLight => "The light comes from one side. Move the lamp, or turn the chair.",
        What::Background | What::Colour => "",
    })
}

/// Why an exception has no photo.
pub(super) fn no_photo(why: NoPhoto) -> &'static str {
    match why {
        NoPhoto::NotWanted => "The person says no",
        NoPhoto::Dignity => "Would hurt or shame",
        NoPhoto::CannotShow => "Cannot be shown",
        NoPhoto::Technical => "Camera does not work",
    }
}

/// Where a case stands, in a word or two.
pub(super) fn phase(phase: &Phase) -> &'static str {
    match phase {
        Phase::Intake => "person",
        Phase::Gates => "safeguards",
        Phase::Interrupted => "paused, companion away",
        Phase::Capture { step } | Phase::Review { step } => self::step(*step),
        Phase::Sensing { .. } => "sensor on",
        Phase::Checking => "comparing fingers",
        Phase::Doubt => "look once more",
        Phase::ReadyToSeal => "ready to seal",
        Phase::Sealing => "sealing",
        Phase::Ended { outcome } => self::outcome(*outcome),
    }
}

/// How a case ended, for the officer.
pub(super) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Complete => "Complete",
        Outcome::PartialPermanent => "Sealed; something is missing for good",
        Outcome::PartialTemporary => "Sealed; a retake follows for what is missing for now",
        Outcome::PartialRefused { referred: false } => "Sealed; the person did not want to give everything",
        Outcome::PartialRefused { referred: true } => {
            "Sealed; the minor did not want to give everything and was referred"
        }
        Outcome::AgeRefused(AgeRefusal::UnderSix) => "Not captured: under six",
        Outcome::AgeRefused(AgeRefusal::DeemedUnderSix) => "Not captured: treated as under six",
        Outcome::Refused { referred: false } => "The person refused",
        Outcome::Refused { referred: true } => "The minor refused and was referred",
        Outcome::Without(reason) => without(reason),
    }
}

/// The names of a delivery's six stages; the operator console uses the same.
pub(super) const STAGES: [&str; 6] = ["captured", "sealed", "waiting", "sent", "acknowledged", "answered"];

/// One text that explains the capture to a person (Art. 42). Its words are in the language files: a title and
/// [`Material::LINES`] heads, each with a sentence.
pub(super) struct Material {
    pub(super) id: &'static str,
    pub(super) for_children: bool,
    /// As the officer calls it.
    pub(super) name: &'static str,
}

impl Material {
    pub(super) const LINES: usize = 5;

    pub(super) fn title(&self) -> String {
        format!("{}-title", self.id)
    }

    /// The keys of head and sentence of each line.
    pub(super) fn lines(&self) -> Vec<(String, String)> {
        (1..=Self::LINES)
            .map(|line| (format!("{}-{line}", self.id), format!("{}-{line}-text", self.id)))
            .collect()
    }

    /// Every key of it, in the order of reading.
    pub(super) fn keys(&self) -> Vec<String> {
        let mut keys = vec![self.title()];
        keys.extend(self.lines().into_iter().flat_map(|(head, text)| [head, text]));
        keys
    }
}

/// The texts this kiosk can show. A site adds its own leaflets beside them.
pub(super) const MATERIALS: [Material; 2] = [
    Material {
        id: "general",
        for_children: false,
        name: "What happens with your fingerprints and your photo",
    },
    Material { id: "children", for_children: true, name: "What we do together now" },
];
