//! gzip for clients that take it. Pages are kept compressed until something changes, as compressing costs more
//! than all else.

use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::world::World;

/// Bodies below this are not worth it.
const LEAST: usize = 256;
/// Compressed pages kept, in bytes of all together.
const ROOM: usize = 64 << 20;

/// Whether a request takes gzip.
pub(crate) fn accepted(header: Option<&str>) -> bool {
    header.is_some_and(|header| {
        header.split(',').any(|part| {
            let mut words = part.split(';').map(str::trim);
            matches!(words.next(), Some("gzip" | "*")) && !words.any(|word| word == "q=0")
        })
    })
}

/// The compressed page of an address, if nothing changed since.
pub(crate) fn kept(world: &World, path: &str) -> Option<Bytes> {
    let (version, page) = world.pages.get(path)?;
    (*version == world.version && !world.depends_on_time()).then(|| page.clone())
}

/// Keeps a compressed page.
pub(crate) fn keep(world: &mut World, path: &str, version: u64, page: &Bytes) {
    let held: usize = world.pages.values().map(|(_, page)| page.len()).sum();
    if version == world.version && !world.depends_on_time() && held + page.len() <= ROOM {
        world.pages.insert(path.to_owned(), (version, page.clone()));
    }
}

/// Compresses a body where it is worth it.
pub(crate) fn compress(body: &Bytes) -> Option<Bytes> {
    if body.len() < LEAST {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 6), Compression::fast());
    encoder
        .write_all(body)
        .and_then(|()| encoder.finish())
        .ok()
        .map(Bytes::from)
}
