//! Real answers of the store, damaged: on the wire, in their packing, in their text.

use std::{io::Write as _, sync::LazyLock};

use flate2::{Compression, write::GzEncoder};
use sandbox_store::How;

/// An answer that was damaged.
pub(super) struct Damaged {
    pub(super) name: &'static str,
    /// It cannot be read; else it is odd, and may be.
    pub(super) is_broken: bool,
    pub(super) how: How,
}

/// All damages of an answer with this body.
pub(super) fn damages(body: &str) -> Vec<Damaged> {
    let mut all = Vec::new();
    let mut add = |name, is_broken, bytes: Vec<u8>, again: &[u8]| {
        let how = How::Bytes {
            bytes,
            again: again.to_vec(),
            every_ms: 0,
        };
        all.push(Damaged { name, is_broken, how });
    };
    for (name, is_broken, bytes) in on_the_wire(body) {
        add(name, is_broken, bytes, b"");
    }
    for (name, is_broken, bytes) in packed(body) {
        add(name, is_broken, bytes, b"");
    }
    for (name, is_broken, text) in texts(body) {
        add(name, is_broken, answer(&text), b"");
    }
    let chunked =
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let chunk = [b"10000\r\n".as_slice(), &b" ".repeat(0x10000), b"\r\n"].concat();
    add("chunks without end", true, chunked, &chunk);
    let by_closing =
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n[".to_vec();
    add("a list without end", true, by_closing, &b"1,".repeat(20_000));
    add(
        "headers without end",
        true,
        b"HTTP/1.1 200 OK\r\n".to_vec(),
        &b"X-Filler: aaaaaaaaaaaaaaaa\r\n".repeat(500),
    );
    add(
        "a header without end",
        true,
        b"HTTP/1.1 200 OK\r\nX-Filler: ".to_vec(),
        &[b'a'; 16_384],
    );
    all
}

const TYPE: &str = "Content-Type: application/json\r\n";

fn framed(first: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("{first}\r\n{TYPE}Content-Length: {length}\r\nConnection: close\r\n{headers}\r\n");
    [head.as_bytes(), body].concat()
}

fn answer(body: &[u8]) -> Vec<u8> {
    framed("HTTP/1.1 200 OK", "", body)
}

/// With this said of its length, whatever it is.
fn length(said: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{TYPE}{said}Connection: close\r\n\r\n{body}").into_bytes()
}

type Bytes = (&'static str, bool, Vec<u8>);

fn on_the_wire(body: &str) -> Vec<Bytes> {
    let bytes = body.as_bytes();
    let said = |number: usize| format!("Content-Length: {number}\r\n");
    let chunked = |chunks: &str| length("Transfer-Encoding: chunked\r\n", chunks);
    let half = &body[..body.floor_char_boundary(body.len() / 2)];
    vec![
        ("nothing", true, Vec::new()),
        ("half a status line", true, b"HTTP/1.1 20".to_vec()),
        ("half a header", true, b"HTTP/1.1 200 OK\r\nContent-Ty".to_vec()),
        ("a head alone", true, length(&said(bytes.len()), "")),
        ("half of the body", true, length(&said(bytes.len()), half)),
        ("half of the body, until the end", true, length("", half)),
        ("a length too long", true, length(&said(bytes.len() + 1), body)),
        ("a length too short", true, length(&said(bytes.len() - 1), body)),
        (
            "a length below nothing",
            true,
            length("Content-Length: -5\r\n", body),
        ),
        (
            "a length in words",
            true,
            length("Content-Length: much\r\n", body),
        ),
        (
            "a length beyond numbers",
            true,
            length("Content-Length: 99999999999999999999999\r\n", body),
        ),
        (
            "two lengths",
            true,
            length(&format!("{}Content-Length: 1\r\n", said(bytes.len())), body),
        ),
        (
            "no last chunk",
            true,
            chunked(&format!("{:x}\r\n{body}\r\n", bytes.len())),
        ),
        (
            "half a chunk",
            true,
            chunked(&format!("{:x}\r\n{half}", bytes.len())),
        ),
        (
            "a chunk without a size",
            true,
            chunked(&format!("size\r\n{body}\r\n0\r\n\r\n")),
        ),
        (
            "a chunk beyond numbers",
            true,
            chunked(&format!("fffffffffffffffff\r\n{body}\r\n0\r\n\r\n")),
        ),
        (
            "a chunk larger than told",
            true,
            chunked(&format!("2\r\n{body}\r\n0\r\n\r\n")),
        ),
        (
            "chunks as they should be",
            false,
            chunked(&format!("{:x}\r\n{body}\r\n0\r\n\r\n", bytes.len())),
        ),
        ("HTTP/9.9", true, framed("HTTP/9.9 200 OK", "", bytes)),
        ("HTTP/1.0", false, framed("HTTP/1.0 200 OK", "", bytes)),
        ("status 000", true, framed("HTTP/1.1 000 No", "", bytes)),
        ("status 999", true, framed("HTTP/1.1 999 No", "", bytes)),
        ("status 9999", true, framed("HTTP/1.1 9999 No", "", bytes)),
        ("status in words", true, framed("HTTP/1.1 OK", "", bytes)),
        ("status without words", false, framed("HTTP/1.1 200", "", bytes)),
        (
            "a header without colon",
            true,
            framed("HTTP/1.1 200 OK", "no colon\r\n", bytes),
        ),
        (
            "a header with NUL",
            true,
            framed("HTTP/1.1 200 OK", "X-Odd: a\0b\r\n", bytes),
        ),
        (
            "a header with a byte beyond ASCII",
            false,
            framed("HTTP/1.1 200 OK", "X-Odd: \u{fc}\r\n", bytes),
        ),
        (
            "two thousand headers",
            true,
            framed("HTTP/1.1 200 OK", &"X-Many: 1\r\n".repeat(2_000), bytes),
        ),
        (
            "a hint before",
            false,
            [
                b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".to_vec(),
                answer(bytes),
            ]
            .concat(),
        ),
        (
            "a hint alone",
            true,
            b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".to_vec(),
        ),
        ("another protocol", true, b"SSH-2.0-OpenSSH_9.9\r\n".to_vec()),
        ("TLS", true, b"\x15\x03\x03\x00\x02\x02\x28".to_vec()),
        (
            "HTTP/2",
            true,
            b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64".to_vec(),
        ),
        (
            "a switch of protocols",
            true,
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n".to_vec(),
        ),
    ]
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer
        .write_all(body)
        .and_then(|()| packer.finish())
        .expect("memory has room")
}

/// Sixteen megabytes in few bytes.
fn bomb() -> &'static [u8] {
    static BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| gzip(&vec![b' '; 16 << 20]));
    &BOMB
}

