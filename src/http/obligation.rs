//! Headers that go with a status.

use axum::http::{HeaderName, HeaderValue, header};

/// What a status obliges us to say with it (RFC 9110).
#[derive(Clone, Copy, Debug)]
pub(super) enum Header {
    Challenge,
    PostOnly,
    /// Seconds.
    RetryAfter(u64),
    /// RFC 6455, 4.2.2.
    WebSocketVersion,
}

impl Header {
    pub(super) fn pair(self) -> (HeaderName, HeaderValue) {
        match self {
            Self::Challenge => (header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            Self::PostOnly => (header::ALLOW, HeaderValue::from_static("POST")),
            Self::WebSocketVersion => {
                let thirteen = HeaderValue::from_static("13");
                (header::SEC_WEBSOCKET_VERSION, thirteen)
            }
            Self::RetryAfter(seconds) => (header::RETRY_AFTER, seconds.into()),
        }
    }
}
