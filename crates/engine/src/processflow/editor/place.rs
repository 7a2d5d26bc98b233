//! Where in a processflow file the cursor stands, told from indentation, dashes and brackets before it.

/// One part of the way from the top of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The value of that field.
    Key(String),
    /// That element of a list.
    Item(usize),
}

/// Where the cursor stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The way to the mapping, list or value the cursor is in.
    pub(super) path: Vec<Part>,
    /// True where a field's name (or an element) would stand, false for the value of the last key of the path.
    pub(super) is_key: bool,
    /// Bytes from the beginning: where what is being written begins.
    pub(super) from: usize,
    /// Where the step begins that the cursor is in, and how far its dash is indented.
    pub(super) step: Option<(usize, usize)>,
}

impl Place {
    /// The way as seen from the innermost list of steps, as if that were the file's: `steps`, the step's number, and so
    /// on. Steps inside of others are written as those outside.
    pub(super) fn in_steps(&self) -> &[Part] {
        in_steps(&self.path)
    }
}

/// See [`Place::in_steps`].
pub(super) fn in_steps(path: &[Part]) -> &[Part] {
    let is = |at: usize, name: &str| matches!(path.get(at), Some(Part::Key(key)) if key == name);
    let holds_steps = |at: usize| {
        let in_list = at >= 1 && is(at - 1, "for_each");
        let on_way = at >= 2 && is(at - 2, "branch") && matches!(path[at - 1], Part::Item(_));
        is(at, "steps") && (at == 0 || in_list || on_way)
    };
    let start = (0..path.len()).rev().find(|at| holds_steps(*at));
    &path[start.unwrap_or(0)..]
}

struct Frame {
    indent: usize,
    part: Part,
}

#[derive(Default)]
struct Scanner {
    frames: Vec<Frame>,
    step: Option<(usize, usize)>,
    /// Lines further in than this belong to a text of several lines.
    block: Option<usize>,
}

/// The place at this byte of the text.
pub(super) fn place(text: &str, cursor: usize) -> Place {
    let mut scanner = Scanner::default();
    let mut start = 0;
    while start <= text.len() {
        let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        if cursor <= end {
            return scanner.last(text, start, cursor);
        }
        match scanner.line(text, start, end, cursor) {
            Next::At(next) => start = next,
            Next::Inside(place) => return place,
        }
    }
    scanner.last(text, text.len(), text.len())
}

enum Next {
    /// The scan goes on at this byte.
    At(usize),
    /// The cursor stands in brackets that began on this line.
    Inside(Place),
}

impl Scanner {
    fn line(&mut self, text: &str, start: usize, end: usize, cursor: usize) -> Next {
        let line = text[start..end].trim_end();
        let next = Next::At(end + 1);
        let content = line.trim_start_matches(' ');
        if content.is_empty() || content.starts_with('#') || self.in_block(line.len() - content.len()) {
            return next;
        }
        let (rest_at, indent) = self.dashes(text, start, end);
        let rest = &text[rest_at..end];
        let Some((key, value_at)) = key_of(rest) else {
            return self.brackets(text, rest_at, cursor, next);
        };
        self.enter(indent, key);
        let value = rest[value_at..].trim_start();
        if value.starts_with(['|', '>']) {
            self.block = Some(indent);
        }
        let value_at = rest_at + rest.len() - value.len();
        self.brackets(text, value_at, cursor, next)
    }

    fn in_block(&mut self, indent: usize) -> bool {
        match self.block {
            Some(outer) if indent > outer => true,
            _ => {
                self.block = None;
                false
            }
        }
    }

    /// Brackets may go on over several lines.
    fn brackets(&self, text: &str, at: usize, cursor: usize, next: Next) -> Next {
        if !text[at..].starts_with(['{', '[']) {
            return next;
        }
        let whole = flow(text, at, text.len());
        match whole.closed {
            Some(end) if end <= cursor => {
                let end = text[end..].find('\n').map_or(text.len(), |line| end + line);
                Next::At(end + 1)
            }
            _ => Next::Inside(self.inside(text, at, cursor)),
        }
    }

    fn inside(&self, text: &str, at: usize, cursor: usize) -> Place {
        let flow = flow(text, at, cursor);
        let mut path = self.path();
        path.extend(flow.path);
        Place {
            path,
            is_key: flow.is_key,
            from: flow.from,
            step: self.step,
        }
    }

    /// The line of the cursor, as far as it.
    fn last(&mut self, text: &str, start: usize, cursor: usize) -> Place {
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let indent = text[start..line_end].len() - text[start..line_end].trim_start_matches(' ').len();
        if self.block.is_some_and(|outer| indent > outer) {
            return self.at(false, cursor);
        }
        let (rest_at, indent) = self.dashes(text, start, cursor);
        let rest = &text[rest_at..cursor];
        let Some((key, value_at)) = key_of(rest) else {
            if rest.starts_with(['{', '[']) {
                return self.inside(text, rest_at, cursor);
            }
            self.leave(indent);
            return self.at(true, rest_at);
        };
        self.enter(indent, key);
        let value = rest[value_at..].trim_start();
        let value_at = cursor - value.len();
        if value.starts_with(['{', '[']) {
            return self.inside(text, value_at, cursor);
        }
        self.at(false, value_at)
    }

