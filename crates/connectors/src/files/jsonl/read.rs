//! `jsonl.read`: each line of a file a record.

use std::{fs::File, sync::Arc};

use connector_kit::{JsonSchema, Raw, ReadAction, Reading, Record, Result, Source, async_trait};
use serde::Deserialize;

use crate::files::{
    After, Encoding, Folder,
    lines::{Format, Lines, illegible, legible},
    place,
    taking::{Taking, Which},
    text::{LONGEST, Place, Text},
    trouble::trouble,
};

/// Reads a file of JSON lines, or all that match a pattern. A file is read again only when its content has
/// changed. A line that is not JSON is set aside alone.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JsonlRead {
    /// A file beneath the connection's folder (`orders.jsonl`), or a pattern (`in/orders-*.jsonl`), read in the
    /// order of the names.
    file: String,
    /// Top-level fields that say which record a line is. Without it a record is named by file and line.
    #[serde(default)]
    key: Vec<String>,
    /// What becomes of a file that was read: it stays, or moves to the folder `done` beside it.
    #[serde(default)]
    after: After,
    /// How long a file must not have changed before it is read, such as `2 s`; `0 s` for programs that put whole
    /// files in place.
    #[serde(default)]
    settle: Option<String>,
}

#[async_trait]
impl ReadAction for JsonlRead {
    type System = Folder;
    const NAME: &'static str = "jsonl.read";
    const ABOUT: &'static str =
        "Lines of JSON files; each file once, and again when its content has changed.";

    fn check(&self) -> Result<()> {
        place::check_pattern(&self.file)?;
        self.which().map(drop)
    }

    async fn open(self, folder: Arc<Folder>, reading: Reading) -> Result<Box<dyn Source>> {
        let which = self.which()?;
        Ok(Box::new(Taking::of(folder, which, Arc::new(self), reading)?))
    }
}

impl JsonlRead {
    fn which(&self) -> Result<Which> {
        Which::of(&self.file, self.after, self.settle.as_deref())
    }
}

impl Format for JsonlRead {
    fn open(&self, file: File, name: &str, from: Option<Place>) -> Result<Box<dyn Lines>> {
        let text = Text::open(file, Encoding::Utf8, from.unwrap_or(Place::START))
            .map_err(|error| trouble(name, error))?;
        Ok(Box::new(Values {
            file: name.to_owned(),
            key: self.key.clone(),
            text,
            line: Vec::new(),
        }))
    }
}

struct Values {
    file: String,
    key: Vec<String>,
    text: Text,
    line: Vec<u8>,
}

impl Lines for Values {
    fn next(&mut self) -> Result<Option<Record>> {
        loop {
            let number = self.text.place.line;
            let length = self
                .text
                .line(&mut self.line)
                .map_err(|error| trouble(&self.file, error))?;
            match length {
                None => return Ok(None),
                Some(_) if self.line.iter().all(u8::is_ascii_whitespace) => {}
                Some(length) => return Ok(Some(self.record(number, length))),
            }
        }
    }

    fn place(&self) -> Place {
        self.text.place
    }
}

impl Values {
    fn record(&mut self, number: u64, length: usize) -> Record {
        let wrong = |why: &str, hint: &str| {
            let legible = Raw::of(&serde_json::json!({ "line": legible(&self.line) }));
            illegible(&self.file, number, why, hint, legible)
        };
        if length > LONGEST {
            return wrong(&format!("the line has {length} bytes"), "Up to 32 MiB are read.");
        }
        let Ok(body) = Raw::parse(self.line.clone()) else {
            return wrong(
                "this is not JSON",
                "Every line must be one whole JSON value in UTF-8.",
            );
        };
        let fields = body.fields();
        let key = self
            .key
            .iter()
            .map(|name| fields.get(name).and_then(|value| value.plain()));
        let key: Option<Vec<String>> = key.map(|part| part.filter(|part| !part.is_empty())).collect();
        match key {
            Some(key) if key.is_empty() => Record::new(format!("{}:{number}", self.file), body),
            Some(key) => Record::new(key.join("/"), body).label(&format!("{}:{number}", self.file)),
            None => {
                let why = format!("key field {} is missing or empty", self.key.join(", "));
                illegible(
                    &self.file,
                    number,
                    &why,
                    "Fill it in, or choose another `key`.",
                    body,
                )
            }
        }
    }
}
