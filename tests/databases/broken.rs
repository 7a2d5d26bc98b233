//! What becomes of rows when a process, a connection or an agent's peace is lost.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use connector_kit::{Checkpoint, Destination, Kind, Live, Result, WriteStep};
use kit::database::{Database, Engine, USER};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::desk::{Desk, at, connect, letters, lines, open, orders, q, row, rows, step};

#[tokio::test]
async fn what_was_not_committed_is_gone_and_what_was_is_known() {
    for engine in Engine::ALL {
        let (desk, step) = (Desk::new(engine), orders());
        let table = format!("SELECT count(*) FROM {}", q(engine, "WEB_ORDER"));
        let mut to = desk.open(1).await;
        to.resume().await.unwrap();
        to.ready(&step).await.unwrap();
        to.write(&step, &rows(&step, &["abc|1|A|1"])).await.unwrap();
        to.commit(&at(1, 1)).await.unwrap();
        to.write(&step, &rows(&step, &["abc|2|A|1"])).await.unwrap();
        assert_eq!(
            desk.database.rows(&table),
            ["1"],
            "{engine:?}: nobody sees half a batch"
        );
        drop(to);
        let mut to = desk.open(1).await;
        assert_eq!(to.resume().await.unwrap(), Some(at(1, 1)), "{engine:?}");
        to.ready(&step).await.unwrap();
        to.write(&step, &rows(&step, &["abc|3|A|1"])).await.unwrap();
        to.undo().await.unwrap();
        to.write(&step, &rows(&step, &["abc|2|A|1"])).await.unwrap();
        to.commit(&at(1, 2)).await.unwrap();
        assert_eq!(desk.database.rows(&table), ["2"], "{engine:?}");
    }
}

#[tokio::test]
async fn an_agent_that_is_behind_writes_nothing() {
    for engine in Engine::ALL {
        let (desk, step) = (Desk::new(engine), orders());
        let mut new = desk.open(2).await;
        new.resume().await.unwrap();
        new.ready(&step).await.unwrap();
        new.write(&step, &rows(&step, &["abc|1|A|1"])).await.unwrap();
        new.commit(&at(2, 5)).await.unwrap();
        let mut old = desk.open(1).await;
        old.resume().await.unwrap();
        old.ready(&step).await.unwrap();
        let error = old
            .write(&step, &rows(&step, &["abc|1|B|1"]))
            .await
            .expect_err("it is behind");
        assert!(
            error.kind == Kind::Config && error.message.contains("come further"),
            "{engine:?}: {error}"
        );
        // The same batch with rows would be the same rows twice.
        new.write(&step, &rows(&step, &["abc|2|A|1"])).await.unwrap();
        assert!(
            new.commit(&at(2, 5)).await.is_err(),
            "{engine:?}: batch 5 is there already"
        );
        let orders = desk
            .database
            .rows(&format!("SELECT * FROM {}", q(engine, "WEB_ORDER")));
        assert_eq!(orders, ["abc|1|A|1.00"], "{engine:?}");
    }
}

#[tokio::test]
async fn a_lock_that_somebody_holds_is_waited_for_and_a_deadlock_costs_nothing() {
    for engine in Engine::ALL {
        let (desk, step) = (Desk::new(engine), orders());
        let mut one = desk.open(1).await;
        one.resume().await.unwrap();
        one.ready(&step).await.unwrap();
        one.write(&step, &rows(&step, &["abc|1|A|1", "abc|2|A|1"]))
            .await
            .unwrap();
        one.commit(&at(1, 1)).await.unwrap();
        // Two agents' runs change the same rows in opposite order.
        let purpose = connector_kit::OpenFor {
            deployment: "d2".to_owned(),
            epoch: 1,
        };
        let mut other = desk.live.open(purpose).await.unwrap();
        other.resume().await.unwrap();
        other.ready(&step).await.unwrap();
        one.write(&step, &rows(&step, &["abc|1|B|1"])).await.unwrap();
        other.write(&step, &rows(&step, &["abc|2|C|1"])).await.unwrap();
        let (two, one_again) = (rows(&step, &["abc|2|B|1"]), rows(&step, &["abc|1|C|1"]));
        let (first, second) = tokio::join!(one.write(&step, &two), other.write(&step, &one_again));
        let refused: Vec<_> = [first.err(), second.err()].into_iter().flatten().collect();
        assert_eq!(
            refused.len(),
            1,
            "{engine:?}: one of the two goes on: {refused:?}"
        );
        assert!(
            refused[0].is_unavailable(),
            "{engine:?}: the other is tried again: {}",
            refused[0]
        );
    }
}

