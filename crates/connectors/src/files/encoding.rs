//! Letters and bytes: what a file's encoding makes of them. A letter that the encoding does not have is
//! refused, or becomes what the file's processflow says; never `?` by itself.

use std::borrow::Cow;

use connector_kit::{
    JsonSchema,
    schemars::{Schema, SchemaGenerator, json_schema},
};
use serde::Deserialize;

/// How a file writes letters as bytes: `utf-8`, `windows-1252`, `iso-8859-1`, `utf-16`, …
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub enum Encoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// UTF-16, the low byte first (what Windows calls Unicode).
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
    /// Seven bits.
    Ascii,
    /// ISO 8859-1, read as its superset windows-1252, which is what such files turn out to be.
    Latin1,
    /// Another one of the WHATWG encoding standard.
    Other(&'static encoding_rs::Encoding),
}

impl TryFrom<String> for Encoding {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Ok(Self::Utf8),
            "utf-16" | "utf16" | "utf-16le" | "unicode" => Ok(Self::Utf16Le),
            "utf-16be" => Ok(Self::Utf16Be),
            "ascii" | "us-ascii" => Ok(Self::Ascii),
            "iso-8859-1" | "iso8859-1" | "iso_8859-1" | "latin1" | "latin-1" => Ok(Self::Latin1),
            label => match encoding_rs::Encoding::for_label(label.as_bytes()) {
                Some(known) if known != encoding_rs::REPLACEMENT && known != encoding_rs::X_USER_DEFINED => {
                    Ok(Self::Other(known))
                }
                _ => Err(format!(
                    "`{name}` is no encoding; there are utf-8, windows-1252, iso-8859-1, utf-16 and others"
                )),
            },
        }
    }
}

impl std::fmt::Display for Encoding {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16",
            Self::Utf16Be => "utf-16be",
            Self::Ascii => "ascii",
            Self::Latin1 => "iso-8859-1",
            Self::Other(encoding) => encoding.name(),
        })
    }
}

impl JsonSchema for Encoding {
    fn schema_name() -> Cow<'static, str> {
        "Encoding".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "examples": ["utf-8", "windows-1252", "iso-8859-1", "utf-16"]
        })
    }
}

impl Encoding {
    /// The encoding that the mark at the start of a file declares, and the mark's length.
    pub(super) fn marked(start: &[u8]) -> Option<(Self, u64)> {
        match start {
            [0xEF, 0xBB, 0xBF, ..] => Some((Self::Utf8, 3)),
            [0xFF, 0xFE, ..] => Some((Self::Utf16Le, 2)),
            [0xFE, 0xFF, ..] => Some((Self::Utf16Be, 2)),
            _ => None,
        }
    }

    /// The mark at the start of a file.
    pub(super) fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8 => &[0xEF, 0xBB, 0xBF],
            Self::Utf16Le => &[0xFF, 0xFE],
            Self::Utf16Be => &[0xFE, 0xFF],
            _ => &[],
        }
    }

    /// What decodes it, where it is not read as it is.
    pub(super) fn decoder(self) -> Option<encoding_rs::Decoder> {
        let encoding = match self {
            Self::Utf8 | Self::Ascii => return None,
            Self::Utf16Le => encoding_rs::UTF_16LE,
            Self::Utf16Be => encoding_rs::UTF_16BE,
            Self::Latin1 => encoding_rs::WINDOWS_1252,
            Self::Other(encoding) => encoding,
        };
        Some(encoding.new_decoder_without_bom_handling())
    }

    /// True when a decoded text holds what the encoding cannot mean: single-byte code pages turn bytes that
    /// they leave undefined into invisible control characters.
    pub(super) fn is_odd(self, text: &str) -> bool {
        match self {
            Self::Utf8 | Self::Utf16Le | Self::Utf16Be => false,
            Self::Ascii => !text.is_ascii(),
            Self::Latin1 | Self::Other(_) => {
                !text.is_ascii() && text.chars().any(|letter| ('\u{80}'..='\u{9f}').contains(&letter))
            }
        }
    }

    /// The text with `instead` in place of the letters that this encoding does not have.
    pub(super) fn with_instead<'t>(self, text: Cow<'t, str>, instead: &str) -> Cow<'t, str> {
        let mut out = Vec::new();
        if self.encode(&text, &mut out).is_ok() {
            return text;
        }
        let mut replaced = String::with_capacity(text.len());
        for letter in text.chars() {
            out.clear();
            if self.encode(letter.encode_utf8(&mut [0; 4]), &mut out).is_ok() {
                replaced.push(letter);
            } else {
                replaced.push_str(instead);
            }
        }
        replaced.into()
    }

    /// Appends the text in this encoding; the letter that it does not have, where there is one (`out` is then
    /// as long as it was).
    pub(super) fn encode(self, text: &str, out: &mut Vec<u8>) -> Result<(), char> {
        let before = out.len();
        let encoded = match self {
            Self::Utf8 => {
                out.extend_from_slice(text.as_bytes());
                Ok(())
            }
            Self::Utf16Le => {
                out.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
                Ok(())
            }
            Self::Utf16Be => {
                out.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
                Ok(())
            }
            Self::Ascii => single_bytes(text, 0x7F, out),
            Self::Latin1 => single_bytes(text, 0xFF, out),
            Self::Other(encoding) => by_table(encoding, text, out),
        };
        if encoded.is_err() {
            out.truncate(before);
        }
        encoded
    }
}

