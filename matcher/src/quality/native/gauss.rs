//! Gaussian blur of 8-bit pictures in fixed point, bit for bit as the reference's library does it: weights in 1/256,
//! the rounding error of each carried to the next, the middle one what is missing to 256; rows first, unrounded, then
//! columns with one rounding at the end. Beyond the edge the picture is mirrored without repeating the edge pixel.

/// Odd weights that sum to 256; only the first half and the middle are kept.
pub(super) struct Kernel {
    half: Vec<u16>,
    middle: u16,
}

impl Kernel {
    /// A kernel of `size` weights with the standard deviation that belongs to the size: 0.15 size + 0.35.
    pub(super) fn of_size(size: usize) -> Self {
        let radius = size / 2;
        let sigma = 0.15 * size as f64 + 0.35;
        let weight = |from_middle: usize| {
            let distance = from_middle as f64;
            (-0.5 * distance * distance / (sigma * sigma)).exp()
        };
        let sum = 1.0 + 2.0 * (1..=radius).map(weight).sum::<f64>();
        let (mut half, mut carried) = (Vec::with_capacity(radius), 0.0);
        for from_middle in (1..=radius).rev() {
            let exact = weight(from_middle) / sum * 256.0 + carried;
            carried = exact - exact.round_ties_even();
            half.push(exact.round_ties_even() as u16);
        }
        let middle = 256 - 2 * half.iter().sum::<u16>();
        Self { half, middle }
    }

    fn radius(&self) -> usize {
        self.half.len()
    }

    /// The weights that are not 0, with their distance from the middle.
    fn outer(&self) -> impl Iterator<Item = (usize, u16)> + '_ {
        let radius = self.radius();
        let all = self.half.iter().enumerate().map(move |(at, &weight)| (radius - at, weight));
        all.filter(|(_, weight)| *weight > 0)
    }
}

/// Mirrored index of one that may lie outside of `0..side`.
fn mirrored(at: isize, side: usize) -> usize {
    let last = side as isize - 1;
    if last <= 0 {
        return 0;
    }
    let turned = at.rem_euclid(2 * last);
    (if turned > last { 2 * last - turned } else { turned }) as usize
}

/// One row with the weights applied, in 1/256 grey.
fn blurred_row(row: &[u8], kernel: &Kernel, padded: &mut Vec<u16>, out: &mut [u16]) {
    let (radius, width) = (kernel.radius(), row.len());
    padded.clear();
    padded.extend((0..width + 2 * radius).map(|at| {
        let from = at as isize - radius as isize;
        u16::from(row[mirrored(from, width)])
    }));
    for (sum, &grey) in out.iter_mut().zip(&padded[radius..radius + width]) {
        *sum = kernel.middle * grey;
    }
    for (distance, weight) in kernel.outer() {
        let left = &padded[radius - distance..radius - distance + width];
        let right = &padded[radius + distance..radius + distance + width];
        for ((sum, &left), &right) in out.iter_mut().zip(left).zip(right) {
            *sum += weight * (left + right);
        }
    }
}

/// The blurred picture.
pub(super) fn blurred(pixels: &[u8], width: usize, height: usize, kernel: &Kernel) -> Vec<u8> {
    // Rows in 1/256 grey, high and low byte apart: each times a weight, summed over a column, fits 16 bits.
    let (mut high, mut low) = (vec![0u8; width * height], vec![0u8; width * height]);
    let (mut padded, mut line) = (Vec::new(), vec![0u16; width]);
    for y in 0..height {
        let row = y * width..(y + 1) * width;
        blurred_row(&pixels[row.clone()], kernel, &mut padded, &mut line);
        for ((high, low), &sum) in high[row.clone()].iter_mut().zip(&mut low[row]).zip(&line) {
            [*high, *low] = sum.to_be_bytes();
        }
    }
    let mut out = vec![0u8; width * height];
    let (mut high_sum, mut low_sum) = (vec![0u16; width], vec![0u16; width]);
    for (y, out_row) in out.chunks_exact_mut(width).enumerate() {
        column_sums(&high, width, height, y, kernel, &mut high_sum);
        column_sums(&low, width, height, y, kernel, &mut low_sum);
        for ((grey, &high), &low) in out_row.iter_mut().zip(&high_sum).zip(&low_sum) {
            *grey = (((u32::from(high) << 8) + u32::from(low) + (1 << 15)) >> 16) as u8;
        }
    }
    out
}

/// Weighted sum over the rows around `y`.
fn column_sums(plane: &[u8], width: usize, height: usize, y: usize, kernel: &Kernel, out: &mut [u16]) {
    let row = |at: isize| {
        let from = mirrored(at, height) * width;
        &plane[from..from + width]
    };
    let y = y as isize;
    for (sum, &value) in out.iter_mut().zip(row(y)) {
        *sum = kernel.middle * u16::from(value);
    }
    for (distance, weight) in kernel.outer() {
        let (above, below) = (row(y - distance as isize), row(y + distance as isize));
        for ((sum, &above), &below) in out.iter_mut().zip(above).zip(below) {
            *sum += weight * (u16::from(above) + u16::from(below));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_sum_to_256_and_a_flat_picture_stays_flat() {
        for size in [3, 5, 41, 91] {
            let kernel = Kernel::of_size(size);
            let sum = 2 * kernel.half.iter().sum::<u16>() + kernel.middle;
            assert_eq!(sum, 256);
            for grey in [0, 1, 128, 255] {
                assert!(blurred(&vec![grey; 7 * 50], 7, 50, &kernel).iter().all(|&out| out == grey));
            }
        }
    }

    #[test]
    fn it_is_the_plain_double_sum() {
        let (width, height) = (53usize, 37usize);
        let pixels: Vec<u8> = (0..width * height).map(|i| (i * i % 251) as u8).collect();
        let kernel = Kernel::of_size(41);
        let blurred = blurred(&pixels, width, height, &kernel);
        let weight = |offset: isize| {
            let distance = offset.unsigned_abs();
            if distance == 0 { kernel.middle } else { kernel.half[kernel.radius() - distance] }
        };
        for (x, y) in [(0isize, 0isize), (52, 36), (26, 18), (3, 30)] {
            let mut sum = 0u64;
            for dy in -20isize..=20 {
                for dx in -20isize..=20 {
                    let at = mirrored(y + dy, height) * width + mirrored(x + dx, width);
                    sum += u64::from(weight(dx)) * u64::from(weight(dy)) * u64::from(pixels[at]);
                }
            }
            assert_eq!(u64::from(blurred[y as usize * width + x as usize]), (sum + 32_768) >> 16);
        }
    }

    #[test]
    fn mirroring_does_not_repeat_the_edge() {
        let found: Vec<usize> = (-4..8).map(|at| mirrored(at, 4)).collect();
        assert_eq!(found, [2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1]);
        assert_eq!(mirrored(-9, 1), 0);
    }
}
