//! The `url` of a connection: which engine, and where.

use connector_kit::{Error, Fact, Result};
use percent_encoding::percent_decode_str;
use url::{Host, Url};

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// A SQLite file: its path as it was written.
    File(String),
    /// A server.
    Server(Server),
}

/// A database on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    /// Which engine it speaks.
    pub(super) speaks: Speaks,
    /// Name or address of its machine.
    pub(super) host: String,
    /// Its port.
    pub(super) port: u16,
    /// The database.
    pub(super) database: String,
    /// The account, where `url` names one.
    pub(super) user: Option<String>,
    /// The machine is this one.
    pub(super) is_here: bool,
}

/// The engines that are servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaks {
    /// PostgreSQL.
    Postgres,
    /// MariaDB and MySQL.
    Mysql,
}

impl Address {
    /// Reads `sqlite:erp.db`, `postgres://user@host:5432/database`, `mariadb://host/database`.
    ///
    /// # Errors
    /// Config when it is none of them, names no database, or holds a password.
    pub(super) fn of(url: &str) -> Result<Self> {
        let (scheme, rest) = url.split_once(':').unwrap_or(("", url));
        // `C:\erp.db` has no scheme; one letter is a drive.
        match scheme.to_ascii_lowercase().as_str() {
            "sqlite" => path(rest).map(|path| Self::File(path.to_owned())),
            "postgres" | "postgresql" => Server::of(url, Speaks::Postgres, 5432).map(Self::Server),
            "mysql" | "mariadb" => Server::of(url, Speaks::Mysql, 3306).map(Self::Server),
            "mssql" | "sqlserver" | "oracle" => Err(Error::config(format!(
                "`{scheme}` databases cannot be reached by this version; it speaks SQLite, PostgreSQL, MariaDB and MySQL"
            ))
            .hint(FORMS)),
            _ => Err(Error::config("`url` does not say which database it is").hint(FORMS)),
        }
    }

    /// Where secrets may be sent, and what the connection is known by.
    pub(super) fn seal(&self) -> String {
        match self {
            Self::File(path) => format!("sqlite:{path}"),
            Self::Server(server) => format!("{}://{}", server.speaks.scheme(), server.place()),
        }
    }

    /// What it was understood as.
    pub(super) fn facts(&self) -> Vec<Fact> {
        match self {
            Self::File(path) => vec![Fact::new("Engine", "SQLite"), Fact::new("File", path)],
            Self::Server(server) => vec![
                Fact::new("Engine", server.speaks.title()),
                Fact::new("Server", format!("{}:{}", server.host, server.port)),
                Fact::new("Database", &server.database),
            ],
        }
    }
}

const FORMS: &str =
    "Write it as sqlite:/srv/erp/erp.db, postgres://host:5432/database or mariadb://host:3306/database.";

impl Speaks {
    /// The engine's name for people.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Mysql => "MariaDB or MySQL",
        }
    }

    fn scheme(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
        }
    }
}

impl Server {
    fn of(url: &str, speaks: Speaks, port: u16) -> Result<Self> {
        let wrong = |why: &str| Error::config(format!("`url` {why}")).hint(FORMS);
        let url = Url::parse(url).map_err(|error| wrong(&format!("is no address ({error})")))?;
        if url.password().is_some() {
            return Err(Error::config("`url` holds a password, which would stand in every list and log")
                .hint("Take it out of `url` and enter it as the secret `password`. If it was seen by others, change it."));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("has parameters, which are not understood here"));
        }
        // Schemes that a URL library does not know have hosts without kind: an address in numbers is told here.
        let host = match url.host() {
            Some(Host::Domain(name)) if !name.is_empty() => decoded(name)?,
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            _ => return Err(wrong("names no server")),
        };
        let database = decoded(url.path().trim_start_matches('/'))?;
        if database.is_empty() || database.contains(['/', '\0']) {
            return Err(wrong("names no database"));
        }
        let user = Some(decoded(url.username())?).filter(|user| !user.is_empty());
        let is_here = host.eq_ignore_ascii_case("localhost")
            || host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback());
        Ok(Self {
            speaks,
            host,
            port: url.port().unwrap_or(port),
            database,
            user,
            is_here,
        })
    }

    /// `db.example.com:5432/erp`
    pub(super) fn place(&self) -> String {
        format!("{}:{}/{}", self.host, self.port, self.database)
    }
}

fn decoded(part: &str) -> Result<String> {
    let text = percent_decode_str(part).decode_utf8();
    text.map(std::borrow::Cow::into_owned)
        .map_err(|error| Error::config("`url` holds bytes that are no text").source(error))
}

/// The path in `sqlite:erp.db`, `sqlite:///srv/erp.db`, `sqlite:C:\erp\erp.db`, without the scheme.
fn path(rest: &str) -> Result<&str> {
    let path = rest.strip_prefix("//").unwrap_or(rest);
    if path.is_empty()
        || path.contains(":memory:")
        || path.contains(['?', '#', '\0'])
        || path.ends_with(['/', '\\'])
    {
        return Err(Error::config("`url` names no database file").hint(
            "A SQLite file is written as sqlite:erp.db, without parameters; it cannot live in memory alone.",
        ));
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::{Address, Server, Speaks};

    #[test]
    fn an_address_leads_to_one_file() {
        let cases = [
            ("sqlite:erp.db", Some("erp.db")),
            ("sqlite://erp.db", Some("erp.db")),
            ("sqlite:/srv/erp.db", Some("/srv/erp.db")),
            ("sqlite:///srv/erp.db", Some("/srv/erp.db")),
            (r"sqlite:C:\erp\erp.db", Some(r"C:\erp\erp.db")),
            ("SQLite:erp.db", Some("erp.db")),
            ("sqlite::memory:", None),
            ("sqlite:erp.db?mode=ro", None),
            ("sqlite:", None),
            ("sqlite:folder/", None),
            ("erp.db", None),
            ("sqlserver://erp/shop", None),
        ];
        for (url, want) in cases {
            let got = Address::of(url).ok().map(|address| match address {
                Address::File(path) => path,
                Address::Server(server) => server.place(),
            });
            assert_eq!(got.as_deref(), want, "{url}");
        }
    }

    #[test]
    fn an_address_leads_to_one_database_of_a_server() {
        let server = |url| match Address::of(url) {
            Ok(Address::Server(server)) => server,
            other => panic!("{url}: {other:?}"),
        };
        let local = server("postgres://erp%40shop@127.0.0.1:5433/web%20shop");
        let expected = Server {
            speaks: Speaks::Postgres,
            host: "127.0.0.1".into(),
            port: 5433,
            database: "web shop".into(),
            user: Some("erp@shop".into()),
            is_here: true,
        };
        assert_eq!(local, expected);
        assert_eq!(server("mariadb://db.local/erp").place(), "db.local:3306/erp");
        assert!(!server("mysql://db.local/erp").is_here);
        assert!(
            server("postgresql://[::1]/erp").is_here,
            "loopback has two spellings"
        );
        for wrong in [
            "postgres://host",
            "postgres:///erp",
            "mysql://host/a/b",
            "postgres://host/erp?sslmode=disable",
        ] {
            assert!(Address::of(wrong).is_err(), "{wrong} leads nowhere");
        }
    }

    #[test]
    fn a_password_in_the_address_is_refused_and_not_shown() {
        let error = Address::of("postgres://erp:s3cret@db/erp").expect_err("it would be shown");
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    }
}
