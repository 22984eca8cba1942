//! Subscription filters, and the events that each must deliver for a given ledger.

use std::collections::HashMap;

use demarche::model::cursor::LedgerCursor;
use entity::{initiative, ledger_entry, ledger_head, stance_change};
use sea_orm::{DatabaseConnection, EntityTrait, QueryOrder};
use serde_json::{Value, json};

use crate::TestResult;

#[derive(Clone, Debug)]
pub enum Filter {
    Entries,
    Kinds(Vec<&'static str>),
    Changes,
    /// Alpha-2 codes.
    Countries(Vec<String>),
    /// Slugs.
    Initiatives(Vec<String>),
    /// Stances after the change.
    To(Vec<&'static str>),
}

/// A ledger entry with the fields that filters use.
pub struct Entry {
    pub cursor: String,
    kind: String,
    change: Option<Change>,
}

struct Change {
    initiative: String,
    state: String,
    to: String,
}

impl Filter {
    pub fn query(&self) -> &'static str {
        match self {
            Self::Entries | Self::Kinds(_) => {
                "subscription($after: String, $kinds: [EntryKind!]) {
                   event: ledgerAppended(after: $after, kinds: $kinds) { cursor } }"
            }
            _ => {
                "subscription($after: String, $filter: StanceChangeFilter) {
                   event: stanceChanged(after: $after, filter: $filter) { cursor } }"
            }
        }
    }

    pub fn variables(&self, after: &str) -> Value {
        let filter = match self {
            Self::Entries => return json!({ "after": after }),
            Self::Kinds(kinds) => return json!({ "after": after, "kinds": kinds }),
            Self::Changes => json!({}),
            Self::Countries(codes) => json!({ "countries": codes }),
            Self::Initiatives(slugs) => json!({ "initiatives": slugs }),
            Self::To(stances) => json!({ "to": stances }),
        };
        json!({ "after": after, "filter": filter })
    }

    fn matches(&self, entry: &Entry) -> bool {
        let of_change =
            |matches: &dyn Fn(&Change) -> bool| entry.change.as_ref().is_some_and(matches);
        match self {
            Self::Entries => true,
            Self::Kinds(kinds) => kinds.contains(&entry.kind.as_str()),
            Self::Changes => entry.change.is_some(),
            Self::Countries(codes) => of_change(&|change| codes.contains(&change.state)),
            Self::Initiatives(slugs) => of_change(&|change| slugs.contains(&change.initiative)),
            Self::To(stances) => of_change(&|change| stances.contains(&change.to.as_str())),
        }
    }

    /// Checks that the received cursors are exactly those of the matching entries, in order.
    /// # Errors
    /// The first difference.
    pub fn check_received(&self, received: &[String], ledger: &[Entry]) -> TestResult {
        let matching = ledger.iter().filter(|entry| self.matches(entry));
        let expected: Vec<&str> = matching.map(|entry| entry.cursor.as_str()).collect();
        if received == expected {
            return Ok(());
        }
        let pairs = received.iter().zip(&expected);
        let index = pairs
            .take_while(|(received, expected)| received == *expected)
            .count();
        let (count, total) = (received.len(), expected.len());
        Err(format!(
            "{self:?} received {count} events, expected {total}; the first difference is event {index}"
        ))
    }
}

/// All entries, by seq.
pub async fn list_entries(db: &DatabaseConnection) -> Vec<Entry> {
    let head = ledger_head::Entity::find_by_id(1).one(db).await.unwrap();
    let generation = head.expect("the server has created it").generation;
    let initiatives = initiative::Entity::find().all(db).await.unwrap();
    let slugs: HashMap<i64, String> = initiatives
        .into_iter()
        .map(|row| (row.id, row.slug))
        .collect();
    let changes = stance_change::Entity::find().all(db).await.unwrap();
    let change = |row: stance_change::Model| Change {
        initiative: slugs[&row.initiative_id].clone(),
        state: row.requested_state,
        to: row.to_stance,
    };
    let mut changes: HashMap<i64, Change> = changes
        .into_iter()
        .map(|row| (row.seq, change(row)))
        .collect();
    let entries = ledger_entry::Entity::find().order_by_asc(ledger_entry::Column::Seq);
    let entries = entries.all(db).await.unwrap().into_iter();
    let entry = |row: ledger_entry::Model| Entry {
        cursor: LedgerCursor::new(&generation, row.seq, &row.hash).to_string(),
        change: changes.remove(&row.seq),
        kind: row.kind,
    };
    entries.map(entry).collect()
}
