//! One image of several prints that a device delivers finger by finger.
//!
//! An SBI slap device cuts the hand into fingers itself and never sends the slap. The prints are laid beside each other,
//! in the order in which the hand lies on a glass, none changed, and the place of each is kept: judging, cutting and
//! filing use those places. The sheet is for looking at; a case files its prints one by one, never the sheet as a slap.

use matcher::{Finger, Hand, Image};

use crate::device::PrintArea;
use crate::parameters::{SBI_SHEET_GAP_PX, SLAP_RESOLUTION_PPI};

/// Lays the prints out; `None` when there are none.
pub(super) fn lay_out(hand: Hand, prints: &[(Finger, Image)]) -> Option<(Image, Vec<PrintArea>)> {
    let mut ordered: Vec<&(Finger, Image)> = prints.iter().collect();
    ordered.sort_by_key(|(finger, _)| hand.fingers().iter().position(|of_hand| of_hand == finger));
    let gap = SBI_SHEET_GAP_PX;
    let width = ordered.iter().map(|(_, print)| print.width + gap).sum::<u32>() + gap;
    let height = ordered.iter().map(|(_, print)| print.height).max()? + 2 * gap;
    let mut sheet = Image::blank(width, height, SLAP_RESOLUTION_PPI, u8::MAX).ok()?;
    let mut areas = Vec::new();
    let mut left = gap;
    for (finger, print) in ordered {
        for (row, pixels) in print.pixels.chunks_exact(print.width.max(1) as usize).enumerate() {
            let from = (gap as usize + row) * width as usize + left as usize;
            sheet.pixels.get_mut(from..from + pixels.len())?.copy_from_slice(pixels);
        }
        areas.push(PrintArea {
            finger: *finger,
            left,
            top: gap,
            right: left + print.width,
            bottom: gap + print.height,
        });
        left += print.width + gap;
    }
    Some((sheet, areas))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(grey: u8, width: u32, height: u32) -> Image {
        Image::blank(width, height, 500, grey).expect("an image")
    }

    #[test]
    fn every_print_lies_unchanged_where_its_area_says() {
        let prints = [(Finger::RightRing, print(30, 70, 90)), (Finger::RightIndex, print(10, 60, 80))];
        let (sheet, areas) = lay_out(Hand::RightFour, &prints).expect("a sheet");
        assert!(sheet.is_sound());
        for (finger, print) in &prints {
            let area = areas.iter().find(|area| area.finger == *finger).expect("an area");
            assert!(sheet.crop(area.left, area.top, area.right, area.bottom).as_ref() == Some(print));
        }
        assert_eq!(
            areas.iter().map(|area| area.finger).collect::<Vec<_>>(),
            [Finger::RightIndex, Finger::RightRing]
        );
    }

    #[test]
    fn hands_lie_as_they_do_on_a_glass() {
        let order = |hand: Hand| {
            let prints: Vec<_> = hand.fingers().iter().map(|finger| (*finger, print(9, 64, 64))).collect();
            let (_, areas) = lay_out(hand, &prints).expect("a sheet");
            areas.iter().map(|area| area.finger).collect::<Vec<_>>()
        };
        assert_eq!(order(Hand::RightFour).first(), Some(&Finger::RightIndex));
        assert_eq!(order(Hand::LeftFour).first(), Some(&Finger::LeftLittle));
        assert_eq!(order(Hand::Thumbs), [Finger::LeftThumb, Finger::RightThumb]);
        assert!(lay_out(Hand::Thumbs, &[]).is_none());
    }
}
