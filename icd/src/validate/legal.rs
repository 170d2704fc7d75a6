//! The legal gates that the message itself shows: the age of six (Art. 14(1)) and the minor's mark.

use jiff::civil::Date;

use crate::category::Category;
use crate::dataset::Dataset;
use crate::finding::Finding;
use crate::message::Submission;

const AGE_YEARS_ADULT: u8 = 18;

pub(super) fn check(s: &Submission, findings: &mut Vec<Finding>) {
    let Some((oldest, youngest)) = age(s.category, &s.dataset, findings) else { return };
    if oldest < AGE_YEARS_ADULT && !s.minor {
        let message = "By the date of birth the person is a minor, and the message says otherwise. Correct one of them.";
        findings.push(Finding::error("I-1703", "minor", message));
    } else if youngest < AGE_YEARS_ADULT && !s.minor {
        let message =
            "By the date of birth the person may be a minor, and the message says otherwise. Check it.";
        findings.push(Finding::warning("I-1703", "minor", message));
    } else if youngest >= AGE_YEARS_ADULT && s.minor {
        let message = "By the date of birth the person is an adult, and the message says minor. Check it.";
        findings.push(Finding::warning("I-1703", "minor", message));
    }
}

/// The age of six. Gives the highest and the lowest age that the date of birth allows on the day of capture.
pub(super) fn age(category: Category, dataset: &Dataset, findings: &mut Vec<Finding>) -> Option<(u8, u8)> {
    let birth = dataset.birth_date?;
    let taken_on = dataset.biometrics_taken_on;
    // Born after the capture: the dates say so already.
    let oldest = age_years(birth.earliest(), taken_on)?;
    let youngest = age_years(birth.latest(), taken_on).unwrap_or(0);
    let minimum = category.rule().age_years_min;
    if oldest < minimum {
        let message =
            "The person is under six. Biometrics may not be taken or sent, Article 14(1). Erase them.";
        findings.push(Finding::error("I-1701", "birth-date", message).accepting(at_least(minimum)));
    } else if youngest < minimum {
        let message =
            "The person may be under six. Without proof of age they count as under six, Article 14(1).";
        findings.push(Finding::error("I-1702", "birth-date", message).accepting(at_least(minimum)));
    }
    Some((oldest, youngest))
}

fn at_least(years_min: u8) -> String {
    format!("an age of {years_min} years or more at the capture")
}

/// Whole years from birth to a day; `None` when the day comes first.
pub(super) fn age_years(birth: Date, on: Date) -> Option<u8> {
    if on < birth {
        return None;
    }
    let years = i32::from(on.year()) - i32::from(birth.year());
    let birthday_passed = (on.month(), on.day()) >= (birth.month(), birth.day());
    u8::try_from(if birthday_passed { years } else { years - 1 }).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn ages_change_on_the_birthday() {
        fn check(birth: Date, on: Date, expect: Option<u8>) {
            assert_eq!(age_years(birth, on), expect, "{birth} on {on}");
        }
        check(date(2020, 7, 2), date(2026, 7, 1), Some(5));
        check(date(2020, 7, 2), date(2026, 7, 2), Some(6));
        check(date(2020, 2, 29), date(2026, 2, 28), Some(5));
        check(date(2020, 2, 29), date(2026, 3, 1), Some(6));
        check(date(2026, 7, 2), date(2026, 7, 2), Some(0));
        check(date(2026, 7, 3), date(2026, 7, 2), None);
        check(date(1900, 1, 1), date(2026, 1, 1), Some(126));
    }
}
