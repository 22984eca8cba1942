//! Loads of HTTP requests, each different from all before.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::client::{Client, get, post};

/// Connections of a load; fewer than one address may have.
const CLIENTS: u64 = 32;

/// Requests that may stay in a cache.
#[derive(Clone, Copy, Debug)]
pub enum HttpLoad {
    TinyBodies,
    PaddedBodies,
    Variables,
    LargeVariables,
    Headers,
    OperationNames,
    LargeDocuments,
    RefusedDocuments,
    PersistedHashes,
    QueryStrings,
    LongQueryStrings,
    LargeResponses,
    SqlFilters,
    ManyValues,
}

impl HttpLoad {
    pub const ALL: [Self; 14] = [
        Self::TinyBodies,
        Self::PaddedBodies,
        Self::Variables,
        Self::LargeVariables,
        Self::Headers,
        Self::OperationNames,
        Self::LargeDocuments,
        Self::RefusedDocuments,
        Self::PersistedHashes,
        Self::QueryStrings,
        Self::LongQueryStrings,
        Self::LargeResponses,
        Self::SqlFilters,
        Self::ManyValues,
    ];

    /// One request in so many: larger ones cost more of the rate limit.
    fn share(self) -> u64 {
        match self {
            Self::TinyBodies => 1,
            Self::Variables
            | Self::Headers
            | Self::OperationNames
            | Self::RefusedDocuments
            | Self::PersistedHashes
            | Self::QueryStrings
            | Self::SqlFilters => 10,
            Self::PaddedBodies => 6,
            Self::LargeVariables | Self::LongQueryStrings => 50,
            Self::LargeDocuments | Self::LargeResponses | Self::ManyValues => 500,
        }
    }

    fn request(self, number: u64) -> Vec<u8> {
        match self {
            Self::TinyBodies => post(&format!(r#"{{"query":"{{__typename}}","n":{number}}}"#), ""),
            Self::PaddedBodies => {
                let padding = " ".repeat(16_000);
                post(
                    &format!(r#"{{"query":"{{__typename}}",{padding}"n":{number}}}"#),
                    "",
                )
            }
            Self::Variables => post(
                &format!(
                    r#"{{"query":"query($c:String!){{search(text:$c,first:1){{node{{id}}}}}}","variables":{{"c":"x{number}"}}}}"#
                ),
                "",
            ),
            Self::LargeVariables => {
                let codes = r#""RW","#.repeat(1_900);
                post(
                    &format!(
                        r#"{{"query":"query($c:[ID!]){{stanceChanges(first:1,filter:{{countries:$c}}){{totalCount}}}}","n":{number},"variables":{{"c":[{codes}"PE"]}}}}"#
                    ),
                    "",
                )
            }
            Self::Headers => post(
                r#"{"query":"{__typename}"}"#,
                &format!("X-Number: {number}\r\nAccept: application/json;q=0.{number}\r\n"),
            ),
            Self::OperationNames => post(
                &format!(r#"{{"query":"query N{number}{{__typename}}"}}"#),
                "",
            ),
            Self::LargeDocuments => {
                let fields = "code name ".repeat(900);
                post(
                    &format!(
                        r#"{{"query":"query N{number}{{country(code:\"RW\"){{{fields}}}}}"}}"#
                    ),
                    "",
                )
            }
            Self::RefusedDocuments => post(&format!(r#"{{"query":"{{unknown{number}}}"}}"#), ""),
            Self::PersistedHashes => post(
                &format!(
                    r#"{{"extensions":{{"persistedQuery":{{"version":1,"sha256Hash":"{number:064x}"}}}}}}"#
                ),
                "",
            ),
            Self::QueryStrings => get(&format!("query=%7B__typename%7D&n={number}")),
            Self::LongQueryStrings => {
                let padding = "x".repeat(60_000);
                get(&format!("query=%7B__typename%7D&n={number}&x={padding}"))
            }
            Self::LargeResponses => post(
                &format!(
                    r#"{{"n":{number},"query":"{{statements(first:100){{nodes{{id number summary quote recordedAt evidence{{source{{title url publisher}}}}}}}}}}"}}"#
                ),
                "",
            ),
            Self::ManyValues => {
                let values = "1,".repeat(500_000);
                post(
                    &format!(
                        r#"{{"query":"{{__typename}}","variables":{{"v":[{values}{number}]}}}}"#
                    ),
                    "",
                )
            }
            Self::SqlFilters => {
                let stances = r"REFUSED,".repeat(usize::try_from(number % 200).unwrap() + 1);
                post(
                    &format!(
                        r#"{{"n":{number},"query":"{{stanceChanges(first:1,filter:{{to:[{stances}]}}){{totalCount}}}}"}}"#
                    ),
                    "",
                )
            }
        }
    }

    /// Sends its part of `requests`. Returns how many responses had each status.
    pub async fn run(self, server: SocketAddr, requests: u64) -> BTreeMap<u16, u64> {
        let count = (requests / self.share()).max(CLIENTS);
        let next = Arc::<AtomicU64>::default();
        let mut clients = tokio::task::JoinSet::new();
        for _ in 0..CLIENTS {
            let next = Arc::clone(&next);
            clients.spawn(async move {
                let mut statuses = BTreeMap::<u16, u64>::new();
                let mut client = Client::new(server);
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return statuses;
                    }
                    let status = client.send(&self.request(number)).await;
                    *statuses.entry(status).or_default() += 1;
                }
            });
        }
        let mut statuses = BTreeMap::new();
        for (status, count) in clients.join_all().await.into_iter().flatten() {
            *statuses.entry(status).or_default() += count;
        }
        statuses
    }
}
