//! Replacing a file whole: a reader, and the next start after a power cut, see the old text or the new one,
//! never part of either.

use std::{
    io::{self, Write},
    path::Path,
};

use tempfile::NamedTempFile;

use crate::os;

/// Replaces (or makes) the file: temp file 0600 in the same folder, fsync, rename, fsync of the folder.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path)?;
    let temp = beside(folder, bytes)?;
    temp.as_file().sync_all()?;
    temp.persist(path)?;
    os::sync_folder(folder)
}

/// The same without waiting for the disk: for what says something of a process that lives, and nothing after a power cut.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    beside(folder_of(path)?, bytes)?.persist(path)?;
    Ok(())
}

fn folder_of(path: &Path) -> io::Result<&Path> {
    path.parent()
        .ok_or_else(|| io::Error::other("a file needs a folder"))
}

/// A temp file 0600 with this text.
fn beside(folder: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let mut temp = tempfile::Builder::new()
        .prefix(".")
        .suffix(".tmp")
        .tempfile_in(folder)?;
    os::make_private(temp.as_file())?;
    temp.write_all(bytes)?;
    Ok(temp)
}

/// Removes what a killed process left of such a replacement. Only for the holder of the lock: a temp file of a
/// living process looks the same.
pub(super) fn sweep(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') && name.ends_with(".tmp") && entry.file_type()?.is_file() {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replacement_leaves_the_new_text_and_nothing_else() {
        let folder = tempfile::tempdir().expect("temp folder");
        let path = folder.path().join("settings.json");
        write_atomically(&path, b"old").expect("is written");
        write_atomically(&path, b"new").expect("is replaced");
        assert_eq!(
            std::fs::read(&path).expect("reads"),
            b"new",
            "the last text counts"
        );
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("lists").count(),
            1,
            "no temp file stays"
        );
    }

    #[test]
    fn a_failed_replacement_leaves_the_old_file() {
        let folder = tempfile::tempdir().expect("temp folder");
        let path = folder.path().join("taken");
        std::fs::create_dir_all(path.join("inside")).expect("is made");
        write_atomically(&path, b"new").expect_err("a folder stands where the file should be");
        assert!(path.join("inside").is_dir(), "what was there stays");
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("lists").count(),
            1,
            "no temp file stays"
        );
    }

    #[test]
    fn leftovers_of_a_killed_process_are_swept() {
        let folder = tempfile::tempdir().expect("temp folder");
        std::fs::write(folder.path().join(".x1.tmp"), "half").expect("is written");
        std::fs::write(folder.path().join("vault.json"), "{}").expect("is written");
        sweep(folder.path()).expect("sweeps");
        let left: Vec<_> = std::fs::read_dir(folder.path())
            .expect("lists")
            .flatten()
            .collect();
        assert_eq!(left.len(), 1, "only the leftover goes");
    }
}
