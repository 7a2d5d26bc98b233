//! What a file says of itself at its top, also while the rest of it is not right yet.

use std::collections::BTreeMap;

use connector_kit::{Error, Result};

use super::{
    report::Span,
    yaml::{Content, Document, Node},
};

/// A file's name, what it does, and what it connects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    /// The processflow's name, as it is written.
    pub name: Option<String>,
    /// What it does, in a sentence.
    pub description: Option<String>,
    /// The names the file uses, and the connector of each.
    pub connections: BTreeMap<String, String>,
}

impl Heading {
    /// Reads what can be read; a text that is no YAML still has its line `processflow: NAME`.
    pub fn of(text: &str) -> Self {
        let Ok(document) = Document::read(text) else {
            return Self {
                name: line_of_the_name(text).map(|span| span.of(text).to_owned()),
                ..Self::default()
            };
        };
        let words = |name: &str| document.root.get(name).and_then(Node::words);
        let connections = document.root.get("connections").map_or(&[][..], Node::entries);
        Self {
            name: words("processflow"),
            description: words("description"),
            connections: connections
                .iter()
                .filter_map(|entry| Some((entry.name.clone(), entry.value.words()?)))
                .collect(),
        }
    }
}

impl Node {
    /// Its letters, where it is a text.
    pub(crate) fn words(&self) -> Option<String> {
        match &self.content {
            Content::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

/// True for what a processflow may be called: small letters, digits and hyphens, 64 at most. It is also the name of
/// its folder, so nothing else may ever pass here.
pub fn is_name(name: &str) -> bool {
    let sign = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-';
    !name.is_empty() && name.len() <= 64 && name.chars().all(sign) && !name.starts_with('-')
}

/// The name, when it is one; else Config.
pub fn checked_name(name: &str) -> Result<&str> {
    if is_name(name) {
        return Ok(name);
    }
    Err(Error::config(format!("`{name}` is not a name for a processflow"))
        .hint("Use small letters, digits and hyphens, 64 at most: `orders-to-database`."))
}

/// The same file under another name; everything else stays letter by letter.
pub fn renamed(text: &str, name: &str) -> Result<String> {
    checked_name(name)?;
    let place = Document::read(text).ok().and_then(|document| {
        let node = document.root.get("processflow")?;
        (node.span.length > 0).then_some(node.span)
    });
    let Some(place) = place.or_else(|| line_of_the_name(text)) else {
        return Err(
            Error::config("the file has no line `processflow: NAME`").hint("Add one at the top of the file.")
        );
    };
    let mut renamed = text.to_owned();
    renamed.replace_range(place.start..place.start + place.length, name);
    Ok(renamed)
}

/// The value in the line `processflow: NAME`, without what YAML would say of the rest.
fn line_of_the_name(text: &str) -> Option<Span> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(rest) = line.strip_prefix("processflow:") {
            let value = rest.split(" #").next()?.trim();
            let start = start + line.find(value).filter(|_| !value.is_empty())?;
            return Some(Span {
                start,
                length: value.len(),
            });
        }
        start += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_file_still_has_its_name() {
        let heading = Heading::of("# mine\nprocessflow: orders # the ERP's\nsteps: [\n");
        assert_eq!(
            heading.name.as_deref(),
            Some("orders"),
            "the list must show something"
        );
        let whole = Heading::of("processflow: 'a'\ndescription: b\nconnections: { s: sql }\n");
        assert_eq!(
            whole.connections["s"], "sql",
            "what it connects is told before it is right"
        );
    }

    #[test]
    fn another_name_leaves_the_rest_as_it_was() {
        for text in [
            "# x\nprocessflow: old # why\nsteps:   []\n",
            "processflow: \"old\"\r\nsteps: []\r\n",
            "processflow: old\nsteps: [\n",
        ] {
            let renamed = renamed(text, "brand-new").expect("a name");
            assert_eq!(
                Heading::of(&renamed).name.as_deref(),
                Some("brand-new"),
                "{renamed}"
            );
            assert_eq!(
                renamed.lines().count(),
                text.lines().count(),
                "nothing else moved: {renamed}"
            );
            assert!(
                !text.contains('#') || renamed.contains('#'),
                "comments stay: {renamed}"
            );
        }
        assert!(
            renamed("processflow: a\n", "../x").is_err(),
            "a name is a folder's name"
        );
    }
}
