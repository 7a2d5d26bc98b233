//! The vendor's OpenAPI files: which operations there are, and where in a file their parts lie.
//!
//! References are followed inside one file; the vendor's files do not refer to each other.

use std::path::Path;

use serde_json::{Map, Value};

use super::{exchange::Exchange, known::Mend, yaml};
use crate::tool::{Done, at};

/// All files of a folder.
pub(crate) struct Description {
    pub(crate) files: Vec<File>,
    pub(crate) operations: Vec<Operation>,
}

/// One file.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) root: Value,
    /// Mends of a text that stands in it, by their place in `vendor.yaml`.
    pub(crate) mended: Vec<usize>,
}

/// A method of an address.
pub(crate) struct Operation {
    /// Its place in [`Description::files`].
    pub(crate) file: usize,
    pub(crate) method: String,
    pub(crate) version: String,
    pub(crate) path: String,
    /// Where it stands in its file.
    pub(crate) pointer: String,
}

/// A place in a file.
#[derive(Clone)]
pub(crate) struct Place<'a> {
    pub(crate) root: &'a Value,
    pub(crate) pointer: String,
    pub(crate) value: &'a Value,
}

/// A parameter of an operation.
pub(crate) struct Parameter<'a> {
    pub(crate) name: String,
    /// `query`, `path` or `header`.
    pub(crate) kind: String,
    pub(crate) required: bool,
    pub(crate) schema: Option<Place<'a>>,
}

const METHODS: &[&str] = &["get", "put", "post", "patch", "delete"];

impl Description {
    /// Reads every YAML file of a folder.
    pub(crate) fn read(folder: &Path, mends: &[Mend]) -> Done<Self> {
        let entries = std::fs::read_dir(folder).map_err(at(folder))?;
        let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.retain(|path| {
            path.extension()
                .is_some_and(|ending| ending == "yml" || ending == "yaml")
        });
        paths.sort();
        let files: Vec<File> = paths
            .iter()
            .map(|path| File::read(path, mends))
            .collect::<Done<_>>()?;
        if files.is_empty() {
            return Err(format!(
                "{} holds no OpenAPI file (*.yml, *.yaml).",
                folder.display()
            ));
        }
        let operations = files
            .iter()
            .enumerate()
            .flat_map(|(at, file)| file.operations(at))
            .collect();
        Ok(Self { files, operations })
    }

    /// The operations a request may mean: those with the most plain parts, more than one if files repeat each other.
    pub(super) fn find(&self, exchange: &Exchange) -> Vec<usize> {
        let Some((version, parts)) = exchange.address() else {
            return Vec::new();
        };
        let fitting = |operation: &Operation| {
            let same = operation.method == exchange.method && operation.version == version;
            if same { operation.fits(&parts) } else { None }
        };
        let plain = |(at, operation)| fitting(operation).map(|plain| (at, plain));
        let found: Vec<(usize, usize)> = self.operations.iter().enumerate().filter_map(plain).collect();
        let most = found.iter().map(|(_, plain)| *plain).max();
        found
            .into_iter()
            .filter(|(_, plain)| Some(*plain) == most)
            .map(|(at, _)| at)
            .collect()
    }

    pub(crate) fn file(&self, operation: &Operation) -> &File {
        &self.files[operation.file]
    }
}

impl File {
    fn read(path: &Path, mends: &[Mend]) -> Done<Self> {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let mut text = std::fs::read_to_string(path).map_err(at(path))?;
        let mut mended = Vec::new();
        for (at, mend) in mends.iter().enumerate() {
            if mend.file == name && text.contains(&mend.text) {
                text = text.replace(&mend.text, &mend.instead);
                mended.push(at);
            }
        }
        Ok(Self {
            root: yaml::read(&name, &text)?,
            name,
            mended,
        })
    }

    fn operations(&self, file: usize) -> Vec<Operation> {
        let server = self
            .root
            .pointer("/servers/0/url")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let version = server.rsplit('/').next().unwrap_or_default();
        let paths = self
            .root
            .get("paths")
            .and_then(Value::as_object)
            .into_iter()
            .flatten();
        let methods = paths.flat_map(|(path, item)| {
            let named = item.as_object().into_iter().flat_map(Map::keys);
            named
                .filter(|method| METHODS.contains(&method.as_str()))
                .map(move |method| (path, method))
        });
        let operation = |(path, method): (&String, &String)| Operation {
            file,
            method: method.to_uppercase(),
            version: version.to_owned(),
            path: path.clone(),
            pointer: format!("/paths/{}/{method}", escaped(path)),
        };
        methods.map(operation).collect()
    }

