//! `schema`: what editors complete and check processflow files by, and the functions of expressions.

use engine::processflow;
use serde_json::Value;

use crate::{
    args::SchemaArgs,
    output::{Exit, Outcome, Table},
    shell::Here,
};

/// Prints the JSON Schema, or the functions. Needs no data folder.
pub(super) fn schema(here: &Here, args: &SchemaArgs) -> Outcome<Exit> {
    let schema = processflow::schema(here.connectors());
    if !args.functions {
        here.console.data(format!("{schema:#}"))?;
        return Ok(Exit::Done);
    }
    let functions = &schema["x-expressions"];
    here.console.show(functions, |functions| {
        let rows = functions.as_array().into_iter().flatten().map(row);
        here.console
            .table(&Table::new(["function", "gives", "example"]).rows(rows))?;
        here.console
            .talk("Each works as a function and as a filter: `upper(sku)` is `sku | upper`.");
        Ok(())
    })?;
    Ok(Exit::Done)
}

fn row(function: &Value) -> [String; 3] {
    let argument = |argument: &Value| {
        let name = argument["name"].as_str().unwrap_or_default();
        match argument["need"].as_str() {
            Some("may") => format!("{name}?"),
            Some("many") => format!("{name}…"),
            _ => name.to_owned(),
        }
    };
    let arguments: Vec<String> = function["arguments"]
        .as_array()
        .into_iter()
        .flatten()
        .map(argument)
        .collect();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let example = &function["examples"][0];
    let example = format!("{} → {}", text(&example[0]), text(&example[1]));
    [
        format!("{}({})", text(&function["name"]), arguments.join(", ")),
        text(&function["about"]),
        example,
    ]
}
