//! Data and checkpoint are one: after a kill, beside another agent, on a full disk.

use connector_kit::{Kind, OpenFor, Session as _, WriteAction as _};
use serde_json::json;

use super::{Desk, at, letters, orders, row, step};
use crate::sql::{Database, Open, TableUpsert};

#[tokio::test]
async fn what_was_not_committed_is_gone_and_the_checkpoint_says_so() {
    let (desk, step) = (Desk::new(), orders());
    let mut open = desk.open(3).await;
    assert_eq!(open.resume().await.unwrap(), None, "nothing was ever committed");
    open.ready(&step).await.unwrap();
    open.write(&step, &[row(&step, 0, "abc|1|Anna|1")]).await.unwrap();
    open.commit(&at(3, 7)).await.unwrap();
    open.write(&step, &[row(&step, 0, "abc|2|Bob|1")]).await.unwrap();
    drop(open); // the kill: no commit, no undo
    let mut open = desk.open(3).await;
    assert_eq!(
        open.resume().await.unwrap(),
        Some(at(3, 7)),
        "batch 8 is to be written again"
    );
    assert_eq!(
        desk.rows("SELECT ORDER_ID FROM WEB_ORDER"),
        ["1"],
        "and left no row behind"
    );
    open.ready(&step).await.unwrap();
    open.write(&step, &[row(&step, 0, "abc|2|Bob|1")]).await.unwrap();
    open.undo().await.unwrap();
    open.commit(&at(3, 8)).await.unwrap();
    assert_eq!(
        desk.rows("SELECT ORDER_ID FROM WEB_ORDER"),
        ["1"],
        "undone rows are not committed"
    );
    assert_eq!(
        open.resume().await.unwrap(),
        Some(at(3, 8)),
        "a batch without rows has its checkpoint too"
    );
}

#[tokio::test]
async fn a_restored_copy_cannot_go_on_beside_the_original() {
    let (desk, step) = (Desk::new(), orders());
    let (mut original, mut copy) = (desk.open(1).await, desk.open(1).await);
    original.ready(&step).await.unwrap();
    copy.ready(&step).await.unwrap();
    original
        .write(&step, &[row(&step, 0, "abc|1|Anna|1")])
        .await
        .unwrap();
    original.commit(&at(1, 5)).await.unwrap();
    copy.write(&step, &[row(&step, 0, "abc|1|Anna|2")]).await.unwrap();
    let error = copy
        .commit(&at(1, 5))
        .await
        .expect_err("batch 5 is there already");
    assert_eq!(error.kind, Kind::Config, "a person decides who goes on");
    assert_eq!(
        desk.rows("SELECT TOTAL FROM WEB_ORDER"),
        ["1"],
        "and nothing of the copy was written"
    );
    let mut newer = desk.open(2).await;
    newer.ready(&step).await.unwrap();
    newer
        .write(&step, &[row(&step, 0, "abc|1|Anna|3")])
        .await
        .unwrap();
    newer.commit(&at(2, 1)).await.unwrap();
    let refused = original.write(&step, &[row(&step, 0, "abc|1|Anna|4")]).await;
    assert_eq!(refused.expect_err("an older epoch is over").kind, Kind::Config);
    assert_eq!(
        desk.rows("SELECT TOTAL FROM WEB_ORDER"),
        ["3"],
        "the newer epoch stands"
    );
}

#[tokio::test]
async fn a_locked_file_is_waited_for() {
    let (desk, step) = (Desk::new(), orders());
    let mut open = desk.open(1).await;
    open.ready(&step).await.unwrap();
    let other = desk.sql();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = open
        .write(&step, &[row(&step, 0, "abc|1|Anna|1")])
        .await
        .expect_err("another program holds it");
    assert!(error.is_unavailable(), "waiting helps: {error}");
    assert_eq!(error.message, "erp.db is being used by another program");
    other.execute_batch("ROLLBACK").unwrap();
    open.undo().await.unwrap();
    assert_eq!(
        letters(&open.write(&step, &[row(&step, 0, "abc|1|Anna|1")]).await.unwrap()),
        "W"
    );
    open.commit(&at(1, 1)).await.unwrap();
}

