//! Walking over JSON text without parsing it.
//!
//! Everything here relies on its input being valid JSON, which a [`Raw`](crate::Raw) is, and checks nothing again:
//! skipping over what nobody asked for is then a matter of the signs between values, which are found 64 bytes at a
//! time. Of text that is no JSON it makes nothing sensible, and it never panics.

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

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let cursor = &mut self.cursor;
        let name = cursor.scalar()?;
        let name = name.get(1..name.len().checked_sub(1)?)?;
        self.escaped |= cursor.signs.escapes && name.contains('\\');
        let value = cursor.value()?;
        Some((name, value))
    }
}

/// See [`elements`].
pub struct Elements<'t> {
    cursor: Cursor<'t>,
}

impl<'t> Iterator for Elements<'t> {
    type Item = &'t str;

    #[inline]
    fn next(&mut self) -> Option<&'t str> {
        self.cursor.value()
    }
}

/// Goes from value to value; `at` is behind the sign before the next one.
struct Cursor<'t> {
    text: &'t str,
    at: usize,
    signs: Signs,
}

impl<'t> Cursor<'t> {
    fn inside(text: &'t str, opening: u8) -> Self {
        let at = space(text.as_bytes(), 0);
        let is_it = text.as_bytes().get(at) == Some(&opening);
        let mut cursor = Self {
            text,
            at: if is_it { at + 1 } else { text.len() },
            signs: Signs::default(),
        };
        cursor.signs.pass(text.as_bytes(), cursor.at);
        cursor
    }

    /// The next value, and the sign behind it; `None` at the closing bracket.
    #[inline]
    fn value(&mut self) -> Option<&'t str> {
        let bytes = self.text.as_bytes();
        let start = space(bytes, self.at);
        if !matches!(bytes.get(start)?, b'{' | b'[') {
            return self.scalar();
        }
        let end = self.nested_end(start);
        self.at = self.signs.next(bytes).map_or(bytes.len(), |sign| sign + 1);
        self.text.get(start..end)
    }

    /// The same, of what is no list and no object.
    #[inline]
    fn scalar(&mut self) -> Option<&'t str> {
        let bytes = self.text.as_bytes();
        let start = space(bytes, self.at);
        let end = self.signs.next(bytes)?;
        self.at = end + 1;
        let value = self.text.get(start..end)?;
        // Hardly ever is there space between a value and the sign behind it.
        let value = match value.as_bytes().last()? {
            b' ' | b'\n' | b'\r' | b'\t' => value.trim_ascii_end(),
            _ => value,
        };
        (!value.is_empty()).then_some(value)
    }

    /// Behind the bracket that closes the one at `start`.
    fn nested_end(&mut self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let Some(mut ahead) = self.signs.ahead_of(bytes, start) else {
            return bytes.len();
        };
        let mut depth = 0;
        loop {
            let (opening, closing) = (self.signs.opening & ahead, self.signs.closing & ahead);
            if let Some(end) = closed(&mut depth, opening, closing) {
                let end = self.signs.start + end + 1;
                self.signs.pass(bytes, end);
                return end;
            }
            if self.signs.read(bytes, Signs::skim).is_none() {
                return bytes.len();
            }
            ahead = u64::MAX;
        }
    }
}

/// The first place from `at` on where no space is.
#[inline]
fn space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

/// Where in its block the bracket stands that brings the depth to nothing; otherwise the depth behind the block.
fn closed(depth: &mut u32, mut opening: u64, mut closing: u64) -> Option<usize> {
    if *depth > closing.count_ones() {
        *depth = *depth + opening.count_ones() - closing.count_ones();
        return None;
    }
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
    /// All signs outside of strings that were not passed yet: commas, colons, brackets and braces.
    left: u64,
    /// Brackets and braces outside of strings.
    opening: u64,
    closing: u64,
    /// All bits, when the next block begins inside a string.
    within: u64,
    /// The lowest bit, when the next block's first byte is escaped.
    escaped: u64,
    /// Whether there was any backslash yet.
    escapes: bool,
}

impl Signs {
    /// The next sign, which is passed with it.
    #[inline]
    fn next(&mut self, bytes: &[u8]) -> Option<usize> {
        while self.left == 0 {
            self.read(bytes, Self::mark)?;
        }
        let sign = self.start + self.left.trailing_zeros() as usize;
        self.left &= self.left - 1;
        Some(sign)
    }

