//! Images of products: each is sent once, whoever asks how often.
//!
//! The store keeps whatever it is sent, and gives it a file name made of the one it came with
//! (`{letter}/{number}/{name}__{number}.{ending}`). So a file is sent under a name that holds a hash of its content, and an
//! image is there when one of the product's has that name. What lies at an address is known by the address's file name, or, where
//! the agent fetches it itself ([`hosts`]), by its content.
//! The cache remembers images beside that: a store that names files otherwise is asked to keep none twice either.

mod add;
mod hosts;
mod image;
mod there;

use connector_kit::{Error, Kind, Outcome, Result};

pub(super) use self::image::{Image, wanted};
use self::there::Images;
pub(in crate::bigcommerce) use self::{add::ImageAdd, hosts::PictureHosts};
use crate::bigcommerce::Store;

/// Sends those images of a product that it does not have. How many were sent. Err of kind Rejected names the one that
/// could not be; those before it are there.
pub(super) async fn complete(store: &Store, product: u64, wanted: &[Image]) -> Result<Completed> {
    let mut completed = Completed::default();
    if wanted.is_empty() {
        return Ok(completed);
    }
    let mut images = Images::of(store, product).await?;
    let mut failed = Vec::new();
    for image in wanted {
        let sent = match image.prepared(store).await {
            Ok(ready) => images.send(store, product, image, ready).await,
            Err(error) => Err(error),
        };
        match sent {
            Ok(sent) => completed.sent += usize::from(sent),
            Err(Trouble::Unknown(error)) => {
                completed.unknown = Some(error);
                return Ok(completed);
            }
            Err(Trouble::Error(error)) if error.kind == Kind::Rejected => {
                failed.push((image.name().to_owned(), error));
            }
            Err(Trouble::Error(error)) => return Err(error),
        }
    }
    completed.failed = failed.into_iter().next();
    Ok(completed)
}

/// What came of a product's images.
#[derive(Default)]
pub(super) struct Completed {
    sent: usize,
    /// The first that was refused, by name.
    failed: Option<(String, Error)>,
    /// An answer was lost.
    unknown: Option<Error>,
}

impl Completed {
    /// What a product's outcome is, once its images were looked after.
    pub(super) fn over(self, product: u64, outcome: Outcome) -> Outcome {
        if let Some(error) = self.unknown {
            return Outcome::Unknown(error);
        }
        if let Some((name, error)) = self.failed {
            return Outcome::Failed(
                Error::rejected(format!(
                    "Product saved, but its image `{name}` was not: {}.",
                    error.message
                ))
                .hint(error.hint.unwrap_or_default().clone()),
            );
        }
        match outcome {
            Outcome::Unchanged if self.sent > 0 => Outcome::Written {
                id: Some(product.to_string()),
                answer: None,
            },
            outcome => outcome,
        }
    }
}

/// Whether a product has all of these images, as far as they can be read.
pub(super) async fn are_there(store: &Store, product: u64, wanted: &[Image]) -> Result<bool> {
    if wanted.is_empty() {
        return Ok(true);
    }
    let mut images = Images::of(store, product).await?;
    for image in wanted {
        match image.prepared(store).await {
            Ok(ready) if images.take(store, product, &ready) => {}
            Err(Trouble::Error(error)) if error.kind != Kind::Rejected => return Err(error),
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// Why an image was not sent.
pub(super) enum Trouble {
    Error(Error),
    /// It may have been.
    Unknown(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}
