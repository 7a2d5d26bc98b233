//! What is wrong with a node, and where.

use std::fmt;

use serde::de;

use connector_kit::suggest::known;

use crate::processflow::report::Span;

/// What is wrong with a node.
#[derive(Debug)]
pub(crate) struct Fault {
    /// The innermost place that is known.
    pub(crate) span: Option<Span>,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    /// True when only the entry at the span is wrong, and the rest can be read without it.
    pub(crate) entry: bool,
}

impl Fault {
    pub(crate) fn at(span: Span, message: impl Into<String>) -> Self {
        Self {
            span: Some(span),
            message: message.into(),
            hint: None,
            entry: false,
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(super) fn or_at(mut self, span: Span) -> Self {
        self.span.get_or_insert(span);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            span: None,
            message: message.to_string(),
            hint: None,
            entry: false,
        }
    }

    fn invalid_type(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::custom(format!("{} is expected here, this is {found}", plain(expected)))
    }

    fn invalid_value(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn unknown_variant(name: &str, expected: &'static [&'static str]) -> Self {
        Self::custom(format!("`{name}` is not known here")).hint(known("Known are", expected, name))
    }

    fn missing_field(name: &'static str) -> Self {
        Self::custom(format!("`{name}` is missing")).hint(format!("Add a line `{name}: …`."))
    }
}

/// What Rust calls `u32` is a whole number to people.
fn plain(expected: &dyn de::Expected) -> String {
    let expected = expected.to_string();
    match &*expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number".to_owned(),
        _ => expected,
    }
}
