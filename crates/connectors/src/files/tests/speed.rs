use super::{Desk, at, row, step};
use connector_kit::{Raw, Span, Value};
use serde_json::json;
#[tokio::test]
async fn speed() {
    let desk = Desk::new();
    let body = format!("{{\"a\":\"{}\"}}", "x".repeat(2000));
    for mode in ["replace", "append"] {
        let step = step(
            "jsonl.write",
            &json!({ "file": format!("{mode}.jsonl"), "mode": mode }),
            &["record"],
        )
        .unwrap();
        let mut open = desk.open(1).await;
        open.ready(&step).await.unwrap();
        let rows: Vec<_> = (0..1000)
            .map(|_| row(&step, &[Value::Json(Raw::parse(body.clone()).unwrap())]))
            .collect();
        open.resume().await.unwrap();
        let start = std::time::Instant::now();
        for batch in 0..100u64 {
            open.write(&step, &rows).await.unwrap();
            open.commit(&at(1, if mode == "append" { 100 } else { 0 } + batch + 1))
                .await
                .unwrap();
        }
        open.finish(&at(1, 100)).await.unwrap();
        eprintln!("files {mode}: {:?}", start.elapsed());
    }
    let mut csv = "SKU,A,B,C\n".to_owned();
    for i in 0..100_000 {
        csv.push_str(&format!("S{i},{},12.50,\"a, b\"\n", &body[..200]));
    }
    desk.put("big.csv", csv);
    let start = std::time::Instant::now();
    let read = desk
        .read("csv.read", json!({"file":"big.csv","key":["SKU"]}), Span::Whole)
        .await
        .unwrap();
    eprintln!("csv read {}: {:?}", read.records.len(), start.elapsed());
}