fn single_bytes(text: &str, highest: u32, out: &mut Vec<u8>) -> Result<(), char> {
    text.chars().try_for_each(|letter| {
        let byte = u8::try_from(u32::from(letter))
            .ok()
            .filter(|byte| u32::from(*byte) <= highest);
        byte.map(|byte| out.push(byte)).ok_or(letter)
    })
}

/// Some tables map two letters to one byte (Shift_JIS: `¥` becomes a backslash): a letter that would come back as
/// another one cannot be written.
fn by_table(encoding: &'static encoding_rs::Encoding, text: &str, out: &mut Vec<u8>) -> Result<(), char> {
    let before = out.len();
    encode_by_table(encoding, text, out)?;
    let (back, _) = encoding.decode_without_bom_handling(&out[before..]);
    let differs = text
        .chars()
        .zip(back.chars())
        .find(|(letter, read)| letter != read);
    differs.map_or(Ok(()), |(letter, _)| Err(letter))
}

fn encode_by_table(
    encoding: &'static encoding_rs::Encoding,
    text: &str,
    out: &mut Vec<u8>,
) -> Result<(), char> {
    use encoding_rs::EncoderResult::{InputEmpty, OutputFull, Unmappable};
    let (mut encoder, mut rest) = (encoding.new_encoder(), text);
    loop {
        out.reserve(rest.len() * 2 + 16);
        let (result, read) = encoder.encode_from_utf8_to_vec_without_replacement(rest, out, true);
        match result {
            InputEmpty => return Ok(()),
            OutputFull => rest = &rest[read..],
            Unmappable(letter) => return Err(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Encoding;

    fn named(name: &str) -> Encoding {
        Encoding::try_from(name.to_owned()).expect("an encoding")
    }

    #[test]
    fn a_letter_the_encoding_lacks_is_named_and_nothing_is_written() {
        let cases = [
            ("windows-1252", "Müller €5", None),
            ("windows-1252", "Café 😀", Some('😀')),
            ("iso-8859-1", "Müller", None),
            ("iso-8859-1", "5 €", Some('€')),
            ("ascii", "Müller", Some('ü')),
            ("utf-16", "😀", None),
            ("shift_jis", "在庫", None),
            ("iso-8859-2", "Łódź", None),
        ];
        for (name, text, lacks) in cases {
            let mut out = b"before".to_vec();
            assert_eq!(named(name).encode(text, &mut out).err(), lacks, "{name}: {text}");
            assert_eq!(
                lacks.is_some(),
                out == b"before",
                "{name}: a refused text leaves no bytes"
            );
        }
        assert!(Encoding::try_from("klingon".to_owned()).is_err());
    }

    #[test]
    fn what_stands_instead_stands_for_the_missing_letters_alone() {
        let text = "Café \"N°5\" 😀😀";
        for (name, instead, expected) in [
            ("windows-1252", "_", "Café \"N°5\" __"),
            ("iso-8859-1", "", "Café \"N°5\" "),
            ("ascii", "*", "Caf* \"N*5\" **"),
            ("utf-8", "_", text),
        ] {
            assert_eq!(named(name).with_instead(text.into(), instead), expected, "{name}");
        }
    }
}
