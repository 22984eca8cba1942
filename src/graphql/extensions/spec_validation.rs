//! Validation by the specification: runs the rules of `validation/` before the library's own, and executes the rewritten
//! document.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextPrepareRequest, NextValidation,
};
use async_graphql::{
    CacheControl, Request, Response, ServerError, ServerResult, ValidationResult,
    async_trait::async_trait,
};

use crate::graphql::validation::{Found, empty_selection, prepare, presentable};

/// The schema extension.
pub struct Rules;

impl ExtensionFactory for Rules {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Ruled::default())
    }
}

#[derive(Default)]
struct Ruled(Mutex<Found>);

impl Ruled {
    fn lock(&self) -> MutexGuard<'_, Found> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Extension for Ruled {
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        let mut request = next.run(ctx, request).await?;
        *self.lock() = prepare(&mut request, &ctx.schema_env.registry);
        Ok(request)
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let (document, faults) = {
            let mut found = self.lock();
            (found.document.clone(), std::mem::take(&mut found.faults))
        };
        if !faults.is_empty() {
            return Err(presentable(faults));
        }
        // What the library validates besides the document, the values of variables, was held to their types here.
        if document.as_ref().is_some_and(|known| known.is_valid()) {
            return Ok(nothing_known());
        }
        let answer = next.run(ctx).await.map_err(presentable)?;
        if let Some(document) = document {
            document.is_found_valid();
        }
        Ok(answer)
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let mut response = next.run(ctx, operation_name).await;
        if self.lock().is_marked {
            empty_selection::unmark(&mut response.data);
        }
        response
    }
}

/// Of measures that we do not use.
fn nothing_known() -> ValidationResult {
    ValidationResult {
        cache_control: CacheControl::default(),
        complexity: 0,
        depth: 0,
    }
}
