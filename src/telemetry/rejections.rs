//! Why somebody was refused, in words of ours: so many and no more.

use prometheus_client::encoding::EncodeLabelSet;

/// The code that the client was told, and the option whose limit it met, if that is what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Refused {
    code: &'static str,
    limit: &'static str,
}

/// All that we say in `extensions.code`.
const CODES: [&str; 21] = [
    "BAD_REQUEST",
    "BAD_USER_INPUT",
    "CONFLICT",
    "CURSOR_INVALID",
    "FORBIDDEN",
    "GRAPHQL_PARSE_FAILED",
    "INTERNAL_SERVER_ERROR",
    "METHOD_NOT_ALLOWED",
    "NOT_ACCEPTABLE",
    "NOT_FOUND",
    "OPERATION_RESOLUTION_FAILURE",
    "PAYLOAD_TOO_LARGE",
    "PERSISTED_QUERY_NOT_FOUND",
    "QUERY_TOO_COMPLEX",
    "RATE_LIMITED",
    "STOPPING",
    "STORAGE_FULL",
    "TIMEOUT",
    "UNAUTHENTICATED",
    "UNAVAILABLE",
    "UNSUPPORTED_MEDIA_TYPE",
];
/// The options whose limits are told apart.
const LIMITS: [&str; 16] = [
    "max-aliases",
    "max-body-bytes",
    "max-connections",
    "max-cost",
    "max-depth",
    "max-directives",
    "max-document-bytes",
    "max-fields",
    "max-fragments",
    "max-message-bytes",
    "max-messages-per-second",
    "max-nesting",
    "max-operations",
    "max-tokens",
    "rate-limit",
    "request-timeout",
];
/// Nothing of ours: a label of its own, so that nobody makes labels.
const OTHER: &str = "OTHER";

impl Refused {
    /// Without a limit.
    pub fn of(code: &str) -> Self {
        Self {
            code: known_code(code),
            limit: "",
        }
    }

    /// `limit` is an option's name.
    pub fn by(code: &str, limit: &str) -> Self {
        let known = LIMITS.iter().find(|known| **known == limit);
        Self {
            code: known_code(code),
            limit: known.unwrap_or(&""),
        }
    }
}

/// The same text as one of ours.
pub fn known_code(code: &str) -> &'static str {
    let known = CODES.iter().find(|known| **known == code);
    known.unwrap_or(&OTHER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_makes_a_label() {
        assert_eq!(known_code("TIMEOUT"), "TIMEOUT");
        assert_eq!(known_code("MINE"), "OTHER");
        let refused = Refused::by("QUERY_TOO_COMPLEX", "max-cost");
        assert_eq!(refused.limit, "max-cost");
        assert_eq!(Refused::by("QUERY_TOO_COMPLEX", "mine").limit, "");
    }
}
