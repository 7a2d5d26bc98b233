//! Checks that do not fit an action, each with its reason. Everything else is checked.

/// A check, by the words the tests use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// The name has the form `resource.what`.
    NameForm,
    /// It speaks HTTP: 401, 429, a web page, a lost answer.
    Http,
    /// Writing the same rows again changes nothing.
    WrittenTwice,
    /// There are rows it must refuse.
    BadRow,
    /// The connector's words for a permission.
    Scope,
    /// A reading that was stopped goes on where it was.
    GoesOn,
    /// There is enough for several batches.
    SeveralBatches,
}

/// Lists that offer page numbers and nothing else.
const BY_PAGES: &str = "page numbers alone: gone on with, it would lose what has shifted; it begins anew";

/// Single records, and lists that the store hands out whole.
const FEW: &str = "one answer is all there is, and one batch";

/// The permission that every API account has.
const EVERY_TOKEN: &str = "managing webhooks needs the permission alone that every token has";

const EXCEPTIONS: &[(Check, &str, &str)] = &[
    (
        Check::NameForm,
        "sql/query",
        "what it reads is the person's own SELECT, not a resource of ours",
    ),
    (Check::Http, "sql/*", "a database in a file"),
    (Check::Http, "files/*", "files in a folder"),
    (
        Check::Scope,
        "sql/*",
        "who may read and write a file is the operating system's matter",
    ),
    (
        Check::Scope,
        "files/*",
        "who may read and write a file is the operating system's matter",
    ),
    (
        Check::WrittenTwice,
        "sql/table.insert",
        "every row is a new one; the checkpoint keeps a batch from coming twice",
    ),
    (
        Check::WrittenTwice,
        "files/csv.write",
        "every row is a new line; the checkpoint keeps a batch from coming twice",
    ),
    (
        Check::WrittenTwice,
        "files/jsonl.write",
        "every row is a new line; the checkpoint keeps a batch from coming twice",
    ),
    (Check::GoesOn, "bigcommerce/categories.list", BY_PAGES),
    (Check::GoesOn, "bigcommerce/order.products", BY_PAGES),
    (Check::GoesOn, "bigcommerce/refunds.list", BY_PAGES),
    (Check::GoesOn, "bigcommerce/coupons.list", BY_PAGES),
    (Check::GoesOn, "bigcommerce/variants.list", BY_PAGES),
    (Check::GoesOn, "bigcommerce/brands.list", BY_PAGES),
    (Check::GoesOn, "bigcommerce/inventory.list", BY_PAGES),
    (Check::GoesOn, "bigcommerce/customer_addresses.list", BY_PAGES),
    (Check::GoesOn, "bigcommerce/customer_attributes.list", BY_PAGES),
    (
        Check::GoesOn,
        "bigcommerce/customer_attribute_values.list",
        BY_PAGES,
    ),
    (Check::GoesOn, "bigcommerce/subscribers.list", BY_PAGES),
    (Check::GoesOn, "bigcommerce/webhooks.list", BY_PAGES),
    (Check::GoesOn, "bigcommerce/product_metafields.list", BY_PAGES),
    (Check::GoesOn, "bigcommerce/variant_metafields.list", BY_PAGES),
    (Check::GoesOn, "bigcommerce/category_metafields.list", BY_PAGES),
    (Check::GoesOn, "bigcommerce/brand_metafields.list", BY_PAGES),
    (Check::GoesOn, "bigcommerce/order_metafields.list", BY_PAGES),
    (Check::GoesOn, "bigcommerce/customer_metafields.list", BY_PAGES),
    (Check::SeveralBatches, "bigcommerce/order.get", FEW),
    (Check::SeveralBatches, "bigcommerce/order.shipping_addresses", FEW),
    (Check::SeveralBatches, "bigcommerce/order.shipments", FEW),
    (Check::SeveralBatches, "bigcommerce/order.coupons", FEW),
    (Check::SeveralBatches, "bigcommerce/order.transactions", FEW),
    (Check::SeveralBatches, "bigcommerce/order.refunds", FEW),
    (Check::SeveralBatches, "bigcommerce/order_statuses.list", FEW),
    (Check::SeveralBatches, "bigcommerce/locations.list", FEW),
    (Check::SeveralBatches, "bigcommerce/product.get", FEW),
    (Check::SeveralBatches, "bigcommerce/customer.get", FEW),
    (Check::SeveralBatches, "bigcommerce/cart.get", FEW),
    (Check::SeveralBatches, "bigcommerce/checkout.get", FEW),
    (Check::SeveralBatches, "bigcommerce/store.get", FEW),
    (Check::Scope, "bigcommerce/webhooks.list", EVERY_TOKEN),
    (Check::Scope, "bigcommerce/webhook.create", EVERY_TOKEN),
    (Check::GoesOn, "bigcommerce/price_lists.list", BY_PAGES),
    (Check::GoesOn, "bigcommerce/price_list_records.list", BY_PAGES),
    (Check::BadRow, "files/jsonl.write", "every row has a form in JSON"),
];

/// Whether a check applies to an action (`sql/query`).
pub(crate) fn applies(check: Check, action: &str) -> bool {
    let connector = action.split('/').next().unwrap_or_default();
    !EXCEPTIONS.iter().any(|(excepted, whose, _)| {
        *excepted == check && (*whose == action || *whose == format!("{connector}/*"))
    })
}

#[test]
fn every_exception_is_for_an_action_that_is_there() {
    for (check, whose, reason) in EXCEPTIONS {
        let there = connectors::all().iter().any(|connector| {
            *whose == format!("{}/*", connector.name)
                || connector
                    .actions
                    .iter()
                    .any(|action| *whose == format!("{}/{}", connector.name, action.name))
        });
        assert!(
            there,
            "{check:?} {whose}: the action is gone, so its exception goes too"
        );
        assert!(!reason.is_empty(), "{check:?} {whose}: an exception has a reason");
    }
}
