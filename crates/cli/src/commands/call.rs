//! `call`: any operation by name, with JSON in and out: what the desktop and the socket speak.

use std::io::Read;

use connector_kit::Error;
use engine::operations;
use serde_json::Value;

use crate::{
    args::CallArgs,
    output::{Exit, Outcome},
    shell::{Here, leave},
};

/// Calls an operation; its answer is a line of JSON, with or without `--json`.
pub(super) async fn call(here: &Here, args: CallArgs) -> Outcome<Exit> {
    let input = input(args.input.as_deref())?;
    let answer = if operations::READS.contains(&args.operation.as_str()) {
        operations::read(&here.desk()?, &args.operation, input)?
    } else {
        let door = here.door().await?;
        let answer = door.call_by_name(&args.operation, input).await;
        leave(door).await;
        answer?
    };
    here.console.json(&answer)?;
    Ok(Exit::Done)
}

fn input(text: Option<&str>) -> Outcome<Value> {
    let text = match text {
        None => return Ok(Value::Null),
        Some("-") => {
            let mut text = String::new();
            let read = std::io::stdin().read_to_string(&mut text);
            read.map_err(|error| Error::config(format!("standard input is no text: {error}")))?;
            text
        }
        Some(text) => text.to_owned(),
    };
    let value = serde_json::from_str(&text);
    Ok(value.map_err(|error| {
        Error::config(format!("the input is no JSON: {error}"))
            .hint("Write it in quotes, as in `processflow call runs '{\"limit\": 5}'`, or give it on standard input with `-`.")
    })?)
}
