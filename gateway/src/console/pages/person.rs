//! Everything known here under one reference number.

use maud::{Markup, html};

use super::super::Console;
use super::super::guard::Official;
use super::super::item::Place as Address;
use super::super::person::Person;
use super::super::words::{self, ClockState};
use super::{Frame, Place, steps};

/// One person's items, newest first, each with its way and its life.
pub(crate) fn person(console: &Console, official: &Official, person: &Person, place: &Address) -> Markup {
    let t = official.language;
    let title = t.fill("person-title", &[("number", (&person.from.to_string()).into())]);
    let here = format!("/items/{}", place.id);
    let frame = Frame { here: &here, ..Frame::of(console, official, &title, Place::None) };
    let query = place.filter.query();
    frame.page(&html! {
        div.lead {
            p { a #up href={ (here) (query) } { "← " (t.fill("back-to-item", &[("number", (&person.from.to_string()).into())])) } }
            h1 { (title) }
            p { (t.say("person-text")) }
            p.soft {
                (t.fill("items", &[("count", person.total.into())])) ". "
                @if person.items.len() < person.total { (t.fill("person-newest", &[("count", person.items.len().into())])) " " }
                (t.say("person-erased"))
            }
        }
        @for lived in &person.items {
            @let item = &lived.item;
            @let state = ClockState::of(item);
            article.lived aria-labelledby={ "item-" (item.id) } {
                h2 id={ "item-" (item.id) } {
                    a href={ "/items/" (item.message_id) (query) } {
                        (t.fill("item-title", &[("number", (&item.id.to_string()).into()), ("operation", (&words::operation(t, item)).into())]))
                    }
                }
                p {
                    strong { (words::state(t, item)) "." } " "
                    span.chip.(state.code()) { span.sign aria-hidden="true" { (state.sign()) } " " (words::clock(t, item, person.now)) } " "
                    (t.fill("article", &[("article", (&item.article).into())])) " · " (lived.origin_name)
                }
                (steps::way(console, t, item, &lived.steps))
                (steps::steps(console, t, &lived.steps))
            }
        }
    })
}
