//! Upkeep: watermarks, logs, cache and temp, settings, the schema.

use std::{path::PathBuf, sync::Arc};

use connector_kit::{Error, Result, async_trait};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::{Acts, Reads};
use crate::{
    agent::{Agent, Desk, Topic, moved},
    folder::{Area, AreaUse, Cleared, Setting, SettingKind, Settings},
    logs::{self, Filter, Line, Position},
    processflow,
};

/// Where a processflow's next run goes on.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ShowWatermark {
    /// The processflow.
    pub processflow: String,
}

/// Where a processflow came to.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct WatermarkRow {
    /// The processflow.
    pub processflow: String,
    /// The position, in its source's own words; nothing when the next run begins at the beginning.
    pub watermark: Option<Value>,
    /// How many batches were settled.
    pub batch: u64,
    /// Raised each time the position is moved by hand.
    pub epoch: u64,
}

impl Reads for ShowWatermark {
    type Output = WatermarkRow;
    const NAME: &'static str = "watermark";

    fn read(self, desk: &Desk) -> Result<WatermarkRow> {
        let view = desk.view_or_empty(&self.processflow)?;
        let deployment = desk.deployment(view.connection(), &self.processflow)?;
        let watermark = deployment.watermark.map(|watermark| watermark.0);
        let (processflow, batch, epoch) = (deployment.name, deployment.batch, deployment.epoch);
        Ok(WatermarkRow {
            processflow,
            watermark,
            batch,
            epoch,
        })
    }
}

/// Moves the place where a processflow's next run goes on: it reads what changed since then.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct MoveWatermark {
    /// The processflow.
    pub processflow: String,
    /// To when.
    pub to: Timestamp,
}

#[async_trait]
impl Acts for MoveWatermark {
    type Output = ();
    const NAME: &'static str = "move_watermark";

    async fn act(self, agent: &Arc<Agent>) -> Result<()> {
        agent.deployed(&self.processflow).await?;
        agent.refuse_second(&self.processflow)?;
        agent.begin_anew(&self.processflow, Some(moved(self.to))).await
    }
}

/// A page of the log, newest last: its end, what lies before a place, or what came after one.
#[derive(Debug, Default, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ReadLogs {
    /// Which lines; without a limit 200 of them.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub filter: Filter,
    /// The lines before this place: the `begin` of a page.
    #[serde(default)]
    pub before: Option<Position>,
    /// The lines after this place: the `end` of a page. Asked again and again it follows the log.
    #[serde(default)]
    pub after: Option<Position>,
}

/// Lines of the log, and where they lie.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct LogLines {
    /// The lines, newest last. With a filter a page may be short, or empty, although there are more: so much was
    /// looked through at once.
    pub lines: Vec<Line>,
    /// Where the look for earlier lines goes on.
    pub begin: Position,
    /// Where the look for later lines goes on.
    pub end: Position,
    /// Whether there is anything before `begin` that was not looked at.
    pub earlier: bool,
    /// Bytes of the log before this page, and of all of it: for the scroll bar.
    pub before_bytes: u64,
    /// Bytes of the whole log.
    pub total_bytes: u64,
}

/// Bytes that one page looks through at most: some ten milliseconds.
const LOOK: u64 = 16 * 1024 * 1024;
/// Lines of a page that does not say.
const LINES: usize = 200;

impl Reads for ReadLogs {
    type Output = LogLines;
    const NAME: &'static str = "logs";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        let folder = desk.folder().logs();
        let mut filter = self.filter;
        filter.limit = Some(filter.limit.unwrap_or(LINES));
        let found = match self.after {
            Some(after) => logs::after(&folder, &filter, &after)?,
            None => logs::earlier(&folder, &filter, self.before.as_ref(), LOOK)?,
        };
        Ok(LogLines {
            lines: found.lines,
            begin: found.begin,
            end: found.end,
            earlier: found.earlier,
            before_bytes: found.before,
            total_bytes: found.total,
        })
    }
}

/// Writes lines of the log into a file, as they are kept: secrets are masked in them. The file is written by the
/// person's own program, wherever the agent runs.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ExportLogs {
    /// Which lines; all without a limit.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub filter: Filter,
    /// The file; it must not be there yet.
    pub file: PathBuf,
}

/// What was exported.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct Exported {
    /// Lines in the file.
    pub lines: u64,
}

impl Reads for ExportLogs {
    type Output = Exported;
    const NAME: &'static str = "export_logs";

