//! Walking over JSON text without parsing it.
//!
//! Everything here relies on its input being valid JSON, which a [`Raw`](crate::Raw) is, and checks nothing again:
//! skipping over what nobody asked for is then a matter of quotes and brackets, several times cheaper than a
//! reader that ignores the rest. Of text that is no JSON it makes nothing sensible, and it never panics.

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
    /// Whether an escape was passed.
    escaped: bool,
}

impl<'t> Cursor<'t> {
    fn inside(text: &'t str, opening: u8) -> Self {
        let mut cursor = Self {
            text,
            at: 0,
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
            b'"' => string_end(bytes, start, &mut self.escaped),
            b'{' | b'[' => nested_end(bytes, start),
            _ => literal_end(bytes, start),
        };
        self.text.get(start..self.at)
    }
}

/// Behind the closing quote of the string whose opening one stands at `start`.
#[inline]
fn string_end(bytes: &[u8], start: usize, escaped: &mut bool) -> usize {
    let mut at = start + 1;
    loop {
        let end = at + quote_or_escape(bytes.get(at..).unwrap_or_default());
        if bytes.get(end) != Some(&b'\\') {
            return (end + 1).min(bytes.len());
        }
        *escaped = true;
        at = end + 2;
    }
}

/// Behind the bracket that closes the one at `start`.
fn nested_end(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut depth, mut escaped) = (start, 0_usize, false);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string_end(bytes, at, &mut escaped);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 1 => return at + 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// Behind a number, `true`, `false` or `null`.
fn literal_end(bytes: &[u8], start: usize) -> usize {
    let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t');
    let rest = &bytes[start..];
    start + rest.iter().position(ends).unwrap_or(rest.len())
}

/// How many bytes stand before the first quote or backslash.
#[inline]
fn quote_or_escape(bytes: &[u8]) -> usize {
    // Most strings are short, and then a plain loop is faster than a search that has to be set up.
    const SHORT: usize = 24;
    let (near, far) = bytes.split_at(bytes.len().min(SHORT));
    let found = near.iter().position(|byte| matches!(byte, b'"' | b'\\'));
    found.unwrap_or_else(|| near.len() + memchr::memchr2(b'"', b'\\', far).unwrap_or(far.len()))
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
