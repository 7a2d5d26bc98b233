//! From a text to its placeholders, or to what is wrong with them and where.

use std::ops::Range;

use jiff::SignedDuration;

use super::{CLOSE, IDS, KNOWN, OPEN, Pattern, Stands, VARIABLE, known};

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// What stands there.
    Letters(String),
    /// A date.
    Date(Placeholder),
    /// The kept variable of that name.
    Variable(String),
    /// The ids of chosen records.
    Ids,
}

/// A placeholder for a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placeholder {
    pub(crate) stands: Stands,
    pub(super) pattern: Option<Pattern>,
    pub(super) offset: SignedDuration,
}

/// What is wrong, and where in the text: bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) at: Range<usize>,
    pub(crate) message: String,
    pub(crate) hint: String,
}

impl Wrong {
    pub(super) fn new(at: Range<usize>, message: &str, hint: &str) -> Self {
        Self {
            at,
            message: message.to_owned(),
            hint: hint.to_owned(),
        }
    }

    fn behind(mut self, start: usize) -> Self {
        self.at = self.at.start + start..self.at.end + start;
        self
    }
}

/// Takes a text apart.
pub(crate) fn read(text: &str) -> Result<Vec<Piece>, Wrong> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some((start, opens)) = next(text, at) {
        if start > at {
            pieces.push(Piece::Letters(text[at..start].to_owned()));
        }
        at = match opens {
            IDS => {
                pieces.push(Piece::Ids);
                start + IDS.len()
            }
            OPEN => {
                let end = text[start..].find(CLOSE).map(|end| start + end);
                let end = end.ok_or_else(|| open_ended(text, start))?;
                let inside = start + OPEN.len();
                let piece = match contextual(&text[inside..end]) {
                    Some(name) => variable(name).map_err(|wrong| Wrong {
                        at: 0..end - inside,
                        ..wrong
                    }),
                    None => placeholder(&text[inside..end]).map(Piece::Date),
                };
                pieces.push(piece.map_err(|wrong| wrong.behind(inside))?);
                end + CLOSE.len()
            }
            _ => {
                let inside = start + VARIABLE.len();
                let end = text[inside..].find('}').map(|end| inside + end);
                let end = end.ok_or_else(|| open_ended(text, start))?;
                pieces.push(variable(&text[inside..end]).map_err(|wrong| wrong.behind(inside))?);
                end + 1
            }
        };
    }
    if at < text.len() || pieces.is_empty() {
        pieces.push(Piece::Letters(text[at..].to_owned()));
    }
    Ok(pieces)
}

fn next(text: &str, from: usize) -> Option<(usize, &'static str)> {
    let found = [OPEN, IDS, VARIABLE].map(|opens| Some((from + text[from..].find(opens)?, opens)));
    found.into_iter().flatten().min_by_key(|(at, _)| *at)
}

fn open_ended(text: &str, start: usize) -> Wrong {
    let (message, hint) = if text[start..].starts_with(VARIABLE) {
        (
            "a variable's name begins with `${` and has no end",
            "It ends with `}`: `${Region}`.",
        )
    } else {
        (
            "a placeholder begins with `~{` and has no end",
            "It ends with `}~`: `~{CreatedDate}~`.",
        )
    };
    Wrong::new(start..text.len(), message, hint)
}

/// The name in `gen:GetContextualData(Name)`, where it is that.
fn contextual(inside: &str) -> Option<&str> {
    let name = inside.trim().strip_prefix(known::CONTEXTUAL)?.trim();
    Some(
        name.strip_prefix('(')?
            .strip_suffix(')')?
            .trim_matches(['\'', '"', ' ']),
    )
}

fn variable(name: &str) -> Result<Piece, Wrong> {
    if name.trim().is_empty() {
        return Err(Wrong::new(
            0..name.len(),
            "a variable's name is missing",
            "Write the name of one that stands under `variables`: `${Region}`.",
        ));
    }
    Ok(Piece::Variable(name.trim().to_owned()))
}

