//! Pages of relationships, by their current position or by their position at a moment.

use async_graphql::Context;

use super::filter::RelationshipArguments;
use super::{Relationship, RelationshipConnection, RelationshipEdge};
use crate::error::Result;
use crate::graphql::connection::arguments::PageArguments;
use crate::graphql::connection::{Cursor, Length};
use crate::graphql::inputs::moment::moment;
use crate::graphql::loaders::loader_context;
use crate::graphql::loaders::positions::PositionList;
use crate::graphql::loaders::relationship::RelationshipParent;
use crate::graphql::output::direct_json::DirectJson;
use crate::graphql::pagination::Page;
use crate::model::moment::Moment;
use crate::read_model::RelationshipSort;

/// A page of the relationships of a parent, by their current position or by their position at `search.at`.
pub async fn load_relationship_page(
    ctx: &Context<'_>,
    parent: RelationshipParent,
    search: RelationshipArguments,
    page: PageArguments,
) -> Result<DirectJson<RelationshipConnection>> {
    let moment = moment(search.at.as_ref())?;
    let list = search.resolve(ctx, parent)?;
    let page = page.page(has_text_key(list.order))?;
    if let Some(moment) = moment {
        // Boxed, so that a page of now does not have the size of its state.
        let list = PositionList::new(list, moment);
        return Box::pin(load_page_at(ctx, list, &page)).await;
    }
    let slice = list.load_page(loader_context(ctx), &page).await?;
    let reviews = loader_context(ctx).reviews_at(&Moment::default());
    let edges = slice.map(|row| RelationshipEdge {
        cursor: Cursor::Page(list.sort_position(&row, &reviews)),
        node: DirectJson(Relationship(row)),
        position: None,
    });
    drop(reviews);
    let length = Length::Relationships(Box::new(list));
    Ok(DirectJson(RelationshipConnection::new(edges, length)))
}

async fn load_page_at(
    ctx: &Context<'_>,
    list: PositionList,
    page: &Page,
) -> Result<DirectJson<RelationshipConnection>> {
    let slice = list.page(loader_context(ctx), page).await?;
    let edges = slice.map(|row| RelationshipEdge {
        cursor: Cursor::Page(list.cursor(&row)),
        node: DirectJson(Relationship(row.row)),
        position: Some(row.position),
    });
    let length = Length::Positions(Box::new(list));
    Ok(DirectJson(RelationshipConnection::new(edges, length)))
}

/// Whether the sort key of an order is text.
fn has_text_key(order: RelationshipSort) -> bool {
    match order {
        RelationshipSort::RequestedState | RelationshipSort::Since | RelationshipSort::Reviewed => {
            true
        }
        RelationshipSort::Stance | RelationshipSort::Changed => false,
    }
}
