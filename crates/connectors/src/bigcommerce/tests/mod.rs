//! Against the sandbox store, over loopback, through the door the engine uses.

mod connection;
mod customers;
mod reading;
mod shop;
mod stock;
mod updates;
