//! The drawings of the screens, as inline SVG without any style of their own: hands, thumbs, face, hint badges.
//!
//! Colours come from classes of the style sheet, so that the child path and a site's theme can change them. Every
//! drawing is either decorative (hidden from screen readers, the words beside it say it all) or has a label.

use matcher::{Finger, Hand};
use maud::{Markup, PreEscaped, html};

/// How one fingertip is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tip {
    /// To be placed.
    Wanted,
    /// Taken, good.
    Good,
    /// Taken, below the threshold.
    Low,
    /// Not asked for in this step.
    Quiet,
    /// Cannot be taken.
    Excepted,
}

impl Tip {
    fn class(self) -> &'static str {
        match self {
            Self::Wanted => "tip wanted",
            Self::Good => "tip good",
            Self::Low => "tip low",
            Self::Quiet => "tip quiet",
            Self::Excepted => "tip excepted",
        }
    }
}

/// The hand of a step on the glass, or both thumbs.
pub(super) fn slap(hand: Hand, tip: impl Fn(Finger) -> Tip, badge: Option<&str>) -> Markup {
    html! {
        svg class="drawing slap" viewBox="0 0 400 400" aria-hidden="true" focusable="false" {
            rect class="glass" x="20" y="14" width="360" height="290" rx="28" {}
            rect class="glass-light" x="40" y="34" width="320" height="250" rx="16" {}
            @match hand {
                Hand::RightFour => g transform="translate(52 24)" { (open_hand(false, &tip, false)) },
                Hand::LeftFour => g transform="translate(52 24)" { (open_hand(true, &tip, false)) },
                Hand::Thumbs => { (thumbs(&tip)) }
            }
            @if let Some(badge) = badge { g transform="translate(288 288)" { (badge_drawing(badge)) } }
        }
    }
}

/// Both hands side by side with the state of all ten fingers.
pub(super) fn both_hands(tip: impl Fn(Finger) -> Tip, label: &str) -> Markup {
    html! {
        svg class="drawing both" viewBox="0 0 640 372" role="img" aria-label=(label) {
            g transform="translate(10 8)" { (open_hand(true, &tip, true)) }
            g transform="translate(334 8)" { (open_hand(false, &tip, true)) }
        }
    }
}

/// A face in its frame.
pub(super) fn face(child: bool, badge: Option<&str>) -> Markup {
    html! {
        svg class="drawing face" viewBox="0 0 400 400" aria-hidden="true" focusable="false" {
            rect class="glass" x="60" y="10" width="280" height="350" rx="28" {}
            rect class="glass-light" x="76" y="26" width="248" height="318" rx="18" {}
            path class="body" d="M92 344 q10 -84 108 -84 q98 0 108 84 z" {}
            ellipse class="head" cx="200" cy="166" rx="76" ry="94" {}
            @if child { path class="hair" d="M124 156 q-4 -92 76 -92 q80 0 76 92 q-18 -44 -76 -44 q-58 0 -76 44 z" {} }
            ellipse class="guide" cx="200" cy="168" rx="94" ry="116" {}
            circle class="eye" cx="172" cy="158" r="8" {}
            circle class="eye" cx="228" cy="158" r="8" {}
            path class="mouth" d=(if child { "M172 202 q28 26 56 0" } else { "M176 206 h48" }) {}
            circle class="dot" cx="200" cy="26" r="10" {}
            @if let Some(badge) = badge { g transform="translate(288 288)" { (badge_drawing(badge)) } }
        }
    }
}

/// A waiting drawing: three dots.
pub(super) fn moment() -> Markup {
    html! {
        svg class="drawing moment" viewBox="0 0 400 200" aria-hidden="true" focusable="false" {
            circle class="beat one" cx="110" cy="100" r="26" {}
            circle class="beat two" cx="200" cy="100" r="26" {}
            circle class="beat three" cx="290" cy="100" r="26" {}
        }
    }
}

