//! Walking over JSON text without parsing it.
//!
//! Everything here relies on its input being valid JSON, which a [`Raw`](crate::Raw) is, and checks nothing again:
//! skipping over what nobody asked for is then a matter of quotes and brackets, which are found 64 bytes at a time.
//! Of text that is no JSON it makes nothing sensible, and it never panics.

use wide::u8x16;

/// The fields of an object: each name as it is written, without its quotes, and the text of its value. Nothing of
/// anything else.
pub fn members(text: &str) -> Members<'_> {
    Members {
        cursor: Cursor::inside(text, b'{'),
        escaped: false,
    }
}

/// The texts of an array's elements. Nothing of anything else.
pub fn elements(text: &str) -> Elements<'_> {
    Elements {
        cursor: Cursor::inside(text, b'['),
    }
}

/// Whether a name as it is written (without its quotes) means `name`.
pub fn is_name(written: &str, name: &str) -> bool {
    if written.len() > name.len() && written.contains('\\') {
        return serde_json::from_str::<String>(&format!("\"{written}\""))
            .is_ok_and(|decoded| decoded == name);
    }
    // An escape is longer than what it means; a name that is as long and has a backslash is another one.
    written == name && !name.contains('\\')
}

/// See [`members`].
pub struct Members<'t> {
    cursor: Cursor<'t>,
    escaped: bool,
}

impl Members<'_> {
    /// Whether any name passed so far is written with escapes; hardly ever.
    pub fn has_escapes(&self) -> bool {
        self.escaped
    }
}

impl<'t> Iterator for Members<'t> {
    type Item = (&'t str, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        let cursor = &mut self.cursor;
        cursor.escaped = false;
        let name = cursor.value()?;
        self.escaped |= cursor.escaped;
        cursor.past(b':');
        let value = cursor.value()?;
        Some((name.get(1..name.len() - 1)?, value))
    }
}

/// See [`elements`].
pub struct Elements<'t> {
    cursor: Cursor<'t>,
}

impl<'t> Iterator for Elements<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        self.cursor.value()
    }
}

struct Cursor<'t> {
    text: &'t str,
    at: usize,
    signs: Signs,
    /// Whether an escape was passed.
    escaped: bool,
}

impl<'t> Cursor<'t> {
    fn inside(text: &'t str, opening: u8) -> Self {
        let mut cursor = Self {
            text,
            at: 0,
            signs: Signs::default(),
            escaped: false,
        };
        cursor.space();
        if cursor.byte() == Some(opening) {
            cursor.at += 1;
        } else {
            cursor.at = text.len();
        }
        cursor
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn past(&mut self, sign: u8) {
        self.space();
        if self.byte() == Some(sign) {
            self.at += 1;
        }
    }

    /// The next value, and the comma before it; `None` at the closing bracket.
    fn value(&mut self) -> Option<&'t str> {
        self.past(b',');
        self.space();
        let (bytes, start) = (self.text.as_bytes(), self.at);
        self.at = match self.byte()? {
            b'}' | b']' => return None,
            b'"' => self.string_end(start),
            b'{' | b'[' => self.nested_end(start),
            _ => literal_end(bytes, start),
        };
        self.text.get(start..self.at)
    }

    /// Behind the closing quote of the string whose opening one stands at `start`.
    fn string_end(&mut self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut from = start + 1;
        loop {
            let Some(ahead) = self.signs.ahead_of(bytes, from) else {
                return bytes.len();
            };
            let closing = self.signs.quotes & ahead;
            // Up to the closing quote, or to the end of the block.
            let inside = ahead & closing.wrapping_sub(1) & !closing;
            self.escaped |= self.signs.backslashes & inside != 0;
            if closing != 0 {
                return self.signs.start + closing.trailing_zeros() as usize + 1;
            }
            from = self.signs.start + BLOCK;
        }
    }

    /// Behind the bracket that closes the one at `start`.
    fn nested_end(&mut self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let (mut from, mut depth) = (start, 0);
        loop {
            let Some(ahead) = self.signs.ahead_of(bytes, from) else {
                return bytes.len();
            };
            let (opening, closing) = (self.signs.opening & ahead, self.signs.closing & ahead);
            if depth > closing.count_ones() {
                depth = depth + opening.count_ones() - closing.count_ones();
            } else if let Some(end) = closed(&mut depth, opening, closing) {
                return self.signs.start + end + 1;
            }
            from = self.signs.start + BLOCK;
        }
    }
}

