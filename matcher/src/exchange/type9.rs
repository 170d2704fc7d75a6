//! Minutiae as the fields of an ANSI/NIST-ITL Type-9 record, for a profile that asks for them.
//!
//! Plain field numbers and texts: whoever writes the container needs nothing else of this crate. Two dialects of ANSI/NIST-ITL
//! 1-2011: the INCITS M1 block (fields 9.126 to 9.137) and the extended feature set (9.300, 9.302, 9.331), whose unit is
//! a hundredth of a millimetre and whose angles are whole degrees.

use crate::template::MinutiaType;
use crate::{Finger, Template};

/// A field of a Type-9 record: its number and its subfields, each a list of items.
#[derive(Clone, PartialEq, Eq)]
pub struct Field {
    /// Field number: 137 for 9.137.
    pub number: u16,
    /// Subfields of items.
    pub subfields: Vec<Vec<String>>,
}

/// The number only: what stands in the field is biometric.
impl core::fmt::Debug for Field {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(out, "Field(9.{:03}, {} subfields)", self.number, self.subfields.len())
    }
}

/// The INCITS M1 block: 9.126 to 9.137. Angles in steps of 2 degrees, counter-clockwise; places in pixels at 197 per
/// centimetre from the top left.
#[must_use]
pub fn m1_fields(template: &Template, finger: Option<Finger>) -> Vec<Field> {
    let (width, height) = template.size();
    let one = |number, items: &[String]| Field { number, subfields: vec![items.to_vec()] };
    let text = |value: &dyn core::fmt::Display| value.to_string();
    let minutiae = template.minutiae().iter().zip(1..).map(|(minutia, index)| {
        let turned = u32::from(0u8.wrapping_sub(minutia.direction));
        let kind = if minutia.kind == MinutiaType::Bifurcation { 2 } else { 1 };
        vec![
            format!("{index:03}"),
            text(&minutia.x),
            text(&minutia.y),
            text(&((turned * 180 + 128) / 256 % 180)),
            text(&kind),
            text(&minutia.quality),
        ]
    });
    vec![
        one(126, &["0".into(), text(&crate::parameters::QUALITY_PRODUCT_ID), "unspecified".into()]),
        one(127, &["NONE".into(), "0".into()]),
        one(128, &[text(&width)]),
        one(129, &[text(&height)]),
        one(130, &["2".into()]),
        one(131, &["197".into()]),
        one(132, &["197".into()]),
        one(133, &["0".into()]),
        one(134, &[text(&finger.map_or(0, Finger::fgp))]),
        one(136, &[text(&template.minutiae().len())]),
        Field { number: 137, subfields: minutiae.collect() },
    ]
}

/// The extended feature set: region of interest (9.300), finger (9.302), minutiae (9.331).
#[must_use]
pub fn efs_fields(template: &Template, finger: Option<Finger>) -> Vec<Field> {
    let (width, height) = template.size();
    let hundredths = |pixels: u16| (f32::from(pixels) * HUNDREDTHS_MM_PER_PX).round() as u32;
    let minutiae = template.minutiae().iter().map(|minutia| {
        let turned = u32::from(0u8.wrapping_sub(minutia.direction));
        let kind = if minutia.kind == MinutiaType::Bifurcation { "B" } else { "E" };
        vec![
            hundredths(minutia.x).to_string(),
            hundredths(minutia.y).to_string(),
            ((turned * 360 + 128) / 256 % 360).to_string(),
            kind.to_owned(),
        ]
    });
    vec![
        Field {
            number: 300,
            subfields: vec![vec![hundredths(width).to_string(), hundredths(height).to_string()]],
        },
        Field { number: 302, subfields: vec![vec![finger.map_or(0, Finger::fgp).to_string()]] },
        Field { number: 331, subfields: minutiae.collect() },
    ]
}

/// At 500 ppi.
const HUNDREDTHS_MM_PER_PX: f32 = 2540.0 / 500.0;
