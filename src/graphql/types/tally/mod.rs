//! Tallies: the service's own counts of positions in an initiative, now or at a moment.

pub mod history;
pub mod moves;
pub mod organisations;
pub mod periods;
pub mod steps;

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use entity::relationship;

use super::region::Region;
use super::stance::Stance;
use crate::error::{Error, Result, parse_stored};
use crate::graphql::loaders::loader_context;
use crate::graphql::loaders::relationship::{RelationshipList, RelationshipParent};
use crate::graphql::loaders::work_budget::LOOKUP;
use crate::graphql::output::direct_json::ready::ready_fields;
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::model::country::region_number;
use crate::model::moment::Moment;
use crate::model::position::cutoff::Cutoff;
use crate::model::{stance, tally};

pub struct Tally(pub tally::Tally);

/// The service's own count of the relationships in an initiative. A relationship is counted if at least one statement
/// about it is valid.
#[Object]
impl Tally {
    /// Number of relationships counted.
    async fn total(&self) -> u32 {
        self.0.total()
    }

    /// Number of them that are disputed.
    async fn disputed(&self) -> u32 {
        self.0.disputed
    }

    /// Number of relationships per stance, in the order of the enum `Stance`; stances with none are omitted.
    async fn by_stance(&self) -> DirectJsonList<DirectJson<StanceCount>> {
        stance_counts(&self.0.by_stance())
    }

    /// Counts by region of the requested state, in ascending order of UN M49 code; regions without relationships are
    /// omitted.
    async fn by_region(&self) -> DirectJsonList<DirectJson<RegionTally>> {
        let regions = self.0.by_region();
        regions
            .filter_map(|(code, by_stance)| {
                Region::find(code).map(|region| {
                    DirectJson(RegionTally {
                        region: DirectJson(region),
                        total: by_stance.total(),
                        by_stance: stance_counts(&by_stance),
                    })
                })
            })
            .collect()
    }
}

ready_fields!(Tally {
    "total" => total,
    "disputed" => disputed,
    "byStance" => by_stance of DirectJsonList<DirectJson<StanceCount>>,
    "byRegion" => by_region of DirectJsonList<DirectJson<RegionTally>>,
});

/// Number of relationships with one stance.
#[derive(SimpleObject)]
pub struct StanceCount {
    /// The stance.
    stance: Stance,
    /// Number of relationships with this stance.
    count: u32,
}

ready_fields!(StanceCount {
    "stance" => stance,
    "count" => count,
});

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

ready_fields!(RegionTally {
    "region" => region of DirectJson<Region>,
    "total" => total,
    "byStance" => by_stance of DirectJsonList<DirectJson<StanceCount>>,
});

fn stance_counts(by_stance: &tally::ByStance) -> DirectJsonList<DirectJson<StanceCount>> {
    let counts = by_stance.iter().map(|(stance, count)| {
        DirectJson(StanceCount {
            stance: stance.into(),
            count,
        })
    });
    counts.collect()
}

/// The position of a relationship that is counted, with what it is counted by.
struct CountedPosition<K> {
    key: K,
    stance: stance::Stance,
    disputed: bool,
}

/// Counts the positions at a moment.
/// # Errors
/// Those of [`load_positions_at`].
pub async fn load_tally_at(
    ctx: &Context<'_>,
    initiative: i64,
    moment: &Moment,
) -> Result<tally::Tally> {
    let region = |row: &Arc<relationship::Model>| region_number(&row.requested_state);
    let mut tally = tally::Tally::default();
    for position in load_positions_at(ctx, initiative, moment, region).await? {
        tally.add(position.key, position.stance, position.disputed);
    }
    Ok(tally)
}

/// The positions that a tally counts at a moment. Those of now are in the rows in memory, and need no histories.
/// # Errors
/// `Error::TooComplex` if it would take long.
async fn load_positions_at<K>(
    ctx: &Context<'_>,
    initiative: i64,
    moment: &Moment,
    key_of: fn(&Arc<relationship::Model>) -> K,
) -> Result<Vec<CountedPosition<K>>> {
    let context = loader_context(ctx);
    let list = RelationshipList::all(RelationshipParent::Initiative(initiative));
    let rows = list.load_rows(context).await?;
    if *moment == Moment::default() {
        return list_current_positions(ctx, rows, key_of).await;
    }
    context.load_relationship_histories(&rows).await?;
    let cutoff = Cutoff::from(moment);
    context.fold_histories(&rows, |row, history| {
        let position = history.find_position(&cutoff)?;
        Some(CountedPosition {
            key: key_of(row),
            stance: position.stance,
            disputed: position.disputed,
        })
    })
}

async fn list_current_positions<K>(
    ctx: &Context<'_>,
    rows: Vec<Arc<relationship::Model>>,
    key_of: fn(&Arc<relationship::Model>) -> K,
) -> Result<Vec<CountedPosition<K>>> {
    let context = loader_context(ctx);
    context.work().spend(LOOKUP * rows.len() as u64)?;
    let (certain, others): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| has_valid_statement(row));
    let others = context.list_with_valid_statements(others).await?;
    let rows = certain.into_iter().chain(others);
    rows.map(|row| {
        Ok(CountedPosition {
            stance: parse_stored(&row.stance)?,
            disputed: row.disputed,
            key: key_of(&row),
        })
    })
    .collect()
}

/// Whether the position shows that a statement about the relationship is valid. Without a stance there may be one, too.
fn has_valid_statement(row: &relationship::Model) -> bool {
    row.basis.is_some() || row.disputed || !row.certain
}

/// Runs a long computation on a blocking thread, so that it delays no other request.
pub async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Error::internal)
}
