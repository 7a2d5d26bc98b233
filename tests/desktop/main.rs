//! Journeys in the real window: on a display of its own for each test, driven as a person would drive it.
#![cfg(target_os = "linux")]

mod answers;
mod connecting;
mod deploying;
mod everywhere;
mod first_start;
mod keyboard;
mod live;
mod logs;
mod looks;
mod notices;
mod pictures;
mod records;
mod signing_in;
mod start;
mod together;
mod trays;
mod vault;
mod ways;

/// What every page of the window reads, once it is there.
const START: &str = "App Configurations";
/// The ready-made processflow most journeys are about.
const ORDERS: &str = "orders-to-database";
