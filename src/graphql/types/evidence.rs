//! Evidence: the link between a statement and a source.

use async_graphql::Object;

use super::source::Source;
use super::statement::enums::EvidenceRelation;
use crate::error::{Result, parse_stored};
use crate::graphql::inputs::scalars::{DateTime, Edtf};
use crate::graphql::output::direct_json::DirectJson;
use crate::graphql::output::direct_json::ready::ready_fields;
use crate::model::statement;

pub struct Evidence {
    pub row: entity::evidence::Model,
    pub source: entity::source::Model,
}

/// Link between a statement and a source.
#[Object]
impl Evidence {
    /// The cited source.
    async fn source(&self) -> DirectJson<Source> {
        DirectJson(Source(self.source.clone()))
    }

    /// Relation of the source to the statement.
    async fn relation(&self) -> Result<EvidenceRelation> {
        parse_stored::<statement::EvidenceRelation>(&self.row.relation).map(Into::into)
    }

    /// Quotation from the source, at most 200 characters; null if there is none.
    async fn quote(&self) -> Option<&str> {
        self.row.quote.as_deref()
    }

    /// Location within the source, for example a page or paragraph; null if not specified.
    async fn locator(&self) -> Option<&str> {
        self.row.locator.as_deref()
    }

    /// Date on which the cited passage became public, if it is not that of the source and of what it derives from; null
    /// otherwise.
    async fn published_on(&self) -> Option<Edtf> {
        self.row.published_on.clone().map(Edtf)
    }

    /// Time at which the evidence was recorded; it may be later than the statement.
    async fn recorded_at(&self) -> DateTime {
        DateTime::of_micros(self.row.recorded_at)
    }
}

ready_fields!(Evidence {
    "source" => source of DirectJson<Source>,
    "relation" => relation,
    "quote" => quote,
    "locator" => locator,
    "publishedOn" => published_on,
    "recordedAt" => recorded_at,
});
