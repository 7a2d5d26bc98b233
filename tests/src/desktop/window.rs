//! The real window, driven as a person would drive it.

use std::{
    fs::File,
    net::TcpListener,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use fantoccini::{Client, ClientBuilder, Locator, elements::Element, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::{Owned, Screen, screen};
use crate::process::rest;

/// How long anything in the window may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// The program's window under a driver. Ends with both of them, whatever became of the test.
pub struct Window {
    client: Option<Client>,
    pub(super) runtime: Runtime,
    _driver: Owned,
    said: PathBuf,
    data: String,
}

impl Window {
    /// Opens the program on this data folder.
    pub fn open(screen: &Screen, data: &Path, arguments: &[&str]) -> Self {
        let port = free_port();
        let said = screen.path("said.txt");
        // To a file, not a pipe: what the bus starts would keep a pipe open.
        let out = File::create(&said).expect("a file in the temp folder");
        let err = out.try_clone().expect("the same file");
        let mut driver = screen.command("WebKitWebDriver");
        driver
            .args(["--host=127.0.0.1", &format!("--port={port}")])
            // Without it the window does not let itself be driven, and the session never begins.
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .stdout(out)
            .stderr(err);
        let driver = Owned::start(driver, "webkit2gtk-driver");
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime for the driver's client");
        let mut all = vec!["--data-dir".to_owned(), data.display().to_string()];
        all.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        let wanted: Capabilities = serde_json::from_value(json!({
            "webkitgtk:browserOptions": { "binary": screen::binary(), "args": all }
        }))
        .expect("capabilities are an object");
        let address = format!("http://127.0.0.1:{port}");
        crate::until("the driver listens", || {
            std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        let session = runtime.block_on(async {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            let connecting = builder.capabilities(wanted).connect(&address);
            tokio::time::timeout(PATIENCE, connecting).await
        });
        let client = match session {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => panic!("the window did not open: {error}\n{}", read(&said)),
            Err(late) => panic!(
                "the window did not open within {PATIENCE:?} ({late})\n{}",
                read(&said)
            ),
        };
        Self {
            client: Some(client),
            runtime,
            _driver: driver,
            said,
            data: data.display().to_string(),
        }
    }

    pub(super) fn data(&self) -> &str {
        &self.data
    }

    /// Waits until the page is so; panics with `what` and with what the page reads instead.
    #[track_caller]
    pub fn until(&self, what: &str, mut so: impl FnMut() -> bool) {
        let last = Instant::now() + PATIENCE;
        while !so() {
            assert!(
                Instant::now() < last,
                "{what}: not within {PATIENCE:?}\n--- the page reads\n{}",
                self.text()
            );
            // Each look lays the page out anew: a page that is looked at without a pause does nothing else.
            rest(Duration::from_millis(30));
        }
    }

    pub(super) fn client(&self) -> &Client {
        self.client.as_ref().expect("open until it is dropped")
    }

    /// The element behind a CSS selector, once it is there.
    #[track_caller]
    pub fn find(&self, css: &str) -> Element {
        let waiting = self.client().wait().at_most(PATIENCE);
        match self.runtime.block_on(waiting.for_element(Locator::Css(css))) {
            Ok(element) => element,
            Err(error) => panic!("`{css}`: {error}\n{}", self.text()),
        }
    }

    /// Clicks it.
    #[track_caller]
    pub fn click(&self, css: &str) {
        let element = self.find(css);
        if let Err(error) = self.runtime.block_on(element.click()) {
            panic!("`{css}` cannot be clicked: {error}");
        }
    }

    /// What can be read on the page.
    pub fn text(&self) -> String {
        let text = self.script("return document.body.innerText", &[]);
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page reads so.
    #[track_caller]
    pub fn reads(&self, words: &str) {
        self.until(&format!("the page reads `{words}`"), || {
            self.text().contains(words)
        });
    }

    /// Waits until the page does not read so any more.
    #[track_caller]
    pub fn reads_no_more(&self, words: &str) {
        self.until(&format!("the page reads `{words}` no more"), || {
            !self.text().contains(words)
        });
    }

    /// A script of the test in the page.
    #[track_caller]
    pub fn script(&self, script: &str, arguments: &[Value]) -> Value {
        let run = self.client().execute(script, arguments.to_vec());
        self.runtime
            .block_on(run)
            .unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// A script of the test in the page that says when it is done, through its last argument.
    #[track_caller]
    pub fn script_async(&self, script: &str, arguments: &[Value]) -> Value {
        let run = self.client().execute_async(script, arguments.to_vec());
        self.runtime
            .block_on(run)
            .unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// An operation through the window's one command, as a panel calls it; the problem where it is refused.
    #[track_caller]
    pub fn call(&self, name: &str, input: &Value) -> Result<Value, Value> {
        self.invoke("call", &json!({ "name": name, "input": input }))
    }

    /// Any command, as a page that was taken over might try it.
    #[track_caller]
    pub fn invoke(&self, command: &str, arguments: &Value) -> Result<Value, Value> {
        const SCRIPT: &str = "const [command, input, done] = arguments;
            const late = setTimeout(() => done({ error: 'no answer' }), 25000);
            const end = (answer) => { clearTimeout(late); done(answer); };
            window.__TAURI_INTERNALS__.invoke(command, input)
                .then((ok) => end({ ok }), (error) => end({ error }));";
        let run = self
            .client()
            .execute_async(SCRIPT, vec![json!(command), arguments.clone()]);
        let answer = self
            .runtime
            .block_on(run)
            .unwrap_or_else(|error| panic!("`{command}`: {error}"));
        match answer.get("error") {
            Some(error) => Err(error.clone()),
            None => Ok(answer["ok"].clone()),
        }
    }

    /// Goes to a place in the page, as a link does.
    pub fn go(&self, hash: &str) {
        self.script("location.hash = arguments[0]", &[json!(hash)]);
    }

    /// Errors and warnings of the page's console so far, and panics of the program.
    pub fn complaints(&self) -> Vec<String> {
        let said = read(&self.said);
        let bad = [
            "CONSOLE ERROR",
            "CONSOLE WARN",
            "CONSOLE JS ERROR",
            "CONSOLE JS WARN",
            "CONSOLE SECURITY",
            "panicked at",
        ];
        said.lines()
            .filter(|line| bad.iter().any(|bad| line.contains(bad)))
            .map(str::to_owned)
            .collect()
    }

    /// Everything the program wrote to its terminal.
    pub fn said(&self) -> String {
        read(&self.said)
    }

    /// Ends the journey: nothing may have complained.
    #[track_caller]
    pub fn was_quiet(self) {
        let complaints = self.complaints();
        assert!(complaints.is_empty(), "the page complained: {complaints:#?}");
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // The session's end closes the program; the driver's group and the display end what is left.
        if let Some(client) = self.client.take() {
            drop(
                self.runtime
                    .block_on(async { tokio::time::timeout(Duration::from_secs(3), client.close()).await }),
            );
        }
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port on loopback");
    listener.local_addr().expect("it is bound").port()
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_default()
}
