//! A notice that an official has opened: what another State did, and what to key on our own data set.

use icd::notice::Notice;
use maud::{Markup, html};

use super::super::Console;
use super::super::guard::Official;
use super::super::keying;
use super::super::words;
use super::{Frame, Place, detail, instant};
use crate::engine::Task;

/// The values of a notice, as they stand. The opening is in the audit log before this is drawn.
pub(crate) fn notice(console: &Console, official: &Official, task: &Task, notice: &Notice) -> Markup {
    let t = official.language;
    let title = t.fill("notice-title", &[("number", (&task.id.0.to_string()).into())]);
    let health = console.hub.health();
    let frame = Frame { health: Some(&health), ..Frame::of(console, official, &title, Place::Tasks) };
    let values = keying::of_notice(t, notice);
    frame.page(&html! {
        div.lead {
            h1 { (title) }
            p { strong { (words::task(t, task.kind)) "." } " " (t.fill("article", &[("article", (&task.clock.article).into())])) }
            p.soft { (t.say("notice-raised")) " " (instant(console, t, notice.raised_at)) ". " (t.say("notice-logged")) }
        }
        section.panel.values aria-labelledby="values" {
            h2 #values { (t.say("values")) }
            p { @if notice.work(None).is_some() { (t.say("notice-key")) } @else { (t.say("notice-nothing")) } }
            ol.keyed { @for (value, number) in values.iter().zip(1..) { (detail::field(t, value, number)) } }
        }
        p { a href="/tasks" { (t.say("notice-back")) } }
    })
}
