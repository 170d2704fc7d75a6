//! A gallery as bytes: mark, version, persons with their templates, checksum.
//!
//! Only templates are written; what the filter keeps is made again on loading, so a snapshot outlives a change of the
//! filter. Authenticity and secrecy are the seal's job.

use super::Gallery;
use crate::{Error, Finger, Template, limits};

const MARK: [u8; 4] = *b"BGGL";
const VERSION: u8 = 1;

impl Gallery {
    /// The gallery as bytes. The order of enrolment does not show.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        let mut persons: Vec<_> = self.persons().iter().collect();
        persons.sort_by_key(|person| person.id);
        let mut out = MARK.to_vec();
        out.push(VERSION);
        out.extend_from_slice(&(persons.len() as u32).to_be_bytes());
        for person in persons {
            out.extend_from_slice(&person.id.to_be_bytes());
            out.push(person.prints.len() as u8);
            for kept in &person.prints {
                let template = kept.template.to_bytes();
                out.push(kept.finger.map_or(0, Finger::fgp));
                out.extend_from_slice(&(template.len() as u16).to_be_bytes());
                out.extend_from_slice(&template);
            }
        }
        let sum = checksum(&out);
        out.extend_from_slice(&sum.to_be_bytes());
        out
    }

    /// Reads a snapshot back.
    ///
    /// # Errors
    /// [`Error::GalleryDamaged`] when it is not one, of another version, or damaged, or the error of the template that
    /// cannot be read.
    pub fn from_snapshot(bytes: &[u8]) -> Result<Self, Error> {
        let damaged = |offset| Error::GalleryDamaged { offset };
        let body = bytes.len().checked_sub(8).ok_or(damaged(0))?;
        let (body, sum) = bytes.split_at_checked(body).ok_or(damaged(0))?;
        if !body.starts_with(&MARK) || body.get(4) != Some(&VERSION) {
            return Err(damaged(0));
        }
        if sum != checksum(body).to_be_bytes() {
            return Err(damaged(body.len()));
        }
        let mut reader = Reader { bytes: body, offset: 5 };
        let count = u32::from_be_bytes(reader.array()?);
        let mut gallery = Self::new();
        for _ in 0..count {
            let id = u64::from_be_bytes(reader.array()?);
            let [prints] = reader.array()?;
            if usize::from(prints) > limits::PRINTS_PER_PERSON_MAX {
                return Err(damaged(reader.offset));
            }
            let mut read = Vec::with_capacity(usize::from(prints));
            for _ in 0..prints {
                let [fgp] = reader.array()?;
                let finger = Finger::from_fgp(fgp);
                if finger.is_none() && fgp != 0 {
                    return Err(damaged(reader.offset));
                }
                let length = usize::from(u16::from_be_bytes(reader.array()?));
                read.push((finger, Template::from_bytes(reader.take(length)?)?));
            }
            gallery.enrol_prints(id, read);
        }
        if reader.offset != body.len() {
            return Err(damaged(reader.offset));
        }
        Ok(gallery)
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let end = self.offset.saturating_add(count);
        let taken = self.bytes.get(self.offset..end).ok_or(Error::GalleryDamaged { offset: self.offset })?;
        self.offset = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }
}

/// FNV-1a over eight bytes at a time: enough to notice damage.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.chunks(8).fold(0xcbf2_9ce4_8422_2325, |hash, chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        (hash ^ u64::from_le_bytes(word)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
