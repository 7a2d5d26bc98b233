//! A file as a form: read, and changed without losing what the form did not touch.

use connector_kit::Result;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Reads;
use crate::{
    agent::Desk,
    processflow::{
        Form,
        edit::{self, Edit},
        editor::{self, Mark},
    },
};

/// A file as a form shows it; nothing while it is no YAML.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ReadForm {
    /// The file's text.
    pub text: String,
}

impl Reads for ReadForm {
    type Output = Option<Form>;
    const NAME: &'static str = "read_form";

    fn read(self, _: &Desk) -> Result<Option<Form>> {
        Ok(Form::of(&self.text))
    }
}

/// Changes a text as a form wants it. The text is given and comes back: saving it is another matter.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct EditText {
    /// The file's text.
    pub text: String,
    /// What changes, one after the other.
    pub edits: Vec<Edit>,
}

/// A text that was changed.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct EditedText {
    /// The text.
    pub text: String,
    /// The form of it.
    pub form: Option<Form>,
    /// What is wrong with it or odd.
    pub problems: Vec<Mark>,
}

impl Reads for EditText {
    type Output = EditedText;
    const NAME: &'static str = "edit_processflow";

    fn read(self, desk: &Desk) -> Result<EditedText> {
        let text = edit::apply(&self.text, &self.edits)?;
        Ok(EditedText {
            form: Form::of(&text),
            problems: editor::check(&text, desk.connectors()).1,
            text,
        })
    }
}
