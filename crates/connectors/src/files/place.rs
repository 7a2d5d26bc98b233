//! Names beneath the connection's folder, and the folder itself, opened so that nothing leads out of it.
//!
//! A processflow names files; where the folder lies a person said in the connection. Names are refused by their
//! letters first, for the ways of all operating systems (a flow written on Linux runs on Windows); then cap-std
//! opens them beneath the folder and follows no link out of it, also while somebody swaps one in.

use std::{
    io,
    path::{Path, PathBuf},
};

use cap_std::{
    ambient_authority,
    fs::{Dir, File, Metadata, OpenOptions},
};
use connector_kit::{Error, Result};

use super::{os, trouble::trouble};

/// Names that are devices on Windows, with any ending.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// A file's name, or a path of names with `/`.
pub(super) fn check(name: &str) -> Result<()> {
    walk(name, |part| {
        part.contains(['*', '?'])
            .then_some("contains a wildcard, which only reading knows")
    })
}

/// A file's name whose last part may contain `*` (any letters) and `?` (one letter).
pub(super) fn check_pattern(name: &str) -> Result<()> {
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    if folder.contains(['*', '?']) {
        return Err(refused(name, "has a wildcard in the name of a folder"));
    }
    walk(name, |_| None)
}

fn walk(name: &str, more: impl Fn(&str) -> Option<&'static str>) -> Result<()> {
    let why = if name.is_empty() {
        Some("is empty")
    } else {
        name.split('/').find_map(|part| odd(part).or_else(|| more(part)))
    };
    why.map_or(Ok(()), |why| Err(refused(name, why)))
}

fn odd(part: &str) -> Option<&'static str> {
    let stem = part
        .split('.')
        .next()
        .unwrap_or(part)
        .trim_end()
        .to_ascii_lowercase();
    let numbered = stem.len() == 4 && (stem.starts_with("com") || stem.starts_with("lpt"));
    match part {
        "" => Some("is absolute or has an empty part"),
        _ if part.starts_with('.') => Some("leads out of the folder or is hidden"),
        _ if part.contains('\\') => Some("contains `\\`; parts are separated by `/`"),
        _ if part.contains(':') => Some("contains `:`, a drive or a hidden stream"),
        _ if part.contains(['<', '>', '"', '|']) => {
            Some("contains a letter that file names cannot have everywhere")
        }
        _ if part.chars().any(char::is_control) => Some("contains a control character"),
        _ if part.ends_with(['.', ' ']) || part.starts_with(' ') => {
            Some("begins or ends with a space, or ends with a dot")
        }
        // Room for the names of part files, which are a little longer.
        _ if part.len() > 220 => Some("is longer than 220 bytes"),
        _ if DEVICES.contains(&stem.as_str()) || numbered => Some("is a device on Windows"),
        _ => None,
    }
}

fn refused(name: &str, why: &str) -> Error {
    let shown: String = name
        .chars()
        .take(60)
        .map(|letter| if letter.is_control() { '?' } else { letter })
        .collect();
    Error::config(format!("the file name `{shown}` {why}"))
        .hint("Name a file beneath the connection's folder, like stock.csv or in/stock-*.csv.")
}

/// True when `name` is of the shape of `pattern`.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut of, mut star) = (0, 0, None);
    while at < name.len() {
        if of < pattern.len() && pattern[of] == '*' {
            star = Some((of, at));
            of += 1;
        } else if of < pattern.len() && (pattern[of] == '?' || pattern[of] == name[at]) {
            (at, of) = (at + 1, of + 1);
        } else if let Some((back, from)) = star {
            (of, at, star) = (back + 1, from + 1, Some((back, from + 1)));
        } else {
            return false;
        }
    }
    pattern[of..].iter().all(|rest| *rest == '*')
}

/// The folder of a connection, open.
pub(super) struct Root {
    folder: Dir,
    path: PathBuf,
}

