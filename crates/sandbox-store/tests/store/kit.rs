//! A running store and a client that asks it.

#![expect(
    clippy::disallowed_types,
    reason = "a test of the store is a client of its own"
)]

use reqwest::{Client, Method};
use sandbox_store::{Config, Sandbox};
use serde_json::Value;

/// A store and a client with its token.
pub(crate) struct Shop {
    pub(crate) sandbox: Sandbox,
    client: Client,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) text: String,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The rows of a v3 list.
    pub(crate) fn rows(&self) -> Vec<Value> {
        self.json()["data"].as_array().cloned().unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl Shop {
    pub(crate) async fn open(config: Config) -> Self {
        let sandbox = Sandbox::start(config)
            .await
            .expect("the store runs in this process");
        Self {
            sandbox,
            client: Client::builder()
                .no_proxy()
                .build()
                .expect("a client without options"),
        }
    }

    /// A small store.
    pub(crate) async fn small() -> Self {
        Self::open(Config {
            products: 60,
            customers: 60,
            orders: 60,
            ..Config::default()
        })
        .await
    }

    fn url(&self, path: &str) -> String {
        let address = self.sandbox.address();
        if path.starts_with("/sandbox") {
            return format!("http://{address}{path}");
        }
        format!("http://{address}/stores/sandbox1{path}")
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> reqwest::Result<Got> {
        let mut request = self.client.request(method, self.url(path));
        if let Some(token) = token {
            request = request.header("X-Auth-Token", token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Ok(Got {
            status,
            headers,
            text: answer.text().await?,
        })
    }

    pub(crate) async fn get(&self, path: &str) -> Got {
        self.send(Method::GET, path, Some("sandbox-token"), None)
            .await
            .expect("the store answers, unless a fault was asked for")
    }

    pub(crate) async fn delete(&self, path: &str) -> Got {
        self.send(Method::DELETE, path, Some("sandbox-token"), None)
            .await
            .expect("the store answers, unless a fault was asked for")
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Got {
        self.send(Method::POST, path, Some("sandbox-token"), Some(body))
            .await
            .expect("the store answers, unless a fault was asked for")
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Got {
        self.send(Method::PUT, path, Some("sandbox-token"), Some(body))
            .await
            .expect("the store answers, unless a fault was asked for")
    }
}
