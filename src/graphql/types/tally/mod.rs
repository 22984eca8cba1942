//! Tallies: the service's own counts of positions in an initiative, now or at a moment.

pub mod history;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};

use super::region::Region;
use super::stance::Stance;
use crate::error::{Error, Result};
use crate::graphql::loaders::relationship::{RelationshipList, RelationshipParent};
use crate::graphql::loaders::{
    loader_context, loaders,
    tally::{TallyOf, region_of},
};
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::model::moment::Moment;
use crate::model::position::history::{Cutoff, History};
use crate::model::{stance, tally};
use crate::read_model::HistoryKey;

pub struct Tally(pub tally::Tally);

/// The service's own count of the relationships in an initiative. A relationship is counted if at least one statement
/// about it is valid.
#[Object]
impl Tally {
    /// Number of relationships counted.
    async fn total(&self) -> u32 {
        self.0.total
    }

    /// Number of them that are disputed.
    async fn disputed(&self) -> u32 {
        self.0.disputed
    }

    /// Number of relationships per stance, in the order of the enum `Stance`; stances with none are omitted.
    async fn by_stance(&self) -> DirectJsonList<DirectJson<StanceCount>> {
        stance_counts(&self.0.by_stance)
    }

    /// Counts by region of the requested state, in ascending order of UN M49 code; regions without relationships are
    /// omitted.
    async fn by_region(&self) -> DirectJsonList<DirectJson<RegionTally>> {
        let regions = self.0.by_region.iter();
        regions
            .filter_map(|(code, by_stance)| {
                Region::find(code).map(|region| {
                    DirectJson(RegionTally {
                        region: DirectJson(region),
                        total: by_stance.values().sum(),
                        by_stance: stance_counts(by_stance),
                    })
                })
            })
            .collect()
    }
}

/// Number of relationships with one stance.
#[derive(SimpleObject)]
pub struct StanceCount {
    /// The stance.
    stance: Stance,
    /// Number of relationships with this stance.
    count: u32,
}

/// Count of relationships within one region.
#[derive(SimpleObject)]
pub struct RegionTally {
    /// Region of the requested states.
    region: DirectJson<Region>,
    /// Number of relationships counted.
    total: u32,
    /// Number of relationships per stance, in the order of the enum `Stance`; stances with none are omitted.
    by_stance: DirectJsonList<DirectJson<StanceCount>>,
}

fn stance_counts(
    by_stance: &BTreeMap<stance::Stance, u32>,
) -> DirectJsonList<DirectJson<StanceCount>> {
    let counts = by_stance.iter().map(|(stance, count)| {
        DirectJson(StanceCount {
            stance: (*stance).into(),
            count: *count,
        })
    });
    counts.collect()
}

/// The history of each relationship of an initiative, with the UN M49 region code of its requested state.
pub type Histories = Vec<(&'static str, Arc<History>)>;

pub async fn load_histories(ctx: &Context<'_>, initiative: i64) -> Result<Histories> {
    let context = loader_context(ctx);
    context.wait_for_histories().await?;
    let list = RelationshipList::all(RelationshipParent::Initiative(initiative));
    let rows = list.list_rows(context);
    let histories = context.read_model().histories();
    let by_region = rows.iter().filter_map(|row| {
        let history = histories.find(&HistoryKey::Relationship(row.id))?;
        Some((region_of(&row.requested_state), Arc::clone(history)))
    });
    Ok(by_region.collect())
}

/// The current tally of an initiative.
pub async fn load_current_tally(ctx: &Context<'_>, initiative: i64) -> Result<tally::Tally> {
    let tally = loaders(ctx).load_one(TallyOf(initiative)).await?;
    Ok(tally.unwrap_or_default())
}

/// Counts the positions at a moment.
pub fn tally_at(histories: &Histories, moment: &Moment) -> tally::Tally {
    let mut tally = tally::Tally::default();
    let cutoff = Cutoff::from(moment);
    for (region, history) in histories {
        if let Some(position) = history.find_position(&cutoff) {
            tally.add(region, position.stance, position.disputed);
        }
    }
    tally
}

/// Runs a long computation on a blocking thread, so that it delays no other request.
pub async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Error::internal)
}
