//! Separate loaders for each execution of the library, and the state of the ledger that a pinned one reads.

use std::sync::{Arc, OnceLock};

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::{
    Data, Pos, Response, SchemaEnv, ServerError, Value, async_trait::async_trait, value,
};

use crate::cache::recorder::TagRecorder;
use crate::graphql::loaders::LoaderContext;
use crate::graphql::loaders::batches::Batches;
use crate::graphql::loaders::work_budget::WorkBudget;
use crate::model::cursor::LedgerCursor;
use crate::model::pin::{Pin, PinRequest};

/// In the data of a request: it is not executed, and the environment of the schema is put here.
#[derive(Clone, Default)]
pub struct EnvironmentSlot(pub Arc<OnceLock<SchemaEnv>>);

/// Creates separate loaders for each execution, and drives their batches.
pub struct BatchScheduling(pub LoaderContext);

impl ExtensionFactory for BatchScheduling {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Execution(self.0.clone()))
    }
}

struct Execution(LoaderContext);

#[async_trait]
impl Extension for Execution {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        if let Some(EnvironmentSlot(slot)) = ctx.data_opt() {
            drop(slot.set(ctx.schema_env.clone()));
            return Response::default();
        }
        let pin = match ctx.data_opt::<PinRequest>() {
            Some(request) => match self.0.find_pin(request).await {
                Ok(pin) => Some(pin),
                Err(error) => return error_response(error),
            },
            None => None,
        };
        let batches = Batches::default();
        let mut data = Data::default();
        let recorder = ctx.data_opt::<TagRecorder>().cloned();
        let work = ctx.data_opt::<WorkBudget>().cloned().unwrap_or_default();
        let context = self.0.for_execution(recorder, work, pin.clone());
        data.insert(batches.loaders(context));
        let response = batches
            .drive(next.run_with_data(ctx, operation_name, data))
            .await;
        match pin {
            Some(pin) => response.extension("ledger", ledger_extension(&self.0, &pin)),
            None => response,
        }
    }
}

/// `extensions.ledger`: the state of the ledger that a pinned query was answered from.
pub fn ledger_extension(context: &LoaderContext, pin: &Pin) -> Value {
    let cursor = LedgerCursor::new(context.generation(), pin.seq, &pin.hash);
    value!({ "seq": pin.seq, "cursor": cursor.to_string() })
}

/// The response to a query that was not executed.
pub fn error_response(error: crate::error::Error) -> Response {
    let error = async_graphql::Error::from(error).into_server_error(Pos::default());
    let error = ServerError {
        locations: Vec::new(),
        ..error
    };
    Response::from_errors(vec![error])
}
