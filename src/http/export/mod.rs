//! Exports: the data as files for other programs. Each file is one consistent state of the ledger, and is streamed: a page is
//! read, charged and sent before the next one, so a slow reader holds neither memory nor a database connection.

mod agreements;
mod changes;
mod column;
pub(super) mod csv_lines;
mod data_package;
mod dyad_days;
mod file;
mod ledger_file;
mod matrix;
mod parquet_columns;
mod parquet_file;
mod relationships;
mod response;
pub(super) mod snapshots;
mod sources;
mod sqlite_file;
mod statements;
mod table;
mod table_file;

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, Uri},
    response::{IntoResponse, Response},
};

use super::{
    middleware::{authentication::authenticate, request_context::RequestContext},
    queries::{error::QueryError, parameters::Parameters, pinned_query::PinnedQuery},
    response::error::HttpError,
    state::AppState,
};
use file::Resource;
use response::Representation;
use table::Table;

/// In the order of the documentation.
static TABLES: [&Table; 6] = [
    &relationships::TABLE,
    &statements::TABLE,
    &changes::TABLE,
    &dyad_days::TABLE,
    &agreements::TABLE,
    &sources::TABLE,
];

/// `/export/{name}`.
pub(super) async fn file(
    State(app): State<Arc<AppState>>,
    Extension(context): Extension<RequestContext>,
    Path(name): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let response = async {
        let resource = Resource::find(&name).ok_or_else(HttpError::not_found)?;
        let parameters = Parameters::parse(&uri, resource.parameters())?;
        respond(&app, &context, resource, parameters, &headers).await
    };
    response.await.unwrap_or_else(IntoResponse::into_response)
}

async fn respond(
    app: &Arc<AppState>,
    context: &RequestContext,
    resource: Resource,
    parameters: Parameters,
    headers: &HeaderMap,
) -> Result<Response, QueryError> {
    let requester = authenticate(app, headers, context).await?;
    let is_anonymous = requester.caller.name.is_none();
    let query = PinnedQuery::new(app, requester, parameters.pin.as_ref());
    let representation = Representation::new(resource, &query, &parameters, is_anonymous);
    // An entry that does not exist yet is an error, even for a client that names a tag of it.
    if query.seq <= app.feed.head()
        && let Some(not_modified) = representation.not_modified(headers)
    {
        return Ok(not_modified);
    }
    let file = resource.open(query, parameters);
    representation.stream(file).await
}
