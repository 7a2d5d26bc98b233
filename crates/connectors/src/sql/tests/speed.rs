use super::{Desk, at, row, step};
use serde_json::json;
#[tokio::test]
async fn speed() {
    let desk = Desk::new();
    let with = json!({ "table": "P", "key": ["ID"], "create": {"ID":"integer","A":"text(100)","B":"text","C":"decimal(10,2)"} });
    let step = step("table.upsert", with, &["ID", "A", "B", "C"]).unwrap();
    let mut open = desk.open(1).await;
    open.ready(&step).await.unwrap();
    let body = "x".repeat(2000);
    for pass in 0..2 {
        #[allow(clippy::disallowed_methods)]
        let start = std::time::Instant::now();
        for batch in 0..100u64 {
            let rows: Vec<_> = (0..1000)
                .map(|i| {
                    row(
                        &step,
                        i,
                        &format!("{}|name {i}|{body}|12.50", batch * 1000 + i as u64 + 1),
                    )
                })
                .collect();
            open.write(&step, &rows).await.unwrap();
            open.commit(&at(1, pass * 100 + batch + 1)).await.unwrap();
        }
        eprintln!("sql pass {pass}: {:?}", start.elapsed());
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    eprintln!(
        "{}",
        status
            .lines()
            .filter(|l| l.starts_with("VmHWM"))
            .collect::<String>()
    );
    let start = std::time::Instant::now();
    let (records, _) = desk
        .read(
            json!({"sql":"SELECT * FROM P","key":["ID"]}),
            connector_kit::Span::Whole,
        )
        .await
        .unwrap();
    eprintln!("query {}: {:?}", records.len(), start.elapsed());
}
