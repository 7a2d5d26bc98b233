//! What the vendor's own files have wrong, by name and with the reason: `vendor.yaml`.

use serde::Deserialize;

use super::{findings::Finding, yaml};
use crate::tool::Done;

/// The list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Known {
    /// Texts that have to be mended before a file can be used at all.
    pub(crate) mends: Vec<Mend>,
    pub(super) errors: Vec<VendorError>,
}

/// A text in a file, and what it ought to be.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mend {
    pub(super) file: String,
    pub(super) text: String,
    pub(super) instead: String,
    pub(super) why: String,
}

/// Findings that are the file's fault. Each field is a pattern in which `*` stands for any text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VendorError {
    #[serde(default = "any")]
    file: String,
    #[serde(default = "any")]
    operation: String,
    /// `request`, `answer 200`, `mock`
    #[serde(default = "any")]
    part: String,
    /// Pointer into the body, or a parameter's name.
    #[serde(default = "any")]
    at: String,
    #[serde(default = "any")]
    says: String,
    pub(super) why: String,
}

fn any() -> String {
    "*".to_owned()
}

impl Known {
    pub(crate) fn read() -> Done<Self> {
        yaml::read("vendor.yaml", include_str!("vendor.yaml"))
    }

    /// Which entry names a finding; the first, so that one behind it that says the same shows as idle.
    pub(super) fn names(&self, finding: &Finding) -> Option<usize> {
        self.errors.iter().position(|error| error.names(finding))
    }
}

impl Mend {
    /// `checkouts.v3.yml, name: addressId`
    pub(super) fn place(&self) -> String {
        format!("{}, {}", self.file, self.text.lines().next().unwrap_or_default())
    }
}

impl VendorError {
    fn names(&self, finding: &Finding) -> bool {
        fits(&self.file, &finding.file)
            && fits(&self.operation, &finding.operation)
            && fits(&self.part, &finding.part)
            && fits(&self.at, &finding.at)
            && fits(&self.says, &finding.says)
    }

    /// `orders.v2.oas2.yml, GET /v2/orders`
    pub(super) fn place(&self) -> String {
        let whole = |text: &str, all: &str| {
            if text == "*" {
                all.to_owned()
            } else {
                text.to_owned()
            }
        };
        let mut place = format!(
            "{}, {}",
            whole(&self.file, "all files"),
            whole(&self.operation, "all operations")
        );
        for more in [&self.part, &self.at, &self.says] {
            if more != "*" {
                place.push_str(", ");
                place.push_str(more);
            }
        }
        place
    }
}

/// Whether a text fits a pattern; `|` separates alternatives, `*` is any text.
fn fits(pattern: &str, text: &str) -> bool {
    pattern.split('|').any(|one| fits_one(one, text))
}

fn fits_one(pattern: &str, text: &str) -> bool {
    let Some((before, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(text) = text.strip_prefix(before) else {
        return false;
    };
    rest.is_empty() || (0..=text.len()).any(|at| text.is_char_boundary(at) && fits_one(rest, &text[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_names_no_more_than_it_says() {
        for (pattern, text, fit) in [
            ("*", "", true),
            ("answer 40*", "answer 401", true),
            ("answer 40*", "answer 200", false),
            ("/data/*/id", "/data/*/id", true),
            ("/data/*/id", "/data/*/identity", false),
            ("a|b*", "bc", true),
        ] {
            assert_eq!(fits(pattern, text), fit, "`{pattern}` and `{text}`");
        }
    }

    #[test]
    fn the_list_can_be_read_and_every_entry_has_a_reason() {
        let known = Known::read().expect("vendor.yaml is read at every start");
        let reasons = known
            .errors
            .iter()
            .map(|error| &error.why)
            .chain(known.mends.iter().map(|mend| &mend.why));
        for why in reasons {
            assert!(
                why.len() > 20,
                "an error without a reason is a way around the check: {why}"
            );
        }
    }
}
