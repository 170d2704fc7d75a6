//! A long queue: every answer is whole, every page bounded, and the work grows with the rows shown, not with all.

use axum::http::StatusCode;

use super::super::language::tests::SAID;
use super::browser::Browser;
use super::world::{OPERATOR, World};
use super::{console, hours};

const ITEMS: u32 = 10_000;

/// Accepts many at one time, so that they share the commits of the disk.
async fn fill(world: &World, numbers: std::ops::Range<u32>) {
    let numbers: Vec<_> = numbers.collect();
    for chunk in numbers.chunks(256) {
        let ago = |number: &u32| hours(i64::from(number % 90));
        futures_util::future::join_all(chunk.iter().map(|number| world.erasure(*number, ago(number)))).await;
    }
}

#[tokio::test]
async fn ten_thousand_items_in_bounded_pages() {
    let world = World::new();
    let router = console(&world);
    let operator = Browser::signed_in(&router, OPERATOR).await;
    fill(&world, 0..200).await;
    let (_, few) = said(&operator).await;
    fill(&world, 200..ITEMS).await;
    let (page, many) = said(&operator).await;
    assert!(
        few > 0 && many <= few + 8,
        "{many} texts for {ITEMS} items, {few} for 200: the list asks for unseen rows"
    );
    assert!(page.len() < 256 * 1024, "{} bytes", page.len());

    let all = usize::try_from(ITEMS).expect("fits");
    for (query, total) in [
        ("", all),
        ("?show=overdue", (0..ITEMS).filter(|number| number % 90 >= 72).count()),
        ("?show=person&sort=operation", all),
        ("?operation=rectify", 0),
        ("?sort=arrived&page=100", all),
    ] {
        let answer = operator.json(&format!("/{query}")).await;
        assert_eq!(answer.status, StatusCode::OK);
        let rows = answer.json()["items"].as_array().expect("rows").len();
        assert!(rows <= crate::limits::ROWS_PER_PAGE_MAX && rows == total.min(100), "{query}: {rows}");
        assert_eq!(answer.json()["total"], total, "{query}");
    }
    let newest = operator.json("/").await.json()["newest"].to_string();
    let form = [("act", "claim"), ("scope", "matching"), ("newest", newest.as_str())];
    let refused = operator.send("/bulk", &form).await;
    assert_eq!(refused.code(), "G-0924", "nobody keys ten thousand under one lease");
}

/// The queue as a page, and how many texts it asked for. The counter is of this thread, and so is the whole test.
async fn said(operator: &Browser) -> (String, usize) {
    SAID.set(0);
    let page = operator.page("/").await;
    assert_eq!(page.status, StatusCode::OK);
    (page.body, SAID.get())
}
