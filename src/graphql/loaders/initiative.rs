//! Initiatives, from the read model.

use std::sync::Arc;

use async_graphql::Context;
use entity::initiative::Model;

use super::{LoaderContext, loader_context};
use crate::cache::tag::CacheTag;
use crate::error::{Error, Result};

impl LoaderContext {
    /// All initiatives, in the order in which they were opened.
    pub fn list_initiatives(&self) -> Vec<Arc<Model>> {
        self.record_tags([CacheTag::Any]);
        let rows = self.read_model().read();
        let all = rows.initiatives().filter(|row| self.includes(row.id));
        all.cloned().collect()
    }

    /// The initiative with an id, unless the feed has not reached it yet.
    pub fn find_initiative(&self, id: i64) -> Option<Arc<Model>> {
        let rows = self.read_model().read();
        let row = rows.find_initiative(id);
        row.filter(|row| self.includes(row.id)).cloned()
    }
}

pub fn find_by_slug(ctx: &Context<'_>, slug: &str) -> Option<Arc<Model>> {
    let context = loader_context(ctx);
    let rows = context.read_model().read();
    let initiative = rows.find_initiative_by_slug(slug);
    let initiative = initiative.filter(|row| context.includes(row.id)).cloned();
    drop(rows);
    if initiative.is_none() {
        // It may be opened later.
        context.record_tags([CacheTag::Any]);
    }
    initiative
}

/// The id of the initiative with the slug in an input.
/// # Errors
/// `Error::NotFound` if there is none.
pub fn initiative_id_by_slug(ctx: &Context<'_>, slug: &str, field: &str) -> Result<i64> {
    let row = find_by_slug(ctx, slug);
    let row = row.ok_or_else(|| Error::not_found_input(field, "initiative", slug))?;
    Ok(row.id)
}
