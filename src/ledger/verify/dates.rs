//! Distinct EDTF texts of a replay, with their bounds: a ledger has few of them, each in many statements.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::error::{Error, Result};
use crate::model::edtf::Edtf;

/// Index of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DateId(u32);

#[derive(Default)]
pub(super) struct Dates {
    ids: HashMap<Arc<str>, DateId>,
    dates: Vec<Date>,
}

pub(super) struct Date {
    pub(super) text: Arc<str>,
    pub(super) earliest: Option<NaiveDate>,
    latest: Option<NaiveDate>,
}

impl Date {
    /// The last day that it may mean, of a claim recorded on `recorded_on`.
    pub(super) fn latest(&self, recorded_on: NaiveDate) -> NaiveDate {
        self.latest
            .map_or(recorded_on, |latest| latest.min(recorded_on))
    }
}

impl Dates {
    pub(super) fn add(&mut self, text: &str) -> Result<DateId> {
        if let Some(id) = self.ids.get(text) {
            return Ok(*id);
        }
        let date = Edtf::parse(text).map_err(Error::internal)?;
        let id = DateId(u32::try_from(self.dates.len()).map_err(Error::internal)?);
        let text: Arc<str> = text.into();
        self.ids.insert(Arc::clone(&text), id);
        self.dates.push(Date {
            text,
            earliest: date.earliest(),
            latest: date.latest(),
        });
        Ok(id)
    }

    pub(super) fn date(&self, DateId(id): DateId) -> &Date {
        &self.dates[id as usize]
    }
}
