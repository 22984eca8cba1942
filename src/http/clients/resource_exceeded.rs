//! The error of a client that would exceed the limit of a resource.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resource {
    Connections,
    HeldBytes,
    LiveQueries,
    ExportFiles,
}

/// The limit that would be exceeded, and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ResourceExceeded {
    pub(super) resource: Resource,
    pub(super) scope: Scope,
    pub(crate) max: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Client,
    Total,
}

impl ResourceExceeded {
    /// The option that sets the limit.
    pub(crate) fn option(&self) -> &'static str {
        match (self.resource, self.scope) {
            (Resource::Connections, Scope::Client) => "max-connections-per-address",
            (Resource::Connections, Scope::Total) => "max-connections",
            (Resource::HeldBytes, Scope::Client) => "max-held-bytes-per-address",
            (Resource::HeldBytes, Scope::Total) => "max-held-bytes",
            (Resource::LiveQueries, Scope::Client) => "max-live-queries-per-address",
            (Resource::LiveQueries, Scope::Total) => "max-live-queries",
            (Resource::ExportFiles, Scope::Client) => "max-export-files-per-address",
            (Resource::ExportFiles, Scope::Total) => "max-export-files",
        }
    }
}

impl std::error::Error for ResourceExceeded {}

impl fmt::Display for ResourceExceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (option, max) = (self.option(), self.max);
        match self.resource {
            Resource::Connections => {
                let whose = match self.scope {
                    Scope::Client => "from your address",
                    Scope::Total => "in total",
                };
                write!(
                    f,
                    "too many open connections {whose}; the limit (--{option}) is {max}; close one or retry later"
                )
            }
            Resource::HeldBytes => {
                let whose = match self.scope {
                    Scope::Client => "your address",
                    Scope::Total => "all clients",
                };
                write!(
                    f,
                    "requests, subscriptions and unread responses of {whose} hold too much memory; the limit \
                     (--{option}) is {max} bytes; close some or read faster, then retry"
                )
            }
            Resource::LiveQueries => {
                let whose = match self.scope {
                    Scope::Client => "from your address",
                    Scope::Total => "in total",
                };
                write!(
                    f,
                    "too many live queries {whose}; the limit (--{option}) is {max}; complete one or retry later"
                )
            }
            Resource::ExportFiles => {
                let whose = match self.scope {
                    Scope::Client => "for your address",
                    Scope::Total => "in total",
                };
                write!(
                    f,
                    "too many files are being made or sent {whose}; the limit (--{option}) is {max}; retry once one is complete"
                )
            }
        }
    }
}
