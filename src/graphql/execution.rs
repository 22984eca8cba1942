//! Execution of queries: every object is written as JSON while it is resolved, without the executor of the library.
//!
//! async-graphql is the schema, the validator and the resolvers' context. Its executor copies the document for each request,
//! calls every extension through a boxed future and makes a map of each object. Here the merged selections of the document
//! ([`PreparedQuery`]) are read in place, and what extensions do is done in order. Introspection, mutations and subscriptions
//! are left to the library.
//!
//! The context of a resolver can be made with functions that the library exports without documentation, so its version is
//! pinned exactly. Two of its parts have no constructor: they are taken from an execution when the server starts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use async_graphql::extensions::Extensions;
use async_graphql::parser::types::{OperationDefinition, OperationType};
use async_graphql::{
    Context, Data, EmptyMutation, EmptySubscription, IntrospectionMode, Object, Pos, Positioned,
    QueryEnv, QueryEnvInner, Request, Response, SchemaEnv,
};
use futures_util::FutureExt;

use super::extensions::authorization::RootFieldAuthorization;
use super::extensions::batch_scheduling::{EnvironmentSlot, error_response, ledger_extension};
use super::extensions::error_masking::mask_response;
use super::loaders::LoaderContext;
use super::loaders::batches::Batches;
use super::loaders::work_budget::WorkBudget;
use super::output::direct_json::DirectOutput;
use super::output::direct_json::ready::ReadyFields;
use super::request_data::find_data;
use super::schema::{Query, Schema};
use super::validation::prepared_document::PreparedDocument;
use super::validation::prepared_query::PreparedQuery;
use super::validation::{find_operation, sort_and_truncate};
use crate::cache::recorder::TagRecorder;
use crate::model::pin::PinRequest;
use crate::model::rate_limit_status::RateLimitStatus;
use crate::model::request_id::RequestId;
use crate::model::role::Caller;

/// No root field waits for nothing.
impl ReadyFields for Query {}

/// Executes queries.
pub struct QueryExecutor {
    environment: SchemaEnv,
    /// Those of a schema without any.
    no_extensions: Extensions,
    no_data: Arc<Data>,
    context: LoaderContext,
    authorization: RootFieldAuthorization,
}

/// A request that [`QueryExecutor`] can execute, any number of times.
pub struct DirectQuery {
    query: PreparedQuery,
    caller: Caller,
    request_id: Option<RequestId>,
    rate_limit: Option<RateLimitStatus>,
    recorder: Option<TagRecorder>,
    work: WorkBudget,
}

impl QueryExecutor {
    pub fn new(schema: &Schema, context: LoaderContext, introspection: bool) -> Self {
        let slot = EnvironmentSlot::default();
        let request = Request::new("{ __typename }").data(slot.clone());
        drop(schema.execute(request).now_or_never());
        let environment = slot.0.get().expect("the schema executes a query").clone();
        Self {
            environment,
            no_extensions: Probe::find_extensions(),
            no_data: Arc::default(),
            context,
            authorization: RootFieldAuthorization { introspection },
        }
    }

    /// Prepares a request: `None` if the library must execute it, the response if it cannot be executed. Its document is
    /// validated.
    pub fn prepare(&self, request: &Request) -> Option<Result<DirectQuery, Response>> {
        let document = PreparedDocument::of_request(request)?;
        let name = request.operation_name.as_deref();
        let operation = find_operation(document.parsed(), name)?;
        if operation.ty != OperationType::Query || !document.is_valid() {
            return None;
        }
        let caller = find_data::<Caller>(request)
            .cloned()
            .unwrap_or_else(Caller::anonymous);
        let authorized = self
            .authorization
            .authorize(document.parsed(), name, &caller);
        if let Err(error) = authorized {
            return Some(Err(mask_response(Response::from_errors(vec![error]), None)));
        }
        let registry = &self.environment.registry;
        let query = PreparedQuery::new(document, name, &request.variables, registry)?;
        Some(match query {
            Ok(query) => Ok(DirectQuery {
                query,
                caller,
                request_id: find_data(request).cloned(),
                rate_limit: find_data(request).copied(),
                recorder: find_data(request).cloned(),
                work: find_data(request).cloned().unwrap_or_default(),
            }),
            Err(errors) => {
                let errors = Response::from_errors(sort_and_truncate(errors));
                Err(mask_response(errors, None))
            }
        })
    }

