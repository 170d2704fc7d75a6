//! Light and colour on the face, and the wall beside it.
//!
//! A pixel is clipped when it is so dark or so bright that the camera could not tell shades there any more. Mean
//! brightness is not looked at: it would call dark skin badly lit. Light from the side is a ratio of the cheeks, in
//! doublings, for the same reason. Luminance is that of linear light, as the standards for portraits define it.

use super::aligned::Aligned;
use super::measure::{Measure, What};
use super::scale::Scale;
use crate::parameters::{
    BACKGROUND_STEP_MAX, CHEEK_SIDE_EYE_DISTANCES, CHEEKS_STOPS_MAX, CLIPPED_BRIGHT_LUMINANCE,
    CLIPPED_BRIGHT_SHARE_MAX, CLIPPED_DARK_LUMINANCE, CLIPPED_DARK_SHARE_MAX, COLOUR_DISTANCE_MAX,
};

/// Everything about light, colour and background of one face.
pub(super) fn measures(face: &Aligned<'_>) -> Vec<Measure> {
    let (dark, bright) = clipped(face);
    let cheeks = cheeks(face);
    let colour = cheeks.as_ref().map(|cheeks| colour_distance(*cheeks));
    let noted = Measure::at_most_known(What::Colour, colour, COLOUR_DISTANCE_MAX);
    vec![
        Measure::at_most_known(What::TooBright, bright, CLIPPED_BRIGHT_SHARE_MAX),
        Measure::at_most_known(What::TooDark, dark, CLIPPED_DARK_SHARE_MAX),
        Measure::at_most_known(What::UnevenLight, cheeks.and_then(stops), CHEEKS_STOPS_MAX),
        Measure::at_most_known(What::Background, background(face), BACKGROUND_STEP_MAX),
        noted.on(Scale::Colour, colour.unwrap_or_default()),
    ]
}

/// Shares of dark and bright clipped pixels inside an ellipse in the middle of the face, so that hair and wall do not
/// count.
fn clipped(face: &Aligned<'_>) -> (Option<f32>, Option<f32>) {
    let (x, y, half_width, half_height) = FACE_ELLIPSE;
    let inside = |u: f32, v: f32| ((u - x) / half_width).powi(2) + ((v - y) / half_height).powi(2) <= 1.0;
    let area = (x - half_width, y - half_height, x + half_width + 1.0, y + half_height + 1.0);
    let colours = face.colours(area, inside);
    let share = |counts: &dyn Fn(f32) -> bool| {
        let counted = colours.iter().filter(|colour| counts(luminance(**colour))).count();
        (!colours.is_empty()).then(|| counted as f32 / colours.len() as f32)
    };
    (
        share(&|luminance| luminance <= CLIPPED_DARK_LUMINANCE),
        share(&|luminance| luminance >= CLIPPED_BRIGHT_LUMINANCE),
    )
}

/// Mean colour of the cheek left and right in the picture: squares below the eyes, half the way to the mouth.
fn cheeks(face: &Aligned<'_>) -> Option<[[f32; 3]; 2]> {
    let [left, right, _, mouth_left, mouth_right] = face.points;
    let distance = (right.0 - left.0).hypot(right.1 - left.1);
    let side = CHEEK_SIDE_EYE_DISTANCES * distance;
    let half_way = ((mouth_left.1 + mouth_right.1) - (left.1 + right.1)) / 4.0;
    // The inner side of each square is below its eye, so that the shadow of the nose does not count.
    let square = |from: f32, top: f32| {
        let colours = face.colours((from, top, from + side, top + side), |_, _| true);
        mean(&colours)
    };
    Some([square(left.0 - side, left.1 + half_way)?, square(right.0, right.1 + half_way)?])
}

fn mean(colours: &[[f32; 3]]) -> Option<[f32; 3]> {
    let mut sum = [0.0; 3];
    for colour in colours {
        for (sum, part) in sum.iter_mut().zip(colour) {
            *sum += part;
        }
    }
    (!colours.is_empty()).then(|| sum.map(|sum| sum / colours.len() as f32))
}

/// How many doublings of light lie between the cheeks; `None` where one is black.
fn stops([left, right]: [[f32; 3]; 2]) -> Option<f32> {
    let (left, right) = (luminance(left), luminance(right));
    (left > 0.0 && right > 0.0).then(|| (left / right).log2().abs())
}