impl Root {
    /// Opens the folder. One that is not there may be a share that is not mounted.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let folder = Dir::open_ambient_dir(path, ambient_authority()).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Error::unavailable(format!("the folder {} is not reachable", path.display()))
                .hint("Check the path, and that the share is mounted for the account the agent runs under. Nothing was read or written.")
                .source(error),
            _ => trouble(&path.display().to_string(), error),
        })?;
        Ok(Self {
            folder,
            path: path.to_owned(),
        })
    }

    /// Size and time of a regular file.
    pub(super) fn look(&self, name: &str) -> io::Result<Metadata> {
        let found = self.folder.metadata(name)?;
        // Opening a pipe would wait for ever.
        if found.is_file() {
            Ok(found)
        } else {
            Err(io::Error::from(io::ErrorKind::IsADirectory))
        }
    }

    /// Opens a regular file to read.
    pub(super) fn read(&self, name: &str) -> io::Result<File> {
        self.look(name)?;
        self.folder.open(name)
    }

    /// Opens a file that is there to read and write.
    pub(super) fn change(&self, name: &str) -> io::Result<File> {
        self.look(name)?;
        self.folder
            .open_with(name, OpenOptions::new().read(true).write(true))
    }

    /// Makes a new file for this account alone, in place of one of that name. The name must be ours.
    pub(super) fn make(&self, name: &str) -> io::Result<File> {
        self.remove(name)?;
        self.folder.open_with(
            name,
            os::private(OpenOptions::new().read(true).write(true).create_new(true)),
        )
    }

    /// Makes a new file for this account alone, unless there is one.
    pub(super) fn make_new(&self, name: &str) -> io::Result<File> {
        self.folder.open_with(
            name,
            os::private(OpenOptions::new().read(true).write(true).create_new(true)),
        )
    }

    /// Removes a file of ours, if it is there.
    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        match self.folder.remove_file(name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Gives a file another name, replacing what bears it.
    pub(super) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.folder.rename(from, &self.folder, to)
    }

    /// Gives `to` the rights that `from` has, so that who could read the old file can read the new one.
    pub(super) fn same_rights(&self, from: &str, to: &str) -> io::Result<()> {
        match self.folder.metadata(from) {
            Ok(found) => self.folder.set_permissions(to, found.permissions()),
            Err(_) => Ok(()),
        }
    }

    /// Makes a folder, unless it is there.
    pub(super) fn make_folder(&self, name: &str) -> io::Result<()> {
        match self.folder.create_dir(name) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    }

    /// True when something bears the name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.folder.symlink_metadata(name).is_ok()
    }

    /// Names of the regular files that match the pattern, sorted; hidden ones are nobody's input.
    pub(super) fn list(&self, pattern: &str) -> io::Result<Vec<String>> {
        let (folder, shape) = pattern.rsplit_once('/').unwrap_or(("", pattern));
        let entries = if folder.is_empty() {
            self.folder.entries()?
        } else {
            self.folder.read_dir(folder)?
        };
        let mut names = Vec::new();
        for entry in entries {
            let Ok(name) = entry?.file_name().into_string() else {
                continue;
            };
            let path = if folder.is_empty() {
                name.clone()
            } else {
                format!("{folder}/{name}")
            };
            if !name.starts_with('.') && matches(shape, &name) && self.look(&path).is_ok() {
                names.push(path);
            }
        }
        names.sort();
        Ok(names)
    }

    /// Makes the names in the folder of `name` durable.
    pub(super) fn sync(&self, name: &str) -> io::Result<()> {
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        os::sync_folder(&self.path.join(folder))
    }
}

#[cfg(test)]
mod tests {
    use super::{Root, check, check_pattern, matches};

    #[test]
    fn names_stay_beneath_the_folder() {
        let refused = [
            "",
            "/etc/passwd",
            "../x",
            "a/../../x",
            "a/./b",
            "a//b",
            "C:\\x",
            "C:x",
            "\\\\server\\x",
            "a\\b",
            "x:stream",
            "NUL",
            "nul.csv",
            "com1.txt",
            "LPT9",
            "x.",
            "x ",
            " x",
            "a\0b",
            "a\nb",
            ".processflow-d.json",
            ".hidden",
            "a|b",
            "*.csv",
        ];
        for name in refused {
            assert!(check(name).is_err(), "{name:?} must be refused");
        }
        assert!(check(&"x".repeat(256)).is_err(), "too long");
        for name in [
            "stock.csv",
            "in/stock.csv",
            "Käse 2026.csv",
            "console.csv",
            "complete.csv",
        ] {
            assert!(check(name).is_ok(), "{name:?} is an honest name");
        }
        assert!(check_pattern("in/stock-*.csv").is_ok() && check_pattern("i*/stock.csv").is_err());
    }

    #[test]
    fn a_pattern_matches_whole_names() {
        let cases = [
            ("stock-*.csv", "stock-1.csv", true),
            ("stock-*.csv", "stock-.csv", true),
            ("stock-*.csv", "xstock-1.csv", false),
            ("stock-*.csv", "stock-1.csv.bak", false),
            ("*", "a", true),
            ("?.csv", "ab.csv", false),
            ("*a*b*", "xxaxxbxx", true),
            ("*aab", "aaaab", true),
        ];
        for (pattern, name, want) in cases {
            assert_eq!(matches(pattern, name), want, "{pattern} {name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_out_of_the_folder_are_not_followed() {
        let (inside, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(outside.path().join("secret"), "x").unwrap();
        std::os::unix::fs::symlink(outside.path().join("secret"), inside.path().join("stock.csv")).unwrap();
        std::os::unix::fs::symlink(outside.path(), inside.path().join("in")).unwrap();
        std::fs::write(inside.path().join("real.csv"), "x").unwrap();
        std::os::unix::fs::symlink("real.csv", inside.path().join("link.csv")).unwrap();
        let root = Root::open(inside.path()).unwrap();
        for name in ["stock.csv", "in/secret"] {
            assert!(
                root.read(name).is_err() && root.change(name).is_err(),
                "{name} lies elsewhere"
            );
        }
        assert!(root.make("in/new.csv").is_err(), "nothing is made elsewhere");
        assert!(
            root.read("link.csv").is_ok(),
            "a link inside the folder is a file of the folder"
        );
        assert_eq!(
            root.list("*").unwrap(),
            ["link.csv", "real.csv"],
            "and nothing else is listed"
        );
        assert!(
            std::fs::read_dir(outside.path()).unwrap().count() == 1,
            "the other folder is as it was"
        );
    }
}
