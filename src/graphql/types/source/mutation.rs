//! The mutation `registerSource`.

use async_graphql::{Context, ID, InputObject, Object};

use super::{Source, SourceKind};
use crate::error::{Error, Result};
use crate::graphql::inputs::scalars::{Edtf, Url};
use crate::graphql::loaders::{loaders, row::SourceId};
use crate::graphql::types::mutation::{head_after, parse_id, payload, record, stance_change_of};
use crate::ledger::payload::{self, Payload};

/// Registers a document or report for use as evidence.
#[derive(InputObject)]
pub struct RegisterSourceInput {
    /// Idempotency key, at most 200 characters, unique per token; see `RecordStatementInput.idempotencyKey`.
    pub idempotency_key: String,
    /// Kind of source.
    pub kind: SourceKind,
    /// Publisher, at most 600 characters.
    pub publisher: String,
    /// Title in the original language, at most 600 characters.
    pub title: String,
    /// URL with the scheme http or https, at most 2,000 characters.
    pub url: Option<Url>,
    /// Date of publication, as precise as is known; must not begin after today.
    pub published_on: Option<Edtf>,
    /// ISO 639 language code of two or three lower-case letters, for example en.
    pub language: Option<String>,
    /// ID of the source that this one copies or repeats.
    pub derived_from: Option<ID>,
}

payload!(
    /// Result of `registerSource`.
    RegisterSourcePayload {
        /// The new source.
        source: Source
    }
);

/// Root fields.
#[derive(Default)]
pub struct SourceMutation;

#[Object]
impl SourceMutation {
    /// Registers a document or report so that statements can cite it. The server never fetches its URL. Requires the
    /// role `EDITOR`.
    /// Errors: `BAD_USER_INPUT` or `NOT_FOUND` with the invalid field.
    async fn register_source(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The source to register.")] input: RegisterSourceInput,
    ) -> Result<RegisterSourcePayload> {
        let original = input
            .derived_from
            .map(|id| parse_id("input.derivedFrom", &id, "source"))
            .transpose()?;
        let new_source = payload::Source {
            kind: input.kind.into(),
            publisher: input.publisher,
            title: input.title,
            url: input.url.map(|url| url.0),
            published_on: input
                .published_on
                .map(|date| date.written("input.publishedOn"))
                .transpose()?,
            language: input.language,
            derived_from: original,
        };
        let entry = record(
            ctx,
            &input.idempotency_key,
            Payload::SourceRegistered(new_source),
        )
        .await?;
        let source = loaders(ctx)
            .load_one(SourceId(entry.seq))
            .await?
            .map(Source);
        let source = source.ok_or_else(|| Error::internal("the registered source is missing"))?;
        let (ledger_head, stance_change) = (
            head_after(ctx, &entry).await?,
            stance_change_of(ctx, &entry).await?,
        );
        Ok(RegisterSourcePayload {
            source,
            ledger_head,
            stance_change,
        })
    }
}
