//! The sql connector against real servers: PostgreSQL and MariaDB, through the door the engine uses. Each test runs on
//! both and says on which it failed.

mod broken;
mod desk;
mod queries;
mod reach;
mod tables;
