//! The sandbox store through its socket, as a client meets it. One binary, one file a theme.

mod faults;
mod gate;
mod kit;
mod orders;
mod products;
mod reading;
mod scripts;
mod stock;
mod writing;