/// A friendly sign that all is well: a sun for children, a tick for everybody else.
pub(super) fn done(child: bool) -> Markup {
    let rays = (0..12).map(|ray| format!("rotate({} 200 150)", ray * 30));
    html! {
        svg class="drawing done" viewBox="0 0 400 300" aria-hidden="true" focusable="false" {
            @if child {
                @for ray in rays { rect class="ray" x="192" y="14" width="16" height="42" rx="8" transform=(ray) {} }
                circle class="sun" cx="200" cy="150" r="82" {}
                circle class="eye" cx="172" cy="138" r="9" {}
                circle class="eye" cx="228" cy="138" r="9" {}
                path class="mouth" d="M164 168 q36 40 72 0" {}
            } @else {
                circle class="seal" cx="200" cy="150" r="110" {}
                path class="tick" d="M146 154 l40 42 l74 -88" {}
            }
        }
    }
}

/// Two people who talk: the officer asks, or explains.
pub(super) fn talk(child: bool) -> Markup {
    html! {
        svg class="drawing talk" viewBox="0 0 400 260" aria-hidden="true" focusable="false" {
            circle class="head" cx="104" cy=(if child { "128" } else { "104" }) r=(if child { "40" } else { "46" }) {}
            path class="body" d=(if child { "M46 250 q4 -74 58 -74 q54 0 58 74 z" } else { "M34 250 q4 -94 70 -94 q66 0 70 94 z" }) {}
            circle class="head" cx="298" cy="112" r="46" {}
            path class="body second" d="M228 250 q4 -86 70 -86 q66 0 70 86 z" {}
            path class="bubble" d="M150 18 h112 a24 24 0 0 1 24 24 v20 a24 24 0 0 1 -24 24 h-34 l-22 22 v-22 h-56 a24 24 0 0 1 -24 -24 v-20 a24 24 0 0 1 24 -24 z" {}
            circle class="ink" cx="178" cy="52" r="7" {}
            circle class="ink" cx="206" cy="52" r="7" {}
            circle class="ink" cx="234" cy="52" r="7" {}
        }
    }
}

/// A horizontal bar for a quality figure, with a mark at the threshold where it is known.
pub(super) fn quality_bar(quality: u8, good: bool) -> Markup {
    let width = u32::from(quality.min(100)) * 2;
    html! {
        svg class=(if good { "bar good" } else { "bar low" }) viewBox="0 0 200 16" preserveAspectRatio="none"
            aria-hidden="true" focusable="false" {
            rect class="track" width="200" height="16" rx="8" {}
            rect class="value" width=(width.max(8)) height="16" rx="8" {}
        }
    }
}

/// One hand seen from above, palm down; the outline is drawn first so that no inner edges show.
fn open_hand(left: bool, tip: &impl Fn(Finger) -> Tip, with_thumb: bool) -> Markup {
    let mirror = if left { "translate(296 0) scale(-1 1)" } else { "translate(0 0)" };
    let thumb = if left { Finger::LeftThumb } else { Finger::RightThumb };
    let tip_of = |(base, (cx, cy)): (Finger, (u32, u32))| {
        let finger = if left { base.mirrored() } else { base };
        html! { ellipse class=(tip(finger).class()) data-finger=(finger.fgp()) cx=(cx) cy=(cy) rx="16" ry="21" {} }
    };
    html! {
        g transform=(mirror) {
            g class="hand-line" { (PreEscaped(HAND)) }
            g class="hand-fill" { (PreEscaped(HAND)) }
            @for at in TIPS { (tip_of(at)) }
            @if with_thumb {
                ellipse class=(tip(thumb).class()) cx="26" cy="196" rx="16" ry="20" transform="rotate(-34 26 196)" {}
            }
        }
    }
}

fn thumbs(tip: &impl Fn(Finger) -> Tip) -> Markup {
    let one = |finger: Finger, x: u32| {
        html! {
            g transform=(format!("translate({x} 60)")) {
                g class="hand-line" { (PreEscaped(THUMB)) }
                g class="hand-fill" { (PreEscaped(THUMB)) }
                ellipse class=(tip(finger).class()) data-finger=(finger.fgp()) cx="52" cy="52" rx="28" ry="36" {}
            }
        }
    };
    html! { (one(Finger::LeftThumb, 84)) (one(Finger::RightThumb, 212)) }
}

/// The sign of a hint alone, 104 by 104.
pub(super) fn sign(name: &str) -> Markup {
    badge_drawing(name)
}

