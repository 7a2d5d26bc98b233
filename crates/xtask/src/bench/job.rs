//! The jobs that are measured, and what is wanted of each.

use std::fmt::Write as _;

use super::{
    measure::{Took, median, rest, took},
    table::Table,
    world::{agent, count, store},
};
use crate::{
    tool::Done,
    world::{Agent, Store},
};

/// A job at one size.
pub(crate) struct Job {
    pub(crate) name: &'static str,
    records: u32,
    kind: Kind,
}

enum Kind {
    /// A whole list into a file or table, beside floor and plain.
    List {
        flow: &'static str,
        list: &'static str,
        into: &'static str,
        file: &'static str,
    },
    /// The same with 100 ms an answer.
    Latency,
    /// Stock values from a CSV file into the store.
    Stock,
    /// Under a quota of 150 requests in 30 s.
    Quota,
    /// Killed half way and started again.
    Killed,
    /// A command that looks at a large history.
    Status,
}

const PAGE: u32 = 250;

const INTO_SQLITE: &str = "
processflow: job
connections: { shop: bigcommerce, erp: sql }
steps:
  - read: { action: shop/products.list }
  - write:
      action: erp/table.upsert
      with: { table: record, key: [id], create: { id: integer, sku: text, body: json } }
      map: { id: id, sku: sku, body: record }
";

const INTO_LINES: &str = "
processflow: job
connections: { shop: bigcommerce, files: files }
steps:
  - read: { action: shop/products.list }
  - write: { action: files/jsonl.write, with: { file: record.jsonl } }
";

const ORDERS: &str = include_str!("../../../../processflows/orders-to-database/processflow.yaml");
const STOCK: &str = include_str!("../../../../processflows/stock-from-csv/processflow.yaml");

/// All jobs, each also at a tenth of its size.
pub(crate) fn all(divide: u32) -> Vec<Job> {
    let sqlite = || Kind::List {
        flow: INTO_SQLITE,
        list: "products",
        into: "erp.db",
        file: "record.db",
    };
    let lines = || Kind::List {
        flow: INTO_LINES,
        list: "products",
        into: "files/record.jsonl",
        file: "record.jsonl",
    };
    let orders = || Kind::List {
        flow: ORDERS,
        list: "orders",
        into: "",
        file: "record.db",
    };
    let job = |name, records: u32, kind| Job {
        name,
        records: (records / divide).max(PAGE),
        kind,
    };
    vec![
        job("products to SQLite", 100_000, sqlite()),
        job("products to SQLite", 10_000, sqlite()),
        job("products to JSON lines", 100_000, lines()),
        job("products to JSON lines", 10_000, lines()),
        job("orders to database", 20_000, orders()),
        job("orders to database", 2_000, orders()),
        job("stock from CSV", 10_000, Kind::Stock),
        job("stock from CSV", 1_000, Kind::Stock),
        job("products, 100 ms an answer", 100_000, Kind::Latency),
        job("products, 100 ms an answer", 10_000, Kind::Latency),
        job("products, 150 in 30 s", 50_000, Kind::Quota),
        job("products, killed half way", 20_000, Kind::Killed),
        job("status of a large ledger", 1_000_000, Kind::Status),
    ]
}

impl Job {
    pub(crate) fn measure(&self, runs: usize, table: &mut Table) -> Done {
        match &self.kind {
            Kind::List {
                flow,
                list,
                into,
                file,
            } => self.list(flow, list, into, file, runs, table),
            Kind::Latency => self.latency(runs, table),
            Kind::Stock => self.stock(runs, table),
            Kind::Quota => self.quota(table),
            Kind::Killed => self.killed(table),
            Kind::Status => self.status(runs, table),
        }
    }

    fn store(&self, more: &[&str]) -> Done<Store> {
        let records = self.records.to_string();
        let mut arguments: Vec<String> = ["--products", "--orders"]
            .iter()
            .flat_map(|name| [(*name).to_owned(), records.clone()])
            .collect();
        arguments.extend(["--customers", "100"].map(str::to_owned));
        arguments.extend(more.iter().map(|text| (*text).to_owned()));
        store(&arguments)
    }

