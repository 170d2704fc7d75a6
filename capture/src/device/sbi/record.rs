//! The binary records inside an SBI answer: one finger (ISO/IEC 19794-4:2011) or one face (ISO/IEC 19794-5:2011).
//!
//! Big-endian throughout. Exactly one representation is taken, because a device sends one record per finger.
//! Invariants: no bytes make it panic or read outside; every length is held against what is there; a picture is decoded
//! only after its announced size was held against the bounds. Pictures come raw, as WSQ, JPEG 2000 or PNG; a print as JPEG
//! is refused, because JPEG's blocks damage ridges.
//! Left out on purpose: extended data blocks and certification blocks, which are passed over.

use std::io::Cursor;

use matcher::Image;

use crate::device::virtual_scanner::to_500_ppi;
use crate::limits;
use crate::parameters::PORTRAIT_JPEG_QUALITY;

/// One finger of an answer.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct FingerRecord {
    /// Finger position code, 0 when unknown.
    pub(super) position: u8,
    /// The print at 500 ppi.
    pub(super) image: Image,
}

/// One face of an answer.
pub(super) struct FaceRecord {
    pub(super) jpeg: Vec<u8>,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// Reads the record of one finger.
pub(super) fn finger(bytes: &[u8]) -> Result<FingerRecord, &'static str> {
    let mut at = Reader(bytes);
    at.expect(b"FIR\0", "it is no finger record")?;
    at.expect(b"020\0", "it is a finger record of another edition than 2011")?;
    at.whole(bytes.len())?;
    let representations = at.u16()?;
    let certified = at.u8()? == 1;
    let _positions = at.u8()?;
    one(representations)?;
    let _length = at.u32()?;
    at.skip(9 + 1 + 2 + 2)?;
    let qualities = usize::from(at.u8()?);
    at.skip(qualities * 5)?;
    if certified {
        let blocks = usize::from(at.u8()?);
        at.skip(blocks * 3)?;
    }
    let position = at.u8()?;
    let _number = at.u8()?;
    let per_centimetre = at.u8()? == 2;
    at.skip(4)?;
    let (rate_x, rate_y) = (at.u16()?, at.u16()?);
    let (depth, coding, _impression) = (at.u8()?, at.u8()?, at.u8()?);
    let size = (u32::from(at.u16()?), u32::from(at.u16()?));
    let length = at.u32()?;
    let data = at.take(usize::try_from(length).map_err(|_| SHORT)?)?;
    if rate_x != rate_y || depth != 8 {
        return Err("its print is not of eight bits and square pixels");
    }
    let rate = u32::from(rate_x);
    let ppi = if per_centimetre { (rate * 254 + 50) / 100 } else { rate };
    if !(limits::SBI_PPI.0..=limits::SBI_PPI.1).contains(&ppi) {
        return Err("its resolution is not one of an enrolment");
    }
    let grey = print(data, coding, size)?;
    // Three or four ppi beside 500 are rounding of pixels per centimetre.
    let ppi = if ppi.abs_diff(500) <= 5 { 500 } else { ppi };
    let image = to_500_ppi(grey, ppi).ok_or("its print has a size that no print has")?;
    Ok(FingerRecord { position, image })
}

fn print(data: &[u8], coding: u8, size: (u32, u32)) -> Result<image::GrayImage, &'static str> {
    if size.0 == 0 || size.1 == 0 || size.0 > limits::PRINT_SIDE_PX_MAX || size.1 > limits::PRINT_SIDE_PX_MAX
    {
        return Err("its print has a size that no print has");
    }
    let grey = match coding {
        RAW => image::GrayImage::from_raw(size.0, size.1, data.to_vec()),
        WSQ => {
            let decoded = icd::wsq::decode(data).map_err(|_| UNREADABLE)?;
            image::GrayImage::from_raw(decoded.width_px, decoded.height_px, decoded.pixels)
        }
        JPEG2000_LOSSY | JPEG2000 => {
            let decoded = icd::jpeg2000::decode(data).map_err(|_| UNREADABLE)?;
            if decoded.components != 1 {
                return Err("its print is coloured");
            }
            image::GrayImage::from_raw(decoded.width_px, decoded.height_px, decoded.samples)
        }
        PNG => Some(picture(data, image::ImageFormat::Png, limits::print_decoding())?.into_luma8()),
        JPEG => return Err("its print is coded as JPEG, which damages ridges"),
        _ => return Err("its print is coded in a way that is not known here"),
    };
    let grey = grey.ok_or(UNREADABLE)?;
    if grey.dimensions() != size {
        return Err("its print has another size than it says");
    }
    Ok(grey)
}

