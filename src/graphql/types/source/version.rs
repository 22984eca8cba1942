//! Versions of sources: the data as registered, and as each correction left them.

use async_graphql::{Context, Object};
use entity::source::Model;

use super::{Source, SourceKind, load_source};
use crate::error::{Error, Result, parse_stored};
use crate::graphql::inputs::scalars::{DateTime, Edtf, Url};
use crate::graphql::loaders::{loaders, row::EntrySeq};
use crate::graphql::output::direct_json::DirectJson;
use crate::graphql::output::direct_json::ready::ready_fields;
use crate::model::source;

pub struct SourceVersion(pub Model);

/// The data of a source from one ledger entry on, until the next version.
#[Object]
impl SourceVersion {
    /// Number of the version: the `seq` of the ledger entry that registered or corrected the source.
    async fn number(&self) -> i64 {
        self.0.id
    }

    /// Kind of source.
    async fn kind(&self) -> Result<SourceKind> {
        parse_stored::<source::SourceKind>(&self.0.kind).map(Into::into)
    }

    /// Publisher.
    async fn publisher(&self) -> &str {
        &self.0.publisher
    }

    /// Title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// URL; null if there is none.
    async fn url(&self) -> Option<Url> {
        self.0.url.clone().map(Url)
    }

    /// Date of publication; null if unknown.
    async fn published_on(&self) -> Option<Edtf> {
        self.0.published_on.clone().map(Edtf)
    }

    /// BCP 47 language tag; null if unknown.
    async fn language(&self) -> Option<&str> {
        self.0.language.as_deref()
    }

    /// The source that this one repeats; null for an original.
    async fn derived_from(&self, ctx: &Context<'_>) -> Result<Option<DirectJson<Source>>> {
        load_source(ctx, self.0.derived_from).await
    }

    /// Reason for the correction; null for the data as registered.
    async fn correction_reason(&self) -> Option<&str> {
        self.0.correction_reason.as_deref()
    }

    /// Time of recording.
    async fn recorded_at(&self, ctx: &Context<'_>) -> Result<DateTime> {
        let seq = self.0.id;
        let entry = loaders(ctx).load_one(EntrySeq(seq)).await?;
        let entry = entry.ok_or_else(|| Error::internal(format!("entry {seq} is missing")))?;
        Ok(DateTime::of_micros(entry.recorded_at))
    }
}

ready_fields!(SourceVersion {
    "number" => number,
    "kind" => kind,
    "publisher" => publisher,
    "title" => title,
    "url" => url,
    "publishedOn" => published_on,
    "language" => language,
    "correctionReason" => correction_reason,
});
