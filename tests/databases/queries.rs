//! A person's SELECT as records.

use connector_kit::{Kind, Span, Watermark};
use kit::database::Engine;
use serde_json::{Value as Json, json};

use crate::desk::Desk;

fn stock(engine: Engine) -> Desk {
    let desk = Desk::new(engine);
    let (when, flag) = match engine {
        Engine::Postgres => ("timestamptz", "boolean"),
        Engine::Mariadb => ("timestamp NULL", "bit(1)"),
    };
    desk.database.execute(&format!(
        "CREATE TABLE stock (sku varchar(20) PRIMARY KEY, qty decimal(20,4), price double precision, changed {when}, \
         day date, flag {flag}, note text);"
    ));
    desk
}

fn with() -> Json {
    json!({ "sql": "SELECT * FROM stock;", "key": ["SKU"] })
}

#[tokio::test]
async fn rows_become_records_with_all_their_digits() {
    for engine in Engine::ALL {
        let desk = stock(engine);
        let flag = if engine == Engine::Postgres {
            "true"
        } else {
            "b'1'"
        };
        desk.database.execute(&format!(
            "INSERT INTO stock VALUES ('0017', 12345678901234.5000, 0.1, '2026-11-21 10:00:00+00:00', '2026-11-21', {flag}, \
             'ümläut \"z\" 😀'), ('0018', NULL, NULL, NULL, NULL, NULL, NULL)"
        ));
        let (records, _) = desk.read(with(), Span::Whole).await.unwrap();
        let ids: Vec<&str> = records.iter().map(|record| &*record.id).collect();
        assert_eq!(ids, ["0017", "0018"], "{engine:?}");
        let body = records[0].body.as_str();
        assert!(body.contains("12345678901234.5000"), "{engine:?}: {body}");
        let json: Json = serde_json::from_str(body).unwrap();
        assert_eq!(json["price"], 0.1, "{engine:?}");
        assert_eq!(json["day"], "2026-11-21", "{engine:?}");
        assert_eq!(json["note"], "ümläut \"z\" 😀", "{engine:?}");
        let changed: jiff::Timestamp = json["changed"].as_str().unwrap().parse().unwrap();
        assert_eq!(changed, "2026-11-21T10:00:00Z".parse().unwrap(), "{engine:?}");
        assert!(json["flag"] == true || json["flag"] == 1, "{engine:?}: {body}");
        let second: Json = serde_json::from_str(records[1].body.as_str()).unwrap();
        assert!(
            second["qty"].is_null() && second["changed"].is_null(),
            "{engine:?}"
        );
    }
}

#[tokio::test]
async fn each_run_reads_what_came_or_changed_since_the_last() {
    for engine in Engine::ALL {
        for (column, values) in [
            (
                "changed",
                [
                    "'2026-11-21 10:00:00.5+00:00'",
                    "'2026-11-21 10:00:00.5+00:00'",
                    "'2026-11-21 11:00:00+00:00'",
                ],
            ),
            ("qty", ["10.5000", "10.5000", "11"]),
            ("day", ["'2026-11-20'", "'2026-11-20'", "'2026-11-21'"]),
        ] {
            let desk = stock(engine);
            if engine == Engine::Mariadb {
                desk.database
                    .execute("ALTER TABLE stock MODIFY changed timestamp(6) NULL");
            }
            let insert = |sku: &str, value: &str| {
                desk.database.execute(&format!(
                    "INSERT INTO stock (sku, {column}) VALUES ('{sku}', {value})"
                ));
            };
            insert("a", values[0]);
            let with = json!({ "sql": "SELECT * FROM stock", "key": ["sku"], "after": column });
            let ids = async |from: Option<Watermark>| {
                let span = from.map_or(Span::Whole, Span::From);
                let (records, watermark) = desk.read(with.clone(), span).await.unwrap();
                let ids: Vec<String> = records.iter().map(|record| record.id.to_string()).collect();
                (ids.join(","), watermark)
            };
            let (first, watermark) = ids(None).await;
            assert_eq!(first, "a", "{engine:?} {column}");
            insert("b", values[1]);
            insert("c", values[2]);
            let (second, watermark) = ids(Some(watermark)).await;
            assert_eq!(
                second, "b,c",
                "{engine:?} {column}: another row at the same value is not lost, none comes twice"
            );
            let (_, watermark) = (watermark.clone(), watermark);
            let (third, _) = ids(Some(watermark)).await;
            assert_eq!(third, "", "{engine:?} {column}");
        }
    }
}