/// Reads the record of one face. A JPEG passes through as it is; a picture without loss is coded once.
pub(super) fn face(bytes: &[u8]) -> Result<FaceRecord, &'static str> {
    let mut at = Reader(bytes);
    at.expect(b"FAC\0", "it is no face record")?;
    at.expect(b"030\0", "it is a face record of another edition than 2011")?;
    at.whole(bytes.len())?;
    let representations = at.u16()?;
    at.skip(1 + 2)?;
    one(representations)?;
    let _length = at.u32()?;
    at.skip(9 + 1 + 2 + 2)?;
    let qualities = usize::from(at.u8()?);
    at.skip(qualities * 5)?;
    let landmarks = usize::from(at.u16()?);
    at.skip(15 + landmarks * 8 + 1)?;
    let coding = at.u8()?;
    let size = (u32::from(at.u16()?), u32::from(at.u16()?));
    at.skip(5)?;
    let length = at.u32()?;
    let data = at.take(usize::try_from(length).map_err(|_| SHORT)?)?;
    if size.0 > limits::PORTRAIT_SIDE_PX_MAX || size.1 > limits::PORTRAIT_SIDE_PX_MAX {
        return Err("its picture is larger than any portrait");
    }
    let jpeg = match coding {
        0 => data.to_vec(),
        1 | 2 => {
            let decoded = icd::jpeg2000::decode(data).map_err(|_| UNREADABLE)?;
            let colour = if decoded.components == 3 {
                image::ExtendedColorType::Rgb8
            } else {
                image::ExtendedColorType::L8
            };
            encoded(&decoded.samples, decoded.width_px, decoded.height_px, colour)?
        }
        3 => {
            let rgb = picture(data, image::ImageFormat::Png, limits::portrait_decoding())?.into_rgb8();
            encoded(rgb.as_raw(), rgb.width(), rgb.height(), image::ExtendedColorType::Rgb8)?
        }
        _ => return Err("its picture is coded in a way that is not known here"),
    };
    Ok(FaceRecord { jpeg, width: size.0, height: size.1 })
}

fn picture(
    data: &[u8],
    format: image::ImageFormat,
    bound: image::Limits,
) -> Result<image::DynamicImage, &'static str> {
    let mut reader = image::ImageReader::with_format(Cursor::new(data), format);
    reader.limits(bound);
    reader.decode().map_err(|_| UNREADABLE)
}

fn encoded(
    pixels: &[u8],
    width: u32,
    height: u32,
    colour: image::ExtendedColorType,
) -> Result<Vec<u8>, &'static str> {
    let mut jpeg = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, PORTRAIT_JPEG_QUALITY)
        .encode(pixels, width, height, colour)
        .map_err(|_| UNREADABLE)?;
    Ok(jpeg)
}

fn one(representations: u16) -> Result<(), &'static str> {
    if representations == 1 { Ok(()) } else { Err("it holds other than one picture") }
}

