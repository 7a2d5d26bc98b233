//! Drafts: listed, read, saved, imported, made from what comes with the program. None of them deploys anything.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use connector_kit::{Error, Result, async_trait};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Acts, Reads};
use crate::{
    agent::{Agent, Desk},
    drafts::{self, Bundle, DraftText, Drafts, Origin, OriginKind, ReadyMade, Saving},
    processflow::{Heading, Plan, Severity},
    state::{Deployment, DeploymentState, Version},
};

/// All drafts.
#[derive(Debug, Default, Serialize, Deserialize, TS)]
pub struct ListDrafts {}

/// A draft in the list.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct DraftRow {
    /// The draft's name: that of its folder.
    pub name: String,
    /// What the file calls itself; deploying goes by this.
    pub processflow: Option<String>,
    /// What it does, in its own words.
    pub description: Option<String>,
    /// The names it uses, and the connector of each.
    pub connections: BTreeMap<String, String>,
    /// How many mistakes a check finds.
    pub mistakes: usize,
    /// The first of them.
    pub problem: Option<String>,
    /// How it stands to what is deployed.
    pub against: Against,
    /// Where it came from; empty for one that was made here.
    pub origin: Option<Origin>,
    /// Where it lies, for people who use another editor.
    pub folder: PathBuf,
    /// What names this state of its text.
    pub base: String,
}

/// How a draft stands to what is deployed under its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// Nothing is deployed under its name.
    NotDeployed,
    /// Exactly this is deployed.
    Same,
    /// Something else is deployed.
    Different,
}

impl Reads for ListDrafts {
    type Output = Vec<DraftRow>;
    const NAME: &'static str = "list_drafts";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        let drafts = Drafts::of(desk.folder());
        let names = drafts.names()?;
        // One that cannot be read now is listed with the reason: nothing disappears from the list.
        Ok(names
            .into_iter()
            .map(|name| draft_row(desk, &drafts, name))
            .collect())
    }
}

fn draft_row(desk: &Desk, drafts: &Drafts, name: String) -> DraftRow {
    let folder = drafts.folder(&name).unwrap_or_default();
    let origin = drafts.origin(&name);
    match drafts.exactly(&name) {
        Ok(draft) => readable(desk, draft, folder, origin),
        Err(error) => DraftRow {
            processflow: None,
            description: None,
            connections: BTreeMap::new(),
            mistakes: 1,
            problem: Some(error.message),
            against: Against::NotDeployed,
            origin,
            folder,
            base: String::new(),
            name,
        },
    }
}

fn readable(desk: &Desk, draft: DraftText, folder: PathBuf, origin: Option<Origin>) -> DraftRow {
    let heading = Heading::of(&draft.text);
    let mistakes = match Plan::compile(&draft.text, &draft.name, desk.connectors()) {
        Ok(_) => Vec::new(),
        Err(report) => report.problems,
    };
    let mistakes: Vec<_> = mistakes
        .into_iter()
        .filter(|problem| problem.severity == Severity::Mistake)
        .collect();
    let named = heading.name.as_deref().unwrap_or(&draft.name);
    DraftRow {
        against: against(desk, named, &draft.text).unwrap_or(Against::NotDeployed),
        processflow: heading.name,
        description: heading.description,
        connections: heading.connections,
        mistakes: mistakes.len(),
        problem: mistakes.first().map(|problem| problem.message.clone()),
        origin,
        folder,
        base: draft.base,
        name: draft.name,
    }
}

fn against(desk: &Desk, name: &str, text: &str) -> Result<Against> {
    Ok(match deployed_text(desk, name)? {
        None => Against::NotDeployed,
        Some(deployed) if deployed == text => Against::Same,
        Some(_) => Against::Different,
    })
}

/// The file as it is deployed under that name, if it is.
pub(crate) fn deployed_text(desk: &Desk, name: &str) -> Result<Option<String>> {
    let Some(view) = desk.view()? else { return Ok(None) };
    let on = view.connection();
    let Some(deployment) = Deployment::find(on, name)? else {
        return Ok(None);
    };
    if deployment.state == DeploymentState::Undeployed {
        return Ok(None);
    }
    Ok(Version::find(on, &deployment.id, deployment.version)?.map(|version| version.text))
}

/// Reads a draft. For a processflow that is deployed and has no draft: the deployed text, to begin one with.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ReadDraft {
    /// The draft, or the processflow.
    pub name: String,
}

/// A draft that is open in an editor.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct OpenDraft {
    /// The draft's name.
    pub name: String,
    /// The file's text.
    pub text: String,
    /// What [`SaveDraft`] wants back; empty while there is no such draft yet.
    pub base: Option<String>,
    /// Its README (Markdown).
    pub readme: Option<String>,
    /// Where it came from.
    pub origin: Option<Origin>,
    /// What is deployed under its name, if something is.
    pub deployed: Option<String>,
}

impl Reads for ReadDraft {
    type Output = OpenDraft;
    const NAME: &'static str = "read_draft";

    fn read(self, desk: &Desk) -> Result<OpenDraft> {
        let drafts = Drafts::of(desk.folder());
        let draft = drafts.read(&self.name)?;
        let called = draft.as_ref().and_then(|draft| Heading::of(&draft.text).name);
        let deployed = deployed_text(desk, called.as_deref().unwrap_or(&self.name))?;
        let (text, base) = match (draft, &deployed) {
            (Some(draft), _) => (draft.text, Some(draft.base)),
            (None, Some(deployed)) => (deployed.clone(), None),
            (None, None) => {
                return drafts
                    .exactly(&self.name)
                    .map(|_| unreachable!("it is not there"));
            }
        };
        Ok(OpenDraft {
            readme: drafts.readme(&self.name),
            origin: drafts.origin(&self.name),
            name: self.name,
            text,
            base,
            deployed,
        })
    }
}

