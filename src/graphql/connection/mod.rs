//! Connections (Relay Cursor Connections): a page of a list with cursors and total count, and the macro that declares a
//! connection type with its edge.

pub mod arguments;

use std::borrow::Cow;
use std::fmt;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{Context, ContextSelectionSet, OutputType, Positioned, ServerResult, Value};
use futures_util::future::BoxFuture;

use super::loaders::list::{CountOf, KeysetList};
use super::loaders::{
    Loaders, filtered_changes::FilteredChanges, filtered_statements::FilteredStatements,
    loader_context, loaders, page::PageOf, positions::PositionList, relationship::RelationshipList,
};
use super::pagination::{Page, PageSlice};
use crate::error::Result;
use crate::graphql::output::direct_json::ready::ready_text;
use crate::model::cursor::{LedgerCursor, PageCursor, SortKey};

/// The length of a list, computed only if `totalCount` is selected.
pub enum Length {
    Relationships(Box<RelationshipList>),
    Positions(Box<PositionList>),
    FilteredStatements(Box<FilteredStatements>),
    FilteredChanges(Box<FilteredChanges>),
    Lazy(Box<Count>),
}

type Count = dyn for<'l> Fn(&'l Loaders) -> BoxFuture<'l, Result<i64>> + Send + Sync;

impl Length {
    /// Counts a list in the database.
    pub fn lazy<L: KeysetList>(parent: Option<SortKey>, list: L) -> Self {
        let count = CountOf { parent, list };
        Self::Lazy(Box::new(move |loaders| {
            let count = count.clone();
            Box::pin(async move { Ok(loaders.load_one(count).await?.unwrap_or(0)) })
        }))
    }

    pub async fn count(&self, ctx: &Context<'_>) -> Result<i64> {
        match self {
            Self::Relationships(list) => {
                Ok(saturating_i64(list.load_count(loader_context(ctx)).await?))
            }
            Self::Positions(list) => Ok(saturating_i64(list.count(loader_context(ctx)).await?)),
            Self::FilteredStatements(list) => {
                let ids = list.all(loader_context(ctx)).await?;
                Ok(saturating_i64(ids.len()))
            }
            Self::FilteredChanges(list) => {
                Ok(saturating_i64(list.count(loader_context(ctx)).await?))
            }
            Self::Lazy(count) => count(loaders(ctx)).await,
        }
    }
}

fn saturating_i64(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// The cursor of an item, formatted only if it is selected.
pub enum Cursor {
    Page(PageCursor),
    Ledger(LedgerCursor),
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page(cursor) => cursor.fmt(f),
            Self::Ledger(cursor) => cursor.fmt(f),
        }
    }
}

impl OutputType for Cursor {
    fn type_name() -> Cow<'static, str> {
        <String as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <String as OutputType>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        _: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        Ok(Value::String(self.to_string()))
    }
}

ready_text!(Cursor: |cursor| &cursor.to_string(),);

/// One page of a list, by parent, and the length of the list.
pub async fn load_page<L: KeysetList>(
    ctx: &Context<'_>,
    parent: Option<SortKey>,
    list: L,
    page: Page,
) -> Result<(
    PageSlice<<L::Entity as sea_orm::EntityTrait>::Model>,
    Length,
)> {
    let length = Length::lazy(parent.clone(), list.clone());
    let slice = loaders(ctx).load_one(PageOf { parent, list, page }).await?;
    let slice = slice.expect("the loader returns a page for every key");
    Ok((slice, length))
}

/// Declares a connection and its edge: `connection!(/// What it lists. Name, Edge of Node);`
macro_rules! connection {
    ($(#[$doc:meta])* $name:ident, $edge:ident of $node:ty) => {
        $crate::graphql::connection::connection_without_edge!($(#[$doc])* $name, $edge of $node);

        /// An item with its cursor.
        #[derive(async_graphql::SimpleObject)]
        pub struct $edge {
            /// Opaque cursor of this item, for `after` and `before`.
            pub cursor: $crate::graphql::connection::Cursor,
            /// The item.
            pub node: $node,
        }

        $crate::graphql::output::direct_json::ready::ready_fields!($edge {
            "cursor" => cursor,
            "node" => node of $node,
        });
    };
}

/// Declares a connection whose edge has more than cursor and node.
macro_rules! connection_without_edge {
    ($(#[$doc:meta])* $name:ident, $edge:ident of $node:ty) => {
        $(#[$doc])*
        pub struct $name {
            page: $crate::graphql::pagination::PageSlice<$edge>,
            length: $crate::graphql::connection::Length,
        }

        impl $name {
            pub fn new(
                page: $crate::graphql::pagination::PageSlice<$edge>,
                length: $crate::graphql::connection::Length,
            ) -> Self {
                Self { page, length }
            }
        }

        $(#[$doc])*
        #[async_graphql::Object]
        impl $name {
            /// Information about this page.
            async fn page_info(
                &self,
            ) -> $crate::graphql::output::direct_json::DirectJson<$crate::graphql::pagination::PageInfo> {
                $crate::graphql::output::direct_json::DirectJson($crate::graphql::pagination::PageInfo {
                    has_previous_page: self.page.has_previous,
                    has_next_page: self.page.has_next,
                    start_cursor: self.page.rows.first().map(|edge| edge.cursor.to_string()),
                    end_cursor: self.page.rows.last().map(|edge| edge.cursor.to_string()),
                })
            }

            /// Items of the page with their cursors, in list order.
            async fn edges(
                &self,
            ) -> $crate::graphql::output::direct_json::DirectJsonList<$crate::graphql::output::direct_json::DirectJson<&$edge>> {
                self.page
                    .rows
                    .iter()
                    .map($crate::graphql::output::direct_json::DirectJson)
                    .collect()
            }

            /// Items of the page, in list order.
            async fn nodes(&self) -> $crate::graphql::output::direct_json::DirectJsonList<&$node> {
                self.page.rows.iter().map(|edge| &edge.node).collect()
            }

            /// Total number of items in the list: all pages, with the filter applied. It is computed only if selected.
            async fn total_count(
                &self,
                ctx: &async_graphql::Context<'_>,
            ) -> $crate::error::Result<i64> {
                self.length.count(ctx).await
            }
        }

        $crate::graphql::output::direct_json::ready::ready_fields!($name {
            "pageInfo" => page_info of $crate::graphql::output::direct_json::DirectJson<$crate::graphql::pagination::PageInfo>,
            "edges" => edges of $crate::graphql::output::direct_json::DirectJsonList<$crate::graphql::output::direct_json::DirectJson<&$edge>>,
            "nodes" => nodes of $crate::graphql::output::direct_json::DirectJsonList<&$node>,
        });
    };
}

pub(super) use {connection, connection_without_edge};
