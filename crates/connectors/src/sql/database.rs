//! A connection to a database: its settings, and how it is tried.

use std::sync::Arc;

use connector_kit::{
    Clock, Error, Fact, Host, JsonSchema, OpenFor, Result, Secrets, System, Validation, async_trait,
};
use serde::Deserialize;

use super::{
    Open,
    dialect::{self, trouble},
    open::File,
};

/// Settings of a database connection.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where the database is: `sqlite:erp.db` (beside the agent's data folder), `sqlite:/srv/erp/erp.db`.
    url: String,
    /// Make the file when it is missing. A query never does.
    #[serde(default = "yes")]
    create: bool,
}

fn yes() -> bool {
    true
}

/// A database the agent reads and writes.
pub struct Database {
    pub(super) file: File,
    pub(super) clock: Arc<dyn Clock>,
}

#[async_trait]
impl System for Database {
    type Settings = Settings;
    type Open = Open;
    const NAME: &'static str = "sql";
    const TITLE: &'static str = "SQL database";
    const ABOUT: &'static str = "Tables of a SQLite database: rows written exactly once, queries read.";

    fn seal(settings: &Settings) -> Result<String> {
        Ok(format!("sqlite:{}", path(&settings.url)?))
    }

    fn understood(settings: &Settings) -> Vec<Fact> {
        let file = path(&settings.url)
            .map(|path| vec![Fact::new("Engine", dialect::ENGINE), Fact::new("File", path)]);
        file.unwrap_or_default()
    }

    fn connect(settings: Settings, _secrets: &Secrets, host: &Host) -> Result<Self> {
        let path = host.base.join(path(&settings.url)?);
        Ok(Self {
            file: File {
                path,
                create: settings.create,
            },
            clock: host.clock.clone(),
        })
    }

    async fn validate(&self) -> Result<Validation> {
        let file = self.file.clone();
        let facts = tokio::task::spawn_blocking(move || try_out(&file)).await;
        let facts =
            facts.map_err(|error| Error::bug("validating the database broke off").source(error))??;
        Ok(Validation {
            facts,
            ..Validation::default()
        })
    }

    async fn open(self: Arc<Self>, purpose: OpenFor) -> Result<Open> {
        Open::new(self, purpose).await
    }
}

fn try_out(file: &File) -> Result<Vec<Fact>> {
    let connection = file.open_to_write()?;
    let said = |error| trouble(&file.name(), error);
    let read_only = connection.is_readonly("main").map_err(said)?;
    if !read_only {
        connection
            .execute_batch(dialect::BEGIN)
            .and_then(|()| connection.execute_batch(dialect::ROLLBACK))
            .map_err(said)?;
    }
    Ok(vec![
        Fact::new("Engine", format!("{} {}", dialect::ENGINE, dialect::version())),
        Fact::new("File", file.path.display().to_string()),
        Fact::new("Journal", dialect::journal_mode(&connection).map_err(said)?),
        Fact::new("Access", if read_only { "read only" } else { "read and write" }),
    ])
}

/// The path in `sqlite:erp.db`, `sqlite:///srv/erp.db`, `sqlite:C:\erp\erp.db`.
fn path(url: &str) -> Result<&str> {
    let (scheme, rest) = url.split_once(':').unwrap_or(("", url));
    // `C:\erp.db` has no scheme; one letter is a drive.
    if !scheme.eq_ignore_ascii_case("sqlite") {
        let known = [
            "postgres",
            "postgresql",
            "mysql",
            "mariadb",
            "mssql",
            "sqlserver",
            "oracle",
        ];
        let message = if known.contains(&scheme.to_ascii_lowercase().as_str()) {
            format!("`{scheme}` databases cannot be reached by this version; it speaks SQLite")
        } else {
            "`url` does not say which database it is".to_owned()
        };
        return Err(Error::config(message)
            .hint("A SQLite file is written as sqlite:erp.db or sqlite:/srv/erp/erp.db."));
    }
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
    use super::path;

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
            ("postgres://localhost/erp", None),
            ("erp.db", None),
        ];
        for (url, want) in cases {
            assert_eq!(path(url).ok(), want, "{url}");
        }
    }
}
