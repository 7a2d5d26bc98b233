//! One exchange after the other, held against what the vendor's files say of its operation.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::{ValidationError, error::ValidationErrorKind};
use serde_json::Value;

use super::{
    description::{Description, Operation, Parameter, Place},
    exchange::{Asker, Exchange},
    findings::{Counts, Finding, Findings, MOCK, Verdict},
    known::Known,
    members,
    schema::{Schemas, Side},
};

/// Holds exchanges against the files.
pub(super) struct Judge<'a> {
    description: &'a Description,
    schemas: Schemas,
    findings: Findings,
    counts: Counts,
}

/// OpenAPI 3.0 has header parameters of these names ignored.
pub(super) const IGNORED_HEADERS: &[&str] = &["accept", "content-type", "authorization"];

impl<'a> Judge<'a> {
    pub(super) fn new(description: &'a Description) -> Self {
        let counts = Counts {
            files: description.files.len(),
            operations: description.operations.len(),
            ..Counts::default()
        };
        Self {
            description,
            schemas: Schemas::default(),
            findings: Findings::default(),
            counts,
        }
    }

    /// Judges one exchange.
    pub(super) fn hear(&mut self, exchange: &Exchange) {
        self.counts.met(exchange.asker());
        self.hear_parts(exchange, true);
    }

    fn hear_parts(&mut self, exchange: &Exchange, answered: bool) {
        self.counts.checks += 1;
        let found = self.description.find(exchange);
        if found.is_empty() {
            let (version, parts) = exchange.address().unwrap_or_default();
            let operation = format!("{} /{version}/{}", exchange.method, parts.join("/"));
            let none = Finding {
                file: "-".to_owned(),
                operation,
                part: "request".to_owned(),
                at: "path".to_owned(),
                says: "is in no file".to_owned(),
            };
            self.findings.add(none, || exchange.line());
        }
        for at in found {
            let description = self.description;
            let operation = &description.operations[at];
            if answered {
                self.counts.covers(operation.name(), exchange.asker());
            } else {
                self.counts.called(operation.name());
            }
            let mut hearing = Hearing {
                judge: self,
                operation,
                exchange,
            };
            if exchange.asker() != Asker::WrongOnPurpose {
                hearing.parameters();
                hearing.sent();
            }
            if answered {
                hearing.answered();
            }
        }
    }

    /// Judges a call of the catalogue: its request alone, for nobody answered it in earnest.
    pub(super) fn hear_call(&mut self, call: &Exchange) {
        self.hear_parts(call, false);
    }

    /// What an independent mock says against a request: places and sentences, none when it took it.
    pub(super) fn hear_mock(&mut self, exchange: &Exchange, causes: Vec<(String, String)>) {
        self.counts.mocked(causes.is_empty());
        let operation = self
            .description
            .find(exchange)
            .first()
            .map(|at| &self.description.operations[*at]);
        for (at, says) in causes {
            let finding = Finding {
                file: operation
                    .map_or("-", |operation| &self.description.file(operation).name)
                    .to_owned(),
                operation: operation.map_or_else(|| exchange.line(), Operation::name),
                part: MOCK.to_owned(),
                at,
                says,
            };
            self.findings.add(finding, || exchange.line());
        }
    }

    /// Operations that no call of the catalogue can make, each with the reason.
    pub(super) fn hear_refused(&mut self, refused: BTreeMap<String, String>) {
        self.counts.refused = refused;
    }

    /// What came of it.
    pub(super) fn verdict(&mut self, known: &Known) -> Verdict {
        self.find_left_out();
        let mended: BTreeSet<usize> = self
            .description
            .files
            .iter()
            .flat_map(|file| file.mended.clone())
            .collect();
        Verdict::new(&self.counts, &self.findings, known, &mended)
    }
}

impl Judge<'_> {
    /// Operations that nobody asked for, without a reason.
    fn find_left_out(&mut self) {
        for operation in &self.description.operations {
            let name = operation.name();
            if !self.counts.accounts_for(&name) {
                let finding = Finding {
                    file: self.description.file(operation).name.clone(),
                    operation: name,
                    part: "request".to_owned(),
                    at: "-".to_owned(),
                    says: "was made by nobody".to_owned(),
                };
                self.findings.add(finding, String::new);
            }
        }
    }
}

/// One exchange against one operation.
struct Hearing<'j, 'a> {
    judge: &'j mut Judge<'a>,
    operation: &'a Operation,
    exchange: &'j Exchange,
}

