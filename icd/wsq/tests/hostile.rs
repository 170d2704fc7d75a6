//! Streams that are damaged, cut or made to harm: always an answer, never a panic, never a large
//! allocation for a small header. Everything is made here from our own streams.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use wsq::{EncodeOptions, Error, decode, encode, limits};

/// How many seeded mutations the smoke test tries.
const MUTATIONS: u64 = 4_000;
/// Far beyond what any stream of these sizes may take, even unoptimised on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

const START_OF_FRAME: [u8; 2] = [0xFF, 0xA2];

fn ridges(width: u32, height: u32) -> Vec<u8> {
    (0..height)
        .flat_map(|y| (0..width).map(move |x| (x as f32, y as f32)))
        .map(|(x, y)| (128.0 + 90.0 * ((x * 0.6).sin() + (y * 0.4 + x * 0.2).cos()) / 2.0) as u8)
        .collect()
}

fn small_stream() -> Vec<u8> {
    let options = EncodeOptions { comment: Some("lorem".to_owned()), ..EncodeOptions::default() };
    encode(&ridges(96, 90), 96, 90, &options).expect("encodes")
}

/// Where the first such marker segment starts.
fn find(stream: &[u8], marker: [u8; 2]) -> usize {
    stream.windows(2).position(|pair| pair == marker).expect("the marker is there")
}

fn with_size(stream: &[u8], width: u16, height: u16) -> Vec<u8> {
    let mut stream = stream.to_vec();
    let frame = find(&stream, START_OF_FRAME);
    stream[frame + 6..frame + 8].copy_from_slice(&height.to_be_bytes());
    stream[frame + 8..frame + 10].copy_from_slice(&width.to_be_bytes());
    stream
}

fn check_code(stream: &[u8], code: &str) {
    match decode(stream) {
        Ok(decoded) => panic!("{decoded:?} where {code} was expected"),
        Err(error) => assert_eq!(error.code(), code, "{error}"),
    }
}

#[test]
fn every_truncation_is_an_error() {
    let stream = small_stream();
    assert!(decode(&stream).is_ok());
    for length in 0..stream.len() {
        match decode(&stream[..length]) {
            Ok(_) => panic!("decoded {length} of {} bytes", stream.len()),
            Err(Error::NotWsq) => assert!(length < 2),
            Err(error) => assert_eq!(error.code(), "W-0102", "{length} of {} bytes: {error}", stream.len()),
        }
    }
}

#[test]
fn headers_beyond_the_bounds_are_refused() {
    let stream = small_stream();
    check_code(&with_size(&stream, 0, 90), "W-0106");
    check_code(&with_size(&stream, 96, 0), "W-0106");
    check_code(&with_size(&stream, 65_535, 65_535), "W-0106");
    check_code(&with_size(&stream, 16_385, 1), "W-0106");
    check_code(&with_size(&stream, 4_097, 4_096), "W-0106");
    // Inside the bounds, yet not the picture the data holds.
    check_code(&with_size(&stream, 95, 90), "W-0110");
    check_code(&with_size(&stream, 200, 200), "W-0110");
}

#[test]
fn each_damage_has_its_code() {
    let stream = small_stream();
    let changed = |marker: [u8; 2], offset: usize, byte: u8| {
        let mut stream = stream.clone();
        let at = find(&stream, marker) + offset;
        stream[at] = byte;
        stream
    };
    check_code(b"", "W-0101");
    check_code(b"\xFF\xD8\xFF\xE0", "W-0101");
    check_code(&changed(START_OF_FRAME, 1, 0xAF), "W-0103");
    check_code(&changed(START_OF_FRAME, 3, 16), "W-0104");
    check_code(&changed([0xFF, 0xA4], 2, 0xFF), "W-0102");
    check_code(&changed([0xFF, 0xA4], 4, 8), "W-0111");
    check_code(&changed([0xFF, 0xA4], 4, 33), "W-0111");
    check_code(&changed([0xFF, 0xA4], 7, 0), "W-0107");
    check_code(&changed([0xFF, 0xA5], 4, 0), "W-0107");
    check_code(&changed([0xFF, 0xA6], 4, 8), "W-0108");
    check_code(&changed([0xFF, 0xA6], 5, 255), "W-0108");
    check_code(&changed([0xFF, 0xA3], 4, 7), "W-0105");
    let without = |marker: [u8; 2], length: usize| {
        let at = find(&stream, marker);
        [&stream[..at], &stream[at + length..]].concat()
    };
    check_code(&without([0xFF, 0xA4], 60), "W-0105");
    check_code(&without([0xFF, 0xA5], 391), "W-0105");
    check_code(&without(START_OF_FRAME, 19), "W-0105");
    let end = stream.len() - 2;
    let empty_comments = [0xFF, 0xA8, 0, 2].repeat(limits::SEGMENTS_MAX);
    check_code(&[&stream[..end], &empty_comments, &stream[end..]].concat(), "W-0112");
}

