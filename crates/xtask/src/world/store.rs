//! A sandbox store as a process of its own.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader},
    process::{Child, Stdio},
};

use serde_json::Value;

use super::Asked;
use crate::tool::{Done, command, processflow};

/// A store under way; it ends with the value.
pub(crate) struct Store {
    child: Child,
    pub(crate) api_path: String,
    pub(crate) token: String,
}

impl Store {
    /// Starts `processflow sandbox` of a profile with these arguments.
    pub(crate) fn start(profile: &str, arguments: &[impl AsRef<OsStr>]) -> Done<Self> {
        let mut command = command(processflow(profile));
        command
            .args(["--json", "sandbox"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command
            .spawn()
            .map_err(|error| format!("the sandbox store cannot be started: {error}"))?;
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("its output is piped"));
        out.read_line(&mut line)
            .map_err(|error| format!("the sandbox store: {error}"))?;
        let said: Value = serde_json::from_str(&line)
            .map_err(|error| format!("the sandbox store said {line:?}: {error}"))?;
        let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        Ok(Self {
            child,
            api_path: text("api_path"),
            token: text("token"),
        })
    }

    /// `HOST:PORT`
    pub(crate) fn address(&self) -> &str {
        self.api_path
            .trim_start_matches("http://")
            .split('/')
            .next()
            .unwrap_or_default()
    }

    /// The path up to the API's version: `/stores/HASH`.
    pub(crate) fn base(&self) -> String {
        let hash = self
            .api_path
            .split("/stores/")
            .nth(1)
            .and_then(|rest| rest.split('/').next());
        format!("/stores/{}", hash.unwrap_or_default())
    }

    /// Status and body; a body that is no JSON is a text.
    pub(crate) fn ask(&self, asked: &Asked<'_>) -> Done<(u16, Value)> {
        let answer = asked.of(self.address())?;
        Ok((answer.status, answer.json()))
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
