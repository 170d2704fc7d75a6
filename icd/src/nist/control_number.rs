//! Transaction control numbers with the check letter of INTERPOL's public implementation: fourteen digits, then the
//! letter at place (number modulo 23) of an alphabet without I, O and S, where 1 is A and 0 is Z.

const ALPHABET: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";
const NUMBERS: u128 = 100_000_000_000_000;

/// The control number for any number; of a longer one the last fourteen digits count.
#[must_use]
pub fn with_check_letter(number: u128) -> String {
    let number = number % NUMBERS;
    format!("{number:014}{}", letter(number))
}

/// True when the text is fourteen digits and their letter.
#[must_use]
pub fn is_right(text: &str) -> bool {
    let Some((digits, last)) = text.split_at_checked(14) else { return false };
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    digits.parse::<u128>().is_ok_and(|number| last == letter(number).to_string())
}

fn letter(number: u128) -> char {
    let place = usize::try_from((number + 22) % 23).unwrap_or(0);
    ALPHABET.get(place).map_or('Z', |byte| char::from(*byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn letters_follow_the_rule() {
        fn check(number: u128, expect: &str) {
            assert_eq!(with_check_letter(number), expect);
            assert!(is_right(expect));
        }
        check(0, "00000000000000Z");
        check(1, "00000000000001A");
        check(22, "00000000000022Y");
        check(23, "00000000000023Z");
        check(9, "00000000000009J");
        check(NUMBERS + 8, "00000000000008H");
    }

    #[test]
    fn wrong_letters_and_forms_are_seen() {
        for wrong in [
            "",
            "0200000004F",
            "00000000000001B",
            "00000000000001a",
            "0000000000001A",
            "000000000000011A",
            "é",
        ] {
            assert!(!is_right(wrong), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_seen(number in 0..NUMBERS, place in 0_usize..14, other in 1_u8..10) {
            let mut text = with_check_letter(number).into_bytes();
            text[place] = b'0' + (text[place] - b'0' + other) % 10;
            let text = String::from_utf8(text).expect("digits");
            prop_assert!(!is_right(&text));
        }
    }
}
