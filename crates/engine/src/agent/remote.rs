//! Looking into a folder that only its agent may open: an installed service's, through the socket.
//!
//! One question, one connection; the caller waits.

use std::io::{self, BufRead, BufReader, Read, Write};

use connector_kit::{Error, Result};
use serde_json::Value;

use super::{
    Desk,
    socket::{Call, LONGEST, Reply},
};
use crate::{os, service::ACCOUNT};

/// Asks the agent that holds this folder.
pub(crate) fn ask(desk: &Desk, name: &str, input: Value) -> Result<Value> {
    let socket = desk.folder().socket()?;
    let mut stream = BufReader::new(os::connect_blocking(&socket).map_err(|error| closed(&error))?);
    let answer = exchange(&mut stream, name, input).map_err(|error| closed(&error))?;
    match serde_json::from_slice(&answer) {
        Ok(Reply::Ok(value)) => Ok(value),
        Ok(Reply::Error(problem)) => Err(problem.into()),
        Err(_) => Err(Error::config("the service speaks another language")
            .hint("It is another version of this program: install both anew, or start the service again.")),
    }
}

fn exchange(stream: &mut BufReader<impl Read + Write>, name: &str, input: Value) -> io::Result<Vec<u8>> {
    // It greets first; what it says there is for those who stay.
    line(stream)?;
    let call = Call {
        call: name.to_owned(),
        input,
    };
    let mut text = serde_json::to_vec(&call)?;
    text.push(b'\n');
    stream.get_mut().write_all(&text)?;
    stream.get_mut().flush()?;
    line(stream)
}

fn line(from: &mut BufReader<impl Read>) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    let read = from.take(LONGEST).read_until(b'\n', &mut line)?;
    match read {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(line),
    }
}

/// Why the service cannot be reached, and what to do.
pub(super) fn closed(error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::PermissionDenied => Error::config(format!(
            "the agent runs as a service, and only members of the group `{ACCOUNT}` may reach it"
        ))
        .hint(format!(
            "`sudo usermod --append --groups {ACCOUNT} {}`, then sign out and in again.",
            os::user()
        )),
        _ => Error::unavailable("the service is installed and does not run now").hint(
            "`sudo processflow service start` starts it; `journalctl -u processflow` says why it ended.",
        ),
    }
}
