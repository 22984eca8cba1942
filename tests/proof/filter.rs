//! What a subscriber asks to hear of, and what that is by the ledger.

use std::collections::HashMap;

use demarche::model::cursor::LedgerCursor;
use entity::{initiative, ledger_entry, ledger_head, stance_change};
use sea_orm::{DatabaseConnection, EntityTrait, QueryOrder};
use serde_json::{Value, json};

use crate::Proven;

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

/// An entry, and what can be asked of it.
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
                   heard: ledgerAppended(after: $after, kinds: $kinds) { cursor } }"
            }
            _ => {
                "subscription($after: String, $filter: StanceChangeFilter) {
                   heard: stanceChanged(after: $after, filter: $filter) { cursor } }"
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

    fn wants(&self, entry: &Entry) -> bool {
        let of_change = |wants: &dyn Fn(&Change) -> bool| entry.change.as_ref().is_some_and(wants);
        match self {
            Self::Entries => true,
            Self::Kinds(kinds) => kinds.contains(&entry.kind.as_str()),
            Self::Changes => entry.change.is_some(),
            Self::Countries(codes) => of_change(&|change| codes.contains(&change.state)),
            Self::Initiatives(slugs) => of_change(&|change| slugs.contains(&change.initiative)),
            Self::To(stances) => of_change(&|change| stances.contains(&change.to.as_str())),
        }
    }

    /// Whether these are the cursors of what there was to hear, in order.
    /// # Errors
    /// Where they are not.
    pub fn compare(&self, heard: &[String], ledger: &[Entry]) -> Proven {
        let wanted = ledger.iter().filter(|entry| self.wants(entry));
        let expected: Vec<&str> = wanted.map(|entry| entry.cursor.as_str()).collect();
        if heard == expected {
            return Ok(());
        }
        let both = heard.iter().zip(&expected);
        let at = both
            .take_while(|(heard, expected)| heard == *expected)
            .count();
        let (heard, of) = (heard.len(), expected.len());
        Err(format!(
            "{self:?} heard {heard} events of {of}, and number {at} is another"
        ))
    }
}

/// All entries, by seq.
pub async fn list(db: &DatabaseConnection) -> Vec<Entry> {
    let head = ledger_head::Entity::find_by_id(1).one(db).await.unwrap();
    let generation = head.expect("a server has opened it").generation;
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
