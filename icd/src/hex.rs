//! Lower-case hexadecimal, for digests and signatures in the envelope.

pub(crate) fn encode(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for nibble in [byte >> 4, byte & 0x0F] {
            text.push(DIGITS.get(usize::from(nibble)).copied().unwrap_or('0'));
        }
    }
    text
}

/// Decodes an even number of lower-case digits; anything else is `None`.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let nibble = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some(nibble(*high)? << 4 | nibble(*low)?),
            _ => None,
        })
        .collect()
}

/// Decodes exactly 32 bytes.
pub(crate) fn decode_32(text: &str) -> Option<[u8; 32]> {
    decode(text)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_lower_case_pairs_only() {
        fn check(text: &str, expect: Option<&[u8]>) {
            assert_eq!(decode(text).as_deref(), expect, "{text}");
        }
        check("", Some(&[]));
        check("00ff7a", Some(&[0, 255, 0x7a]));
        check("0", None);
        check("0g", None);
        check("FF", None);
        assert_eq!(encode(&[0, 255, 0x7a]), "00ff7a");
        assert_eq!(decode_32(&"ab".repeat(31)), None);
        assert_eq!(decode_32(&"ab".repeat(32)), Some([0xab; 32]));
    }
}
