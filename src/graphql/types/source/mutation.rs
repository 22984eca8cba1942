//! The mutations `registerSource` and `correctSource`.

use async_graphql::{Context, ID, InputObject, Object};

use super::{Source, SourceKind};
use crate::error::{Error, Result};
use crate::graphql::inputs::scalars::{Edtf, Url};
use crate::graphql::loaders::{loaders, source::SourceId};
use crate::graphql::types::mutation::{Write, check_id, payload, record};
use crate::input_errors::InputErrors;
use crate::ledger::payload::{self, Payload};

/// Registers a document or report for use as evidence.
#[derive(InputObject)]
pub struct RegisterSourceInput {
    /// Idempotency key, at most 200 characters, unique per token; see `RecordStatementInput.idempotencyKey`.
    pub idempotency_key: String,
    /// The data.
    #[graphql(flatten)]
    pub data: SourceData,
}

/// The data of a source, which are fields of the inputs.
#[derive(InputObject)]
pub struct SourceData {
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

impl SourceData {
    /// What is recorded; adds what is not valid to the errors.
    fn written(self, errors: &mut InputErrors) -> payload::Source {
        let published_on = self.published_on;
        let derived_from = self.derived_from;
        payload::Source {
            kind: self.kind.into(),
            publisher: self.publisher,
            title: self.title,
            url: self.url.map(|url| url.0),
            published_on: published_on.map(|date| date.written("input.publishedOn", errors)),
            language: self.language,
            derived_from: derived_from
                .map(|id| check_id("input.derivedFrom", &id, "source", errors)),
        }
    }
}

payload!(
    /// Result of `registerSource`.
    RegisterSourcePayload {
        /// The new source; null after a dry run.
        source: Source
    }
);

/// Replaces the data of a source, all of them: repeat those that are right.
#[derive(InputObject)]
pub struct CorrectSourceInput {
    /// Idempotency key, at most 200 characters, unique per token; see `RecordStatementInput.idempotencyKey`.
    pub idempotency_key: String,
    /// ID of the source.
    pub source: ID,
    /// Version that you correct, from `Source.version`. If another correction came first, the result is `CONFLICT`.
    pub version: i64,
    /// What was wrong, at most 2,000 characters.
    pub reason: String,
    /// The data.
    #[graphql(flatten)]
    pub data: SourceData,
}

payload!(
    /// Result of `correctSource`.
    CorrectSourcePayload {
        /// The source with the new data; null after a dry run.
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
        #[graphql(
            default,
            desc = "Whether to check the input and report what would change, without writing anything."
        )]
        dry_run: bool,
    ) -> Result<RegisterSourcePayload> {
        let mut errors = InputErrors::default();
        let new_source = input.data.written(&mut errors);
        let write = Write {
            idempotency_key: input.idempotency_key,
            payload: Payload::SourceRegistered(new_source),
            dry_run,
            errors,
        };
        let outcome = record(ctx, write).await?;
        let source = outcome.load(|seq| load_written(ctx, seq)).await?;
        RegisterSourcePayload::new(ctx, source, outcome).await
    }

    /// Corrects the data of a source; its number, and with it every citation, stays. The earlier data remain readable in
    /// `Source.versions`. If the date of publication or `derivedFrom` changes, the statements that rest on the source, or on one
    /// that derives from it, count as public from the new day on; answers as recorded before (`recordedBy`, `?seq=`) keep the old
    /// one. Requires the role `EDITOR`.
    /// Errors: those of `registerSource`; `CONFLICT` if `version` is not the newest one.
    async fn correct_source(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The source and its corrected data.")] input: CorrectSourceInput,
        #[graphql(
            default,
            desc = "Whether to check the input and report what would change, without writing anything."
        )]
        dry_run: bool,
    ) -> Result<CorrectSourcePayload> {
        let mut errors = InputErrors::default();
        let number = check_id("input.source", &input.source, "source", &mut errors);
        let source = input.data.written(&mut errors);
        let correction = payload::SourceCorrection {
            corrects: input.version,
            number,
            reason: input.reason,
            source,
        };
        let write = Write {
            idempotency_key: input.idempotency_key,
            payload: Payload::SourceCorrected(correction),
            dry_run,
            errors,
        };
        let outcome = record(ctx, write).await?;
        let source = outcome.load(|_| load_written(ctx, number)).await?;
        CorrectSourcePayload::new(ctx, source, outcome).await
    }
}

async fn load_written(ctx: &Context<'_>, number: i64) -> Result<Source> {
    let row = loaders(ctx).load_one(SourceId(number)).await?;
    row.map(Source)
        .ok_or_else(|| Error::internal("the source is missing"))
}