/// The server is still about the COMMIT of a connection that was lost: whoever goes on waits for what comes of it, also for the
/// very first one, which has no row to wait for yet.
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_under_way_is_waited_for() {
    for engine in Engine::ALL {
        let (desk, step) = (Desk::new(engine), orders());
        let mut to = desk.open(1).await;
        to.resume().await.unwrap();
        to.ready(&step).await.unwrap();
        drop(to);
        let table = q(engine, "_processflow_checkpoint");
        for (batch, change) in [
            (
                1,
                format!(
                    "INSERT INTO {table} (deployment, epoch, batch, committed_at) VALUES ('d1', 1, 1, 'now')"
                ),
            ),
            (2, format!("UPDATE {table} SET batch = 2 WHERE deployment = 'd1'")),
        ] {
            let (pause, under_way) = match engine {
                Engine::Postgres => (
                    "SELECT pg_sleep(3)",
                    "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'",
                ),
                Engine::Mariadb => (
                    "DO SLEEP(3)",
                    "SELECT id FROM information_schema.processlist WHERE info LIKE 'DO SLEEP%'",
                ),
            };
            let (database, lost) = (&desk.database, format!("BEGIN; {change}; {pause}; COMMIT"));
            let there = std::thread::scope(|both| {
                both.spawn(|| database.execute(&lost));
                kit::until("it is under way", || !database.rows(under_way).is_empty());
                tokio::task::block_in_place(|| {
                    tokio::runtime::Handle::current().block_on(async {
                        let mut to = desk.open(2).await;
                        to.resume().await
                    })
                })
            });
            assert_eq!(there.unwrap(), Some(at(1, batch)), "{engine:?}: {change}");
        }
    }
}

