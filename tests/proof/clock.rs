//! The time, which is the same for the server and for us: one machine.

/// Microseconds since 1970.
pub fn now() -> i64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "it is compared with what a server in another process read"
    )]
    chrono::Utc::now().timestamp_micros()
}
