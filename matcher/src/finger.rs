//! Finger positions and hands, by the FGP codes of ANSI/NIST-ITL 1-2011 table 8.

use core::fmt;

/// A finger position, FGP code 1 to 10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Finger {
    /// FGP 1.
    RightThumb = 1,
    /// FGP 2.
    RightIndex = 2,
    /// FGP 3.
    RightMiddle = 3,
    /// FGP 4.
    RightRing = 4,
    /// FGP 5.
    RightLittle = 5,
    /// FGP 6.
    LeftThumb = 6,
    /// FGP 7.
    LeftIndex = 7,
    /// FGP 8.
    LeftMiddle = 8,
    /// FGP 9.
    LeftRing = 9,
    /// FGP 10.
    LeftLittle = 10,
}

impl Finger {
    /// All ten in FGP order.
    pub const ALL: [Self; 10] = [
        Self::RightThumb,
        Self::RightIndex,
        Self::RightMiddle,
        Self::RightRing,
        Self::RightLittle,
        Self::LeftThumb,
        Self::LeftIndex,
        Self::LeftMiddle,
        Self::LeftRing,
        Self::LeftLittle,
    ];

    /// The finger of an FGP code 1 to 10; anything else is `None`.
    #[must_use]
    pub fn from_fgp(fgp: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|finger| finger.fgp() == fgp)
    }

    /// The FGP code, 1 to 10.
    #[must_use]
    pub const fn fgp(self) -> u8 {
        self as u8
    }

    /// Plain English name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RightThumb => "right thumb",
            Self::RightIndex => "right index finger",
            Self::RightMiddle => "right middle finger",
            Self::RightRing => "right ring finger",
            Self::RightLittle => "right little finger",
            Self::LeftThumb => "left thumb",
            Self::LeftIndex => "left index finger",
            Self::LeftMiddle => "left middle finger",
            Self::LeftRing => "left ring finger",
            Self::LeftLittle => "left little finger",
        }
    }

    /// Whether the finger is on the right hand.
    #[must_use]
    pub const fn is_right(self) -> bool {
        self.fgp() <= 5
    }

    /// The same finger of the other hand.
    #[must_use]
    pub fn mirrored(self) -> Self {
        let fgp = if self.is_right() { self.fgp() + 5 } else { self.fgp() - 5 };
        Self::from_fgp(fgp).unwrap_or(self)
    }

    /// The slap this finger is captured in.
    #[must_use]
    pub const fn hand(self) -> Hand {
        match self {
            Self::RightThumb | Self::LeftThumb => Hand::Thumbs,
            _ if self.is_right() => Hand::RightFour,
            _ => Hand::LeftFour,
        }
    }
}

impl fmt::Display for Finger {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// What is put on the sensor at once in a 4-4-2 capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hand {
    /// The four fingers of the right hand, FGP 13.
    RightFour,
    /// The four fingers of the left hand, FGP 14.
    LeftFour,
    /// Both thumbs, FGP 15.
    Thumbs,
}

impl Hand {
    /// The three slaps in the usual order of capture.
    pub const ALL: [Self; 3] = [Self::RightFour, Self::LeftFour, Self::Thumbs];

    /// The FGP code of the slap: 13, 14 or 15.
    #[must_use]
    pub const fn fgp(self) -> u8 {
        match self {
            Self::RightFour => 13,
            Self::LeftFour => 14,
            Self::Thumbs => 15,
        }
    }

    /// The slap of an FGP code 13, 14 or 15; anything else is `None`.
    #[must_use]
    pub fn from_fgp(fgp: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|hand| hand.fgp() == fgp)
    }

    /// The fingers as they lie on the image from left to right, fingertips up.
    #[must_use]
    pub const fn fingers(self) -> &'static [Finger] {
        match self {
            Self::RightFour => {
                &[Finger::RightIndex, Finger::RightMiddle, Finger::RightRing, Finger::RightLittle]
            }
            Self::LeftFour => &[Finger::LeftLittle, Finger::LeftRing, Finger::LeftMiddle, Finger::LeftIndex],
            Self::Thumbs => &[Finger::LeftThumb, Finger::RightThumb],
        }
    }

    /// Plain English name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RightFour => "right four fingers",
            Self::LeftFour => "left four fingers",
            Self::Thumbs => "both thumbs",
        }
    }
}

impl fmt::Display for Hand {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_mirrors_belong_together() {
        for (fgp, name, mirrored) in [
            (1, "right thumb", 6),
            (2, "right index finger", 7),
            (5, "right little finger", 10),
            (6, "left thumb", 1),
            (10, "left little finger", 5),
        ] {
            let finger = Finger::from_fgp(fgp).expect("a finger");
            assert_eq!((finger.fgp(), finger.name(), finger.mirrored().fgp()), (fgp, name, mirrored));
        }
        assert_eq!(Finger::from_fgp(0), None);
        assert_eq!(Finger::from_fgp(11), None);
    }

    #[test]
    fn each_finger_is_in_exactly_one_slap() {
        for finger in Finger::ALL {
            let slaps: Vec<_> =
                Hand::ALL.into_iter().filter(|hand| hand.fingers().contains(&finger)).collect();
            assert_eq!(slaps, vec![finger.hand()]);
        }
        assert_eq!(Hand::from_fgp(14), Some(Hand::LeftFour));
        assert_eq!(Hand::from_fgp(12), None);
    }
}