impl<'a> Hearing<'_, 'a> {
    fn parameters(&mut self) {
        let file = self.judge.description.file(self.operation);
        let parameters = self.operation.parameters(file);
        let of = |kind: &str| {
            parameters
                .iter()
                .filter(|known| known.kind == kind)
                .collect::<Vec<_>>()
        };
        let given = [
            ("query", self.exchange.parameters()),
            ("path", self.operation.in_path(self.exchange)),
        ];
        for (kind, values) in &given {
            for (name, text) in values {
                self.judge.counts.checks += 1;
                match of(kind).into_iter().find(|known| known.name == *name) {
                    None => self.find("request", &format!("{kind} {name}"), "is not in the file"),
                    Some(known) => self.value(kind, known, text),
                }
            }
        }
        for known in parameters.iter().filter(|known| known.required) {
            self.judge.counts.checks += 1;
            let missing = match known.kind.as_str() {
                "query" => !given[0].1.iter().any(|(name, _)| *name == known.name),
                "header" if !IGNORED_HEADERS.contains(&known.name.to_lowercase().as_str()) => {
                    !self.exchange.has_header(&known.name)
                }
                _ => false,
            };
            if missing {
                self.find(
                    "request",
                    &format!("{} {}", known.kind, known.name),
                    "is required",
                );
            }
        }
    }

    fn value(&mut self, kind: &str, known: &Parameter<'a>, text: &str) {
        let Some(schema) = &known.schema else { return };
        let value = read_as(schema, text);
        self.validate(
            "request",
            &format!("{kind} {}", known.name),
            Side::Request,
            schema,
            &value,
        );
    }

    fn sent(&mut self) {
        let file = self.judge.description.file(self.operation);
        let body = &self.exchange.request_body;
        let described = file.at(&format!("{}/requestBody", self.operation.pointer));
        self.judge.counts.checks += 1;
        let Some(described) = described else {
            if !body.is_null() {
                self.find("request", "body", "is not in the file");
            }
            return;
        };
        if body.is_null() {
            if described.value.get("required") == Some(&Value::Bool(true)) {
                self.find("request", "body", "is required");
            }
            return;
        }
        self.body(
            "request",
            Side::Request,
            &described,
            self.exchange.sent_type(),
            body,
        );
    }

    fn answered(&mut self) {
        let file = self.judge.description.file(self.operation);
        let status = self.exchange.status.to_string();
        let part = format!("answer {status}");
        let answers = file.at(&format!("{}/responses", self.operation.pointer));
        self.judge.counts.checks += 1;
        let described =
            answers.and_then(|answers| answers.child(&status).or_else(|| answers.child("default")));
        let body = &self.exchange.body;
        let Some(described) = described else {
            self.find(&part, "status", "is not in the file");
            self.refused(&part);
            return;
        };
        let medias = described.value.get("content").and_then(Value::as_object);
        match (medias.is_some_and(|medias| !medias.is_empty()), body.is_null()) {
            (true, true) => self.find(&part, "body", "is missing"),
            (false, false) => {
                self.find(&part, "body", "is not in the file");
                self.refused(&part);
            }
            (false, true) => {}
            (true, false) => self.body(
                &part,
                Side::Answer,
                &described,
                self.exchange.answered_type(),
                body,
            ),
        }
    }

    /// An answer of which the file says nothing still has the shape that all errors of its version have.
    fn refused(&mut self, part: &str) {
        self.judge.counts.checks += 1;
        let version = self.exchange.address().map_or("", |(version, _)| version);
        if !is_refusal(version, self.exchange.status, &self.exchange.body) {
            self.found(part, "body", "is not an error as its version has them", || {
                short(&self.exchange.body)
            });
        }
    }

    /// A body against the media type that it says it is.
    fn body(&mut self, part: &str, side: Side, described: &Place<'a>, media: Option<&str>, body: &Value) {
        self.judge.counts.checks += 1;
        let media = media.unwrap_or_default();
        let content = described.child("content");
        // Other keys of `content` are names of examples.
        let Some(found) = content.and_then(|content| content.child(media)) else {
            self.find(part, "media type", &format!("{media} is not in the file"));
            return;
        };
        let Some(schema) = found.child("schema") else {
            return;
        };
        self.validate(part, "", side, &schema, body);
        self.judge.counts.checks += 1;
        for pointer in members::unknown(&schema, body) {
            let value = body.pointer(&pointer).cloned().unwrap_or_default();
            self.found(part, &general(&pointer), "is not in the schema", || short(&value));
        }
    }

    fn validate(&mut self, part: &str, before: &str, side: Side, schema: &Place<'a>, value: &Value) {
        self.judge.counts.checks += 1;
        let file = self.judge.description.file(self.operation);
        let validator = match self.judge.schemas.at(file, side, &schema.pointer) {
            Ok(validator) => validator,
            Err(message) => {
                self.find(
                    part,
                    &format!("schema {}", schema.pointer),
                    &format!("is none: {message}"),
                );
                return;
            }
        };
        let mut causes = Vec::new();
        for error in validator.iter_errors(value) {
            split(&error, "", &mut causes);
        }
        for (pointer, says, shown) in causes {
            self.found(part, &format!("{before}{}", general(&pointer)), &says, || shown);
        }
    }

    fn find(&mut self, part: &str, at: &str, says: &str) {
        self.found(part, at, says, String::new);
    }

    fn found(&mut self, part: &str, at: &str, says: &str, shown: impl FnOnce() -> String) {
        let file = self.judge.description.file(self.operation);
        let finding = Finding {
            file: file.name.clone(),
            operation: self.operation.name(),
            part: part.to_owned(),
            at: at.to_owned(),
            says: says.to_owned(),
        };
        let exchange = self.exchange;
        self.judge.findings.add(finding, || {
            format!("{} {}", exchange.line(), shown()).trim_end().to_owned()
        });
    }
}

