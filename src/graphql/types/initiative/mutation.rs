//! The mutation `openInitiative`.

use async_graphql::{Context, ID, InputObject, Object};

use super::{Initiative, load_initiative};
use crate::error::Result;
use crate::graphql::inputs::scalars::Edtf;
use crate::graphql::types::mutation::{head_after, payload, record, stance_change_of};
use crate::ledger::payload::{self, Payload};

/// A new initiative.
#[derive(InputObject)]
pub struct OpenInitiativeInput {
    /// Chosen by you, at most 200 characters, unique among your writes; see `RecordStatementInput`.
    pub idempotency_key: String,
    /// Lower-case words joined by hyphens, at most 80 characters; not taken.
    pub slug: ID,
    /// At most 600 characters.
    pub title: String,
    /// What is asked of whom, at most 1,000 characters.
    pub summary: String,
    /// Alpha-2 code of the state that makes the requests.
    pub requesting_state: ID,
    /// When it began; not after today.
    pub started_on: Option<Edtf>,
}

payload!(
    /// An initiative was opened.
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
    /// Opens a matter on which one state makes requests of others. Needs the role EDITOR.
    /// Errors: `BAD_USER_INPUT`, `NOT_FOUND` or `CONFLICT` with the field at fault, and nothing is written.
    async fn open_initiative(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The initiative.")] input: OpenInitiativeInput,
    ) -> Result<OpenInitiativePayload> {
        let new_initiative = payload::Initiative {
            slug: input.slug.to_string(),
            title: input.title,
            summary: input.summary,
            requesting_state: input.requesting_state.to_ascii_uppercase(),
            started_on: input.started_on.map(|date| date.0),
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
