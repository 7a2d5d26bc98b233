//! Upkeep: watermarks, logs, cache and temp, settings, the schema.

use std::sync::Arc;

use connector_kit::{Error, Result, async_trait};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::{Acts, Reads};
use crate::{
    agent::{Agent, Desk, Topic, moved},
    folder::{Area, AreaUse, Cleared, Settings},
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

/// Lines of the log, newest last: the last ones, or those that came after a position.
#[derive(Debug, Default, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ReadLogs {
    /// Which lines.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub filter: Filter,
    /// Where the last look ended.
    #[serde(default)]
    pub after: Option<Position>,
}

/// Lines, and where the look ended.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct LogLines {
    /// The lines.
    pub lines: Vec<Line>,
    /// To be given with the next look.
    pub position: Position,
}

impl Reads for ReadLogs {
    type Output = LogLines;
    const NAME: &'static str = "logs";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        let folder = desk.folder().logs();
        let (lines, position) = match self.after {
            None => logs::read(&folder, &self.filter)?,
            Some(mut position) => (logs::follow(&folder, &self.filter, &mut position)?, position),
        };
        Ok(LogLines { lines, position })
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
    /// Which; both when left out.
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

/// A setting as it is now.
#[derive(Debug, Serialize, Deserialize, TS)]
pub struct SettingRow {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: String,
    /// What it does.
    pub about: String,
}

impl Reads for ShowSettings {
    type Output = Vec<SettingRow>;
    const NAME: &'static str = "settings";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        let settings = Settings::load(desk.folder())?;
        let row = |setting: &crate::folder::Setting| SettingRow {
            key: setting.key.to_owned(),
            value: settings.get(setting.key).unwrap_or_default(),
            about: setting.about.to_owned(),
        };
        Ok(Settings::ALL.iter().map(row).collect())
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
            _ => Err(
                Error::config(format!("there is nothing called `{name}` to clear"))
                    .hint("Clear `temp`, `cache`, or both by naming neither."),
            ),
        }
    }
}
