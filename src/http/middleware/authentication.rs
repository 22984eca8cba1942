//! Who is asking: a bearer token, or nobody in particular. No cookie ever says it, so no other site can.

use axum::http::{HeaderMap, header};

use super::request_context::Visit;
use crate::http::{operation::Asker, response::error::Refusal, state::App};
use crate::{ledger::api_tokens, model::role::Caller};

/// Who sent these headers.
/// # Errors
/// 401 if a token is given that is not ours, was revoked, or is no bearer token.
pub(crate) async fn find_asker(
    app: &App,
    headers: &HeaderMap,
    visit: Visit,
) -> Result<Asker, Refusal> {
    let caller = find_caller(app, authorization(headers)?).await;
    let caller = caller.map_err(|refusal| {
        if refusal.is_ours() {
            refusal.of(&visit.id)
        } else {
            refusal
        }
    })?;
    Ok(Asker {
        caller,
        client: visit.client,
        id: visit.id,
    })
}

/// The header as it stands.
/// # Errors
/// 401 if it is no text.
pub(crate) fn authorization(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    headers
        .get(header::AUTHORIZATION)
        .map(|value| value.to_str().map_err(|_| Refusal::unauthenticated()))
        .transpose()
}

/// # Errors
/// As [`find_asker`].
pub(crate) async fn find_caller(app: &App, authorization: Option<&str>) -> Result<Caller, Refusal> {
    let Some(authorization) = authorization else {
        return Ok(Caller::anonymous());
    };
    let token = bearer(authorization).ok_or_else(Refusal::unauthenticated)?;
    api_tokens::find(app.database.reader(), token)
        .await?
        .ok_or_else(Refusal::unauthenticated)
}

/// The scheme is case-insensitive (RFC 9110, 11.1).
fn bearer(authorization: &str) -> Option<&str> {
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
    fn only_a_bearer_token_is_a_token() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer  abc "), Some("abc"));
        for wrong in ["Bearer", "Bearer ", "Basic abc", "abc", ""] {
            assert_eq!(bearer(wrong), None, "{wrong}");
        }
    }
}
