//! Forms as they come, and the events they mean. Every field is bounded; unknown fields are ignored, so that a page
//! of an older version still works during an update.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, Request};

use super::dates;
use super::language::{self, Language};
use super::respond::{Failure, Wants};
use super::words::MATERIALS;
use crate::daemon::Leaflet;
use crate::error::RequestError;
use crate::limits;
use crate::session::{
    AgeBasis, AgeClaim, Companion, CompanionKind, Designation, Event, ExceptionReason, Gate, Information,
    InformationMode, NoPhoto, Person, Refusal, RefusalAssessment, ScreeningForm, ScreeningKind, Standing,
    Step, Target, WithoutReason,
};

/// The fields of one form.
#[derive(Default)]
pub(super) struct Form(BTreeMap<String, String>);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let wants = Wants::of(request.headers());
        let fields = axum::extract::Form::<Vec<(String, String)>>::from_request(request, state).await;
        let fields = fields.map_err(|_| Failure::new(RequestError::BadForm, wants))?;
        let fits = fields.0.len() <= FIELDS_MAX
            && fields
                .0
                .iter()
                .all(|(name, value)| name.len() <= 64 && value.len() <= limits::FIELD_BYTES_MAX);
        if !fits {
            return Err(Failure::new(RequestError::BadForm, wants));
        }
        Ok(Self(fields.0.into_iter().collect()))
    }
}

impl Form {
    /// A field without surrounding space; empty when absent.
    pub(super) fn text(&self, field: &str) -> &str {
        self.0.get(field).map_or("", |text| text.trim())
    }

    fn optional(&self, field: &str) -> Option<String> {
        Some(self.text(field)).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
    }

    fn yes(&self, field: &str) -> bool {
        matches!(self.text(field), "yes" | "on" | "true")
    }

    fn yes_or_no(&self, field: &'static str) -> Result<bool, RequestError> {
        match self.text(field) {
            "yes" => Ok(true),
            "no" => Ok(false),
            _ => Err(RequestError::Field { field, expected: "yes or no" }),
        }
    }

    fn choice<T>(
        &self,
        field: &'static str,
        read: impl Fn(&str) -> Option<T>,
        expected: &'static str,
    ) -> Result<T, RequestError> {
        read(self.text(field)).ok_or(RequestError::Field { field, expected })
    }

    pub(super) fn step(&self) -> Result<Step, RequestError> {
        self.choice("step", Step::from_code, "right-four, left-four, thumbs or face")
    }

    /// A step, or one finger of it alone (`finger`, 1 to 10).
    pub(super) fn capture(&self) -> Result<Event, RequestError> {
        let step = self.step()?;
        let only = match self.text("finger") {
            "" => None,
            _ => match self.choice("finger", Target::from_code, "a finger 1 to 10")? {
                Target::Finger(finger) => Some(finger),
                Target::Face => None,
            },
        };
        Ok(Event::CaptureAsked { step, only })
    }

    pub(super) fn person(&self) -> Result<Event, RequestError> {
        let birth_date = match self.optional("birth_date") {
            None => None,
            Some(text) => {
                let expected =
                    "day, month, year as 25-03-2018, or 2018-03-25; if no more is known, 03-2018 or 2018";
                Some(dates::read(&text).ok_or(RequestError::Field { field: "birth_date", expected })?)
            }
        };
        let age_years = match self.optional("age_years") {
            None => None,
            Some(text) => {
                let years: Result<u8, _> = text.parse();
                Some(years.map_err(|_| RequestError::Field { field: "age_years", expected: "whole years" })?)
            }
        };
        let surnames = self.text("surnames").to_owned();
        let forenames = self.text("forenames").to_owned();
        if surnames.is_empty() && forenames.is_empty() {
            return Err(RequestError::Field { field: "surnames", expected: "at least one name" });
        }
        let age = AgeClaim {
            birth_date,
            age_years,
            basis: self.choice(
                "age_basis",
                AgeBasis::from_code,
                "document, registered, assessed or declared",
            )?,
            certain: self.yes_or_no("age_certain")?,
            proof_reference: self.optional("proof_reference"),
        };
        let nationality = self.text("nationality").to_ascii_uppercase();
        if icd::dataset::CountryCode::new(&nationality).is_err() {
            return Err(RequestError::Field {
                field: "nationality",
                expected: "a country code of three letters",
            });
        }
        let sex = self.choice(
            "sex",
            |code| icd::dataset::Sex::from_code(code).map(|_| code.to_owned()),
            "F, M or U",
        )?;
        let accompanied = self.yes("accompanied");
        let birth_place = self.optional("birth_place");
        Ok(Event::PersonRecorded(Box::new(Person {
            surnames,
            forenames,
            age,
            birth_place,
            sex,
            nationality,
            accompanied,
        })))
    }

