//! Rows into tables.

use connector_kit::{Kind, Row, Value};
use kit::database::Engine;
use serde_json::json;

use crate::desk::{Desk, at, batch, failures, letters, lines, orders, q, row, rows, step};

#[tokio::test]
async fn rows_are_inserted_updated_or_left_as_they_are() {
    for engine in Engine::ALL {
        let (desk, step) = (Desk::new(engine), orders());
        let mut to = desk.open(1).await;
        assert_eq!(to.resume().await.unwrap(), None, "{engine:?}");
        to.ready(&step).await.unwrap();
        let first = batch(to.as_mut(), &step, 1, &["abc|1|Anna|25.00", "abc|2|Bert|1.5"]).await;
        assert_eq!(first, "WW", "{engine:?}");
        let second = batch(
            to.as_mut(),
            &step,
            2,
            &["abc|1|Anna|25", "abc|2|bert|1.50", "abc|3|-|-"],
        )
        .await;
        assert_eq!(
            second, "UWW",
            "{engine:?}: a change of case is a change, a zero at the end is none"
        );
        let order = format!("SELECT * FROM {} ORDER BY 2", q(engine, "WEB_ORDER"));
        assert_eq!(
            desk.database.rows(&order),
            ["abc|1|Anna|25.00", "abc|2|bert|1.50", "abc|3|-|-"],
            "{engine:?}"
        );
    }
}

#[tokio::test]
async fn of_two_rows_with_one_key_the_second_stays() {
    for engine in Engine::ALL {
        let (desk, step) = (Desk::new(engine), orders());
        let mut to = desk.open(1).await;
        to.resume().await.unwrap();
        to.ready(&step).await.unwrap();
        let said = batch(
            to.as_mut(),
            &step,
            1,
            &["abc|1|Anna|1", "abc|1|Bert|2", "abc|1|Bert|2"],
        )
        .await;
        assert_eq!(said, "WWU", "{engine:?}");
        let rows = desk
            .database
            .rows(&format!("SELECT * FROM {}", q(engine, "WEB_ORDER")));
        assert_eq!(rows, ["abc|1|Bert|2.00"], "{engine:?}");
    }
}

/// T50, and what a database refuses itself.
#[tokio::test]
async fn t50_a_bad_row_fails_alone_and_names_its_column() {
    for engine in Engine::ALL {
        let desk = Desk::new(engine);
        let (table, a, b, c) = (
            q(engine, "ITEM"),
            q(engine, "SKU"),
            q(engine, "NAME"),
            q(engine, "QTY"),
        );
        desk.database.execute(&format!(
            "CREATE TABLE {table} ({a} varchar(10) NOT NULL PRIMARY KEY, {b} varchar(5) NOT NULL, {c} smallint CHECK ({c} >= 0))"
        ));
        let with = json!({ "table": "ITEM", "key": ["SKU"] });
        let step = step("table.upsert", with, &["SKU", "NAME", "QTY"]).unwrap();
        let mut to = desk.open(1).await;
        to.resume().await.unwrap();
        to.ready(&step).await.unwrap();
        let all = [
            "a|one|1",
            "b|too long|1",
            "c|-|1",
            "d|two|40000",
            "e|three|-5",
            "f|four|many",
            "-|five|1",
            "0017|six|3",
        ];
        let outcomes = to.write(&step, &rows(&step, &all)).await.unwrap();
        to.commit(&at(1, 1)).await.unwrap();
        assert_eq!(letters(&outcomes), "WFFFFFFW", "{engine:?}: {outcomes:?}");
        let why = failures(&outcomes);
        for (said, named) in why.iter().zip(["NAME", "NAME", "QTY", "rule", "QTY", "SKU"]) {
            assert!(said.contains(named), "{engine:?}: `{said}` does not name {named}");
        }
        assert!(
            why[0].contains("8 characters") && why[0].contains("holds 5"),
            "{engine:?}: {}",
            why[0]
        );
        assert_eq!(
            desk.database.rows(&format!("SELECT * FROM {table} ORDER BY 1")),
            ["0017|six|3", "a|one|1"],
            "{engine:?}"
        );
    }
}

