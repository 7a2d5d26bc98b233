//! `watermark`: where a processflow's next run goes on, shown and moved.

use engine::operations::{MoveWatermark, ShowWatermark, WatermarkRow};
use jiff::tz::TimeZone;
use serde_json::json;

use super::processflows::done;
use crate::{
    args::WatermarkArgs,
    output::{Exit, Outcome, moment, number, plain, plural},
    shell::Here,
};

/// Shows the watermark, or moves it.
pub(super) async fn watermark(here: &Here, args: WatermarkArgs) -> Outcome<Exit> {
    if let Some(to) = args.to {
        let to = to.resolve(here.clock().now(), &TimeZone::system())?;
        here.act(MoveWatermark {
            processflow: args.name.clone(),
            to,
        })
        .await?;
        let instant = moment(&to.to_string());
        let said = format!(
            "The next run of `{}` reads what changed since {instant}, and goes on from there.",
            args.name
        );
        return done(here, said, &json!({ "processflow": args.name, "moved_to": to }));
    }
    let row = here.look(ShowWatermark {
        processflow: args.name,
    })?;
    here.console
        .show(&row, |row| here.console.data(plain(&in_words(row))))?;
    Ok(Exit::Done)
}

fn in_words(row: &WatermarkRow) -> String {
    let place = match &row.watermark {
        Some(watermark) => format!(
            "The next run of `{}` goes on from:\n{watermark:#}",
            row.processflow
        ),
        None => format!("The next run of `{}` begins at the beginning.", row.processflow),
    };
    let again = plural(row.epoch.saturating_sub(1), "time");
    format!(
        "{place}\nbatches settled: {}; moved by hand or begun anew: {again}",
        number(row.batch)
    )
}
