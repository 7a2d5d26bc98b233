//! Journeys: what users do, from beginning to end, through the built binary, on real sockets and real SQLite files.
//!
//! A test is named for what must hold; `t01_` … before it are the traps of synchronisation it stands for, which its
//! comment names. What happens when a process is killed or an answer is lost is the matter of the suite `faults`.

mod bad_connections;
mod bad_input;
mod catalogue;
mod commands;
mod company_network;
mod databases;
mod designing;
mod drift;
mod files;
mod filters;
mod first_steps;
mod fulfilment;
mod full_disk;
mod gone;
mod key_store;
mod limits;
mod named_actions;
mod numbers;
mod order_traps;
mod order_values;
mod orders;
mod page_shift;
mod paging;
mod paging_traps;
mod panels;
mod permissions;
mod picture_hosts;
mod quotas;
mod repair;
mod secrets;
mod service;
mod serving;
mod sign_in;
mod steps;
mod stock;
mod token_change;
mod trying;
mod whole_api;
mod write_traps;

use sandbox_store::{Config, Seen};

/// The ready-made processflow most journeys are about.
const ORDERS: &str = "orders-to-database";

/// A store in which nothing is, but for what a test puts there.
fn empty_store() -> Config {
    Config {
        products: 0,
        customers: 0,
        orders: 0,
        ..Config::default()
    }
}

/// A store with so many orders and little else.
fn store_with_orders(orders: u32) -> Config {
    Config {
        products: 20,
        customers: 5,
        orders,
        ..Config::default()
    }
}

/// The requests the store saw whose path and query hold all of `parts`.
fn requests(world: &kit::World, method: &str, parts: &[&str]) -> Vec<Seen> {
    let all = world.store().store().requests();
    let meant = |seen: &Seen| seen.method == method && parts.iter().all(|part| seen.path.contains(part));
    all.into_iter().filter(meant).collect()
}
