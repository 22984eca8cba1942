//! Tallies by international organisation: counts of the requested states that are its members.

use std::sync::Arc;

use async_graphql::{Context, ID, SimpleObject};

use super::{CountedPosition, Tally, load_positions_at};
use crate::error::Result;
use crate::graphql::loaders::loader_context;
use crate::graphql::loaders::work_budget::LOOKUP;
use crate::graphql::output::direct_json::ready::ready_fields;
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::graphql::types::organisation::{Organisation, parse_organisations};
use crate::model::country::membership::{self, ORGANISATIONS};
use crate::model::country::region_number;
use crate::model::moment::Moment;
use crate::model::tally;

/// Count of the relationships whose requested states are members of one organisation.
#[derive(SimpleObject)]
pub struct OrganisationTally {
    /// The organisation.
    organisation: DirectJson<Organisation>,
    /// Number of all its members on the day, suspended ones included, whether or not something is requested of them.
    members: u32,
    /// The service's own count of the relationships with members.
    tally: DirectJson<Tally>,
}

ready_fields!(OrganisationTally {
    "organisation" => organisation of DirectJson<Organisation>,
    "members" => members,
    "tally" => tally of DirectJson<Tally>,
});

/// Counts the positions at a moment for each organisation, or for those with the codes. Membership is that of the valid day of
/// the moment, or of now.
/// # Errors
/// `Error::NotFound` for an unknown code, `Error::TooComplex` if it would take long.
pub async fn load_organisation_tallies(
    ctx: &Context<'_>,
    initiative: i64,
    moment: &Moment,
    codes: Option<&[ID]>,
) -> Result<DirectJsonList<DirectJson<OrganisationTally>>> {
    let mut organisations = match codes {
        Some(codes) => parse_organisations(codes, "organisations")?,
        None => ORGANISATIONS.all.iter().collect(),
    };
    organisations.sort_by_key(|organisation| &organisation.code);
    organisations.dedup_by_key(|organisation| &organisation.code);
    let positions = load_positions_at(ctx, initiative, moment, Arc::clone).await?;
    let pairs = positions.len() as u64 * organisations.len() as u64;
    loader_context(ctx).work().spend(LOOKUP * pairs)?;
    let day = moment.valid_on;
    let count = |organisation: &'static membership::Organisation| {
        let mut tally = tally::Tally::default();
        for CountedPosition {
            key,
            stance,
            disputed,
        } in &positions
        {
            let state = &key.requested_state;
            if organisation.find(state, day).is_some() {
                tally.add(region_number(state), *stance, *disputed);
            }
        }
        DirectJson(OrganisationTally {
            organisation: DirectJson(Organisation(organisation)),
            members: organisation.count_members(day),
            tally: DirectJson(Tally(tally)),
        })
    };
    Ok(organisations.into_iter().map(count).collect())
}