#[tokio::test]
async fn a_unique_value_of_another_row_is_not_overwritten() {
    for engine in Engine::ALL {
        let desk = Desk::new(engine);
        let (table, a, b) = (q(engine, "CUSTOMER"), q(engine, "ID"), q(engine, "MAIL"));
        desk.database.execute(&format!(
            "CREATE TABLE {table} ({a} int NOT NULL PRIMARY KEY, {b} varchar(50) UNIQUE); \
             INSERT INTO {table} VALUES (1, 'a@x'), (2, 'b@x')"
        ));
        let step = step(
            "table.upsert",
            json!({ "table": "CUSTOMER", "key": ["ID"] }),
            &["ID", "MAIL"],
        )
        .unwrap();
        let mut to = desk.open(1).await;
        to.resume().await.unwrap();
        to.ready(&step).await.unwrap();
        let said = batch(to.as_mut(), &step, 1, &["3|a@x", "2|a@x", "4|c@x"]).await;
        assert_eq!(said, "FFW", "{engine:?}");
        assert_eq!(
            desk.database.rows(&format!("SELECT * FROM {table} ORDER BY 1")),
            ["1|a@x", "2|b@x", "4|c@x"],
            "{engine:?}: `ON DUPLICATE KEY UPDATE` would have changed customer 1 for customer 3"
        );
    }
}

#[tokio::test]
async fn the_rows_of_a_scope_become_exactly_these() {
    for engine in Engine::ALL {
        let (desk, step) = (Desk::new(engine), lines());
        let mut to = desk.open(1).await;
        to.resume().await.unwrap();
        to.ready(&step).await.unwrap();
        let of = |lines: &[(usize, &str)]| -> Vec<Row> {
            lines
                .iter()
                .map(|(record, cells)| row(&step, *record, cells))
                .collect()
        };
        let first = of(&[(0, "7|1|A|1"), (0, "7|2|B|2"), (0, "7|3|C|3"), (1, "8|1|A|1")]);
        assert_eq!(
            letters(&to.write(&step, &first).await.unwrap()),
            "WWWW",
            "{engine:?}"
        );
        to.commit(&at(1, 1)).await.unwrap();
        let mut empty = row(&step, 1, "8|-|-|-");
        empty.nothing = true;
        let mut second = of(&[(0, "7|1|A|1"), (0, "7|2|B|5")]);
        second.push(empty.clone());
        second.extend(of(&[
            (2, "9|1|A|1"),
            (2, "9|1|B|1"),
            (3, "10|1|A|1"),
            (3, "10|2|A|x"),
        ]));
        let said = to.write(&step, &second).await.unwrap();
        assert_eq!(
            letters(&said),
            "UWWFFFF",
            "{engine:?}: an order with a bad line waits as a whole"
        );
        to.commit(&at(1, 2)).await.unwrap();
        assert_eq!(
            letters(&to.write(&step, &[empty]).await.unwrap()),
            "U",
            "{engine:?}: it was empty already"
        );
        to.commit(&at(1, 3)).await.unwrap();
        let left = desk.database.rows(&format!(
            "SELECT * FROM {} ORDER BY 1, 2",
            q(engine, "WEB_ORDER_LINE")
        ));
        assert_eq!(left, ["7|1|A|1", "7|2|B|5"], "{engine:?}");
    }
}

#[tokio::test]
async fn a_line_that_is_there_twice_is_there_once_afterwards() {
    for engine in Engine::ALL {
        let desk = Desk::new(engine);
        let table = q(engine, "LINE");
        let (a, b, c) = (q(engine, "ORDER_ID"), q(engine, "LINE_ID"), q(engine, "QTY"));
        desk.database.execute(&format!(
            "CREATE TABLE {table} ({a} int, {b} int, {c} int); \
             INSERT INTO {table} VALUES (7, 1, 1), (7, 1, 2), (7, NULL, 3), (8, 1, 1)"
        ));
        let with = json!({ "table": "LINE", "within": ["ORDER_ID"], "key": ["LINE_ID"] });
        let step = step("table.replace", with, &["ORDER_ID", "LINE_ID", "QTY"]).unwrap();
        let mut to = desk.open(1).await;
        to.resume().await.unwrap();
        to.ready(&step).await.unwrap();
        assert_eq!(batch(to.as_mut(), &step, 1, &["7|1|2"]).await, "W", "{engine:?}");
        let left = desk
            .database
            .rows(&format!("SELECT * FROM {table} ORDER BY 1, 2"));
        assert_eq!(left, ["7|1|2", "8|1|1"], "{engine:?}");
    }
}

