//! Metafields that are there already.

use connector_kit::{Error, Raw, Result, Row, http::Request};
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::{Map, Value as Json};

use super::Of;
use crate::bigcommerce::{
    Store,
    errors::{self, About},
    writing::{self, Outcomes},
};

/// Look-ups that are under way at a time.
const SINGLES: usize = 4;

/// A row ready to go.
pub(super) struct Item {
    pub(super) row: usize,
    pub(super) resource: u64,
    pub(super) namespace: String,
    pub(super) key: String,
    pub(super) fields: Map<String, Json>,
    /// What is there of it.
    pub(super) there: Option<Raw>,
}

impl Item {
    /// Whether a record is this one.
    pub(super) fn is(&self, record: &Raw) -> bool {
        let text = |name: &str| {
            record
                .field(name)
                .and_then(|text| text.plain())
                .unwrap_or_default()
        };
        writing::id_of(record, "resource_id") == Some(self.resource)
            && text("namespace") == self.namespace
            && text("key") == self.key
    }
}

/// Rows with what is there of them; those that cannot be sent have failed.
pub(super) async fn items<R: Of>(
    store: &Store,
    rows: &[Row],
    permission: &str,
    outcomes: &mut Outcomes,
) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        if let Some(item) = outcomes.keep(place, item(place, row, permission)) {
            let name = format!("{}/{}/{}", item.resource, item.namespace, item.key);
            items.push((item, name));
        }
    }
    let items = writing::once_each(items, |(item, name)| (item.row, name), outcomes);
    let one = |(item, _): (Item, String)| async move {
        let there = there::<R>(store, &item).await;
        Ok::<_, Error>((item, there))
    };
    let found: Vec<(Item, Result<Option<Raw>>)> = stream::iter(items)
        .map(one)
        .buffered(SINGLES)
        .try_collect()
        .await?;
    let mut left = Vec::new();
    for (mut item, there) in found {
        match there {
            Err(error) if error.kind != connector_kit::Kind::Rejected => return Err(error),
            there => {
                if let Some(there) = outcomes.keep(item.row, there) {
                    item.there = there;
                    left.push(item);
                }
            }
        }
    }
    Ok(left)
}

fn item(row: usize, values: &Row, permission: &str) -> Result<Item> {
    let resource = writing::id(values, "resource_id")?;
    let mut fields = writing::fields(values, &[]);
    fields.insert("resource_id".to_owned(), Json::from(resource));
    // The store keeps text, whatever it means.
    let value = values.text("value")?;
    fields.insert("value".to_owned(), Json::from(value));
    fields
        .entry("permission_set")
        .or_insert_with(|| Json::from(permission));
    Ok(Item {
        row,
        resource,
        namespace: values.text("namespace")?,
        key: values.text("key")?,
        fields,
        there: None,
    })
}

/// Rejected: what it belongs to is not there.
async fn there<R: Of>(store: &Store, item: &Item) -> Result<Option<Raw>> {
    let request = Request::get(R::below(store, item.resource).await?)
        .query("namespace", &item.namespace)
        .query("key", &item.key)
        .query("limit", 250);
    let answer = store.ask(request).await?;
    if answer.status == 404 {
        return Err(errors::refusal(&answer, R::about()));
    }
    if !answer.is_success() {
        return Err(errors::refusal(
            &answer,
            About {
                writes: false,
                ..R::about()
            },
        ));
    }
    let rows = crate::bigcommerce::envelope::Rows::v3(&answer)?.rows;
    Ok(rows.into_iter().find(|record| item.is(record)))
}
