//! `cache`: what may be cleared at any instant, and clearing it.

use engine::{
    folder::{Area, AreaUse},
    operations::{ClearArea, ShowCache},
};
use serde_json::json;

use crate::{
    args::{CacheArgs, CacheCommand, ClearWord},
    output::{Exit, Outcome, Table, bytes, moment, number, plural},
    shell::Here,
};

/// What people fear for when they clear something.
const UNTOUCHED: &str = "Never touched: connections and their secrets, deployed processflows, watermarks, the \
    history of runs and records, set-aside records, logs.";

/// Shows cache and temp, or clears them.
pub(super) async fn cache(here: &Here, args: CacheArgs) -> Outcome<Exit> {
    if let Some(CacheCommand::Clear { area }) = args.command {
        return clear(here, area).await;
    }
    let areas = here.look(ShowCache {})?;
    here.console.show(&areas, |areas| {
        let heading = ["area", "files", "size", "oldest", "where"];
        here.console
            .table(&Table::new(heading).right([1, 2]).rows(areas.iter().map(row)))
    })?;
    here.console.talk(format!(
        "`processflow cache clear` is safe at any instant. {UNTOUCHED}"
    ));
    Ok(Exit::Done)
}

fn row(area: &AreaUse) -> [String; 5] {
    let oldest = area
        .oldest
        .map_or_else(|| "-".to_owned(), |oldest| moment(&oldest.to_string()));
    let size = bytes(area.bytes);
    [
        name(area.area).to_owned(),
        number(area.files),
        size,
        oldest,
        area.path.display().to_string(),
    ]
}

fn name(area: Area) -> &'static str {
    match area {
        Area::Cache => "cache",
        Area::Temp => "temp",
        Area::Diagnosis => "diagnosis",
    }
}

async fn clear(here: &Here, word: Option<ClearWord>) -> Outcome<Exit> {
    let area = word.map(|word| match word {
        ClearWord::Temp => Area::Temp,
        ClearWord::Cache => Area::Cache,
        ClearWord::Diagnosis => Area::Diagnosis,
    });
    let cleared = here.act(ClearArea { area }).await?;
    let files: u64 = cleared.iter().map(|cleared| cleared.files).sum();
    let size: u64 = cleared.iter().map(|cleared| cleared.bytes).sum();
    let what = match area {
        None => "Cache and temp",
        Some(Area::Cache) => "Cache",
        Some(Area::Temp) => "Temp",
        Some(Area::Diagnosis) => "Diagnosis",
    };
    here.console.talk(format!(
        "{what} cleared: {}, {}. {UNTOUCHED}",
        plural(files, "file"),
        bytes(size)
    ));
    if here.console.json {
        here.console
            .json(&json!({ "cleared": area.map_or("all", name), "files": files, "bytes": size }))?;
    }
    Ok(Exit::Done)
}
