//! Type-9: minutiae, in the four forms that files carry them.
//!
//! Clauses: ANSI/NIST-ITL 1-2011 Update 2015, record type 9: standard fields 9.005 to 9.012, the FBI's fields 9.014 to
//! 9.025, the INCITS 378 block 9.126 to 9.150, the extended feature set 9.300 to 9.399.
//!
//! Invariants: a count field that stands there agrees with the minutiae that follow; numbers are bounded before they are
//! kept. Left out on purpose: ridge counts, cores, deltas and the rest of the features; they stay reachable as fields.

use super::record::decimal;
use super::typed::Type9;
use crate::error::{Error, NistProblem};
use crate::limits;

/// Which block of fields the minutiae stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MinutiaeForm {
    /// Field 9.012.
    Standard,
    /// Field 9.023, of the FBI.
    Fbi,
    /// Field 9.137, after INCITS 378.
    Incits378,
    /// Field 9.331, the extended feature set.
    ExtendedFeatures,
}

/// The unit of the coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CoordinateUnit {
    /// Hundredths of a millimetre.
    HundredthMillimetre,
    /// Pixels of the image that the record describes.
    Pixel,
}

/// What kind of point it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MinutiaKind {
    /// A ridge ends.
    Ending,
    /// A ridge divides.
    Bifurcation,
    /// Something else, compound or not told.
    Other,
}

/// One minutia, in its form's own coordinates. The standard and the FBI count from the bottom left, the other two from
/// the top left.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Minutia {
    /// Across, in the [`unit`](Minutiae::unit) of its block.
    pub x: u32,
    /// Up or down, as the form has it, in the [`unit`](Minutiae::unit) of its block.
    pub y: u32,
    /// Direction in degrees, 0 to 359, as the form counts it.
    pub angle_deg: u16,
    /// Kind.
    pub kind: MinutiaKind,
    /// Quality as the form scores it, where it does.
    pub quality: Option<u8>,
}

impl std::fmt::Debug for Minutia {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Minutia(redacted)")
    }
}

/// The minutiae of one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minutiae {
    /// The block.
    pub form: MinutiaeForm,
    /// The unit of the coordinates.
    pub unit: CoordinateUnit,
    /// The points, in the order of the file.
    pub points: Vec<Minutia>,
}

type ReadRow = fn(&[&str]) -> Option<Minutia>;

/// Form, field of the minutiae, field of their count, unit and reader of a row.
const BLOCKS: [(MinutiaeForm, u16, Option<u16>, CoordinateUnit, ReadRow); 4] = [
    (MinutiaeForm::Standard, 12, Some(10), CoordinateUnit::HundredthMillimetre, packed),
    (MinutiaeForm::Fbi, 23, Some(15), CoordinateUnit::HundredthMillimetre, packed),
    (MinutiaeForm::Incits378, 137, Some(136), CoordinateUnit::Pixel, incits),
    (MinutiaeForm::ExtendedFeatures, 331, None, CoordinateUnit::HundredthMillimetre, extended),
];

impl Type9<'_, '_> {
    /// 9.003 IMP.
    pub fn impression(&self) -> Result<u8, Error> {
        self.number(3, "an impression code")
    }

    /// 9.004 FMT: true where the standard fields are used, false where a vendor's or another block is.
    #[must_use]
    pub fn is_standard(&self) -> bool {
        self.record().text(4) == Some("S")
    }

    /// Every block of minutiae the record has.
    pub fn minutiae(&self) -> Result<Vec<Minutiae>, Error> {
        let mut found = Vec::new();
        for (form, number, count, unit, read) in BLOCKS {
            if self.record().field(number).is_none() {
                continue;
            }
            let points = self.rows(number, limits::MINUTIAE_MAX, read)?;
            if let Some(count) = count.filter(|count| self.record().field(*count).is_some()) {
                let told: usize = self.number(count, "the number of minutiae")?;
                if told != points.len() {
                    let expected = "as many minutiae as are listed";
                    return Err(self.error(NistProblem::Field { number: count, expected }));
                }
            }
            found.push(Minutiae { form, unit, points });
        }
        Ok(found)
    }
}

/// `index, XXXXYYYYTTT, quality, type, …`.
fn packed(items: &[&str]) -> Option<Minutia> {
    let [_, place, quality, kind, ..] = items else { return None };
    if place.len() != 11 {
        return None;
    }
    let part = |from: usize, to: usize| decimal::<u32>(place.as_bytes().get(from..to)?);
    let kind = match *kind {
        "A" => MinutiaKind::Ending,
        "B" => MinutiaKind::Bifurcation,
        "C" | "D" => MinutiaKind::Other,
        _ => return None,
    };
    let quality = if quality.is_empty() { None } else { Some(decimal(quality.as_bytes())?) };
    Some(Minutia { x: part(0, 4)?, y: part(4, 8)?, angle_deg: degrees(part(8, 11)?)?, kind, quality })
}

