//! Labels of rejections: error codes and limits from fixed lists, so that clients cannot create time series.

use prometheus_client::encoding::EncodeLabelSet;

/// The error code, and the option of the exceeded limit, if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RejectionLabels {
    code: &'static str,
    limit: &'static str,
}

/// Every value of `extensions.code`.
pub(super) const CODES: [&str; 21] = [
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
/// The options that are distinguished as limits, with the code of their errors.
const LIMITS: [(&str, &str); 26] = [
    ("body-timeout", "TIMEOUT"),
    ("export-file-timeout", "TIMEOUT"),
    ("max-aliases", "QUERY_TOO_COMPLEX"),
    ("max-body-bytes", "PAYLOAD_TOO_LARGE"),
    ("max-connections", "RATE_LIMITED"),
    ("max-connections-per-address", "RATE_LIMITED"),
    ("max-cost", "QUERY_TOO_COMPLEX"),
    ("max-depth", "QUERY_TOO_COMPLEX"),
    ("max-directives", "QUERY_TOO_COMPLEX"),
    ("max-document-bytes", "QUERY_TOO_COMPLEX"),
    ("max-export-files", "RATE_LIMITED"),
    ("max-export-files-per-address", "RATE_LIMITED"),
    ("max-fields", "QUERY_TOO_COMPLEX"),
    ("max-fragments", "QUERY_TOO_COMPLEX"),
    ("max-held-bytes", "RATE_LIMITED"),
    ("max-held-bytes-per-address", "RATE_LIMITED"),
    ("max-live-queries", "RATE_LIMITED"),
    ("max-live-queries-per-address", "RATE_LIMITED"),
    ("max-message-bytes", "PAYLOAD_TOO_LARGE"),
    ("max-messages-per-second", "RATE_LIMITED"),
    ("max-nesting", "QUERY_TOO_COMPLEX"),
    ("max-operations", "RATE_LIMITED"),
    ("max-tokens", "QUERY_TOO_COMPLEX"),
    ("rate-limit", "RATE_LIMITED"),
    ("request-timeout", "TIMEOUT"),
    ("statement-timeout", "TIMEOUT"),
];
/// The label of every unknown code.
pub(super) const OTHER: &str = "OTHER";

impl RejectionLabels {
    /// A rejection without a limit.
    pub fn new(code: &str) -> Self {
        Self {
            code: code_label(code),
            limit: "",
        }
    }

    /// `limit` is an option's name.
    pub fn with_limit(code: &str, limit: &str) -> Self {
        let label = LIMITS.iter().find(|(label, _)| *label == limit);
        Self {
            code: code_label(code),
            limit: label.map_or("", |(label, _)| label),
        }
    }

    /// Every code without a limit, and every limit with its code. Their series exist from the start: `increase()` needs a
    /// zero before the first rejection.
    pub fn all() -> impl Iterator<Item = Self> {
        let codes = CODES.into_iter().chain([OTHER]);
        let limited = LIMITS.into_iter().map(|(limit, code)| Self { code, limit });
        codes.map(|code| Self { code, limit: "" }).chain(limited)
    }
}

/// The static label of a code.
pub fn code_label(code: &str) -> &'static str {
    let label = CODES.iter().find(|label| **label == code);
    label.unwrap_or(&OTHER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_cannot_create_a_label() {
        assert_eq!(code_label("TIMEOUT"), "TIMEOUT");
        assert_eq!(code_label("MINE"), "OTHER");
        let labels = RejectionLabels::with_limit("QUERY_TOO_COMPLEX", "max-cost");
        assert_eq!(labels.limit, "max-cost");
        assert_eq!(
            RejectionLabels::with_limit("QUERY_TOO_COMPLEX", "mine").limit,
            ""
        );
    }
}
