//! Sources with their corrections.

use chrono::NaiveDate;

use super::{Action, Ledger};
use crate::date::{Date, day_of};

/// The data of a source after some entry.
#[derive(Clone, Copy, Debug)]
pub struct SourceData<'l> {
    /// The entry with these data.
    pub version: i64,
    pub title: &'l str,
    pub published: Option<&'l Date>,
    pub original: Option<i64>,
}

impl Ledger {
    /// The data of a source just after an entry.
    pub fn source_after(&self, source: i64, seq: i64) -> Option<SourceData<'_>> {
        let versions = self.numbered().take_while(|(entry, _)| *entry <= seq);
        let versions = versions.filter_map(|(version, entry)| {
            let (published, original) = match &entry.content.action {
                Action::Source {
                    published,
                    original,
                } if version == source => (published, original),
                Action::SourceCorrection {
                    of,
                    published,
                    original,
                    ..
                } if *of == source => (published, original),
                _ => return None,
            };
            Some(SourceData {
                version,
                title: &entry.content.text,
                published: published.as_ref(),
                original: *original,
            })
        });
        versions.last()
    }

    /// The data of a source now.
    pub fn source(&self, source: i64) -> Option<SourceData<'_>> {
        self.source_after(source, self.head())
    }

    /// The last possible day of publication of a source, or of an original that it derives from, just after an entry; not after
    /// the day on which the source was registered.
    pub fn public_on(&self, source: i64, seq: i64) -> Option<NaiveDate> {
        let data = self.source_after(source, seq)?;
        let registered_on = day_of(self.entry(source)?.recorded_at);
        let own = data.published.map(|date| date.last(registered_on));
        let older = data
            .original
            .and_then(|original| self.public_on(original, seq));
        own.into_iter().chain(older).min()
    }

    /// Whether a source is another one, or derives from it.
    pub fn derives_from(&self, source: i64, original: i64) -> bool {
        source == original
            || self
                .source(source)
                .and_then(|data| data.original)
                .is_some_and(|next| self.derives_from(next, original))
    }
}
