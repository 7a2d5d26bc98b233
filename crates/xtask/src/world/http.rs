//! Just enough HTTP to ask a server on this machine: a connection for each request, whole answers.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use serde_json::Value;

use crate::tool::Done;

/// The media type of JSON.
pub(crate) const JSON: &str = "application/json";

/// How long an answer may keep silent.
const PATIENCE: Duration = Duration::from_mins(1);

/// A request as it goes out.
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    /// From the root on, with its query.
    pub(crate) target: &'a str,
    pub(crate) token: Option<&'a str>,
    /// Who says to be asking.
    pub(crate) agent: Option<&'a str>,
    /// The body's media type.
    pub(crate) media: &'a str,
    pub(crate) body: Option<&'a str>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    body: String,
}

impl Asked<'_> {
    /// Asks the server at `HOST:PORT`.
    pub(crate) fn of(&self, address: &str) -> Done<Answer> {
        let say = |error: String| format!("{} {}: {error}", self.method, self.target);
        let answer = self.exchange(address).map_err(|error| say(error.to_string()))?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Ok(Answer {
            status: status.ok_or_else(|| say("the answer is no HTTP".to_owned()))?,
            head: head.to_owned(),
            body: body.to_owned(),
        })
    }

    fn exchange(&self, address: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(self.text(address).as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    /// As it goes over the wire.
    fn text(&self, host: &str) -> String {
        let mut request = format!(
            "{} {} HTTP/1.0\r\nHost: {host}\r\nAccept: {JSON}\r\n",
            self.method, self.target
        );
        if let Some(agent) = self.agent {
            request.push_str(&format!("User-Agent: {agent}\r\n"));
        }
        if let Some(token) = self.token {
            request.push_str(&format!("X-Auth-Token: {token}\r\n"));
        }
        if let Some(body) = self.body {
            let length = body.len();
            request.push_str(&format!(
                "Content-Type: {}\r\nContent-Length: {length}\r\n",
                self.media
            ));
        }
        request.push_str("\r\n");
        request.push_str(self.body.unwrap_or_default());
        request
    }
}

impl Answer {
    #[cfg(test)]
    pub(crate) fn read(status: u16, head: &str, body: &str) -> Self {
        Self {
            status,
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    /// The body; one that is no JSON is a text.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| Value::String(self.body.clone()))
    }

    /// A header's value, whatever the case of its name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .next()
    }
}