#[tokio::test]
async fn since_an_instant_means_that_instant_wherever_the_server_stands() {
    for engine in Engine::ALL {
        let desk = stock(engine);
        desk.database.execute(
            "INSERT INTO stock (sku, changed) VALUES ('old', '2026-11-21 09:59:59+00:00'), ('new', '2026-11-21 10:00:00+00:00')",
        );
        let with = json!({ "sql": "SELECT * FROM stock", "key": ["sku"], "after": "changed" });
        let since = Span::Since("2026-11-21T10:00:00Z".parse().unwrap());
        let (records, _) = desk.read(with, since).await.unwrap();
        let ids: Vec<&str> = records.iter().map(|record| &*record.id).collect();
        assert_eq!(ids, ["new"], "{engine:?}");
    }
}

#[tokio::test]
async fn a_query_can_change_nothing() {
    for engine in Engine::ALL {
        let desk = stock(engine);
        desk.database.execute("INSERT INTO stock (sku) VALUES ('a')");
        let returning = if engine == Engine::Postgres {
            "WITH gone AS (DELETE FROM stock RETURNING *) SELECT * FROM gone"
        } else {
            "DELETE FROM stock RETURNING *"
        };
        for sql in [
            "DELETE FROM stock",
            returning,
            "SELECT 1 AS sku; DELETE FROM stock",
            "SELECT sku FROM stock) AS x; DELETE FROM stock; --",
        ] {
            let with = json!({ "sql": sql, "key": ["sku"] });
            let error = desk.read(with, Span::Whole).await.expect_err(sql);
            assert_eq!(error.kind, Kind::Config, "{engine:?}: {sql}: {error}");
        }
        assert_eq!(
            desk.database.rows("SELECT count(*) FROM stock"),
            ["1"],
            "{engine:?}"
        );
    }
}

#[tokio::test]
async fn what_a_table_holds_can_be_looked_at() {
    for engine in Engine::ALL {
        let (desk, step) = (Desk::new(engine), crate::desk::orders());
        let connector = crate::desk::connector();
        let connector_kit::Does::Write(write) = &connector.action("table.upsert").unwrap().does else {
            panic!("it writes")
        };
        let none = write.look(desk.live.system(), &step, 2).await.unwrap().unwrap();
        assert_eq!(
            (none.total, none.rows.len()),
            (0, 0),
            "{engine:?}: there is no table yet"
        );
        let mut to = desk.open(1).await;
        to.resume().await.unwrap();
        to.ready(&step).await.unwrap();
        crate::desk::batch(to.as_mut(), &step, 1, &["abc|1|A|1.50", "abc|2|B|2", "abc|3|C|-"]).await;
        let held = write.look(desk.live.system(), &step, 2).await.unwrap().unwrap();
        assert_eq!((held.total, held.columns.len()), (3, 4), "{engine:?}");
        assert_eq!(held.rows[0][1], 3, "{engine:?}: the largest key first");
        assert_eq!(held.rows[1][3], "2.00", "{engine:?}: digits as text");
    }
}

/// MariaDB keeps it where another database keeps nothing.
#[tokio::test]
async fn the_date_of_all_zeros_is_no_date() {
    let desk = stock(Engine::Mariadb);
    desk.database
        .execute("INSERT INTO stock (sku, day) VALUES ('a', '0000-00-00')");
    let (records, _) = desk.read(with(), Span::Whole).await.unwrap();
    let json: Json = serde_json::from_str(records[0].body.as_str()).unwrap();
    assert!(json["day"].is_null(), "{json}");
}
