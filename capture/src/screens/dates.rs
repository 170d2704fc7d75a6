//! Dates and times as an officer types them: day, month, year, whatever the browser's own language is.
//!
//! A browser's own date field shows the order of the browser's language, and in one set to American English the third of
//! April becomes the fourth of March. So these are text fields with one order, written beside them. ISO order is read as
//! well: it begins with the year and cannot be mistaken. A key pad has no hyphen on some panels, so digits alone do.
//!
//! Left out on purpose: years of two digits, and any order with the month first.

use icd::dataset::PartialDate;
use jiff::civil::{Date, Time};
use maud::{Markup, html};

/// A date of which the day, or day and month, may be unknown: `25-03-2018`, `2018-03-25`, `03-2018`, `2018-03`, `2018`.
pub(super) fn read(text: &str) -> Option<PartialDate> {
    let parts = parts(text)?;
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (year, month, day) = match parts[..] {
        [year] => (year, None, None),
        [first, second] if first.len() == 4 => (first, Some(second), None),
        [first, second] => (second, Some(first), None),
        [first, second, third] if first.len() == 4 => (first, Some(second), Some(third)),
        [first, second, third] => (third, Some(second), Some(first)),
        _ => return None,
    };
    if year.len() != 4 || [month, day].into_iter().flatten().any(|part| !(1..=2).contains(&part.len())) {
        return None;
    }
    let small = |part: Option<&str>| {
        part.map(|part| part.parse::<i8>().ok()).map_or(Some(None), |part| part.map(Some))
    };
    PartialDate::new(year.parse().ok()?, small(month)?, small(day)?).ok()
}

/// A date of which everything is known.
pub(super) fn read_day(text: &str) -> Option<Date> {
    let date = read(text)?;
    (date.earliest() == date.latest()).then(|| date.earliest())
}

/// A time of 24 hours: `14:05`, `14.05`, `1405`, `9:30`.
pub(super) fn read_time(text: &str) -> Option<Time> {
    let text = text.trim();
    let (hours, minutes) = match text.split_once([':', '.']) {
        Some(parts) => parts,
        None if text.len() == 4 => text.split_at_checked(2)?,
        None => return None,
    };
    let number = |part: &str| {
        let fits = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        if fits { part.parse::<i8>().ok() } else { None }
    };
    Time::new(number(hours)?, number(minutes).filter(|_| minutes.len() == 2)?, 0, 0).ok()
}

/// In the order in which it is typed; unknown parts are left away.
pub(super) fn shown(date: PartialDate) -> String {
    date.to_string().split('-').rev().collect::<Vec<_>>().join("-")
}

/// A text field for a date. The order stands in the label's description, so that a screen reader says it too.
pub(super) fn field(name: &str, label: &str, value: &str, order: &str, required: bool) -> Markup {
    let note = format!("{name}-order");
    html! {
        div class="field" {
            label for=(name) { (label) }
            input id=(name) name=(name) value=(value) required[required] inputmode="numeric" maxlength="10"
                autocomplete="off" spellcheck="false" aria-describedby=(note);
            span class="note" id=(note) { (order) }
        }
    }
}

/// The parts of a date: cut at its signs, or, of digits alone, by their number.
fn parts(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    let known = |sign: char| sign.is_ascii_digit() || SIGNS.contains(&sign);
    if !text.chars().all(known) || !text.chars().any(|sign| sign.is_ascii_digit()) {
        return None;
    }
    if text.contains(SIGNS) {
        return Some(text.split(SIGNS).map(ToOwned::to_owned).collect());
    }
    let cut = |lengths: &[usize]| {
        let mut rest = text;
        let mut parts = Vec::new();
        for length in lengths {
            let (part, after) = rest.split_at_checked(*length)?;
            parts.push(part.to_owned());
            rest = after;
        }
        Some(parts)
    };
    // No year begins with 00 to 12 or ends like one, so of eight or six digits one order alone makes a date.
    let year_first = text.get(..4).and_then(|year| year.parse::<i16>().ok()).is_some_and(|year| year >= 1850);
    match (text.len(), year_first) {
        (4, _) => cut(&[4]),
        (6, true) => cut(&[4, 2]),
        (6, false) => cut(&[2, 4]),
        (8, true)
            if read(&format!("{}-{}-{}", text.get(..2)?, text.get(2..4)?, text.get(4..)?)).is_none() =>
        {
            cut(&[4, 2, 2])
        }
        (8, _) => cut(&[2, 2, 4]),
        _ => None,
    }
}

/// What may stand between day, month and year.
const SIGNS: [char; 3] = ['-', '.', '/'];

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    fn check(text: &str, expect: Option<&str>) {
        assert_eq!(read(text).map(|date| date.to_string()).as_deref(), expect, "{text:?}");
    }

    #[test]
    fn day_and_month_keep_their_order() {
        check("03-04-2018", Some("2018-04-03"));
        check("3-4-2018", Some("2018-04-03"));
        check("03/04/2018", Some("2018-04-03"));
        check("03.04.2018", Some("2018-04-03"));
        check("03042018", Some("2018-04-03"));
        check("2018-04-03", Some("2018-04-03"));
        check("20180403", Some("2018-04-03"));
        check(" 25-12-1990 ", Some("1990-12-25"));
        check("20101998", Some("1998-10-20"));
        check("19101999", Some("1999-10-19"));
        check("19991019", Some("1999-10-19"));
    }

    #[test]
    fn what_is_not_known_may_be_left_away() {
        check("1990", Some("1990"));
        check("03-1990", Some("1990-03"));
        check("1990-03", Some("1990-03"));
        check("031990", Some("1990-03"));
        check("199003", Some("1990-03"));
        assert_eq!(read_day("03-1990"), None, "a day is asked for here");
        assert_eq!(read_day("29-02-2024"), Some(date(2024, 2, 29)));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "-",
            "yesterday",
            "12-25-1990",
            "31-02-2018",
            "29-02-2023",
            "03-04-18",
            "0",
            "1-1-1-1",
            "2018-3-",
            "1 2 2018",
            "99999999",
            "-03-2018",
            "٠٣-٠٤-٢٠١٨",
            "2018-04-03T10:00",
            "123-4-2018",
            "00-00-2018",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn what_is_shown_reads_back() {
        for text in ["1990", "1990-03", "1990-03-07"] {
            let date: PartialDate = text.parse().expect("a date");
            assert_eq!(read(&shown(date)), Some(date));
        }
        assert_eq!(shown("1990-03-07".parse().expect("a date")), "07-03-1990");
    }

    #[test]
    fn times_are_of_24_hours() {
        for (text, expect) in
            [("14:05", (14, 5)), ("14.05", (14, 5)), ("1405", (14, 5)), ("9:30", (9, 30)), ("0000", (0, 0))]
        {
            assert_eq!(read_time(text), Some(time(expect.0, expect.1, 0, 0)), "{text}");
        }
        for text in ["", "24:00", "2 pm", "14:5", "14:60", "905", "-1:00", "14:05:00"] {
            assert_eq!(read_time(text), None, "{text}");
        }
    }
}
