//! Authentication: resolves the bearer token of a request to its caller; without a token the caller is anonymous.
//!
//! Cookies are never read, so a page of another site cannot send a user's credentials.

use axum::http::{HeaderMap, header};

use super::request_context::RequestContext;
use crate::http::{clients::client_ip::ClientIp, response::error::HttpError, state::AppState};
use crate::{
    ledger::api_tokens,
    model::{request_id::RequestId, role::Caller},
};

/// Caller, client address and id of a request.
pub(crate) struct Requester {
    pub(crate) caller: Caller,
    pub(crate) client: ClientIp,
    pub(crate) id: RequestId,
}

/// The requester of these headers.
/// # Errors
/// 401 if the token is unknown, revoked, expired or not a bearer token.
pub(crate) async fn authenticate(
    app: &AppState,
    headers: &HeaderMap,
    context: &RequestContext,
) -> Result<Requester, HttpError> {
    let caller = authenticate_header(app, authorization_header(headers)?).await;
    let caller = caller.map_err(|error| {
        if error.is_server_error() {
            error.with_request_id(&context.id)
        } else {
            error
        }
    })?;
    Ok(Requester {
        caller,
        client: context.client_ip,
        id: context.id.clone(),
    })
}

/// The `Authorization` header, unparsed.
/// # Errors
/// 401 if it is not text.
pub(crate) fn authorization_header(headers: &HeaderMap) -> Result<Option<&str>, HttpError> {
    headers
        .get(header::AUTHORIZATION)
        .map(|value| value.to_str().map_err(|_| HttpError::unauthenticated()))
        .transpose()
}

/// The caller of an `Authorization` header, anonymous without one.
/// # Errors
/// As [`authenticate`].
pub(crate) async fn authenticate_header(
    app: &AppState,
    authorization: Option<&str>,
) -> Result<Caller, HttpError> {
    let Some(authorization) = authorization else {
        return Ok(Caller::anonymous());
    };
    let token = bearer_token(authorization).ok_or_else(HttpError::unauthenticated)?;
    let caller = api_tokens::find_caller(app.database.reader(), token).await;
    let caller = caller.map_err(|error| {
        tracing::error!(cause = %error.cause_chain(), "authentication failed because of an internal error");
        HttpError::from(&error)
    })?;
    let caller = caller.ok_or_else(HttpError::unauthenticated)?;
    match caller.expired_at(&*app.clock) {
        Some(expired) => Err(HttpError::token_expired(expired)),
        None => Ok(caller),
    }
}

/// The scheme is case-insensitive (RFC 9110, 11.1).
fn bearer_token(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim())
        .filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_bearer_scheme_is_accepted() {
        assert_eq!(bearer_token("Bearer abc"), Some("abc"));
        assert_eq!(bearer_token("bearer  abc "), Some("abc"));
        for invalid in ["Bearer", "Bearer ", "Basic abc", "abc", ""] {
            assert_eq!(bearer_token(invalid), None, "{invalid}");
        }
    }
}
