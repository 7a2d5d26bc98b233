//! The licences of what our programs are made with: their terms ask that they travel with them. The panels embed them,
//! the packages carry them as a text.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use serde::Serialize;
use serde_json::Value;

use crate::tool::{Done, at, cargo, command, quietly, root};

/// Where the panels look for them; not kept in the tree.
const EMBEDDED: &str = "ui/src/licences.json";

/// A library and the texts of its licences.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Licence {
    name: String,
    version: String,
    licence: String,
    texts: Vec<String>,
}

/// What the panels read. Most texts are the same for many libraries: each is there once.
#[derive(Default, Serialize)]
struct Embedded<'a> {
    texts: Vec<&'a str>,
    libraries: Vec<Library<'a>>,
}

#[derive(Serialize)]
struct Library<'a> {
    name: &'a str,
    version: &'a str,
    licence: &'a str,
    /// Places among the texts.
    texts: Vec<usize>,
}

impl<'a> Embedded<'a> {
    fn of(all: &'a BTreeSet<Licence>) -> Self {
        let mut places = BTreeMap::new();
        let mut embedded = Self::default();
        for one in all {
            let mut place = |text: &'a String| {
                *places.entry(text.as_str()).or_insert_with(|| {
                    embedded.texts.push(text);
                    embedded.texts.len() - 1
                })
            };
            let texts = one.texts.iter().map(&mut place).collect();
            embedded.libraries.push(Library {
                name: &one.name,
                version: &one.version,
                licence: &one.licence,
                texts,
            });
        }
        embedded
    }
}

/// Writes what the panels embed: the libraries of the window, Rust's and Node's.
pub(crate) fn embed() -> Done {
    let mut all = of_crates(&["desktop", "cli"])?;
    all.extend(of_panels()?);
    let text = serde_json::to_string(&Embedded::of(&all)).map_err(|error| error.to_string())?;
    let path = root().join(EMBEDDED);
    fs::write(&path, text).map_err(at(&path))
}

/// All of them as one text, for a package that has these crates of ours and, where it has a window, the panels.
pub(crate) fn as_text(crates: &[&str], panels: bool) -> Done<String> {
    let mut all = of_crates(crates)?;
    if panels {
        all.extend(of_panels()?);
    }
    let mut text = String::new();
    for one in all {
        write!(
            text,
            "{} {}\n{}\n\n{}\n\n\n",
            one.name,
            one.version,
            one.licence,
            one.texts.join("\n\n")
        )
        .expect("text takes everything");
    }
    Ok(text)
}

/// What is compiled into these crates of ours on this kind of machine.
fn of_crates(ours: &[&str]) -> Done<BTreeSet<Licence>> {
    let mut tool = cargo();
    tool.args([
        "metadata",
        "--locked",
        "--format-version",
        "1",
        "--filter-platform",
    ]);
    let said = quietly(tool.arg(this_kind()?))?;
    let found: Value = serde_json::from_slice(&said).map_err(|error| error.to_string())?;
    let packages: BTreeMap<&str, &Value> = each(&found["packages"])
        .map(|package| (text(&package["id"]), package))
        .collect();
    let needs: BTreeMap<&str, Vec<&str>> = each(&found["resolve"]["nodes"])
        .map(|node| (text(&node["id"]), needed(node)))
        .collect();
    let mut waiting: Vec<&str> = packages
        .iter()
        .filter(|(_, package)| package["source"].is_null() && ours.contains(&text(&package["name"])))
        .map(|(id, _)| *id)
        .collect();
    let mut inside = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if inside.insert(id) {
            waiting.extend(needs.get(id).into_iter().flatten());
        }
    }
    let foreign = inside
        .into_iter()
        .filter_map(|id| packages.get(id))
        .filter(|package| !package["source"].is_null());
    Ok(foreign.map(|package| of_crate(package)).collect())
}

/// This kind of machine, as the compiler names it.
fn this_kind() -> Done<String> {
    let said = quietly(command("rustc").arg("-vV"))?;
    let host = String::from_utf8_lossy(&said)
        .lines()
        .find_map(|line| line.strip_prefix("host: ").map(str::to_owned));
    host.ok_or_else(|| "rustc does not name its host".to_owned())
}

/// What a crate is linked with; what only builds or tests it is not in the program.
fn needed(node: &Value) -> Vec<&str> {
    each(&node["deps"])
        .filter(|need| each(&need["dep_kinds"]).any(|kind| kind["kind"].is_null()))
        .map(|need| text(&need["pkg"]))
        .collect()
}

fn of_crate(package: &Value) -> Licence {
    let folder = Path::new(text(&package["manifest_path"])).parent();
    Licence {
        name: text(&package["name"]).to_owned(),
        version: text(&package["version"]).to_owned(),
        licence: text(&package["license"]).to_owned(),
        texts: folder.map(texts).unwrap_or_default(),
    }
}

/// What the panels are bundled from.
fn of_panels() -> Done<BTreeSet<Licence>> {
    let ui = root().join("ui");
    let lock = json(&ui.join("package-lock.json"))?;
    let packages = lock["packages"].as_object().into_iter().flatten();
    let shipped =
        packages.filter(|(place, package)| !place.is_empty() && package["dev"] != Value::Bool(true));
    let licence = |(place, package): (&String, &Value)| {
        let folder = ui.join(place);
        // What another system would need is in the list and not in the folder.
        folder.is_dir().then(|| Licence {
            name: place.rsplit("node_modules/").next().unwrap_or(place).to_owned(),
            version: text(&package["version"]).to_owned(),
            licence: text(&package["license"]).to_owned(),
            texts: texts(&folder),
        })
    };
    Ok(shipped.filter_map(licence).collect())
}

/// The texts of a library's licences, as it carries them.
fn texts(folder: &Path) -> Vec<String> {
    let names = [
        "license",
        "licence",
        "copying",
        "notice",
        "unlicense",
        "copyright",
    ];
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .to_lowercase();
            path.is_file() && names.iter().any(|start| name.starts_with(start))
        })
        .collect();
    files.sort();
    files
        .iter()
        .filter_map(|file| fs::read_to_string(file).ok())
        .map(|text| text.trim().to_owned())
        .collect()
}

fn json(path: &Path) -> Done<Value> {
    let bytes = fs::read(path).map_err(at(path))?;
    serde_json::from_slice(&bytes).map_err(at(path))
}

fn each(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_linked_is_named_with_its_terms_and_what_only_tests_is_not() {
        let all = of_crates(&["cli"]).expect("cargo tells");
        let names: BTreeSet<&str> = all.iter().map(|one| one.name.as_str()).collect();
        assert!(names.contains("tokio") && names.contains("rusqlite"), "{names:?}");
        assert!(
            !names.contains("tauri") && !names.contains("proptest"),
            "{names:?}"
        );
        assert!(!names.contains("engine"), "our own is under our own licence");
        let tokio = all.iter().find(|one| one.name == "tokio").expect("is there");
        assert!(
            tokio.licence == "MIT" && tokio.texts.concat().contains("Permission"),
            "{tokio:?}"
        );
        let embedded = Embedded::of(&all);
        assert!(
            embedded.texts.len() < embedded.libraries.len(),
            "what many say is there once"
        );
    }
}
