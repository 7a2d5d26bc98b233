//! `include_fields` and `exclude_fields`: which members of a v3 record are shown. The id always is.

use crate::answer::Answer;
use crate::call::Call;
use crate::shape::{Document, Template, read};

/// Members to show or to leave out.
pub(crate) struct Fields {
    only: Option<Vec<String>>,
    without: Vec<String>,
    id: &'static str,
}

impl Fields {
    /// Reads both parameters; a member that the kind has not is refused.
    pub(crate) fn read(call: &Call<'_>, template: &Template, id: &'static str) -> Result<Self, Answer> {
        let only = call.query.list("include_fields");
        let without = call.query.list("exclude_fields").unwrap_or_default();
        for (parameter, fields) in [
            ("include_fields", only.as_ref()),
            ("exclude_fields", Some(&without)),
        ] {
            let unknown = fields
                .into_iter()
                .flatten()
                .find(|field| template.example(field).is_none());
            if let Some(field) = unknown {
                return Err(call.invalid(parameter, &format!("There is no field '{field}'.")));
            }
        }
        Ok(Self { only, without, id })
    }

    pub(crate) fn is_all(&self) -> bool {
        self.only.is_none() && self.without.is_empty()
    }

    /// The record with the members that are shown.
    pub(crate) fn cut(&self, text: &str) -> String {
        let mut document = read(text);
        document.retain(|member, _| self.shows(member));
        serde_json::to_string(&document).unwrap_or_default()
    }

    fn shows(&self, member: &str) -> bool {
        let named = self
            .only
            .as_ref()
            .is_none_or(|only| only.iter().any(|field| field == member));
        member == self.id || named && !self.without.iter().any(|field| field == member)
    }
}

/// Puts what was sent over what is there. Arrays and plain values are replaced whole, as the vendor does.
pub(crate) fn merge(record: &mut Document, sent: Document) {
    for (member, value) in sent {
        record.insert(member, value);
    }
}