    /// What stands at a pointer.
    pub(crate) fn at(&self, pointer: &str) -> Option<Place<'_>> {
        let place = Place {
            root: &self.root,
            pointer: pointer.to_owned(),
            value: self.root.pointer(pointer)?,
        };
        place.followed()
    }
}

impl Operation {
    /// `GET /v3/customers`
    pub(crate) fn name(&self) -> String {
        format!("{} /{}{}", self.method, self.version, self.path)
    }

    /// How many parts are plain words, if the path fits.
    fn fits(&self, parts: &[&str]) -> Option<usize> {
        let template: Vec<&str> = self.path.trim_start_matches('/').split('/').collect();
        let fits = |(want, part): (&&str, &&str)| want == part || (want.starts_with('{') && !part.is_empty());
        let same = template.len() == parts.len() && template.iter().zip(parts).all(fits);
        same.then(|| template.iter().filter(|want| !want.starts_with('{')).count())
    }

    /// Values of the path's parameters.
    pub(super) fn in_path(&self, exchange: &Exchange) -> Vec<(String, String)> {
        let parts = exchange.address().map(|(_, parts)| parts).unwrap_or_default();
        let template = self.path.trim_start_matches('/').split('/').zip(parts);
        let named =
            template.filter_map(|(want, part)| Some((want.strip_prefix('{')?.strip_suffix('}')?, part)));
        named
            .map(|(name, part)| (name.to_owned(), part.to_owned()))
            .collect()
    }

    /// Parameters of the operation and, unless it has them itself, of its address.
    pub(crate) fn parameters<'a>(&self, file: &'a File) -> Vec<Parameter<'a>> {
        self.parameter_places(file).iter().map(Parameter::read).collect()
    }

    /// Where they stand.
    pub(super) fn parameter_places<'a>(&self, file: &'a File) -> Vec<Place<'a>> {
        let address = self.pointer.rsplit_once('/').map_or("", |(address, _)| address);
        let lists = [
            format!("{}/parameters", self.pointer),
            format!("{address}/parameters"),
        ];
        let mut places: Vec<Place<'a>> = Vec::new();
        for place in lists
            .iter()
            .filter_map(|list| file.at(list))
            .flat_map(|list| list.elements())
        {
            let same = |known: &Place<'a>| {
                ["name", "in"]
                    .iter()
                    .all(|name| known.text(name) == place.text(name))
            };
            if !places.iter().any(same) {
                places.push(place);
            }
        }
        places
    }
}

impl<'a> Parameter<'a> {
    fn read(place: &Place<'a>) -> Self {
        Self {
            name: place.text("name").to_owned(),
            kind: place.text("in").to_owned(),
            required: place.value.get("required") == Some(&Value::Bool(true)),
            schema: place.child("schema"),
        }
    }
}

impl Place<'_> {
    /// A member that is a text; empty where there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.value.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A member, its references followed.
    pub(crate) fn child(&self, name: &str) -> Option<Self> {
        let pointer = format!("{}/{}", self.pointer, escaped(name));
        Self {
            root: self.root,
            pointer,
            value: self.value.get(name)?,
        }
        .followed()
    }

    /// The elements of a list.
    pub(crate) fn elements(&self) -> Vec<Self> {
        let elements = self.value.as_array().into_iter().flatten().enumerate();
        let place = |(at, value)| {
            Self {
                root: self.root,
                pointer: format!("{}/{at}", self.pointer),
                value,
            }
            .followed()
        };
        elements.filter_map(place).collect()
    }

    fn followed(self) -> Option<Self> {
        let mut place = self;
        for _ in 0..16 {
            let Some(reference) = place.value.get("$ref").and_then(Value::as_str) else {
                return Some(place);
            };
            let pointer = reference
                .strip_prefix('#')?
                .replace("%7B", "{")
                .replace("%7D", "}");
            let value = place.root.pointer(&pointer)?;
            place = Self {
                root: place.root,
                pointer,
                value,
            };
        }
        None
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