/// Where in its block the bracket stands that brings the depth to nothing; otherwise the depth behind the block.
fn closed(depth: &mut u32, mut opening: u64, mut closing: u64) -> Option<usize> {
    while closing != 0 {
        let end = closing.trailing_zeros();
        let before = opening & ((1 << end) - 1);
        opening ^= before;
        *depth = (*depth + before.count_ones()).saturating_sub(1);
        if *depth == 0 {
            return Some(end as usize);
        }
        closing &= closing - 1;
    }
    *depth += opening.count_ones();
    None
}

/// Behind a number, `true`, `false` or `null`.
fn literal_end(bytes: &[u8], start: usize) -> usize {
    let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t');
    let rest = &bytes[start..];
    start + rest.iter().position(ends).unwrap_or(rest.len())
}

/// Bytes that are looked at together, a bit for each.
const BLOCK: usize = 64;

/// Where the signs of JSON's grammar stand in one block of a text. Blocks come one after the other, from the text's
/// beginning, because whether a sign counts depends on the quotes before it.
#[derive(Default)]
struct Signs {
    /// Where the block begins.
    start: usize,
    /// Where the next one begins.
    next: usize,
    /// Quotes that begin or end a string.
    quotes: u64,
    backslashes: u64,
    /// Brackets and braces outside of strings.
    opening: u64,
    closing: u64,
    /// All bits, when the next block begins inside a string.
    within: u64,
    /// The lowest bit, when the next block's first byte is escaped.
    escaped: u64,
}

impl Signs {
    /// Comes to the block of `at`, which lies in this block or behind it; the bits from there on.
    #[inline]
    fn ahead_of(&mut self, bytes: &[u8], at: usize) -> Option<u64> {
        while at >= self.next {
            self.read(bytes)?;
        }
        Some(u64::MAX << (at - self.start))
    }

