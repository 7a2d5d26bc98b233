//! The lists below one order: its lines, its shipping addresses, its shipments.

use connector_kit::{Raw, Result, http::Request};

use super::resource::{DEFAULT_PAGE, PAGE};
use crate::bigcommerce::{Store, envelope::Rows, errors::About};

/// The whole list, paged as orders are: on until a page brings nothing, as v2 says nowhere which page is the last.
pub(in crate::bigcommerce) async fn below(
    store: &Store,
    order: u64,
    list: &str,
    about: About,
) -> Result<Vec<Raw>> {
    let mut rows: Vec<Raw> = Vec::new();
    for page in 1_u32.. {
        let path = format!("v2/orders/{order}/{list}");
        let answer = store
            .get(Request::get(path).query("page", page).query("limit", PAGE), about)
            .await?;
        let found = Rows::v2(&answer)?;
        let known = found
            .first()
            .is_some_and(|first| rows.first().is_some_and(|known| known == first));
        let short = found.len() < DEFAULT_PAGE;
        // A page that starts like the first is the first again: the list does not page.
        if found.is_empty() || known {
            break;
        }
        rows.extend(found);
        if short {
            break;
        }
    }
    Ok(rows)
}