#[tokio::test]
async fn every_row_is_a_new_one() {
    for engine in Engine::ALL {
        let desk = Desk::new(engine);
        let create =
            json!({ "TEXT": "text", "DAY": "date", "AT": "timestamp", "YES": "boolean", "EXTRA": "json" });
        let with = json!({ "table": "INBOX", "create": create });
        let step = step("table.insert", with, &["TEXT", "DAY", "AT", "YES", "EXTRA"]).unwrap();
        let mut to = desk.open(1).await;
        to.resume().await.unwrap();
        to.ready(&step).await.unwrap();
        let letters = batch(
            to.as_mut(),
            &step,
            1,
            &[
                "tab\tbackslash\\ 'quote' \"z\" ümläut 😀|2026-11-21|2026-11-21T10:00:00+02:00|true|[1]",
                "same|2026-11-21|2026-11-21 08:00:00|true|-",
                "same|2026-11-21|2026-11-21 08:00:00|true|-",
            ],
        )
        .await;
        assert_eq!(letters, "WWW", "{engine:?}");
        let (text, at, yes) = (q(engine, "TEXT"), q(engine, "AT"), q(engine, "YES"));
        let rows = desk.database.rows(&format!(
            "SELECT count(*), sum(CASE WHEN {text} = 'same' THEN 1 ELSE 0 END), sum(CASE WHEN {yes} THEN 1 ELSE 0 END) \
             FROM {} WHERE {at} = '2026-11-21 08:00:00'",
            q(engine, "INBOX")
        ));
        assert_eq!(
            rows,
            ["3|2|3"],
            "{engine:?}: an instant with an offset is the same instant"
        );
        let odd = desk.database.rows(&format!(
            "SELECT {text} FROM {} WHERE {text} LIKE 'tab%'",
            q(engine, "INBOX")
        ));
        let odd = odd
            .join("\n")
            .replace("\\t", "\t")
            .replace("\\\\", "\\")
            .replace("tab|", "tab\t");
        assert_eq!(odd, "tab\tbackslash\\ 'quote' \"z\" ümläut 😀", "{engine:?}");
    }
}

