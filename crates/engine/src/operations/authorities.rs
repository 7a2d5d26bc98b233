//! Certificates of a company's own authorities: looked at, added, taken away.
//!
//! They come as text and not as a path: the agent may be a service that cannot read a person's home.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use connector_kit::{Error, Result, async_trait, http::Authority};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Acts, Reads};
use crate::{
    agent::{Agent, Desk},
    folder::{DataFolder, Settings, trouble, write_atomically},
    os,
};

/// The setting that names the files.
const SETTING: &str = "authorities";

/// The certificates trusted besides the system's.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct ListCertificates {}

/// A certificate that is trusted besides the system's, or a file that holds none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CertificateRow {
    /// The file it lies in.
    pub file: String,
    /// Whose it is; empty where the file tells nothing.
    pub subject: String,
    /// Who vouches for it.
    pub issuer: String,
    /// Until when it is good, an instant.
    pub ends_at: String,
    /// Why it is of no use: the file is gone, holds no certificate, or the certificate has ended.
    pub problem: Option<String>,
}

impl Reads for ListCertificates {
    type Output = Vec<CertificateRow>;
    const NAME: &'static str = "certificates";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        let settings = Settings::load(desk.folder())?;
        Ok(rows(&settings.authorities, desk.clock().now()))
    }
}

fn rows(files: &[PathBuf], now: Timestamp) -> Vec<CertificateRow> {
    files.iter().flat_map(|file| rows_of(file, now)).collect()
}

fn rows_of(file: &Path, now: Timestamp) -> Vec<CertificateRow> {
    let read = fs::read(file).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::config("the file is gone"),
        _ => Error::config(format!("the file cannot be read ({error})")),
    });
    match read.and_then(|pem| Authority::all(&pem)) {
        Ok(found) => found.iter().map(|one| row(file, one, now)).collect(),
        Err(error) => vec![CertificateRow {
            file: file.display().to_string(),
            subject: String::new(),
            issuer: String::new(),
            ends_at: String::new(),
            problem: Some(error.message),
        }],
    }
}

fn row(file: &Path, authority: &Authority, now: Timestamp) -> CertificateRow {
    CertificateRow {
        file: file.display().to_string(),
        subject: authority.subject.clone(),
        issuer: authority.issuer.clone(),
        ends_at: authority.ends_at.to_string(),
        problem: unusable(authority, now).map(|error| error.message),
    }
}

fn unusable(authority: &Authority, now: Timestamp) -> Option<Error> {
    let Authority { subject, ends_at, .. } = authority;
    if !authority.may_vouch {
        return Some(
            Error::config(format!("`{subject}` is not a certificate of an authority"))
                .hint("It is a server's own. Ask IT for the root certificate that vouches for it."),
        );
    }
    (*ends_at <= now).then(|| {
        Error::config(format!("the certificate `{subject}` has ended on {ends_at}"))
            .hint("Ask IT for the one that took its place.")
    })
}

/// Trusts an authority besides the system's. What is opened from now on trusts it; no restart is needed.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct AddAuthority {
    /// Its certificate as PEM text.
    pub pem: String,
}

#[async_trait]
impl Acts for AddAuthority {
    type Output = Vec<CertificateRow>;
    const NAME: &'static str = "add_authority";

    async fn act(self, agent: &Arc<Agent>) -> Result<Self::Output> {
        let found = Authority::all(self.pem.as_bytes())?;
        let now = agent.clock().now();
        if let Some(error) = found.iter().find_map(|one| unusable(one, now)) {
            return Err(error);
        }
        let file = file_for(agent.folder(), &found[0].subject, &self.pem);
        os::create_private_folder(&agent.folder().authorities())
            .and_then(|()| write_atomically(&file, self.pem.as_bytes()))
            .map_err(|error| trouble("the certificate", &file, error))?;
        let added = |settings: &mut Settings| {
            if !settings.authorities.contains(&file) {
                settings.authorities.push(file);
            }
            Ok(())
        };
        agent.change_settings(SETTING, added).await?;
        Ok(rows(&agent.settings().authorities, now))
    }
}

/// The same certificate has the same file, however often it is added.
fn file_for(folder: &DataFolder, subject: &str, pem: &str) -> PathBuf {
    let letters = |letter: char| {
        if letter.is_ascii_alphanumeric() {
            letter.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let name: String = subject.chars().take(40).map(letters).collect();
    let hash = blake3::hash(pem.trim().as_bytes()).to_hex();
    folder
        .authorities()
        .join(format!("{}-{}.pem", name.trim_matches('-'), &hash[..8]))
}

/// Trusts the authorities of a file no longer. A file that this program made goes with it; any other stays.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct RemoveAuthority {
    /// The file, as `certificates` names it.
    pub file: String,
}

#[async_trait]
impl Acts for RemoveAuthority {
    type Output = ();
    const NAME: &'static str = "remove_authority";

    async fn act(self, agent: &Arc<Agent>) -> Result<()> {
        let named = |path: &PathBuf| path.display().to_string() == self.file;
        let settings = agent.settings();
        let file = settings.authorities.iter().find(|path| named(path)).cloned();
        let file = file.ok_or_else(|| {
            Error::config(format!("`{}` is not among the trusted certificates", self.file))
                .hint("`processflow call certificates` lists them.")
        })?;
        let removed = |settings: &mut Settings| {
            settings.authorities.retain(|path| *path != file);
            Ok(())
        };
        agent.change_settings(SETTING, removed).await?;
        if file.parent() == Some(agent.folder().authorities().as_path()) {
            // Trusted no more, whether or not its file goes.
            if let Err(error) = fs::remove_file(&file) {
                tracing::debug!(%error, "A certificate's file stays.");
            }
        }
        Ok(())
    }
}