const SHORT: &str = "it ends too early";
const UNREADABLE: &str = "its picture cannot be decoded";
const RAW: u8 = 0;
const WSQ: u8 = 2;
const JPEG: u8 = 3;
const JPEG2000_LOSSY: u8 = 4;
const JPEG2000: u8 = 5;
const PNG: u8 = 6;

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], &'static str> {
        let (head, rest) = self.0.split_at_checked(length).ok_or(SHORT)?;
        self.0 = rest;
        Ok(head)
    }

    fn skip(&mut self, length: usize) -> Result<(), &'static str> {
        self.take(length).map(|_| ())
    }

    fn expect(&mut self, bytes: &[u8], otherwise: &'static str) -> Result<(), &'static str> {
        if self.take(bytes.len()) == Ok(bytes) { Ok(()) } else { Err(otherwise) }
    }

    /// The record's own length has to be that of the bytes.
    fn whole(&mut self, length: usize) -> Result<(), &'static str> {
        if usize::try_from(self.u32()?) == Ok(length) {
            Ok(())
        } else {
            Err("its length is not the one it says")
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], &'static str> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(SHORT)?;
        self.0 = rest;
        Ok(*head)
    }

    fn u8(&mut self) -> Result<u8, &'static str> {
        Ok(u8::from_be_bytes(self.array()?))
    }

    fn u16(&mut self) -> Result<u16, &'static str> {
        Ok(u16::from_be_bytes(self.array()?))
    }

    fn u32(&mut self) -> Result<u32, &'static str> {
        Ok(u32::from_be_bytes(self.array()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn finger_bytes(coding: u8, ppi: u16, size: (u16, u16), data: &[u8]) -> Vec<u8> {
        let mut body = vec![0; 9];
        body.extend([1, 0, 1, 0, 1, 1, 80, 0, 1, 0, 1, 2, 0, 1]);
        for rate in [ppi; 4] {
            body.extend(rate.to_be_bytes());
        }
        body.extend([8, coding, 0]);
        body.extend(size.0.to_be_bytes());
        body.extend(size.1.to_be_bytes());
        body.extend((data.len() as u32).to_be_bytes());
        body.extend(data);
        let mut bytes = b"FIR\x00020\x00".to_vec();
        bytes.extend((16 + 4 + body.len() as u32).to_be_bytes());
        bytes.extend([0, 1, 0, 1]);
        bytes.extend((4 + body.len() as u32).to_be_bytes());
        bytes.extend(body);
        bytes
    }

    fn said(bytes: &[u8]) -> &'static str {
        finger(bytes).err().unwrap_or("")
    }

    #[test]
    fn a_raw_print_comes_back_pixel_by_pixel() {
        let pixels: Vec<u8> = (0..120 * 90).map(|at| (at % 251) as u8).collect();
        let record = finger(&finger_bytes(0, 500, (120, 90), &pixels)).expect("a record");
        assert_eq!((record.position, record.image.width, record.image.height), (2, 120, 90));
        assert!(record.image.pixels == pixels);
    }

    #[test]
    fn a_finer_print_is_brought_to_500_ppi() {
        let record = finger(&finger_bytes(0, 1000, (240, 180), &[200; 240 * 180])).expect("a record");
        assert_eq!((record.image.width, record.image.height, record.image.resolution_ppi), (120, 90, 500));
    }

    #[test]
    fn jpeg_2000_without_loss_keeps_every_pixel() {
        let jp2 = include_bytes!("../../../../icd/tests/data/ridges.jp2");
        let record = finger(&finger_bytes(5, 500, (120, 90), jp2)).expect("a record");
        let direct = icd::jpeg2000::decode(jp2).expect("a picture");
        assert!(record.image.pixels == direct.samples);
        assert!(said(&finger_bytes(5, 500, (121, 90), jp2)).contains("another size"));
    }

    #[test]
    fn records_that_make_no_sense_say_why() {
        let good = finger_bytes(0, 500, (64, 64), &[255; 64 * 64]);
        let with = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            bytes
        };
        assert_eq!(said(&good), "");
        assert!(said(b"<xml/>").contains("no finger record"));
        assert!(said(&with(5, b'3')).contains("another edition"));
        assert!(said(&with(11, 0)).contains("length"));
        assert!(said(&with(13, 4)).contains("other than one"));
        assert!(said(&finger_bytes(3, 500, (64, 64), &[0; 9])).contains("JPEG"));
        assert!(said(&finger_bytes(9, 500, (64, 64), &[0; 9])).contains("not known"));
        assert!(said(&finger_bytes(0, 72, (64, 64), &[0; 64 * 64])).contains("resolution"));
        assert!(said(&finger_bytes(0, 500, (64, 64), &[0; 9])).contains("decoded"));
        assert!(said(&finger_bytes(0, 500, (60_000, 60_000), &[0; 9])).contains("size"));
        assert!(said(&finger_bytes(2, 500, (64, 64), &[0; 9])).contains("decoded"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(tail in proptest::collection::vec(any::<u8>(), 0..400), cut in 0_usize..4_000) {
            let mut bytes = finger_bytes(0, 500, (40, 40), &[9; 1_600]);
            bytes.truncate(cut);
            bytes.extend(&tail);
            let _ = finger(&bytes);
            let _ = face(&bytes);
            let mut facial = b"FAC\x00030\x00".to_vec();
            facial.extend((12 + tail.len() as u32).to_be_bytes());
            facial.extend(&tail);
            let _ = face(&facial);
        }
    }
}
