//! The mutation `recordReview`.

use async_graphql::{Context, ID, InputObject, Object, OneofObject};

use super::{Review, load_review};
use crate::error::Result;
use crate::graphql::inputs::scalars::Date;
use crate::graphql::loaders::initiative::initiative_id_by_slug;
use crate::graphql::types::mutation::{UNKNOWN, Write, payload, record};
use crate::graphql::types::statement::input::RelationshipInput;
use crate::input_errors::InputErrors;
use crate::ledger::payload::{self, Payload};

/// Records that an editor checked a relationship or an initiative and found nothing new.
#[derive(InputObject)]
pub struct RecordReviewInput {
    /// Idempotency key, at most 200 characters, unique per token; see `RecordStatementInput.idempotencyKey`.
    pub idempotency_key: String,
    /// What was checked.
    pub subject: ReviewSubjectInput,
    /// Day of the check, not after today; defaults to the day of recording.
    pub reviewed_on: Option<Date>,
    /// Remark, for example where the editor looked; at most 600 characters.
    pub note: Option<String>,
}

/// Subject of a review; set exactly one field.
#[derive(OneofObject)]
pub enum ReviewSubjectInput {
    /// A relationship. There must be a statement about it.
    Relationship(RelationshipInput),
    /// An initiative with all its relationships, by its slug.
    Initiative(ID),
}

payload!(
    /// Result of `recordReview`.
    RecordReviewPayload {
        /// The new review; null after a dry run.
        review: Review
    }
);

/// Root fields.
#[derive(Default)]
pub struct ReviewMutation;

#[Object]
impl ReviewMutation {
    /// Records that an editor checked a relationship, or an initiative as a whole, and found nothing new to record. It moves
    /// `reviewedOn` and changes no position. Requires the role `EDITOR`.
    /// Errors: `BAD_USER_INPUT` or `NOT_FOUND` with the invalid field.
    async fn record_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The review to record.")] input: RecordReviewInput,
        #[graphql(
            default,
            desc = "Whether to check the input and report what would change, without writing anything."
        )]
        dry_run: bool,
    ) -> Result<RecordReviewPayload> {
        let mut errors = InputErrors::default();
        let mut initiative = |slug: &ID, field| {
            let id = initiative_id_by_slug(ctx, slug, field);
            errors.check(id).unwrap_or(UNKNOWN)
        };
        let (initiative, requested_state) = match input.subject {
            ReviewSubjectInput::Relationship(relationship) => (
                initiative(
                    &relationship.initiative,
                    "input.subject.relationship.initiative",
                ),
                Some(relationship.requested_state.to_ascii_uppercase()),
            ),
            ReviewSubjectInput::Initiative(slug) => {
                (initiative(&slug, "input.subject.initiative"), None)
            }
        };
        let review = payload::Review {
            initiative,
            note: input.note,
            requested_state,
            reviewed_on: input.reviewed_on.map(|day| day.0),
        };
        let write = Write {
            idempotency_key: input.idempotency_key,
            payload: Payload::ReviewRecorded(review),
            dry_run,
            errors,
        };
        let outcome = record(ctx, write).await?;
        let review = outcome.load(|seq| load_review(ctx, seq)).await?;
        RecordReviewPayload::new(ctx, review, outcome).await
    }
}
