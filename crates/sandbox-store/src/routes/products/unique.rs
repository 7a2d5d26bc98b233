//! Names are unique among products; SKUs among products and variants, whatever their case.

use crate::answer::{Answer, at, v3_error};
use crate::world::World;

fn duplicate(field: &str) -> Answer {
    let title = format!("The product {field} is a duplicate");
    v3_error(409, &title, at(field, title.clone()))
}

impl World {
    /// Refuses a name that another product has.
    pub(crate) fn name_is_free(&mut self, name: &str, product: u64) -> Result<(), Answer> {
        let products = &self.products;
        let found = self
            .product_names
            .find(name, products.rows().map(|facts| (&*facts.name, facts.id)));
        let taken = found.into_iter().filter(|id| *id != product).any(|id| {
            products
                .facts(id)
                .is_some_and(|facts| facts.name.to_lowercase() == name.to_lowercase())
        });
        if taken { Err(duplicate("name")) } else { Ok(()) }
    }

    /// Refuses a SKU that another product has, or a variant of another one.
    pub(crate) fn sku_is_free(
        &mut self,
        sku: &str,
        product: u64,
        variant: Option<u64>,
    ) -> Result<(), Answer> {
        if sku.is_empty() {
            return Ok(());
        }
        let other_product = self.products_with_sku(sku).into_iter().any(|id| id != product);
        let other_variant = self.variants_with_sku(sku).into_iter().any(|id| match variant {
            Some(variant) => id != variant,
            // A plain product shares its SKU with its base variant.
            None => self
                .variants
                .facts(id)
                .is_some_and(|facts| facts.product_id != product),
        });
        let owner = variant.is_some() && self.variants_of(product).len() > 1;
        let own_product = owner && self.products_with_sku(sku).contains(&product);
        if other_product || other_variant || own_product {
            Err(duplicate("sku"))
        } else {
            Ok(())
        }
    }

    pub(crate) fn products_with_sku(&mut self, sku: &str) -> Vec<u64> {
        let products = &self.products;
        let mut ids = self
            .product_skus
            .find(sku, products.rows().map(|facts| (&*facts.sku, facts.id)));
        ids.retain(|id| products.facts(*id).is_some_and(|facts| same(&facts.sku, sku)));
        ids
    }

    pub(crate) fn variants_with_sku(&mut self, sku: &str) -> Vec<u64> {
        let variants = &self.variants;
        let mut ids = self
            .variant_skus
            .find(sku, variants.rows().map(|facts| (&*facts.sku, facts.id)));
        ids.retain(|id| variants.facts(*id).is_some_and(|facts| same(&facts.sku, sku)));
        ids
    }
}

fn same(left: &str, right: &str) -> bool {
    left.to_lowercase() == right.to_lowercase()
}
