//! Pictures changed in one stated way: what a print looks like turned, moved, framed, worn or taken by a worse sensor.
#![allow(dead_code, reason = "each test binary uses its own part")]

use matcher::Image;

/// SplitMix64, so that every change can be repeated.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ value >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ value >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ value >> 31
    }

    /// From 0 up to but not including 1.
    pub(crate) fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// About a normal deviate: twelve uniform ones.
    pub(crate) fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.unit()).sum::<f32>() - 6.0
    }
}

fn each(image: &Image, change: impl FnMut(f32) -> f32) -> Image {
    let mut out = image.clone();
    let greys = image.pixels.iter().map(|&grey| f32::from(grey)).map(change);
    out.pixels = greys.map(|grey| grey.round().clamp(0.0, 255.0) as u8).collect();
    out
}

/// The grey at a point between pixels; `outside` where there is no picture.
fn between(image: &Image, x: f32, y: f32, outside: f32) -> f32 {
    let at = |x: i32, y: i32| {
        let inside = x >= 0 && y >= 0 && x < image.width as i32 && y < image.height as i32;
        if inside { f32::from(image.pixels[(y as u32 * image.width + x as u32) as usize]) } else { outside }
    };
    let (left, top) = (x.floor(), y.floor());
    let (u, v) = (x - left, y - top);
    let (left, top) = (left as i32, top as i32);
    let upper = at(left, top) * (1.0 - u) + at(left + 1, top) * u;
    let lower = at(left, top + 1) * (1.0 - u) + at(left + 1, top + 1) * u;
    upper * (1.0 - v) + lower * v
}

/// The median grey of the four corners: what the empty sensor looks like.
pub(crate) fn background(image: &Image) -> u8 {
    let (width, height) = (image.width as usize, image.height as usize);
    let side = 8.min(width).min(height);
    let mut greys: Vec<u8> = [(0, 0), (width - side, 0), (0, height - side), (width - side, height - side)]
        .into_iter()
        .flat_map(|(left, top)| (0..side * side).map(move |i| (top + i / side) * width + left + i % side))
        .map(|at| image.pixels[at])
        .collect();
    greys.sort_unstable();
    greys[greys.len() / 2]
}

/// Turned clockwise on a larger empty sensor, so that nothing is lost.
pub(crate) fn turned(image: &Image, degrees: f32) -> Image {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (w, h) = (image.width as f32, image.height as f32);
    let width = (w * cos.abs() + h * sin.abs()).ceil() as u32;
    let height = (w * sin.abs() + h * cos.abs()).ceil() as u32;
    let empty = background(image);
    let mut out = Image::blank(width, height, image.resolution_ppi, empty).expect("sound");
    for (index, pixel) in out.pixels.iter_mut().enumerate() {
        let x = (index as u32 % width) as f32 - (width as f32 - 1.0) / 2.0;
        let y = (index as u32 / width) as f32 - (height as f32 - 1.0) / 2.0;
        let from = (cos * x + sin * y + (w - 1.0) / 2.0, cos * y - sin * x + (h - 1.0) / 2.0);
        *pixel = between(image, from.0, from.1, f32::from(empty)).round() as u8;
    }
    out
}

/// On a larger empty sensor: so many pixels more on the left, at the top, on the right, at the bottom.
pub(crate) fn framed(image: &Image, [left, top, right, bottom]: [u32; 4], grey: u8) -> Image {
    let (width, height) = (image.width + left + right, image.height + top + bottom);
    let mut out = Image::blank(width, height, image.resolution_ppi, grey).expect("sound");
    for y in 0..image.height {
        let to = ((y + top) * width + left) as usize;
        let from = (y * image.width) as usize;
        let row = &image.pixels[from..from + image.width as usize];
        out.pixels[to..to + row.len()].copy_from_slice(row);
    }
    out
}

/// With Gaussian noise of so many grey levels.
pub(crate) fn noisy(image: &Image, sigma: f32, seed: u64) -> Image {
    let mut chance = Chance(seed);
    each(image, |grey| grey + sigma * chance.normal())
}

/// With so much of its contrast, around the middle grey.
pub(crate) fn pale(image: &Image, share: f32) -> Image {
    each(image, |grey| 128.0 + share * (grey - 128.0))
}

/// Ridges light, valleys dark.
pub(crate) fn inverted(image: &Image) -> Image {
    each(image, |grey| 255.0 - grey)
}

/// Darker (above 1) or lighter in the middle greys.
pub(crate) fn gamma(image: &Image, exponent: f32) -> Image {
    each(image, |grey| 255.0 * (grey / 255.0).powf(exponent))
}

