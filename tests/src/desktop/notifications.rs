//! A desktop's notifications, as far as a program sees them: somebody who takes them.

#![expect(
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "the bus calls these, with everything that its protocol has"
)]

use std::{
    collections::HashMap,
    sync::mpsc::{Receiver, Sender, channel},
    time::Duration,
};

use zbus::{
    blocking::{Connection, connection},
    zvariant::OwnedValue,
};

use super::Screen;

/// What was shown.
#[derive(Clone, Debug)]
pub struct Notification {
    /// Its title.
    pub title: String,
    /// What stands below it, as markup.
    pub body: String,
}

/// Notifications on a test's own bus.
pub struct Notifications {
    _bus: Connection,
    shown: Receiver<Notification>,
}

struct Server {
    shown: std::sync::Mutex<Sender<Notification>>,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Server {
    #[expect(clippy::too_many_arguments, reason = "the protocol has them")]
    fn notify(
        &self,
        _program: &str,
        _replaces: u32,
        _icon: &str,
        summary: String,
        body: String,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        let shown = self
            .shown
            .lock()
            .expect("nothing panics while it holds this lock");
        drop(shown.send(Notification { title: summary, body }));
        1
    }

    fn get_capabilities(&self) -> Vec<String> {
        vec!["body".to_owned(), "body-markup".to_owned()]
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        let word = |word: &str| word.to_owned();
        (word("test"), word("test"), word("1"), word("1.2"))
    }

    fn close_notification(&self, _id: u32) {}
}

impl Notifications {
    /// Begins to take them on this screen's bus.
    pub fn start(screen: &Screen) -> Self {
        let (told, shown) = channel();
        let server = Server {
            shown: std::sync::Mutex::new(told),
        };
        let bus = connection::Builder::address(screen.bus())
            .and_then(|bus| bus.serve_at("/org/freedesktop/Notifications", server))
            .and_then(|bus| bus.name("org.freedesktop.Notifications"))
            .and_then(connection::Builder::build)
            .expect("the test's own bus takes notifications");
        Self { _bus: bus, shown }
    }

    /// The next one.
    #[track_caller]
    pub fn next(&self) -> Notification {
        let shown = self.shown.recv_timeout(Duration::from_secs(10));
        shown.expect("a notification within ten seconds")
    }

    /// What was shown besides, so far.
    pub fn rest(&self) -> Vec<Notification> {
        self.shown.try_iter().collect()
    }
}
