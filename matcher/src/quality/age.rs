//! The age band a score belongs to.
//!
//! Reference scores are calibrated on adults. A child's ridges are finer and its fingertips smaller, so the same score
//! means something else, and a threshold for adults would send a child through capture after capture. A score therefore
//! carries its band, and a threshold is asked for by band ([`Thresholds`]).

/// Ages that share thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum AgeBand {
    /// Six to eleven.
    Child,
    /// Twelve to seventeen.
    Youth,
    /// Eighteen to sixty-nine.
    Adult,
    /// Seventy and more.
    Senior,
    /// Nobody said.
    #[default]
    Unknown,
}

impl AgeBand {
    /// The band of an age in years; under six there is none, because nobody under six is captured.
    #[must_use]
    pub const fn of_years(years: u8) -> Option<Self> {
        match years {
            0..6 => None,
            6..12 => Some(Self::Child),
            12..18 => Some(Self::Youth),
            18..70 => Some(Self::Adult),
            70.. => Some(Self::Senior),
        }
    }

    /// As it stands beside a score.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Child => "6-11",
            Self::Youth => "12-17",
            Self::Adult => "18-69",
            Self::Senior => "70+",
            Self::Unknown => "unknown",
        }
    }
}

/// Lowest acceptable score by age band.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Six to eleven.
    pub child: u8,
    /// Twelve to seventeen.
    pub youth: u8,
    /// Eighteen to sixty-nine.
    pub adult: u8,
    /// Seventy and more.
    pub senior: u8,
}

impl Thresholds {
    /// The threshold of a band; of an unknown age the mildest, because the person may be of any.
    #[must_use]
    pub fn of(&self, band: AgeBand) -> u8 {
        match band {
            AgeBand::Child => self.child,
            AgeBand::Youth => self.youth,
            AgeBand::Adult => self.adult,
            AgeBand::Senior => self.senior,
            AgeBand::Unknown => self.child.min(self.youth).min(self.adult).min(self.senior),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adult_threshold_never_meets_a_child() {
        let thresholds = Thresholds { child: 25, youth: 35, adult: 40, senior: 30 };
        let at = |years| AgeBand::of_years(years).map(|band| thresholds.of(band));
        assert_eq!(
            [5, 6, 11, 12, 17, 18, 69, 70, 255].map(at),
            [None, Some(25), Some(25), Some(35), Some(35), Some(40), Some(40), Some(30), Some(30)]
        );
        assert_eq!(thresholds.of(AgeBand::Unknown), 25);
    }
}
