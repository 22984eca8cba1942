//! Errors of a query by address, with the HTTP status of their code.

use async_graphql::ServerError;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use crate::http::operation::rejection::Rejection;
use crate::http::response::{
    error::HttpError,
    graphql_error::{errors_response, first_error_code, graphql_error, set_extension},
};

#[derive(Debug)]
pub(crate) enum QueryError {
    /// Of an execution, or of a parameter.
    Errors(Vec<ServerError>),
    Http(HttpError),
}

impl QueryError {
    /// A parameter that is not valid.
    pub(crate) fn parameter(name: &str, message: &str) -> Self {
        let mut error = graphql_error("BAD_USER_INPUT", format!("{name}: {message}"));
        set_extension(&mut error, "field", name);
        Self::Errors(vec![error])
    }

    /// The data of a built-in document do not have the form that the document requests.
    pub(crate) fn unexpected_data(cause: &str) -> Self {
        tracing::error!(%cause, "unexpected data of a built-in document");
        Self::Http(HttpError::internal())
    }

    /// Reads data of a built-in document.
    pub(crate) fn read(data: &str) -> Result<Value, Self> {
        serde_json::from_str(data).map_err(|error| Self::unexpected_data(&error.to_string()))
    }

    pub(super) fn of_rejection(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Errors(errors) => Self::Errors(errors),
            Rejection::RateLimited(wait) => HttpError::rate_limited(wait).into(),
            Rejection::Memory(exceeded) => HttpError::resource_exceeded(exceeded).into(),
        }
    }

    /// Code and message of the first error, in one line.
    pub(crate) fn message(&self) -> String {
        let error = match self {
            Self::Http(error) => error.graphql_error(),
            Self::Errors(errors) => match errors.first() {
                Some(error) => error.clone(),
                None => return String::new(),
            },
        };
        let code = first_error_code(std::slice::from_ref(&error)).unwrap_or_default();
        format!("{code}: {}", error.message)
    }

    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Errors(errors) => first_error_code(errors).unwrap_or_default(),
            Self::Http(_) => "",
        }
    }
}

impl From<HttpError> for QueryError {
    fn from(error: HttpError) -> Self {
        Self::Http(error)
    }
}

impl IntoResponse for QueryError {
    fn into_response(self) -> Response {
        let errors = match self {
            Self::Http(error) => return error.into_response(),
            Self::Errors(errors) => errors,
        };
        let status = match first_error_code(&errors).unwrap_or_default() {
            "NOT_FOUND" => StatusCode::NOT_FOUND,
            "UNAVAILABLE" => StatusCode::SERVICE_UNAVAILABLE,
            "TIMEOUT" => StatusCode::GATEWAY_TIMEOUT,
            "INTERNAL_SERVER_ERROR" => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        let mut response = (status, errors_response(&errors)).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            let seconds = HeaderValue::from_static("1");
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}
