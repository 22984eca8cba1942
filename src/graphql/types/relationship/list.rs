//! Lists of relationships, by their positions of now or of another moment.

use std::sync::Arc;

use async_graphql::Context;
use entity::relationship::Model;

use super::filter::RelationshipSearch;
use super::{Relationship, RelationshipConnection, RelationshipEdge};
use crate::error::Result;
use crate::graphql::connection::arguments::PageArguments;
use crate::graphql::connection::{Cursor, Length};
use crate::graphql::inputs::moment::moment;
use crate::graphql::loaders::relationship::{Below, Relationships};
use crate::graphql::loaders::{history::HistoryOf, loaders, reader};
use crate::graphql::output::direct_json::Direct;
use crate::graphql::pagination::Page;
use crate::model::cursor::{PageCursor, SortKey};
use crate::model::moment::Moment;
use crate::model::{edtf, position as fold};
use crate::read_model::Order;

/// A page of relationships below a parent, by their position of now or of a moment.
pub async fn list(
    ctx: &Context<'_>,
    below: Below,
    search: RelationshipSearch,
    page: PageArguments,
) -> Result<Direct<RelationshipConnection>> {
    let moment = moment(search.at.as_ref())?;
    let list = search.resolve(ctx, below)?;
    let page = page.page(is_text(list.order))?;
    if let Some(moment) = moment {
        return list_at(ctx, list, &moment, &page).await;
    }
    let slice = list.page(reader(ctx), &page);
    let edges = slice.map(|row| RelationshipEdge {
        cursor: Cursor::Page(list.place(&row)),
        node: Direct(Relationship(row)),
    });
    let length = Length::Relationships(Box::new(list));
    Ok(Direct(RelationshipConnection::new(edges, length)))
}

/// Positions of another moment are in no column: the candidates' histories are folded and paged in memory.
async fn list_at(
    ctx: &Context<'_>,
    mut list: Relationships,
    moment: &Moment,
    page: &Page,
) -> Result<Direct<RelationshipConnection>> {
    let (stances, disputed) = (list.stances.take(), list.disputed.take());
    let (order, way) = (list.order, list.way);
    let rows = list.whole(reader(ctx));
    let ids = rows.iter().map(|row| HistoryOf(row.id));
    let histories = loaders(ctx).load_many(ids).await?;
    let mut placed: Vec<(PageCursor, Arc<Model>)> = Vec::new();
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
            placed.push((place_at(&row, &position, order), row));
        }
    }
    placed.sort_by(|(a, _), (b, _)| way.compare((&a.key, a.id), (&b.key, b.id)));
    let length = Length::Known(placed.len());
    let slice = page.pick(placed, way, |(place, _)| place.clone());
    let edges = slice.map(|(place, row)| RelationshipEdge {
        cursor: Cursor::Page(place),
        node: Direct(Relationship(row)),
    });
    Ok(Direct(RelationshipConnection::new(edges, length)))
}

/// Whether places in an order are named by text.
fn is_text(order: Order) -> bool {
    match order {
        Order::RequestedState | Order::Since => true,
        Order::Stance | Order::Changed => false,
    }
}

fn place_at(row: &Model, position: &fold::Position, order: Order) -> PageCursor {
    let since_day = || {
        let since = position
            .since
            .as_deref()
            .and_then(|since| edtf::Edtf::parse(since).ok());
        let day = since.and_then(|since| since.latest());
        day.map_or_else(String::new, |day| day.to_string())
    };
    let key = match order {
        Order::RequestedState => SortKey::Text(row.requested_state.clone()),
        Order::Stance => SortKey::Number(position.stance.rank().into()),
        Order::Since => SortKey::Text(since_day()),
        Order::Changed => SortKey::Number(row.changed_at),
    };
    PageCursor { key, id: row.id }
}
