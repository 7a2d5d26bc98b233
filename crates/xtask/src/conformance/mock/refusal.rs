//! What Prism says against a request: in a header where the file has an answer for wrong requests, else in an answer of
//! its own.

use serde_json::Value;

use crate::{conformance::judge::general, world::Answer};

/// The header: violations as JSON, those of the made-up answer among them.
const VIOLATIONS: &str = "sl-violations";
/// The types of Prism's own answers begin so.
const OWN: &str = "https://stoplight.io/prism/errors#";

/// Where and what, as the judge has it; nothing when the request was taken.
pub(super) fn causes(answer: &Answer) -> Vec<(String, String)> {
    let told = answer.header(VIOLATIONS).map(serde_json::from_str::<Vec<Value>>);
    let told = told.and_then(Result::ok).unwrap_or_default();
    let body = answer.json();
    let own = body["type"].as_str().and_then(|kind| kind.strip_prefix(OWN));
    let listed = own.and_then(|_| body["validation"].as_array());
    let causes: Vec<_> = told
        .iter()
        .filter(|violation| violation["location"][0] == "request")
        .chain(listed.into_iter().flatten())
        .filter(|violation| violation["severity"] == "Error")
        .map(cause)
        .collect();
    match own {
        // An answer that cannot be made up (500) says nothing of the request.
        Some(kind) if causes.is_empty() && answer.status < 500 => {
            vec![("-".to_owned(), format!("{kind}: {}", text(&body["detail"])))]
        }
        _ => causes,
    }
}

/// `query limit`, or a pointer into the body; and Prism's sentence.
fn cause(violation: &Value) -> (String, String) {
    let location = violation["location"].as_array().map_or(&[][..], Vec::as_slice);
    let mut parts = location.iter().map(text).filter(|part| part != "request");
    let kind = parts.next().unwrap_or_default();
    let rest: Vec<String> = parts.collect();
    let at = match kind.as_str() {
        "body" => general(&rest.iter().map(|part| format!("/{part}")).collect::<String>()),
        _ => format!("{kind} {}", rest.join(".")),
    };
    (at, without_indices(&text(&violation["message"])))
}

/// `items.3.price` as `items.*.price`, so that what is wrong with many is said once.
fn without_indices(sentence: &str) -> String {
    let word = |word: &str| general(&word.replace('.', "/")).replace('/', ".");
    sentence.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, violations: &str, body: &str) -> Vec<(String, String)> {
        let head =
            format!("HTTP/1.1 {status} \r\nsl-violations: {violations}\r\ncontent-type: application/json");
        causes(&Answer::read(status, &head, body))
    }

    #[test]
    fn a_refusal_names_the_place_whichever_way_prism_says_it() {
        let beside = r#"[{"location":["request","body","items","3","price"],"severity":"Error","message":"Request body property items.3.price must be number"},{"location":["response","body"],"severity":"Error","message":"no"},{"location":["request","query","page"],"severity":"Warning","message":"deprecated"}]"#;
        assert_eq!(
            answer(422, beside, r#"{"status":0}"#),
            [(
                "/items/*/price".to_owned(),
                "Request body property items.*.price must be number".to_owned()
            )],
            "in the header; a made-up answer that is wrong is not ours, and a warning is no refusal"
        );
        let own = format!(
            r#"{{"type":"{OWN}UNPROCESSABLE_ENTITY","validation":[{{"location":["query","limit"],"severity":"Error","message":"must be integer"}}]}}"#
        );
        assert_eq!(
            answer(422, "[]", &own),
            [("query limit".to_owned(), "must be integer".to_owned())],
            "in an answer of its own"
        );
        let nowhere = format!(r#"{{"type":"{OWN}NO_PATH_MATCHED_ERROR","detail":"no path"}}"#);
        assert_eq!(
            answer(404, "", &nowhere),
            [("-".to_owned(), "NO_PATH_MATCHED_ERROR: no path".to_owned())],
            "without a place"
        );
    }

    #[test]
    fn a_request_that_was_taken_has_no_causes() {
        assert_eq!(answer(200, "", "{}"), [], "a good answer");
        let none = format!(r#"{{"type":"{OWN}NO_RESPONSE","detail":"nothing to answer with"}}"#);
        assert_eq!(answer(500, "", &none), [], "an answer that could not be made up");
    }
}
