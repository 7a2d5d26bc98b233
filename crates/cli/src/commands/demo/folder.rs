//! The demo's folder: made fresh, and what to look at in it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use connector_kit::{Error, Result};
use engine::folder::DataFolder;
use jiff::Timestamp;
use sandbox_store::Sandbox;

/// Tells a folder of ours from anybody else's: only what carries this file is ever removed.
const MARK: &str = "made-by-processflow-demo.txt";

/// Makes the folder. What an earlier demo left in it goes; anything else is not touched.
pub(super) fn make(keep: &Path, now: Timestamp) -> Result<()> {
    if keep.exists() && !is_empty(keep) {
        remove(keep, now)?;
    }
    let make = || {
        fs::create_dir_all(keep.join("files"))?;
        fs::write(
            keep.join(MARK),
            "`processflow demo` made this folder, and makes it anew when it runs again.\n",
        )
    };
    make().map_err(|error| trouble(keep, &error))
}

fn is_empty(keep: &Path) -> bool {
    fs::read_dir(keep).is_ok_and(|mut entries| entries.next().is_none())
}

fn remove(keep: &Path, now: Timestamp) -> Result<()> {
    if !keep.join(MARK).is_file() {
        return Err(
            Error::config(format!("{} holds something that is no demo's", keep.display()))
                .hint("Name a folder that is empty or not there: `processflow demo --keep DIR`."),
        );
    }
    let data = keep.join("data");
    if data.is_dir() {
        // Somebody may be serving it.
        drop(DataFolder::open(&data)?.lock(now)?);
    }
    for part in ["data", "files"] {
        gone(fs::remove_dir_all(keep.join(part))).map_err(|error| trouble(keep, &error))?;
    }
    for part in ["erp.db", "erp.db-wal", "erp.db-shm", "erp.db-journal"] {
        gone(fs::remove_file(keep.join(part))).map_err(|error| trouble(keep, &error))?;
    }
    Ok(())
}

fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

fn trouble(keep: &Path, error: &io::Error) -> Error {
    Error::config(format!("the folder {} cannot be made: {error}", keep.display()))
        .hint("Name another one: `processflow demo --keep DIR`.")
}

/// Where the results lie, and which commands to try next.
pub(super) fn what_to_look_at(keep: &Path, store: &Sandbox) -> String {
    let (shown, data) = (keep.display(), keep.join("data"));
    // As it was called: it need not be on the path.
    let program = std::env::args_os()
        .next()
        .map_or_else(|| "processflow".into(), PathBuf::from);
    let program = quoted(&program);
    let command = format!("{program} --data-dir {}", quoted(&data));
    format!(
        "One line of the stock file has no number as its quantity, so it is set aside, as it should be: the others \
         went on.\n\n\
         Orders and their lines are in {shown}/erp.db (tables WEB_ORDER, WEB_ORDER_LINE).\n\
         The stock file is {shown}/files/stock.csv; what the store was told is in its ledger while it runs.\n\n\
         Look at it:\n  \
         {command} runs\n  \
         {command} show last\n  \
         {command} find 1042\n  \
         {command} failed\n\n\
         The store is gone now. To run again, start it in another terminal:\n  \
         {program} sandbox --port {port}\n  \
         {command} run orders-to-database",
        port = store.address().port(),
    )
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    if text.contains([' ', '\'', '"', '$', '&', '(']) {
        format!("\"{text}\"")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_demos_folder_is_made_anew() {
        let outer = tempfile::tempdir().expect("temp folder");
        let now = Timestamp::UNIX_EPOCH;
        let keep = outer.path().join("demo");
        make(&keep, now).expect("is made");
        fs::write(keep.join("files/stock.csv"), "old").expect("is written");
        make(&keep, now).expect("is made anew");
        assert!(
            !keep.join("files/stock.csv").exists(),
            "what an earlier demo left goes"
        );

        let other = outer.path().join("other");
        fs::create_dir(&other).expect("is made");
        fs::write(other.join("thesis.txt"), "years of work").expect("is written");
        make(&other, now).expect_err("is somebody else's");
        assert!(other.join("thesis.txt").exists(), "nothing of it is touched");
    }
}
