//! Reading against a store in memory that moves while it is read.

mod mischief;
mod moving;
mod schedules;
mod traps;
mod walks;