/// Amounts and instants in columns that the merchant made.
#[tokio::test]
async fn values_keep_their_digits_and_their_hour_in_the_merchants_columns() {
    for engine in Engine::ALL {
        let desk = Desk::new(engine);
        let table = q(engine, "T");
        desk.database.execute(&format!(
            "CREATE TABLE {table} (id bigint NOT NULL PRIMARY KEY, at timestamp NULL, total numeric(30,10))"
        ));
        let step = step(
            "table.upsert",
            json!({ "table": "t", "key": ["ID"] }),
            &["ID", "AT", "TOTAL"],
        )
        .unwrap();
        let mut to = desk.open(1).await;
        to.resume().await.unwrap();
        to.ready(&step).await.unwrap();
        let all = ["9007199254740993|2026-11-21T23:30:00+02:00|12345678901234567890.0123456789"];
        assert_eq!(batch(to.as_mut(), &step, 1, &all).await, "W", "{engine:?}");
        assert_eq!(
            batch(to.as_mut(), &step, 2, &all).await,
            "U",
            "{engine:?}: what was written is the same"
        );
        let close = ["9007199254740993|2026-11-21T21:30:00Z|12345678901234567890.0123456788"];
        assert_eq!(
            batch(to.as_mut(), &step, 3, &close).await,
            "W",
            "{engine:?}: the last digit counts"
        );
        let rows = desk.database.rows(&format!("SELECT id, at, total FROM {table}"));
        assert_eq!(
            rows,
            ["9007199254740993|2026-11-21 21:30:00|12345678901234567890.0123456788"],
            "{engine:?}"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_written_is_said_before_anything_is() {
    for engine in Engine::ALL {
        let desk = Desk::new(engine);
        let table = q(engine, "PLAIN");
        desk.database.execute(&format!(
            "CREATE TABLE {table} (id int, name varchar(5)); CREATE VIEW seen AS SELECT * FROM {table}"
        ));
        let mut to = desk.open(1).await;
        to.resume().await.unwrap();
        let cases = [
            (json!({ "table": "PLAIN", "key": ["id"] }), "unique"),
            (json!({ "table": "PLAIN", "key": ["no"] }), "no column"),
            (json!({ "table": "MISSING", "key": ["id"] }), "is not in"),
            (json!({ "table": "seen", "key": ["id"] }), "view"),
        ];
        for (with, said) in cases {
            let key = with["key"][0].as_str().unwrap().to_owned();
            let step = step("table.upsert", with, &[&key, "name"]).unwrap();
            let error = to.ready(&step).await.expect_err(said);
            assert!(
                error.kind == Kind::Config && error.message.contains(said),
                "{engine:?}: {error}"
            );
            assert!(error.hint.is_some(), "{engine:?}: {error} has a next step");
        }
    }
}

#[tokio::test]
async fn a_trigger_refuses_its_row_in_its_own_words() {
    for engine in Engine::ALL {
        let desk = Desk::new(engine);
        desk.database.execute(match engine {
            Engine::Postgres => {
                "CREATE TABLE t (id int PRIMARY KEY); \
                 CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN IF NEW.id = 2 THEN RAISE EXCEPTION 'two is taken'; END IF; RETURN NEW; END $$; \
                 CREATE TRIGGER no BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION no()"
            }
            Engine::Mariadb => {
                "CREATE TABLE t (id int PRIMARY KEY);\nDELIMITER //\n\
                 CREATE TRIGGER no BEFORE INSERT ON t FOR EACH ROW BEGIN IF NEW.id = 2 THEN \
                 SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'two is taken'; END IF; END//\n"
            }
        });
        let step = step("table.upsert", json!({ "table": "t", "key": ["id"] }), &["id"]).unwrap();
        let mut to = desk.open(1).await;
        to.resume().await.unwrap();
        to.ready(&step).await.unwrap();
        let outcomes = to.write(&step, &rows(&step, &["1", "2", "3"])).await.unwrap();
        to.commit(&at(1, 1)).await.unwrap();
        assert_eq!(letters(&outcomes), "WFW", "{engine:?}");
        assert!(
            failures(&outcomes)[0].contains("two is taken"),
            "{engine:?}: {outcomes:?}"
        );
        assert_eq!(
            desk.database.rows("SELECT id FROM t ORDER BY 1"),
            ["1", "3"],
            "{engine:?}"
        );
    }
}

/// A table without transactions would keep half a batch.
#[tokio::test]
async fn a_table_without_transactions_is_refused() {
    let desk = Desk::new(Engine::Mariadb);
    desk.database
        .execute("CREATE TABLE old (id int PRIMARY KEY, name varchar(5)) ENGINE = MyISAM");
    let step = step(
        "table.upsert",
        json!({ "table": "old", "key": ["id"] }),
        &["id", "name"],
    )
    .unwrap();
    let mut to = desk.open(1).await;
    let error = to.ready(&step).await.expect_err("half a batch would stay");
    assert!(
        error.message.contains("MyISAM") && error.hint.unwrap().contains("InnoDB"),
        "{}",
        error.message
    );
}

#[tokio::test]
async fn a_zero_character_fails_its_row_where_it_cannot_be_kept() {
    let (desk, step) = (Desk::new(Engine::Postgres), orders());
    let mut to = desk.open(1).await;
    to.resume().await.unwrap();
    to.ready(&step).await.unwrap();
    let mut bad = row(&step, 0, "abc|1|x|1");
    bad.values = [
        Value::Text("abc".into()),
        Value::Integer(1),
        Value::Text("a\0b".into()),
        Value::Null,
    ]
    .into();
    let outcomes = to.write(&step, &[bad, row(&step, 1, "abc|2|x|1")]).await.unwrap();
    assert_eq!(letters(&outcomes), "FW");
}

#[tokio::test]
async fn a_large_batch_arrives_whole_and_a_bad_row_in_it_alone_does_not() {
    for engine in Engine::ALL {
        let (desk, step) = (Desk::new(engine), orders());
        let mut to = desk.open(1).await;
        to.resume().await.unwrap();
        to.ready(&step).await.unwrap();
        let table = q(engine, "WEB_ORDER");
        desk.database.execute(&format!(
            "ALTER TABLE {table} ADD CHECK ({} <> 'bad')",
            q(engine, "CUSTOMER")
        ));
        let all: Vec<Row> = (0..5_000)
            .map(|id| {
                row(
                    &step,
                    id,
                    &format!("abc|{}|{}|1.5", id + 1, if id == 3_333 { "bad" } else { "good" }),
                )
            })
            .collect();
        let outcomes = to.write(&step, &all).await.unwrap();
        to.commit(&at(1, 1)).await.unwrap();
        let failed: Vec<usize> = letters(&outcomes)
            .char_indices()
            .filter(|(_, letter)| *letter == 'F')
            .map(|(at, _)| at)
            .collect();
        assert_eq!(failed, [3_333], "{engine:?}");
        assert_eq!(
            desk.database.rows(&format!("SELECT count(*) FROM {table}")),
            ["4999"],
            "{engine:?}"
        );
    }
}
