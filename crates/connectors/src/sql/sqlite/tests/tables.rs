//! What becomes of rows, and what is found out before the first of them.

use connector_kit::{Kind, Outcome};
use serde_json::json;

use super::{Desk, at, letters, lines, orders, row, step};

#[tokio::test]
async fn orders_are_inserted_updated_or_left_alone() {
    let (desk, step) = (Desk::new(), orders());
    let mut open = desk.open(1).await;
    open.ready(&step).await.unwrap();
    let rows = [
        row(&step, 0, "abc|1|Anna|10.50"),
        row(&step, 1, "abc|2|Béla|0.10"),
    ];
    assert_eq!(
        letters(&open.write(&step, &rows).await.unwrap()),
        "WW",
        "both are new"
    );
    open.commit(&at(1, 1)).await.unwrap();
    let rows = [
        row(&step, 0, "abc|1|Anna|10.50"),
        row(&step, 1, "abc|2|BÉLA|0.10"),
    ];
    assert_eq!(
        letters(&open.write(&step, &rows).await.unwrap()),
        "UW",
        "an equal row is not written again"
    );
    open.commit(&at(1, 2)).await.unwrap();
    let found = desk.rows("SELECT * FROM WEB_ORDER ORDER BY ORDER_ID");
    assert_eq!(
        found,
        ["abc|1|Anna|10.50", "abc|2|BÉLA|0.10"],
        "digits are kept as they came (T45)"
    );
}

#[tokio::test]
async fn a_row_that_does_not_fit_stays_behind_alone() {
    let (desk, step) = (Desk::new(), orders());
    let mut open = desk.open(1).await;
    open.ready(&step).await.unwrap();
    let rows = [
        row(&step, 0, "abc|1|Anna|1.00"),
        row(&step, 1, "abc|2|Elisabetha-Maria|1.00"),
        row(&step, 2, "abc|-|Cid|1.00"),
        row(&step, 3, "abc|4|Dana|1.005"),
        row(&step, 4, "abc|5|Emil|1.00"),
    ];
    let outcomes = open.write(&step, &rows).await.unwrap();
    assert_eq!(
        letters(&outcomes),
        "WFFFW",
        "the others of the batch are written (T50)"
    );
    let Outcome::Failed(error) = &outcomes[1] else {
        panic!("it failed")
    };
    assert_eq!(
        error.message,
        "the value for column CUSTOMER has 16 characters, the column holds 10"
    );
    open.commit(&at(1, 1)).await.unwrap();
    assert_eq!(
        desk.rows("SELECT ORDER_ID FROM WEB_ORDER"),
        ["1", "5"],
        "nothing was cut to fit"
    );
}

#[tokio::test]
async fn lengths_of_a_table_that_was_there_count_too() {
    let desk = Desk::new();
    desk.execute("CREATE TABLE C (ID INTEGER PRIMARY KEY, NAME VARCHAR(3) NOT NULL, NET DECIMAL(6,2), MAIL TEXT UNIQUE)");
    let step = step(
        "table.upsert",
        json!({ "table": "c", "key": ["ID"] }),
        &["ID", "name", "NET", "MAIL"],
    )
    .unwrap();
    let mut open = desk.open(1).await;
    open.ready(&step).await.unwrap();
    let rows = [
        "1|Ann|1.50|a@x",
        "2|Anna|1|b@x",
        "3|-|1|c@x",
        "4|Bob|1|a@x",
        "5|Cid|0017|d@x",
    ];
    let rows: Vec<_> = rows
        .iter()
        .enumerate()
        .map(|(at, cells)| row(&step, at, cells))
        .collect();
    let outcomes = open.write(&step, &rows).await.unwrap();
    assert_eq!(
        letters(&outcomes),
        "WFFFF",
        "length, NOT NULL, UNIQUE, leading zeros"
    );
    let Outcome::Failed(error) = &outcomes[3] else {
        panic!("it failed")
    };
    assert!(
        error.message.contains("C.MAIL"),
        "a doubled address names its column: {}",
        error.message
    );
    open.commit(&at(1, 1)).await.unwrap();
    assert_eq!(
        letters(&open.write(&step, &rows[..1]).await.unwrap()),
        "U",
        "1.50 in a column of numbers is 1.5"
    );
}

