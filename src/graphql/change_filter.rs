//! Which stance changes: for lists in the database and for rows already read, as subscriptions have them.

use async_graphql::{Context, ID, InputObject};
use entity::stance_change::{Column, Model};
use sea_orm::ColumnTrait;
use sea_orm::sea_query::Condition;

use super::country_filter::{is_in, known_codes, known_regions};
use super::relationship_filter::known_initiative;
use super::stance::{ChangeKind, Stance};
use crate::error::Result;
use crate::model::country::ATLAS;
use crate::model::stance;

/// Conditions on a stance change. One passes if it fulfils every condition that is given.
#[derive(Clone, Debug, Default, InputObject)]
pub struct StanceChangeFilter {
    /// Slugs of initiatives; one that is unknown is an error.
    initiatives: Option<Vec<ID>>,
    /// Alpha-2 codes of requested states, in any case; one that is unknown is an error.
    countries: Option<Vec<ID>>,
    /// UN M49 codes of regions or subregions that the requested state is in; one that is unknown is an error.
    regions: Option<Vec<ID>>,
    /// One of these stances before.
    from: Option<Vec<Stance>>,
    /// One of these stances after.
    to: Option<Vec<Stance>>,
    /// Published for one of these reasons.
    kinds: Option<Vec<ChangeKind>>,
}

/// A filter with every name resolved, for rows in the database and for rows already read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ChangeFilter {
    initiatives: Option<Vec<i64>>,
    /// Alpha-2 codes of requested states.
    requested: Option<Vec<String>>,
    from: Option<Vec<stance::Stance>>,
    to: Option<Vec<stance::Stance>>,
    kinds: Option<Vec<stance::ChangeKind>>,
}

impl StanceChangeFilter {
    pub fn resolve(self, ctx: &Context<'_>) -> Result<ChangeFilter> {
        let initiatives = match &self.initiatives {
            Some(slugs) => {
                let ids = slugs
                    .iter()
                    .map(|slug| known_initiative(ctx, slug, "filter.initiatives"));
                Some(ids.collect::<Result<_>>()?)
            }
            None => None,
        };
        Ok(ChangeFilter {
            initiatives,
            requested: self.requested()?,
            from: self
                .from
                .map(|all| all.into_iter().map(Into::into).collect()),
            to: self.to.map(|all| all.into_iter().map(Into::into).collect()),
            kinds: self
                .kinds
                .map(|all| all.into_iter().map(Into::into).collect()),
        })
    }

    /// The codes of the requested states that pass both `countries` and `regions`.
    fn requested(&self) -> Result<Option<Vec<String>>> {
        let codes = self.countries.as_deref();
        let codes = codes
            .map(|codes| known_codes(codes, "filter.countries"))
            .transpose()?;
        let Some(regions) = &self.regions else {
            return Ok(codes);
        };
        let regions = known_regions(regions, "filter.regions")?;
        let in_region = ATLAS
            .countries
            .iter()
            .filter(|country| is_in(country, &regions));
        let passing = in_region
            .map(|country| country.code.clone())
            .filter(|code| codes.as_ref().is_none_or(|codes| codes.contains(code)));
        Ok(Some(passing.collect()))
    }
}

impl ChangeFilter {
    /// The requested states that pass, by alpha-2 code; none if all do.
    pub fn countries(&self) -> Option<&[String]> {
        self.requested.as_deref()
    }

    /// The initiatives that pass, by seq; none if all do.
    pub fn initiatives(&self) -> Option<&[i64]> {
        self.initiatives.as_deref()
    }

    pub fn matches(&self, change: &Model) -> bool {
        let any_stance = |all: &Option<Vec<stance::Stance>>, text: &str| {
            all.as_ref()
                .is_none_or(|all| all.iter().any(|one| one.as_ref() == text))
        };
        let initiative = change.initiative_id;
        self.initiatives
            .as_ref()
            .is_none_or(|ids| ids.contains(&initiative))
            && self
                .requested
                .as_ref()
                .is_none_or(|codes| codes.contains(&change.requested_state))
            && any_stance(&self.from, &change.from_stance)
            && any_stance(&self.to, &change.to_stance)
            && self
                .kinds
                .as_ref()
                .is_none_or(|kinds| kinds.iter().any(|kind| kind.as_ref() == change.kind))
    }

    /// The same rule as [`ChangeFilter::matches`], for the database.
    pub fn condition(&self) -> Condition {
        let stances = |all: &Option<Vec<stance::Stance>>, column: Column| {
            let texts =
                |all: &Vec<stance::Stance>| column.is_in(all.iter().map(AsRef::<str>::as_ref));
            all.as_ref().map(texts)
        };
        let initiatives = self.initiatives.as_ref();
        let kinds = self.kinds.as_ref();
        Condition::all()
            .add_option(initiatives.map(|ids| Column::InitiativeId.is_in(ids.iter().copied())))
            .add_option(
                self.requested
                    .as_ref()
                    .map(|codes| Column::RequestedState.is_in(codes)),
            )
            .add_option(stances(&self.from, Column::FromStance))
            .add_option(stances(&self.to, Column::ToStance))
            .add_option(kinds.map(|all| Column::Kind.is_in(all.iter().map(AsRef::<str>::as_ref))))
    }
}
