//! Draws a person's head and shoulders, layer by layer from the back to the front.
//!
//! Soft even light from the front, a little from the upper left, as a portrait booth gives. The drawing is meant to be
//! recognised as a face by a detector and as a drawing by everybody who looks.

use super::canvas::{Canvas, Colour, Reach, arc, hash, mix, noise, step, times};
use super::person::{HairStyle, Person};
use crate::device::Looks;

/// Draws the person at the canvas's view.
pub(super) fn draw(canvas: &mut Canvas, person: &Person) {
    back_hair(canvas, person);
    neck_and_shoulders(canvas, person);
    ears(canvas, person);
    head(canvas, person);
    if person.beard {
        beard(canvas, person);
    }
    nose(canvas, person);
    mouth(canvas, person);
    for side in [-1.0, 1.0] {
        eye(canvas, person, side);
        brow(canvas, person, side);
    }
    front_hair(canvas, person);
}

/// The outline of the head: negative inside, about the distance in units near the edge.
fn head_shape(person: &Person, x: f32, y: f32) -> f32 {
    let across = x.abs() / person.head_half;
    let value = if y < 0.0 {
        (across.powf(2.1) + (-y / person.crown).powf(2.2)).powf(0.47)
    } else {
        // The cheeks stay wide, the chin rounds off.
        let down = y / person.chin;
        let taper = 1.0 - 0.16 * step(0.15, 1.0, down);
        ((across / taper).powf(person.jaw) + down.powf(2.5)).powf(1.0 / 2.45)
    };
    (value - 1.0) * person.head_half
}

fn skin_light(person: &Person, x: f32, y: f32) -> Colour {
    let inside = (1.0 + head_shape(person, x, y) / person.head_half).clamp(0.0, 1.0);
    // A dome seen from the front; the light comes a little from the upper left.
    let rise = (1.0 - inside.powi(2)).max(0.0).sqrt();
    let across = x / person.head_half * inside;
    let down = y / person.chin * inside;
    let light = 0.74 + 0.34 * rise - 0.07 * across - 0.05 * down;
    let warm = times(person.skin, light);
    // Shade is redder than light.
    let shade = (1.0 - light).max(0.0);
    [warm[0] + 0.10 * shade, warm[1] - 0.01 * shade, warm[2] - 0.03 * shade]
}

fn head(canvas: &mut Canvas, person: &Person) {
    let soft = canvas.pixel() * 1.2;
    let reach = Reach { left: -1.5, top: -person.crown - 0.1, right: 1.5, bottom: person.chin + 0.1 };
    canvas.paint(reach, |x, y| (step(soft, -soft, head_shape(person, x, y)), skin_light(person, x, y)));
    let blush = mix(person.skin, [0.85, 0.33, 0.30], 0.55);
    let strength = if person.looks == Looks::Child { 0.42 } else { 0.26 };
    let cheek_y = person.nose * 0.98;
    for side in [-1.0, 1.0] {
        canvas.glow((side * 0.66, cheek_y), (0.46, 0.38), blush, strength);
        // Sockets and the sides of the nose's root lie in a soft shade.
        canvas.glow((side * 0.5, 0.02), (0.46, 0.34), times(person.skin, 0.62), 0.42);
        canvas.glow((side * 0.17, -0.06), (0.17, 0.34), times(person.skin, 0.58), 0.38);
        // Temples and the hollow of the cheeks.
        canvas.glow((side * (person.head_half - 0.05), -0.35), (0.35, 0.75), times(person.skin, 0.66), 0.28);
    }
    let bright = mix(person.skin, [1.0, 0.97, 0.92], 0.55);
    canvas.glow((-0.08, -person.crown * 0.50), (0.72, 0.42), bright, 0.32);
    canvas.glow((-0.60, person.nose * 0.70), (0.28, 0.20), bright, 0.22);
    canvas.glow((0.58, person.nose * 0.70), (0.26, 0.20), bright, 0.14);
    canvas.glow((-0.03, (person.chin + person.mouth) * 0.5 + 0.13), (0.24, 0.18), bright, 0.22);
    canvas.glow((0.0, person.mouth + 0.27), (0.26, 0.10), times(person.skin, 0.62), 0.40);
}

