//! Answers over HTTP that can be given again, and to what question each is the answer.

use axum::{
    body::{self, Bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    common_headers::{REQUEST_ID, set_always},
    content_negotiation::MediaType,
    error::Refusal,
    etag,
};
use crate::cache::tagged_cache::Weigh;

use crate::{error::Error, model::role::Role};

/// What was asked, to the letter, and everything else that the bytes of the answer depend on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    /// The body or the query of the address.
    pub(crate) text: Bytes,
    pub(crate) media: MediaType,
    pub(crate) role: Role,
    /// Others may not be given answers that may be shared on the way.
    pub(crate) is_anonymous: bool,
    pub(crate) tells_cost: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    /// All of them, so that who gives the answer again has only to name the request.
    headers: HeaderMap,
    body: Bytes,
    /// What asking costs, whether or not it was executed.
    pub(crate) cost: u32,
}

impl Answer {
    /// Its bytes get a name, so that whoever has them need not be sent them again.
    /// # Errors
    /// None at present: our bodies are in memory.
    pub(crate) async fn of(response: Response, cost: u32) -> Result<Self, Refusal> {
        let (mut parts, body) = response.into_parts();
        let body = body::to_bytes(body, usize::MAX)
            .await
            .map_err(Error::internal)?;
        if parts.status == StatusCode::OK {
            parts.headers.insert(header::ETAG, etag::of(&body));
        }
        set_always(&mut parts.headers);
        parts
            .headers
            .insert(REQUEST_ID, HeaderValue::from_static(""));
        Ok(Self {
            status: parts.status,
            headers: parts.headers,
            body,
            cost,
        })
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Response::new(self.body.into());
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}

impl Weigh for Question {
    fn bytes(&self) -> usize {
        self.text.len()
    }
}

impl Weigh for Answer {
    fn bytes(&self) -> usize {
        self.body.len()
    }
}
