//! A tree as a Debian package.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use super::{
    Package, Programs,
    contents::{MAINTAINER, VERSION, lay_out, mode, read},
};
use crate::tool::{Done, at, command, quietly, root};

/// Packs into `folder`; the file's path.
pub(super) fn pack(package: Package, programs: &Programs, folder: &Path) -> Done<PathBuf> {
    fs::create_dir_all(folder).map_err(at(folder))?;
    let work = tempfile::tempdir_in(folder).map_err(at(folder))?;
    let tree = work.path().join("tree");
    lay_out(package, programs, &tree)?;
    let architecture = architecture()?;
    let text = control(
        package,
        &architecture,
        &depends(package, work.path())?,
        size(&tree)?,
    );
    write_control(&tree, &text)?;
    for folder in folders(&tree) {
        mode(&folder, 0o755)?;
    }
    let file = folder.join(format!("{}_{VERSION}_{architecture}.deb", package.name()));
    let mut build = command("dpkg-deb");
    build
        .args(["--root-owner-group", "-Zxz", "--build"])
        .arg(&tree)
        .arg(&file);
    quietly(&mut build)?;
    Ok(file)
}

fn write_control(tree: &Path, text: &str) -> Done {
    let folder = tree.join("DEBIAN");
    let write = |name: &str, text: &str, bits: u32| {
        let file = folder.join(name);
        fs::write(&file, text).map_err(at(&file))?;
        mode(&file, bits)
    };
    let sums = sums(tree)?;
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    write("control", text, 0o644)?;
    write("md5sums", &sums, 0o644)?;
    for script in ["postinst", "prerm", "postrm"] {
        let text = read(&root().join("crates/xtask/package").join(script))?;
        write(script, &text, 0o755)?;
    }
    Ok(())
}

fn control(package: Package, architecture: &str, depends: &str, kilobytes: u64) -> String {
    let other = package.other().name();
    let (section, recommends, what) = match package {
        Package::Window => (
            "misc",
            "Recommends: libayatana-appindicator3-1, gnome-keyring | kwalletmanager, pkexec | policykit-1\n",
            " This package has the window, the command line and the service.",
        ),
        Package::Headless => (
            "net",
            "Recommends: ca-certificates\n",
            " This package has the command line and the service, for servers without a\n display.",
        ),
    };
    let mut text = format!(
        "Package: {}\nVersion: {VERSION}\nArchitecture: {architecture}\nMaintainer: {MAINTAINER}\n",
        package.name()
    );
    write!(
        text,
        "Installed-Size: {kilobytes}\nDepends: {depends}\n{recommends}Conflicts: {other}\nReplaces: {other}\n\
         Section: {section}\nPriority: optional\n\
         Description: processflows between an online store and the systems next to it\n \
         Moves orders, stock, products and customers between a BigCommerce store and\n \
         databases or files on this machine, on a schedule or on demand. Every record\n \
         is accounted for: nothing lost, nothing doubled.\n .\n{what}\n"
    )
    .expect("text takes everything");
    text
}

/// What the programs link against, as the packages of this machine say, and what the scripts call.
fn depends(package: Package, work: &Path) -> Done<String> {
    let debian = work.join("debian");
    fs::create_dir_all(&debian).map_err(at(&debian))?;
    // The tool wants to stand in a source package.
    let source = format!("Source: {0}\n\nPackage: {0}\nArchitecture: any\n", package.name());
    fs::write(debian.join("control"), source).map_err(at(&debian))?;
    let programs = match package {
        Package::Window => &["processflow", "processflow-desktop"][..],
        Package::Headless => &["processflow"],
    };
    let mut tool = command("dpkg-shlibdeps");
    tool.arg("-O").current_dir(work);
    for program in programs {
        tool.arg(format!("-etree/usr/bin/{program}"));
    }
    let said = String::from_utf8_lossy(&quietly(&mut tool)?).into_owned();
    let libraries = said
        .trim()
        .strip_prefix("shlibs:Depends=")
        .ok_or_else(|| format!("dpkg-shlibdeps answered something else: {said}"))?;
    Ok(format!(
        "{libraries}, init-system-helpers (>= 1.54~), systemd | systemd-standalone-sysusers"
    ))
}

fn architecture() -> Done<String> {
    let said = quietly(command("dpkg").arg("--print-architecture"))?;
    Ok(String::from_utf8_lossy(&said).trim().to_owned())
}

/// Kilobytes of a tree, as packages say them.
fn size(tree: &Path) -> Done<u64> {
    let sizes = files(tree).into_iter().map(|file| {
        fs::metadata(&file)
            .map(|found| found.len().div_ceil(1024))
            .map_err(at(&file))
    });
    sizes.sum()
}

fn sums(tree: &Path) -> Done<String> {
    let mut tool = command("md5sum");
    tool.current_dir(tree);
    let mut names: Vec<PathBuf> = files(tree)
        .into_iter()
        .filter_map(|file| file.strip_prefix(tree).ok().map(Path::to_owned))
        .collect();
    names.sort();
    Ok(String::from_utf8_lossy(&quietly(tool.args(names))?).into_owned())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    walked(folder).into_iter().filter(|path| path.is_file()).collect()
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let below = walked(folder).into_iter().filter(|path| path.is_dir());
    below.chain([folder.to_owned()]).collect()
}

fn walked(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| {
            let path = entry.path();
            let below = if path.is_dir() { walked(&path) } else { Vec::new() };
            below.into_iter().chain([path])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_package_takes_the_others_place() {
        for package in [Package::Window, Package::Headless] {
            let text = control(package, "amd64", "libc6", 1);
            let other = package.other().name();
            assert!(
                text.contains(&format!("Conflicts: {other}\nReplaces: {other}\n")),
                "both have /usr/bin/processflow: {text}"
            );
            assert!(
                text.ends_with('\n') && !text.contains("\n\n"),
                "one paragraph: {text}"
            );
        }
    }
}
