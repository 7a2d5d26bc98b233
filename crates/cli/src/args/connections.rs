//! `connections` and `actions`.

use clap::{Args, Subcommand};

use super::KeyValue;

/// `connections`
#[derive(Debug, Args)]
pub(crate) struct ConnectionsArgs {
    /// Lists them when left out
    #[command(subcommand)]
    pub(crate) command: Option<ConnectionsCommand>,
}

/// What to do with connections.
#[derive(Debug, Subcommand)]
pub(crate) enum ConnectionsCommand {
    /// Save a new connection
    Add(AddArgs),
    /// Change settings or secrets of a connection
    Edit(EditArgs),
    /// Forget a connection and its secrets
    Remove(ConnectionArgs),
    /// Try a connection with the code that runs use
    Validate(ConnectionArgs),
    /// Test another token beside the one in use, and switch to it between two runs
    ChangeToken(ChangeTokenArgs),
    /// Hold what a token may do against what the deployed processflows need
    Permissions(PermissionsArgs),
    /// Sign in through a browser, for connections with `auth=oauth`
    SignIn(SignInArgs),
}

/// A connection by name.
#[derive(Debug, Args)]
pub(crate) struct ConnectionArgs {
    /// The connection
    pub(crate) name: String,
}

/// `connections change-token`
#[derive(Debug, Args)]
pub(crate) struct ChangeTokenArgs {
    /// The connection
    pub(crate) name: String,
    /// The secret to change, where there are several: asked for on a terminal, else a line of standard input
    #[arg(long, value_name = "FIELD")]
    pub(crate) secret: Vec<String>,
}

/// `connections permissions`
#[derive(Debug, Args)]
pub(crate) struct PermissionsArgs {
    /// The connection
    pub(crate) name: String,
    /// What this action needs, too
    #[arg(long, value_name = "ACTION")]
    pub(crate) action: Vec<String>,
    /// Only list the least that is needed, to be copied; nothing is tried
    #[arg(long)]
    pub(crate) needed: bool,
}

/// `connections sign-in`
#[derive(Debug, Args)]
pub(crate) struct SignInArgs {
    /// The connection
    pub(crate) name: String,
    /// Do not wait for the browser: paste the address at which it ended
    #[arg(long)]
    pub(crate) by_hand: bool,
}

/// `connections add`
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// Its name
    pub(crate) name: String,
    /// The kind of system: bigcommerce, sql, files
    #[arg(long, value_name = "CONNECTOR")]
    pub(crate) connector: String,
    #[command(flatten)]
    pub(crate) fields: Fields,
}

/// `connections edit`
#[derive(Debug, Args)]
pub(crate) struct EditArgs {
    /// The connection
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) fields: Fields,
    /// Take a setting away
    #[arg(long, value_name = "KEY")]
    pub(crate) unset: Vec<String>,
}

/// Settings and secrets of a connection.
#[derive(Debug, Args)]
pub(crate) struct Fields {
    /// A setting; relative paths start where this command is run
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<KeyValue>,
    /// A secret to enter: asked for on a terminal, else a line of standard input, in this order
    // Whatever is given is taken here and judged by us: an error of the parser would print it.
    #[arg(long, value_name = "FIELD")]
    pub(crate) secret: Vec<String>,
    /// A host other than BigCommerce's own that the secrets may be sent to
    #[arg(long, value_name = "HOST")]
    pub(crate) allow_host: Option<String>,
    /// Try the connection once it is saved
    #[arg(long)]
    pub(crate) validate: bool,
}

/// `actions`
#[derive(Debug, Args)]
pub(crate) struct ActionsArgs {
    /// Of one connector only
    pub(crate) connector: Option<String>,
    /// Whose name or sentence holds this text
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,
}
