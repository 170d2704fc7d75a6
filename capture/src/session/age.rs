//! Gate G1: how old is this person, how sure are we, and may anything be captured at all.
//!
//! Invariant: [`judge`] never answers anything but [`AgeJudgement::Refused`] for a person under six, nor for a person
//! of uncertain age around six without proof. Clause: Regulation (EU) 2024/1358, Art. 14(1).
//!
//! Of a date of birth that is known in part, the latest day it can stand for counts: it makes a person younger, never
//! older. Somebody who may be six by it and may be five is treated as under six.
//!
//! Dates are compared in UTC. A birthday therefore arrives up to two hours late in Central Europe, which can only
//! make a person younger, never older.

use icd::dataset::PartialDate;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::denied::Denied;
use crate::limits;
use crate::parameters::{
    AGE_ADOLESCENT_YEARS, AGE_ADULT_YEARS, AGE_DOUBT_ADULT_YEARS_BELOW, AGE_MIN_YEARS,
    AGE_NEAR_SIX_YEARS_BELOW,
};

/// What the officer knows about a person's age.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgeClaim {
    /// Date of birth as far as it is known: a day, a month or a year.
    pub birth_date: Option<PartialDate>,
    /// Age in whole years, when no date of birth is known.
    pub age_years: Option<u8>,
    /// Where the figure comes from.
    pub basis: AgeBasis,
    /// Whether the officer has no doubt.
    pub certain: bool,
    /// Reference of the document, register entry or assessment that proves it.
    pub proof_reference: Option<String>,
}

/// Where an age comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgeBasis {
    /// An identity or travel document, or another official paper.
    Document,
    /// An earlier registration by an authority.
    Registered,
    /// An age assessment.
    Assessed,
    /// What the person or the companion says.
    Declared,
}

impl AgeBasis {
    /// All of them, in the order a form shows them.
    pub const ALL: [Self; 4] = [Self::Document, Self::Registered, Self::Assessed, Self::Declared];

    /// The word used in forms.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Registered => "registered",
            Self::Assessed => "assessed",
            Self::Declared => "declared",
        }
    }

    /// Reads the word used in forms.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.code() == code)
    }
}

/// Which path a person takes through the kiosk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgeBand {
    /// Six to eleven.
    Child,
    /// Twelve to seventeen.
    Adolescent,
    /// Eighteen and over.
    Adult,
}

impl AgeBand {
    /// Whether the safeguards of Art. 14 apply.
    #[must_use]
    pub fn is_minor(self) -> bool {
        self != Self::Adult
    }

    /// The word used in the state shown to scripts.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Child => "child",
            Self::Adolescent => "adolescent",
            Self::Adult => "adult",
        }
    }
}

/// The answer of gate G1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgeJudgement {
    /// Capture may go on along this path.
    May(AgeBand),
    /// No biometrics of this person, for this reason.
    Refused(AgeRefusal),
}

/// Why nothing is captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgeRefusal {
    /// Under six.
    UnderSix,
    /// Age uncertain around six and no proof: treated as under six.
    DeemedUnderSix,
}

impl AgeRefusal {
    /// The clause.
    pub const ARTICLE: &'static str = "Regulation (EU) 2024/1358, Art. 14(1)";

    /// The word used in records.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::UnderSix => "under-six",
            Self::DeemedUnderSix => "deemed-under-six",
        }
    }
}

/// Judges a claim on the day `today`. An error means the claim itself cannot be used and must be corrected.
pub fn judge(claim: &AgeClaim, today: Date) -> Result<AgeJudgement, Denied> {
    let age_years = years(claim, today)?;
    if age_years < AGE_MIN_YEARS {
        let oldest = claim.birth_date.and_then(|birth| whole_years(birth.earliest(), today));
        let may_be_six = oldest.is_some_and(|oldest| oldest >= AGE_MIN_YEARS);
        let why = if may_be_six { AgeRefusal::DeemedUnderSix } else { AgeRefusal::UnderSix };
        return Ok(AgeJudgement::Refused(why));
    }
    let proven = claim.proof_reference.as_deref().is_some_and(|text| !text.trim().is_empty());
    if age_years < AGE_NEAR_SIX_YEARS_BELOW && !proven {
        if !claim.certain || claim.basis == AgeBasis::Declared {
            return Ok(AgeJudgement::Refused(AgeRefusal::DeemedUnderSix));
        }
        return Err(Denied::ProofReferenceMissing);
    }
    let doubtful_adult = !claim.certain && !proven && age_years < AGE_DOUBT_ADULT_YEARS_BELOW;
    Ok(AgeJudgement::May(if age_years < AGE_ADOLESCENT_YEARS {
        AgeBand::Child
    } else if age_years < AGE_ADULT_YEARS || doubtful_adult {
        AgeBand::Adolescent
    } else {
        AgeBand::Adult
    }))
}

/// Age in whole years on `today`, the youngest that the claim admits.
pub(super) fn years(claim: &AgeClaim, today: Date) -> Result<u8, Denied> {
    match (claim.birth_date, claim.age_years) {
        (Some(birth), _) if birth.earliest() > today => Err(Denied::BirthDateInFuture),
        (Some(birth), stated) => {
            let youngest = whole_years(birth.latest().min(today), today);
            let youngest =
                youngest.filter(|age| *age <= limits::AGE_YEARS_MAX).ok_or(Denied::AgeOutOfRange)?;
            let oldest = whole_years(birth.earliest(), today).unwrap_or(youngest);
            match stated {
                Some(stated) if !(youngest..=oldest).contains(&stated) => Err(Denied::AgeContradicts),
                _ => Ok(youngest),
            }
        }
        (None, Some(stated)) if stated > limits::AGE_YEARS_MAX => Err(Denied::AgeOutOfRange),
        (None, Some(stated)) => Ok(stated),
        (None, None) => Err(Denied::AgeMissing),
    }
}

