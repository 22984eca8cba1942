//! What a client sees of an error: our code, the field at fault and our sentence. The cause goes to the log.
//!
//! Every answer passes here, so no resolver needs to think of it, and no text of a foreign error leaves the process.

use std::sync::Arc;

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextRequest, NextSubscribe,
};
use async_graphql::{Response, ServerError, async_trait::async_trait, value};
use futures_util::stream::{BoxStream, StreamExt};

use crate::error::Error;
use crate::model::cursor::Place;
use crate::model::request_id::RequestId;
use crate::model::text;

/// The schema extension.
pub struct Mask;

impl ExtensionFactory for Mask {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for Mask {
    /// What an operation fails with before it runs.
    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        masked(next.run(ctx).await, None)
    }

    /// What it fails with as it runs. Only from here on is the request known, and so its id.
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        masked(next.run(ctx, operation_name).await, ctx.data_opt())
    }

    fn subscribe<'s>(
        &self,
        ctx: &ExtensionContext<'_>,
        stream: BoxStream<'s, Response>,
        next: NextSubscribe<'_>,
    ) -> BoxStream<'s, Response> {
        let request = ctx.data_opt::<RequestId>().cloned();
        let mask = move |response| masked(response, request.as_ref());
        next.run(ctx, stream).map(mask).boxed()
    }
}

/// More errors than anybody reads.
const ERRORS: usize = 100;
/// Bytes of a message: it may repeat what the client sent, once for each place where that is wrong.
const MESSAGE: usize = 1_000;

fn masked(mut response: Response, request: Option<&RequestId>) -> Response {
    response.errors.truncate(ERRORS);
    for error in &mut response.errors {
        mask(error, request);
        text::cut(&mut error.message, MESSAGE);
    }
    response
}

fn mask(error: &mut ServerError, request: Option<&RequestId>) {
    if let Some(source) = error.source.take() {
        if let Some(ours) = source.downcast_ref::<Error>() {
            show(error, ours, request);
        } else {
            let foreign = Error::internal(std::mem::take(&mut error.message));
            show(error, &foreign, request);
        }
    } else if !has_code(error) {
        code(error, "BAD_USER_INPUT");
    }
}

fn has_code(error: &ServerError) -> bool {
    let extensions = error.extensions.as_ref();
    extensions.is_some_and(|all| all.get("code").is_some())
}

fn show(shown: &mut ServerError, error: &Error, request: Option<&RequestId>) {
    if let Error::Internal(_) | Error::Unavailable(_) = error {
        let id = request.map(ToString::to_string);
        tracing::error!(request = id, path = ?shown.path, cause = %error.causes(), "a request failed");
        if let Some(id) = id {
            let extensions = shown.extensions.get_or_insert_default();
            extensions.set("requestId", id);
        }
    }
    shown.message = error.to_string();
    code(shown, error.code());
    if let Some(field) = error.field() {
        let extensions = shown.extensions.get_or_insert_default();
        extensions.set("field", field);
    }
    if let Some(Place { seq, hash, cursor }) = error.head() {
        let extensions = shown.extensions.get_or_insert_default();
        let head = value!({ "seq": seq, "hash": hash, "cursor": cursor });
        extensions.set("head", head);
    }
}

fn code(shown: &mut ServerError, code: &str) {
    shown.extensions.get_or_insert_default().set("code", code);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: impl std::fmt::Display + Send + Sync + 'static, code: &str, message: &str) {
        let mut error = async_graphql::Error::new_with_source(source)
            .into_server_error(async_graphql::Pos::default());
        mask(&mut error, None);
        let extensions = error.extensions.unwrap();
        assert_eq!(extensions.get("code"), Some(&code.into()));
        assert_eq!(error.message, message);
    }

    #[test]
    fn a_client_sees_our_errors_and_no_foreign_text() {
        let logged = "an error of ours; it has been logged";
        check(
            Error::bad_input("first", "is odd"),
            "BAD_USER_INPUT",
            "first: is odd",
        );
        check(
            Error::internal("SELECT secret"),
            "INTERNAL_SERVER_ERROR",
            logged,
        );
        check(
            std::io::Error::other("SELECT secret"),
            "INTERNAL_SERVER_ERROR",
            logged,
        );
    }
}