/// `CreatedDate`, `CreatedDate(-10)`, `CreatedDate('yyyy-MM-dd', '-6')`.
fn placeholder(inside: &str) -> Result<Placeholder, Wrong> {
    let name_end = inside.find('(').unwrap_or(inside.len());
    let name = inside[..name_end].trim();
    let Some(known) = known::named(name) else {
        let message = format!("there is no placeholder `~{{{name}}}~`");
        return Err(Wrong::new(0..name_end, &message, &known::instead(name)));
    };
    let mut placeholder = Placeholder {
        stands: known.stands,
        pattern: None,
        offset: SignedDuration::ZERO,
    };
    if name_end == inside.len() {
        return Ok(placeholder);
    }
    let Some(arguments) = inside
        .trim_end()
        .strip_suffix(')')
        .and_then(|whole| whole.get(name_end + 1..))
    else {
        return Err(Wrong::new(
            name_end..inside.len(),
            "the brackets of a placeholder have no end",
            "For instance `~{CreatedDate('yyyy-MM-dd', '-6')}~`.",
        ));
    };
    let start = name_end + 1;
    match &arguments_of(arguments)[..] {
        [] => {}
        [(at, one)] if offset_of(one, Unit::Days).is_some() || !one.starts_with('\'') => {
            placeholder.offset =
                offset(one, Unit::Days, known.stands).map_err(|wrong| wrong.behind(start + at))?;
        }
        [format, offsets @ ..] if offsets.len() < 2 => {
            placeholder.pattern = format_of(format.1).map_err(|wrong| wrong.behind(start + format.0))?;
            if let [(at, one)] = offsets {
                placeholder.offset =
                    offset(one, Unit::Hours, known.stands).map_err(|wrong| wrong.behind(start + at))?;
            }
        }
        [_, _, (at, _), ..] => {
            return Err(Wrong::new(
                start + at..start + arguments.len(),
                &format!("`{}` takes a format and an offset, no more", known.name),
                "For instance `~{CreatedDate('yyyy-MM-dd', '-6')}~`.",
            ));
        }
        _ => {}
    }
    Ok(placeholder)
}

/// The arguments with their places. One in quotes ends at a quotation mark that a comma or the end follows: formats have
/// such marks inside (`'yyyy-MM-dd'T'HH:mm:ss'`).
fn arguments_of(text: &str) -> Vec<(usize, &str)> {
    let mut arguments = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let start = at + text[at..].len() - text[at..].trim_start().len();
        let rest = &text[start..];
        let end = if rest.starts_with('\'') {
            let closes = |(at, _): &(usize, &str)| {
                let behind = rest[at + 1..].trim_start();
                behind.is_empty() || behind.starts_with(',')
            };
            rest.match_indices('\'')
                .skip(1)
                .find(closes)
                .map_or(rest.len(), |(at, _)| at + 1)
        } else {
            rest.find(',').unwrap_or(rest.len())
        };
        let argument = rest[..end].trim_end();
        if !argument.is_empty() || at > 0 {
            arguments.push((start, argument));
        }
        at = start
            + end
            + text[start + end..]
                .find(',')
                .map_or(text.len(), |comma| comma + 1);
    }
    arguments
}

fn format_of(written: &str) -> Result<Option<Pattern>, Wrong> {
    let inner = written
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''));
    let Some(inner) = inner.filter(|_| written.len() > 1) else {
        return Err(Wrong::new(
            0..written.len(),
            &format!("`{written}` is no format: it stands in quotes"),
            "For instance `~{CreatedDate('yyyy-MM-dd'T'HH:mm:ssK')}~`.",
        ));
    };
    if inner.trim().is_empty() {
        return Ok(None);
    }
    Pattern::read(inner).map(Some).map_err(|wrong| wrong.behind(1))
}

/// What a number without a unit counts.
#[derive(Clone, Copy)]
enum Unit {
    Hours,
    Days,
}

fn offset(written: &str, unit: Unit, stands: Stands) -> Result<SignedDuration, Wrong> {
    let Some(offset) = offset_of(written, unit) else {
        return Err(Wrong::new(
            0..written.len(),
            &format!("`{written}` is no offset"),
            "Write `'-6'` (hours behind a format, days alone), `'-90 min'`, `'-6 h'` or `'-2 d'`.",
        ));
    };
    if stands == Stands::Reached && offset.is_positive() {
        let name = KNOWN[0].name;
        return Err(Wrong::new(
            0..written.len(),
            &format!("`{written}` leads past records that were not read yet"),
            &format!(
                "An offset of `{name}` reaches back: begin it with `-`. Dates are in UTC and need no time zone."
            ),
        ));
    }
    Ok(offset)
}

fn offset_of(written: &str, unit: Unit) -> Option<SignedDuration> {
    let text = written.trim_matches('\'').trim();
    let end = text
        .find(|sign: char| !(sign.is_ascii_digit() || sign == '-' || sign == '+'))
        .unwrap_or(text.len());
    let number: i64 = text[..end].parse().ok()?;
    let seconds = match (text[end..].trim(), unit) {
        ("s" | "sec", _) => 1,
        ("m" | "min", _) => 60,
        ("h", _) | ("", Unit::Hours) => 3_600,
        ("d", _) | ("", Unit::Days) => 86_400,
        _ => return None,
    };
    // Ten years are more than anybody reads again.
    let offset = number
        .checked_mul(seconds)
        .filter(|offset| offset.abs() <= 3_660 * 86_400)?;
    Some(SignedDuration::from_secs(offset))
}
