//! Writes the binary records of prints and faces: ISO/IEC 19794-4:2011 and 19794-5:2011, one picture each.

use matcher::Image;

/// How a print is coded inside its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// Pixels as they are.
    Raw,
    /// PNG.
    Png,
    /// WSQ at about 15:1.
    Wsq,
}

/// The record of one print; `None` when it cannot be coded.
#[must_use]
pub fn finger(image: &Image, position: u8, coding: Coding) -> Option<Vec<u8>> {
    let (code, data) = match coding {
        Coding::Raw => (0, image.pixels.clone()),
        Coding::Wsq => (2, wsq::encode(&image.pixels, image.width, image.height, &Default::default()).ok()?),
        Coding::Png => {
            let mut png = Vec::new();
            let grey = image::GrayImage::from_raw(image.width, image.height, image.pixels.clone())?;
            grey.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).ok()?;
            (6, png)
        }
    };
    let rate = u16::try_from(image.resolution_ppi).ok()?;
    let mut body = date();
    // Technology, vendor, type; one quality of 80; position; first representation; per inch.
    body.extend([1, 0, 1, 0, 1, 1, 80, 0, 1, 0, 1, position, 0, 1]);
    for _ in 0..4 {
        body.extend(rate.to_be_bytes());
    }
    body.extend([8, code, 0]);
    body.extend(u16::try_from(image.width).ok()?.to_be_bytes());
    body.extend(u16::try_from(image.height).ok()?.to_be_bytes());
    append(&mut body, &data)?;
    whole(b"FIR\x00020\x00", &[0, 1, 0, 1], &body)
}

/// The record of one face that is a JPEG.
#[must_use]
pub fn face(jpeg: &[u8], width: u16, height: u16) -> Option<Vec<u8>> {
    let mut body = date();
    body.extend([0, 0, 1, 0, 1, 0]);
    // No landmarks; sex, eyes, hair, height, features, expression and pose not told.
    body.extend([0; 17]);
    body.extend([1, 0]);
    body.extend(width.to_be_bytes());
    body.extend(height.to_be_bytes());
    body.extend([0, 0, 0, 0, 1]);
    append(&mut body, jpeg)?;
    whole(b"FAC\x00030\x00", &[0, 1, 0, 0, 0], &body)
}

fn date() -> Vec<u8> {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    let mut date = now.year().to_be_bytes().to_vec();
    let small = [now.month(), now.day(), now.hour(), now.minute(), now.second()];
    date.extend(small.map(|part| part.unsigned_abs()));
    date.extend(now.millisecond().to_be_bytes());
    date
}

fn append(body: &mut Vec<u8>, data: &[u8]) -> Option<()> {
    body.extend(u32::try_from(data.len()).ok()?.to_be_bytes());
    body.extend(data);
    Some(())
}

fn whole(mark: &[u8], head: &[u8], body: &[u8]) -> Option<Vec<u8>> {
    let total = u32::try_from(mark.len() + 4 + head.len() + 4 + body.len()).ok()?;
    let length = u32::try_from(4 + body.len()).ok()?;
    Some([mark, &total.to_be_bytes(), head, &length.to_be_bytes(), body].concat())
}
