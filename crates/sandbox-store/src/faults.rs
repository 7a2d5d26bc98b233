//! Faults, scripted by request: which request, before or after it was applied, and how its answer breaks.
//! Deciding is here, doing it to a socket is in `server`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Which requests are meant. All conditions must hold; without any, every request is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Match {
    /// `GET`, `POST`, …
    pub method: Option<String>,
    /// Path below the store, with `*` for anything: `/v3/customers`, `/v2/orders/*`. With a `?` in it the query
    /// counts too: `/v3/customers?*email:in=*`.
    pub path: Option<String>,
    /// Text that the body must hold.
    pub body: Option<String>,
    /// Leaves out the first so many.
    pub skip: u64,
    /// Strikes at most so often; without end if null.
    pub times: Option<u64>,
    /// Strikes with this probability, drawn from `seed`.
    pub chance: f64,
    /// For `chance`.
    pub seed: u64,
}

impl Default for Match {
    fn default() -> Self {
        Self {
            method: None,
            path: None,
            body: None,
            skip: 0,
            times: Some(1),
            chance: 1.0,
            seed: 0,
        }
    }
}

/// Whether the store has done what the request asks for when the fault strikes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The request is not processed.
    #[default]
    Before,
    /// The request is processed, and its answer destroyed.
    After,
}

/// How an answer breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum How {
    /// The connection is closed without a byte.
    Close,
    /// The connection is reset (RST).
    Reset,
    /// Nothing is sent for so long; then the connection is closed.
    Stall {
        /// Milliseconds.
        ms: u64,
    },
    /// The answer comes whole, so much later.
    Slow {
        /// Milliseconds.
        ms: u64,
    },
    /// The connection is closed inside the answer's head.
    HalfHead,
    /// The connection is closed in the middle of the answer's body.
    HalfBody,
    /// This answer instead.
    Status {
        /// Status code.
        code: u16,
        /// Body; JSON unless a header says otherwise.
        #[serde(default)]
        body: String,
        /// Headers.
        #[serde(default)]
        headers: BTreeMap<String, String>,
    },
    /// A page of HTML, as edges and captive portals send it.
    Html {
        /// Status code; 200 is the nasty one.
        code: u16,
    },
    /// These bytes instead, head and all, and nothing more: whatever a broken server or proxy may send.
    Bytes {
        /// As they go over the wire; then the connection is closed.
        bytes: Vec<u8>,
        /// Sent over and over behind them, until the client leaves.
        #[serde(default)]
        again: Vec<u8>,
        /// Milliseconds before each time.
        #[serde(default)]
        every_ms: u64,
    },
    /// 429. With a wait the limit headers are there, without one they are not.
    Throttle {
        /// Milliseconds until the window ends.
        reset_ms: Option<u64>,
    },
}

/// A scripted fault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Which requests.
    #[serde(default)]
    pub on: Match,
    /// Before or after the request is applied.
    #[serde(default)]
    pub when: When,
    /// How.
    pub how: How,
}

impl How {
    /// In a few words, for the log of requests: bodies may be large.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Status { code, .. } => format!("status {code}"),
            Self::Bytes { bytes, .. } => format!("{} bytes", bytes.len()),
            how => format!("{how:?}").to_lowercase(),
        }
    }
}

impl Fault {
    /// A fault that strikes the next request of this method and path.
    pub fn once(method: &str, path: &str, when: When, how: How) -> Self {
        let on = Match {
            method: Some(method.into()),
            path: Some(path.into()),
            ..Match::default()
        };
        Self { on, when, how }
    }
}

/// What a match is held against.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sight<'a> {
    pub(crate) method: &'a str,
    /// Below the store.
    pub(crate) path: &'a str,
    pub(crate) path_and_query: &'a str,
    pub(crate) body: &'a [u8],
}

/// A match that counts.
#[derive(Debug, Clone)]
pub(crate) struct Armed<T> {
    pub(crate) id: u64,
    on: Match,
    met: u64,
    struck: u64,
    pub(crate) what: T,
}

impl<T> Armed<T> {
    pub(crate) fn new(id: u64, on: Match, what: T) -> Self {
        Self {
            id,
            on,
            met: 0,
            struck: 0,
            what,
        }
    }

    pub(crate) fn struck(&self) -> u64 {
        self.struck
    }

    pub(crate) fn on(&self) -> &Match {
        &self.on
    }

    /// Whether this request is struck. Counts it either way.
    pub(crate) fn strikes(&mut self, sight: Sight<'_>) -> bool {
        if !self.on.fits(sight) {
            return false;
        }
        self.met += 1;
        let strikes = self.met > self.on.skip
            && self.on.times.is_none_or(|times| self.struck < times)
            && (self.on.chance >= 1.0 || draw(self.on.seed, self.met) < self.on.chance);
        self.struck += u64::from(strikes);
        strikes
    }
}

impl Match {
    fn fits(&self, sight: Sight<'_>) -> bool {
        self.method
            .as_ref()
            .is_none_or(|method| method.eq_ignore_ascii_case(sight.method))
            && self.path.as_ref().is_none_or(|path| {
                glob(
                    path,
                    if path.contains('?') {
                        sight.path_and_query
                    } else {
                        sight.path
                    },
                )
            })
            && self
                .body
                .as_ref()
                .is_none_or(|text| String::from_utf8_lossy(sight.body).contains(text))
    }
}

/// `*` stands for any text, all else for itself.
fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(head) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = text.find(part) else { return false };
        text = &text[at + part.len()..];
    }
    text.ends_with(last)
}

/// A number from 0 up to 1, the same for the same seed and turn.
fn draw(seed: u64, turn: u64) -> f64 {
    let mut z = seed.wrapping_add(turn.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, fits) in [
            ("/v2/orders", "/v2/orders", true),
            ("/v2/orders", "/v2/orders/1", false),
            ("/v2/orders/*", "/v2/orders/1/products", true),
            ("/v2/orders/*/products", "/v2/orders/1/products", true),
            ("/v2/orders/*/products", "/v2/orders/1/taxes", false),
            ("*email:in=*", "/v3/customers?email:in=a", true),
            ("*", "", true),
        ] {
            assert_eq!(glob(pattern, text), fits, "{pattern} against {text}");
        }
    }

    #[test]
    fn a_fault_strikes_as_often_as_it_says_and_after_those_it_leaves_out() {
        let on = Match {
            skip: 2,
            times: Some(1),
            ..Match::default()
        };
        let mut armed = Armed::new(1, on, ());
        let sight = Sight {
            method: "GET",
            path: "/v2/time",
            path_and_query: "/v2/time",
            body: b"",
        };
        let struck: Vec<bool> = (0..5).map(|_| armed.strikes(sight)).collect();
        assert_eq!(
            struck,
            [false, false, true, false, false],
            "the third request alone"
        );
    }

    #[test]
    fn a_chance_is_kept_over_many_requests() {
        let on = Match {
            chance: 0.2,
            times: None,
            ..Match::default()
        };
        let mut armed = Armed::new(1, on, ());
        let sight = Sight {
            method: "GET",
            path: "/",
            path_and_query: "/",
            body: b"",
        };
        let struck = (0..10_000).filter(|_| armed.strikes(sight)).count();
        assert!(
            (1_800..2_200).contains(&struck),
            "a fifth of the requests, not {struck}"
        );
    }
}
