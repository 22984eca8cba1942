//! Limits of documents, requests, connections, times, rates and caches. Every limit is an option, and an error that it causes
//! names that option.

use std::num::NonZeroU32;

use clap::Args;
use humantime::Duration;

/// Declares a group of limits: the options, their defaults, and the same defaults for [`Limits::default`].
macro_rules! limits {
    ($(#[$about:meta])* $name:ident ($heading:literal) {
        $($(#[doc = $doc:literal])+ $field:ident ($option:literal, $variable:literal): $type:ty = $default:expr,)+
    }) => {
        $(#[$about])*
        #[derive(Clone, Debug, Args)]
        #[command(next_help_heading = $heading)]
        pub struct $name {
            $($(#[doc = $doc])+ #[arg(long = $option, env = $variable, default_value_t = $default, value_parser = <$type as Limit>::parse)] pub $field: $type,)+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }

        impl $name {
            /// The options that differ from their defaults, as `name=value`.
            fn list_changed(&self) -> Vec<String> {
                let default = Self::default();
                let mut changed = Vec::new();
                $(if self.$field != default.$field {
                    changed.push(format!("{}={}", $option, self.$field));
                })+
                changed
            }
        }
    };
}

#[derive(Clone, Debug, Default, Args)]
pub struct Limits {
    #[command(flatten)]
    pub document: DocumentLimits,
    #[command(flatten)]
    pub transport: TransportLimits,
    #[command(flatten)]
    pub time: TimeLimits,
    #[command(flatten)]
    pub rate: RateLimits,
    #[command(flatten)]
    pub memory: CacheLimits,
}

impl Limits {
    /// The options that differ from their defaults, as `name=value`.
    pub fn list_changed(&self) -> Vec<String> {
        let groups = [
            self.document.list_changed(),
            self.transport.list_changed(),
            self.time.list_changed(),
            self.rate.list_changed(),
            self.memory.list_changed(),
        ];
        groups.concat()
    }
}

limits! {
    /// Size, shape and cost of a GraphQL document.
    DocumentLimits ("Document limits (error QUERY_TOO_COMPLEX)") {
        /// Size of a document in bytes.
        bytes ("max-document-bytes", "DEMARCHE_MAX_DOCUMENT_BYTES"): usize = 16 << 10,
        /// Number of tokens: names, numbers, strings and punctuation; also the number of values in variables.
        tokens ("max-tokens", "DEMARCHE_MAX_TOKENS"): usize = 2_000,
        /// Number of `{`, `[` and `(` that are open at once, in values too.
        nesting ("max-nesting", "DEMARCHE_MAX_NESTING"): usize = 32,
        /// Number of aliased fields.
        aliases ("max-aliases", "DEMARCHE_MAX_ALIASES"): usize = 30,
        /// Number of directives, such as `@include`.
        directives ("max-directives", "DEMARCHE_MAX_DIRECTIVES"): usize = 50,
        /// Number of fragment definitions.
        fragments ("max-fragments", "DEMARCHE_MAX_FRAGMENTS"): usize = 20,
        /// Number of fields after expanding fragments.
        fields ("max-fields", "DEMARCHE_MAX_FIELDS"): usize = 5_000,
        /// Maximum selection depth after expanding fragments (introspection is limited separately).
        depth ("max-depth", "DEMARCHE_MAX_DEPTH"): usize = 12,
        /// Query cost: each field counts once per item of the lists that contain it; what is read counts too.
        cost ("max-cost", "DEMARCHE_MAX_COST"): u32 = 50_000,
    }
}

limits! {
    /// Sizes of requests and messages, and numbers of connections.
    TransportLimits ("Request and connection limits") {
        /// Size of a request body in bytes, with any transfer encoding.
        body_bytes ("max-body-bytes", "DEMARCHE_MAX_BODY_BYTES"): usize = 1 << 20,
        /// Size of a WebSocket message, or of the request for an event stream, in bytes.
        message_bytes ("max-message-bytes", "DEMARCHE_MAX_MESSAGE_BYTES"): usize = 64 << 10,
        /// Messages per second that a WebSocket may send; a burst of ten seconds' worth is allowed.
        messages ("max-messages-per-second", "DEMARCHE_MAX_MESSAGES_PER_SECOND"): NonZeroU32 =
            NonZeroU32::new(20).expect("a literal above zero"),
        /// Concurrent operations on one WebSocket.
        operations ("max-operations", "DEMARCHE_MAX_OPERATIONS"): usize = 20,
        /// Open connections in total.
        connections ("max-connections", "DEMARCHE_MAX_CONNECTIONS"): usize = 20_000,
        /// Open connections from one address; IPv6 by the first 64 bits.
        connections_per_address ("max-connections-per-address", "DEMARCHE_MAX_CONNECTIONS_PER_ADDRESS"): usize = 500,
        /// Bytes in memory for requests, subscriptions and unread responses of all clients.
        held_bytes ("max-held-bytes", "DEMARCHE_MAX_HELD_BYTES"): usize = 64 << 20,
        /// Bytes in memory for requests, subscriptions and unread responses of one address; IPv6 by the first 64 bits.
        held_bytes_per_address ("max-held-bytes-per-address", "DEMARCHE_MAX_HELD_BYTES_PER_ADDRESS"): usize = 16 << 20,
        /// Live queries (`@live`) with different answers, in total.
        live_queries ("max-live-queries", "DEMARCHE_MAX_LIVE_QUERIES"): usize = 2_000,
        /// Live queries (`@live`) with different answers that were opened from one address; IPv6 by the first 64 bits.
        live_queries_per_address ("max-live-queries-per-address", "DEMARCHE_MAX_LIVE_QUERIES_PER_ADDRESS"): usize = 500,
        /// Files (`/export/demarche.sqlite`) that are being made or sent, in total.
        export_files ("max-export-files", "DEMARCHE_MAX_EXPORT_FILES"): usize = 3,
        /// Files (`/export/demarche.sqlite`) that are being made or sent for one address; IPv6 by the first 64 bits.
        export_files_per_address ("max-export-files-per-address", "DEMARCHE_MAX_EXPORT_FILES_PER_ADDRESS"): usize = 1,
    }
}

limits! {
    /// Timeouts and intervals.
    TimeLimits ("Time limits (for example 10s, 500ms)") {
        /// Time for receiving a request head, and between the requests of one connection.
        header ("header-timeout", "DEMARCHE_HEADER_TIMEOUT"): Duration = seconds(30),
        /// Time for receiving a request body.
        body ("body-timeout", "DEMARCHE_BODY_TIMEOUT"): Duration = seconds(15),
        /// Time for a query or mutation. A write continues in its own task, so no commit is left incomplete.
        request ("request-timeout", "DEMARCHE_REQUEST_TIMEOUT"): Duration = seconds(10),
        /// Time for one SQL statement of a reader.
        statement ("statement-timeout", "DEMARCHE_STATEMENT_TIMEOUT"): Duration = seconds(5),
        /// Disconnect clients that do not read for this long; they can resume by cursor.
        send ("send-timeout", "DEMARCHE_SEND_TIMEOUT"): Duration = seconds(8),
        /// Time for making a file (`/export/demarche.sqlite`), and as long again for sending it; a client that reads too slowly is disconnected.
        export_file ("export-file-timeout", "DEMARCHE_EXPORT_FILE_TIMEOUT"): Duration = seconds(600),
        /// Time from the WebSocket upgrade to `connection_init`.
        init ("init-timeout", "DEMARCHE_INIT_TIMEOUT"): Duration = seconds(10),
        /// Time between two pings on a WebSocket; a peer that misses two of them is disconnected. Tokens are re-validated at the same
        /// interval.
        ping ("ping-interval", "DEMARCHE_PING_INTERVAL"): Duration = seconds(20),
        /// Time between two heartbeats that keep an idle event stream open.
        keep_alive ("keep-alive-interval", "DEMARCHE_KEEP_ALIVE_INTERVAL"): Duration = seconds(4),
        /// Time for WebSocket connections and streams to close during shutdown.
        grace ("grace", "DEMARCHE_GRACE"): Duration = seconds(5),
    }
}

limits! {
    /// Token bucket of query cost, per API token or address.
    RateLimits ("Rate limit (error RATE_LIMITED)") {
        /// Cost per second that a token or address regains; 0 disables the rate limit.
        per_second ("rate-limit", "DEMARCHE_RATE_LIMIT"): u32 = 10_000,
        /// Cost that a token or address may spend at once; at least the largest cost of an operation.
        burst ("rate-burst", "DEMARCHE_RATE_BURST"): u32 = 200_000,
        /// Number of tokens and addresses tracked separately; all others share one bucket.
        keys ("rate-keys", "DEMARCHE_RATE_KEYS"): usize = 100_000,
    }
}

limits! {
    /// Sizes of the caches.
    CacheLimits ("Caches") {
        /// Response cache size in bytes; entries are dropped when their data change; 0 disables.
        responses ("response-cache-bytes", "DEMARCHE_RESPONSE_CACHE_BYTES"): u64 = 32 << 20,
        /// Size in bytes of the cache of stance changes (the first and last items of their lists); 0 disables.
        stance_changes ("stance-change-cache-bytes", "DEMARCHE_STANCE_CHANGE_CACHE_BYTES"): u64 = 16 << 20,
        /// Size in bytes of the cache of parsed and validated queries; 0 disables.
        documents ("document-cache-bytes", "DEMARCHE_DOCUMENT_CACHE_BYTES"): u64 = 8 << 20,
    }
}

/// A limit that can be parsed. Zero is rejected where it would let nothing pass, or make a timer run without a pause.
trait Limit: Sized {
    fn parse(text: &str) -> Result<Self, String>;
}

macro_rules! integer_limits {
    ($($type:ty),+) => {
        $(impl Limit for $type {
            fn parse(text: &str) -> Result<Self, String> {
                text.parse().map_err(|error: std::num::ParseIntError| error.to_string())
            }
        })+
    };
}

integer_limits!(u32, u64, NonZeroU32);

impl Limit for usize {
    fn parse(text: &str) -> Result<Self, String> {
        let count = text.parse::<std::num::NonZeroUsize>();
        count.map(Self::from).map_err(|error| error.to_string())
    }
}

impl Limit for Duration {
    fn parse(text: &str) -> Result<Self, String> {
        let duration = text.parse::<Self>().map_err(|error| error.to_string())?;
        if duration.is_zero() {
            return Err("must be longer than zero, for example 500ms".to_owned());
        }
        Ok(duration)
    }
}

fn seconds(count: u64) -> Duration {
    std::time::Duration::from_secs(count).into()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct TestCommandLine {
        #[command(flatten)]
        limits: Limits,
    }

    fn parse(argument: &str) -> Option<Limits> {
        let command_line = TestCommandLine::try_parse_from(["demarche", argument]).ok()?;
        Some(command_line.limits)
    }

    #[test]
    fn a_limit_is_a_count_or_a_time_and_lets_something_pass() {
        assert_eq!(parse("--max-tokens=7").unwrap().document.tokens, 7);
        let times = parse("--ping-interval=1500ms").unwrap().time;
        assert_eq!(times.ping.as_millis(), 1_500);
        assert_eq!(parse("--rate-limit=0").unwrap().rate.per_second, 0);
        for wrong in [
            "--max-tokens=0",
            "--max-depth=-1",
            "--ping-interval=0s",
            "--send-timeout=10",
            "--max-messages-per-second=0",
        ] {
            assert!(parse(wrong).is_none(), "{wrong}");
        }
    }
}
