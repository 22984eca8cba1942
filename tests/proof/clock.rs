//! System clock, shared by the server and this program: both run on one machine.

/// Microseconds since 1970.
pub fn now() -> i64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "times are compared with those of a server in another process"
    )]
    chrono::Utc::now().timestamp_micros()
}
