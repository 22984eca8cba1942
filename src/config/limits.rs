//! How much, how long and how often a client may. Every limit is an option, and an error that names it.

use std::num::NonZeroU32;

use clap::Args;
use humantime::Duration;

/// The default of each, and of [`Limits::default`].
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
    pub memory: MemoryLimits,
}

limits! {
    /// What a document may be, and what it may ask for.
    DocumentLimits ("Limits of a document (QUERY_TOO_COMPLEX)") {
        /// Bytes of a document.
        bytes ("max-document-bytes", "DEMARCHE_MAX_DOCUMENT_BYTES"): usize = 16 << 10,
        /// Tokens: names, numbers, strings and punctuation; as many values in variables.
        tokens ("max-tokens", "DEMARCHE_MAX_TOKENS"): usize = 2_000,
        /// Open `{`, `[` and `(` together, in values too.
        nesting ("max-nesting", "DEMARCHE_MAX_NESTING"): usize = 32,
        /// Fields under another name.
        aliases ("max-aliases", "DEMARCHE_MAX_ALIASES"): usize = 30,
        /// Directives, such as `@include`.
        directives ("max-directives", "DEMARCHE_MAX_DIRECTIVES"): usize = 50,
        /// Definitions of fragments.
        fragments ("max-fragments", "DEMARCHE_MAX_FRAGMENTS"): usize = 20,
        /// Fields once fragments are in place.
        fields ("max-fields", "DEMARCHE_MAX_FIELDS"): usize = 5_000,
        /// Levels of fields once fragments are in place; introspection has a rule of its own.
        depth ("max-depth", "DEMARCHE_MAX_DEPTH"): usize = 12,
        /// Cost: fields, times the items of the lists that they are in.
        cost ("max-cost", "DEMARCHE_MAX_COST"): u32 = 20_000,
    }
}

limits! {
    /// What may be sent, and over how many connections.
    TransportLimits ("Limits of requests and connections") {
        /// Bytes of a request's body, however it is sent.
        body_bytes ("max-body-bytes", "DEMARCHE_MAX_BODY_BYTES"): usize = 1 << 20,
        /// Bytes of a message to a socket, or of the body of a request for a stream of events.
        message_bytes ("max-message-bytes", "DEMARCHE_MAX_MESSAGE_BYTES"): usize = 64 << 10,
        /// Messages to a socket in a second; ten seconds' worth may come at once.
        messages ("max-messages-per-second", "DEMARCHE_MAX_MESSAGES_PER_SECOND"): NonZeroU32 =
            NonZeroU32::new(20).expect("a literal above zero"),
        /// Operations at once on one socket.
        operations ("max-operations", "DEMARCHE_MAX_OPERATIONS"): usize = 20,
        /// Connections in all.
        connections ("max-connections", "DEMARCHE_MAX_CONNECTIONS"): usize = 20_000,
        /// Connections from one address; IPv6 by the first 64 bits.
        connections_per_address ("max-connections-per-address", "DEMARCHE_MAX_CONNECTIONS_PER_ADDRESS"): usize = 500,
    }
}

limits! {
    /// How long things may take.
    TimeLimits ("Limits of time (as in 10s, 500ms)") {
        /// For the head of a request to arrive, and between requests of one connection.
        header ("header-timeout", "DEMARCHE_HEADER_TIMEOUT"): Duration = seconds(30),
        /// For the body of a request to arrive.
        body ("body-timeout", "DEMARCHE_BODY_TIMEOUT"): Duration = seconds(15),
        /// For a query or mutation. A write goes on in its own task, so no commit is torn.
        request ("request-timeout", "DEMARCHE_REQUEST_TIMEOUT"): Duration = seconds(10),
        /// For one SQL statement of a reader.
        statement ("statement-timeout", "DEMARCHE_STATEMENT_TIMEOUT"): Duration = seconds(5),
        /// For a client to take what it is sent. Who does not is cut, and resumes by cursor.
        send ("send-timeout", "DEMARCHE_SEND_TIMEOUT"): Duration = seconds(8),
        /// From the upgrade of a socket to its `connection_init`.
        init ("init-timeout", "DEMARCHE_INIT_TIMEOUT"): Duration = seconds(10),
        /// Between two pings to a socket; a peer silent for two of them is gone. Tokens are asked for again as often.
        ping ("ping-interval", "DEMARCHE_PING_INTERVAL"): Duration = seconds(20),
        /// Between two comments that keep a quiet stream of events open.
        keep_alive ("keep-alive-interval", "DEMARCHE_KEEP_ALIVE_INTERVAL"): Duration = seconds(12),
        /// For sockets and streams to end after the signal to stop.
        grace ("grace", "DEMARCHE_GRACE"): Duration = seconds(5),
    }
}

limits! {
    /// Cost that a caller may spend, by token or by address: a bucket that fills again.
    RateLimits ("Rate limit (RATE_LIMITED)") {
        /// Cost a second that a token or address gets back; 0 switches the rate limit off.
        per_second ("rate-limit", "DEMARCHE_RATE_LIMIT"): u32 = 2_000,
        /// Cost that it may spend at once; at least the largest cost of an operation.
        burst ("rate-burst", "DEMARCHE_RATE_BURST"): u32 = 60_000,
        /// Tokens and addresses remembered; all others share one bucket.
        keys ("rate-keys", "DEMARCHE_RATE_KEYS"): usize = 100_000,
    }
}

limits! {
    /// What is kept to be quick.
    MemoryLimits ("Memory") {
        /// Bytes of answers kept, to be given again while nothing they rest on has changed; 0 keeps none.
        answers ("answers-bytes", "DEMARCHE_ANSWERS_BYTES"): u64 = 64 << 20,
        /// Bytes of stance changes kept in memory, those at the ends of their lists; 0 keeps none.
        changes ("changes-bytes", "DEMARCHE_CHANGES_BYTES"): u64 = 64 << 20,
        /// Bytes of documents kept that were read and checked, for requests in the same words; 0 keeps none.
        documents ("documents-bytes", "DEMARCHE_DOCUMENTS_BYTES"): u64 = 16 << 20,
    }
}

/// A limit that lets nothing pass is a mistake, and a timer that never rests would be one too.
trait Limit: Sized {
    fn parse(text: &str) -> Result<Self, String>;
}

macro_rules! counted {
    ($($type:ty),+) => {
        $(impl Limit for $type {
            fn parse(text: &str) -> Result<Self, String> {
                text.parse().map_err(|error: std::num::ParseIntError| error.to_string())
            }
        })+
    };
}

counted!(u32, u64, NonZeroU32);

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
            return Err("must be longer than nothing".to_owned());
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
    struct Line {
        #[command(flatten)]
        limits: Limits,
    }

    fn parse(argument: &str) -> Option<Limits> {
        let line = Line::try_parse_from(["demarche", argument]).ok()?;
        Some(line.limits)
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
