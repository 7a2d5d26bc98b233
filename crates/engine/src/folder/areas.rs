//! The two areas that may be cleared at any instant, cache and temp: how much they hold, and clearing them.
//! Nothing else is ever cleared.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use connector_kit::Result;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{DataFolder, LookupCache, trouble};

/// What may be cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// Look-ups, tracking modes, learned limits.
    Cache,
    /// Unfinished files, unpacked imports, previews.
    Temp,
    /// What runs in diagnosis mode wrote down.
    Diagnosis,
}

impl Area {
    /// Ids of what it holds, for people to read in their language.
    fn holds(self) -> &'static [&'static str] {
        match self {
            Self::Cache => &["look_ups", "tracking_modes", "learned_limits", "quota_readings"],
            Self::Temp => &["unfinished_files", "unpacked_imports", "edited_payloads"],
            Self::Diagnosis => &["snapshots"],
        }
    }
}

/// Ids of what clearing never touches.
const KEPT: &[&str] = &[
    "connections",
    "secrets",
    "processflows",
    "watermarks",
    "history",
    "failed_records",
    "logs",
    "settings",
];

/// How much an area holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AreaUse {
    /// Which.
    pub area: Area,
    /// Where it lies.
    pub path: PathBuf,
    /// How many files.
    pub files: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// When the oldest was last changed.
    pub oldest: Option<Timestamp>,
    /// Ids of what lies there: `look_ups`, `snapshots` …
    pub holds: Vec<String>,
    /// Ids of what clearing it does not touch: `watermarks`, `secrets` …
    pub keeps: Vec<String>,
}

/// What clearing an area gave back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Cleared {
    /// Files removed.
    pub files: u64,
    /// Bytes given back.
    pub bytes: u64,
}

impl DataFolder {
    /// What the cache and the temp area hold.
    pub fn areas(&self) -> Result<Vec<AreaUse>> {
        [Area::Cache, Area::Temp, Area::Diagnosis]
            .into_iter()
            .map(|area| self.area(area))
            .collect()
    }

    /// Clears an area. Safe at any instant, runs in progress included: what lies there can be learned or made
    /// again. A file that is held open (Windows) stays until the next time.
    pub fn clear(&self, area: Area) -> Result<Cleared> {
        let before = self.area(area)?;
        let path = &before.path;
        if area == Area::Cache {
            LookupCache::clear_in(path);
        }
        remove_inside(path, area).map_err(|error| trouble("the area", path, error))?;
        let after = self.area(area)?;
        Ok(Cleared {
            files: before.files.saturating_sub(after.files),
            bytes: before.bytes.saturating_sub(after.bytes),
        })
    }

    /// Removes snapshots that were last changed before an instant, and the oldest beyond `most` bytes.
    pub fn retire_snapshots(&self, before: Timestamp, most: u64) -> Result<()> {
        let folder = self.diagnosis();
        let about = |error| trouble("the area", &folder, error);
        let mut files = Vec::new();
        for entry in entries(&folder).map_err(about)? {
            let Ok(found) = entry.metadata() else { continue };
            let changed = found
                .modified()
                .ok()
                .and_then(|time| Timestamp::try_from(time).ok());
            files.push((changed.unwrap_or(Timestamp::MIN), found.len(), entry.path()));
        }
        files.sort();
        let mut held = 0;
        for (changed, bytes, path) in files.into_iter().rev() {
            held += bytes;
            if changed < before || held > most {
                // One that is held open (Windows) goes the next time.
                drop(fs::remove_file(path));
            }
        }
        Ok(())
    }

    fn area(&self, area: Area) -> Result<AreaUse> {
        let path = match area {
            Area::Cache => self.cache(),
            Area::Temp => self.temp(),
            Area::Diagnosis => self.diagnosis(),
        };
        let words = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect();
        let mut held = AreaUse {
            area,
            path,
            files: 0,
            bytes: 0,
            oldest: None,
            holds: words(area.holds()),
            keeps: words(KEPT),
        };
        let path = held.path.clone();
        count(&path, &mut held).map_err(|error| trouble("the area", &path, error))?;
        Ok(held)
    }
}

fn count(folder: &Path, held: &mut AreaUse) -> io::Result<()> {
    for entry in entries(folder)? {
        // A file that vanished meanwhile is no trouble: somebody else clears too.
        let Ok(found) = entry.metadata() else { continue };
        if found.is_dir() {
            count(&entry.path(), held)?;
            continue;
        }
        held.files += 1;
        held.bytes += found.len();
        let changed = found
            .modified()
            .ok()
            .and_then(|time| Timestamp::try_from(time).ok());
        held.oldest = match (held.oldest, changed) {
            (Some(oldest), Some(changed)) => Some(oldest.min(changed)),
            (oldest, changed) => oldest.or(changed),
        };
    }
    Ok(())
}

fn remove_inside(folder: &Path, area: Area) -> io::Result<()> {
    for entry in entries(folder)? {
        // The look-ups' database was emptied; removing it under a process that has it open would split them.
        if area == Area::Cache && LookupCache::is_file(&entry.file_name()) {
            continue;
        }
        // A link is removed, never followed.
        let folder_inside = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let removed = if folder_inside {
            fs::remove_dir_all(entry.path())
        } else {
            fs::remove_file(entry.path())
        };
        match removed {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied && cfg!(not(windows)) => {
                return Err(error);
            }
            _ => {}
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> io::Result<Vec<fs::DirEntry>> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(entries.flatten().collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use connector_kit::Cache;

    use super::*;

    #[test]
    fn clearing_empties_an_area_and_touches_nothing_else() {
        let at = tempfile::tempdir().expect("temp folder");
        let folder = DataFolder::open(at.path().join("data")).expect("opens");
        fs::create_dir(folder.temp().join("import")).expect("is made");
        fs::write(folder.temp().join("import/part"), "12345").expect("is written");
        fs::write(folder.path().join("vault.json"), "{}").expect("is written");

        let held = folder.areas().expect("counts");
        assert_eq!(
            (held[1].files, held[1].bytes),
            (1, 5),
            "what lies in folders counts too"
        );
        assert!(held[1].oldest.is_some(), "its age is known");
        let gone = folder.clear(Area::Temp).expect("clears");
        assert_eq!(gone, Cleared { files: 1, bytes: 5 }, "what came free");
        assert!(
            folder.temp().is_dir() && folder.path().join("vault.json").is_file(),
            "the rest stays"
        );
    }

    #[test]
    fn the_cache_can_be_cleared_while_processes_use_it() {
        let at = tempfile::tempdir().expect("temp folder");
        let folder = DataFolder::open(at.path().join("data")).expect("opens");
        std::thread::scope(|scope| {
            for writer in 0..3 {
                let folder = folder.clone();
                scope.spawn(move || {
                    let cache = LookupCache::open(&folder.cache());
                    for n in 0..200 {
                        let (key, value) = (format!("sku:{n}"), format!("{n}"));
                        cache.put(&key, &value);
                        let got = cache.get(&key);
                        assert!(
                            got.is_none_or(|got| got == value),
                            "{writer}: forgotten is fine, wrong is not"
                        );
                    }
                });
            }
            for _ in 0..20 {
                folder.clear(Area::Cache).expect("clears at any instant");
            }
        });
        folder.clear(Area::Cache).expect("clears");
        let cache = LookupCache::open(&folder.cache());
        assert_eq!(
            cache.get("sku:1"),
            None,
            "cleared is cleared, for processes that come later too"
        );
        cache.put("sku:1", "17");
        assert_eq!(
            cache.get("sku:1").as_deref(),
            Some("17"),
            "and it can be filled again"
        );
    }
}
