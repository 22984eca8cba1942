//! Initiatives by slug, from the read model.

use std::sync::Arc;

use async_graphql::Context;
use entity::initiative::Model;

use super::loader_context;
use crate::cache::tag::CacheTag;
use crate::error::{Error, Result};

pub fn find_by_slug(ctx: &Context<'_>, slug: &str) -> Option<Arc<Model>> {
    let context = loader_context(ctx);
    let initiative = context
        .read_model()
        .read()
        .find_initiative_by_slug(slug)
        .cloned();
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