/// `index, x, y, angle in units of two degrees, type, quality`.
fn incits(items: &[&str]) -> Option<Minutia> {
    let [_, x, y, angle, kind, quality] = items else { return None };
    let kind = match *kind {
        "1" => MinutiaKind::Ending,
        "2" => MinutiaKind::Bifurcation,
        "0" => MinutiaKind::Other,
        _ => return None,
    };
    let number = |text: &str| decimal::<u32>(text.as_bytes());
    let angle_deg = degrees(number(angle)?.checked_mul(2)?)?;
    let quality = Some(decimal(quality.as_bytes())?);
    Some(Minutia { x: number(x)?, y: number(y)?, angle_deg, kind, quality })
}

/// `x, y, angle, type`, then uncertainties where given.
fn extended(items: &[&str]) -> Option<Minutia> {
    let [x, y, angle, kind, ..] = items else { return None };
    let kind = match *kind {
        "E" => MinutiaKind::Ending,
        "B" => MinutiaKind::Bifurcation,
        "X" => MinutiaKind::Other,
        _ => return None,
    };
    let number = |text: &str| decimal::<u32>(text.as_bytes());
    Some(Minutia { x: number(x)?, y: number(y)?, angle_deg: degrees(number(angle)?)?, kind, quality: None })
}

/// Some writers give a full turn as 360.
fn degrees(angle: u32) -> Option<u16> {
    if angle <= 360 { u16::try_from(angle % 360).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nist::tests::header;
    use crate::nist::{OutRecord, Transaction, TransactionWriter};

    /// What a Type-9 record with these fields says: form, points, or the error's code.
    fn check(fields: &[(u16, &[&[&str]])], expect: Result<&str, &str>) {
        let mut record = OutRecord::new(9, 1).expect("Type-9");
        for (number, rows) in fields {
            record.rows(*number, rows).expect("text");
        }
        let mut writer = TransactionWriter::new(header());
        writer.push(record).expect("room");
        let bytes = writer.to_bytes().expect("writable");
        let transaction = Transaction::read(&bytes).expect("own file");
        let nine = transaction.tagged(9).next().expect("Type-9");
        let shown = Type9::of(nine, 2).expect("Type-9").minutiae().map(|blocks| {
            let blocks = blocks.iter().map(|block| {
                let points = block
                    .points
                    .iter()
                    .map(|m| format!(" ({} {} {}° {:?} {:?})", m.x, m.y, m.angle_deg, m.kind, m.quality));
                format!("{:?} {:?}{}", block.form, block.unit, points.collect::<String>())
            });
            blocks.collect::<Vec<_>>().join("; ")
        });
        assert_eq!(shown.as_deref().map_err(Error::code), expect, "{fields:?}");
    }

    #[test]
    fn four_forms() {
        check(&[(4, &[&["S"]])], Ok(""));
        check(
            &[(10, &[&["1"]]), (12, &[&["001", "21952030101", "00", "A", "033,04"]])],
            Ok("Standard HundredthMillimetre (2195 2030 101° Ending Some(0))"),
        );
        check(
            &[(23, &[&["001", "21951869281", "00", "C", "03304"]])],
            Ok("Fbi HundredthMillimetre (2195 1869 281° Other Some(0))"),
        );
        check(
            &[(136, &[&["1"]]), (137, &[&["001", "491", "260", "137", "2", "100"]])],
            Ok("Incits378 Pixel (491 260 274° Bifurcation Some(100))"),
        );
        check(
            &[(331, &[&["1908", "41", "360", "E"], &["1", "2", "3", "B", "4", "5"]])],
            Ok("ExtendedFeatures HundredthMillimetre (1908 41 0° Ending None) (1 2 3° Bifurcation None)"),
        );
    }

    #[test]
    fn refused() {
        check(&[(10, &[&["2"]]), (12, &[&["001", "21952030101", "00", "A"]])], Err("I-0309"));
        check(&[(12, &[&["001", "2195203010", "00", "A"]])], Err("I-0309"));
        check(&[(12, &[&["001", "21952030361", "00", "A"]])], Err("I-0309"));
        check(&[(12, &[&["001", "21952030101", "00", "E"]])], Err("I-0309"));
        check(&[(137, &[&["001", "491", "260", "181", "2", "100"]])], Err("I-0309"));
        check(&[(137, &[&["001", "491", "260", "4294967295", "2", "100"]])], Err("I-0309"));
        check(&[(331, &[&["-1", "2", "3", "E"]])], Err("I-0309"));
        let row: &[&str] = &["1", "2", "3", "E"];
        check(&[(331, &vec![row; limits::MINUTIAE_MAX + 1])], Err("I-0309"));
    }
}