fn neck_and_shoulders(canvas: &mut Canvas, person: &Person) {
    let soft = canvas.pixel() * 1.2;
    let neck_half = if person.looks == Looks::Child { 0.60 } else { 0.74 };
    let top = person.chin - 0.55;
    canvas.paint(Reach { left: -1.4, top, right: 1.4, bottom: 4.5 }, |x, y| {
        let half = neck_half + 0.55 * step(person.chin + 0.25, person.chin + 1.1, y);
        let shade =
            0.80 - 0.20 * (x / half).abs().powi(2) - 0.26 * step(person.chin + 0.5, person.chin - 0.1, y);
        (step(soft, -soft, x.abs() - half), times(person.skin, shade))
    });
    let cloth = person.clothes;
    let rise = person.chin + 0.50;
    let broad = if person.looks == Looks::Child { 1.95 } else { 2.45 };
    let neckline = move |x: f32| rise + 0.40 - 0.40 * (x.abs() / (neck_half + 0.22)).powi(2);
    canvas.paint(Reach { left: -4.0, top: person.chin, right: 4.0, bottom: 6.0 }, |x, y| {
        let across = (x.abs() / broad).min(1.0);
        let shoulder = rise + 0.06 + 0.62 * across.powf(1.7) + 3.0 * step(0.93, 1.06, x.abs() / broad);
        let edge = shoulder.max(neckline(x));
        let fold = 0.05 * (noise(x * 2.3 + y * 0.9, person.seed ^ 11) - 0.5);
        let light = 0.96 - 0.20 * across.powi(2) + fold - 0.10 * step(edge + 0.22, edge, y)
            + 0.05 * step(0.8, -0.8, x);
        (step(edge - soft, edge + soft, y), times(cloth, light))
    });
    // The seam of the collar.
    let seam: Vec<_> = (-12..=12)
        .map(|at| {
            let x = at as f32 / 12.0 * (neck_half + 0.20);
            (x, neckline(x) + 0.10, 0.012)
        })
        .collect();
    canvas.stroke(&seam, times(cloth, 0.66), 0.8, soft);
}

fn ears(canvas: &mut Canvas, person: &Person) {
    if matches!(person.hair_style, HairStyle::Scarf) {
        return;
    }
    let soft = canvas.pixel() * 1.2;
    for side in [-1.0, 1.0] {
        let (cx, cy) = (side * (person.head_half + 0.02), 0.22);
        canvas.paint(Reach::around(cx, cy, 0.26, 0.46), |x, y| {
            let (u, v) = ((x - cx) / 0.19, (y - cy) / 0.38);
            let away = (u * u + v * v).sqrt() - 1.0;
            (step(soft * 4.0, -soft * 4.0, away), times(person.skin, 0.84 - 0.10 * v))
        });
        canvas.glow((cx + side * 0.03, cy), (0.10, 0.24), times(person.skin, 0.58), 0.7);
    }
}

fn nose(canvas: &mut Canvas, person: &Person) {
    let (tip, half) = (person.nose, person.nose_half);
    let bright = mix(person.skin, [1.0, 0.97, 0.93], 0.6);
    let shade = times(person.skin, 0.60);
    // The bridge: a light ridge with soft shade beside it, more on the right where less light falls.
    canvas.glow((-0.02, tip * 0.40), (0.11, tip * 0.62), bright, 0.46);
    canvas.glow((0.15, tip * 0.55), (0.12, tip * 0.52), shade, 0.30);
    canvas.glow((-0.17, tip * 0.55), (0.10, tip * 0.50), shade, 0.18);
    // Wings, the ball, and the shade below.
    for side in [-1.0, 1.0] {
        canvas.glow((side * half * 0.80, tip + 0.01), (0.15, 0.14), times(person.skin, 0.82), 0.55);
        let wing = arc(
            (side * half * 0.96, tip - 0.13),
            (side * half * 1.42, tip + 0.06),
            (side * half * 0.86, tip + 0.10),
            0.020,
        );
        canvas.stroke(&wing, times(person.skin, 0.55), 0.62, 0.022);
        canvas.glow((side * half * 0.47, tip + 0.085), (0.088, 0.050), times(person.skin, 0.22), 0.95);
    }
    canvas.glow((0.0, tip + 0.155), (half * 1.1, 0.09), shade, 0.42);
    canvas.glow((0.0, tip - 0.01), (0.15, 0.13), mix(person.skin, [0.88, 0.45, 0.38], 0.3), 0.45);
    canvas.glow((-0.03, tip - 0.06), (0.075, 0.065), [1.0, 0.98, 0.95], 0.42);
    canvas.glow((0.0, (tip + person.mouth) * 0.5 + 0.06), (0.06, 0.13), shade, 0.26);
}

