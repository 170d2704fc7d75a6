//! What there is to say to a person at the glass, in words and as a stable name.

/// What to do for a better print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AdviceKind {
    /// Put a finger on the sensor.
    PlaceFinger,
    /// More of the fingertip must lie flat.
    PressFlatter,
    /// More pressure.
    PressMore,
    /// Less pressure.
    PressLess,
    /// The skin is dry.
    MoistenFinger,
    /// The skin or the glass is wet.
    DryFinger,
    /// The print is not in the middle.
    MoveToCentre,
    /// The picture is blurred.
    KeepStill,
    /// The picture is spotted or shows an older print.
    CleanGlass,
    /// The hand is turned.
    TurnHand,
}

impl AdviceKind {
    /// One sentence a person can act on.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::PlaceFinger => "Place the finger on the glass.",
            Self::PressFlatter => "Lay the fingertip down flat.",
            Self::PressMore => "Press a little more.",
            Self::PressLess => "Press a little less.",
            Self::MoistenFinger => "The skin is dry: moisten the finger a little.",
            Self::DryFinger => "The skin is moist: dry the finger.",
            Self::MoveToCentre => "Move the finger to the middle.",
            Self::KeepStill => "Keep the hand still.",
            Self::CleanGlass => "Wipe the glass clean.",
            Self::TurnHand => "Turn the hand so that the fingers point straight ahead.",
        }
    }
}

/// Stable name of a piece of advice.
#[must_use]
pub fn code(kind: AdviceKind) -> &'static str {
    match kind {
        AdviceKind::PlaceFinger => "place-finger",
        AdviceKind::PressFlatter => "press-flatter",
        AdviceKind::PressMore => "press-more",
        AdviceKind::PressLess => "press-less",
        AdviceKind::MoistenFinger => "moisten-finger",
        AdviceKind::DryFinger => "dry-finger",
        AdviceKind::MoveToCentre => "move-to-centre",
        AdviceKind::KeepStill => "keep-still",
        AdviceKind::CleanGlass => "clean-glass",
        AdviceKind::TurnHand => "turn-hand",
    }
}
