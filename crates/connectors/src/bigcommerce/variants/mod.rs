//! Variants of products, v3. They carry no change date: a changed variant moves its product's.

mod update;

pub(super) use self::update::VariantsUpdate;
