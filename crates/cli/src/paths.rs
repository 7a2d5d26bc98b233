//! Relative paths on the command line mean: from where the command is run. They are made absolute before they are
//! saved, because the agent that uses them later runs somewhere else.

use std::path::{Path, PathBuf, absolute};

use connector_kit::{Error, Result};

/// The folder this command is run in.
pub(crate) fn here() -> Result<PathBuf> {
    std::env::current_dir().map_err(|error| {
        Error::config(format!(
            "the folder this command is run in cannot be told: {error}"
        ))
        .hint("Change to a folder that is there and may be read.")
    })
}

/// A path from there, absolute.
pub(crate) fn from(there: &Path, path: &Path) -> Result<PathBuf> {
    absolute(there.join(path))
        .map_err(|error| Error::config(format!("`{}` is no path: {error}", path.display())))
}

/// The value of a connection's setting, with a relative `folder`, or a relative file in a `url`, made absolute.
pub(crate) fn of_setting(there: &Path, key: &str, value: &str) -> Result<String> {
    let file = match (key, value.split_once(':')) {
        ("folder", _) if !value.is_empty() => Some(("", value)),
        ("url", Some((scheme, rest))) if scheme.eq_ignore_ascii_case("sqlite") => {
            Some(("sqlite:", rest.strip_prefix("//").unwrap_or(rest)))
        }
        _ => None,
    };
    // What is no name of a file (`sqlite:`, `sqlite::memory:`) is for the connector to refuse.
    match file {
        Some((scheme, path)) if !path.is_empty() && !path.starts_with(':') => {
            let ends = if path.ends_with(['/', '\\']) && scheme == "sqlite:" {
                "/"
            } else {
                ""
            };
            Ok(format!(
                "{scheme}{}{ends}",
                from(there, Path::new(path))?
                    .display()
                    .to_string()
                    .trim_end_matches('/')
            ))
        }
        _ => Ok(value.to_owned()),
    }
}

/// The value of an agent's setting: the files in `authorities` made absolute.
pub(crate) fn of_agent_setting(there: &Path, key: &str, value: &str) -> Result<String> {
    if key != "authorities" {
        return Ok(value.to_owned());
    }
    let files = value.split(',').map(str::trim).filter(|file| !file.is_empty());
    let files: Vec<String> = files
        .map(|file| Ok(from(there, Path::new(file))?.display().to_string()))
        .collect::<Result<_>>()?;
    Ok(files.join(","))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_start_where_the_command_is_run() {
        let there = Path::new("/home/ops");
        let cases = [
            ("folder", "./out", "/home/ops/out"),
            ("folder", "out/", "/home/ops/out"),
            ("folder", "/srv/out", "/srv/out"),
            ("url", "sqlite:erp.db", "sqlite:/home/ops/erp.db"),
            ("url", "sqlite://erp.db", "sqlite:/home/ops/erp.db"),
            ("url", "sqlite:///srv/erp.db", "sqlite:/srv/erp.db"),
            ("url", "sqlite:/srv/erp.db", "sqlite:/srv/erp.db"),
            ("url", "sqlite::memory:", "sqlite::memory:"),
            ("url", "sqlite:data/", "sqlite:/home/ops/data/"),
            ("url", "https://shop.example", "https://shop.example"),
            ("api_path", "abc123", "abc123"),
        ];
        for (key, value, want) in cases {
            assert_eq!(
                of_setting(there, key, value).unwrap(),
                want,
                "--set {key}={value} in {}",
                there.display()
            );
        }
        let authorities = of_agent_setting(there, "authorities", "ca.pem, /etc/ca.pem").unwrap();
        assert_eq!(
            authorities, "/home/ops/ca.pem,/etc/ca.pem",
            "a list of files, each from there"
        );
    }
}