/// A picture of one row or column has nodes of one sample, which must not be mirrored without end, neither
/// with the usual filters nor with others.
#[test]
fn pictures_of_one_row_end() {
    let mut stream = encode(&[200; 81 * 81], 81, 81, &EncodeOptions::default()).expect("encodes");
    for other_filter in [false, true] {
        if other_filter {
            let taps = find(&stream, [0xFF, 0xA4]);
            stream[taps + 10] ^= 0x40;
        }
        for (width, height) in [(1, 1), (1, 40), (40, 1), (2, 3), (3, 2), (16, 17)] {
            let decoded = decode(&with_size(&stream, width, height)).expect("a flat picture of any size");
            assert_eq!(decoded.pixels, vec![200; usize::from(width) * usize::from(height)]);
        }
    }
}

/// Restart markers and bytes after the end are allowed.
#[test]
fn what_is_allowed_is_read() {
    let stream = small_stream();
    let plain = decode(&stream).expect("decodes");
    let end = stream.len() - 2;
    let restarted = [&stream[..end], &[0xFF, 0xB0], &stream[end..], b"trailing"].concat();
    assert!(decode(&restarted).expect("decodes") == plain);
    let interval = [&stream[..2], &[0xFF, 0xA7, 0, 4, 0, 9], &stream[2..]].concat();
    assert!(decode(&interval).expect("decodes") == plain);
}

/// A bounded stand-in for a fuzzer: seeded changes to our own streams. Prints the seed of a failure.
#[test]
fn seeded_mutations_never_panic() {
    let sources = [
        small_stream(),
        encode(&ridges(81, 120), 81, 120, &EncodeOptions { bits_per_pixel: 4.0, ..EncodeOptions::default() })
            .expect("encodes"),
        encode(&[128; 100 * 100], 100, 100, &EncodeOptions::default()).expect("encodes"),
    ];
    let (mut decoded, mut slowest) = (0, Duration::ZERO);
    for seed in 0..MUTATIONS {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let mut stream = sources[random.below(sources.len())].clone();
        for _ in 0..=random.below(6) {
            mutate(&mut stream, &mut random);
        }
        let start = Instant::now();
        let answer = std::panic::catch_unwind(|| decode(&stream).is_ok());
        slowest = slowest.max(start.elapsed());
        match answer {
            Ok(ok) => decoded += u64::from(ok),
            Err(_) => panic!("seed {seed} panics"),
        }
    }
    eprintln!("{decoded} of {MUTATIONS} mutated streams still decode; the slowest took {slowest:?}");
    assert!(decoded > 0, "mutations that all fail early test little");
    assert!(slowest < PATIENCE, "{slowest:?}");
}

/// A xorshift generator: the same mutations on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

fn mutate(stream: &mut Vec<u8>, random: &mut Random) {
    let length = stream.len();
    // Half of the changes go where the tables are.
    let at = if random.below(2) == 0 { random.below(length) } else { random.below(length.min(900)) };
    match random.below(6) {
        0 => stream[at] ^= 1 << random.below(8),
        1 => stream[at] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF][random.below(6)],
        2 => stream[at] = random.next() as u8,
        3 => drop(stream.drain(at..(at + 1 + random.below(8)).min(length))),
        4 => {
            let from = random.below(length);
            let piece = stream[from..(from + 1 + random.below(64)).min(length)].to_vec();
            stream.splice(at..at, piece);
        }
        _ => stream.insert(at, random.next() as u8),
    }
    if stream.is_empty() {
        stream.push(0xFF);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..600), start in any::<bool>()) {
        let bytes = if start { [&[0xFF, 0xA0][..], &bytes].concat() } else { bytes };
        prop_assert!(decode(&bytes).is_err());
    }

    #[test]
    fn sizes_come_back(
        width in limits::ENCODE_SIDE_PX_MIN..200,
        height in limits::ENCODE_SIDE_PX_MIN..200,
        bits_per_pixel in limits::BITS_PER_PIXEL_MIN..limits::BITS_PER_PIXEL_MAX,
        seed in any::<u64>(),
        noisy in any::<bool>(),
    ) {
        let mut random = Random(seed | 1);
        let mut pixels = ridges(width, height);
        if noisy {
            pixels.iter_mut().for_each(|pixel| *pixel = random.next() as u8);
        }
        let options = EncodeOptions { bits_per_pixel, ..EncodeOptions::default() };
        let decoded = decode(&encode(&pixels, width, height, &options).expect("encodes")).expect("decodes");
        prop_assert_eq!((decoded.width_px, decoded.height_px), (width, height));
        prop_assert_eq!(decoded.pixels.len(), pixels.len());
    }
}
