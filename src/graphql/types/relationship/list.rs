//! Pages of relationships, by their current position (from the read model) or by their position at a moment (computed
//! from their histories).

use std::sync::Arc;

use async_graphql::Context;
use entity::relationship::Model;

use super::filter::RelationshipArguments;
use super::{Relationship, RelationshipConnection, RelationshipEdge};
use crate::error::Result;
use crate::graphql::connection::arguments::PageArguments;
use crate::graphql::connection::{Cursor, Length};
use crate::graphql::inputs::moment::moment;
use crate::graphql::loaders::relationship::{RelationshipList, RelationshipParent};
use crate::graphql::loaders::{history::HistoryOf, loader_context, loaders};
use crate::graphql::output::direct_json::DirectJson;
use crate::graphql::pagination::Page;
use crate::model::cursor::{PageCursor, SortKey};
use crate::model::moment::Moment;
use crate::model::{edtf, position as fold};
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
        return load_page_at(ctx, list, &moment, &page).await;
    }
    let slice = list.page(loader_context(ctx), &page);
    let edges = slice.map(|row| RelationshipEdge {
        cursor: Cursor::Page(list.sort_position(&row)),
        node: DirectJson(Relationship(row)),
    });
    let length = Length::Relationships(Box::new(list));
    Ok(DirectJson(RelationshipConnection::new(edges, length)))
}

/// No column stores past positions, so the candidates' histories are evaluated, filtered, sorted and paged in memory.
async fn load_page_at(
    ctx: &Context<'_>,
    mut list: RelationshipList,
    moment: &Moment,
    page: &Page,
) -> Result<DirectJson<RelationshipConnection>> {
    let (stances, disputed) = (list.stances.take(), list.disputed.take());
    let (order, direction) = (list.order, list.direction);
    let rows = list.list_rows(loader_context(ctx));
    let ids = rows.iter().map(|row| HistoryOf(row.id));
    let histories = loaders(ctx).load_many(ids).await?;
    let mut matches: Vec<(PageCursor, Arc<Model>)> = Vec::new();
    for row in rows {
        let Some(history) = histories.get(&HistoryOf(row.id)) else {
            continue;
        };
        let position = fold::position(history, moment);
        if !fold::visible(history, moment).is_empty()
            && stances
                .as_ref()
                .is_none_or(|all| all.contains(&position.stance))
            && disputed.is_none_or(|is| position.disputed == is)
        {
            matches.push((cursor_at(&row, &position, order), row));
        }
    }
    matches.sort_by(|(a, _), (b, _)| direction.compare((&a.key, a.id), (&b.key, b.id)));
    let length = Length::Known(matches.len());
    let slice = page.slice_of(matches, direction, |(cursor, _)| cursor.clone());
    let edges = slice.map(|(cursor, row)| RelationshipEdge {
        cursor: Cursor::Page(cursor),
        node: DirectJson(Relationship(row)),
    });
    Ok(DirectJson(RelationshipConnection::new(edges, length)))
}

/// Whether the sort key of an order is text.
fn has_text_key(order: RelationshipSort) -> bool {
    match order {
        RelationshipSort::RequestedState | RelationshipSort::Since => true,
        RelationshipSort::Stance | RelationshipSort::Changed => false,
    }
}

fn cursor_at(row: &Model, position: &fold::Position, order: RelationshipSort) -> PageCursor {
    let since_day = || {
        let since = position
            .since
            .as_deref()
            .and_then(|since| edtf::Edtf::parse(since).ok());
        let day = since.and_then(|since| since.latest());
        day.map_or_else(String::new, |day| day.to_string())
    };
    let key = match order {
        RelationshipSort::RequestedState => SortKey::Text(row.requested_state.clone()),
        RelationshipSort::Stance => SortKey::Number(position.stance.rank().into()),
        RelationshipSort::Since => SortKey::Text(since_day()),
        RelationshipSort::Changed => SortKey::Number(row.changed_at),
    };
    PageCursor { key, id: row.id }
}
