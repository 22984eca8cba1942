//! Initiatives by slug, from the read model.

use std::sync::Arc;

use async_graphql::Context;
use entity::initiative::Model;

use super::reader;
use crate::cache::tag::Tag;
use crate::error::{Error, Result};

pub fn find_by_slug(ctx: &Context<'_>, slug: &str) -> Option<Arc<Model>> {
    let reader = reader(ctx);
    let found = reader.board().read().find_initiative_by_slug(slug).cloned();
    if found.is_none() {
        // It may come.
        reader.note([Tag::Everything]);
    }
    found
}

/// The id of the initiative that an input names by its slug.
pub fn known_initiative(ctx: &Context<'_>, slug: &str, field: &str) -> Result<i64> {
    let row = find_by_slug(ctx, slug);
    let row = row.ok_or_else(|| Error::unknown(field, "initiative", slug))?;
    Ok(row.id)
}