#[tokio::test]
async fn a_change_of_case_is_a_change() {
    let desk = Desk::new();
    desk.execute("CREATE TABLE C (ID INTEGER PRIMARY KEY, NAME TEXT COLLATE NOCASE)");
    let step = step(
        "table.upsert",
        json!({ "table": "C", "key": ["ID"] }),
        &["ID", "NAME"],
    )
    .unwrap();
    let mut open = desk.open(1).await;
    open.ready(&step).await.unwrap();
    open.write(&step, &[row(&step, 0, "1|anna")]).await.unwrap();
    let again = open.write(&step, &[row(&step, 0, "1|Anna")]).await.unwrap();
    assert_eq!(letters(&again), "W", "the column ignores case, we do not");
}

#[tokio::test]
async fn lines_of_an_order_become_exactly_these() {
    let (desk, step) = (Desk::new(), lines());
    let mut open = desk.open(1).await;
    open.ready(&step).await.unwrap();
    let first = [
        row(&step, 0, "1|10|A|1"),
        row(&step, 0, "1|11|B|2"),
        row(&step, 1, "2|20|A|1"),
    ];
    assert_eq!(
        letters(&open.write(&step, &first).await.unwrap()),
        "WWW",
        "all are new"
    );
    open.commit(&at(1, 1)).await.unwrap();
    assert_eq!(
        letters(&open.write(&step, &first).await.unwrap()),
        "UUU",
        "the same again changes nothing"
    );
    let next = [row(&step, 0, "1|11|B|3"), row(&step, 0, "1|12|C|1")];
    assert_eq!(
        letters(&open.write(&step, &next).await.unwrap()),
        "WW",
        "one changed, one new"
    );
    open.commit(&at(1, 2)).await.unwrap();
    let found = desk.rows("SELECT * FROM WEB_ORDER_LINE ORDER BY 1, 2");
    assert_eq!(
        found,
        ["1|11|B|3", "1|12|C|1", "2|20|A|1"],
        "line 10 is gone, order 2 untouched"
    );
}

#[tokio::test]
async fn an_order_without_lines_has_no_lines() {
    let (desk, step) = (Desk::new(), lines());
    let mut open = desk.open(1).await;
    open.ready(&step).await.unwrap();
    open.write(&step, &[row(&step, 0, "1|10|A|1"), row(&step, 1, "2|20|A|1")])
        .await
        .unwrap();
    let mut nothing = row(&step, 0, "1|-|-|-");
    nothing.nothing = true;
    assert_eq!(
        letters(&open.write(&step, std::slice::from_ref(&nothing)).await.unwrap()),
        "W",
        "a line went"
    );
    assert_eq!(
        letters(&open.write(&step, &[nothing]).await.unwrap()),
        "U",
        "there was nothing left"
    );
    open.commit(&at(1, 1)).await.unwrap();
    assert_eq!(
        desk.rows("SELECT ORDER_ID FROM WEB_ORDER_LINE"),
        ["2"],
        "the other order keeps its line"
    );
}

#[tokio::test]
async fn a_group_stands_or_falls_together() {
    let (desk, step) = (Desk::new(), lines());
    let mut open = desk.open(1).await;
    open.ready(&step).await.unwrap();
    open.write(&step, &[row(&step, 0, "1|10|A|1")]).await.unwrap();
    let rows = [
        row(&step, 3, "4|40|A|1"),
        row(&step, 0, "1|11|B|1"),
        row(&step, 0, "1|12|C|many"),
        row(&step, 1, "2|20|A|1"),
        row(&step, 1, "2|20|B|1"),
        row(&step, 2, "3|30|A|1"),
    ];
    let outcomes = open.write(&step, &rows).await.unwrap();
    assert_eq!(
        letters(&outcomes),
        "WFFFFW",
        "one bad line, one doubled key: both orders wait whole"
    );
    open.commit(&at(1, 1)).await.unwrap();
    let found = desk.rows("SELECT ORDER_ID, LINE_ID FROM WEB_ORDER_LINE ORDER BY 1, 2");
    assert_eq!(found, ["1|10", "3|30", "4|40"], "order 1 keeps what it had");
}

