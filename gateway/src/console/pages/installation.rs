//! The state of the gateway itself, each part with a sign and what to do.

use jiff::Timestamp;
use maud::{Markup, html};

use super::super::Console;
use super::super::guard::Official;
use super::super::language::Language;
use super::super::time;
use super::{Frame, Place, instant};
use crate::hub::Installation;
use crate::parameters;

/// Configuration, certificates, storage, audit log, backup.
pub(crate) fn installation(
    console: &Console,
    official: &Official,
    seen: &Installation,
    now: Timestamp,
) -> Markup {
    let t = official.language;
    let title = t.say("nav-installation");
    let frame = Frame::of(console, official, &title, Place::Installation);
    let at = |at: Timestamp| time::absolute(t, at, &console.hub.site().calendar);
    let count = |key: &str, count: usize| t.fill(key, &[("count", count.into())]);
    frame.page(&html! {
        div.lead {
            h1 { (title) }
            p { (t.say("installation-text")) }
            p.asof { (t.say("as-of")) " " (instant(console, t, now)) }
        }
        dl.health {
            div {
                dt { (t.say("installation-certificate")) }
                dd { (certificate(t, seen, now, at)) }
            }
            div {
                dt { (t.say("installation-crl")) }
                dd {
                    (sign(match seen.client_crl { "current" => "✓", "not-configured" => "○", _ => "▲" }, &t.say(&format!("installation-crl-{}", seen.client_crl))))
                    @if let Some(until) = seen.client_crl_next_update { " " (until_or_ended(t, until, now, at)) }
                    @if seen.client_crl != "not-configured" { " " (t.say(&format!("installation-stale-{}", seen.client_crl_stale))) }
                }
            }
            div {
                dt { (t.say("installation-storage")) }
                dd {
                    @match &seen.storage_trouble {
                        Some(reason) => (sign("▲", &t.fill("installation-storage-stopped", &[("reason", reason.into())]))),
                        None if seen.storage_free_bytes < seen.storage_margin_bytes => (sign("▲", &t.say("installation-storage-low"))),
                        None => (sign("✓", &t.say("installation-storage-good"))),
                    }
                    " " (t.fill("installation-free", &[
                        ("free", (&size(seen.storage_free_bytes)).into()),
                        ("margin", (&size(seen.storage_margin_bytes)).into()),
                    ]))
                }
            }
            div {
                dt { (t.say("installation-backup")) }
                dd {
                    @match seen.last_backup {
                        None => (sign("◆", &t.say("installation-backup-none"))),
                        Some(last) => {
                            (sign("✓", &t.fill("installation-backup-done", &[
                                ("at", (&at(last.at)).into()),
                                ("span", (&time::span(t, now.duration_since(last.at))).into()),
                            ])))
                            " " (t.fill("installation-backup-size", &[
                                ("size", (&size(last.bytes)).into()),
                                ("files", number(last.files).into()),
                            ]))
                        }
                    }
                }
            }
            div {
                dt { (t.say("installation-checkpoint")) }
                dd {
                    @match seen.audit_checkpoint {
                        None => (sign("○", &t.say("installation-checkpoint-none"))),
                        Some(covered) => (sign("✓", &t.fill("installation-checkpoint-done", &[
                            ("count", number(covered.lines).into()),
                            ("at", (&at(covered.at)).into()),
                        ]))),
                    }
                }
            }
            div {
                dt { (t.say("installation-configuration")) }
                dd {
                    (t.fill("installation-site", &[("site", (&seen.site).into()), ("state", (&seen.member_state).into())])) " "
                    (count("installation-partners", seen.partners)) " "
                    (count("installation-rows", seen.capability_rows)) " "
                    (count("installation-persons", seen.persons))
                }
            }
            div {
                dt { (t.say("installation-program")) }
                dd { (t.fill("installation-program-text", &[("version", seen.version.into()), ("profile", (&seen.profile).into())])) }
            }
        }
    })
}

fn certificate(t: Language, seen: &Installation, now: Timestamp, at: impl Fn(Timestamp) -> String) -> Markup {
    let Some(until) = seen.certificate_not_after else {
        return sign("○", &t.say("installation-certificate-unknown"));
    };
    let left = until.duration_since(now);
    let (mark, key) = match () {
        () if left.is_negative() => ("▲", "installation-certificate-past"),
        () if left < parameters::CERTIFICATE_WARNING => ("◆", "installation-certificate-soon"),
        () => ("✓", "installation-certificate-good"),
    };
    html! { (sign(mark, &t.say(key))) " " (until_or_ended(t, until, now, at)) }
}

fn until_or_ended(t: Language, until: Timestamp, now: Timestamp, at: impl Fn(Timestamp) -> String) -> String {
    let (left, when) = (until.duration_since(now), at(until));
    if left.is_negative() {
        t.fill("installation-ended", &[("at", (&when).into())])
    } else {
        let span = time::span(t, left);
        t.fill("installation-until", &[("at", (&when).into()), ("span", (&span).into())])
    }
}

fn sign(mark: &str, words: &str) -> Markup {
    html! { strong { span aria-hidden="true" { (mark) } " " (words) } }
}

/// In whole units of the decimal system, which both languages write alike.
fn size(bytes: u64) -> String {
    match bytes {
        10_000_000_000.. => format!("{} GB", bytes / 1_000_000_000),
        10_000_000.. => format!("{} MB", bytes / 1_000_000),
        _ => format!("{} kB", bytes / 1000),
    }
}

fn number(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
