//! The mutation `openInitiative`.

use async_graphql::{Context, ID, InputObject, Object};

use super::{Initiative, load_initiative};
use crate::error::Result;
use crate::graphql::inputs::scalars::Edtf;
use crate::graphql::types::mutation::{Write, payload, record};
use crate::input_errors::InputErrors;
use crate::ledger::payload::{self, Payload};

/// Opens a new initiative.
#[derive(InputObject)]
pub struct OpenInitiativeInput {
    /// Idempotency key, at most 200 characters, unique per token; see `RecordStatementInput.idempotencyKey`.
    pub idempotency_key: String,
    /// Lower-case words joined by hyphens, at most 80 characters; must be unique.
    pub slug: ID,
    /// Title, at most 600 characters.
    pub title: String,
    /// Summary of the request, at most 1,000 characters.
    pub summary: String,
    /// ISO 3166-1 alpha-2 code of the requesting state.
    pub requesting_state: ID,
    /// Start date; must not begin after today.
    pub started_on: Option<Edtf>,
}

payload!(
    /// Result of `openInitiative`.
    OpenInitiativePayload {
        /// The new initiative; null after a dry run.
        initiative: Initiative
    }
);

/// Root fields.
#[derive(Default)]
pub struct InitiativeMutation;

#[Object]
impl InitiativeMutation {
    /// Opens an initiative. Requires the role `EDITOR`.
    /// Errors: `BAD_USER_INPUT` or `NOT_FOUND` with the invalid field; `CONFLICT` if the slug is taken.
    async fn open_initiative(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The initiative to open.")] input: OpenInitiativeInput,
        #[graphql(
            default,
            desc = "Whether to check the input and report what would change, without writing anything."
        )]
        dry_run: bool,
    ) -> Result<OpenInitiativePayload> {
        let mut errors = InputErrors::default();
        let new_initiative = payload::Initiative {
            slug: input.slug.to_string(),
            title: input.title,
            summary: input.summary,
            requesting_state: input.requesting_state.to_ascii_uppercase(),
            started_on: input
                .started_on
                .map(|date| date.written("input.startedOn", &mut errors)),
        };
        let write = Write {
            idempotency_key: input.idempotency_key,
            payload: Payload::InitiativeOpened(new_initiative),
            dry_run,
            errors,
        };
        let outcome = record(ctx, write).await?;
        let initiative = outcome.load(|seq| load_initiative(ctx, seq)).await?;
        OpenInitiativePayload::new(ctx, initiative, outcome).await
    }
}