#[tokio::test]
async fn keys_doubled_before_us_become_one() {
    let desk = Desk::new();
    desk.execute(
        "CREATE TABLE L (O INTEGER, N INTEGER, S TEXT); INSERT INTO L VALUES (1,1,'a'),(1,1,'b'),(2,1,'c')",
    );
    let with = json!({ "table": "L", "within": ["O"], "key": ["N"] });
    let step = step("table.replace", with, &["O", "N", "S"]).unwrap();
    let mut open = desk.open(1).await;
    open.ready(&step).await.unwrap();
    open.write(&step, &[row(&step, 0, "1|1|x")]).await.unwrap();
    open.commit(&at(1, 1)).await.unwrap();
    assert_eq!(
        desk.rows("SELECT * FROM L ORDER BY 1"),
        ["1|1|x", "2|1|c"],
        "the scope holds exactly the new row"
    );
}

#[tokio::test]
async fn what_cannot_work_is_said_before_the_first_row() {
    let desk = Desk::new();
    desk.execute("CREATE TABLE T (A INTEGER, B TEXT); CREATE VIEW V AS SELECT * FROM T");
    let cases = [
        ("table.insert", json!({ "table": "MISSING" }), "is not in erp.db"),
        ("table.insert", json!({ "table": "V" }), "is a view"),
        (
            "table.upsert",
            json!({ "table": "T", "key": ["A"] }),
            "does not hold (A) unique",
        ),
        (
            "table.insert",
            json!({ "table": "T", "create": { "A": "integer", "C": "text" } }),
            "has no column C",
        ),
    ];
    for (action, with, says) in cases {
        let columns: &[&str] = if says.contains("column C") {
            &["A", "C"]
        } else {
            &["A", "B"]
        };
        let step = step(action, with, columns).unwrap();
        let mut open = desk.open(1).await;
        let error = open.ready(&step).await.expect_err(says);
        assert_eq!(error.kind, Kind::Config, "a person must act");
        assert!(
            error.message.contains(says) && error.hint.is_some(),
            "{says}: {}",
            error.message
        );
    }
    let with = json!({ "table": "T", "key": ["A"], "create": { "A": "integer" } });
    assert!(
        step("table.upsert", with, &["A", "B"]).is_err(),
        "`create` must know every mapped column"
    );
    let with = json!({ "table": "T\"; DROP TABLE T; --", "key": ["A"] });
    assert!(
        step("table.upsert", with, &["A"]).is_err(),
        "no name leaves its quotes"
    );
    let with = json!({ "table": "T", "key": ["A"], "create": { "A": "varchar" } });
    assert!(
        step("table.upsert", with, &["A"]).is_err(),
        "types are those of the list"
    );
}

#[tokio::test]
async fn odd_names_and_values_stay_what_they_are() {
    let desk = Desk::new();
    let create = json!({ "Item No.": "text", "select": "text" });
    let with = json!({ "table": "drop table", "key": ["Item No."], "create": create });
    let step = step("table.upsert", with, &["Item No.", "select"]).unwrap();
    let mut open = desk.open(1).await;
    open.ready(&step).await.unwrap();
    let evil = "'); DROP TABLE \"drop table\"; --";
    open.write(&step, &[row(&step, 0, &format!("0017|{evil}"))])
        .await
        .unwrap();
    open.commit(&at(1, 1)).await.unwrap();
    assert_eq!(
        desk.rows("SELECT * FROM \"drop table\""),
        [format!("0017|{evil}")],
        "values are bound, never spelled"
    );
}

#[tokio::test]
async fn a_rule_of_the_table_cannot_end_the_batch_unseen() {
    let desk = Desk::new();
    desk.execute(
        "CREATE TABLE T (A INTEGER PRIMARY KEY, B TEXT);
         CREATE TRIGGER no BEFORE INSERT ON T WHEN NEW.B = 'bad' BEGIN SELECT RAISE(ROLLBACK, 'no'); END;",
    );
    let step = step("table.insert", json!({ "table": "T" }), &["A", "B"]).unwrap();
    let mut open = desk.open(1).await;
    open.ready(&step).await.unwrap();
    let rows = [row(&step, 0, "1|good"), row(&step, 1, "2|bad")];
    let error = open
        .write(&step, &rows)
        .await
        .expect_err("the rows before are gone too");
    assert_eq!(error.kind, Kind::Config, "{error}");
    assert!(
        open.commit(&at(1, 1)).await.is_err(),
        "half a batch is never committed"
    );
    open.undo().await.unwrap();
    open.write(&step, &rows[..1]).await.unwrap();
    open.commit(&at(1, 1)).await.unwrap();
    assert_eq!(desk.rows("SELECT A FROM T"), ["1"], "after undo it goes on");
}
