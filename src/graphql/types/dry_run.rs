//! Dry run: what a mutation with `dryRun: true` would do.

use async_graphql::{Context, Object};
use entity::stance_change::Model;

use super::country::{Country, stored_country};
use super::initiative::{Initiative, load_initiative};
use super::stance::{ChangeKind, Stance};
use crate::error::{Result, parse_stored};
use crate::graphql::inputs::scalars::Edtf;
use crate::graphql::output::direct_json::DirectJson;
use crate::ledger::dry_run;
use crate::model::stance;

pub struct DryRun(pub dry_run::DryRun);

/// What a mutation with `dryRun: true` would do without it, in the present state of the ledger.
#[Object]
impl DryRun {
    /// Whether the same content was recorded under this idempotency key before, so that the mutation would return that
    /// result and write nothing.
    async fn already_recorded(&self) -> bool {
        self.0.is_recorded
    }

    /// The stance change that the mutation would cause; null if the stance would not change.
    async fn stance_change(&self) -> Option<PlannedStanceChange> {
        self.0.change.clone().map(PlannedStanceChange)
    }
}

pub struct PlannedStanceChange(Model);

/// A stance change that a dry run determined. It was not published.
#[Object]
impl PlannedStanceChange {
    /// The initiative to which the request belongs.
    async fn initiative(&self, ctx: &Context<'_>) -> Result<DirectJson<Initiative>> {
        let initiative = load_initiative(ctx, self.0.initiative_id).await;
        initiative.map(DirectJson)
    }

    /// The state whose stance would change.
    async fn requested_state(&self) -> Result<DirectJson<Country>> {
        stored_country(&self.0.requested_state).map(DirectJson)
    }

    /// Stance before the change.
    async fn from(&self) -> Result<Stance> {
        parse_stored::<stance::Stance>(&self.0.from_stance).map(Into::into)
    }

    /// Stance after the change.
    async fn to(&self) -> Result<Stance> {
        parse_stored::<stance::Stance>(&self.0.to_stance).map(Into::into)
    }

    /// Reason for which the change would be published.
    async fn kind(&self) -> Result<ChangeKind> {
        parse_stored::<stance::ChangeKind>(&self.0.kind).map(Into::into)
    }

    /// Whether this transition is unusual, for example from `REFUSED` to `IMPLEMENTING`.
    async fn unusual(&self) -> bool {
        self.0.unusual
    }

    /// Whether the position would be disputed after the change.
    async fn disputed(&self) -> bool {
        self.0.disputed
    }

    /// Date on which the new stance began, as precise as its sources; null if there is none.
    async fn occurred_on(&self) -> Option<Edtf> {
        self.0.occurred_on.clone().map(Edtf)
    }
}
