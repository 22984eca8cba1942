//! Reach of the sources of an initiative: the last day on which one of its valid statements was published.

use async_graphql::Context;

use crate::error::Result;
use crate::graphql::inputs::scalars::Date;
use crate::graphql::loaders::loader_context;
use crate::graphql::types::tally::moves::FollowedRelationships;
use crate::model::moment::Moment;
use crate::model::position::cutoff::Cutoff;
use crate::model::position::history::History;
use crate::read_model::HistoryKey;

/// The last day on which a statement that is valid at the moment was published in a source with a date; the statements are
/// those about the initiative and its relationships.
/// # Errors
/// `Error::TooComplex` if it would take long.
pub(super) async fn find_last_publication(
    ctx: &Context<'_>,
    initiative: i64,
    moment: &Moment,
) -> Result<Option<Date>> {
    let relationships = FollowedRelationships::load(ctx, initiative).await?;
    let own = HistoryKey::Initiative(initiative);
    let own = loader_context(ctx).history(own).await?;
    let histories = relationships.histories(ctx, 1)?.iter().chain([&own]);
    let cutoff = Cutoff::from(moment);
    let days = histories.filter_map(|history| last_publication(history, &cutoff));
    Ok(days.max().map(Date::from))
}

fn last_publication(history: &History, cutoff: &Cutoff) -> Option<chrono::NaiveDate> {
    let valid = history.visible(cutoff);
    let days = valid
        .into_iter()
        .filter_map(|fact| history.dated_publication(fact, cutoff));
    days.max()
}
