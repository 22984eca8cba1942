//! The mutation `openInitiative`.

use async_graphql::{Context, ID, InputObject, Object};

use super::{Initiative, load_initiative};
use crate::error::Result;
use crate::graphql::inputs::scalars::Edtf;
use crate::graphql::types::mutation::{head_after, payload, record, stance_change_of};
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
        /// The new initiative.
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
    ) -> Result<OpenInitiativePayload> {
        let new_initiative = payload::Initiative {
            slug: input.slug.to_string(),
            title: input.title,
            summary: input.summary,
            requesting_state: input.requesting_state.to_ascii_uppercase(),
            started_on: input
                .started_on
                .map(|date| date.written("input.startedOn"))
                .transpose()?,
        };
        let entry = record(
            ctx,
            &input.idempotency_key,
            Payload::InitiativeOpened(new_initiative),
        )
        .await?;
        let initiative = load_initiative(ctx, entry.seq).await?;
        let (ledger_head, stance_change) = (
            head_after(ctx, &entry).await?,
            stance_change_of(ctx, &entry).await?,
        );
        Ok(OpenInitiativePayload {
            initiative,
            ledger_head,
            stance_change,
        })
    }
}
