//! A file beneath a folder, whole, for connectors that send one: a picture of a product.

use std::{
    io::{ErrorKind, Read},
    path::Path,
};

use connector_kit::{Error, Result};

use super::{place::Root, place::check, trouble::trouble};

/// The content of a file beneath `folder`; one that is larger than `most` bytes is its size. Rejected: there is no such
/// file, or its name leads elsewhere.
pub(crate) fn picture(folder: &Path, name: &str, most: u64) -> Result<Result<Vec<u8>, u64>> {
    check(name).map_err(|error| {
        Error::rejected(error.message).hint("Name a file beneath the folder of pictures.")
    })?;
    let root = Root::open(folder)?;
    let opened = root.read(name).map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            Error::rejected(format!("there is no file `{name}` in the folder of pictures"))
                .hint("Put it there, or correct its name; then retry.")
        }
        _ => trouble(name, error),
    })?;
    let size = opened.metadata().map_err(|error| trouble(name, error))?.len();
    if size > most {
        return Ok(Err(size));
    }
    let mut content = Vec::with_capacity(size as usize);
    let read = opened.take(most + 1).read_to_end(&mut content);
    read.map_err(|error| trouble(name, error))?;
    // It may have grown meanwhile.
    let size = content.len() as u64;
    Ok(if size > most { Err(size) } else { Ok(content) })
}
