//! The sandbox store as a process that records, and just enough HTTP to ask it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Stdio},
};

use serde_json::Value;

use crate::tool::{Done, command, processflow};

/// A store under way; it ends with the value.
pub(super) struct Store {
    child: Child,
    pub(super) api_path: String,
    pub(super) token: String,
}

/// A request as it goes out.
pub(super) struct Asked<'a> {
    pub(super) method: &'a str,
    /// From the root on, with its query.
    pub(super) target: &'a str,
    pub(super) token: Option<&'a str>,
    pub(super) agent: &'a str,
    pub(super) body: Option<&'a str>,
}

impl Store {
    /// Small, but with every oddity of seeded records in it.
    pub(super) fn start(recording: &Path) -> Done<Self> {
        let mut command = command(processflow("debug"));
        command.args([
            "--json",
            "sandbox",
            "--products",
            "120",
            "--customers",
            "60",
            "--orders",
            "120",
        ]);
        command
            .arg("--record")
            .arg(recording)
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
    fn address(&self) -> &str {
        self.api_path
            .trim_start_matches("http://")
            .split('/')
            .next()
            .unwrap_or_default()
    }

    /// The path up to the API's version: `/stores/HASH`.
    pub(super) fn base(&self) -> String {
        let hash = self
            .api_path
            .split("/stores/")
            .nth(1)
            .and_then(|rest| rest.split('/').next());
        format!("/stores/{}", hash.unwrap_or_default())
    }

    /// Status and body; a body that is no JSON is a text.
    pub(super) fn ask(&self, asked: &Asked<'_>) -> Done<(u16, Value)> {
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
        let mut request = format!(
            "{} {} HTTP/1.0\r\nHost: {}\r\nUser-Agent: {}\r\nAccept: application/json\r\n",
            asked.method,
            asked.target,
            self.address(),
            asked.agent
        );
        if let Some(token) = asked.token {
            request.push_str(&format!("X-Auth-Token: {token}\r\n"));
        }
        if let Some(body) = asked.body {
            request.push_str(&format!(
                "Content-Type: application/json\r\nContent-Length: {}\r\n",
                body.len()
            ));
        }
        request.push_str("\r\n");
        request.push_str(asked.body.unwrap_or_default());
        let mut stream = TcpStream::connect(self.address())?;
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