/// Lit from one side: so many grey levels from left to right.
pub(crate) fn slanted_light(image: &Image, levels: f32) -> Image {
    let mut out = image.clone();
    for (index, pixel) in out.pixels.iter_mut().enumerate() {
        let place = (index as u32 % image.width) as f32 / image.width as f32 - 0.5;
        *pixel = (f32::from(*pixel) + levels * place).round().clamp(0.0, 255.0) as u8;
    }
    out
}

/// Blurred by a box of so many pixels, twice.
pub(crate) fn blurred(image: &Image, side: u32) -> Image {
    let pass = |image: &Image, step_x: i32, step_y: i32| {
        let mut out = image.clone();
        let half = side as i32 / 2;
        for (index, pixel) in out.pixels.iter_mut().enumerate() {
            let (x, y) = (index as i32 % image.width as i32, index as i32 / image.width as i32);
            let sum: i32 = (-half..=half)
                .map(|k| {
                    let x = (x + k * step_x).clamp(0, image.width as i32 - 1);
                    let y = (y + k * step_y).clamp(0, image.height as i32 - 1);
                    i32::from(image.pixels[(y * image.width as i32 + x) as usize])
                })
                .sum();
            *pixel = (sum / (2 * half + 1)) as u8;
        }
        out
    };
    let once = pass(&pass(image, 1, 0), 0, 1);
    pass(&pass(&once, 1, 0), 0, 1)
}

/// Ridges thinner (dry) or thicker (wet): the lightest or darkest of the pixels within reach, mixed with the picture.
pub(crate) fn worn(image: &Image, thicker: bool, reach: f32) -> Image {
    let mut out = image.clone();
    let far = reach.ceil() as i32;
    for (index, pixel) in out.pixels.iter_mut().enumerate() {
        let (x, y) = (index as i32 % image.width as i32, index as i32 / image.width as i32);
        let near = (-far..=far)
            .flat_map(|v| (-far..=far).map(move |u| (u, v)))
            .filter(|&(u, v)| (u as f32).hypot(v as f32) <= reach)
            .map(|(u, v)| {
                let x = (x + u).clamp(0, image.width as i32 - 1);
                let y = (y + v).clamp(0, image.height as i32 - 1);
                image.pixels[(y * image.width as i32 + x) as usize]
            });
        *pixel = if thicker { near.min() } else { near.max() }.unwrap_or(*pixel);
    }
    out
}

/// Grainy contact: so large a share of the dark pixels, in spots of two by two, shows no skin.
pub(crate) fn grainy(image: &Image, share: f32, seed: u64) -> Image {
    let empty = background(image);
    let mut out = image.clone();
    let columns = image.width.div_ceil(2);
    let mut chance = Chance(seed);
    let spots: Vec<bool> = (0..columns * image.height.div_ceil(2)).map(|_| chance.unit() < share).collect();
    for (index, pixel) in out.pixels.iter_mut().enumerate() {
        let (x, y) = (index as u32 % image.width, index as u32 / image.width);
        if spots[(y / 2 * columns + x / 2) as usize] {
            *pixel = empty;
        }
    }
    out
}

/// Put together from strips, each shifted a little to the side, as a finger swept over a line sensor.
pub(crate) fn swept(image: &Image, strip: u32, shift_max: f32, seed: u64) -> Image {
    let mut out = image.clone();
    let mut chance = Chance(seed);
    let mut shift = 0.0f32;
    for y in 0..image.height {
        if y % strip == 0 {
            shift = (shift + shift_max * (chance.unit() - 0.5)).clamp(-2.0 * shift_max, 2.0 * shift_max);
        }
        for x in 0..image.width {
            let from = (x as i32 + shift.round() as i32).clamp(0, image.width as i32 - 1);
            out.pixels[(y * image.width + x) as usize] =
                image.pixels[(y * image.width) as usize + from as usize];
        }
    }
    out
}

/// The same skin at another resolution, rightly stated.
pub(crate) fn sampled(image: &Image, ppi: u32) -> Image {
    let mut out = image.grown(ppi as f32 / image.resolution_ppi as f32);
    out.resolution_ppi = ppi;
    out
}

/// A window of the picture around its middle, in mm.
pub(crate) fn window(image: &Image, width_mm: f32, height_mm: f32) -> Image {
    let side = |mm: f32, full: u32| ((mm / 25.4 * image.resolution_ppi as f32) as u32).min(full);
    let (width, height) = (side(width_mm, image.width), side(height_mm, image.height));
    let (left, top) = ((image.width - width) / 2, (image.height - height) / 2);
    image.crop(left, top, left + width, top + height).expect("inside")
}
