//! The reference number of a dataset (EUR 37(3) and (4)).
//!
//! Form: Member State letters, one category character, national part. The law fixes no length or alphabet for the
//! national part; the bounds here are ours and an ICD profile may narrow them.
//!
//! Invariants: a value of this type always splits into those three parts and joins back to the same text. A resend
//! after bad quality keeps the number (38(1)). The number identifies a person's dataset, so `Debug` is redacted.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::category::Category;
use crate::error::Error;
use crate::limits::{MEMBER_STATE_LETTERS_MAX, NATIONAL_PART_CHARS_MAX};

/// A well-formed reference number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReferenceNumber {
    text: String,
    letters: usize,
    category: Category,
}

const FORM: &str = "Member State letters, one category digit, then 1 to 32 capital letters or digits";

impl ReferenceNumber {
    /// Builds a number from its parts.
    pub fn build(member_state: &str, category: Category, national_part: &str) -> Result<Self, Error> {
        format!("{member_state}{}{national_part}", category.code()).parse::<Self>().and_then(|number| {
            // A digit inside `member_state` would shift the category; the parts must come back as they went in.
            if number.member_state() == member_state && number.national_part() == national_part {
                Ok(number)
            } else {
                Err(Error::invalid("reference number", FORM))
            }
        })
    }

    /// The whole number. It identifies a person's dataset: never log it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The letters of the Member State of origin.
    #[must_use]
    pub fn member_state(&self) -> &str {
        self.text.get(..self.letters).unwrap_or_default()
    }

    /// The category the number was issued for.
    #[must_use]
    pub fn category(&self) -> Category {
        self.category
    }

    /// What follows the category character.
    #[must_use]
    pub fn national_part(&self) -> &str {
        self.text.get(self.letters + 1..).unwrap_or_default()
    }
}

impl FromStr for ReferenceNumber {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refused = || Error::invalid("reference number", FORM);
        if text.len() > MEMBER_STATE_LETTERS_MAX + 1 + NATIONAL_PART_CHARS_MAX {
            return Err(refused());
        }
        let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
        let mut rest = text.get(letters..).ok_or_else(refused)?.chars();
        let category = rest.next().and_then(Category::from_code).ok_or_else(refused)?;
        let national = rest.as_str();
        let national_ok = !national.is_empty()
            && national.len() <= NATIONAL_PART_CHARS_MAX
            && national.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if letters == 0 || letters > MEMBER_STATE_LETTERS_MAX || !national_ok {
            return Err(refused());
        }
        Ok(Self { text: text.to_owned(), letters, category })
    }
}

impl TryFrom<String> for ReferenceNumber {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<ReferenceNumber> for String {
    fn from(number: ReferenceNumber) -> Self {
        number.text
    }
}

impl fmt::Debug for ReferenceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReferenceNumber({}{}…)", self.member_state(), self.category.code())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parses_or_refuses() {
        fn check(text: &str, expect: Option<(&str, char, &str)>) {
            let parsed = text.parse::<ReferenceNumber>().ok();
            let parts = parsed.as_ref().map(|n| (n.member_state(), n.category().code(), n.national_part()));
            assert_eq!(parts, expect, "{text}");
        }
        check("NL1000000042", Some(("NL", '1', "000000042")));
        check("D9ABC", Some(("D", '9', "ABC")));
        check("NLD0X", Some(("NLD", '0', "X")));
        check("", None);
        check("NL", None);
        check("NL1", None);
        check("1000", None);
        check("nl1000", None);
        check("NLDX1000", None);
        check("NL1-42", None);
        check("NL1é", None);
        check("NL1 42", None);
        check(&format!("NL1{}", "7".repeat(32)), Some(("NL", '1', &"7".repeat(32))));
        check(&format!("NL1{}", "7".repeat(33)), None);
    }

    #[test]
    fn building_with_parts_that_would_shift_is_refused() {
        assert!(ReferenceNumber::build("N1", Category::Applicant, "42").is_err());
        assert!(ReferenceNumber::build("", Category::Applicant, "42").is_err());
        assert!(ReferenceNumber::build("NL", Category::Applicant, "").is_err());
    }

    #[test]
    fn debug_hides_the_national_part() {
        let number = ReferenceNumber::build("NL", Category::Applicant, "SECRET42").expect("well-formed");
        assert!(!format!("{number:?}").contains("SECRET42"));
    }

    proptest! {
        #[test]
        fn parts_and_text_agree(state in "[A-Z]{1,3}", category in 0_usize..10, national in "[A-Z0-9]{1,32}") {
            let category = Category::ALL[category];
            let number = ReferenceNumber::build(&state, category, &national).expect("parts are well-formed");
            prop_assert_eq!(number.as_str().parse::<ReferenceNumber>().expect("own text"), number.clone());
            prop_assert_eq!(number.member_state(), state.as_str());
            prop_assert_eq!(number.category(), category);
            prop_assert_eq!(number.national_part(), national.as_str());
        }

        #[test]
        fn any_text_is_refused_or_comes_back(text in "\\PC{0,40}") {
            if let Ok(number) = text.parse::<ReferenceNumber>() {
                prop_assert_eq!(number.as_str(), text.as_str());
            }
        }
    }
}
