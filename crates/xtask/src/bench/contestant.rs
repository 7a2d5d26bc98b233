//! The two contestants: *floor*, the least that does the job without any promise, and *plain*.
//!
//! Neither keeps a watermark, a ledger or an intent; a kill in the middle starts them from nothing.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
};

use clap::{Args, ValueEnum};
use serde_json::value::RawValue;

use crate::tool::Done;

/// One run of a contestant.
#[derive(Args)]
pub(crate) struct Job {
    /// Which.
    who: Who,
    /// What it reads.
    list: List,
    /// `HOST:PORT` of the store.
    #[arg(long)]
    address: String,
    /// The store's hash.
    #[arg(long, default_value = "sandbox1")]
    hash: String,
    /// The token.
    #[arg(long, default_value = "sandbox-token")]
    token: String,
    /// How many records there are.
    #[arg(long)]
    records: u64,
    /// A database (`.db`) or a file of JSON lines.
    #[arg(long)]
    into: PathBuf,
}

#[derive(Clone, Copy, ValueEnum, PartialEq)]
enum Who {
    /// 8 connections, records split and kept raw, a transaction a page.
    Floor,
    /// One connection, records parsed, a transaction a page.
    Plain,
}

#[derive(Clone, Copy, ValueEnum)]
enum List {
    Products,
    Orders,
}

const PAGE: u64 = 250;

/// Runs it to its end.
pub(crate) fn run(job: &Job) -> Done {
    let done = match job.who {
        Who::Floor => floor(job),
        Who::Plain => plain(job),
    };
    done.map_err(|error| error.to_string())
}

type Any<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn floor(job: &Job) -> Any {
    let next = AtomicU64::new(0);
    let (sender, pages) = mpsc::sync_channel(8);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || -> Any {
                let mut connection = Connection::open(job)?;
                loop {
                    let page = next.fetch_add(1, Ordering::Relaxed) + 1;
                    if (page - 1) * PAGE >= job.records {
                        return Ok(());
                    }
                    sender.send(connection.page(job, page)?)?;
                }
            });
        }
        drop(sender);
        let mut into = Into::open(&job.into)?;
        for page in pages {
            into.page(&records(&page)?)?;
        }
        into.end()
    })
}

fn plain(job: &Job) -> Any {
    let mut connection = Connection::open(job)?;
    let mut into = Into::open(&job.into)?;
    for page in 1..=job.records.div_ceil(PAGE) {
        let text = connection.page(job, page)?;
        let parsed: serde_json::Value = serde_json::from_slice(&text)?;
        let list = parsed
            .get("data")
            .unwrap_or(&parsed)
            .as_array()
            .ok_or("no list")?;
        let texts: Vec<String> = list.iter().map(serde_json::Value::to_string).collect();
        let rows: Vec<&RawValue> = texts
            .iter()
            .map(|text| serde_json::from_str(text))
            .collect::<Result<_, _>>()?;
        into.page(&rows)?;
    }
    into.end()
}

/// A page's records as text.
fn records(page: &[u8]) -> Any<Vec<&RawValue>> {
    #[derive(serde::Deserialize)]
    struct Envelope<'a> {
        #[serde(borrow)]
        data: Vec<&'a RawValue>,
    }
    if page.first() == Some(&b'[') {
        return Ok(serde_json::from_slice(page)?);
    }
    Ok(serde_json::from_slice::<Envelope<'_>>(page)?.data)
}

/// A connection that is kept open, and just enough HTTP for it.
struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    fn open(job: &Job) -> Any<Self> {
        let stream = TcpStream::connect(&job.address)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::with_capacity(1 << 16, stream),
        })
    }

    fn page(&mut self, job: &Job, page: u64) -> Any<Vec<u8>> {
        let path = match job.list {
            List::Products => format!("v3/catalog/products?limit={PAGE}&page={page}"),
            List::Orders => format!(
                "v2/orders?limit={PAGE}&page={page}&include=consignments,consignments.line_items&consignment_structure=object"
            ),
        };
        let request = format!(
            "GET /stores/{}/{path} HTTP/1.1\r\nHost: {}\r\nX-Auth-Token: {}\r\nAccept: application/json\r\n\r\n",
            job.hash, job.address, job.token
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut length = 0;
        let mut line = String::new();
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok(body)
    }
}

/// Where records go.
enum Into {
    Database(rusqlite::Connection),
    Lines(BufWriter<File>),
}

impl Into {
    fn open(path: &Path) -> Any<Self> {
        if path.extension().is_none_or(|ending| ending != "db") {
            return Ok(Self::Lines(BufWriter::with_capacity(
                1 << 16,
                File::create(path)?,
            )));
        }
        let database = rusqlite::Connection::open(path)?;
        database.execute_batch(
            "PRAGMA journal_mode = WAL; CREATE TABLE record (id INTEGER PRIMARY KEY, body TEXT NOT NULL)",
        )?;
        Ok(Self::Database(database))
    }

    fn page(&mut self, records: &[&RawValue]) -> Any {
        match self {
            Self::Lines(file) => {
                for record in records {
                    file.write_all(record.get().as_bytes())?;
                    file.write_all(b"\n")?;
                }
            }
            Self::Database(database) => {
                let transaction = database.transaction()?;
                {
                    let mut insert =
                        transaction.prepare_cached("INSERT OR REPLACE INTO record VALUES (?1, ?2)")?;
                    for record in records {
                        insert.execute((id_of(record)?, record.get()))?;
                    }
                }
                transaction.commit()?;
            }
        }
        Ok(())
    }

    fn end(self) -> Any {
        if let Self::Lines(mut file) = self {
            file.flush()?;
            file.get_ref().sync_all()?;
        }
        Ok(())
    }
}

fn id_of(record: &RawValue) -> Any<i64> {
    #[derive(serde::Deserialize)]
    struct Id {
        id: i64,
    }
    Ok(serde_json::from_str::<Id>(record.get())?.id)
}