    /// Passes all signs before `at`, which lies in this block or behind it.
    fn pass(&mut self, bytes: &[u8], at: usize) {
        while at > self.next {
            if self.read(bytes, Self::mark).is_none() {
                self.left = 0;
                return;
            }
        }
        let passed = at - self.start;
        self.left &= if passed < BLOCK { u64::MAX << passed } else { 0 };
    }

    /// Comes to the block of `at`, which lies in this block or behind it; the bits from there on.
    fn ahead_of(&mut self, bytes: &[u8], at: usize) -> Option<u64> {
        while at >= self.next {
            self.read(bytes, Self::mark)?;
        }
        Some(u64::MAX << (at - self.start))
    }

    /// Comes to the next block.
    #[inline]
    fn read(&mut self, bytes: &[u8], look: impl FnOnce(&mut Self, &[u8; BLOCK])) -> Option<()> {
        let rest = bytes.get(self.next..).filter(|rest| !rest.is_empty())?;
        self.start = self.next;
        self.next += BLOCK;
        if let Some(block) = rest.first_chunk() {
            look(self, block);
        } else {
            let mut block = [0; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            look(self, &block);
        }
        Some(())
    }

    /// Looks at a block inside of a list or an object that is skipped: without a bracket nothing of it counts but
    /// whether it ends inside a string.
    #[inline]
    fn skim(&mut self, block: &[u8; BLOCK]) {
        let (mut quotes, mut rare) = (0, u8x16::splat(0));
        let (parts, _) = block.as_chunks::<16>();
        for (place, part) in parts.iter().enumerate() {
            let bytes = u8x16::new(*part);
            let is = |sign: u8| bytes.simd_eq(u8x16::splat(sign));
            quotes |= u64::from(is(b'"').to_bitmask()) << (16 * place);
            rare |= is(b'\\') | brackets(bytes, b'{') | brackets(bytes, b'}');
        }
        if rare.to_bitmask() != 0 || self.escaped != 0 {
            return self.mark(block);
        }
        self.within ^= 0_u64.wrapping_sub(u64::from(quotes.count_ones() & 1));
        (self.left, self.opening, self.closing) = (0, 0, 0);
    }

    fn mark(&mut self, block: &[u8; BLOCK]) {
        // Most blocks have no bracket and no backslash: whether one has is looked at once, and where they are only then.
        let (mut quotes, mut signs) = (0, 0);
        let mut rare = u8x16::splat(0);
        let (parts, _) = block.as_chunks::<16>();
        for (place, part) in parts.iter().enumerate() {
            let bytes = u8x16::new(*part);
            let is = |sign: u8| bytes.simd_eq(u8x16::splat(sign));
            let mask = |bytes: u8x16| u64::from(bytes.to_bitmask()) << (16 * place);
            let nesting = brackets(bytes, b'{') | brackets(bytes, b'}');
            quotes |= mask(is(b'"'));
            signs |= mask(is(b',') | is(b':') | nesting);
            rare |= is(b'\\') | nesting;
        }
        let (mut opening, mut closing, mut backslashes) = (0, 0, 0);
        if rare.to_bitmask() != 0 {
            for (place, part) in parts.iter().enumerate() {
                let bytes = u8x16::new(*part);
                let mask = |bytes: u8x16| u64::from(bytes.to_bitmask()) << (16 * place);
                backslashes |= mask(bytes.simd_eq(u8x16::splat(b'\\')));
                opening |= mask(brackets(bytes, b'{'));
                closing |= mask(brackets(bytes, b'}'));
            }
        }
        if backslashes | self.escaped != 0 {
            quotes &= !self.escaped_bytes(backslashes);
        }
        let within = parity(quotes) ^ self.within;
        self.within = 0_u64.wrapping_sub(within >> (BLOCK - 1));
        self.left = signs & !within;
        self.opening = opening & !within;
        self.closing = closing & !within;
    }

    /// The bytes behind a backslash that is not escaped itself.
    #[cold]
    fn escaped_bytes(&mut self, backslashes: u64) -> u64 {
        self.escapes = true;
        let mut escaped = std::mem::take(&mut self.escaped);
        let mut left = backslashes & !escaped;
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

/// Where the bracket or the brace is. One bit is all that they differ in.
#[inline]
fn brackets(bytes: u8x16, brace: u8) -> u8x16 {
    (bytes | u8x16::splat(b'{' ^ b'[')).simd_eq(u8x16::splat(brace))
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
