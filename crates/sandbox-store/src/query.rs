//! The query of a request, decoded and checked: a parameter that the endpoint does not know is refused,
//! never passed over, because a filter that does nothing returns the whole history.

use percent_encoding::percent_decode_str;

use crate::answer::{Answer, Version, invalid, v2_error};
use crate::clock::{self, Given};

/// The parameters of one request.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    version: Version,
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Decodes `raw` as a form: `+` is a space, which is why an offset's plus has to be sent as `%2B`.
    pub(crate) fn parse(version: Version, raw: &str) -> Self {
        let pairs = raw.split('&').filter(|part| !part.is_empty()).map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(name), decode(value))
        });
        Self {
            version,
            pairs: pairs.collect(),
        }
    }

    /// Removes parameters which the scripted store pretends not to have read.
    pub(crate) fn ignore(&mut self, names: &[String]) {
        self.pairs
            .retain(|(name, _)| !names.iter().any(|ignored| ignored == name));
    }

    /// All parameters but the page's own, decoded.
    pub(crate) fn beyond_paging(&self) -> impl Iterator<Item = (&str, &str)> {
        let paging = ["page", "limit", "after", "before"];
        self.pairs
            .iter()
            .filter(move |(name, _)| !paging.contains(&name.as_str()))
            .map(|(name, value)| (&**name, &**value))
    }

    pub(crate) fn version(&self) -> Version {
        self.version
    }

    /// Refuses what is not in `known`.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Answer> {
        let Some((name, _)) = self
            .pairs
            .iter()
            .find(|(name, _)| !known.contains(&name.as_str()))
        else {
            return Ok(());
        };
        Err(match self.version {
            Version::V2 => v2_error(
                400,
                &format!("The field '{name}' is not supported by this resource."),
            ),
            Version::V3 => invalid(
                self.version,
                name,
                "The filter is not supported by this resource.",
            ),
        })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(known, _)| known == name)
    }

    /// The parameters' names, for families such as `id:min`.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().map(|(name, _)| name.as_str())
    }

    /// The last value of a parameter: a repeated one overrides, as in PHP.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// A comma-separated parameter.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<String>> {
        let text = self.text(name)?;
        Some(
            text.split(',')
                .map(|part| part.trim().to_owned())
                .filter(|part| !part.is_empty())
                .collect(),
        )
    }

    pub(crate) fn int(&self, name: &str) -> Result<Option<i64>, Answer> {
        self.text(name).map(|text| self.read_int(name, text)).transpose()
    }

    pub(crate) fn ints(&self, name: &str) -> Result<Option<Vec<i64>>, Answer> {
        let Some(parts) = self.list(name) else {
            return Ok(None);
        };
        if parts.is_empty() {
            return Err(invalid(self.version, name, "At least one value is required."));
        }
        parts
            .iter()
            .map(|part| self.read_int(name, part))
            .collect::<Result<_, _>>()
            .map(Some)
    }

    pub(crate) fn number(&self, name: &str) -> Result<Option<f64>, Answer> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let number = text
            .trim()
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite());
        number
            .map(Some)
            .ok_or_else(|| invalid(self.version, name, "The value must be a number."))
    }

    /// BigCommerce spells some booleans `true`/`false` and others `1`/`0`; both are taken.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Answer> {
        match self.text(name) {
            None => Ok(None),
            Some("true" | "1") => Ok(Some(true)),
            Some("false" | "0") => Ok(Some(false)),
            Some(_) => Err(invalid(self.version, name, "The value must be true or false.")),
        }
    }

    pub(crate) fn time(&self, name: &str) -> Result<Option<Given>, Answer> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        clock::parse(text)
            .map(Some)
            .ok_or_else(|| invalid(self.version, name, "The value must be a date."))
    }

    fn read_int(&self, name: &str, text: &str) -> Result<i64, Answer> {
        text.trim()
            .parse()
            .map_err(|_| invalid(self.version, name, "The value must be an integer."))
    }
}

fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " "))
        .decode_utf8_lossy()
        .into_owned()
}
