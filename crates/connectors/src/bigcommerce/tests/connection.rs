//! Validating: each cause has its own message.

use connector_kit::{Error, Kind};
use sandbox_store::{Config, Sandbox};

use super::shop::Shop;

#[tokio::test]
async fn a_good_connection_tells_of_itself() {
    let shop = Shop::with(Config {
        quota: Some(150),
        products: 1,
        customers: 1,
        orders: 1,
        ..Config::default()
    })
    .await;
    let validation = shop.validate().await.unwrap();
    let fact = |name: &str| {
        validation
            .facts
            .iter()
            .find(|fact| fact.name == name)
            .map(|fact| fact.value.as_str())
    };
    assert_eq!(fact("Store"), Some("Sandbox Store"));
    assert_eq!(fact("Quota"), Some("150 requests in 30 s"));
    assert!(fact("Clock").is_some(), "the store says what time it is");
    assert!(
        validation.sandbox && validation.missing.is_empty(),
        "{validation:?}"
    );
}

#[tokio::test]
async fn a_token_without_the_profile_is_good_and_what_it_lacks_is_named() {
    let shop = Shop::open().await;
    shop.sandbox
        .store()
        .configure(|settings| settings.scopes = vec!["store_v2_orders".into()]);
    let validation = shop.validate().await.unwrap();
    assert_eq!(
        validation.missing,
        [
            "Products: read-only",
            "Customers: read-only",
            "Store Inventory: read-only"
        ],
        "in the words of the control panel"
    );
}

#[tokio::test]
async fn each_cause_has_its_own_message() {
    let shop = Shop::open().await;
    let wrong_token = shop
        .validate_as(&shop.sandbox.api_path(), "wrong")
        .await
        .unwrap_err();
    assert_eq!(wrong_token.kind, Kind::Config);
    assert!(
        wrong_token.message.contains("no longer accepts our access token"),
        "{wrong_token}"
    );
    let elsewhere = shop.sandbox.api_path().replace("sandbox1", "nobody");
    let wrong_hash = shop
        .validate_as(&elsewhere, shop.sandbox.token())
        .await
        .unwrap_err();
    assert_eq!(wrong_hash.kind, Kind::Config);
    assert!(
        wrong_hash.message.contains("nobody"),
        "the hash is named: {wrong_hash}"
    );
    let address = shop.sandbox.api_path();
    Sandbox::stop(shop.sandbox).await;
    let gone: Error = Shop::open().await.validate_as(&address, "x").await.unwrap_err();
    assert!(
        gone.is_unavailable(),
        "nobody there says nothing about the token: {gone}"
    );
    assert!(gone.message.contains("could not be checked"), "{gone}");
}
