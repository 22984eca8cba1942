//! Specification validation: runs the rules of `validation/` before those of the library, and makes the library execute
//! the rewritten document.

use std::sync::Arc;

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextPrepareRequest, NextValidation,
};
use async_graphql::{
    CacheControl, Request, Response, ServerError, ServerResult, ValidationResult,
    async_trait::async_trait,
};
use parking_lot::Mutex;

use crate::graphql::validation::{
    RequestState, empty_selection, prepare_request, prepared_document::ValidationOnly,
    sort_and_truncate,
};

/// The schema extension.
pub struct SpecValidation;

impl ExtensionFactory for SpecValidation {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(RequestValidation::default())
    }
}

#[derive(Default)]
struct RequestValidation(Mutex<RequestState>);

#[async_trait]
impl Extension for RequestValidation {
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        let mut request = next.run(ctx, request).await?;
        *self.0.lock() = prepare_request(&mut request, &ctx.schema_env.registry);
        Ok(request)
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let (document, errors) = {
            let mut state = self.0.lock();
            (state.document.clone(), std::mem::take(&mut state.errors))
        };
        if !errors.is_empty() {
            return Err(sort_and_truncate(errors));
        }
        // The library also checks arguments with the values of variables. `prepare_request` has checked these already,
        // so that the result does not depend on what was validated before.
        let known = document.as_ref().and_then(|known| known.library_errors());
        match known {
            Some([]) => return Ok(unused_measures()),
            Some(errors) => return Err(errors.to_vec()),
            None => {}
        }
        let result = next.run(ctx).await.map_err(sort_and_truncate);
        if ctx.data_opt::<ValidationOnly>().is_none() {
            return result;
        }
        if let Some(document) = document {
            if result.is_ok() {
                document.merge_queries(&ctx.schema_env.registry);
            }
            document.set_library_errors(result.err().unwrap_or_default());
        }
        Err(Vec::new()) // nothing is executed
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let mut response = next.run(ctx, operation_name).await;
        if self.0.lock().has_placeholders {
            empty_selection::remove_placeholders(&mut response.data);
        }
        response
    }
}

/// The measures of the library, which are not used.
fn unused_measures() -> ValidationResult {
    ValidationResult {
        cache_control: CacheControl::default(),
        complexity: 0,
        depth: 0,
    }
}
