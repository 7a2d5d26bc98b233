//! Commands of `processflow` on a fresh data folder.

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use tempfile::TempDir;

use super::Store;
use crate::tool::{Done, at, command, processflow};

/// A fresh data folder with a folder around it; both go with the value.
pub(crate) struct Agent {
    folder: TempDir,
    profile: &'static str,
    worst: i32,
}

impl Agent {
    /// With a vault for its secrets and the store as connection `shop`. Commands are those of the profile's build;
    /// an exit code above `worst` is an error.
    pub(crate) fn new(profile: &'static str, worst: i32, store: &Store) -> Done<Self> {
        let agent = Self {
            folder: tempfile::tempdir().map_err(|error| format!("a folder for the agent: {error}"))?,
            profile,
            worst,
        };
        agent.call(&["settings", "set", "secrets=vault"], "")?;
        let path = format!("api_path={}", store.api_path);
        let shop = [
            "connections",
            "add",
            "shop",
            "--connector",
            "bigcommerce",
            "--set",
            &path,
            "--secret",
            "token",
        ];
        agent.call(&shop, &format!("{}\n", store.token))?;
        Ok(agent)
    }

    /// Makes a folder beside the data folder and saves it as a connection of the same name.
    pub(crate) fn add_files(&self, name: &str) -> Done {
        let folder = self.path(name);
        std::fs::create_dir(&folder).map_err(at(&folder))?;
        let setting = format!("folder={}", folder.display());
        let files = [
            "connections",
            "add",
            name,
            "--connector",
            "files",
            "--set",
            &setting,
        ];
        self.call(&files, "").map(drop)
    }

    /// Deploys a processflow's text.
    pub(crate) fn deploy(&self, text: &str) -> Done {
        let file = self.path("processflow.yaml");
        std::fs::write(&file, text).map_err(at(&file))?;
        self.call(&["deploy", &file.display().to_string()], "").map(drop)
    }

    /// Standard output of a command.
    pub(crate) fn call(&self, arguments: &[&str], input: &str) -> Done<String> {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let say = |error: std::io::Error| format!("processflow {}: {error}", arguments.join(" "));
        let mut child = command.spawn().map_err(say)?;
        let mut stdin = child.stdin.take().expect("its input is piped");
        stdin.write_all(input.as_bytes()).map_err(say)?;
        drop(stdin);
        let ended = child.wait_with_output().map_err(say)?;
        let out = String::from_utf8_lossy(&ended.stdout).into_owned();
        let code = ended.status.code();
        if code.is_some_and(|code| (0..=self.worst).contains(&code)) {
            return Ok(out);
        }
        let talk = String::from_utf8_lossy(&ended.stderr);
        Err(format!(
            "processflow {}: {}\n{out}{talk}",
            arguments.join(" "),
            ended.status
        ))
    }

    /// A command on this data folder, for whoever starts it in a way of their own.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(processflow(self.profile));
        command.arg("--data-dir").arg(self.path("data")).args(arguments);
        command
    }

    /// A path beside the data folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
