//! The schema: one file per noun, with its type and its root fields; here they are merged.
//!
//! Nothing outside this folder and its glue in `http` knows of GraphQL.

pub mod errors;

pub mod shape;

pub mod scalars;

pub mod moment;

pub mod order;

pub mod string_filter;

pub mod paging;

pub mod page_arguments;

pub mod connection;

pub mod loaders;

pub mod node;

pub mod country;

pub mod country_facts;

pub mod country_filter;

pub mod country_query;

pub mod region;

pub mod language;

pub mod initiative;

pub mod relationship;

pub mod relationship_filter;

pub mod relationship_list;

pub mod stance;

pub mod position;

pub mod statement;

pub mod evidence;

pub mod source;

pub mod change;

pub mod change_filter;

pub mod tally;

pub mod tally_history;

pub mod search;

pub mod ledger;

pub mod viewer;

use async_graphql::{EmptyMutation, EmptySubscription, MergedObject, SDLExportOptions};

use crate::database::Database;
use loaders::{Reader, batching::Batching};

/// Where this service is on the web, without a slash at the end; for permanent links.
pub struct Site(String);

impl Site {
    pub fn new(public_url: &str) -> Self {
        Self(public_url.trim_end_matches('/').to_owned())
    }

    pub fn url(&self) -> &str {
        &self.0
    }
}

/// Everything that can be read.
#[derive(Default, MergedObject)]
pub struct Query(
    node::NodeQuery,
    country_query::CountryQuery,
    region::RegionQuery,
    initiative::InitiativeQuery,
    relationship::RelationshipQuery,
    statement::StatementQuery,
    change::StanceChangeQuery,
    source::SourceQuery,
    search::SearchQuery,
    ledger::LedgerQuery,
    viewer::ViewerQuery,
);

pub type Mutation = EmptyMutation;
pub type Subscription = EmptySubscription;
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// Levels of selection; the introspection of common tools needs 13.
const DEPTH: usize = 20;
/// Fields times the items that their lists can have; see `paging::cost`.
const COMPLEXITY: usize = 200_000;

/// The schema over a database.
pub fn build(database: Database, site: Site) -> Schema {
    async_graphql::Schema::build(Query::default(), EmptyMutation, EmptySubscription)
        .extension(errors::Mask)
        .extension(shape::Shape)
        .extension(Batching(Reader::new(database)))
        .data(site)
        .limit_depth(DEPTH)
        .limit_complexity(COMPLEXITY)
        .finish()
}

/// The schema in GraphQL's own language, as it is committed.
pub fn sdl() -> String {
    let schema = async_graphql::Schema::new(Query::default(), EmptyMutation, EmptySubscription);
    schema.sdl_with_options(SDLExportOptions::new().include_specified_by())
}
