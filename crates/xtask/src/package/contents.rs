//! What lies where in a package.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Package, Programs};
use crate::{
    licences,
    tool::{Done, at, command, quietly, root},
};

const POLICY: &str = "usr/share/polkit-1/actions/org.processflow.agent.policy";

/// Lays a package's files out below `tree`.
pub(super) fn lay_out(package: Package, programs: &Programs, tree: &Path) -> Done {
    let layout = Layout {
        package,
        tree: tree.to_owned(),
    };
    layout.command_line(&programs.processflow)?;
    layout.documents()?;
    if package == Package::Window {
        layout.window(&programs.window)?;
    }
    Ok(())
}

/// A package's tree while it is filled.
struct Layout {
    package: Package,
    tree: PathBuf,
}

impl Layout {
    fn command_line(&self, program: &Path) -> Done {
        self.program(program, "usr/bin/processflow")?;
        self.copy(
            "crates/engine/src/os/service/processflow.service",
            "usr/lib/systemd/system/processflow.service",
        )?;
        self.copy(
            "crates/xtask/package/processflow.sysusers",
            "usr/lib/sysusers.d/processflow.conf",
        )?;
        let completions = [
            ("bash", "usr/share/bash-completion/completions/processflow"),
            ("zsh", "usr/share/zsh/vendor-completions/_processflow"),
            ("fish", "usr/share/fish/vendor_completions.d/processflow.fish"),
        ];
        for (shell, place) in completions {
            self.write(place, &said(program, &["completions", shell])?)?;
        }
        let pages = self.folder("usr/share/man/man1")?;
        said(program, &["manual", &pages.display().to_string()])?;
        zip_all(&pages)
    }

    fn documents(&self) -> Done {
        let documents = format!("usr/share/doc/{}", self.package.name());
        self.copy(
            "crates/xtask/package/copyright",
            &format!("{documents}/copyright"),
        )?;
        self.copy("README.md", &format!("{documents}/README.md"))?;
        let (crates, panels) = match self.package {
            Package::Window => (&["cli", "desktop"][..], true),
            Package::Headless => (&["cli"][..], false),
        };
        let place = format!("{documents}/LIBRARIES");
        self.write(&place, licences::as_text(crates, panels)?.as_bytes())?;
        zip(&self.tree.join(place))?;
        let changes = format!(
            "processflow-agent ({VERSION}) stable; urgency=medium\n\n  * Version {VERSION}.\n\n \
             -- {MAINTAINER}  {}\n",
            committed("%cD")?
        );
        self.write(&format!("{documents}/changelog"), changes.as_bytes())?;
        zip(&self.tree.join(documents).join("changelog"))
    }

    fn window(&self, program: &Path) -> Done {
        self.program(program, "usr/bin/processflow-desktop")?;
        self.copy(
            "icons/icon.svg",
            "usr/share/icons/hicolor/scalable/apps/processflow-agent.svg",
        )?;
        for size in ["32x32", "128x128", "256x256"] {
            let place = format!("usr/share/icons/hicolor/{size}/apps/processflow-agent.png");
            self.copy(&format!("icons/{size}.png"), &place)?;
        }
        let files = [
            (
                "org.processflow.agent.desktop",
                "usr/share/applications/org.processflow.agent.desktop",
            ),
            (
                "org.processflow.agent.metainfo.xml",
                "usr/share/metainfo/org.processflow.agent.metainfo.xml",
            ),
            ("org.processflow.agent.policy", POLICY),
            (
                "processflow-desktop.1",
                "usr/share/man/man1/processflow-desktop.1",
            ),
        ];
        for (file, place) in files {
            let text = read(&root().join("crates/xtask/package").join(file))?;
            let text = text
                .replace("@VERSION@", VERSION)
                .replace("@DATE@", &committed("%cs")?);
            self.write(place, text.as_bytes())?;
        }
        zip(&self.tree.join("usr/share/man/man1/processflow-desktop.1"))
    }

    /// A program without what only debuggers read.
    fn program(&self, from: &Path, to: &str) -> Done {
        let to = self.place(to)?;
        let mut strip = command("strip");
        strip.arg("--strip-all").arg("-o").arg(&to).arg(from);
        quietly(&mut strip)?;
        mode(&to, 0o755)
    }

    fn copy(&self, from: &str, to: &str) -> Done {
        let bytes = fs::read(root().join(from)).map_err(|error| format!("{from}: {error}"))?;
        self.write(to, &bytes)
    }

    fn write(&self, to: &str, bytes: &[u8]) -> Done {
        let to = self.place(to)?;
        fs::write(&to, bytes).map_err(at(&to))?;
        mode(&to, 0o644)
    }

    fn place(&self, to: &str) -> Done<PathBuf> {
        let above = Path::new(to).parent().unwrap_or(Path::new(""));
        self.folder(&above.display().to_string())?;
        Ok(self.tree.join(to))
    }

    fn folder(&self, name: &str) -> Done<PathBuf> {
        let folder = self.tree.join(name);
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        Ok(folder)
    }
}

/// This program's version, and who answers for the packages.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// See [`VERSION`].
pub(super) const MAINTAINER: &str = "The Processflow Agent authors <processflow-agent@localhost.localdomain>";

/// When what is packed was committed: the same tree makes the same package.
fn committed(format: &str) -> Done<String> {
    let mut git = command("git");
    git.args(["log", "-1", &format!("--format={format}")]);
    Ok(String::from_utf8_lossy(&quietly(&mut git)?).trim().to_owned())
}

fn said(program: &Path, arguments: &[&str]) -> Done<Vec<u8>> {
    quietly(command(program).args(arguments))
}

pub(super) fn read(path: &Path) -> Done<String> {
    fs::read_to_string(path).map_err(at(path))
}

fn zip_all(folder: &Path) -> Done {
    let entries = fs::read_dir(folder).map_err(at(folder))?;
    entries.flatten().try_for_each(|entry| zip(&entry.path()))
}

fn zip(file: &Path) -> Done {
    // Without its time: the same text makes the same file.
    quietly(command("gzip").args(["-9", "--no-name", "--force"]).arg(file)).map(drop)
}

/// Sets a mode, whatever the umask.
pub(super) fn mode(path: &Path, bits: u32) -> Done {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(bits)).map_err(at(path))?;
    }
    let _ = bits;
    Ok(())
}
