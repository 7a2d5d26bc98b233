//! `cargo xtask conformance DIR`
pub(crate) fn conformance(_folder: &std::path::Path) -> crate::tool::Done {
    Ok(())
}
