//! Lines of the log in a file of the person's own.

use std::{
    fs::OpenOptions,
    io::{self, BufWriter, Write},
    path::Path,
};

use connector_kit::{Error, Result};

use super::{Filter, Position, read::follow};
use crate::folder::trouble;

/// Writes the lines that match into a new file, oldest first, some megabytes of the log at a time; how many they were.
pub fn export(folder: &Path, filter: &Filter, file: &Path) -> Result<u64> {
    let about = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => Error::config(format!("`{}` is there already", file.display()))
            .hint("Choose another name; nothing was overwritten."),
        _ => trouble("the file", file, error),
    };
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)
        .map_err(about)?;
    let mut out = BufWriter::new(made);
    let (mut at, mut lines) = (Position::default(), 0);
    loop {
        let before = at.clone();
        for line in follow(folder, filter, &mut at)? {
            out.write_all(line.text().as_bytes()).map_err(about)?;
            lines += 1;
            if filter.limit.is_some_and(|limit| lines >= limit as u64) {
                out.flush().map_err(about)?;
                return Ok(lines);
            }
        }
        if at == before {
            break;
        }
    }
    out.flush().map_err(about)?;
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matches_is_written_and_nothing_is_overwritten() {
        let folder = tempfile::tempdir().expect("temp folder");
        let line = |level: &str| {
            format!(
                "{{\"time\":\"2026-11-20T10:00:00Z\",\"level\":\"{level}\",\"target\":\"t\",\"message\":\"{level}\"}}\n"
            )
        };
        let text: String = ["info", "warn", "info", "error"].into_iter().map(line).collect();
        std::fs::write(folder.path().join("processflow-2026-11-20.jsonl"), text).expect("is written");
        let filter = Filter {
            level: Some(super::super::LogLevel::Warn),
            ..Filter::default()
        };
        let file = folder.path().join("mine.jsonl");
        assert_eq!(
            export(folder.path(), &filter, &file).expect("exports"),
            2,
            "those that match"
        );
        let written = std::fs::read_to_string(&file).expect("reads");
        assert_eq!(written, line("warn") + &line("error"), "as they are");
        assert!(
            export(folder.path(), &filter, &file).is_err(),
            "a file of somebody stays"
        );
    }
}
