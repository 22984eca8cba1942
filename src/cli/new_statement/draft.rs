//! A new statement with what it refers to, and the document that it becomes.

use std::collections::HashMap;

use entity::initiative;
use serde::Serialize;
use serde_json::json;

use super::correction::Corrected;
use super::input_errors;
use crate::error::Result;
use crate::ledger::import;
use crate::ledger::import::document::{self, Document, Initiative, Source, Statement};

/// A statement with what it refers to, as a document of its own.
pub(super) struct Draft {
    pub(super) initiative: initiative::Model,
    pub(super) sources: Vec<Source>,
    /// The seqs of those that the ledger has, by key.
    pub(super) recorded: HashMap<String, i64>,
    pub(super) statement: Statement,
    /// What the statement corrects.
    pub(super) corrected: Option<Corrected>,
}

impl Draft {
    pub(super) fn initiative(&self) -> Initiative {
        let row = &self.initiative;
        Initiative {
            slug: row.slug.clone(),
            title: row.title.clone(),
            requesting_state: row.requesting_state.clone(),
            // It is not recorded again.
            started_on: row.started_on.clone().unwrap_or_else(|| "1900".to_owned()),
            summary: row.summary.clone(),
        }
    }

    /// # Errors
    /// `Error::InputErrors` for rules about several answers.
    pub(super) fn document(&self) -> Result<Document> {
        let corrected = self.corrected.as_ref();
        let corrected = corrected
            .map(|one| one.item(&self.statement.evidence))
            .transpose()?;
        let mut statements: Vec<Item<'_>> = corrected.iter().map(Item::from).collect();
        statements.push(self.item(&self.statement));
        let document = json!({
            "format": 2, "initiative": self.initiative(), "sources": self.sources, "statements": statements,
        });
        let mut document = document::parse_in_any_order(&document).map_err(input_errors)?;
        let sources = self.recorded.iter();
        document.recorded = sources
            .map(|(key, seq)| (import::source_key(key), *seq))
            .collect();
        let initiative = import::INITIATIVE_KEY.to_owned();
        document.recorded.insert(initiative, self.initiative.id);
        if let Some(corrected) = &self.corrected {
            let key = import::statement_key(corrected.key());
            document.recorded.insert(key, corrected.row.id);
        }
        Ok(document)
    }

    /// The new statement, or that with the keys of another document, as documents have it.
    pub(super) fn item<'s>(&self, statement: &'s Statement) -> Item<'s> {
        let corrected = self.corrected.as_ref();
        let settles_disputes = corrected
            .map(|one| one.settles_disputes)
            .filter(|is_so| *is_so);
        Item {
            statement,
            settles_disputes,
        }
    }
}

/// A statement as documents have it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Item<'s> {
    #[serde(flatten)]
    statement: &'s Statement,
    #[serde(skip_serializing_if = "Option::is_none")]
    settles_disputes: Option<bool>,
}

impl<'s> From<&'s Statement> for Item<'s> {
    fn from(statement: &'s Statement) -> Self {
        Self {
            statement,
            settles_disputes: None,
        }
    }
}