    /// Executes a query in the newest state of the ledger, or in that of a pin.
    pub async fn execute(&self, query: &DirectQuery, pin: Option<&PinRequest>) -> Response {
        let response = self.execute_unmasked(query, pin).await;
        mask_response(response, query.request_id.as_ref())
    }

    async fn execute_unmasked(&self, query: &DirectQuery, pin: Option<&PinRequest>) -> Response {
        let pin = match pin {
            Some(request) => match self.context.find_pin(request).await {
                Ok(pin) => Some(pin),
                Err(error) => return error_response(error),
            },
            None => None,
        };
        let (recorder, work) = (query.recorder.clone(), query.work.clone());
        let context = self.context.for_execution(recorder, work, pin.clone());
        let batches = Batches::default();
        let mut data = query.data();
        data.insert(batches.loaders(context));
        let environment = self.query_environment(query);
        let selection = query.query.selection();
        let root = environment.create_context(&self.environment, None, selection, Some(&data));
        let result = batches.drive(Query::default().resolve_direct(&root)).await;
        let mut response = match result {
            Ok(value) => Response::new(value),
            Err(error) => Response::from_errors(vec![error]),
        };
        let mut errors = environment.errors.lock().expect("nothing panics with it");
        response.errors.append(&mut errors);
        match pin {
            Some(pin) => response.extension("ledger", ledger_extension(&self.context, &pin)),
            None => response,
        }
    }

    fn query_environment(&self, query: &DirectQuery) -> QueryEnv {
        let operation = OperationDefinition {
            ty: OperationType::Query,
            variable_definitions: query.query.variable_definitions().to_vec(),
            directives: Vec::new(),
            selection_set: Positioned::default(), // merged selections are those of the context
        };
        QueryEnv::new(QueryEnvInner {
            extensions: self.no_extensions.clone(),
            variables: query.query.variables().clone(),
            operation_name: None,
            operation: Positioned::new(operation, Pos::default()),
            fragments: HashMap::new(),
            uploads: Vec::new(),
            session_data: Arc::clone(&self.no_data),
            query_data: Arc::clone(&self.no_data),
            http_headers: Mutex::default(),
            introspection_mode: IntrospectionMode::default(),
            errors: Mutex::default(),
        })
    }
}

impl DirectQuery {
    /// Counts the work of its executions.
    pub fn work(&self) -> &WorkBudget {
        &self.work
    }

    /// What resolvers find in their context, besides what is the same for all requests.
    fn data(&self) -> Data {
        let mut data = Data::default();
        data.insert(self.caller.clone());
        if let Some(status) = self.rate_limit {
            data.insert(status);
        }
        if let Some(recorder) = &self.recorder {
            data.insert(recorder.clone());
        }
        data
    }
}

/// The query of a schema without extensions.
struct Probe(Arc<OnceLock<Extensions>>);

impl Probe {
    fn find_extensions() -> Extensions {
        let slot = Arc::new(OnceLock::new());
        let probe = Self(Arc::clone(&slot));
        let schema = async_graphql::Schema::new(probe, EmptyMutation, EmptySubscription);
        drop(schema.execute("{ probe }").now_or_never());
        slot.get().expect("the schema executes a query").clone()
    }
}

#[Object]
impl Probe {
    async fn probe(&self, ctx: &Context<'_>) -> bool {
        self.0.set(ctx.query_env.extensions.clone()).is_ok()
    }
}