/// F28: a connection is cut at every message of a run, before it reaches the server and before its answer comes back.
async fn cut_everywhere(engine: Engine) {
    let (desk, mut cuts, mut place) = (Desk::new(engine), 0, 1);
    loop {
        let mut reached = false;
        for before in [true, false] {
            forget(&desk.database);
            let wire = Wire::new(desk.database.port(), place, before).await;
            let settings = json!({ "url": desk.database.url_through(wire.address.port()), "username": USER });
            let live = connect(&settings).expect("the settings are right");
            run(&live, engine).await;
            let was_cut = wire.cuts.load(Ordering::SeqCst) > 0;
            reached |= was_cut;
            cuts += usize::from(was_cut);
            assert_eq!(
                all(&desk.database),
                ["1|A|1", "2|A|1", "3|A|1", "log1", "log2", "log3"],
                "{engine:?}: cut at message {place}, {} it reached the server",
                if before { "before" } else { "after" }
            );
        }
        if !reached {
            break;
        }
        place += 1;
    }
    assert!(cuts > 30, "{engine:?}: {cuts} cuts are too few to say anything");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_connection_to_postgresql_loses_and_doubles_nothing() {
    cut_everywhere(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_connection_to_mariadb_loses_and_doubles_nothing() {
    cut_everywhere(Engine::Mariadb).await;
}

/// Nothing of a run before.
fn forget(database: &Database) {
    for table in ["WEB_ORDER_LINE", "LOG", "_processflow_checkpoint"] {
        database.execute(&format!("DROP TABLE IF EXISTS {}", q(database.engine(), table)));
    }
}

fn all(database: &Database) -> Vec<String> {
    let engine = database.engine();
    let mut all = database.rows(&format!(
        "SELECT * FROM (SELECT {}, {}, {} FROM {}) AS q ORDER BY 1, 2",
        q(engine, "ORDER_ID"),
        q(engine, "SKU"),
        q(engine, "QTY"),
        q(engine, "WEB_ORDER_LINE")
    ));
    let log = q(engine, "LOG");
    all.extend(database.rows(&format!("SELECT * FROM {log} ORDER BY 1")));
    all
}

/// Three batches, as the engine writes them: after trouble it asks how far the destination has come.
async fn run(live: &Live, engine: Engine) {
    let replace = lines();
    let insert = step(
        "table.insert",
        json!({ "table": "LOG", "create": { "TEXT": "text(20)" } }),
        &["TEXT"],
    )
    .expect("the step is right");
    let mut to: Option<Box<dyn Destination>> = None;
    for _ in 0..10 {
        match go(live, &mut to, &replace, &insert).await {
            Ok(()) => return,
            Err(error) => assert!(
                error.is_unavailable(),
                "{engine:?}: a cut connection is no reason to wait for a person: {error:?}"
            ),
        }
    }
    panic!("{engine:?}: it does not come to an end");
}

async fn go(
    live: &Live,
    to: &mut Option<Box<dyn Destination>>,
    replace: &WriteStep,
    insert: &WriteStep,
) -> Result<()> {
    if to.is_none() {
        *to = Some(open(live, 1).await?);
    }
    let to = to.as_mut().expect("it was opened above");
    let there = to.resume().await?;
    to.ready(replace).await?;
    to.ready(insert).await?;
    for number in there.map_or(0, |at: Checkpoint| at.batch) + 1..=3 {
        let line = row(replace, 0, &format!("{number}|1|A|1"));
        let outcomes = to.write(replace, &[line]).await?;
        assert!(!letters(&outcomes).contains('F'), "{outcomes:?}");
        let text = row(insert, 0, &format!("log{number}"));
        to.write(insert, &[text]).await?;
        to.commit(&at(1, number)).await?;
    }
    Ok(())
}

/// A wire that breaks once: at the `place`th message from the client, before it or before its answer.
struct Wire {
    address: SocketAddr,
    cuts: Arc<AtomicUsize>,
}

impl Wire {
    async fn new(port: u16, place: usize, before: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("loopback has ports");
        let address = listener.local_addr().expect("it has an address");
        let (cuts, messages) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let told = cuts.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (cuts, messages) = (cuts.clone(), messages.clone());
                tokio::spawn(async move {
                    let server = TcpStream::connect(("127.0.0.1", port))
                        .await
                        .expect("the server runs");
                    // Small messages must not wait for each other on the way.
                    client.set_nodelay(true).expect("it is open");
                    server.set_nodelay(true).expect("it is open");
                    pass(client, server, &messages, place, before, &cuts).await
                });
            }
        });
        Self { address, cuts: told }
    }
}

/// Passes on until one side ends, or the wire breaks.
async fn pass(
    mut client: TcpStream,
    mut server: TcpStream,
    messages: &AtomicUsize,
    place: usize,
    before: bool,
    cuts: &AtomicUsize,
) -> Option<()> {
    let (mut asked, mut answered) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let read = read.ok().filter(|read| *read > 0)?;
                let here = messages.fetch_add(1, Ordering::SeqCst) + 1 == place;
                if here && before {
                    cuts.fetch_add(1, Ordering::SeqCst);
                    return None;
                }
                server.write_all(&asked[..read]).await.ok()?;
                if here {
                    cuts.fetch_add(1, Ordering::SeqCst);
                    // The server has it, and does it; its answer goes nowhere.
                    let answer = server.read(&mut answered);
                    let _lost = tokio::time::timeout(Duration::from_millis(100), answer).await;
                    return None;
                }
            }
            read = server.read(&mut answered) => {
                let read = read.ok().filter(|read| *read > 0)?;
                client.write_all(&answered[..read]).await.ok()?;
            }
        }
    }
}
