//! The schema: one file per noun, with its type and its root fields; here they are merged.
//!
//! Nothing outside this folder and its glue in `http` knows of GraphQL.

pub mod errors;

pub mod access;

pub mod cost;

pub mod shape;

pub mod document;

pub mod direct;

pub mod json;

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

pub mod recorded;

pub mod initiative_mutation;

pub mod source_mutation;

pub mod reads;

pub mod resume;

pub mod subscription;

use async_graphql::{MergedObject, SDLExportOptions, SchemaBuilder, dataloader::DataLoader};

use std::time::Duration;

use crate::config::limits::Limits;
use crate::database::Database;
use crate::feed::Feed;
use crate::ledger::writer::Ledger;
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

/// Everything that can be written.
#[derive(Default, MergedObject)]
pub struct Mutation(
    initiative_mutation::InitiativeMutation,
    source_mutation::SourceMutation,
    statement::mutation::StatementMutation,
);

pub type Subscription = subscription::FeedSubscription;
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// The schema over a database, its writer and its feed.
pub fn build(
    database: Database,
    ledger: Ledger,
    feed: Feed,
    site: Site,
    limits: &Limits,
    introspection: bool,
) -> Schema {
    let reader = Reader::new(database, &feed, limits.memory.changes);
    // A subscription begins outside any execution, where no loaders of its own are driven yet.
    let standing = DataLoader::new(reader.clone(), tokio::spawn).delay(Duration::ZERO);
    let types = if introspection {
        types()
    } else {
        // A guess at a name would be told the names that come near it.
        types().disable_suggestions()
    };
    types
        .extension(errors::Mask)
        .extension(access::Access { introspection })
        .extension(shape::Shape)
        .extension(document::Rules)
        .extension(Batching(reader))
        .data(standing)
        .data(site)
        .data(limits.document.clone())
        .data(ledger)
        .data(feed)
        .finish()
}

/// The schema in GraphQL's own language, as it is committed.
pub fn sdl() -> String {
    types()
        .finish()
        .sdl_with_options(SDLExportOptions::new().include_specified_by())
}

fn types() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(
        Query::default(),
        Mutation::default(),
        Subscription::default(),
    )
}
