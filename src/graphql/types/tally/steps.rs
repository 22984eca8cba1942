//! Steps of an initiative: every day on which a position or a dispute changed, for time sliders and charts.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use entity::relationship::Model;
use itertools::Itertools;

use super::Tally;
use super::history::Clock;
use super::moves::{FollowedRelationships, by_day};
use crate::error::{Error, Result};
use crate::graphql::inputs::moment::{MomentInput, moment};
use crate::graphql::inputs::scalars::Date;
use crate::graphql::output::direct_json::ready::ready_fields;
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::graphql::types::position::load_basis;
use crate::graphql::types::relationship::Relationship;
use crate::graphql::types::stance::Stance;
use crate::graphql::types::statement::StanceStatement;
use crate::model::moment::{Axis, Moment};
use crate::model::position::{Position, moves};
use crate::model::stance;

/// A day on which positions of an initiative changed.
#[derive(SimpleObject)]
pub struct Step {
    /// The day, on the clock of the list.
    on: Date,
    /// The count at the end of that day.
    tally: DirectJson<Tally>,
    /// Number of relationships whose stance is `UNKNOWN` at the end of that day, although another one may already have begun.
    uncertain: u32,
    /// Relationships whose stance changed on that day, or whose dispute began or ended; by requested state.
    moves: DirectJsonList<DirectJson<Move>>,
}

ready_fields!(Step {
    "on" => on,
    "tally" => tally of DirectJson<Tally>,
    "uncertain" => uncertain,
    "moves" => moves of DirectJsonList<DirectJson<Move>>,
});

pub struct Move {
    row: Arc<Model>,
    from: stance::Stance,
    to: stance::Stance,
    disputed: bool,
    basis: Option<i64>,
}

/// A change of one relationship on one day.
#[Object]
impl Move {
    /// The relationship.
    async fn relationship(&self) -> DirectJson<Relationship> {
        DirectJson(Relationship(Arc::clone(&self.row)))
    }

    /// The stance until that day.
    async fn from(&self) -> Stance {
        self.from.into()
    }

    /// The stance from that day on; equal to `from` if only a dispute began or ended.
    async fn to(&self) -> Stance {
        self.to.into()
    }

    /// Whether the position is disputed from that day on.
    async fn disputed(&self) -> bool {
        self.disputed
    }

    /// Whether a move from `from` to `to` is rare.
    async fn unusual(&self) -> bool {
        self.from.is_unusual_move(self.to)
    }

    /// The statement that determines the stance from that day on; null for `UNKNOWN`.
    async fn basis(&self, ctx: &Context<'_>) -> Result<Option<DirectJson<StanceStatement>>> {
        match self.basis {
            Some(id) => load_basis(ctx, id).await.map(DirectJson).map(Some),
            None => Ok(None),
        }
    }
}

ready_fields!(Move {
    "relationship" => relationship of DirectJson<Relationship>,
    "from" => from,
    "to" => to,
    "disputed" => disputed,
    "unusual" => unusual,
});

impl Move {
    /// `None` if neither the stance nor a dispute changed.
    fn new(movement: &moves::Move, relationships: &FollowedRelationships) -> Option<Self> {
        let state = |position: Option<&Position>| {
            position.map_or((stance::Stance::Unknown, false), |position| {
                (position.stance, position.disputed)
            })
        };
        let (from, to) = (movement.from.as_ref(), movement.to.as_ref());
        let (before, (stance, disputed)) = (state(from), state(to));
        (before != (stance, disputed)).then(|| Self {
            row: Arc::clone(&relationships.rows[movement.relationship]),
            from: before.0,
            to: stance,
            disputed,
            basis: to.and_then(|position| position.basis),
        })
    }
}

/// Disputes of claims without a start exist before any day; the first step names them.
fn initial_moves(moves: &moves::Moves) -> Vec<moves::Move> {
    let first = moves.moves.first().map(|movement| movement.on);
    let before = moves.before.iter().enumerate();
    let before = before.zip(first.into_iter().cycle());
    before
        .map(|((relationship, position), on)| moves::Move {
            on,
            relationship,
            from: None,
            to: position.clone(),
        })
        .collect()
}

/// The moment at which clocks run.
/// # Errors
/// `Error::BadUserInput` if it restricts one of them.
pub fn moment_beside(axes: &[Axis], at: Option<&MomentInput>) -> Result<Moment> {
    let moment = moment(at)?.unwrap_or_default();
    if axes.iter().any(|axis| axis.is_set_in(&moment)) {
        return Err(Error::bad_input(
            "at",
            "restricts the clock that runs; leave that axis out, or use another `clock`",
        ));
    }
    Ok(moment)
}

/// The steps of an initiative on a clock, oldest first.
/// # Errors
/// `Error::BadUserInput` if `at` restricts that clock, `Error::TooComplex` if it would take long.
pub async fn load_steps(
    ctx: &Context<'_>,
    initiative: i64,
    clock: Clock,
    at: Option<&MomentInput>,
) -> Result<DirectJsonList<DirectJson<Step>>> {
    let axis = Axis::from(clock);
    let moment = moment_beside(&[axis], at)?;
    let relationships = FollowedRelationships::load(ctx, initiative).await?;
    let moves = relationships.moves(ctx, axis, moment).await?;
    let mut tally = relationships.tally(&moves.before);
    let is_uncertain = |position: &Option<Position>| {
        let position = position.as_ref();
        u32::from(position.is_some_and(|one| one.stance == stance::Stance::Unknown && !one.certain))
    };
    let mut uncertain: u32 = moves.before.iter().map(is_uncertain).sum();
    let mut last = (tally.tally.clone(), uncertain);
    let mut steps = Vec::new();
    let mut initial = initial_moves(&moves);
    for (on, of_day) in by_day(&moves.moves) {
        for movement in of_day {
            tally.apply(movement);
            uncertain = uncertain + is_uncertain(&movement.to) - is_uncertain(&movement.from);
        }
        // One day is sorted by relationship.
        let is_named = |one: &moves::Move| {
            let found = of_day.binary_search_by_key(&one.relationship, |other| other.relationship);
            found.is_ok()
        };
        let unmoved = std::mem::take(&mut initial)
            .into_iter()
            .filter(|one| !is_named(one));
        let changes = of_day.iter().cloned().map(|movement| moves::Move {
            from: movement.from.filter(|_| !steps.is_empty()),
            ..movement
        });
        let changes = changes.chain(unmoved);
        let changes = changes.sorted_by_key(|movement| movement.relationship);
        let changes = changes.filter_map(|movement| Move::new(&movement, &relationships));
        let changes: Vec<Move> = changes.collect();
        let now = (tally.tally.clone(), uncertain);
        if !changes.is_empty() || now != last {
            steps.push(DirectJson(Step {
                on: on.into(),
                tally: DirectJson(Tally(now.0.clone())),
                uncertain,
                moves: changes.into_iter().map(DirectJson).collect(),
            }));
            last = now;
        }
    }
    Ok(steps.into_iter().collect())
}