fn mouth(canvas: &mut Canvas, person: &Person) {
    let (y, half, lip) = (person.mouth, person.mouth_half, person.lip);
    let soft = canvas.pixel() * 1.6;
    let red = mix(person.skin, [0.72, 0.25, 0.27], 0.52);
    // Corners a little up: calm and friendly, mouth closed.
    let line =
        move |x: f32| y + 0.030 - 0.075 * (x / half).powi(2) + 0.018 * (1.0 - (x / 0.09).powi(2)).max(0.0);
    let upper = move |x: f32| {
        let t = (x / half).abs();
        line(x) - lip * 0.72 * (1.0 - t.powf(1.7)).max(0.0) + 0.034 * (1.0 - (x / 0.075).powi(2)).max(0.0)
    };
    let lower = move |x: f32| line(x) + lip * 1.22 * (1.0 - (x / half).abs().powf(2.3)).max(0.0);
    canvas.paint(Reach::around(0.0, y, half + 0.05, 0.4), |x, v| {
        if x.abs() >= half {
            return (0.0, red);
        }
        let cover =
            step(upper(x) - soft, upper(x) + soft, v) * step(lower(x) + soft * 1.6, lower(x) - soft * 1.6, v);
        let below = v > line(x);
        let glossy = if below {
            0.16 * (1.0 - ((v - line(x)) / (lip * 0.9) - 0.55).abs() * 1.6).max(0.0)
        } else {
            -0.10
        };
        (
            cover * 0.88,
            mix(times(red, 1.0 + glossy), [1.0, 0.9, 0.88], glossy.max(0.0) * (1.0 - (x / half).abs())),
        )
    });
    let closed: Vec<_> = (-12..=12)
        .map(|at| {
            let x = at as f32 / 12.0 * half * 1.02;
            (x, line(x), 0.014 * (1.15 - (at as f32 / 12.0).abs()))
        })
        .collect();
    canvas.stroke(&closed, times(red, 0.36), 0.9, soft);
    for side in [-1.0, 1.0] {
        canvas.glow((side * (half + 0.015), y - 0.045), (0.07, 0.06), times(person.skin, 0.5), 0.55);
        let fold = arc(
            (side * (person.nose_half + 0.09), person.nose + 0.02),
            (side * (half + 0.10), person.nose + 0.16),
            (side * (half + 0.13), y - 0.12),
            0.02,
        );
        let strength = if person.looks == Looks::Child { 0.10 } else { 0.26 };
        canvas.stroke(&fold, times(person.skin, 0.62), strength, 0.05);
    }
}