/// Whole years from a day of birth to `today`; `None` beyond what a number of years holds.
fn whole_years(birth: Date, today: Date) -> Option<u8> {
    let mut whole = i32::from(today.year()) - i32::from(birth.year());
    if (today.month(), today.day()) < (birth.month(), birth.day()) {
        whole -= 1;
    }
    u8::try_from(whole).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 7, 1);

    fn check(
        birth: Option<Date>,
        age: Option<u8>,
        basis: AgeBasis,
        certain: bool,
        proof: Option<&str>,
        expect: Result<AgeJudgement, Denied>,
    ) {
        let claim = AgeClaim {
            birth_date: birth.map(PartialDate::from_date),
            age_years: age,
            basis,
            certain,
            proof_reference: proof.map(ToOwned::to_owned),
        };
        assert_eq!(judge(&claim, TODAY), expect, "birth {birth:?} age {age:?} {basis:?} {certain} {proof:?}");
    }

    #[test]
    fn under_six_and_deemed_under_six_are_refused() {
        use AgeBasis::*;
        let under = Ok(AgeJudgement::Refused(AgeRefusal::UnderSix));
        let deemed = Ok(AgeJudgement::Refused(AgeRefusal::DeemedUnderSix));
        let child = Ok(AgeJudgement::May(AgeBand::Child));
        check(Some(date(2020, 7, 2)), None, Document, true, Some("P1"), under.clone());
        check(Some(date(2020, 7, 1)), None, Document, true, Some("P1"), child.clone());
        check(None, Some(5), Document, true, Some("P1"), under);
        for basis in AgeBasis::ALL {
            check(None, Some(6), basis, false, None, deemed.clone());
            check(None, Some(7), basis, false, Some("  "), deemed.clone());
            check(None, Some(6), basis, false, Some("P1"), child.clone());
        }
        check(None, Some(6), Declared, true, None, deemed);
        check(None, Some(6), Document, true, None, Err(Denied::ProofReferenceMissing));
        check(None, Some(8), Declared, false, None, child);
    }

    #[test]
    fn bands_give_the_benefit_of_the_doubt() {
        use AgeBasis::*;
        let may = |band| Ok(AgeJudgement::May(band));
        check(None, Some(11), Declared, true, None, may(AgeBand::Child));
        check(None, Some(12), Declared, true, None, may(AgeBand::Adolescent));
        check(None, Some(17), Declared, true, None, may(AgeBand::Adolescent));
        check(None, Some(18), Declared, true, None, may(AgeBand::Adult));
        check(None, Some(19), Declared, false, None, may(AgeBand::Adolescent));
        check(None, Some(19), Assessed, false, Some("A1"), may(AgeBand::Adult));
        check(None, Some(20), Declared, false, None, may(AgeBand::Adult));
    }

    #[test]
    fn a_date_known_in_part_makes_nobody_older() {
        let check = |birth: &str, stated: Option<u8>, expect: Result<AgeJudgement, Denied>| {
            let claim = AgeClaim {
                birth_date: Some(birth.parse().expect("a partial date")),
                age_years: stated,
                basis: AgeBasis::Document,
                certain: true,
                proof_reference: Some("P1".into()),
            };
            assert_eq!(judge(&claim, TODAY), expect, "{birth} {stated:?}");
        };
        let may = |band| Ok(AgeJudgement::May(band));
        check("2019", None, may(AgeBand::Child));
        check("2020", None, Ok(AgeJudgement::Refused(AgeRefusal::DeemedUnderSix)));
        check("2020-06", None, may(AgeBand::Child));
        check("2020-07", None, Ok(AgeJudgement::Refused(AgeRefusal::DeemedUnderSix)));
        check("2021", None, Ok(AgeJudgement::Refused(AgeRefusal::UnderSix)));
        check("2026", None, Ok(AgeJudgement::Refused(AgeRefusal::UnderSix)));
        check("2008", None, may(AgeBand::Adolescent));
        check("2008", Some(18), may(AgeBand::Adolescent));
        check("2008", Some(19), Err(Denied::AgeContradicts));
        check("2007", None, may(AgeBand::Adult));
        check("2027", None, Err(Denied::BirthDateInFuture));
    }

    #[test]
    fn unusable_claims_are_sent_back() {
        use AgeBasis::*;
        check(None, None, Declared, true, None, Err(Denied::AgeMissing));
        check(None, Some(200), Declared, true, None, Err(Denied::AgeOutOfRange));
        check(Some(date(2026, 7, 2)), None, Document, true, None, Err(Denied::BirthDateInFuture));
        check(Some(date(1860, 1, 1)), None, Document, true, None, Err(Denied::AgeOutOfRange));
        check(Some(date(2000, 1, 1)), Some(9), Document, true, None, Err(Denied::AgeContradicts));
        check(Some(date(2000, 1, 1)), Some(26), Document, true, None, Ok(AgeJudgement::May(AgeBand::Adult)));
    }
}
