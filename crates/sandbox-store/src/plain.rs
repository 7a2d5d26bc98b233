//! Kinds that are few and plain: brands, subscribers, webhooks, metafields … Each is a table of records by id, with what is
//! required, what is unique and which filters its list knows; reading, creating and changing are the same for all.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::answer::{Answer, Reply, Version, at, v3_error};
use crate::call::{Call, id_of};
use crate::clock::iso_z;
use crate::page::{self, Page};
use crate::routes::fields::merge;
use crate::shape::Document;
use crate::world::World;

/// What a kind is like.
pub(crate) struct Kind {
    /// What the ledger calls it.
    pub(crate) name: &'static str,
    pub(crate) version: Version,
    /// Members that can be sent, with what they hold.
    pub(crate) members: &'static [(&'static str, Holds)],
    pub(crate) required: &'static [&'static str],
    /// Members of which no two records have the same values, whatever their case; a second one is 409.
    pub(crate) unique: &'static [&'static str],
    /// Members that its list is filtered by: `name`, `name:in`, `name:like`, `name:min`, `name:max`.
    pub(crate) filters: &'static [&'static str],
    /// Shows when it was made and changed.
    pub(crate) dated: bool,
}

/// What a member holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    Text,
    Number,
    /// The id of another record; null while there is none.
    Link,
    /// The id of a channel: the store's first one when left out.
    Channel,
    Flag,
    List,
    Object,
}

impl Holds {
    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Number | Self::Channel => value.is_number(),
            Self::Link => value.is_number() || value.is_null(),
            Self::Flag => value.is_boolean(),
            Self::List => value.is_array(),
            Self::Object => value.is_object(),
        }
    }

    fn empty(self) -> Value {
        match self {
            Self::Text => json!(""),
            Self::Number => json!(0),
            Self::Link => Value::Null,
            Self::Channel => json!(1),
            Self::Flag => json!(false),
            Self::List => json!([]),
            Self::Object => json!({}),
        }
    }
}

/// Records of all plain kinds, by kind and id.
#[derive(Default)]
pub(crate) struct Plain(BTreeMap<&'static str, BTreeMap<u64, Document>>);

impl Plain {
    pub(crate) fn all(&self, kind: &str) -> impl Iterator<Item = &Document> {
        self.0.get(kind).into_iter().flat_map(BTreeMap::values)
    }

    pub(crate) fn get(&self, kind: &str, id: u64) -> Option<&Document> {
        self.0.get(kind)?.get(&id)
    }

    pub(crate) fn put(&mut self, kind: &'static str, record: Document) {
        let id = id_of(&record, "id").unwrap_or_default();
        self.0.entry(kind).or_default().insert(id, record);
    }
}

/// A list of a kind, as its filters have it.
pub(crate) fn list(world: &mut World, call: &Call<'_>, kind: &Kind) -> Reply {
    listed(world, call, kind, &[], |_| true)
}

/// The same, of the records that `belongs` says, with further parameters that change nothing here.
pub(crate) fn listed(
    world: &mut World,
    call: &Call<'_>,
    kind: &Kind,
    beside: &[&str],
    belongs: impl Fn(&Document) -> bool,
) -> Reply {
    let (page, found) = found(world, call, kind, beside, belongs)?;
    let push = |at: usize, out: &mut String| out.push_str(&found[at].1);
    Ok(match kind.version {
        Version::V2 => page::v2(page, found.len(), 300, push),
        Version::V3 => page::v3(&call.query, page, found.len(), 300, push),
    })
}

/// The ids and texts of what fits, and the page that was asked for.
pub(crate) fn found(
    world: &World,
    call: &Call<'_>,
    kind: &Kind,
    beside: &[&str],
    belongs: impl Fn(&Document) -> bool,
) -> Result<(Page, Vec<(u64, String)>), Answer> {
    let query = &call.query;
    let known: Vec<String> = kind.filters.iter().flat_map(|name| family(name)).collect();
    let mut names: Vec<&str> = known.iter().map(String::as_str).collect();
    names.extend([
        "page",
        "limit",
        "include_fields",
        "exclude_fields",
        "sort",
        "direction",
        "before",
        "after",
    ]);
    names.extend(beside);
    query.only(&names)?;
    let page = Page::read(query, 50, 250)?;
    let fits =
        |record: &&Document| belongs(record) && kind.filters.iter().all(|name| passes(call, record, name));
    let shown = |record: &Document| {
        let id = id_of(record, "id").unwrap_or_default();
        (id, Value::Object(record.clone()).to_string())
    };
    let found = world.plain.all(kind.name).filter(fits).map(shown).collect();
    Ok((page, found))
}

fn family(name: &str) -> Vec<String> {
    let mut names = vec![name.to_owned()];
    names.extend(["in", "like", "min", "max"].map(|suffix| format!("{name}:{suffix}")));
    names.extend(["min", "max", "exclude"].map(|prefix| format!("{prefix}_{name}")));
    names
}

/// Texts compare without regard to case; dates as the texts they are here.
fn passes(call: &Call<'_>, record: &Document, name: &str) -> bool {
    let value = plain(record.get(name));
    let given = |name: String| call.query.text(&name).map(str::to_lowercase);
    let one_of = |text: String| text.split(',').any(|part| part.trim() == value);
    let below = |one: &str, other: &str| match (one.parse::<f64>(), other.parse::<f64>()) {
        (Ok(one), Ok(other)) => one < other,
        _ => one < other,
    };
    given(name.to_owned()).is_none_or(|text| text == value)
        && given(format!("{name}:in")).is_none_or(one_of)
        && given(format!("{name}:like")).is_none_or(|part| value.contains(&part))
        && given(format!("exclude_{name}")).is_none_or(|text| text != value)
        && [format!("{name}:min"), format!("min_{name}")]
            .into_iter()
            .all(|bound| given(bound).is_none_or(|bound| !below(&value, &bound)))
        && [format!("{name}:max"), format!("max_{name}")]
            .into_iter()
            .all(|bound| given(bound).is_none_or(|bound| !below(&bound, &value)))
}

fn plain(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.to_lowercase(),
        Some(Value::Null) | None => String::new(),
        Some(value) => value.to_string(),
    }
}

