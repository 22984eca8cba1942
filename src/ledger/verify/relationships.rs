//! Compact relationships of a replay, with their current positions.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::relationship;

use super::dates::{DateId, Dates};
use super::seq::{Seq, compact};
use super::statements::Index;
use crate::error::{Error, Result, parse_stored};
use crate::model::stance::Stance;
use crate::model::time::parse_day;

/// ISO 3166-1 alpha-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct CountryCode([u8; 2]);

impl CountryCode {
    pub(super) fn new(code: &str) -> Result<Self> {
        code.as_bytes()
            .try_into()
            .map(Self)
            .map_err(Error::internal)
    }

    pub(super) fn text(self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

#[derive(Default)]
pub(super) struct Relationships {
    /// Ascending by id.
    rows: Vec<CompactRelationship>,
    /// Indexes of `rows`.
    by_ends: HashMap<(Seq, CountryCode), u32>,
}

pub(super) struct CompactRelationship {
    id: Seq,
    pub(super) newest: Option<Index>,
    initiative: Seq,
    requesting: CountryCode,
    requested: CountryCode,
    stance: Stance,
    certain: bool,
    disputed: bool,
    since: Option<DateId>,
    since_day: Option<NaiveDate>,
    basis: Option<Seq>,
    changed_seq: Option<Seq>,
    changed_at: i64,
}

impl Relationships {
    /// Adds the next relationship, or stores the new position of one.
    pub(super) fn put(&mut self, row: &relationship::Model, dates: &mut Dates) -> Result<()> {
        let id = compact(row.id)?;
        let index = self.rows.binary_search_by_key(&id, |row| row.id);
        let newest = index.ok().and_then(|index| self.rows[index].newest);
        let relationship = CompactRelationship {
            id,
            newest,
            initiative: compact(row.initiative_id)?,
            requesting: CountryCode::new(&row.requesting_state)?,
            requested: CountryCode::new(&row.requested_state)?,
            stance: parse_stored(&row.stance)?,
            certain: row.certain,
            disputed: row.disputed,
            since: row
                .since
                .as_ref()
                .map(|since| dates.add(since))
                .transpose()?,
            since_day: parse_day(&row.since_day),
            basis: row.basis.map(compact).transpose()?,
            changed_seq: compact(row.changed_seq).ok(),
            changed_at: row.changed_at,
        };
        match index {
            Ok(index) => self.rows[index] = relationship,
            Err(index) => {
                let ends = (relationship.initiative, relationship.requested);
                let position = u32::try_from(index).map_err(Error::internal)?;
                self.by_ends.insert(ends, position);
                self.rows.insert(index, relationship);
            }
        }
        Ok(())
    }

    pub(super) fn find(&self, id: i64) -> Option<&CompactRelationship> {
        let index = self.position(id)?;
        Some(&self.rows[index])
    }

    pub(super) fn find_mut(&mut self, id: i64) -> Option<&mut CompactRelationship> {
        let index = self.position(id)?;
        Some(&mut self.rows[index])
    }

    pub(super) fn find_by_ends(
        &self,
        initiative: i64,
        requested: &str,
    ) -> Option<&CompactRelationship> {
        let ends = (compact(initiative).ok()?, CountryCode::new(requested).ok()?);
        let index = self.by_ends.get(&ends)?;
        Some(&self.rows[*index as usize])
    }

    /// The rows, in ascending order of id.
    pub(super) fn rows<'r>(
        &'r self,
        dates: &'r Dates,
    ) -> impl Iterator<Item = relationship::Model> + 'r {
        self.rows.iter().map(|relationship| relationship.row(dates))
    }

    fn position(&self, id: i64) -> Option<usize> {
        let id = compact(id).ok()?;
        self.rows.binary_search_by_key(&id, |row| row.id).ok()
    }
}

impl CompactRelationship {
    pub(super) fn row(&self, dates: &Dates) -> relationship::Model {
        let since_day = self.since_day.map(|day| day.to_string());
        relationship::Model {
            id: self.id.get().into(),
            initiative_id: self.initiative.get().into(),
            requesting_state: self.requesting.text(),
            requested_state: self.requested.text(),
            stance: self.stance.as_ref().to_owned(),
            stance_rank: self.stance.rank().into(),
            since: self.since.map(|since| dates.date(since).text.to_string()),
            since_day: since_day.unwrap_or_default(),
            certain: self.certain,
            disputed: self.disputed,
            basis: self.basis.map(|basis| basis.get().into()),
            changed_seq: self.changed_seq.map_or(0, |seq| seq.get().into()),
            changed_at: self.changed_at,
        }
    }
}
