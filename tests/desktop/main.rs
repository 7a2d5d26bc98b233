//! Journeys in the real window: on a display of its own for each test, driven as a person would drive it.
#![cfg(target_os = "linux")]

mod answers;
mod connecting;
mod notices;
mod pictures;
mod start;
mod together;
mod trays;
mod vault;

/// What every page of the window reads, once it is there.
const START: &str = "App Configurations";