    pub(super) fn gate(&self, gate: Gate, leaflets: &[Leaflet]) -> Result<Event, RequestError> {
        match gate {
            Gate::Age => Err(RequestError::NoPage),
            Gate::Training => Ok(Event::TrainingAsked),
            Gate::BestInterests => Ok(Event::BestInterestsAnswered {
                confirmed: self.yes("confirmed"),
                note: self.text("note").to_owned(),
            }),
            Gate::Companion => self.companion(),
            Gate::Information => self.information(leaflets),
        }
    }

    fn companion(&self) -> Result<Event, RequestError> {
        let kinds = "family, representative, provisional-representative or trained-person";
        let designated = match self.text("designated") {
            "" => Designation::None,
            _ => self.choice("designated", Designation::from_code, "none, provisional or representative")?,
        };
        Ok(Event::CompanionArrived(Box::new(Companion {
            kind: self.choice("kind", CompanionKind::from_code, kinds)?,
            name: self.text("name").to_owned(),
            person_id: self.optional("person_id"),
            relation: self.optional("relation"),
            organisation: self.optional("organisation"),
            designated,
            family_absent_reason: self.optional("family_absent_reason"),
            adult: self.yes("adult"),
            present: self.yes("present"),
        })))
    }

    fn information(&self, leaflets: &[Leaflet]) -> Result<Event, RequestError> {
        let id = self.text("material");
        let modes = "screen, leaflet, infographic, demonstration, spoken or interpreter";
        let mode = self.choice("mode", InformationMode::from_code, modes)?;
        if let Some(leaflet) = leaflets.iter().find(|leaflet| leaflet.id == id) {
            return leaflet_given(leaflet, mode);
        }
        let material = MATERIALS.iter().find(|material| material.id == id);
        let expected = "general, children, or a leaflet of this site";
        let material = material.ok_or(RequestError::Field { field: "material", expected })?;
        if let Some(other) = self.optional("other_language") {
            let language = language::other(&other).ok_or(RequestError::Field {
                field: "other_language",
                expected: "the tag of a language, for example so, ckb or zh-Hant, that has no text of its own here",
            })?;
            // Nothing is written in it here: somebody said it, or showed it.
            if matches!(mode, InformationMode::Screen | InformationMode::Leaflet) {
                let expected = "another way: this kiosk has nothing to read in that language";
                return Err(RequestError::Field { field: "mode", expected });
            }
            return Ok(Event::InformationGiven(Information {
                material: material.id.to_owned(),
                for_children: material.for_children,
                // The words that were interpreted.
                version: language::version(material, Language::English),
                language,
                mode,
            }));
        }
        let language = self.language()?;
        // A text that is partly in another language has not been read by somebody who reads this one only.
        if mode == InformationMode::Screen && !language.has(material) {
            let expected = "another way: the screen has no whole text in this language yet";
            return Err(RequestError::Field { field: "mode", expected });
        }
        Ok(Event::InformationGiven(Information {
            material: material.id.to_owned(),
            for_children: material.for_children,
            version: language::version(material, language),
            language: language.tag().to_owned(),
            mode,
        }))
    }

    pub(super) fn language(&self) -> Result<Language, RequestError> {
        self.choice("language", Language::from_tag, "en, nl, fr, ar, ti, tr, uk or fa")
    }

    pub(super) fn companion_left(&self) -> Result<Event, RequestError> {
        let left_at = match self.optional("left_at") {
            None => None,
            Some(text) => {
                let at = super::time::read(&text);
                Some(at.ok_or(RequestError::Field {
                    field: "left_at",
                    expected: "an instant as 2026-07-01T10:00",
                })?)
            }
        };
        Ok(Event::CompanionLeft { left_at })
    }

    pub(super) fn accept(&self) -> Result<Event, RequestError> {
        let step = match self.text("step") {
            "" => None,
            _ => Some(self.step()?),
        };
        Ok(Event::BestAccepted { step, reason: self.optional("reason") })
    }

    pub(super) fn exception(&self) -> Result<Event, RequestError> {
        let target = self.choice("finger", Target::from_code, "a finger 1 to 10, or face")?;
        if self.text("reason") == "none" {
            return Ok(Event::ExceptionWithdrawn { target });
        }
        let reasons = "amputated, bandaged, temporary-damage, worn, cannot-place, refused, other or none";
        let reason = self.choice("reason", ExceptionReason::from_code, reasons)?;
        let assessment = self.assessment()?;
        Ok(Event::ExceptionRecorded { target, reason, note: self.optional("note"), assessment })
    }