    fn list(&self, flow: &str, list: &str, into: &str, file: &str, runs: usize, table: &mut Table) -> Done {
        let store = self.store(&[])?;
        let (mut ours, mut floors, mut plains) = (Vec::new(), Vec::new(), Vec::new());
        // One round unmeasured: the store renders its pages once.
        for round in 0..=runs {
            let took = [
                self.contestant("floor", list, &store, file)?,
                self.contestant("plain", list, &store, file)?,
            ];
            let own = self.ours(flow, into, &store)?;
            if round > 0 {
                floors.push(took[0]);
                plains.push(took[1]);
                ours.push(own);
            }
        }
        let (floor, plain, ours) = (median(floors), median(plains), median(ours));
        table.add(self.name, self.records, "floor", floor, None, "");
        table.add(self.name, self.records, "plain", plain, Some(floor.seconds), "");
        table.add(
            self.name,
            self.records,
            "processflow",
            ours,
            Some(floor.seconds),
            "<= 1.5, <= 48 MiB",
        );
        Ok(())
    }

    fn contestant(&self, who: &str, list: &str, store: &Store, file: &str) -> Done<Took> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let into = folder.path().join(file);
        let own = std::env::current_exe().map_err(|error| error.to_string())?;
        let release = crate::tool::processflow("release").with_file_name(own.file_name().unwrap_or_default());
        let mut command = std::process::Command::new(release);
        command.args(["bench", "contestant", who, list, "--address", store.address()]);
        command
            .args(["--records", &self.records.to_string(), "--into"])
            .arg(&into);
        let (took, _) = took(&mut command)?;
        match count(&into)? {
            found if found == u64::from(self.records) => Ok(took),
            found => Err(format!("{who} wrote {found} of {} records", self.records)),
        }
    }

    fn ours(&self, flow: &str, into: &str, store: &Store) -> Done<Took> {
        let agent = agent(store)?;
        agent.deploy(flow)?;
        let name = if flow == ORDERS {
            "orders-to-database"
        } else {
            "job"
        };
        let (took, run) = agent.run(name)?;
        if run["status"] != "Successful" || run["read"] != self.records {
            return Err(format!("the run did not come whole: {run}"));
        }
        if !into.is_empty() && count(&agent.path(into))? != u64::from(self.records) {
            return Err(format!("{into} does not hold {} records", self.records));
        }
        Ok(took)
    }

    fn latency(&self, runs: usize, table: &mut Table) -> Done {
        let store = self.store(&["--latency-ms", "100"])?;
        let ours = (0..runs)
            .map(|_| self.ours(INTO_SQLITE, "erp.db", &store))
            .collect::<Done<_>>()?;
        let bound = f64::from(self.records.div_ceil(PAGE)) / 8.0 * 0.1 * 1.1 + 0.3;
        table.add(
            self.name,
            self.records,
            "processflow",
            median(ours),
            None,
            &format!("<= {bound:.2} s"),
        );
        Ok(())
    }

    fn stock(&self, runs: usize, table: &mut Table) -> Done {
        let mut all = Vec::new();
        let (mut first, mut second) = (0, 0);
        for _ in 0..runs {
            let store = self.store(&[])?;
            let agent = agent(&store)?;
            self.write_stock(&agent, &store)?;
            agent.deploy(STOCK)?;
            store.forget_requests()?;
            let (took, run) = agent.run("stock-from-csv")?;
            first = requests(&store)?;
            if run["failed"] != 0 {
                return Err(format!("stock was refused: {run}"));
            }
            all.push(took);
            store.forget_requests()?;
            std::fs::OpenOptions::new()
                .append(true)
                .open(agent.path("files/stock.csv"))
                .and_then(|mut file| std::io::Write::write_all(&mut file, b"\n"))
                .map_err(|error| error.to_string())?;
            agent.run("stock-from-csv")?;
            second = requests(&store)?;
        }
        table.add(self.name, self.records, "processflow", median(all), None, "");
        table.note(self.name, self.records, "requests", &first.to_string(), "<= 7");
        table.note(
            self.name,
            self.records,
            "requests, unchanged",
            &second.to_string(),
            "0 writes",
        );
        Ok(())
    }

    /// A stock file over the SKUs that the store lists.
    fn write_stock(&self, agent: &Agent, store: &Store) -> Done {
        let skus = store.skus(self.records as usize)?;
        if skus.len() < self.records as usize {
            return Err(format!(
                "the store lists {} SKUs, {} are needed",
                skus.len(),
                self.records
            ));
        }
        let mut csv = String::from("SKU,QTY\n");
        for (at, sku) in skus.iter().take(self.records as usize).enumerate() {
            writeln!(csv, "{sku},{}", at % 900 + 1001).map_err(|error| error.to_string())?;
        }
        std::fs::write(agent.path("files/stock.csv"), csv).map_err(|error| error.to_string())
    }

    fn quota(&self, table: &mut Table) -> Done {
        let store = self.store(&["--quota", "150"])?;
        let took = self.ours(INTO_SQLITE, "erp.db", &store)?;
        let seen = store.control("requests")?;
        let throttled = seen
            .as_array()
            .into_iter()
            .flatten()
            .filter(|seen| seen["status"] == 429)
            .count();
        table.add(self.name, self.records, "processflow", took, None, "");
        table.note(
            self.name,
            self.records,
            "429 provoked",
            &throttled.to_string(),
            "0",
        );
        Ok(())
    }

    /// `processflow status` on a data folder whose ledger has so many rows.
    fn status(&self, runs: usize, table: &mut Table) -> Done {
        let store = store(&["--products", "100"].map(str::to_owned))?;
        let agent = agent(&store)?;
        agent.deploy(INTO_SQLITE)?;
        agent.run("job")?;
        agent.fill_ledger(self.records)?;
        let status = || took(&mut agent.command(&["status"])).map(|(took, _)| took);
        let all = (0..=runs).map(|_| status()).collect::<Done<Vec<_>>>()?;
        table.add(
            self.name,
            self.records,
            "processflow",
            median(all),
            None,
            "<= 0.05 s",
        );
        Ok(())
    }

    fn killed(&self, table: &mut Table) -> Done {
        let store = self.store(&["--latency-ms", "20"])?;
        let agent = agent(&store)?;
        agent.deploy(INTO_SQLITE)?;
        store.forget_requests()?;
        let mut child = agent
            .command(&["run", "job"])
            .spawn()
            .map_err(|error| error.to_string())?;
        while requests(&store)? < u64::from(self.records / PAGE / 2) {
            rest(std::time::Duration::from_millis(5));
        }
        child
            .kill()
            .and_then(|()| child.wait())
            .map_err(|error| error.to_string())?;
        let (took, run) = agent.run("job")?;
        let asked = requests(&store)?;
        if count(&agent.path("erp.db"))? != u64::from(self.records) {
            return Err(format!("after the kill the run did not come whole: {run}"));
        }
        let again = asked.saturating_sub(u64::from(self.records.div_ceil(PAGE)));
        table.add(
            self.name,
            self.records,
            "processflow (second half)",
            took,
            None,
            "",
        );
        table.note(
            self.name,
            self.records,
            "pages asked again",
            &again.to_string(),
            "<= 12, one a connection, and what each start asks",
        );
        Ok(())
    }
}

fn requests(store: &Store) -> Done<u64> {
    let seen = store.control("requests")?;
    let own = seen.as_array().into_iter().flatten();
    Ok(own
        .filter(|seen| seen["path"].as_str().is_some_and(|path| path.starts_with("/v")))
        .count() as u64)
}