/// How far the mean colour of the cheeks is from the range of skin (a* 5 to 25, b* 5 to 35 at D50, the range of
/// ISO/IEC 29794-5); 100 where red or yellow is missing altogether.
fn colour_distance([left, right]: [[f32; 3]; 2]) -> f32 {
    let both = [0, 1, 2].map(|part: usize| {
        let of = |cheek: [f32; 3]| cheek.get(part).copied().unwrap_or_default();
        (of(left) + of(right)) / 2.0
    });
    let (a, b) = lab(both);
    if a < COLOURLESS || b < COLOURLESS {
        return 100.0;
    }
    let outside = |value: f32, from: f32, to: f32| (from - value).max(value - to).max(0.0);
    outside(a, 5.0, 25.0).hypot(outside(b, 5.0, 35.0))
}

/// a* and b* of an sRGB colour for the white point D50.
fn lab(colour: [f32; 3]) -> (f32, f32) {
    let [red, green, blue] = colour.map(linear);
    let x = (0.436_075 * red + 0.385_065 * green + 0.143_080 * blue) / 0.964_22;
    let y = 0.222_504 * red + 0.716_879 * green + 0.060_617 * blue;
    let z = (0.013_932 * red + 0.097_105 * green + 0.714_173 * blue) / 0.825_21;
    let f = |t: f32| if t > 216.0 / 24_389.0 { t.cbrt() } else { (24_389.0 / 27.0 * t + 16.0) / 116.0 };
    (500.0 * (f(x) - f(y)), 200.0 * (f(y) - f(z)))
}

/// Mean step of luminance between neighbouring places of a grid on the wall, left and right of the head and above the
/// shoulders, 0 to 255; `None` where no wall is on the picture.
fn background(face: &Aligned<'_>) -> Option<f32> {
    let (mut sum, mut steps) = (0.0_f32, 0_u16);
    for (left, right) in WALL_COLUMNS {
        let mut u = left;
        while u < right {
            let (top, bottom) = WALL_ROWS;
            let mut v = top;
            while v < bottom {
                let at = |u: f32, v: f32| face.at(u, v).map(|colour| 255.0 * luminance(colour));
                if let (Some(here), Some(beside), Some(below)) =
                    (at(u, v), at(u + WALL_STEP, v), at(u, v + WALL_STEP))
                {
                    sum += (here - beside).hypot(here - below);
                    steps += 1;
                }
                v += WALL_STEP;
            }
            u += WALL_STEP;
        }
    }
    (steps >= WALL_STEPS_MIN).then(|| sum / f32::from(steps))
}

