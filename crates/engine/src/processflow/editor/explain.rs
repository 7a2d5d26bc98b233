//! What the word under the cursor means.

use connector_kit::{Connector, Does};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::{
    Question,
    around::Around,
    fields, line_and_column, offset,
    place::{Part, Place, place},
    placeholders,
    proposals::is_expression,
    shape::Shape,
};
use crate::{placeholder::KNOWN, processflow::expression::functions};

/// What the word under the cursor means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Explanation {
    /// Its line.
    pub line: usize,
    /// Where it begins.
    pub column: usize,
    /// Where it ends.
    pub end_column: usize,
    /// The word, or how a function is called.
    pub title: String,
    /// What it means.
    pub about: String,
    /// Expression and result.
    pub examples: Vec<(String, String)>,
    /// What it holds in the sample record.
    pub sample: Option<String>,
}

/// What the word under the cursor means, when it is known.
pub fn explain(question: &Question<'_>) -> Option<Explanation> {
    let cursor = offset(question.text, question.line, question.column);
    let (start, end) = word(question.text, cursor)?;
    let own = &question.text[start..end];
    let place = place(question.text, end);
    let around = Around::of(question.text, &place, end);
    let (line, column) = line_and_column(question.text, start);
    let told = told(question, &place, &around, own, end)?;
    Some(Explanation {
        line,
        column,
        end_column: column + own.chars().count(),
        ..told
    })
}

/// The word around a byte: letters, digits, and what joins them in names.
fn word(text: &str, at: usize) -> Option<(usize, usize)> {
    let part = |sign: char| sign.is_alphanumeric() || "_./-".contains(sign);
    let start = text[..at]
        .char_indices()
        .rev()
        .take_while(|(_, sign)| part(*sign))
        .last()
        .map_or(at, |(at, _)| at);
    let end = text[at..]
        .find(|sign: char| !part(sign))
        .map_or(text.len(), |end| at + end);
    let trimmed = text[start..end].trim_start_matches(['-', '.', '/']);
    (!trimmed.is_empty()).then_some((end - trimmed.len(), end))
}

fn told(
    question: &Question<'_>,
    place: &Place,
    around: &Around,
    word: &str,
    end: usize,
) -> Option<Explanation> {
    let is_name = question.text[end..].starts_with([':', '"', '\'']) && place.is_key;
    if is_name {
        let mut path = place.path.clone();
        path.push(Part::Key(word.to_owned()));
        let shape = Shape::at(&path, around, question.connectors)?;
        return Some(explanation(word, &shape.about()?));
    }
    if placeholders::part(place).is_some()
        && let Some(known) = KNOWN.iter().find(|known| known.name == word)
    {
        return Some(placeholders::explanation(known));
    }
    if is_expression(place) {
        return of_expression(question, around, word);
    }
    match place.path.last() {
        Some(Part::Key(key)) if key == "action" => of_action(question.connectors, around, word),
        Some(Part::Key(_)) if matches!(place.path.first(), Some(Part::Key(top)) if top == "connections") => {
            let connector = question.connectors.iter().find(|known| known.name == word)?;
            Some(explanation(connector.title, connector.about))
        }
        _ => None,
    }
}

pub(super) fn explanation(title: &str, about: &str) -> Explanation {
    Explanation {
        line: 0,
        column: 0,
        end_column: 0,
        title: title.to_owned(),
        about: about.to_owned(),
        examples: Vec::new(),
        sample: None,
    }
}

fn of_expression(question: &Question<'_>, around: &Around, word: &str) -> Option<Explanation> {
    if let Some(function) = functions::named(word) {
        let arguments: Vec<&str> = function.arguments.iter().map(|argument| argument.name).collect();
        let title = format!("{}({})", function.name, arguments.join(", "));
        let example = |(written, result): &(&str, &str)| ((*written).to_owned(), (*result).to_owned());
        return Some(Explanation {
            examples: function.examples.iter().map(example).collect(),
            ..explanation(&title, function.about)
        });
    }
    if around.variables.iter().any(|name| name == word) {
        return Some(explanation(word, "A value that an earlier step has named."));
    }
    let record = question.record?;
    let here = fields::scope(record, around.each.as_deref());
    let value: &Value = fields::walk(record, here, word)?;
    Some(Explanation {
        sample: Some(fields::short(value)),
        ..explanation(word, "A field of the record.")
    })
}

fn of_action(connectors: &[Connector], around: &Around, word: &str) -> Option<Explanation> {
    let (alias, name) = word.split_once('/')?;
    let connector = around.connections.get(alias)?;
    let connector = connectors.iter().find(|known| known.name == connector)?;
    let action = connector.action(name)?;
    let mut about = action.about.to_owned();
    if let Some(scope) = action.scope {
        about.push_str(&format!(" Needs the permission {scope}."));
    }
    if let Does::Write(write) = &action.does {
        about.push_str(&format!(
            " {} rows in one request at most.",
            write.largest_batch()
        ));
    }
    Some(explanation(&format!("{}: {name}", connector.title), &about))
}
