//! `cargo xtask catalogue DIR`: facts of every operation of the REST Management API, read from the vendor's OpenAPI
//! files into one file of plain data that the connector embeds.
//!
//! Facts only: methods, paths, names, types, limits. The vendor's words stay in the vendor's files, which are not
//! shipped; what they leave out stands in `told.rs`, beside where it was told. The same files give the same data.

mod body;
mod names;
mod operation;
mod paging;
mod parameter;
mod told;

use std::{fmt::Write as _, path::Path};

use operation::Operation;

pub(crate) use names::ids;

use crate::{
    conformance::{description::Description, known::Known},
    tool::{Done, at, print, root},
};

/// Where the connector embeds it from.
const DATA: &str = "crates/connectors/src/bigcommerce/api/operations.json";

/// Reads the files in a folder and writes the data anew.
pub(crate) fn catalogue(folder: &Path) -> Done {
    let description = Description::read(folder, &Known::read()?.mends)?;
    let operations = operations(&description)?;
    let path = root().join(DATA);
    std::fs::write(&path, text(&operations)).map_err(at(&path))?;
    print(&format!("{} operations in {DATA}", operations.len()));
    Ok(())
}

/// All operations, in the order of their ids.
fn operations(description: &Description) -> Done<Vec<Operation>> {
    let ids = names::ids(description)?;
    let mut operations: Vec<Operation> = description
        .operations
        .iter()
        .zip(ids)
        .map(|(operation, id)| Operation::read(description, operation, id))
        .collect();
    told::replaced(&mut operations);
    operations.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(operations)
}

/// A line each, so that a change of the vendor's shows as a change of lines.
fn text(operations: &[Operation]) -> String {
    let mut text =
        String::from("{\"made_by\":\"cargo xtask catalogue FOLDER_OF_OPENAPI_FILES\",\"operations\":[\n");
    for (at, operation) in operations.iter().enumerate() {
        let line = serde_json::to_string(operation).expect("names and numbers always serialise");
        let comma = if at + 1 < operations.len() { "," } else { "" };
        writeln!(text, "{line}{comma}").expect("a text has room");
    }
    text.push_str("]}\n");
    text
}
