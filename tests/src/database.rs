//! Real database servers on loopback: PostgreSQL and MariaDB from the system's packages, one of each for a test
//! process, a database of its own for each test.

use std::{
    io::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};

use crate::{company, process};

/// The account that tests give the agent.
pub const USER: &str = "erp";

/// Its password: nothing in it may need care.
pub const PASSWORD: &str = r#"p@ss:w/ö#r%d '"\$1 ?"#;

/// A kind of server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// PostgreSQL.
    Postgres,
    /// MariaDB.
    Mariadb,
}

impl Engine {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Postgres, Self::Mariadb];
}

/// A database of one test.
pub struct Database {
    server: &'static Server,
    name: String,
}

struct Server {
    engine: Engine,
    port: u16,
    folder: PathBuf,
    programs: PathBuf,
    authority: String,
}

impl Database {
    /// A new, empty database. The first one of a kind starts its server.
    pub fn new(engine: Engine) -> Self {
        static POSTGRES: OnceLock<Server> = OnceLock::new();
        static MARIADB: OnceLock<Server> = OnceLock::new();
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let server = match engine {
            Engine::Postgres => POSTGRES.get_or_init(Server::postgres),
            Engine::Mariadb => MARIADB.get_or_init(Server::mariadb),
        };
        let name = format!("shop{}", COUNT.fetch_add(1, Ordering::Relaxed));
        match engine {
            Engine::Postgres => {
                server.ask(
                    "postgres",
                    &format!("CREATE DATABASE {name} OWNER {USER} ENCODING 'UTF8' TEMPLATE template0"),
                );
                server.ask(
                    &name,
                    &format!("ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO {USER}"),
                )
            }
            Engine::Mariadb => server.ask(
                "mysql",
                &format!("CREATE DATABASE {name} CHARACTER SET utf8mb4; GRANT ALL ON {name}.* TO {USER}@'%'"),
            ),
        };
        Self { server, name }
    }

    /// Its engine.
    pub fn engine(&self) -> Engine {
        self.server.engine
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.server.port
    }

    /// The `url` of a connection to it.
    pub fn url(&self) -> String {
        self.url_through(self.port())
    }

    /// The same, where somebody in between listens on another port.
    pub fn url_through(&self, port: u16) -> String {
        let scheme = match self.server.engine {
            Engine::Postgres => "postgres",
            Engine::Mariadb => "mariadb",
        };
        format!("{scheme}://127.0.0.1:{port}/{}", self.name)
    }

    /// The settings of a connection to it.
    pub fn settings(&self) -> Value {
        json!({ "url": self.url(), "username": USER })
    }

    /// The certificate of the authority that its server's certificate is from.
    pub fn authority(&self) -> &str {
        &self.server.authority
    }

    /// Statements as the merchant's own people say them: by the server's own client, as administrator.
    pub fn execute(&self, sql: &str) {
        self.server.ask(&self.name, sql);
    }

    /// All rows of a SELECT, each as its columns joined by `|`; nothing is `-`.
    pub fn rows(&self, select: &str) -> Vec<String> {
        self.server
            .ask(&self.name, select)
            .lines()
            .map(str::to_owned)
            .collect()
    }
}

