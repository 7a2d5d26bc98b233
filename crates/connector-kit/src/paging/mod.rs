//! Reading a list that moves while it is read, without losing a record.
//!
//! Paging by number over a moving list loses what slips over a page's edge. So changes are read from a *date*
//! ([`changed`]), whole lists by disjoint *windows of ids* ([`listed`]), and page numbers serve only inside one
//! crowded second and for small lists that offer nothing better ([`numbered`]). What a system's pages look like is
//! its connector's business: it describes them as a [`Resource`]. Ids here are whole numbers that grow.

mod changes;
mod ids;
mod numbered;
mod position;
mod resource;
mod seen;
mod source;
#[cfg(test)]
mod tests;
mod windows;
mod young;

pub use numbered::{Numbered, numbered};
pub use position::reached;
pub use resource::{Ask, Entry, Extent, Page, Resource};
pub use source::{changed, listed};
