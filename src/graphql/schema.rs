//! The schema: the roots merged from the nouns, built over a database, its writer and its feed.

use async_graphql::{MergedObject, SDLExportOptions, SchemaBuilder, dataloader::DataLoader};

use std::time::Duration;

use super::extensions::batch_scheduling::Batching;
use super::loaders::Reader;
use super::{extensions, types};
use crate::config::limits::Limits;
use crate::database::Database;
use crate::feed::Feed;
use crate::ledger::writer::Ledger;

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
    types::node::NodeQuery,
    types::country::query::CountryQuery,
    types::region::RegionQuery,
    types::initiative::InitiativeQuery,
    types::relationship::RelationshipQuery,
    types::statement::StatementQuery,
    types::stance_change::StanceChangeQuery,
    types::source::SourceQuery,
    types::search::SearchQuery,
    types::ledger::LedgerQuery,
    types::viewer::ViewerQuery,
);

/// Everything that can be written.
#[derive(Default, MergedObject)]
pub struct Mutation(
    types::initiative::mutation::InitiativeMutation,
    types::source::mutation::SourceMutation,
    types::statement::mutation::StatementMutation,
);

pub type Subscription = types::subscription::FeedSubscription;
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
        builder()
    } else {
        // A guess at a name would be told the names that come near it.
        builder().disable_suggestions()
    };
    types
        .extension(extensions::error_masking::Mask)
        .extension(extensions::authorization::Access { introspection })
        .extension(extensions::response_shape::Shape)
        .extension(extensions::spec_validation::Rules)
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
    builder()
        .finish()
        .sdl_with_options(SDLExportOptions::new().include_specified_by())
}

pub(super) fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(
        Query::default(),
        Mutation::default(),
        Subscription::default(),
    )
}
