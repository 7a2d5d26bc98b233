//! `settings`: shown and changed.

use engine::operations::{ChangeSetting, SettingRow, ShowSettings};

use crate::{
    args::{KeyValue, SettingsArgs, SettingsCommand},
    output::{Exit, Outcome, Table},
    paths,
    shell::{Here, leave},
};

/// Shows the settings, or changes some.
pub(super) async fn settings(here: &Here, args: SettingsArgs) -> Outcome<Exit> {
    if let Some(SettingsCommand::Set { settings }) = args.command {
        change(here, settings).await?;
        if !here.console.json {
            return Ok(Exit::Done);
        }
    }
    let rows = here.look(ShowSettings {})?;
    here.console.show(&rows, |rows| {
        let row = |row: &SettingRow| {
            let value = if row.value.is_empty() {
                "-".to_owned()
            } else {
                row.value.clone()
            };
            [row.key.clone(), value, row.about.clone()]
        };
        here.console
            .table(&Table::new(["setting", "value", "about"]).rows(rows.iter().map(row)))
    })?;
    Ok(Exit::Done)
}

async fn change(here: &Here, settings: Vec<KeyValue>) -> Outcome<()> {
    let there = paths::here()?;
    let door = here.door().await?;
    let changed = async {
        for KeyValue { key, value } in settings {
            let value = paths::of_agent_setting(&there, &key, &value)?;
            door.call(ChangeSetting {
                key: key.clone(),
                value: value.clone(),
            })
            .await?;
            here.console.talk(format!("{key} is {value} from now on."));
        }
        Ok::<_, connector_kit::Error>(())
    };
    let changed = changed.await;
    leave(door).await;
    Ok(changed?)
}
