//! The text of a file as UTF-8, whatever its encoding, with a place to go on from.
//!
//! Bytes that the encoding cannot mean become the byte 0xFF, which no UTF-8 text contains: the row they stand in
//! is then known to be illegible, and the others are not touched.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use serde::{Deserialize, Serialize};

use super::Encoding;

/// The longest line that is read; a longer one is set aside.
pub(super) const LONGEST: usize = 32 << 20;

/// A place in the decoded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// Bytes of decoded text before it, the mark at the start not counted.
    pub(super) offset: u64,
    /// The line it stands on, from 1.
    pub(super) line: u64,
}

impl Place {
    /// The beginning.
    pub(super) const START: Self = Self { offset: 0, line: 1 };
}

/// A file's text.
pub(super) struct Text {
    input: BufReader<Box<dyn Read + Send>>,
    /// Where it has come to.
    pub(super) place: Place,
    /// What the file turned out to be: a mark at its start outranks what was declared.
    pub(super) encoding: Encoding,
}

impl Text {
    /// Opens the text at a place.
    pub(super) fn open(mut file: std::fs::File, declared: Encoding, place: Place) -> io::Result<Self> {
        file.seek(SeekFrom::Start(0))?;
        let mut start = Vec::with_capacity(3);
        file.by_ref().take(3).read_to_end(&mut start)?;
        let (encoding, mark) = Encoding::marked(&start).unwrap_or((declared, 0));
        let mut input: Box<dyn Read + Send> = match encoding.decoder() {
            None => {
                file.seek(SeekFrom::Start(mark + place.offset))?;
                return Ok(Self {
                    input: BufReader::with_capacity(1 << 16, plain(file, encoding)),
                    place,
                    encoding,
                });
            }
            Some(decoder) => {
                file.seek(SeekFrom::Start(mark))?;
                Box::new(Decoded::of(Box::new(file), decoder))
            }
        };
        // Decoded text has no place to jump to: it is read up to there.
        io::copy(&mut input.by_ref().take(place.offset), &mut io::sink())?;
        Ok(Self {
            input: BufReader::with_capacity(1 << 16, input),
            place,
            encoding,
        })
    }

    /// What can be looked at without waiting; empty at the end.
    pub(super) fn ahead(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    /// Goes on by so many bytes of what is [`Text::ahead`].
    pub(super) fn advance(&mut self, bytes: usize) {
        let passed = &self.input.buffer()[..bytes];
        self.place.line += memchr::memchr_iter(b'\n', passed).count() as u64;
        self.place.offset += bytes as u64;
        self.input.consume(bytes);
    }

    /// The next line without its ending, and how long it was (it is cut beyond [`LONGEST`]); `None` at the end.
    pub(super) fn line(&mut self, into: &mut Vec<u8>) -> io::Result<Option<usize>> {
        into.clear();
        let mut length = 0;
        loop {
            let ahead = self.ahead()?;
            if ahead.is_empty() {
                return Ok((length > 0).then_some(length));
            }
            let end = memchr::memchr(b'\n', ahead);
            let piece = &ahead[..end.unwrap_or(ahead.len())];
            into.extend_from_slice(&piece[..piece.len().min(LONGEST.saturating_sub(into.len()))]);
            length += piece.len() + usize::from(end.is_some());
            let passed = piece.len() + usize::from(end.is_some());
            self.advance(passed);
            if end.is_some() {
                if into.last() == Some(&b'\r') {
                    into.pop();
                }
                return Ok(Some(length));
            }
        }
    }
}

fn plain(file: std::fs::File, encoding: Encoding) -> Box<dyn Read + Send> {
    if encoding == Encoding::Ascii {
        Box::new(SevenBits(file))
    } else {
        Box::new(file)
    }
}

/// Marks bytes that ASCII does not have.
struct SevenBits(std::fs::File);

impl Read for SevenBits {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(out)?;
        for byte in &mut out[..read] {
            *byte = if byte.is_ascii() { *byte } else { 0xFF };
        }
        Ok(read)
    }
}

/// Bytes of another encoding as UTF-8.
struct Decoded {
    file: Box<dyn Read + Send>,
    decoder: encoding_rs::Decoder,
    raw: Vec<u8>,
    text: Vec<u8>,
    given: usize,
    ended: bool,
}

impl Decoded {
    fn of(file: Box<dyn Read + Send>, decoder: encoding_rs::Decoder) -> Self {
        Self {
            file,
            decoder,
            raw: vec![0; 1 << 14],
            text: Vec::new(),
            given: 0,
            ended: false,
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        use encoding_rs::DecoderResult::{InputEmpty, Malformed, OutputFull};
        let read = self.file.read(&mut self.raw)?;
        self.ended = read == 0;
        (self.given, self.text) = (0, std::mem::take(&mut self.text));
        self.text.clear();
        let (mut from, mut room) = (0, vec![0; self.raw.len() * 3 + 16]);
        loop {
            let (result, taken, made) =
                self.decoder
                    .decode_to_utf8_without_replacement(&self.raw[from..read], &mut room, self.ended);
            self.text.extend_from_slice(&room[..made]);
            from += taken;
            match result {
                InputEmpty => return Ok(()),
                OutputFull => {}
                Malformed(..) => self.text.push(0xFF),
            }
        }
    }
}

impl Read for Decoded {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.ended {
            self.fill()?;
        }
        let bytes = out.len().min(self.text.len() - self.given);
        out[..bytes].copy_from_slice(&self.text[self.given..self.given + bytes]);
        self.given += bytes;
        Ok(bytes)
    }
}
