//! A desktop's tray, as far as a program sees it: somebody who takes icons and opens their menus.

#![expect(
    clippy::unused_self,
    clippy::needless_pass_by_value,
    reason = "the bus calls these, with everything that its protocol has"
)]

use std::sync::mpsc::{Receiver, channel};

use zbus::{
    blocking::{Connection, Proxy, connection},
    message::Header,
    zvariant::{OwnedValue, Value},
};

use super::Screen;

/// What `com.canonical.dbusmenu.GetLayout` answers with: id, properties, children.
type Layout = (
    i32,
    std::collections::HashMap<String, OwnedValue>,
    Vec<OwnedValue>,
);

/// A tray on a test's own bus.
pub struct TrayHost {
    bus: Connection,
    items: Receiver<(String, String)>,
    item: Option<(String, String)>,
}

/// One line of the icon's menu.
#[derive(Clone, Debug)]
pub struct Line {
    id: i32,
    /// What it says.
    pub label: String,
    /// Whether it can be chosen.
    pub enabled: bool,
    /// The lines below it.
    pub below: Vec<Line>,
}

struct Watcher {
    told: std::sync::Mutex<std::sync::mpsc::Sender<(String, String)>>,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let told = self.told.lock().expect("nothing panics while it holds this lock");
        drop(told.send((sender, service.to_owned())));
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        Vec::new()
    }
}

impl TrayHost {
    /// Begins to show icons on this screen's bus.
    pub fn start(screen: &Screen) -> Self {
        let (told, items) = channel();
        let watcher = Watcher {
            told: std::sync::Mutex::new(told),
        };
        let bus = connection::Builder::address(screen.bus())
            .and_then(|bus| bus.serve_at("/StatusNotifierWatcher", watcher))
            .and_then(|bus| bus.name("org.kde.StatusNotifierWatcher"))
            .and_then(connection::Builder::build)
            .expect("the test's own bus takes a tray");
        Self {
            bus,
            items,
            item: None,
        }
    }

    /// Waits until the program has put an icon here.
    #[track_caller]
    pub fn wait_for_icon(&mut self) {
        let patience = std::time::Duration::from_secs(10);
        let item = self.items.recv_timeout(patience);
        self.item = Some(item.expect("the program puts its icon into the tray"));
    }

    fn proxy(&self, path: &str, interface: &'static str) -> Proxy<'_> {
        let (sender, _) = self.item.as_ref().expect("wait for the icon first");
        Proxy::new(&self.bus, sender.clone(), path.to_owned(), interface).expect("a proxy")
    }

    /// The file the icon is shown from.
    pub fn icon(&self) -> String {
        let (_, path) = self.item.as_ref().expect("wait for the icon first");
        let item = self.proxy(path, "org.kde.StatusNotifierItem");
        item.get_property("IconName").unwrap_or_default()
    }

    fn menu_path(&self) -> String {
        let (_, path) = self.item.as_ref().expect("wait for the icon first");
        let item = self.proxy(path, "org.kde.StatusNotifierItem");
        let path: zbus::zvariant::OwnedObjectPath = item.get_property("Menu").expect("it has a menu");
        path.to_string()
    }

    /// The menu as it is now.
    pub fn menu(&self) -> Vec<Line> {
        let path = self.menu_path();
        let menu = self.proxy(&path, "com.canonical.dbusmenu");
        let answer: (u32, Layout) = menu
            .call("GetLayout", &(0_i32, -1_i32, Vec::<String>::new()))
            .expect("the menu's lines");
        below(answer.1.2)
    }

    /// The line that says so, wherever it is.
    pub fn line(&self, label: &str) -> Option<Line> {
        find(&self.menu(), label)
    }

    /// Chooses it.
    #[track_caller]
    pub fn choose(&self, label: &str) {
        let line = self.line(label);
        let line = line.unwrap_or_else(|| panic!("`{label}` in {:#?}", self.menu()));
        assert!(line.enabled, "`{label}` can be chosen");
        let path = self.menu_path();
        let menu = self.proxy(&path, "com.canonical.dbusmenu");
        menu.call_noreply("Event", &(line.id, "clicked", Value::from(0_i32), 0_u32))
            .expect("it is told");
    }
}

fn find(lines: &[Line], label: &str) -> Option<Line> {
    lines.iter().find_map(|line| {
        if line.label == label {
            Some(line.clone())
        } else {
            find(&line.below, label)
        }
    })
}

fn below(children: Vec<OwnedValue>) -> Vec<Line> {
    children
        .into_iter()
        .filter_map(|child| Layout::try_from(child).ok())
        .map(|(id, properties, children)| Line {
            id,
            label: text(&properties, "label").replace('_', ""),
            enabled: properties
                .get("enabled")
                .and_then(|enabled| bool::try_from(enabled).ok())
                .unwrap_or(true),
            below: below(children),
        })
        .collect()
}

fn text(properties: &std::collections::HashMap<String, OwnedValue>, name: &str) -> String {
    let value = properties
        .get(name)
        .and_then(|value| <&str>::try_from(value).ok());
    value.unwrap_or_default().to_owned()
}
