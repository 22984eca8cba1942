//! Replay of entries: the rows that they determine, a page at a time, by the code that recorded them.
//!
//! Between pages only compact state is held: some forty bytes for each statement, a dozen for each piece of evidence, and no text
//! but dates.

use std::collections::BTreeMap;

use entity::{initiative, ledger_entry, ledger_head, relationship, statement};

use super::chain::Link;
use super::dates::Dates;
use super::relationships::{CountryCode, Relationships};
use super::seq::{Seq, compact};
use super::sources::Sources;
use super::statements::Statements;
use super::status::Status;
use super::unresolved::find_unresolved;
use crate::error::Result;
use crate::ledger::batch::{Batch, References, ReplayedRows};
use crate::ledger::projection;
use crate::model::stance::Stance;

#[derive(Default)]
pub(super) struct Replay {
    initiatives: BTreeMap<Seq, CountryCode>,
    sources: Sources,
    relationships: Relationships,
    statements: Statements,
}

/// The stored status of each new statement of a page whose row is there and equal in all other columns.
pub(super) type StoredStatuses = BTreeMap<i64, Status>;

/// The rows of a page; or the first entry that is inconsistent with those before it, and the reason.
pub(super) fn project(
    mut batch: Batch,
    links: &[Link],
) -> std::result::Result<ReplayedRows, (&ledger_entry::Model, String)> {
    for (payload, entry) in links {
        let unresolved = find_unresolved(&batch, payload);
        let projected = unresolved.map_or_else(
            || projection::apply(&mut batch, entry, payload).map_err(|error| error.to_string()),
            Err,
        );
        projected.map_err(|what| (entry, what))?;
    }
    Ok(batch.into_rows())
}

impl Replay {
    /// A batch after the entry of `head`, with the stored rows that the entries of a page reference.
    pub(super) fn load(&self, head: ledger_head::Model, links: &[Link]) -> Result<Batch> {
        let mut batch = Batch::replay(head);
        let mut references = References::default();
        for (payload, _) in links {
            references.add(payload);
        }
        self.load_references(&mut batch, &references)?;
        Ok(batch)
    }

    /// Stores what later pages need of the rows of a page.
    pub(super) fn store(
        &mut self,
        rows: &ReplayedRows,
        links: &[Link],
        actual: &StoredStatuses,
    ) -> Result<()> {
        for row in &rows.new.initiatives {
            let requesting = CountryCode::new(&row.requesting_state)?;
            self.initiatives.insert(compact(row.id)?, requesting);
        }
        let first = links.first().map_or(0, |(_, entry)| entry.seq);
        let recorded_at = |seq: i64| {
            let index = usize::try_from(seq - first).unwrap_or(usize::MAX);
            links.get(index).map_or(0, |(_, entry)| entry.recorded_at)
        };
        let new = &rows.new;
        let dates = &mut self.statements.dates;
        self.sources
            .store(&new.sources, &new.source_publications, recorded_at, dates)?;
        self.sources.add_evidence(&new.evidence)?;
        for row in &rows.changed_relationships {
            self.relationships.put(row, &mut self.statements.dates)?;
        }
        // Before the publications, on which the status of an unchanged statement depends.
        for row in &rows.changed_statements {
            self.statements.change(row)?;
        }
        let payloads = links.iter().filter_map(|(payload, _)| payload.statement());
        for (row, payload) in rows.new_statements.iter().zip(payloads) {
            self.add_statement(row, payload.body.stance())?;
        }
        self.statements
            .add_contradictions(&rows.new.contradictions)?;
        self.statements.add_publications(&rows.new.evidence);
        for (statement, day) in self.sources.list_days(&rows.new.source_publications) {
            self.statements.set_publication(statement, day);
        }
        for row in &rows.new_statements {
            let actual = actual.get(&row.id).copied();
            self.statements.add_status(row, actual);
        }
        Ok(())
    }

    fn add_statement(&mut self, row: &statement::Model, stance: Option<Stance>) -> Result<()> {
        let relationship = row.relationship_id;
        let relationship = relationship.and_then(|id| self.relationships.find_mut(id));
        let previous = relationship.as_ref().and_then(|found| found.newest);
        let index = self.statements.add((row, stance), previous)?;
        if let Some(relationship) = relationship {
            relationship.newest = Some(index);
        }
        Ok(())
    }

    pub(super) fn statements(&self) -> &Statements {
        &self.statements
    }

    /// The relationships after the last entry, in ascending order of id.
    pub(super) fn relationships(&self) -> impl Iterator<Item = relationship::Model> + '_ {
        self.relationships.rows(self.dates())
    }

    fn dates(&self) -> &Dates {
        &self.statements.dates
    }

    fn load_references(&self, batch: &mut Batch, references: &References<'_>) -> Result<()> {
        let initiatives = references.initiatives.iter();
        for row in initiatives.filter_map(|id| self.initiative(*id)) {
            batch.add_stored_initiative(row);
        }
        for number in &references.sources {
            self.sources.load(batch, *number, self.dates());
        }
        if references.has_source_corrections() {
            let (sources, changed) = (&references.sources, &references.changed);
            let dates = self.dates();
            let statements = self
                .sources
                .load_corrections(batch, sources, changed, dates);
            for id in statements {
                self.load_statement(batch, id, false)?;
            }
        }
        for id in &references.statements {
            self.load_statement(batch, *id, references.changed.contains(id))?;
        }
        for (initiative, states) in &references.ends {
            for state in states {
                let found = self.relationships.find_by_ends(*initiative, state);
                self.load_relationship(batch, found.map(|found| found.row(self.dates())))?;
            }
        }
        Ok(())
    }

    fn load_statement(&self, batch: &mut Batch, id: i64, is_changed: bool) -> Result<()> {
        let Some(row) = self.statements.find_row(id) else {
            return Ok(());
        };
        let (relationship, corrects) = (row.relationship_id, row.corrects);
        let fact = || self.statements.find_fact(id);
        let fact = (is_changed && relationship.is_none()).then(fact).flatten();
        batch.add_stored_statement(row, fact.as_ref())?;
        if !is_changed {
            return Ok(());
        }
        // Its retraction makes the statement that it corrects valid again.
        if let Some(corrected) = corrects.and_then(|id| self.statements.find_row(id)) {
            batch.add_stored_statement(corrected, None)?;
        }
        let relationship = relationship.and_then(|id| self.relationships.find(id));
        self.load_relationship(batch, relationship.map(|found| found.row(self.dates())))
    }

    fn load_relationship(&self, batch: &mut Batch, row: Option<relationship::Model>) -> Result<()> {
        let Some(row) = row else { return Ok(()) };
        if batch.cache.find(row.id).is_none() {
            let found = self.relationships.find(row.id);
            let newest = found.and_then(|found| found.newest);
            let history = self.statements.history(newest)?;
            batch.cache.add_relationship(row, history);
        }
        Ok(())
    }

    fn initiative(&self, id: i64) -> Option<initiative::Model> {
        let requesting = self.initiatives.get(&compact(id).ok()?)?;
        Some(initiative::Model {
            id,
            slug: String::new(),
            title: String::new(),
            summary: String::new(),
            requesting_state: requesting.text(),
            started_on: None,
        })
    }
}
