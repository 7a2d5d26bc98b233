//! Queries: read-only, from where the last run came to.

use connector_kit::{Kind, Span};
use serde_json::json;

use super::Desk;

fn desk() -> Desk {
    let desk = Desk::new();
    desk.execute(
        "CREATE TABLE ITEM (SKU TEXT, QTY INTEGER, PRICE REAL, CHANGED TEXT);
         INSERT INTO ITEM VALUES ('0017', 5, 1.5, '2026-01-01 10:00:00'), ('B', NULL, 2.0, '2026-01-01 10:00:00'),
                                 ('C', -3, 3.25, '2026-01-02 00:00:00');",
    );
    desk
}

fn ids(records: &[connector_kit::Record]) -> Vec<&str> {
    records.iter().map(|record| record.id.as_str()).collect()
}

#[tokio::test]
async fn rows_become_records_with_their_digits() {
    let with = json!({ "sql": "SELECT * FROM ITEM -- all\n;", "key": ["SKU"] });
    let (records, _) = desk().read(with, Span::Whole).await.unwrap();
    assert_eq!(ids(&records), ["0017", "B", "C"], "in the order of the key");
    let first = r#"{"SKU":"0017","QTY":5,"PRICE":1.5,"CHANGED":"2026-01-01 10:00:00"}"#;
    assert_eq!(records[0].body.as_str(), first, "zeros stay (T45)");
}

#[tokio::test]
async fn with_after_each_run_reads_what_came_since() {
    let desk = desk();
    let with = json!({ "sql": "SELECT * FROM ITEM", "key": ["SKU"], "after": "CHANGED" });
    let (records, mark) = desk.read(with.clone(), Span::Whole).await.unwrap();
    assert_eq!(records.len(), 3);
    let (records, mark) = desk
        .read(with.clone(), Span::From(mark))
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(ids(&records), [""; 0], "nothing came");
    assert!(
        mark.0.get("after").is_none(),
        "and an empty reading has no new position"
    );
    let (_, mark) = desk.read(with.clone(), Span::Whole).await.unwrap();
    desk.execute("INSERT INTO ITEM VALUES ('A', 1, 1, '2026-01-02 00:00:00'), ('D', 1, 1, '2026-01-03')");
    let (records, mark) = desk.read(with.clone(), Span::From(mark)).await.unwrap();
    assert_eq!(
        ids(&records),
        ["A", "D"],
        "A came late, at the very value the last run ended with (T01)"
    );
    desk.execute("UPDATE ITEM SET QTY = 9 WHERE SKU = 'D'; INSERT INTO ITEM VALUES ('N', 1, 1, NULL)");
    let (records, _) = desk.read(with.clone(), Span::From(mark)).await.unwrap();
    assert_eq!(
        ids(&records),
        ["N", "D"],
        "D changed again at the same value; N has no place and is not passed over"
    );
    assert!(
        records[0].unreadable.is_some(),
        "a row that cannot be placed is set aside, not forgotten"
    );
    let (records, _) = desk
        .read(with, Span::Since("2026-01-02T00:00:00Z".parse().unwrap()))
        .await
        .unwrap();
    assert_eq!(ids(&records), ["N", "A", "C", "D"], "since an instant");
}

#[tokio::test]
async fn a_reading_of_all_goes_on_where_it_was_killed() {
    let desk = Desk::new();
    desk.execute(
        "CREATE TABLE T (A INTEGER, B TEXT);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
         INSERT INTO T SELECT i / 10, i FROM n",
    );
    let with = json!({ "sql": "SELECT A, B FROM T", "key": ["A", "B"] });
    let connector = crate::sql::connector();
    let connector_kit::Does::Read(read) = &connector.action("query").unwrap().does else {
        panic!("it reads")
    };
    let reading = connector_kit::Reading::of(Span::Whole);
    let mut source = read.open(desk.live.system(), &with, reading).await.unwrap();
    let first = source.next().await.unwrap().unwrap();
    assert_eq!((first.records.len(), first.expected), (1000, Some(2500)));
    let (rest, mark) = desk
        .read(with.clone(), Span::From(first.watermark))
        .await
        .unwrap();
    assert_eq!(rest.len(), 1500, "each row once");
    let (again, _) = desk.read(with, Span::From(mark)).await.unwrap();
    assert_eq!(again.len(), 2500, "at the end the next run reads all again");
}