fn eye(canvas: &mut Canvas, person: &Person, side: f32) {
    let (half, high) = person.eye;
    let cx = side * 0.5;
    let soft = canvas.pixel() * 1.3;
    // The outer corner lies a little higher than the inner one.
    let tilt = move |x: f32| -0.035 * (x - cx) * side / half;
    let upper = move |x: f32| {
        let t = ((x - cx) * side / half).clamp(-1.0, 1.0);
        tilt(x) - high * 1.08 * (1.0 - (t + 0.10).powi(2) / 1.21).max(0.0).powf(0.62) * (1.0 - t.powi(6))
    };
    let lower = move |x: f32| {
        let t = ((x - cx) * side / half).clamp(-1.0, 1.0);
        tilt(x) + high * 0.86 * (1.0 - t * t).max(0.0).powf(0.75)
    };
    let iris = if person.looks == Looks::Child { 0.148 } else { 0.122 };
    let colour = person.iris;
    let centre_y = -0.012;
    canvas.paint(Reach::around(cx, 0.0, half + 0.03, high * 1.5), |x, y| {
        if (x - cx).abs() >= half {
            return (0.0, colour);
        }
        let cover = step(upper(x) - soft, upper(x) + soft, y) * step(lower(x) + soft, lower(x) - soft, y);
        let lid_shade = 1.0 - 0.34 * step(high * 0.9, 0.0, y - upper(x));
        let corner = 1.0 - 0.22 * ((x - cx) / half).powi(2);
        let white = times([0.95, 0.945, 0.93], lid_shade * corner);
        let away = (x - cx).hypot(y - centre_y);
        let turn = (y - centre_y).atan2(x - cx);
        let rays =
            0.85 + 0.4 * noise(turn * 14.0 + 50.0, person.seed ^ 3) + 0.25 * step(0.2, 0.9, away / iris);
        let ring = 1.0 - 0.62 * step(0.80, 1.0, away / iris);
        let mut shown =
            mix(white, times(colour, rays * ring * lid_shade), step(iris + soft, iris - soft, away));
        let pupil = iris * 0.44;
        shown = mix(shown, [0.03, 0.025, 0.025], step(pupil + soft, pupil - soft, away));
        (cover, shown)
    });
    let glint = (cx - iris * 0.36, centre_y - iris * 0.40);
    canvas.glow(glint, (iris * 0.42, iris * 0.42), [1.0, 1.0, 1.0], 1.6);
    canvas.glow((cx + iris * 0.35, centre_y + iris * 0.45), (iris * 0.3, iris * 0.22), [1.0, 1.0, 1.0], 0.35);
    let along = |edge: &dyn Fn(f32) -> f32, lift: f32, thick: f32| -> Vec<(f32, f32, f32)> {
        (-14..=14)
            .map(|at| {
                let t = at as f32 / 14.0;
                let x = cx + t * half;
                (x, edge(x) - lift * (1.0 - 0.4 * t * t), thick * (1.0 - 0.55 * t.abs().powi(3)))
            })
            .collect()
    };
    let lash = mix(times(person.hair, 0.5), [0.05, 0.035, 0.03], 0.7);
    canvas.stroke(&along(&upper, 0.008, 0.019), lash, 0.96, soft * 1.2);
    canvas.stroke(&along(&lower, -0.006, 0.006), times(person.skin, 0.45), 0.55, soft * 1.5);
    let crease = if person.looks == Looks::Child { 0.055 } else { 0.075 };
    canvas.stroke(&along(&upper, crease, 0.010), times(person.skin, 0.50), 0.50, 0.016);
    canvas.glow((cx, high + 0.15), (half * 1.05, 0.10), times(person.skin, 0.70), 0.26);
}

fn brow(canvas: &mut Canvas, person: &Person, side: f32) {
    let colour = mix(times(person.hair, 0.75), person.skin, 0.12);
    let (inner, outer) = (side * 0.20, side * 0.86);
    let y = -person.brow;
    let bend = (side * 0.56, y - 0.15);
    let half = person.brow_half;
    let shape: Vec<_> = arc((inner, y + 0.045), bend, (outer, y + 0.06), half)
        .iter()
        .enumerate()
        .map(|(at, (x, v, _))| {
            let t = at as f32 / 20.0;
            (*x, *v, half * step(-0.12, 0.25, t) * (1.0 - 0.72 * step(0.45, 1.05, t)))
        })
        .collect();
    canvas.stroke(&shape, colour, 0.62, half * 0.75);
    // Single hairs that lean outwards.
    for at in 0..46 {
        let t = at as f32 / 45.0;
        let Some((x, v, thick)) = shape.get((t * 20.0) as usize).copied() else { continue };
        let wild = hash(at, 3, person.seed) - 0.5;
        let (dx, dy) = (side * (0.035 + 0.05 * t), -0.055 * (1.0 - t) + 0.012 + 0.02 * wild);
        let root = (x - dx * 0.5, v + thick * 1.2 * wild - dy * 0.5);
        canvas.stroke(
            &[(root.0, root.1, 0.007), (root.0 + dx, root.1 + dy, 0.003)],
            times(colour, 0.75 + 0.3 * hash(at, 4, person.seed)),
            0.75,
            canvas.pixel(),
        );
    }
}

