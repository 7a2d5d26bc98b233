//! What an editor asks while a person types. Local and quick: no disk but for a cached sample, no network.

use connector_kit::Result;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::Reads;
use crate::{
    agent::Desk,
    processflow::editor::{self, Completion, Explanation, Mark, Question},
};

/// Checks a text as it is typed.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct CheckText {
    /// The file's text.
    pub text: String,
}

/// What a check found.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct CheckedText {
    /// The processflow's name, when it can be deployed.
    pub processflow: Option<String>,
    /// Mistakes, and what is odd.
    pub problems: Vec<Mark>,
}

impl Reads for CheckText {
    type Output = CheckedText;
    const NAME: &'static str = "check_processflow";

    fn read(self, desk: &Desk) -> Result<CheckedText> {
        let (processflow, problems) = editor::check(&self.text, desk.connectors());
        Ok(CheckedText {
            processflow,
            problems,
        })
    }
}

/// What could stand at the cursor.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct Complete {
    /// The file's text.
    pub text: String,
    /// The cursor's line, from 1.
    pub line: usize,
    /// The cursor's column in characters, from 1.
    pub column: usize,
    /// A record of the source, to name its fields.
    #[serde(default)]
    pub record: Option<Value>,
}

impl Reads for Complete {
    type Output = Completion;
    const NAME: &'static str = "complete";

    fn read(self, desk: &Desk) -> Result<Completion> {
        Ok(editor::complete(&Question {
            text: &self.text,
            line: self.line,
            column: self.column,
            record: self.record.as_ref(),
            connectors: desk.connectors(),
        }))
    }
}

/// What the word at a place means.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct Explain {
    /// The file's text.
    pub text: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// A record of the source, to show what fields hold.
    #[serde(default)]
    pub record: Option<Value>,
}

impl Reads for Explain {
    type Output = Option<Explanation>;
    const NAME: &'static str = "explain";

    fn read(self, desk: &Desk) -> Result<Option<Explanation>> {
        Ok(editor::explain(&Question {
            text: &self.text,
            line: self.line,
            column: self.column,
            record: self.record.as_ref(),
            connectors: desk.connectors(),
        }))
    }
}