/// Luminance of linear light, 0 to 1, of an sRGB colour.
fn luminance(colour: [f32; 3]) -> f32 {
    let [red, green, blue] = colour.map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn linear(part: f32) -> f32 {
    let part = part / 255.0;
    if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
}

/// Red or yellow below this is none: a grey picture is not always exactly grey.
const COLOURLESS: f32 = 0.1;
/// In the frame of the face: centre and half axes of the ellipse that is looked at.
const FACE_ELLIPSE: (f32, f32, f32, f32) = (308.0, 355.0, 115.0, 124.0);
/// In the frame: columns of wall left and right of the head, 1.5 to 2.3 eye distances from its middle.
const WALL_COLUMNS: [(f32, f32); 2] = [(48.0, 138.0), (478.0, 568.0)];
/// In the frame: rows of wall, from the crown to the eyes.
const WALL_ROWS: (f32, f32) = (92.0, 272.0);
/// In the frame: from one place of the grid to the next.
const WALL_STEP: f32 = 6.0;
/// Fewer steps on the picture say nothing.
const WALL_STEPS_MIN: u16 = 60;

#[cfg(test)]
mod tests {
    use super::super::Face;
    use super::*;
    use image::RgbImage;

    const SKINS: [[f32; 3]; 4] =
        [[0.96, 0.82, 0.73], [0.71, 0.52, 0.39], [0.43, 0.30, 0.23], [0.28, 0.19, 0.15]];

    /// A face with 56.5 pixels between the eyes in the middle of a picture of 308 pixels.
    fn face() -> Face {
        let points = [(125.5, 136.0), (182.0, 136.0), (154.0, 168.0), (131.0, 201.0), (177.5, 201.0)];
        Face { left: 90.0, top: 90.0, width: 130.0, height: 150.0, score: 1.0, points: Some(points) }
    }

    /// A face of one skin tone with some shading, under a gain that may differ from left to right.
    fn lit(skin: [f32; 3], gain: impl Fn(u32) -> f32) -> Vec<Measure> {
        let picture = RgbImage::from_fn(308, 308, |x, y| {
            let shade = 0.8 + 0.2 * ((x as f32 / 9.0).sin() * (y as f32 / 11.0).cos());
            image::Rgb(skin.map(|part| (part * shade * gain(x) * 255.0).clamp(0.0, 255.0) as u8))
        });
        measures(&Aligned::new(&picture, &face()).expect("a face"))
    }

    fn beyond(measures: &[Measure]) -> Vec<What> {
        let coached = |measure: &&Measure| measure.beyond && measure.what < What::Background;
        measures.iter().filter(coached).map(|measure| measure.what).collect()
    }

    fn value(measures: &[Measure], what: What) -> Option<i32> {
        measures.iter().find(|measure| measure.what == what).and_then(|measure| measure.value_milli)
    }

    #[test]
    fn even_light_is_fine_on_every_skin() {
        for skin in SKINS {
            let measures = lit(skin, |_| 1.0);
            assert_eq!(beyond(&measures), [], "{skin:?}");
            assert_eq!(value(&measures, What::Colour), Some(0), "{skin:?}");
        }
    }

    #[test]
    fn hardly_any_and_far_too_much_light_are_told_apart() {
        assert_eq!(beyond(&lit(SKINS[1], |_| 0.08)), [What::TooDark]);
        assert_eq!(beyond(&lit(SKINS[0], |_| 2.6)), [What::TooBright]);
    }

    #[test]
    fn light_from_one_side_is_seen_alike_on_every_skin() {
        let side = |x: u32| if x < 154 { 0.5 } else { 1.0 };
        for skin in SKINS {
            let measures = lit(skin, side);
            assert_eq!(beyond(&measures), [What::UnevenLight], "{skin:?}");
            let stops = value(&measures, What::UnevenLight).expect("cheeks");
            assert!((1_300..3_000).contains(&stops), "{skin:?}: {stops}");
        }
    }

    #[test]
    fn more_gain_never_clips_less() {
        let shares: Vec<_> = (5..40)
            .map(|tenth| value(&lit([0.7, 0.6, 0.5], |_| tenth as f32 / 10.0), What::TooBright))
            .collect();
        assert!(shares.is_sorted() && shares.first() < shares.last(), "{shares:?}");
    }

    #[test]
    fn a_face_without_colour_and_a_blue_one_are_noted() {
        for strange in [[0.5, 0.5, 0.5], [0.3, 0.4, 0.8]] {
            let measures = lit(strange, |_| 1.0);
            let colour = measures.iter().find(|measure| measure.what == What::Colour).expect("measured");
            assert!(colour.beyond && colour.scaled < Some(60), "{colour:?}");
        }
    }

    #[test]
    fn a_wall_with_a_pattern_is_told_from_a_plain_one() {
        let wall = |step: u32| {
            let picture = RgbImage::from_fn(308, 308, |x, y| {
                image::Rgb([if (x / 5 + y / 5) % 2 == 0 { 200 } else { 200 - step as u8 }; 3])
            });
            value(&measures(&Aligned::new(&picture, &face()).expect("a face")), What::Background)
        };
        assert!(wall(0) < wall(20) && wall(20) < wall(120));
        assert_eq!(wall(0), Some(0));
    }

    #[test]
    fn a_face_outside_of_the_picture_says_nothing() {
        let picture = RgbImage::new(10, 10);
        let away = face().points.map(|points| points.map(|(x, y)| (x + 5_000.0, y - 9_000.0)));
        let away = Face { points: away, ..face() };
        let measures = measures(&Aligned::new(&picture, &away).expect("points apart"));
        assert!(measures.iter().all(|measure| measure.value_milli.is_none() && !measure.beyond));
    }
}