fn beard(canvas: &mut Canvas, person: &Person) {
    let colour = times(person.hair, 0.9);
    let reach = Reach { left: -1.4, top: 0.2, right: 1.4, bottom: person.chin + 0.12 };
    canvas.paint(reach, |x, y| {
        let inside = step(0.02, -0.06, head_shape(person, x, y));
        let cheek = person.nose + 0.06 + 0.35 * (1.0 - (x.abs() / person.head_half).powf(1.6));
        let jaw = step(cheek - 0.10, cheek + 0.14, y - 0.10 * noise(x * 9.0 + 30.0, person.seed));
        let strip = step(person.head_half - 0.26, person.head_half - 0.10, x.abs()) * step(0.15, 0.5, y);
        let lip_top = person.mouth - person.lip * 0.75;
        let droop = person.nose + 0.15 + 0.30 * (x.abs() / (person.mouth_half + 0.2)).powi(2);
        let moustache = step(droop - 0.05, droop + 0.05, y)
            * step(person.mouth_half + 0.24, person.mouth_half + 0.02, x.abs())
            * step(lip_top + 0.40, lip_top + 0.20, y);
        let lips = step(1.0, 1.25, (x / (person.mouth_half + 0.02)).hypot((y - person.mouth - 0.03) / 0.19));
        let cover = inside * (jaw * lips).max(strip).max(moustache);
        let strand = 0.8
            + 0.4 * hash((x * 90.0 + 4_000.0) as u32, (y * 34.0 + x * 20.0 + 4_000.0) as u32, person.seed);
        (cover * 0.80, times(colour, strand * (1.1 - 0.25 * x.abs())))
    });
}

/// Colour of hair with strands and a soft band of light.
fn hair_light(person: &Person, x: f32, y: f32, angle: f32) -> Colour {
    let strand = noise(angle * 46.0 + 300.0, person.seed ^ 21) * 0.5
        + noise(angle * 17.0 + 90.0, person.seed ^ 22) * 0.5;
    let band =
        (1.0 - ((y + person.crown * 0.78) / 0.42).powi(2)).max(0.0) * (1.0 - (x / 1.3).powi(2)).max(0.0);
    let lit = mix(person.hair, [1.0, 0.96, 0.88], 0.16 * band * (0.4 + strand));
    times(lit, 0.72 + 0.5 * strand - 0.10 * x.abs())
}

fn back_hair(canvas: &mut Canvas, person: &Person) {
    let soft = canvas.pixel() * 2.0;
    let (half, bottom) = match person.hair_style {
        HairStyle::Bob => (person.head_half + 0.34, person.chin - 0.10),
        HairStyle::Long => (person.head_half + 0.36, person.chin + 1.25),
        HairStyle::Short | HairStyle::Curls | HairStyle::Scarf => return,
    };
    let top = person.crown + 0.24;
    canvas.paint(Reach { left: -2.2, top: -top - 0.2, right: 2.2, bottom: bottom + 0.3 }, |x, y| {
        let wave = 0.035 * (y * 4.2 + x.signum()).sin() + 0.05 * (noise(x * 7.0 + 40.0, person.seed) - 0.5);
        let side = half + wave * step(-0.4, 0.8, y);
        let edge = if y < 0.0 {
            ((x.abs() / side).powf(2.2) + (-y / top).powf(2.2)).powf(0.45) - 1.0
        } else {
            let curl = side - 0.30 * step(bottom - 0.55, bottom + 0.05, y);
            (x.abs() / curl - 1.0).max((y - bottom - wave) / half)
        };
        let dark = 0.62 + 0.20 * step(person.head_half - 0.2, half, x.abs());
        (step(soft, -soft, edge), times(hair_light(person, x, y, x * 0.9), dark))
    });
}