fn packed(body: &str) -> Vec<Bytes> {
    let bytes = body.as_bytes();
    let whole = gzip(bytes);
    let labelled =
        |kind: &str, bytes: &[u8]| framed("HTTP/1.1 200 OK", &format!("Content-Encoding: {kind}\r\n"), bytes);
    let mut damaged = whole.clone();
    let last = damaged.len() - 6;
    damaged[last] ^= 0xff;
    vec![
        ("packed", false, labelled("gzip", &whole)),
        ("packed in name alone", true, labelled("gzip", bytes)),
        (
            "half of a packed one",
            true,
            labelled("gzip", &whole[..whole.len() / 2]),
        ),
        ("packed with a wrong sum", true, labelled("gzip", &damaged)),
        ("packed twice", true, labelled("gzip", &gzip(&whole))),
        ("packed, and not told", true, answer(&whole)),
        ("a bomb", true, labelled("gzip", bomb())),
        ("nothing packed", true, labelled("gzip", b"")),
        (
            "packed in another way",
            true,
            labelled("br", b"\x0b\x02\x80{}\x03"),
        ),
    ]
}

/// A value that stands where the first record has a further field: how JSON may be wrong, or odd.
const VALUES: &[(&str, bool, &[u8])] = &[
    ("NaN", true, b"NaN"),
    ("Infinity", true, b"-Infinity"),
    ("leading zeros", true, b"007"),
    ("hexadecimal", true, b"0x1F"),
    ("single quotes", true, b"'x'"),
    ("undefined", true, b"undefined"),
    ("a number that ends in a point", true, b"1."),
    ("a plus", true, b"+1"),
    ("a raw control character", true, b"\"a\x01b\""),
    ("a raw line end", true, b"\"a\nb\""),
    ("bytes that are no text", true, b"\"\xff\xfe\""),
    ("Latin-1", true, b"\"M\xfcller\""),
    ("too long a spelling of a slash", true, b"\"\xc0\xaf\""),
    ("half a pair in UTF-8", true, b"\"\xed\xa0\x80\""),
    ("a text without end", true, b"\"without end"),
    ("a list without end", true, b"[1,[2"),
    ("a comment", true, b"1 /* one */"),
    ("two values", true, b"1 2"),
    ("a wrong escape", true, b"\"\\x41\""),
    ("half a pair in escapes", false, b"\"\\ud800\""),
    ("1e400", false, b"1e400"),
    ("a number near nothing", false, b"1e-400"),
    ("2^53 + 1", false, b"9007199254740993"),
    ("2^64", false, b"18446744073709551616"),
    ("an escaped NUL", false, b"\"a\\u0000b\""),
    ("another type", false, b"{\"\":[null,{\"id\":\"x\"}]}"),
];

