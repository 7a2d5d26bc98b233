//! `order.transactions`

use std::sync::Arc;

use connector_kit::{
    Error, JsonSchema, ReadAction, Reading, Result, Source, async_trait,
    http::Request,
    paging::{Numbered, Page, numbered},
};
use serde::Deserialize;

use super::absent;
use crate::bigcommerce::{
    Store,
    envelope::{self, Known, Rows},
    errors::{self, About},
    id::Id,
    look,
};

const ABOUT: About = About::reading("transactions", "Order Transactions");

/// Transactions that the store hands out at most (codatio/codat-docs issue 610); it takes no page number.
const MOST: usize = 250;

/// All payment transactions of an order. Where the store may have left some out, that is an error of the record.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::bigcommerce) struct OrderTransactions {
    /// The order's number.
    order_id: Id,
}

#[async_trait]
impl ReadAction for OrderTransactions {
    type System = Store;
    const NAME: &'static str = "order.transactions";
    const ABOUT: &'static str = "All payment transactions of an order.";
    const SCOPE: Option<&'static str> = Some("Order Transactions: read-only");

    async fn open(self, store: Arc<Store>, reading: Reading) -> Result<Box<dyn Source>> {
        let order = self.order_id.number("order_id")?;
        numbered(Transactions { store, order }, reading)
    }
}

struct Transactions {
    store: Arc<Store>,
    order: u64,
}

#[async_trait]
impl Numbered for Transactions {
    fn noun(&self) -> &'static str {
        "transactions"
    }

    async fn page(&self, _page: u32) -> Result<Page> {
        let path = format!("v3/orders/{}/transactions", self.order);
        let answer = self.store.ask(Request::get(path).sensitive()).await?;
        if answer.status == 404 {
            return Err(absent(self.order));
        }
        if !answer.is_success() {
            return Err(errors::refusal(&answer, ABOUT));
        }
        let Rows { rows, total, more } = Rows::v3(&answer)?;
        let told = total.is_some();
        if rows.len() >= MOST || total.is_some_and(|total| total > rows.len() as u64) || (told && more) {
            return Err(Error::rejected(format!(
                "Order {} has more transactions than the store hands out ({} came): they may be incomplete.",
                self.order,
                rows.len()
            ))
            .hint("Look at the order's payments in the store; `refunds.list` and the payment provider have the rest."));
        }
        let known = |row: &connector_kit::Raw| {
            let [id] = look::pick(row.as_str(), ["id"]);
            Ok(Known {
                id: look::id(id)?,
                ..Known::default()
            })
        };
        Ok(envelope::page(envelope::entries(rows, known)?, false, &answer))
    }
}
