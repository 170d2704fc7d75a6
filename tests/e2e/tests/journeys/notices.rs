//! Another Member State changes its dataset: the notice becomes work of a person here, whatever happens to the process.

use std::time::{Duration, Instant};

use e2e::{operator::Operator, running::start_gateway};
use serde_json::{Value, json};

use crate::stage::Stage;

async fn the_task(operator: &Operator) -> Value {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let tasks = operator.tasks().await.unwrap();
        if let Some(task) = tasks.into_iter().next() {
            return task;
        }
        assert!(Instant::now() < until, "no task came of the notice");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_becomes_a_task_survives_a_kill_and_is_acted_upon() {
    let mut stage = Stage::new().await;
    let notice = json!({
        "kind": "responsibility-changed", "reference_number": "NL1T000000077", "changed": "D1000000123",
        "responsible_state": "D"
    });
    stage.central.raise_notice(notice).await.unwrap();
    let operator = Operator::sign_in(&stage.site).await.unwrap();
    let task = the_task(&operator).await;
    assert_eq!((task["kind"].as_str(), task["article"].as_str()), (Some("notice"), Some("16(4)")));
    let until = Instant::now() + Duration::from_secs(20);
    while stage.central.state().await.unwrap().notices > 0 {
        assert!(Instant::now() < until, "the central system was not told that it is safe");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    stage.gateway.kill_9().await.unwrap();
    stage.gateway = start_gateway(&stage.site, &stage.binaries).await.unwrap();
    let operator = Operator::sign_in(&stage.site).await.unwrap();
    let task = the_task(&operator).await;
    let number = task["number"].as_u64().unwrap();
    let opened = operator.act_on_task(number, "open", &[]).await.unwrap();
    let values: Vec<_> = opened["values"].as_array().unwrap().iter().map(|value| &value["value"]).collect();
    assert_eq!(values[1..], ["NL1T000000077", "D", "D1000000123"]);
    operator.act_on_task(number, "close", &[("verdict", "done")]).await.unwrap();
    assert!(operator.tasks().await.unwrap().is_empty());
    assert!(operator.act_on_task(number, "open", &[]).await.is_err(), "its content is gone with it");
}