/// v2 has a list of status and message, v3 an object of status, title and type, or (checkouts) a list of them in
/// `errors`. Token, scope and quota are looked at before the version, so those refusals are v3's at any address, or
/// text when the token is missing. BigCommerce reference, API status codes.
fn is_refusal(version: &str, status: u16, body: &Value) -> bool {
    let text = |value: &Value, name: &str| value.get(name).is_some_and(Value::is_string);
    let same_status = |value: &Value| value.get("status").and_then(Value::as_u64) == Some(u64::from(status));
    let as_object = |value: &Value| same_status(value) && text(value, "title") && text(value, "type");
    let before_version = matches!(status, 401 | 403 | 429);
    match body {
        Value::Null => status < 400,
        Value::String(_) => status == 401,
        Value::Array(errors) => {
            let listed = |error: &Value| same_status(error) && text(error, "message");
            version == "v2" && !errors.is_empty() && errors.iter().all(listed)
        }
        error => {
            let errors = error.get("errors").and_then(Value::as_array);
            let errors = errors.map_or(std::slice::from_ref(error), Vec::as_slice);
            (version == "v3" || before_version) && !errors.is_empty() && errors.iter().all(as_object)
        }
    }
}

/// A parameter's text as the type that its schema asks for; what cannot be read stays text.
fn read_as(schema: &Place<'_>, text: &str) -> Value {
    let kind = schema
        .value
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let number = || text.parse::<f64>().ok().map(Value::from);
    let read = match kind {
        "integer" => text.parse::<i64>().ok().map(Value::from),
        "number" => text.parse::<i64>().ok().map(Value::from).or_else(number),
        "boolean" => text.parse::<bool>().ok().map(Value::from),
        "array" => schema
            .child("items")
            .map(|items| text.split(',').map(|part| read_as(&items, part)).collect()),
        _ => None,
    };
    read.unwrap_or_else(|| Value::from(text))
}

/// Pointer, sentence, value. Of alternatives, none of which fits, those of the nearest are named.
fn split(error: &ValidationError<'_>, note: &str, causes: &mut Vec<(String, String, String)>) {
    if let ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } =
        error.kind()
    {
        let nearest = context.iter().min_by_key(|errors| errors.len());
        for error in nearest.into_iter().flatten() {
            split(error, " (in the nearest of several)", causes);
        }
        return;
    }
    let says = format!("{}{note}", error.masked());
    causes.push((error.instance_path().to_string(), says, short(error.instance())));
}

/// A pointer with `*` for each index.
pub(super) fn general(pointer: &str) -> String {
    let part = |part: &str| {
        if part.parse::<usize>().is_ok() {
            "*".to_owned()
        } else {
            part.to_owned()
        }
    };
    pointer.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_refusal_has_the_shape_of_its_version() {
        let list = json!([{ "status": 404, "message": "gone" }]);
        let object = json!({ "status": 404, "title": "gone", "type": "/codes" });
        assert!(is_refusal("v2", 404, &list), "v2 has lists");
        assert!(!is_refusal("v3", 404, &list), "v3 has none");
        assert!(is_refusal("v3", 404, &object), "v3 has objects");
        assert!(!is_refusal("v2", 404, &object), "v2 has them of the gateway only");
        assert!(
            !is_refusal("v3", 422, &object),
            "the status in the body is that of the answer"
        );
        assert!(
            !is_refusal("v3", 404, &Value::Null),
            "every refusal says something"
        );
        assert!(
            is_refusal("v2", 204, &Value::Null),
            "an empty list of v2 is no refusal"
        );
    }
}