fn front_hair(canvas: &mut Canvas, person: &Person) {
    match person.hair_style {
        HairStyle::Scarf => scarf(canvas, person),
        HairStyle::Curls => cap(canvas, person, 0.24, 0.16),
        HairStyle::Short => cap(canvas, person, 0.14, 0.03),
        HairStyle::Bob | HairStyle::Long => cap(canvas, person, 0.22, 0.02),
    }
}

/// Hair on top of the head, down to a hairline; `thick` outside of the head, `curl` as unevenness of its rim.
fn cap(canvas: &mut Canvas, person: &Person, thick: f32, curl: f32) {
    let soft = canvas.pixel() * 2.2;
    let long = matches!(person.hair_style, HairStyle::Bob | HairStyle::Long);
    let part = (hash(1, 2, person.seed) - 0.5) * 0.9;
    let reach = Reach { left: -2.0, top: -person.crown - 0.6, right: 2.0, bottom: person.chin };
    canvas.paint(reach, |x, y| {
        let angle = (x - part * 0.4).atan2(-(y + 0.3)).abs() + if x > part { 3.0 } else { 0.0 };
        let round = x.atan2(-(y + 0.3));
        let rough = curl * (noise(round * 9.0 + 60.0, person.seed ^ 5) - 0.4);
        // Close to the head beside the ears.
        let outside = head_shape(person, x, y) - (thick + rough) * (1.0 - 0.8 * step(-0.8, 0.1, y));
        // The hairline: high over the forehead, down beside the temples.
        let across = (x - part * 0.35).abs() / person.head_half;
        let strand = 0.05 * (noise(x * 16.0 + 70.0, person.seed ^ 6) - 0.5)
            + curl * 0.4 * (noise(x * 8.0 + 9.0, person.seed) - 0.5);
        let line = if long {
            -person.crown * 0.66 + 0.10 * across + 1.5 * step(0.50, 1.05, across) + strand
        } else {
            -person.crown * 0.62 + 0.12 * across + 0.62 * step(0.62, 0.98, across) + strand
        };
        let side_end = if long { person.chin * 0.55 } else { 0.12 };
        let rim = step(person.head_half - 0.16, person.head_half - 0.02, x.abs())
            * step(side_end + 0.2, side_end, y);
        let above = step(line + 0.05, line - 0.05, y);
        let cover = step(soft, -soft, outside) * above.max(rim * if long { 1.0 } else { 0.85 });
        let near_skin = 1.0 - 0.22 * step(line - 0.25, line, y);
        (cover, times(hair_light(person, x, y, angle * 0.8), near_skin))
    });
}

/// A headscarf that leaves the face free from forehead to chin.
fn scarf(canvas: &mut Canvas, person: &Person) {
    let soft = canvas.pixel() * 1.6;
    let cloth = mix(person.clothes, [0.86, 0.84, 0.80], 0.55);
    let bottom = person.chin + 1.35;
    canvas.paint(Reach { left: -2.3, top: -person.crown - 0.6, right: 2.3, bottom }, |x, y| {
        let half = person.head_half + 0.30;
        let outer = if y < 0.2 {
            (x.abs() / half).powf(2.2) + (-(y - 0.2) / (person.crown + 0.46)).max(0.0).powf(2.2) - 1.0
        } else {
            x.abs() / (half + 0.10 * step(0.2, person.chin, y) + 0.5 * step(person.chin, bottom, y)) - 1.0
        };
        let (mid, tall) = (person.chin * 0.5 - 0.56, person.chin * 0.5 + 0.54);
        let face = (x.abs() / (person.head_half - 0.07)).powf(2.3) + ((y - mid).abs() / tall).powf(2.3) - 1.0;
        let cover = step(soft, -soft, outer * half) * step(-soft, soft, face * 0.5);
        let fold = noise((x * 0.8 + y * 0.35).abs() * 5.0 + x.signum() * 40.0 + 60.0, person.seed ^ 9);
        let inner_shade = 1.0 - 0.30 * step(0.30, 0.0, face);
        let light = (0.80 + 0.26 * fold - 0.12 * (x / half).powi(2)) * inner_shade;
        (cover, times(cloth, light))
    });
}
