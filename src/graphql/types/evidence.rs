//! Evidence: the link between a statement and a source.

use async_graphql::Object;

use super::source::Source;
use super::statement::enums::EvidenceRelation;
use crate::error::{Result, parse_stored};
use crate::graphql::inputs::scalars::DateTime;
use crate::graphql::output::direct_json::DirectJson;
use crate::model::statement;

pub struct Evidence {
    pub row: entity::evidence::Model,
    pub source: entity::source::Model,
}

/// What ties a statement to a source.
#[Object]
impl Evidence {
    /// The document or report.
    async fn source(&self) -> DirectJson<Source> {
        DirectJson(Source(self.source.clone()))
    }

    /// How the source bears on the statement.
    async fn relation(&self) -> Result<EvidenceRelation> {
        parse_stored::<statement::EvidenceRelation>(&self.row.relation).map(Into::into)
    }

    /// The words of the source, at most 200 characters; null where none are quoted.
    async fn quote(&self) -> Option<&str> {
        self.row.quote.as_deref()
    }

    /// Where in the source, for example a page or paragraph; null where that is not said.
    async fn locator(&self) -> Option<&str> {
        self.row.locator.as_deref()
    }

    /// When we recorded the tie, which may be later than the statement.
    async fn recorded_at(&self) -> DateTime {
        DateTime::of_micros(self.row.recorded_at)
    }
}