#[tokio::test]
async fn a_query_changes_nothing_and_is_one_select() {
    let desk = desk();
    let cases = [
        "DELETE FROM ITEM",
        "SELECT 1; DELETE FROM ITEM",
        "SELECT 1 AS SKU) ; DELETE FROM ITEM; SELECT * FROM (SELECT 1 AS SKU",
        "PRAGMA journal_mode = DELETE",
        "ATTACH 'other.db' AS o",
        "WITH x AS (SELECT 'a' AS SKU) INSERT INTO ITEM (SKU) SELECT SKU FROM x",
        "INSERT INTO ITEM (SKU) VALUES ('x') RETURNING SKU",
        "VACUUM INTO 'copy.db'",
        "SELECT QTY FROM ITEM",
        "SELECT SKU, QTY AS sku FROM ITEM",
        "SELEC SKU",
    ];
    for sql in cases {
        let error = desk
            .read(json!({ "sql": sql, "key": ["SKU"] }), Span::Whole)
            .await
            .expect_err(sql);
        assert_eq!(error.kind, Kind::Config, "{sql}: {error}");
    }
    assert_eq!(
        desk.rows("SELECT count(*) FROM ITEM"),
        ["3"],
        "every row is still there"
    );
    let files = std::fs::read_dir(desk.folder.path()).unwrap().count();
    assert_eq!(files, 1, "and no file came to be");
}

#[tokio::test]
async fn a_journal_that_a_killed_program_left_is_rolled_back_first() {
    let desk = desk();
    desk.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) \
                  INSERT INTO ITEM (SKU, QTY) SELECT 'S' || i, 1 FROM n",
    );
    let writer = desk.sql();
    writer
        .execute_batch("PRAGMA cache_size = 2; BEGIN; UPDATE ITEM SET QTY = 2")
        .unwrap();
    let killed = Desk::new();
    for name in ["erp.db", "erp.db-journal"] {
        std::fs::copy(desk.folder.path().join(name), killed.folder.path().join(name))
            .expect("it was spilled");
    }
    let with = json!({ "sql": "SELECT SKU FROM ITEM WHERE QTY = 2", "key": ["SKU"] });
    let (records, _) = killed.read(with, Span::Whole).await.unwrap();
    assert_eq!(ids(&records), [""; 0], "what was not committed is not read");
}

#[tokio::test]
async fn ids_choose_and_bad_bytes_are_set_aside() {
    let desk = desk();
    desk.execute("INSERT INTO ITEM (SKU, QTY) VALUES (CAST(X'FF41' AS TEXT), 1), (NULL, 2)");
    let with = json!({ "sql": "SELECT * FROM ITEM", "key": ["SKU"] });
    let (records, _) = desk
        .read(with.clone(), Span::Ids(vec!["C".into()]))
        .await
        .unwrap();
    assert_eq!(ids(&records), ["C"]);
    let (records, _) = desk.read(with, Span::Whole).await.unwrap();
    let bad = records
        .iter()
        .filter(|record| record.unreadable.is_some())
        .count();
    assert_eq!(
        (records.len(), bad),
        (5, 2),
        "a key that is no text and one that is empty; the others go on"
    );
}

#[tokio::test]
async fn a_missing_file_is_never_made_by_a_query() {
    let desk = Desk::new();
    let error = desk
        .read(json!({ "sql": "SELECT 1 AS A", "key": ["A"] }), Span::Whole)
        .await
        .expect_err("no file");
    assert_eq!(error.kind, Kind::Config, "{error}");
    assert!(
        !desk.folder.path().join("erp.db").exists(),
        "an empty source would look like no records (T49)"
    );
}
