//! `inventory.adjust`

use connector_kit::{
    Error, Guarantee, JsonSchema, Outcome, Result, Row, WriteAction, WriteStep, async_trait,
    http::{Method, Request},
};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::set::{self, ABOUT, Adjustment};
use crate::bigcommerce::{
    Store,
    store::OpenStore,
    writing::{self, Outcomes},
};

/// Changes stock by a number, up or down. Where the answer is lost nobody can tell whether it was done, so it is never sent
/// again by itself: a person decides. `inventory.set` has no such trouble.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct InventoryAdjust {
    /// Says that this is known: `true`, or the step is refused.
    #[serde(default)]
    at_most_once: bool,
    /// How an item is found: `[sku]`, `[variant_id]` or `[product_id]`; with `location_id` as second field where the
    /// rows say the location.
    #[serde(default = "by_sku")]
    key: Vec<String>,
    /// The location of all rows; the store's first when left out.
    #[serde(default)]
    location_id: Option<u64>,
    /// What the store's inventory log shows as reason.
    #[serde(default = "set::reason")]
    reason: String,
}

fn by_sku() -> Vec<String> {
    vec!["sku".to_owned()]
}

#[async_trait]
impl WriteAction for InventoryAdjust {
    type System = Store;
    const NAME: &'static str = "inventory.adjust";
    const ABOUT: &'static str =
        "Changes stock by a number, up or down; sent once, whatever becomes of the answer.";
    const SCOPE: Option<&'static str> = Some("Store Inventory: modify");
    const GUARANTEE: Guarantee = Guarantee::AtMostOnce;
    const LARGEST_BATCH: usize = 2_000;

    fn check(&self, columns: &[String]) -> Result<()> {
        set::check(&self.key, columns)?;
        if !columns.is_empty() && !self.at_most_once {
            return Err(Error::config(
                "a change of stock whose answer is lost cannot be looked up, so it waits for a person",
            )
            .hint("Use `inventory.set` with whole numbers, or say `at_most_once: true` in the step."));
        }
        Ok(())
    }

    fn key(&self) -> Vec<String> {
        self.key.clone()
    }

    async fn write(&self, open: &mut OpenStore, _step: &WriteStep, rows: &[Row]) -> Result<Vec<Outcome>> {
        let store = &open.store;
        let by = set::by(&self.key)?;
        let mut outcomes = Outcomes::of(rows);
        let mut adjustments = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            let one = set::named(&self.key, self.location_id, place, row);
            if let Some(one) = outcomes.keep(place, one) {
                let name = format!("{}/{}", one.location, one.name);
                adjustments.push((one, name));
            }
        }
        // Two changes of one item are two changes: they go one after the other.
        let adjustments = writing::once_each(adjustments, |(one, name)| (one.row, name), &mut outcomes);
        let adjustments: Vec<Adjustment> = adjustments.into_iter().map(|(one, _)| one).collect();
        if adjustments.is_empty() {
            return Ok(outcomes.all());
        }
        let items: Vec<Json> = adjustments.iter().map(|one| one.item(by)).collect();
        let body = json!({ "reason": self.reason, "items": items });
        let request = Request::once(Method::Post, "v3/inventory/adjustments/relative", &body);
        let _turn = store.turn().await;
        let reply = writing::send_whole(store, request, ABOUT).await?;
        set::settle(reply, &adjustments, &mut outcomes)?;
        Ok(outcomes.all())
    }
}
