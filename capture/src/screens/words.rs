//! The words of the screens. English now; one place, so that a translation has one place too.
//!
//! On the person's half: short, about the next move, no blame, no "failed", no "must". On the officer's half: what it
//! is, which article, what to do.

use matcher::Finger;

use crate::session::{
    AgeBand, AgeBasis, AgeRefusal, CompanionKind, Designation, DoubtKind, ExceptionReason, Gate,
    InformationMode, Outcome, Phase, Step, Target, WithoutReason,
};

pub(super) fn step(step: Step) -> &'static str {
    match step {
        Step::RightFour => "Right hand",
        Step::LeftFour => "Left hand",
        Step::Thumbs => "Thumbs",
        Step::Face => "Face",
    }
}

/// What the person is asked to do.
pub(super) fn invitation(step: Step, child: bool) -> (&'static str, &'static str) {
    match (step, child) {
        (Step::RightFour, false) => {
            ("Right hand", "Lay your four fingers flat on the glass. Keep your thumb beside it.")
        }
        (Step::RightFour, true) => {
            ("Your right hand", "Lay four fingers on the glass, as if you pat a sleeping cat.")
        }
        (Step::LeftFour, false) => {
            ("Left hand", "Now the four fingers of your left hand, flat on the glass.")
        }
        (Step::LeftFour, true) => ("Your left hand", "Now the other hand. Soft and flat, just like before."),
        (Step::Thumbs, false) => ("Both thumbs", "Put both thumbs side by side on the glass."),
        (Step::Thumbs, true) => ("Two thumbs", "Put your two thumbs next to each other."),
        (Step::Face, false) => ("Photo", "Look at the dot above the screen. Your face stays uncovered."),
        (Step::Face, true) => ("A photo", "Look at the yellow dot. You may smile a little."),
    }
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

/// One text that explains the capture to a person (Art. 42), with its identifier.
pub(super) struct Material {
    pub(super) id: &'static str,
    pub(super) for_children: bool,
    pub(super) title: &'static str,
    pub(super) lines: &'static [(&'static str, &'static str)],
}

/// The texts this kiosk can show. A site adds its own leaflets beside them.
pub(super) const MATERIALS: [Material; 2] = [
    Material {
        id: "general",
        for_children: false,
        title: "What happens with your fingerprints and your photo",
        lines: &[
            ("Why", "The law asks us to take your fingerprints and a photo, and to keep them in Eurodac."),
            (
                "Who sees them",
                "Authorities for asylum and migration; under strict conditions also the police.",
            ),
            ("How long", "From one to ten years, depending on your case. Then they are erased."),
            ("Your rights", "You may ask what is stored, have it corrected or erased, and complain."),
            ("If you refuse", "You may refuse. We explain what follows from it before anything happens."),
        ],
    },
    Material {
        id: "children",
        for_children: true,
        title: "What we do together now",
        lines: &[
            ("Fingers", "We take a picture of your fingertips. It does not hurt."),
            ("Face", "Then we take a photo of your face."),
            ("Together", "Your grown-up stays with you the whole time."),
            ("Stop", "You may say stop whenever you want. You may ask everything."),
            ("Why", "So that people who help you know that you are you."),
        ],
    },
];

/// SHA-256 of a material's words: which text a person was shown can be proven later.
pub(super) fn material_version(material: &Material) -> String {
    use sha2::Digest;
    let mut hasher = sha2::Sha256::new();
    hasher.update(material.title);
    for (head, text) in material.lines {
        hasher.update([0]);
        hasher.update(head);
        hasher.update([0]);
        hasher.update(text);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_the_person_never_blame() {
        let mut said: Vec<&str> = Vec::new();
        for step in Step::ALL {
            for child in [false, true] {
                let (head, text) = invitation(step, child);
                said.extend([head, text]);
            }
        }
        for material in &MATERIALS {
            said.push(material.title);
            said.extend(material.lines.iter().flat_map(|(head, text)| [*head, *text]));
        }
        for words in said {
            let words = words.to_lowercase();
            for blame in ["fail", "invalid", "illegal", "error", "wrong", "must", "forc"] {
                assert!(!words.contains(blame), "{words:?} says {blame:?}");
            }
        }
    }

    #[test]
    fn a_changed_text_has_another_version() {
        let [general, children] = &MATERIALS;
        assert_eq!(material_version(general).len(), 64);
        assert_ne!(material_version(general), material_version(children));
    }
}