/// One record.
pub(crate) fn get(world: &mut World, call: &Call<'_>, kind: &Kind, part: usize) -> Reply {
    call.query.only(&["include_fields", "exclude_fields"])?;
    let found = world.plain.get(kind.name, call.id(part)?).cloned();
    let found = Value::Object(found.ok_or_else(|| call.absent())?);
    Ok(match kind.version {
        Version::V2 => Answer::json(200, &found),
        Version::V3 => Answer::data(200, &found),
    })
}

/// A new record from the body.
pub(crate) fn create(world: &mut World, call: &Call<'_>, kind: &'static Kind) -> Reply {
    call.query.only(&[])?;
    let sent = call.object()?;
    let record = made(world, call.method, kind, &sent)?;
    Ok(Answer::data(200, &Value::Object(record)))
}

/// A record changed by the body.
pub(crate) fn update(world: &mut World, call: &Call<'_>, kind: &'static Kind, part: usize) -> Reply {
    call.query.only(&[])?;
    let (id, sent) = (call.id(part)?, call.object()?);
    if world.plain.get(kind.name, id).is_none() {
        return Err(call.absent());
    }
    let record = changed(world, call.method, kind, id, &sent)?;
    Ok(Answer::data(200, &Value::Object(record)))
}

/// Makes a record.
pub(crate) fn made(
    world: &mut World,
    method: &str,
    kind: &'static Kind,
    sent: &Document,
) -> Result<Document, Answer> {
    for required in kind.required {
        if plain(sent.get(*required)).is_empty() {
            let message = format!("{required} is required");
            return Err(v3_error(422, &message, at(required, message.clone())));
        }
    }
    check(kind, sent)?;
    is_free(world, kind, sent, 0)?;
    let id = world.take_id();
    let mut record = blank(world, kind, id);
    merge(&mut record, sent.clone());
    Ok(put(world, method, kind, id, record, sent))
}

/// Changes a record that is there.
pub(crate) fn changed(
    world: &mut World,
    method: &str,
    kind: &'static Kind,
    id: u64,
    sent: &Document,
) -> Result<Document, Answer> {
    check(kind, sent)?;
    let mut record = world.plain.get(kind.name, id).cloned().unwrap_or_default();
    merge(&mut record, sent.clone());
    is_free(world, kind, &record, id)?;
    if kind.dated {
        record.insert("date_modified".to_owned(), json!(iso_z(world.now())));
    }
    Ok(put(world, method, kind, id, record, sent))
}

fn put(
    world: &mut World,
    method: &str,
    kind: &'static Kind,
    id: u64,
    record: Document,
    sent: &Document,
) -> Document {
    world.plain.put(kind.name, record.clone());
    let key = kind
        .unique
        .first()
        .map_or_else(|| id.to_string(), |name| plain(record.get(*name)));
    world.applied(method, kind.name, &key, id, &Value::Object(sent.clone()));
    record
}

fn check(kind: &Kind, sent: &Document) -> Result<(), Answer> {
    for (member, value) in sent.iter().filter(|(member, _)| *member != "id") {
        let known = kind.members.iter().find(|(name, _)| name == member);
        let message = match known {
            None => format!("The field '{member}' is not supported by this resource."),
            Some((_, holds)) if !holds.fits(value) => format!("The field '{member}' has the wrong type."),
            Some(_) => continue,
        };
        return Err(v3_error(422, &message, at(member, message.clone())));
    }
    Ok(())
}

fn is_free(world: &World, kind: &Kind, record: &Document, id: u64) -> Result<(), Answer> {
    let same = |other: &&Document| {
        id_of(other, "id") != Some(id)
            && kind
                .unique
                .iter()
                .all(|name| plain(other.get(*name)) == plain(record.get(*name)))
    };
    if kind.unique.is_empty() || !world.plain.all(kind.name).any(|other| same(&other)) {
        return Ok(());
    }
    let title = format!("The {} is a duplicate", kind.name);
    Err(v3_error(409, &title, at(kind.unique[0], title.clone())))
}

fn blank(world: &World, kind: &Kind, id: u64) -> Document {
    let mut record = Document::new();
    record.insert("id".to_owned(), json!(id));
    for (name, holds) in kind.members {
        record.insert((*name).to_owned(), holds.empty());
    }
    if kind.dated {
        for name in ["date_created", "date_modified"] {
            record.insert(name.to_owned(), json!(iso_z(world.now())));
        }
    }
    record
}
