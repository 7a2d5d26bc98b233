//! A sandbox store as a process of its own, and just enough HTTP to ask it.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Stdio},
};

use serde_json::Value;

use crate::tool::{Done, command, processflow};

/// A store under way; it ends with the value.
pub(crate) struct Store {
    child: Child,
    pub(crate) api_path: String,
    pub(crate) token: String,
}

/// A request as it goes out.
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    /// From the root on, with its query.
    pub(crate) target: &'a str,
    pub(crate) token: Option<&'a str>,
    /// Who says to be asking.
    pub(crate) agent: Option<&'a str>,
    pub(crate) body: Option<&'a str>,
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
        let answer = self
            .exchange(asked)
            .map_err(|error| format!("{} {}: {error}", asked.method, asked.target))?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status =
            status.ok_or_else(|| format!("{} {}: the answer is no HTTP", asked.method, asked.target))?;
        let body = serde_json::from_str(body).unwrap_or_else(|_| Value::String(body.to_owned()));
        Ok((status, body))
    }

    fn exchange(&self, asked: &Asked<'_>) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(self.address())?;
        stream.write_all(asked.text(self.address()).as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

impl Asked<'_> {
    /// As it goes over the wire.
    fn text(&self, host: &str) -> String {
        let mut request = format!(
            "{} {} HTTP/1.0\r\nHost: {host}\r\nAccept: application/json\r\n",
            self.method, self.target
        );
        if let Some(agent) = self.agent {
            request.push_str(&format!("User-Agent: {agent}\r\n"));
        }
        if let Some(token) = self.token {
            request.push_str(&format!("X-Auth-Token: {token}\r\n"));
        }
        if let Some(body) = self.body {
            request.push_str(&format!(
                "Content-Type: application/json\r\nContent-Length: {}\r\n",
                body.len()
            ));
        }
        request.push_str("\r\n");
        request.push_str(self.body.unwrap_or_default());
        request
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