    fn read(&mut self, bytes: &[u8]) -> Option<()> {
        self.start = self.next;
        let rest = bytes.get(self.start..).filter(|rest| !rest.is_empty())?;
        self.next += BLOCK;
        if let Some(block) = rest.first_chunk() {
            self.mark(block);
        } else {
            let mut block = [0; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            self.mark(&block);
        }
        Some(())
    }

    fn mark(&mut self, block: &[u8; BLOCK]) {
        let (mut quotes, mut backslashes, mut opening, mut closing) = (0, 0, 0, 0);
        let (parts, _) = block.as_chunks::<16>();
        for (place, part) in parts.iter().enumerate() {
            let bytes = u8x16::new(*part);
            let mask = |bytes: u8x16, sign: u8| {
                u64::from(bytes.simd_eq(u8x16::splat(sign)).to_bitmask()) << (16 * place)
            };
            quotes |= mask(bytes, b'"');
            backslashes |= mask(bytes, b'\\');
            // One bit is all that brackets differ in from braces.
            let braces = bytes | u8x16::splat(b'{' ^ b'[');
            opening |= mask(braces, b'{');
            closing |= mask(braces, b'}');
        }
        self.backslashes = backslashes;
        if backslashes | self.escaped != 0 {
            quotes &= !self.escaped_bytes();
        }
        self.quotes = quotes;
        let within = parity(quotes) ^ self.within;
        self.within = 0_u64.wrapping_sub(within >> (BLOCK - 1));
        self.opening = opening & !within;
        self.closing = closing & !within;
    }

    /// The bytes behind a backslash that is not escaped itself.
    #[cold]
    fn escaped_bytes(&mut self) -> u64 {
        let mut escaped = std::mem::take(&mut self.escaped);
        let mut left = self.backslashes & !escaped;
        while left != 0 {
            let place = left.trailing_zeros();
            if place as usize == BLOCK - 1 {
                self.escaped = 1;
                break;
            }
            escaped |= 2 << place;
            left &= !(3 << place);
        }
        escaped
    }
}

/// For each bit, whether an odd number of bits is set up to it: of quotes, the insides of strings with the quote that
/// opens each.
fn parity(mut bits: u64) -> u64 {
    for distance in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << distance;
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_in_order_whatever_stands_between_them() {
        let text = r#" { "a" : 1 ,"b":{"a":[1,"}\"]"]}, "c":"x\"y", "d" : [ ] , "a":2.50, "long":"0123456789012345678901234567890\\\"" } "#;
        let all: Vec<_> = members(text).collect();
        let expected = [
            ("a", "1"),
            ("b", r#"{"a":[1,"}\"]"]}"#),
            ("c", r#""x\"y""#),
            ("d", "[ ]"),
            ("a", "2.50"),
            ("long", r#""0123456789012345678901234567890\\\"""#),
        ];
        assert_eq!(all, expected, "as they are written");
        assert_eq!(members("[1]").count(), 0, "an array has no fields");
        assert_eq!(members(" { } ").count(), 0);
    }

    #[test]
    fn elements_come_in_order() {
        let all: Vec<_> = elements(r#"[1, "a,b" ,{"x":[2]},[],null]"#).collect();
        assert_eq!(
            all,
            ["1", r#""a,b""#, r#"{"x":[2]}"#, "[]", "null"],
            "each element is one value"
        );
        assert_eq!(elements("{}").count(), 0, "an object has no elements");
        assert_eq!(elements(" [ ] ").count(), 0, "nor has an empty list");
    }

    #[test]
    fn a_name_with_escapes_is_the_name_it_means() {
        let mut fields = members(r#"{"plain":1,"Item \u004eo.":"A-1"}"#);
        fields.next();
        assert!(!fields.has_escapes());
        let (written, _) = fields.next().unwrap();
        assert!(fields.has_escapes());
        assert!(is_name(written, "Item No."), "escapes in names are only spelling");
        assert!(!is_name(written, written), "and are not the name itself");
    }

    #[test]
    fn it_agrees_with_a_json_reader() {
        let values = [
            r#""""#,
            "0",
            "[]",
            "{}",
            r#"[[{"a":"]"}]]"#,
            r#""\\""#,
            r#"{"b":"\\\"}"}"#,
            "null",
            "1.5E-7",
            r#""ein längerer Text, weit über vierundzwanzig Zeichen: \"ä\" \\""#,
        ];
        for one in values {
            for other in values {
                let text = format!("{{\"b\":{one}, \"a\" :\t{other},\n\"c\": {one}}}");
                let read: serde_json::Value = serde_json::from_str(&text).unwrap();
                for (name, found) in members(&text) {
                    let found: serde_json::Value = serde_json::from_str(found).unwrap();
                    assert_eq!(found, read[name], "{name} of {text}");
                }
            }
        }
    }

    #[test]
    fn nothing_depends_on_where_a_block_ends() {
        let tricky = r#"{"a":"\\\\","b\\\"":["}","\\"],"c":{"d":[[],"\"]"]}}"#;
        for before in 0..2 * BLOCK {
            for within in 0..2 * BLOCK {
                let space = " ".repeat(before);
                let filler = r#"\""#.repeat(within / 2) + &"x".repeat(within % 2);
                let text = format!(r#"{space}{{"filler":"{filler}","inner":{tricky},"last":-1.5}}"#);
                let found: Vec<_> = members(&text).collect();
                let expected = [
                    ("filler", format!("\"{filler}\"")),
                    ("inner", tricky.to_owned()),
                    ("last", "-1.5".to_owned()),
                ];
                let found: Vec<_> = found
                    .into_iter()
                    .map(|(name, value)| (name, value.to_owned()))
                    .collect();
                assert_eq!(found, expected, "{text}");
                assert_eq!(members(tricky).count(), 3, "and of what is inside");
            }
        }
    }

    #[test]
    fn text_that_is_no_json_does_not_stop_the_program() {
        for text in [
            "",
            "{",
            "{\"",
            "{\"a",
            "{\"a\\",
            "{\"a\":",
            "{\"a\":\"",
            "{\"a\":[",
            "{a:1}",
            "[\"\\",
            "[[",
            "{}}",
            "}",
        ] {
            assert!(
                members(text).take(10).count() + elements(text).take(10).count() < 10,
                "{text}"
            );
        }
    }
}
