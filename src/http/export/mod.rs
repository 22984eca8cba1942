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
mod sent_file;
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
    http::{Method, request::Parts},
    response::{IntoResponse, Response},
};

use super::{
    middleware::{authentication::authenticate, request_context::RequestContext},
    queries::{
        error::QueryError,
        parameters::Parameters,
        pinned_query::{PinnedQuery, RateLimit},
    },
    response::{error::HttpError, etag},
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
    head: Parts,
) -> Response {
    let response = async {
        let resource = Resource::find(&name).ok_or_else(HttpError::not_found)?;
        let parameters = Parameters::parse(&head.uri, resource.parameters())?;
        respond((&app, &context), &head, resource, parameters).await
    };
    response.await.unwrap_or_else(IntoResponse::into_response)
}

async fn respond(
    (app, context): (&Arc<AppState>, &RequestContext),
    head: &Parts,
    resource: Resource,
    parameters: Parameters,
) -> Result<Response, QueryError> {
    let headers = &head.headers;
    let requester = authenticate(app, headers, context).await?;
    let is_anonymous = requester.caller.name.is_none();
    let query = PinnedQuery::new(app, requester, parameters.pin.as_ref());
    let representation = Representation::new(resource, &query, &parameters, is_anonymous);
    if representation.is_known_to(headers) {
        query.check_pin(RateLimit::Reject).await?;
        return Ok(representation.not_modified());
    }
    let mut file = resource.open(query, parameters);
    let names_any = etag::names_any(headers);
    if names_any || head.method == Method::HEAD {
        file.check().await?;
        return Ok(if names_any {
            representation.not_modified()
        } else {
            representation.without_file()
        });
    }
    representation.stream(file).await
}