/// Saves a draft. What was changed elsewhere meanwhile is told and stays as it is.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct SaveDraft {
    /// The draft's name.
    pub name: String,
    /// The file's text; it need not be right yet.
    pub text: String,
    /// What it was read with; empty for a new draft.
    #[serde(default)]
    pub base: Option<String>,
}

#[async_trait]
impl Acts for SaveDraft {
    type Output = Saving;
    const NAME: &'static str = "save_draft";

    async fn act(self, agent: &Arc<Agent>) -> Result<Saving> {
        Drafts::of(agent.folder()).save(&self.name, &self.text, self.base.as_deref())
    }
}

/// Removes a draft with its cases. What is deployed stays deployed.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct RemoveDraft {
    /// The draft's name.
    pub name: String,
}

#[async_trait]
impl Acts for RemoveDraft {
    type Output = ();
    const NAME: &'static str = "remove_draft";

    async fn act(self, agent: &Arc<Agent>) -> Result<()> {
        Drafts::of(agent.folder()).remove(&self.name)
    }
}

/// Makes a draft of a processflow that comes from elsewhere: from a file or folder that the agent can read, or from
/// the texts of one. It is never deployed by itself.
#[derive(Debug, Default, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct ImportProcessflow {
    /// A processflow file, or a folder with one, on the agent's machine.
    #[serde(default)]
    pub path: Option<PathBuf>,
    /// The file's text, instead of a path.
    #[serde(default)]
    pub text: Option<String>,
    /// With a text: the README beside it.
    #[serde(default)]
    pub readme: Option<String>,
    /// With a text: the files in `cases`, by name.
    #[serde(default)]
    #[ts(as = "Option<_>", optional)]
    pub cases: BTreeMap<String, String>,
    /// Another name for it, when its own is taken.
    #[serde(default, rename = "as")]
    pub named: Option<String>,
}

/// A draft that was made.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct DraftMade {
    /// Its name.
    pub name: String,
    /// How many cases came along.
    pub cases: usize,
}

#[async_trait]
impl Acts for ImportProcessflow {
    type Output = DraftMade;
    const NAME: &'static str = "import_processflow";

    async fn act(self, agent: &Arc<Agent>) -> Result<DraftMade> {
        let from = self.path.as_ref().map(|path| path.display().to_string());
        let bundle = match (&self.path, self.text) {
            (Some(path), None) if path.is_absolute() => Bundle::read(path)?,
            (Some(_), None) => return Err(Error::config("the path does not begin at the root of a disk")),
            (None, Some(text)) => Bundle {
                text,
                readme: self.readme,
                cases: self.cases,
            },
            _ => return Err(Error::config("an import is either a path or a text")),
        };
        made(agent, bundle, self.named.as_deref(), OriginKind::Imported, from)
    }
}

fn made(
    agent: &Agent,
    bundle: Bundle,
    named: Option<&str>,
    kind: OriginKind,
    from: Option<String>,
) -> Result<DraftMade> {
    let (name, bundle) = bundle.under_its_name(named)?;
    let at = agent.now();
    Drafts::of(agent.folder()).add(&name, &bundle, &Origin { kind, at, from })?;
    Ok(DraftMade {
        cases: bundle.cases.len(),
        name,
    })
}

/// The processflows that come with this program.
#[derive(Debug, Default, Serialize, Deserialize, TS)]
pub struct ListReadyMade {}

/// A processflow that comes with this program, and whether it is in use here.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ReadyMadeRow {
    /// What it is.
    #[serde(flatten)]
    pub ready_made: ReadyMade,
    /// Whether there is a draft of its name.
    pub draft: bool,
    /// Whether a processflow of its name is deployed.
    pub deployed: bool,
}

impl Reads for ListReadyMade {
    type Output = Vec<ReadyMadeRow>;
    const NAME: &'static str = "ready_made";

    fn read(self, desk: &Desk) -> Result<Self::Output> {
        let drafts = Drafts::of(desk.folder()).names()?;
        let row = |ready_made: ReadyMade| {
            Ok(ReadyMadeRow {
                draft: drafts.contains(&ready_made.name),
                deployed: deployed_text(desk, &ready_made.name)?.is_some(),
                ready_made,
            })
        };
        drafts::ready_made().into_iter().map(row).collect()
    }
}

/// Makes a draft of a processflow that comes with this program.
#[derive(Debug, Serialize, Deserialize, TS)]
#[ts(optional_fields = nullable)]
pub struct InstallReadyMade {
    /// Which one.
    pub name: String,
    /// Another name for the draft.
    #[serde(default, rename = "as")]
    pub named: Option<String>,
}

#[async_trait]
impl Acts for InstallReadyMade {
    type Output = DraftMade;
    const NAME: &'static str = "install_ready_made";

    async fn act(self, agent: &Arc<Agent>) -> Result<DraftMade> {
        let found = ReadyMade::named(&self.name).ok_or_else(|| {
            let names: Vec<String> = drafts::ready_made().into_iter().map(|one| one.name).collect();
            Error::config(format!("no processflow `{}` comes with this program", self.name))
                .hint(format!("There are: {}.", names.join(", ")))
        })?;
        let from = Some(self.name);
        made(
            agent,
            found.bundle(),
            self.named.as_deref(),
            OriginKind::ReadyMade,
            from,
        )
    }
}
