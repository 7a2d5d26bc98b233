//! Lists that also go by cursors: customers, price lists. A cursor stands on a record and is opaque to clients; here it hides
//! the record's id.

use std::ops::Range;

use crate::answer::{Answer, Reply};
use crate::call::Call;
use crate::page::{self, Page};

/// What a list says of its first page, asked for by its number. BigCommerce reference: customers v3, price lists v3.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum First {
    /// Numbers with links, and the cursors.
    Both,
    /// Numbers alone, without links; cursors come where no number was asked for.
    Numbers,
}

/// A page of a list whose records are in the order of their ids. With a cursor the page's number is ignored, and only the
/// cursor's block is in the meta.
pub(crate) fn answer(
    call: &Call<'_>,
    page: Page,
    total: usize,
    room: usize,
    first: First,
    id: impl Fn(usize) -> u64,
    push: impl FnMut(usize, &mut String),
) -> Reply {
    let edge = Edge::read(call, total, &id)?;
    let span = match edge {
        None => page.span(total),
        Some(Edge::After(at)) => at..(at + page.limit).min(total),
        Some(Edge::Before(at)) => at.saturating_sub(page.limit)..at,
    };
    let mut blocks = Vec::new();
    if edge.is_none() {
        let numbers = match first {
            First::Both => page.pagination(&call.query, total, span.len()),
            First::Numbers => page.numbers(total, span.len()),
        };
        blocks.push(format!("\"pagination\":{numbers}"));
    }
    let with_cursors = match first {
        First::Both => page.number == 1,
        First::Numbers => !call.query.has("page"),
    };
    if edge.is_some() || with_cursors {
        blocks.push(format!(
            "\"cursor_pagination\":{}",
            block(page, total, &span, &id)
        ));
    }
    let rows = page::rows(span, room, push);
    Ok(page::v3_body(&rows, &format!("{{{}}}", blocks.join(","))))
}

/// Where a cursor stands.
#[derive(Clone, Copy)]
enum Edge {
    After(usize),
    Before(usize),
}

impl Edge {
    fn read(call: &Call<'_>, total: usize, id: &impl Fn(usize) -> u64) -> Result<Option<Self>, Answer> {
        let read = |name: &str| -> Result<Option<usize>, Answer> {
            let Some(cursor) = call.query.text(name) else {
                return Ok(None);
            };
            let known = unmark(cursor).ok_or_else(|| call.invalid(name, "The cursor cannot be read."))?;
            let found = (0..total).find(|at| id(*at) == known);
            // The row a cursor stands on may be gone; in the order of ids its place is still known.
            let place = || (0..total).find(|at| id(*at) > known);
            Ok(Some(found.map_or_else(
                || place().unwrap_or(total),
                |at| at + usize::from(name == "after"),
            )))
        };
        if let Some(at) = read("after")? {
            return Ok(Some(Self::After(at)));
        }
        Ok(read("before")?.map(Self::Before))
    }
}

fn block(page: Page, total: usize, span: &Range<usize>, id: &impl Fn(usize) -> u64) -> String {
    let (start, end) = if span.is_empty() {
        Default::default()
    } else {
        (mark(id(span.start)), mark(id(span.end - 1)))
    };
    let mut links = Vec::new();
    if span.start > 0 {
        links.push(format!("\"previous\":\"?before={start}&limit={}\"", page.limit));
    }
    links.push(format!("\"current\":\"?limit={}\"", page.limit));
    if span.end < total {
        links.push(format!("\"next\":\"?after={end}&limit={}\"", page.limit));
    }
    format!(
        "{{\"count\":{},\"per_page\":{},\"start_cursor\":\"{start}\",\"end_cursor\":\"{end}\",\"links\":{{{}}}}}",
        span.len(),
        page.limit,
        links.join(",")
    )
}

fn mark(id: u64) -> String {
    format!("c{:x}", id.rotate_left(17) ^ 0x5AFE_C0DE)
}

fn unmark(cursor: &str) -> Option<u64> {
    let number = u64::from_str_radix(cursor.strip_prefix('c')?, 16).ok()?;
    Some((number ^ 0x5AFE_C0DE).rotate_right(17))
}