impl Server {
    fn postgres() -> Self {
        let programs = newest("/usr/lib/postgresql");
        let folder = folder("postgres");
        let (authority, chain, key) = company::certificate(&["127.0.0.1", "localhost"]);
        let (data, port) = (folder.join("data"), free_port());
        give(&folder, "postgres");
        let mut made = account("postgres");
        made.arg(programs.join("initdb"))
            .args([
                "--no-sync",
                "--auth=scram-sha-256",
                "--auth-local=trust",
                "--username=root",
                "--encoding=UTF8",
                "--locale=C",
            ])
            .arg("--pwfile")
            .arg(file(&folder, "password", PASSWORD, "postgres"))
            .arg(&data);
        done(&mut made);
        for (name, text) in [("server.crt", &chain), ("server.key", &key)] {
            file(&data, name, text, "postgres");
        }
        let server = Self {
            engine: Engine::Postgres,
            port,
            programs,
            folder,
            authority,
        };
        let mut run = account("postgres");
        run.arg(server.programs.join("postgres"))
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string()]);
        for setting in [
            "listen_addresses=127.0.0.1",
            "ssl=on",
            "fsync=off",
            "max_connections=200",
            "timezone=America/New_York",
            "datestyle=German",
        ] {
            run.args(["-c", setting]);
        }
        run.arg("-c")
            .arg(format!("unix_socket_directories={}", server.folder.display()));
        server.start(&run);
        server.ask(
            "postgres",
            &format!(
                "CREATE ROLE {USER} LOGIN PASSWORD '{}'",
                PASSWORD.replace('\'', "''")
            ),
        );
        server
    }

    fn mariadb() -> Self {
        let folder = folder("mariadb");
        let (authority, chain, key) = company::certificate(&["127.0.0.1", "localhost"]);
        let (data, port) = (folder.join("data"), free_port());
        give(&folder, "mysql");
        let mut made = account("mysql");
        made.args([
            "mariadb-install-db",
            "--no-defaults",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        ])
        .arg(format!("--datadir={}", data.display()));
        done(&mut made);
        let chain = file(&folder, "server.crt", &chain, "mysql");
        let key = file(&folder, "server.key", &key, "mysql");
        let server = Self {
            engine: Engine::Mariadb,
            port,
            programs: PathBuf::new(),
            folder,
            authority,
        };
        let mut run = account("mysql");
        run.arg(program("mariadbd"))
            .args(["--no-defaults", "--bind-address=127.0.0.1", "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0"])
            // Settings that bend values, which the agent must not depend on.
            .args(["--sql-mode=", "--default-time-zone=-05:00", "--character-set-server=latin1"])
            .arg(format!("--port={port}"))
            .arg(format!("--datadir={}", data.display()))
            .arg(format!("--socket={}", server.socket().display()))
            .arg(format!("--pid-file={}", server.folder.join("pid").display()))
            .arg(format!("--ssl-cert={}", chain.display()))
            .arg(format!("--ssl-key={}", key.display()));
        server.start(&run);
        let password = PASSWORD.replace('\\', "\\\\").replace('\'', "\\'");
        server.ask(
            "mysql",
            &format!("CREATE USER {USER}@'%' IDENTIFIED BY '{password}'"),
        );
        server
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("mysql.sock")
    }

    /// Starts it so that it ends with this process, however that ends: a shell holds the other end of a pipe.
    #[expect(clippy::zombie_processes, reason = "it ends after this process")]
    fn start(&self, server: &Command) {
        let log = std::fs::File::create(self.folder.join("log")).expect("a log");
        let mut shell = Command::new("sh");
        shell
            .args([
                "-c",
                r#""$@" & server=$!; read -r _; kill -INT $server; wait $server; rm -rf "$0""#,
            ])
            .arg(&self.folder)
            .arg(server.get_program())
            .args(server.get_args())
            .stdin(Stdio::piped())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log);
        let mut child = shell.spawn().expect("a shell");
        // Kept open until this process is gone.
        std::mem::forget(child.stdin.take());
        process::until(
            &format!("the server in {} answers", self.folder.display()),
            || self.asked(None, "SELECT 1").is_ok(),
        );
    }

    fn ask(&self, database: &str, sql: &str) -> String {
        self.asked(Some(database), sql)
            .unwrap_or_else(|said| panic!("{sql}\n{said}"))
    }

    fn asked(&self, database: Option<&str>, sql: &str) -> Result<String, String> {
        let mut client = match self.engine {
            Engine::Postgres => {
                let mut client = Command::new(self.programs.join("psql"));
                client
                    .args([
                        "-X",
                        "-q",
                        "-A",
                        "-t",
                        "-F",
                        "|",
                        "-P",
                        "null=-",
                        "-v",
                        "ON_ERROR_STOP=1",
                        "-U",
                        "root",
                    ])
                    .args(["-d", database.unwrap_or("postgres")])
                    .args(["-p", &self.port.to_string()])
                    .arg("-h")
                    .arg(&self.folder)
                    .env(
                        "PGOPTIONS",
                        "-c timezone=UTC -c datestyle=ISO -c client_min_messages=error",
                    );
                client
            }
            Engine::Mariadb => {
                let mut client = Command::new("mariadb");
                client
                    .args([
                        "--no-defaults",
                        "-N",
                        "-B",
                        "-u",
                        "root",
                        "--default-character-set=utf8mb4",
                    ])
                    .arg(format!("--socket={}", self.socket().display()))
                    .args(["--init-command", "SET time_zone='+00:00'"])
                    .args(database);
                client
            }
        };
        client
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut client = client
            .spawn()
            .expect("the server's client is part of its package");
        let mut input = client.stdin.take().expect("it is piped");
        // A server that is not up yet ends its client, which says why.
        drop(input.write_all(sql.as_bytes()));
        drop(input);
        let ended = client.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&ended.stdout).into_owned();
        if !ended.status.success() {
            return Err(format!("{said}{}", String::from_utf8_lossy(&ended.stderr)));
        }
        Ok(match self.engine {
            Engine::Postgres => said,
            Engine::Mariadb => said.replace('\t', "|").replace("NULL", "-"),
        })
    }
}

/// A command as that account, where this one is the administrator: no server runs as root.
fn account(name: &str) -> Command {
    if !is_root() {
        let mut command = Command::new("env");
        command.arg("--");
        return command;
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", name, "--regid", name, "--clear-groups", "--"]);
    command
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

fn give(path: &Path, name: &str) {
    if is_root() {
        done(Command::new("chown").arg(format!("{name}:")).arg(path));
    }
}

/// A file that its account alone can read.
fn file(folder: &Path, name: &str, text: &str, owner: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("is written");
    done(Command::new("chmod").arg("600").arg(&path));
    give(&path, owner);
    path
}

fn folder(name: &str) -> PathBuf {
    let folder = tempfile::Builder::new().prefix(&format!("pf-{name}")).tempdir();
    // The shell that ends the server takes it away.
    folder.expect("a temp folder").keep()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has ports");
    listener.local_addr().expect("it has an address").port()
}

/// The folder of programs of the newest version that is installed.
fn newest(below: &str) -> PathBuf {
    let versions = std::fs::read_dir(below)
        .unwrap_or_else(|error| panic!("{below}: {error}; install PostgreSQL's server"));
    let number = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions.flatten().map(|entry| entry.path()).max_by_key(number);
    newest.expect("a version").join("bin")
}

/// A program that may lie where only administrators look.
fn program(name: &str) -> PathBuf {
    let places = ["/usr/sbin", "/usr/libexec", "/usr/bin"].map(|folder| Path::new(folder).join(name));
    places
        .into_iter()
        .find(|path| path.is_file())
        .unwrap_or_else(|| name.into())
}

fn done(command: &mut Command) {
    let ended = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        ended.status.success(),
        "{command:?}\n{}{}",
        String::from_utf8_lossy(&ended.stdout),
        String::from_utf8_lossy(&ended.stderr)
    );
}
