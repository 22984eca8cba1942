//! The description of the schema, for its SDL and for introspection. async-graphql 7.2.1 has no setting for it.

pub const DESCRIPTION: &str = "\
Démarche tracks how governments respond to diplomatic requests: each government's position on a request, who reported it,
since when, and with which sources.

An `Initiative` is a matter on which one state makes requests to others. A `Relationship` links it to one requested state.
Sourced `Statement`s are recorded about relationships, countries and initiatives. The `Position` of a requested state is
derived from the valid statements about its relationship, and each change of its stance is published as a `StanceChange`.
Everything is recorded in an append-only `Ledger`.

Lists with `first` and `after` follow Relay Cursor Connections. Errors have a code in `extensions.code` and, for invalid
input, the path of the field in `extensions.field`.

An error about a limit names its option in `extensions.limit`. `RATE_LIMITED`: too much cost (`rate-limit`), too many open
connections (`max-connections-per-address`, `max-connections`) or too many operations on one WebSocket (`max-operations`);
wait `extensions.retryAfter` seconds if it is given. `TIMEOUT`: the operation (`request-timeout`), one SQL statement of it
(`statement-timeout`) or the request's body (`body-timeout`) took too long. `STOPPING`: the server is shutting down;
reconnect and resume by cursor.";
