//! The reasons why a server accepts no new entries.

use strum::{EnumIter, IntoStaticStr};

/// The text is the result of the check `writes` in `/readyz`, and the label `reason` of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum Suspension {
    /// The clock is more than a minute behind the newest entry.
    ClockBehind,
    StorageFull,
    /// PostgreSQL accepts no writes, for example because it is a standby.
    ReadOnly,
    /// The SQLite file was removed or replaced under the server.
    FileReplaced,
}
