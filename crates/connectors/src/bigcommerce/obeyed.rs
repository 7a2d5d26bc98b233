//! Whether the store did what a date filter asked of it.
//!
//! One that it could not read, or does not know, it passes over in silence and sends the whole history (bigcommerce-api-ruby
//! issue 60, bigcommerce-api-php issue 89). So every list that was asked for by a date is looked at, whichever action asked.

use connector_kit::{
    Error, Result,
    http::{Answer, Method, Request},
    scan,
};
use jiff::{SignedDuration, Timestamp};

use super::{
    date,
    filter::{self, Side},
    look,
};

/// A record may be changed between the store's filtering and its writing it out; its dates may be this young and lie behind
/// an upper bound.
const YOUNG: SignedDuration = SignedDuration::from_mins(5);

/// A bound that was asked for.
struct Bound<'r> {
    name: &'r str,
    field: &'r str,
    side: Side,
    at: Timestamp,
}

/// Config when a record of the answer lies outside what was asked for.
pub(super) fn check(request: &Request, answer: &Answer) -> Result<()> {
    let bounds = bounds(request);
    if bounds.is_empty() || !answer.is_success() {
        return Ok(());
    }
    let Ok(text) = std::str::from_utf8(&answer.body) else {
        return Ok(());
    };
    for record in records(text.trim_start()) {
        for bound in &bounds {
            bound.check(record, answer.server_time)?;
        }
    }
    Ok(())
}

fn bounds(request: &Request) -> Vec<Bound<'_>> {
    let query = request.query.iter().filter(|_| request.method == Method::Get);
    query.filter_map(Bound::of).collect()
}

/// The records of v3's envelope or of v2's list.
fn records(text: &str) -> impl Iterator<Item = &str> {
    let list = if text.starts_with('[') {
        Some(text)
    } else {
        look::pick(text, ["data"])[0].filter(|data| data.starts_with('['))
    };
    list.into_iter().flat_map(scan::elements)
}

impl<'r> Bound<'r> {
    fn of((name, value): &'r (String, String)) -> Option<Self> {
        let (field, side) = filter::date_bound(name)?;
        let at = date::read(value)?;
        Some(Self {
            name,
            field,
            side,
            at,
        })
    }

    fn check(&self, record: &str, now: Option<Timestamp>) -> Result<()> {
        let member = scan::members(record).find(|(name, _)| *name == self.field);
        let Some(date) = look::when(member.map(|(_, value)| value)) else {
            return Ok(());
        };
        // Stores keep whole seconds, and may show parts of one.
        let is_young = || now.is_none_or(|now| now.duration_since(date) < YOUNG);
        let outside = match self.side {
            Side::Min => date.as_second() < self.at.as_second(),
            Side::Max => date.as_second() > self.at.as_second() && !is_young(),
        };
        if outside {
            return Err(self.ignored(date));
        }
        Ok(())
    }

    fn ignored(&self, date: Timestamp) -> Error {
        let Self { name, field, at, .. } = self;
        Error::config(format!(
            "the date filter was not applied: `{name}` {at} was asked for, and a record with `{field}` {date} came; nothing of it was taken over"
        ))
        .hint("Validate the connection; if the store answers like this again, send a support bundle.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: &str, value: &str, body: &'static str) -> Result<()> {
        let answer = Answer {
            status: 200,
            content_type: "application/json".to_owned(),
            body: body.into(),
            server_time: "2026-01-20T00:00:00Z".parse().ok(),
            request_id: None,
            what: "GET v2/orders".to_owned(),
        };
        check(&Request::get("v2/orders").query(name, value), &answer)
    }

    const V2: &str = r#"[{"id":1,"date_created":"Thu, 15 Jan 2026 08:00:00 +0000","billing_address":{"date_created":"x"}}]"#;
    const V3: &str = r#"{"meta":{},"data":[{"id":1,"date_modified":"2026-01-15T08:00:00.4Z"}]}"#;

    #[test]
    fn records_outside_of_what_was_asked_for_are_noticed() {
        for (name, value, body, obeyed) in [
            ("min_date_created", "2026-01-15T08:00:00Z", V2, true),
            ("min_date_created", "2026-01-15T10:00:00+02:00", V2, true),
            ("min_date_created", "2026-01-15T08:00:01Z", V2, false),
            ("max_date_created", "2026-01-15T07:59:59Z", V2, false),
            ("date_modified:min", "2026-01-15T08:00:00Z", V3, true),
            ("date_modified:min", "2026-01-16T08:00:00Z", V3, false),
            ("date_modified:max", "2026-01-15T08:00:00Z", V3, true),
            ("min_date_modified", "2026-01-16T08:00:00Z", V2, true),
            ("min_date_created", "2026-01-16T08:00:00Z", r#"{"id":1}"#, true),
            ("min_date_created", "2026-01-16T08:00:00Z", "", true),
        ] {
            assert_eq!(asked(name, value, body).is_ok(), obeyed, "{name} {value} {body}");
        }
    }

    #[test]
    fn a_record_that_is_changed_while_it_is_read_is_no_ignored_filter() {
        let body = r#"[{"id":1,"date_modified":"Mon, 19 Jan 2026 23:59:00 +0000"}]"#;
        assert!(asked("max_date_modified", "2026-01-19T23:58:00Z", body).is_ok());
    }
}
