//! For each probe bit string, the nearest of a group of bit strings in Hamming distance.
//!
//! One loop in plain Rust, compiled for any processor and on x86-64 also for AVX2, and once more in intrinsics for AVX-512
//! with its population count. Which one runs is decided at run time. All of them are the same integer arithmetic,
//! so they give the same answer to the last bit; tests compare them with a definition.
//!
//! It is a crate of its own because calling a function compiled for special instructions is `unsafe` (the caller
//! vouches for the processor), and no other crate of this workspace may contain unsafe code. The only such block is in
//! [`Kernel::nearest`]; its condition is that a [`Kernel`] of that kind is only ever made after detection.

use core::fmt;

/// 64-bit words of a bit string.
pub const WORDS: usize = 4;
/// Bit strings in a [`Tile`].
pub const LANES: usize = 8;

/// Eight bit strings, word by word, so that one instruction works on eight of them.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(align(64))]
pub struct Tile {
    /// `words[w][lane]` is word `w` of bit string `lane`.
    pub words: [[u64; LANES]; WORDS],
}

/// What the bit strings stand for may be biometric: nothing is shown.
impl fmt::Debug for Tile {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Tile(..)")
    }
}

impl Tile {
    /// Packs bit strings; the last tile is filled up with copies of the last one, which changes no answer.
    #[must_use]
    pub fn pack(strings: &[[u64; WORDS]]) -> Vec<Self> {
        strings
            .chunks(LANES)
            .map(|chunk| {
                let mut tile = Self { words: [[0; LANES]; WORDS] };
                for lane in 0..LANES {
                    let string = chunk.get(lane).or(chunk.last()).copied().unwrap_or_default();
                    for (word, value) in tile.words.iter_mut().zip(string) {
                        word[lane] = value;
                    }
                }
                tile
            })
            .collect()
    }
}

/// The nearest bit string: how far it is and which one. The lower index wins a tie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Nearest(i64);

impl Nearest {
    /// Nothing was there to compare with.
    pub const NONE: Self = Self(i64::MAX);

    /// Differing bits, 0 to 256; larger for [`Nearest::NONE`].
    #[must_use]
    pub const fn distance(self) -> u32 {
        let distance = self.0 >> INDEX_BITS;
        if distance > u32::MAX as i64 { u32::MAX } else { distance as u32 }
    }

    /// Index of the bit string, tile by tile.
    #[must_use]
    pub const fn index(self) -> usize {
        (self.0 & ((1 << INDEX_BITS) - 1)) as usize
    }
}

/// The instructions a search runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kernel(Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Kernel {
    /// Runs everywhere.
    pub const PORTABLE: Self = Self(Kind::Portable);

    /// The fastest this processor has.
    #[must_use]
    pub fn detect() -> Self {
        Self::available().pop().unwrap_or(Self::PORTABLE)
    }

    /// Every kernel this processor can run, fastest last.
    #[must_use]
    pub fn available() -> Vec<Self> {
        #[allow(unused_mut, reason = "other architectures have only one")]
        let mut kernels = vec![Self::PORTABLE];
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("popcnt") {
                kernels.push(Self(Kind::Avx2));
            }
            if std::arch::is_x86_feature_detected!("avx512f")
                && std::arch::is_x86_feature_detected!("avx512vl")
                && std::arch::is_x86_feature_detected!("avx512bw")
                && std::arch::is_x86_feature_detected!("avx512vpopcntdq")
            {
                kernels.push(Self(Kind::Avx512));
            }
        }
        kernels
    }

    /// Its name, for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.0 {
            Kind::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => "AVX2",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => "AVX-512 VPOPCNTDQ",
        }
    }

    /// For each probe the nearest bit string of the tiles whose distance is under `distance_max`, [`Nearest::NONE`] if there
    /// is none. As many answers are written as the shorter of `probes` and `out` holds.
    #[inline]
    pub fn nearest(self, probes: &[[u64; WORDS]], tiles: &[Tile], distance_max: u32, out: &mut [Nearest]) {
        match self.0 {
            Kind::Portable => nearest(probes, tiles, distance_max, out),
            #[cfg(target_arch = "x86_64")]
            #[expect(
                unsafe_code,
                reason = "a kernel of this kind exists only after its instructions were found"
            )]
            // SAFETY: the only requirement is that the processor has the instructions; see `available`.
            Kind::Avx2 => unsafe { nearest_avx2(probes, tiles, distance_max, out) },
            #[cfg(target_arch = "x86_64")]
            #[expect(
                unsafe_code,
                reason = "a kernel of this kind exists only after its instructions were found"
            )]
            // SAFETY: as above.
            Kind::Avx512 => unsafe { nearest_avx512(probes, tiles, distance_max, out) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt")]
fn nearest_avx2(probes: &[[u64; WORDS]], tiles: &[Tile], distance_max: u32, out: &mut [Nearest]) {
    nearest(probes, tiles, distance_max, out);
}

/// The same loop in intrinsics: left to itself the compiler shuffles the lanes of every tile first.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512vpopcntdq,avx2,popcnt")]
fn nearest_avx512(probes: &[[u64; WORDS]], tiles: &[Tile], distance_max: u32, out: &mut [Nearest]) {
    use std::arch::x86_64::{
        _mm512_add_epi64, _mm512_cmplt_epi64_mask, _mm512_min_epi64, _mm512_or_si512, _mm512_popcnt_epi64,
        _mm512_reduce_min_epi64, _mm512_set_epi64, _mm512_set1_epi64, _mm512_slli_epi64, _mm512_xor_si512,
    };
    let bound = _mm512_set1_epi64(key_bound(distance_max));
    let load = |lanes: &[u64; LANES]| {
        let [a, b, c, d, e, f, g, h] = lanes.map(|lane| lane as i64);
        _mm512_set_epi64(h, g, f, e, d, c, b, a)
    };
    for (probe, out) in probes.iter().zip(out) {
        let words = probe.map(|word| _mm512_set1_epi64(word as i64));
        let mut best = _mm512_set1_epi64(i64::MAX);
        let mut index = _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0);
        let step = _mm512_set1_epi64(LANES as i64);
        for tile in tiles {
            let [w0, w1, w2, w3] = [0, 1, 2, 3]
                .map(|word| _mm512_popcnt_epi64(_mm512_xor_si512(words[word], load(&tile.words[word]))));
            let distance = _mm512_add_epi64(_mm512_add_epi64(w0, w1), _mm512_add_epi64(w2, w3));
            let key = _mm512_or_si512(_mm512_slli_epi64::<INDEX_BITS>(distance), index);
            best = _mm512_min_epi64(best, key);
            index = _mm512_add_epi64(index, step);
        }
        // The way from eight lanes to one is as long as a tile: most probes end before it.
        let some = _mm512_cmplt_epi64_mask(best, bound) != 0;
        *out = if some { Nearest(_mm512_reduce_min_epi64(best)) } else { Nearest::NONE };
    }
}

