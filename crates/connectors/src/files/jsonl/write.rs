//! `jsonl.write`: each row a line of JSON.

use connector_kit::{
    Guarantee, JsonSchema, Outcome, Result, Row, Value, WriteAction, WriteStep, async_trait,
};
use serde::Deserialize;

use crate::files::{Folder, Mode, Open, assembly::Shape, place};

/// Writes each row as an object on a line of its own. A step without a `map` writes its records as they are.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JsonlWrite {
    /// A file beneath the connection's folder: products.jsonl
    file: String,
    /// `replace`: the file holds the lines of the last run that had any, and changes in one step when the run is
    /// over. `append`: lines are added at the end.
    #[serde(default)]
    mode: Mode,
}

#[async_trait]
impl WriteAction for JsonlWrite {
    type System = Folder;
    const NAME: &'static str = "jsonl.write";
    const ABOUT: &'static str =
        "Writes rows, or whole records, as lines of JSON; each once, and visible whole.";
    const GUARANTEE: Guarantee = Guarantee::Transactional;
    const LARGEST_BATCH: usize = 100_000;

    fn check(&self, _columns: &[String]) -> Result<()> {
        place::check(&self.file)
    }

    fn key(&self) -> Vec<String> {
        Vec::new()
    }

    async fn ready(&self, open: &mut Open, step: &WriteStep) -> Result<()> {
        open.ready(step, &self.file).await
    }

    async fn write(&self, open: &mut Open, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        let shape = Shape {
            mode: self.mode,
            head: Vec::new(),
            line_end: b"\n".to_vec(),
        };
        open.write(&self.file, shape, rows, |row, out| {
            line(row, out);
            Ok(())
        })
        .await
    }
}

fn line(row: &Row, out: &mut Vec<u8>) {
    match (&*row.columns, &*row.values) {
        // A record as it is: the engine puts it into one column of this name where a step has no `map`.
        ([column], [Value::Json(raw)]) if column == "record" => one_line(raw.as_str().as_bytes(), out),
        _ => object(row, out),
    }
    out.push(b'\n');
}

fn object(row: &Row, out: &mut Vec<u8>) {
    for (at, (column, value)) in row.columns.iter().zip(&*row.values).enumerate() {
        out.push(if at == 0 { b'{' } else { b',' });
        let written = serde_json::to_writer(&mut *out, column);
        out.push(b':');
        let written = written.and_then(|()| match value {
            Value::Json(raw) => {
                one_line(raw.as_str().as_bytes(), out);
                Ok(())
            }
            other => serde_json::to_writer(&mut *out, &other.to_json()),
        });
        written.expect("writing to memory does not fail");
    }
    out.extend_from_slice(if row.values.is_empty() { b"{}" } else { b"}" });
}

/// JSON text has line ends only between its parts, where a space does as well.
fn one_line(json: &[u8], out: &mut Vec<u8>) {
    let from = out.len();
    out.extend_from_slice(json);
    if memchr::memchr2(b'\n', b'\r', json).is_some() {
        for byte in &mut out[from..] {
            if matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }
}
