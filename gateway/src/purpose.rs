//! For what a message is processed: the third axis of the matrix of rights, and a word of every processing log
//! (Art. 41(1)).
//!
//! The Regulation ties data to a purpose by the category under which they are sent, and the category is a character of the
//! reference number (Art. 37(3)); so no sender can claim another purpose than the one its reference number has.

use icd::category::Category;

/// A purpose. Complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Determining the State responsible for an application, Art. 15.
    Asylum,
    /// Irregular crossing of the external border, Art. 22.
    IrregularCrossing,
    /// Illegal stay, Art. 23.
    IllegalStay,
    /// Disembarkation after search and rescue, Art. 24.
    Disembarkation,
    /// Resettlement and humanitarian admission, Art. 18 and 20.
    Resettlement,
    /// Temporary protection, Art. 26.
    TemporaryProtection,
    /// The request of a person about their own data, Art. 43.
    DataSubject,
    /// Law enforcement, Art. 32 to 34.
    LawEnforcement,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 8] = [
        Self::Asylum,
        Self::IrregularCrossing,
        Self::IllegalStay,
        Self::Disembarkation,
        Self::Resettlement,
        Self::TemporaryProtection,
        Self::DataSubject,
        Self::LawEnforcement,
    ];

    /// The purpose of this category's messages.
    #[must_use]
    pub fn of(category: Category) -> Self {
        match category {
            Category::Applicant => Self::Asylum,
            Category::IrregularCrossing => Self::IrregularCrossing,
            Category::IllegalStay => Self::IllegalStay,
            Category::LawEnforcementNational | Category::LawEnforcementEuropol => Self::LawEnforcement,
            Category::DataSubject => Self::DataSubject,
            Category::Resettlement | Category::NationalResettlement => Self::Resettlement,
            Category::Disembarked => Self::Disembarkation,
            Category::TemporaryProtection => Self::TemporaryProtection,
        }
    }

    /// The stable word, as in the configuration.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Asylum => "asylum",
            Self::IrregularCrossing => "irregular-crossing",
            Self::IllegalStay => "illegal-stay",
            Self::Disembarkation => "disembarkation",
            Self::Resettlement => "resettlement",
            Self::TemporaryProtection => "temporary-protection",
            Self::DataSubject => "data-subject",
            Self::LawEnforcement => "law-enforcement",
        }
    }

    /// Whether a right must name it: access for law enforcement has conditions of its own (Art. 5, 6 and 33) and never comes
    /// along with another right.
    #[must_use]
    pub fn is_reserved(self) -> bool {
        self == Self::LawEnforcement
    }
}