    fn read(self, desk: &Desk) -> Result<Exported> {
        let lines = logs::export(&desk.folder().logs(), &self.filter, &self.file)?;
        Ok(Exported { lines })
    }
}

/// What cache and temp hold.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct ShowCache {}

impl Reads for ShowCache {
    type Output = Vec<AreaUse>;
    const NAME: &'static str = "cache";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        desk.folder().areas()
    }
}

/// Clears cache or temp. Safe at any instant; watermarks, ledger, credentials and history are never touched.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ClearArea {
    /// Which; temp and cache when left out.
    pub area: Option<Area>,
}

#[async_trait]
impl Acts for ClearArea {
    type Output = Vec<Cleared>;
    const NAME: &'static str = "clear_area";

    async fn act(self, agent: &Arc<Agent>) -> Result<Self::Output> {
        let areas = self
            .area
            .map_or_else(|| vec![Area::Temp, Area::Cache], |area| vec![area]);
        let cleared = areas.into_iter().map(|area| agent.folder().clear(area)).collect();
        agent.changed(Topic::Cache);
        cleared
    }
}

/// The agent's settings.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct ShowSettings {}

/// A setting as it is now, and what it takes.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct SettingRow {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: String,
    /// What it is when nobody set it.
    pub default: String,
    /// What it does.
    pub about: String,
    /// What it belongs to: `agent`, `network`, `logs` or `history`.
    pub group: String,
    /// What it takes: `choice`, `number`, `proxy`, `files`, `zone` or `diagnosis`.
    pub kind: String,
    /// The words it can be, of a choice.
    pub choices: Vec<String>,
    /// The least it can be, of a number.
    pub least: Option<u32>,
    /// The most it can be, of a number.
    pub most: Option<u32>,
}

impl Reads for ShowSettings {
    type Output = Vec<SettingRow>;
    const NAME: &'static str = "settings";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        let (settings, usual) = (Settings::load(desk.folder())?, Settings::default());
        let row = |setting: &Setting| {
            let (kind, choices, least, most) = taken(setting.kind);
            SettingRow {
                key: setting.key.to_owned(),
                value: settings.get(setting.key).unwrap_or_default(),
                default: usual.get(setting.key).unwrap_or_default(),
                about: setting.about.to_owned(),
                group: setting.group.to_owned(),
                kind: kind.to_owned(),
                choices: choices.iter().map(|&word| word.to_owned()).collect(),
                least,
                most,
            }
        };
        Ok(Settings::ALL.iter().map(row).collect())
    }
}

type Taken = (&'static str, &'static [&'static str], Option<u32>, Option<u32>);

fn taken(kind: SettingKind) -> Taken {
    match kind {
        SettingKind::Choice(words) => ("choice", words, None, None),
        SettingKind::Number { least, most } => ("number", &[], Some(least), Some(most)),
        SettingKind::Proxy => ("proxy", &[], None, None),
        SettingKind::Files => ("files", &[], None, None),
        SettingKind::Zone => ("zone", &[], None, None),
        SettingKind::Diagnosis => ("diagnosis", &[], None, None),
    }
}

/// Changes one setting.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ChangeSetting {
    /// Its name.
    pub key: String,
    /// Its new value.
    pub value: String,
}

#[async_trait]
impl Acts for ChangeSetting {
    type Output = ();
    const NAME: &'static str = "change_setting";

    async fn act(self, agent: &Arc<Agent>) -> Result<()> {
        agent.change_setting(&self.key, &self.value).await
    }
}

/// The JSON Schema of processflow files, and the functions of expressions.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct ShowSchema {}

impl Reads for ShowSchema {
    type Output = Value;
    const NAME: &'static str = "schema";

    fn read(self, desk: &Desk) -> Result<Value> {
        Ok(processflow::schema(desk.connectors()))
    }
}

impl ClearArea {
    /// The area of that name.
    pub fn named(name: &str) -> Result<Self> {
        match name {
            "temp" => Ok(Self {
                area: Some(Area::Temp),
            }),
            "cache" => Ok(Self {
                area: Some(Area::Cache),
            }),
            "diagnosis" => Ok(Self {
                area: Some(Area::Diagnosis),
            }),
            _ => Err(
                Error::config(format!("there is nothing called `{name}` to clear"))
                    .hint("Clear `temp`, `cache`, or both by naming neither; or `diagnosis`."),
            ),
        }
    }
}