/// The loop itself. Distance and index share one number, so that the minimum carries both.
#[inline(always)]
fn nearest(probes: &[[u64; WORDS]], tiles: &[Tile], distance_max: u32, out: &mut [Nearest]) {
    let bound = key_bound(distance_max);
    for (probe, out) in probes.iter().zip(out) {
        let mut best = [i64::MAX; LANES];
        let mut index = [0i64, 1, 2, 3, 4, 5, 6, 7];
        for tile in tiles {
            let mut distance = [0u64; LANES];
            for (word, lanes) in probe.iter().zip(&tile.words) {
                for lane in 0..LANES {
                    distance[lane] += u64::from((word ^ lanes[lane]).count_ones());
                }
            }
            for lane in 0..LANES {
                let key = (distance[lane] << INDEX_BITS) as i64 | index[lane];
                best[lane] = if key < best[lane] { key } else { best[lane] };
                index[lane] += LANES as i64;
            }
        }
        let best = best.into_iter().min().unwrap_or(i64::MAX);
        *out = if best < bound { Nearest(best) } else { Nearest::NONE };
    }
}

/// Every key of a distance under `distance_max` is smaller.
const fn key_bound(distance_max: u32) -> i64 {
    (distance_max as i64) << INDEX_BITS
}

/// Bits of a [`Nearest`] that hold the index.
const INDEX_BITS: u32 = 16;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition, one bit string after the other.
    fn by_definition(probe: &[u64; WORDS], strings: &[[u64; WORDS]]) -> Option<(u32, usize)> {
        strings
            .iter()
            .enumerate()
            .map(|(index, string)| {
                (probe.iter().zip(string).map(|(a, b)| (a ^ b).count_ones()).sum::<u32>(), index)
            })
            .min()
    }

    proptest! {
        #[test]
        fn every_kernel_does_what_the_definition_says(
            probes in prop::collection::vec(any::<[u64; WORDS]>(), 0..9),
            mut strings in prop::collection::vec(any::<[u64; WORDS]>(), 0..40),
            same in any::<bool>(),
            distance_max in prop_oneof![Just(257u32), 0u32..140],
        ) {
            if let (true, Some(&first)) = (same, probes.first()) {
                // Ties: the same string twice, and the probe itself.
                strings.extend([first, first]);
            }
            let tiles = Tile::pack(&strings);
            let expect: Vec<_> = probes.iter().map(|probe| by_definition(probe, &strings).filter(|near| near.0 < distance_max)).collect();
            for kernel in Kernel::available() {
                let mut out = vec![Nearest::NONE; probes.len()];
                kernel.nearest(&probes, &tiles, distance_max, &mut out);
                for (found, expect) in out.iter().zip(&expect) {
                    match expect {
                        Some(expect) => prop_assert_eq!((found.distance(), found.index()), *expect, "{}", kernel.name()),
                        None => prop_assert_eq!(*found, Nearest::NONE),
                    }
                }
            }
        }
    }

    #[test]
    fn says_which_kernels_were_tested() {
        let names: Vec<&str> = Kernel::available().iter().map(|kernel| kernel.name()).collect();
        println!("kernels on this processor: {}", names.join(", "));
        assert_eq!(names[0], "portable");
        assert_eq!(Some(Kernel::detect().name()), names.last().copied());
        assert_eq!(Nearest::NONE.distance(), u32::MAX);
    }
}
