//! The window's one command.
#![expect(
    clippy::let_underscore_must_use,
    reason = "the command macro names its results and drops them"
)]

use std::sync::Arc;

use connector_kit::Result;
use engine::state::Problem;
use serde_json::Value;
use tauri::{AppHandle, Manager, State};

use crate::{attached::Attached, window};

/// Carries out an operation: one of the engine by its name, or one of the window (`window.…`).
#[tauri::command]
pub(crate) async fn call(
    app: AppHandle,
    attached: State<'_, Arc<Attached>>,
    name: String,
    input: Value,
) -> std::result::Result<Value, Problem> {
    carry_out(&app, &attached, &name, input)
        .await
        .map_err(|error| Problem::from(&error))
}

async fn carry_out(app: &AppHandle, attached: &Attached, name: &str, input: Value) -> Result<Value> {
    match name.strip_prefix("window.") {
        Some(own) => window::call(app, own, input).await,
        None => attached.call(name, input).await,
    }
}

/// The attached data folder of this program.
pub(crate) fn attached(app: &AppHandle) -> Arc<Attached> {
    app.state::<Arc<Attached>>().inner().clone()
}