    pub(super) fn proof_photo(&self) -> Result<Event, RequestError> {
        Ok(Event::ProofPhotoAsked { step: self.step()? })
    }

    pub(super) fn no_photo(&self) -> Result<Event, RequestError> {
        let reasons = "not-wanted, dignity, cannot-show or technical";
        let why = self.choice("reason", NoPhoto::from_code, reasons)?;
        Ok(Event::ProofPhotoLeftOut { step: self.step()?, why })
    }

    pub(super) fn confirm_sequence(&self) -> Event {
        Event::SequenceConfirmed { reason: self.text("reason").to_owned() }
    }

    pub(super) fn refuse(&self) -> Result<Event, RequestError> {
        let assessment = self.assessment()?;
        Ok(Event::RefusalRecorded(Refusal { counselling: self.text("counselling").to_owned(), assessment }))
    }

    fn assessment(&self) -> Result<Option<RefusalAssessment>, RequestError> {
        Ok(match self.text("risk") {
            "" => None,
            _ => Some(RefusalAssessment {
                risk: self.yes_or_no("risk")?,
                grounds: self.text("grounds").to_owned(),
                referral: self.optional("referral"),
            }),
        })
    }

    pub(super) fn later(&self) -> Result<Event, RequestError> {
        let why = self.choice("reason", WithoutReason::from_code, "rest, health, technical or mistake")?;
        Ok(Event::EndedWithout { why, note: self.text("note").to_owned() })
    }

    pub(super) fn screening(&self) -> Result<Event, RequestError> {
        let kinds = "border, border-after-custody or inland";
        let standing = |code: &str| match code {
            "declared" => Some(Standing::Declared),
            "confirmed" => Some(Standing::Confirmed),
            _ => None,
        };
        let text = |field: &str| self.text(field).to_owned();
        Ok(Event::ScreeningRecorded(Box::new(ScreeningForm {
            kind: self.choice("kind", ScreeningKind::from_code, kinds)?,
            identity: self.choice("identity", standing, "declared or confirmed")?,
            residence: text("residence"),
            languages: text("languages"),
            reason: text("screening_reason"),
            health: text("health"),
            vulnerability: text("vulnerability"),
            application_made: self.yes_or_no("application_made")?,
            family: text("family"),
            security_hit: match self.text("security_hit") {
                "" => None,
                _ => Some(self.yes_or_no("security_hit")?),
            },
            cooperated: self.yes_or_no("cooperated")?,
            arrival_reason: text("arrival_reason"),
            route: text("route"),
            documents: text("documents"),
            remarks: text("remarks"),
            objections: text("objections"),
        })))
    }

    pub(super) fn category(&self) -> Result<char, RequestError> {
        let mut symbols = self.text("category").chars();
        match (symbols.next(), symbols.next()) {
            (Some(code), None) => Ok(code),
            _ => Err(RequestError::Category),
        }
    }

    pub(super) fn event_at(&self) -> Result<jiff::Timestamp, RequestError> {
        // What a script sends in one field, an officer types in two.
        if !self.text("event_at").is_empty() {
            let expected = "an instant as 2026-07-01T10:00";
            return super::time::read(self.text("event_at"))
                .ok_or(RequestError::Field { field: "event_at", expected });
        }
        let expected = "day, month, year as 25-03-2026, or 2026-03-25";
        let day = dates::read_day(self.text("event_date"));
        let day = day.ok_or(RequestError::Field { field: "event_date", expected })?;
        let expected = "hours and minutes of 24 hours as 14:05";
        let time = dates::read_time(self.text("event_time"));
        let time = time.ok_or(RequestError::Field { field: "event_time", expected })?;
        let expected = "an instant that exists";
        super::time::at(day, time).ok_or(RequestError::Field { field: "event_time", expected })
    }
}

/// A leaflet of the site is in the language it is written in, and its version is the digest the site signed for.
fn leaflet_given(leaflet: &Leaflet, mode: InformationMode) -> Result<Event, RequestError> {
    if mode == InformationMode::Screen {
        let expected = "another way: a leaflet is not what the person's side of the screen shows";
        return Err(RequestError::Field { field: "mode", expected });
    }
    Ok(Event::InformationGiven(Information {
        material: leaflet.id.clone(),
        for_children: leaflet.for_children,
        version: leaflet.version.clone(),
        language: leaflet.language.clone(),
        mode,
    }))
}

/// Fields of the largest form, with room to spare.
const FIELDS_MAX: usize = 40;
