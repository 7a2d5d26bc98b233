//! Pages: v3's with totals and links, v2's without anything but the rows.

use std::ops::Range;

use crate::answer::{Answer, JSON};
use crate::query::Query;

/// Which rows were asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    pub(crate) number: usize,
    pub(crate) limit: usize,
}

impl Page {
    /// Reads `page` and `limit`. More than `most` is cut to `most`; less than one is refused.
    pub(crate) fn read(query: &Query, default: usize, most: usize) -> Result<Self, Answer> {
        let positive = |name: &str, otherwise: usize| match query.int(name)? {
            None => Ok(otherwise),
            Some(given) if given >= 1 => Ok(given as usize),
            Some(_) => Err(crate::answer::invalid(
                query.version(),
                name,
                "The value must be at least 1.",
            )),
        };
        Ok(Self {
            number: positive("page", 1)?,
            limit: positive("limit", default.min(most))?.min(most),
        })
    }

    pub(crate) fn span(self, total: usize) -> Range<usize> {
        let start = (self.number - 1).saturating_mul(self.limit).min(total);
        start..(start + self.limit).min(total)
    }

    /// `{"total":…,"links":{…}}` as v3 has it. Links are query strings and keep the filters.
    pub(crate) fn pagination(self, query: &Query, total: usize, count: usize) -> String {
        let pages = total.div_ceil(self.limit);
        let link = |number: usize| {
            let mut link = format!("?page={number}&limit={}", self.limit);
            for (name, value) in query.beyond_paging() {
                link.extend(["&", name, "=", value]);
            }
            serde_json::Value::String(link)
        };
        let mut links = Vec::new();
        if self.number > 1 {
            links.push(format!("\"previous\":{}", link(self.number - 1)));
        }
        links.push(format!("\"current\":{}", link(self.number)));
        if self.number < pages {
            links.push(format!("\"next\":{}", link(self.number + 1)));
        }
        let numbers = self.numbers(total, count);
        let open = numbers.trim_end_matches('}');
        format!("{open},\"links\":{{{}}}}}", links.join(","))
    }

    /// The same without links.
    pub(crate) fn numbers(self, total: usize, count: usize) -> String {
        format!(
            "{{\"total\":{total},\"count\":{count},\"per_page\":{},\"current_page\":{},\"total_pages\":{}}}",
            self.limit,
            self.number,
            total.div_ceil(self.limit)
        )
    }
}

/// Joins rows into a JSON array; `push` appends the text of the row at a position.
pub(crate) fn rows(span: Range<usize>, room: usize, mut push: impl FnMut(usize, &mut String)) -> String {
    let mut out = String::with_capacity(span.len() * room + 512);
    out.push('[');
    for position in span {
        if out.len() > 1 {
            out.push(',');
        }
        push(position, &mut out);
    }
    out.push(']');
    out
}

/// A v3 list by page number.
pub(crate) fn v3(
    query: &Query,
    page: Page,
    total: usize,
    room: usize,
    push: impl FnMut(usize, &mut String),
) -> Answer {
    let span = page.span(total);
    let pagination = page.pagination(query, total, span.len());
    v3_body(
        &rows(span, room, push),
        &format!("{{\"pagination\":{pagination}}}"),
    )
}

/// The envelope around rows and meta that are JSON already.
pub(crate) fn v3_body(rows: &str, meta: &str) -> Answer {
    let mut body = String::with_capacity(rows.len() + meta.len() + 32);
    body.push_str("{\"data\":");
    body.push_str(rows);
    body.push_str(",\"meta\":");
    body.push_str(meta);
    body.push('}');
    Answer::new(200, JSON, body)
}

/// A v2 list: bare, and nothing at all where there is no row.
pub(crate) fn v2(page: Page, total: usize, room: usize, push: impl FnMut(usize, &mut String)) -> Answer {
    let span = page.span(total);
    if span.is_empty() {
        return Answer::empty();
    }
    Answer::new(200, JSON, rows(span, room, push))
}
