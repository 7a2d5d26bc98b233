//! The real window on a screen of its own: display, session bus and home folder belong to one test and end with it.
//!
//! What is missing on this machine fails a test with a sentence that names the package; nothing is skipped.

mod eyes;
mod frame;
mod hands;
mod notifications;
mod owned;
mod processes;
mod screen;
mod tray;
mod window;

pub use notifications::{Notification, Notifications};
pub use owned::Owned;
pub use screen::Screen;
pub use tray::{Line, TrayHost};
pub use window::Window;
