//! How a sandbox store is set up. What may change while it runs is in [`Settings`](crate::Settings).

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::settings::Settings;

/// How a sandbox store is set up: its address, its size, and how it behaves at first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The store hash, a path segment of every address.
    pub hash: String,
    /// The access token that is good at first.
    pub token: String,
    /// From it all seeded records follow: the same seed and sizes make the same store.
    pub seed: u64,
    /// Products, their variants and stock.
    pub products: u32,
    /// Customers, with their addresses.
    pub customers: u32,
    /// Orders, with ids from 1001 up.
    pub orders: u32,
    /// Variants that belong to no product (`product_id` 0), as real stores have them.
    pub orphan_variants: u32,
    /// The latest instant of a seeded record, in Unix seconds. Fixed, so that two stores can be compared.
    pub seeded_until: i64,
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Requests in a window; none is a store without a limit, whose answers have no limit headers.
    pub quota: Option<u32>,
    /// Length of the quota's window.
    pub window_ms: u64,
    /// How long each request takes at least.
    pub latency_ms: u64,
    /// Scopes of the token, by the vendor's parameter names.
    pub scopes: Vec<String>,
    /// Keeps each request and its answer as a line of JSON in this file.
    pub record_to: Option<PathBuf>,
}

/// What a full order, product, customer and stock agent is recommended to ask for.
pub(crate) const SCOPES: &[&str] = &[
    "store_v2_orders",
    "store_v2_products",
    "store_v2_customers",
    "store_inventory",
    "store_locations_read_only",
    "store_v2_information_read_only",
    "store_v2_transactions_read_only",
    "store_v2_marketing_read_only",
    "store_cart",
    "store_checkout",
];

impl Default for Config {
    fn default() -> Self {
        Self {
            hash: "sandbox1".to_owned(),
            token: "sandbox-token".to_owned(),
            seed: 1,
            products: 1000,
            customers: 300,
            orders: 500,
            orphan_variants: 0,
            seeded_until: 1_793_520_000, // 2026-11-01T08:00:00Z
            port: 0,
            quota: None,
            window_ms: 30_000,
            latency_ms: 0,
            scopes: SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
            record_to: None,
        }
    }
}

impl Config {
    /// The settings that a store of this configuration starts with.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            token: self.token.clone(),
            quota: self.quota,
            window_ms: self.window_ms,
            latency_ms: self.latency_ms,
            scopes: self.scopes.clone(),
            ..Settings::default()
        }
    }
}
