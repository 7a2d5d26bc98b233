//! What goes wrong with a file, as a sentence: what happened, what it means for the data, one next step.

use std::io::{Error as IoError, ErrorKind};

use connector_kit::Error;

use super::os;

/// The sentence for an error with the file or folder `name`.
pub(super) fn trouble(name: &str, error: IoError) -> Error {
    let sentence = match error.kind() {
        _ if os::is_held(&error) => Error::unavailable(format!("{name} is open in another program"))
            .hint("Nothing is lost: it is tried again when the file is closed."),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Error::unavailable(
            format!("the disk of {name} is full"),
        )
        .hint("Nothing is lost and nothing half-written is visible. Free space; the run goes on by itself."),
        ErrorKind::NotFound => Error::unavailable(format!("{name} is not there"))
            .hint("Check its name, and that the share is mounted for the account the agent runs under."),
        // What cap-std says of a link that leads out of the folder.
        ErrorKind::PermissionDenied if error.raw_os_error().is_none() => Error::config(format!(
            "{name} leads out of the connection's folder"
        ))
        .hint("Links out of the folder are not followed: put the file itself there, or connect its folder."),
        ErrorKind::PermissionDenied => Error::config(format!("the agent's account may not use {name}")).hint(
            "Give the account that the agent runs under the right to read and write it and its folder.",
        ),
        ErrorKind::ReadOnlyFilesystem => Error::config(format!("{name} lies on a read-only disk"))
            .hint("Choose another folder, or make the disk writable."),
        ErrorKind::NotADirectory | ErrorKind::IsADirectory => {
            Error::config(format!("{name} is not what it should be ({error})"))
                .hint("A connection needs a folder, an action the name of a file in it.")
        }
        _ => Error::unavailable(format!("{name} could not be read or written ({error})"))
            .hint("Check the disk or the network share it lies on."),
    };
    sentence.source(error)
}
