//! How a drawn person looks: proportions and colours from a seed.
//!
//! Skin, hair and clothes are drawn independently of each other, so that no combination stands for anything. A child
//! has the proportions of a child: larger eyes lower in the head, rounder cheeks, a shorter nose.

use super::canvas::{Colour, hash};
use crate::device::Looks;

/// Proportions in eye distances, and colours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Person {
    pub(super) looks: Looks,
    pub(super) skin: Colour,
    pub(super) hair: Colour,
    pub(super) iris: Colour,
    pub(super) clothes: Colour,
    pub(super) hair_style: HairStyle,
    pub(super) beard: bool,
    /// Half width of the head at the eyes.
    pub(super) head_half: f32,
    /// From the eyes up to the crown, without hair.
    pub(super) crown: f32,
    /// From the eyes down to the chin.
    pub(super) chin: f32,
    /// How square the jaw is: larger is squarer.
    pub(super) jaw: f32,
    /// From the eyes down to the tip of the nose.
    pub(super) nose: f32,
    pub(super) nose_half: f32,
    /// From the eyes down to the mouth.
    pub(super) mouth: f32,
    pub(super) mouth_half: f32,
    pub(super) lip: f32,
    /// Half width and half height of an eye.
    pub(super) eye: (f32, f32),
    /// From the eyes up to the brows.
    pub(super) brow: f32,
    pub(super) brow_half: f32,
    pub(super) seed: u64,
}

/// How the hair is worn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HairStyle {
    Short,
    Curls,
    Bob,
    Long,
    Scarf,
}

impl Person {
    /// The person of a seed; as a child or a grown-up.
    pub(super) fn new(seed: u64, looks: Looks) -> Self {
        let pick = |what: u32| hash(what, 0x5eed, seed);
        let vary = |what: u32, middle: f32, spread: f32| middle + (pick(what) * 2.0 - 1.0) * spread;
        let child = looks == Looks::Child;
        let style = match (pick(1) * 5.0) as u32 {
            0 => HairStyle::Short,
            1 => HairStyle::Curls,
            2 => HairStyle::Bob,
            3 => HairStyle::Long,
            _ if child => HairStyle::Bob,
            _ => HairStyle::Scarf,
        };
        Self {
            looks,
            skin: choose(&SKIN, pick(2)),
            // Grey is the last colour and not for children.
            hair: choose(HAIR.get(..if child { 5 } else { 6 }).unwrap_or(&HAIR), pick(3)),
            iris: choose(&IRIS, pick(4)),
            clothes: choose(&CLOTHES, pick(5)),
            hair_style: style,
            beard: !child && matches!(style, HairStyle::Short | HairStyle::Curls) && pick(6) < 0.45,
            head_half: if child { vary(7, 1.23, 0.03) } else { vary(7, 1.15, 0.05) },
            crown: if child { vary(8, 1.82, 0.04) } else { vary(8, 1.72, 0.05) },
            chin: if child { vary(9, 1.56, 0.04) } else { vary(9, 1.84, 0.06) },
            jaw: if child { vary(10, 2.1, 0.08) } else { vary(10, 2.45, 0.3) },
            nose: if child { vary(11, 0.60, 0.03) } else { vary(11, 0.74, 0.05) },
            nose_half: if child { vary(12, 0.22, 0.02) } else { vary(12, 0.26, 0.03) },
            mouth: if child { vary(13, 1.00, 0.03) } else { vary(13, 1.18, 0.04) },
            mouth_half: if child { vary(14, 0.34, 0.02) } else { vary(14, 0.40, 0.03) },
            lip: vary(15, 0.105, 0.02),
            eye: if child { (0.285, vary(16, 0.128, 0.008)) } else { (0.255, vary(16, 0.100, 0.01)) },
            brow: if child { vary(17, 0.36, 0.02) } else { vary(17, 0.34, 0.03) },
            brow_half: if child { 0.030 } else { vary(18, 0.045, 0.010) },
            seed,
        }
    }
}

fn choose(colours: &[Colour], share: f32) -> Colour {
    let at = (share * colours.len() as f32) as usize;
    colours.get(at.min(colours.len().saturating_sub(1))).copied().unwrap_or([0.5, 0.5, 0.5])
}

const SKIN: [Colour; 6] = [
    [0.96, 0.82, 0.73],
    [0.91, 0.74, 0.62],
    [0.83, 0.64, 0.50],
    [0.71, 0.52, 0.39],
    [0.56, 0.39, 0.29],
    [0.43, 0.30, 0.23],
];
const HAIR: [Colour; 6] = [
    [0.10, 0.08, 0.07],
    [0.19, 0.13, 0.10],
    [0.32, 0.21, 0.14],
    [0.50, 0.34, 0.20],
    [0.70, 0.55, 0.34],
    [0.50, 0.49, 0.48],
];
const IRIS: [Colour; 5] =
    [[0.28, 0.17, 0.09], [0.38, 0.25, 0.13], [0.45, 0.40, 0.22], [0.33, 0.45, 0.36], [0.33, 0.47, 0.60]];
const CLOTHES: [Colour; 6] = [
    [0.20, 0.33, 0.48],
    [0.48, 0.24, 0.27],
    [0.24, 0.42, 0.36],
    [0.38, 0.36, 0.42],
    [0.66, 0.52, 0.30],
    [0.30, 0.29, 0.33],
];