    fn at(&self, is_key: bool, from: usize) -> Place {
        Place {
            path: self.path(),
            is_key,
            from,
            step: self.step,
        }
    }

    /// Takes the dashes at the beginning of a line; where the rest begins, and how far it is indented.
    fn dashes(&mut self, text: &str, start: usize, end: usize) -> (usize, usize) {
        let (mut at, mut indent) = (start, 0);
        loop {
            let line = &text[at..end];
            let spaces = line.len() - line.trim_start_matches(' ').len();
            let rest = &line[spaces..];
            (at, indent) = (at + spaces, indent + spaces);
            if rest != "-" && !rest.starts_with("- ") {
                return (at, indent);
            }
            self.item(indent, at);
            (at, indent) = (at + 1, indent + 1);
        }
    }

    fn item(&mut self, indent: usize, at: usize) {
        while self.frames.last().is_some_and(|frame| frame.indent > indent) {
            self.frames.pop();
        }
        match self.frames.last_mut() {
            Some(Frame {
                indent: own,
                part: Part::Item(count),
            }) if *own == indent => *count += 1,
            _ => self.frames.push(Frame {
                indent,
                part: Part::Item(0),
            }),
        }
        if matches!(in_steps(&self.path()), [Part::Key(key), Part::Item(_)] if key == "steps") {
            self.step = Some((at, indent));
        }
    }

    fn leave(&mut self, indent: usize) {
        let deeper = |frame: &Frame| match frame.part {
            Part::Key(_) => frame.indent >= indent,
            Part::Item(_) => frame.indent >= indent,
        };
        while self.frames.last().is_some_and(deeper) {
            self.frames.pop();
        }
        if self.frames.is_empty() {
            self.step = None;
        }
    }

    fn enter(&mut self, indent: usize, key: String) {
        self.leave(indent);
        self.frames.push(Frame {
            indent,
            part: Part::Key(key),
        });
    }

    fn path(&self) -> Vec<Part> {
        self.frames.iter().map(|frame| frame.part.clone()).collect()
    }
}

/// `key: …` at the beginning of a line's content: the key, and where behind the colon its value begins.
fn key_of(rest: &str) -> Option<(String, usize)> {
    let first = rest.chars().next()?;
    if first == '"' || first == '\'' {
        let end = rest[1..].find(first)? + 2;
        let colon = rest[end..].trim_start();
        return colon
            .starts_with(':')
            .then(|| (rest[1..end - 1].to_owned(), rest.len() - colon.len() + 1));
    }
    if matches!(first, '{' | '[') {
        return None;
    }
    let colon = rest
        .match_indices(':')
        .map(|(at, _)| at)
        .find(|at| matches!(rest.as_bytes().get(at + 1), None | Some(b' ' | b'\r')))?;
    Some((rest[..colon].trim().to_owned(), colon + 1))
}

struct Flow {
    path: Vec<Part>,
    is_key: bool,
    from: usize,
    /// Where the outermost bracket was closed.
    closed: Option<usize>,
}

/// Reads `{…}` and `[…]` from `at` up to `end`.
fn flow(text: &str, at: usize, end: usize) -> Flow {
    let mut open: Vec<(char, usize, Option<String>)> = Vec::new();
    let (mut from, mut quote) = (at, None);
    let bytes = &text[at..end];
    let mut closed = None;
    for (offset, sign) in bytes.char_indices() {
        let here = at + offset;
        match (quote, sign) {
            (Some(own), _) if own == sign => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if text[from..here].trim().is_empty() => quote = Some(sign),
            (None, '{' | '[') if text[from..here].trim().is_empty() => {
                open.push((sign, 0, None));
                from = here + 1;
            }
            (None, '}' | ']') => {
                open.pop();
                if open.is_empty() {
                    closed = Some(here + 1);
                    break;
                }
            }
            (None, ',') => {
                if let Some((_, count, key)) = open.last_mut() {
                    (*count, *key) = (*count + 1, None);
                }
                from = here + 1;
            }
            (None, ':') if matches!(text.as_bytes().get(here + 1), None | Some(b' ' | b'\n' | b'\r')) => {
                let name = text[from..here].trim().trim_matches(['"', '\'']).to_owned();
                if let Some(('{', _, key @ None)) = open.last_mut() {
                    *key = Some(name);
                    from = here + 1;
                }
            }
            _ => {}
        }
    }
    from = from.min(end);
    from += text[from..end].len() - text[from..end].trim_start().len();
    let is_key = matches!(open.last(), Some(('{', _, None) | ('[', ..)) | None);
    let path = open
        .into_iter()
        .filter_map(|(bracket, count, key)| match (bracket, key) {
            ('{', key) => key.map(Part::Key),
            (_, _) => Some(Part::Item(count)),
        })
        .collect();
    Flow {
        path,
        is_key,
        from,
        closed,
    }
}