#[tokio::test]
async fn a_reader_of_an_old_file_blocks_the_commit_and_nothing_is_lost() {
    let desk = Desk::new();
    desk.execute("CREATE TABLE T (A INTEGER PRIMARY KEY); INSERT INTO T VALUES (1), (2)");
    let step = step("table.insert", json!({ "table": "T" }), &["A"]).unwrap();
    let mut open = desk.open(1).await;
    open.ready(&step).await.unwrap();
    let other = desk.sql();
    let mut reading = other.prepare("SELECT A FROM T").unwrap();
    let mut rows = reading.query([]).unwrap();
    rows.next().unwrap();
    open.write(&step, &[row(&step, 0, "3")]).await.unwrap();
    assert!(
        open.commit(&at(1, 1))
            .await
            .expect_err("a reader holds the file")
            .is_unavailable()
    );
    drop(rows);
    assert_eq!(
        open.resume().await.unwrap(),
        None,
        "the batch was taken back whole"
    );
    open.write(&step, &[row(&step, 0, "3")]).await.unwrap();
    open.commit(&at(1, 1)).await.unwrap();
    assert_eq!(desk.rows("SELECT A FROM T"), ["1", "2", "3"], "and written once");
}

#[tokio::test]
async fn a_full_disk_takes_the_batch_back() {
    let (desk, step) = (Desk::new(), orders());
    let Ok(database) = desk.live.system().downcast::<Database>() else {
        panic!("it is a database")
    };
    let purpose = OpenFor {
        deployment: "d1".to_owned(),
        epoch: 1,
    };
    let mut open = Open::of(database.engine.open(purpose).await.unwrap());
    let action: &TableUpsert = step.with.downcast_ref().unwrap();
    action.ready(&mut open, &step).await.unwrap();
    let rows: Vec<_> = (1..5000)
        .map(|id| row(&step, id, &format!("abc|{id}|Anna|1")))
        .collect();
    open.fill_disk(true).await;
    let error = action
        .write(&mut open, &step, &rows)
        .await
        .expect_err("no room for 5,000 rows");
    assert!(
        error.is_unavailable() && error.message == "the disk of erp.db is full",
        "{error}"
    );
    assert!(
        open.commit(&at(1, 1)).await.is_err(),
        "half a batch is never committed"
    );
    open.undo().await.unwrap();
    open.fill_disk(false).await;
    assert!(
        action.write(&mut open, &step, &rows).await.is_ok(),
        "once there is room, it goes on"
    );
    open.commit(&at(1, 1)).await.unwrap();
    assert_eq!(desk.rows("SELECT count(*) FROM WEB_ORDER"), ["4999"]);
}

#[tokio::test]
async fn a_file_of_ours_is_private_and_keeps_a_log_a_file_of_theirs_keeps_its_mode() {
    let desk = Desk::new();
    let validation = desk.live.validate().await.unwrap();
    assert!(
        validation
            .facts
            .iter()
            .any(|fact| fact.name == "Journal" && fact.value == "wal"),
        "{validation:?}"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(desk.folder.path().join("erp.db"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "orders are personal data");
    }
    let theirs = Desk::new();
    theirs.execute("CREATE TABLE T (A INTEGER)");
    let validation = theirs.live.validate().await.unwrap();
    assert!(
        validation
            .facts
            .iter()
            .any(|fact| fact.name == "Journal" && fact.value == "delete"),
        "{validation:?}"
    );
}

#[tokio::test]
async fn what_is_not_there_or_not_a_database_is_said() {
    let desk = Desk::with(&json!({ "url": "sqlite:erp.db", "create": false })).unwrap();
    assert_eq!(
        desk.live.validate().await.expect_err("it is missing").kind,
        Kind::Config
    );
    std::fs::write(desk.folder.path().join("erp.db"), "SKU;QTY\n1;2\n".repeat(100)).unwrap();
    let error = desk.live.validate().await.expect_err("it is a CSV file");
    assert!(error.message.contains("is not a SQLite database"), "{error}");
    let away = Desk::with(&json!({ "url": "sqlite:share/erp.db" })).unwrap();
    assert!(
        away.live
            .validate()
            .await
            .expect_err("no such folder")
            .is_unavailable(),
        "a share may come back (T49)"
    );
    assert!(
        Desk::with(&json!({ "url": "postgres://x/y" })).is_err(),
        "other engines are refused with words"
    );
}