/// A round badge that repeats a hint as a sign. Unknown names give an empty badge, never a wrong one.
fn badge_drawing(name: &str) -> Markup {
    let sign = match name {
        "press-more" => "M52 22 v46 M32 50 l20 22 l20 -22",
        "press-less" => "M52 80 v-46 M32 54 l20 -22 l20 22",
        "hand-centre" | "face-middle" => "M18 52 h22 M30 40 l12 12 l-12 12 M86 52 h-22 M74 40 l-12 12 l12 12",
        "hand-straight" => "M52 82 v-56 M34 44 l18 -20 l18 20",
        "hand-spread" => "M44 52 h-24 M32 38 l-14 14 l14 14 M60 52 h24 M72 38 l14 14 l-14 14",
        "hand-other" => "M24 42 h52 M64 28 l14 14 l-14 14 M80 66 h-52 M40 52 l-14 14 l14 14",
        "hand-all-fingers" => "M30 76 v-34 M44 76 v-48 M58 76 v-48 M72 76 v-34",
        "finger-moisten" => "M52 20 q-26 34 -26 44 a26 22 0 0 0 52 0 q0 -10 -26 -44 z",
        "finger-dry" | "light-more" => {
            "M52 38 a14 14 0 1 0 0.1 0 z M52 14 v10 M52 80 v10 M14 52 h10 M80 52 h10 M25 25 l7 7 M72 72 l7 7 M79 25 l-7 7 M32 72 l-7 7"
        }
        "light-less" => "M66 22 a32 32 0 1 0 14 48 a26 26 0 0 1 -14 -48 z",
        "glass-wipe" => "M20 68 h64 M28 54 l40 -30 l14 16 l-38 30 z",
        "hold-still" => "M40 28 v48 M64 28 v48",
        "face-closer" => {
            "M20 20 l22 22 M42 26 v16 h-16 M84 84 l-22 -22 M62 78 v-16 h16 M84 20 l-22 22 M62 26 v16 h16 M20 84 l22 -22 M42 78 v-16 h-16"
        }
        "face-back" => {
            "M42 42 l-22 -22 M20 36 v-16 h16 M62 62 l22 22 M84 68 v16 h-16 M62 42 l22 -22 M68 20 h16 v16 M42 62 l-22 22 M20 68 v16 h16"
        }
        "face-look" => "M14 52 q38 -44 76 0 q-38 44 -76 0 z M52 40 a12 12 0 1 0 0.1 0 z",
        "face-one" => "M52 22 a16 16 0 1 0 0.1 0 z M24 84 q4 -26 28 -26 q24 0 28 26",
        _ => "",
    };
    html! {
        circle class="badge" cx="52" cy="52" r="50" {}
        path class="badge-sign" d=(sign) {}
    }
}

/// Fingertip centres of a right hand, in its own frame.
const TIPS: [(Finger, (u32, u32)); 4] = [
    (Finger::RightIndex, (92, 78)),
    (Finger::RightMiddle, (144, 46)),
    (Finger::RightRing, (194, 66)),
    (Finger::RightLittle, (240, 116)),
];

/// Palm, four fingers and thumb of a right hand.
const HAND: &str = r#"<rect x="70" y="182" width="192" height="170" rx="62"/><rect x="70" y="48" width="44" height="220" rx="22"/><rect x="121" y="16" width="46" height="240" rx="23"/><rect x="172" y="36" width="44" height="230" rx="22"/><rect x="220" y="88" width="40" height="190" rx="20"/><rect x="4" y="166" width="46" height="160" rx="23" transform="rotate(-34 30 210)"/>"#;

/// One thumb, pointing up.
const THUMB: &str = r#"<path d="M8 330 v-230 q0 -92 44 -92 q44 0 44 92 v230 z"/>"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Hint;

    #[test]
    fn every_hint_has_a_sign() {
        for hint in Hint::ALL {
            let drawn = badge_drawing(hint.picture()).into_string();
            assert!(!drawn.contains("d=\"\""), "{} has no sign", hint.picture());
        }
    }

    #[test]
    fn drawings_bring_no_style_of_their_own() {
        let tip = |_| Tip::Wanted;
        let drawn = [
            slap(Hand::RightFour, tip, Some("press-more")),
            slap(Hand::Thumbs, tip, None),
            both_hands(tip, "fingers"),
            face(true, None),
            done(true),
            done(false),
            talk(true),
            moment(),
            quality_bar(40, true),
        ];
        for drawing in drawn {
            let text = drawing.into_string();
            assert!(!text.contains("style=") && !text.contains("<style"), "{text}");
        }
    }
}
