//! Error masking: reduces each error in a response to our code, message and input field, and logs its cause.
//!
//! All responses pass through this extension, so resolvers need not mask errors, and no message of a library or
//! database reaches a client.

use std::sync::Arc;

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextRequest, NextSubscribe,
};
use async_graphql::{Response, ServerError, Value, async_trait::async_trait, value};
use futures_util::stream::{BoxStream, StreamExt};

use crate::error::Error;
use crate::graphql::syntax::MAX_ERRORS;
use crate::input_errors::short_message;
use crate::model::cursor::LedgerTip;
use crate::model::request_id::RequestId;
use crate::model::text;

/// The schema extension.
pub struct ErrorMasking;

impl ExtensionFactory for ErrorMasking {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for ErrorMasking {
    /// Masks errors from before execution.
    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        mask_response(next.run(ctx).await, None)
    }

    /// Masks errors of execution. The request id is available only here.
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        mask_response(next.run(ctx, operation_name).await, ctx.data_opt())
    }

    fn subscribe<'s>(
        &self,
        ctx: &ExtensionContext<'_>,
        stream: BoxStream<'s, Response>,
        next: NextSubscribe<'_>,
    ) -> BoxStream<'s, Response> {
        let request = ctx.data_opt::<RequestId>().cloned();
        let mask = move |response| mask_response(response, request.as_ref());
        next.run(ctx, stream).map(mask).boxed()
    }
}

/// Bytes of a message. It may contain client input, once for each location of an error.
const MAX_MESSAGE_BYTES: usize = 1_000;

/// Reduces the errors of a response to what clients may see.
pub fn mask_response(mut response: Response, request: Option<&RequestId>) -> Response {
    response.errors.truncate(MAX_ERRORS);
    for error in &mut response.errors {
        mask_error(error, request);
        text::truncate(&mut error.message, MAX_MESSAGE_BYTES);
    }
    response
}

fn mask_error(error: &mut ServerError, request: Option<&RequestId>) {
    if let Some(source) = error.source.take() {
        if let Some(own) = source.downcast_ref::<Error>() {
            expose(error, own, request);
        } else {
            let internal = Error::internal(std::mem::take(&mut error.message));
            expose(error, &internal, request);
        }
    } else if !has_code(error) {
        set_code(error, "BAD_USER_INPUT");
    }
}

fn has_code(error: &ServerError) -> bool {
    let extensions = error.extensions.as_ref();
    extensions.is_some_and(|extensions| extensions.get("code").is_some())
}

fn expose(masked: &mut ServerError, error: &Error, request: Option<&RequestId>) {
    if let Error::Internal(_) | Error::Unavailable(_) | Error::Contended(_) = error {
        let id = request.map(ToString::to_string);
        tracing::error!(request = id, path = ?masked.path, cause = %error.cause_chain(), "request failed");
        if let Some(id) = id {
            let extensions = masked.extensions.get_or_insert_default();
            extensions.set("requestId", id);
        }
    }
    masked.message = error.to_string();
    set_code(masked, error.code());
    if let Some(field) = error.field() {
        let extensions = masked.extensions.get_or_insert_default();
        extensions.set("field", field);
    }
    if let Error::InputErrors(errors) = error {
        let errors = errors.iter().map(|error| {
            let message = short_message(error);
            value!({ "code": error.code(), "field": error.field(), "message": message })
        });
        let extensions = masked.extensions.get_or_insert_default();
        extensions.set("errors", Value::List(errors.collect()));
    }
    if let Error::Timeout = error {
        let extensions = masked.extensions.get_or_insert_default();
        extensions.set("limit", "statement-timeout");
    }
    if let Some(LedgerTip { seq, hash, cursor }) = error.head() {
        let extensions = masked.extensions.get_or_insert_default();
        let head = value!({ "seq": seq, "hash": hash, "cursor": cursor });
        extensions.set("head", head);
    }
}

fn set_code(masked: &mut ServerError, code: &str) {
    masked.extensions.get_or_insert_default().set("code", code);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: impl std::fmt::Display + Send + Sync + 'static, code: &str, message: &str) {
        let mut error = async_graphql::Error::new_with_source(source)
            .into_server_error(async_graphql::Pos::default());
        mask_error(&mut error, None);
        let extensions = error.extensions.unwrap();
        assert_eq!(extensions.get("code"), Some(&code.into()));
        assert_eq!(error.message, message);
    }

    #[test]
    fn a_client_sees_our_errors_and_no_library_messages() {
        let internal = Error::internal("").to_string();
        check(
            Error::bad_input("first", "is odd"),
            "BAD_USER_INPUT",
            "first: is odd",
        );
        check(
            Error::internal("SELECT secret"),
            "INTERNAL_SERVER_ERROR",
            &internal,
        );
        check(
            std::io::Error::other("SELECT secret"),
            "INTERNAL_SERVER_ERROR",
            &internal,
        );
    }
}
