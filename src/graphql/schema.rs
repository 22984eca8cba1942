//! The executable schema: its root types are merged from the modules of `types`, and it is built from a database, the
//! ledger writer and the feed.

use async_graphql::{
    MergedObject, Request, SDLExportOptions, SchemaBuilder, dataloader::DataLoader,
};
use futures_util::FutureExt;

use std::sync::Arc;
use std::time::Duration;

use super::description::DESCRIPTION;
use super::extensions::batch_scheduling::BatchScheduling;
use super::live_directive::{LiveDirective, describe_arguments};
use super::loaders::LoaderContext;
use super::public_url::PublicUrl;
use super::types::webhook::WebhookAdministration;
use super::validation::prepared_document::{PreparedDocument, ValidationOnly};
use super::{extensions, types};
use crate::config::limits::Limits;
use crate::feed::Feed;
use crate::ledger::writer::LedgerHandle;

/// Reads. No token is required.
#[derive(Default, MergedObject)]
pub struct Query(
    types::node::NodeQuery,
    types::country::query::CountryQuery,
    types::country::resolve::CountryResolution,
    types::region::RegionQuery,
    types::organisation::OrganisationQuery,
    types::initiative::InitiativeQuery,
    types::relationship::RelationshipQuery,
    types::statement::StatementQuery,
    types::statement::recall::RecallQuery,
    types::stance_change::StanceChangeQuery,
    types::source::SourceQuery,
    types::search::SearchQuery,
    types::ledger::LedgerQuery,
    types::viewer::ViewerQuery,
    types::webhook::WebhookQuery,
);

/// Writes to the ledger with the role `EDITOR`, which return when their entry is on disk; and the administration of webhooks
/// with the role `ADMIN`, which is not part of the ledger.
/// Errors common to all: `UNAUTHENTICATED`, `FORBIDDEN`; `CONFLICT` if an idempotency key is reused with different content.
/// After `TIMEOUT`, `UNAVAILABLE` or `INTERNAL_SERVER_ERROR` the entry may have been recorded: retry with the same
/// idempotency key. After any other error, the mutation wrote nothing.
#[derive(Default, MergedObject)]
pub struct Mutation(
    types::initiative::mutation::InitiativeMutation,
    types::source::mutation::SourceMutation,
    types::statement::mutation::StatementMutation,
    types::review::mutation::ReviewMutation,
    types::webhook::mutation::WebhookMutation,
);

pub type Subscription = types::subscription::FeedSubscription;
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// Builds the schema with its extensions and the data that its resolvers use.
pub fn build(
    webhooks: WebhookAdministration,
    ledger: LedgerHandle,
    feed: Feed,
    context: LoaderContext,
    public_url: PublicUrl,
    limits: &Limits,
    introspection: bool,
) -> Schema {
    // A subscription starts outside of any execution, so no `BatchScheduling` drives its loaders.
    let subscription_loaders = DataLoader::new(context.clone(), tokio::spawn).delay(Duration::ZERO);
    let types = if introspection {
        builder()
    } else {
        // "Did you mean" suggestions would reveal names of the schema.
        builder().disable_suggestions()
    };
    types
        .extension(extensions::error_masking::ErrorMasking)
        .extension(extensions::authorization::RootFieldAuthorization { introspection })
        .extension(extensions::response_shape::ResponseShape)
        .extension(extensions::spec_validation::SpecValidation)
        .extension(BatchScheduling(context))
        .data(subscription_loaders)
        .data(public_url)
        .data(limits.document.clone())
        .data(ledger)
        .data(webhooks)
        .data(feed)
        .finish()
}

/// Runs the library's rules on a document, without variables and without an execution; the document stores the result.
pub fn validate_document(schema: &Schema, document: &Arc<PreparedDocument>) {
    if document.library_errors().is_none() {
        let request = Request::new(document.text())
            .data(Arc::clone(document))
            .data(ValidationOnly);
        // Ready at once: validation waits for nothing. The response is empty.
        drop(schema.execute(request).now_or_never());
    }
}

/// The schema in the schema definition language, as committed in `schema.graphql`.
pub fn sdl() -> String {
    let described = format!("\n\"\"\"\n{DESCRIPTION}\n\"\"\"\nschema {{");
    sdl_without_description().replacen("\nschema {", &described, 1)
}

/// The same without the description of the schema, which the parser of async-graphql 7.2.1 rejects.
pub fn sdl_without_description() -> String {
    let options = SDLExportOptions::new().include_specified_by();
    describe_arguments(&builder().finish().sdl_with_options(options))
}

pub(super) fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(
        Query::default(),
        Mutation::default(),
        Subscription::default(),
    )
    .directive(LiveDirective)
}
