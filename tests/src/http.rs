//! The sandbox store's control, over its own socket: faults, ledger, requests, changes by "somebody else".

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use serde_json::Value;

/// The control of one store.
pub struct Control {
    address: String,
}

impl Control {
    pub(crate) fn of(api_path: &str) -> Self {
        let address = api_path
            .trim_start_matches("http://")
            .split('/')
            .next()
            .unwrap_or_default();
        Self {
            address: address.to_owned(),
        }
    }

    /// GET below `/sandbox/`.
    pub fn get(&self, path: &str) -> Value {
        self.send("GET", path, None)
    }

    /// POST below `/sandbox/`.
    pub fn post(&self, path: &str, body: &Value) -> Value {
        self.send("POST", path, Some(body))
    }

    /// DELETE below `/sandbox/`.
    pub fn delete(&self, path: &str) -> Value {
        self.send("DELETE", path, None)
    }

    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = format!(
            "{method} /sandbox/{path} HTTP/1.0\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        let mut stream = TcpStream::connect(&self.address).expect("the store listens");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let success = head
            .split(' ')
            .nth(1)
            .is_some_and(|status| status.starts_with('2'));
        assert!(success, "{method} {path}: {answer}");
        serde_json::from_str(body).unwrap_or_default()
    }
}
