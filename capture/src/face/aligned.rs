//! The face brought upright and to one size, as a way of looking at the picture and not as a copy of it.
//!
//! The frame is that of the reference software for portrait quality: 616 pixels a side, eyes, nose and mouth at fixed
//! places, reached by the similarity that fits the five points best. Where the detector tells only a box, the points
//! of an average face stand in.

use image::RgbImage;

use super::Face;
use super::framing::Eyes;

/// Where eyes (left in the picture first), nose and corners of the mouth lie in the frame.
const PLACES: [(f32, f32); 5] =
    [(251.0, 272.0), (364.0, 272.0), (308.0, 336.0), (262.0, 402.0), (355.0, 402.0)];

/// Where the same points lie on an average face: in eye distances from the middle between the eyes.
const AVERAGE: [(f32, f32); 5] = [(-0.5, 0.0), (0.5, 0.0), (0.0, 0.57), (-0.41, 1.15), (0.41, 1.15)];

/// A way of looking at a picture in the frame of its face.
pub(super) struct Aligned<'a> {
    picture: &'a RgbImage,
    /// From the frame to the picture: `x = a u - b v + c`, `y = b u + a v + d`.
    turn: (f32, f32),
    shift: (f32, f32),
    /// The points in the frame.
    pub(super) points: [(f32, f32); 5],
}

impl<'a> Aligned<'a> {
    /// `None` when the points lie on one spot.
    pub(super) fn new(picture: &'a RgbImage, face: &Face) -> Option<Self> {
        let points = points_of(face);
        let middle = |of: &[(f32, f32); 5]| {
            let sum = of.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
            (sum.0 / 5.0, sum.1 / 5.0)
        };
        let (from, to) = (middle(&PLACES), middle(&points));
        let (mut along, mut across, mut size) = (0.0, 0.0, 0.0);
        for (place, point) in PLACES.iter().zip(&points) {
            let (u, v) = (place.0 - from.0, place.1 - from.1);
            let (x, y) = (point.0 - to.0, point.1 - to.1);
            along += u * x + v * y;
            across += u * y - v * x;
            size += u * u + v * v;
        }
        let (a, b) = (along / size, across / size);
        let squared = a * a + b * b;
        if !squared.is_finite() || squared < f32::MIN_POSITIVE {
            return None;
        }
        let shift = (to.0 - a * from.0 + b * from.1, to.1 - b * from.0 - a * from.1);
        let back = |(x, y): (f32, f32)| {
            let (x, y) = (x - shift.0, y - shift.1);
            ((a * x + b * y) / squared, (a * y - b * x) / squared)
        };
        Some(Self { picture, turn: (a, b), shift, points: points.map(back) })
    }

    /// The colour at a place of the frame, between pixels by weight; `None` outside of the picture.
    pub(super) fn at(&self, u: f32, v: f32) -> Option<[f32; 3]> {
        let x = self.turn.0 * u - self.turn.1 * v + self.shift.0;
        let y = self.turn.1 * u + self.turn.0 * v + self.shift.1;
        if x < 0.0 || y < 0.0 {
            return None;
        }
        let (column, row) = (x as u32, y as u32);
        let pixel = |dx: u32, dy: u32| Some(self.picture.get_pixel_checked(column + dx, row + dy)?.0);
        let (right, down) = (x - column as f32, y - row as f32);
        let corners = [pixel(0, 0)?, pixel(1, 0)?, pixel(0, 1)?, pixel(1, 1)?];
        let weights =
            [(1.0 - right) * (1.0 - down), right * (1.0 - down), (1.0 - right) * down, right * down];
        let mut colour = [0.0; 3];
        for (corner, weight) in corners.iter().zip(weights) {
            for (sum, part) in colour.iter_mut().zip(corner) {
                *sum += weight * f32::from(*part);
            }
        }
        Some(colour)
    }

    /// Every colour of a box of the frame whose place passes; places are whole numbers.
    pub(super) fn colours(
        &self,
        (left, top, right, bottom): (f32, f32, f32, f32),
        passes: impl Fn(f32, f32) -> bool,
    ) -> Vec<[f32; 3]> {
        let mut found = Vec::new();
        for v in top as i32..bottom as i32 {
            for u in left as i32..right as i32 {
                let (u, v) = (u as f32, v as f32);
                if passes(u, v) {
                    found.extend(self.at(u, v));
                }
            }
        }
        found
    }
}

/// The five points, left in the picture first, or those of an average face in the detector's box.
fn points_of(face: &Face) -> [(f32, f32); 5] {
    if let Some(points) = face.points {
        return points;
    }
    let eyes = Eyes::of(face);
    AVERAGE.map(|(x, y)| (eyes.x + x * eyes.distance, eyes.y + y * eyes.distance))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(points: [(f32, f32); 5]) -> Face {
        Face { left: 0.0, top: 0.0, width: 100.0, height: 100.0, score: 1.0, points: Some(points) }
    }

    #[test]
    fn points_of_a_turned_and_smaller_face_come_to_their_places() {
        let picture = RgbImage::from_fn(400, 400, |x, y| image::Rgb([(x / 2) as u8, (y / 2) as u8, 0]));
        let (sin, cos) = 12.0_f32.to_radians().sin_cos();
        let laid = PLACES.map(|(u, v)| (0.4 * (u * cos - v * sin) + 60.0, 0.4 * (u * sin + v * cos) + 20.0));
        let aligned = Aligned::new(&picture, &face(laid)).expect("a face");
        for ((point, place), there) in aligned.points.iter().zip(PLACES).zip(laid) {
            assert!((point.0 - place.0).abs() < 0.01 && (point.1 - place.1).abs() < 0.01);
            let colour = aligned.at(place.0, place.1).expect("on the picture");
            assert!((colour[0] - there.0 / 2.0).abs() < 1.0 && (colour[1] - there.1 / 2.0).abs() < 1.0);
        }
        assert_eq!(aligned.at(-4_000.0, 0.0), None);
        assert_eq!(aligned.at(0.0, 9_000.0), None);
    }

    #[test]
    fn points_on_one_spot_are_no_face() {
        let picture = RgbImage::new(10, 10);
        assert!(Aligned::new(&picture, &face([(3.0, 3.0); 5])).is_none());
        assert!(Aligned::new(&picture, &face([(f32::NAN, 3.0); 5])).is_none());
    }
}