fn texts(body: &str) -> Vec<Bytes> {
    let bytes = body.as_bytes();
    let part = |parts: usize, of: usize| bytes[..bytes.len() * parts / of].to_vec();
    let around = |before: &[u8], after: &[u8]| [before, bytes, after].concat();
    let wide = body.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut all = vec![
        ("a quarter", true, part(1, 4)),
        ("three quarters", true, part(3, 4)),
        ("without its last byte", true, bytes[..bytes.len() - 1].to_vec()),
        ("without its first byte", true, bytes[1..].to_vec()),
        ("a mark in front", true, around(b"\xef\xbb\xbf", b"")),
        ("UTF-16", true, wide),
        ("twice", true, around(b"", bytes)),
        ("a bracket too many", true, around(b"", b"}")),
        ("a comma behind", true, around(b"", b",")),
        ("NUL behind", true, around(b"", b"\0")),
        ("space around", false, around(b" \r\n\t", b"\n\n")),
    ];
    all.extend(
        VALUES
            .iter()
            .filter_map(|(name, broken, value)| Some((*name, *broken, with(body, value)?))),
    );
    let nested = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
    let large: [(&'static str, bool, Vec<u8>); 5] = [
        ("deep", false, nested(200)),
        ("very deep", false, nested(100_000)),
        ("deep without end", true, vec![b'['; 100_000]),
        ("a long number", false, vec![b'7'; 20_000]),
        (
            "a long text",
            false,
            [b"\"".to_vec(), vec![b'x'; 300_000], b"\"".to_vec()].concat(),
        ),
    ];
    all.extend(
        large
            .into_iter()
            .filter_map(|(name, broken, value)| Some((name, broken, with(body, &value)?))),
    );
    let many: Vec<u8> = (0..2_000)
        .flat_map(|at| format!("1,\"odd{at}\":").into_bytes())
        .chain(*b"1")
        .collect();
    all.extend(with(body, &many).map(|text| ("many fields", false, text)));
    all
}

/// The first record gets one more field, in front.
fn with(body: &str, value: &[u8]) -> Option<Vec<u8>> {
    let first = body.find('{')?;
    let at = match body[first..].strip_prefix("{\"data\":") {
        Some(data) => first + 8 + data.find('{').filter(|at| *at < 2)?,
        None => first,
    };
    let is_empty = body[at + 1..].trim_start().starts_with('}');
    let comma: &[u8] = if is_empty { b"" } else { b"," };
    Some(
        [
            &body.as_bytes()[..=at],
            b"\"odd\":",
            value,
            comma,
            &body.as_bytes()[at + 1..],
        ]
        .concat(),
    )
}
