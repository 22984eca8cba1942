//! Countries: data that is fixed per release and read from memory, with their relationships and concerns.

pub mod facts;
pub mod filter;
pub mod query;
pub mod resolve;

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use entity::relationship;

use super::language::{Currency, Language};
use super::organisation::{Membership, list_memberships};
use super::region::Region;
use super::relationship::RelationshipConnection;
use super::relationship::filter::{RelationshipArguments, RelationshipFilter, RelationshipOrder};
use super::relationship::list::load_relationship_page;
use super::relationship::load_history;
use super::stance::Stance;
use super::statement::{ConcernStatement, Statement, list_standing};
use crate::error::{Error, Result, parse_stored};
use crate::graphql::connection::arguments::PageArguments;
use crate::graphql::inputs::moment::{MomentInput, moment};
use crate::graphql::inputs::scalars::Date;
use crate::graphql::loaders::initiative::find_by_slug;
use crate::graphql::loaders::loader_context;
use crate::graphql::loaders::relationship::RelationshipParent;
use crate::graphql::loaders::statement::StatementParent;
use crate::graphql::output::direct_json::ready::ready_fields;
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::model::position::cutoff::Cutoff;
use crate::model::statement::StatementKind;
use crate::model::{country, id::GlobalId, stance};
use facts::{CodeStatus, Continent, Coordinates};

#[derive(Clone, Copy)]
pub struct Country(pub &'static country::Country);

/// Role of a country in its relationships.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum Direction {
    /// The country is the requested state.
    Incoming,
    /// The country is the requesting state.
    Outgoing,
    /// The country is the requesting or the requested state.
    Both,
}

/// Form of a country's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum NameForm {
    /// The name, for example "Hong Kong SAR China".
    Full,
    /// A label for maps and tables, for example "Hong Kong"; the name where there is none.
    Short,
}

/// A country or territory in ISO 3166-1, or Kosovo under the user-assigned code `XK`. Inclusion does not imply
/// recognition.
#[Object]
impl Country {
    /// Global ID, for `node`.
    pub async fn id(&self) -> ID {
        GlobalId::Country(self.0.code.clone()).to_string().into()
    }

    /// ISO 3166-1 alpha-2 code, for example `RW`.
    async fn code(&self) -> ID {
        ID::from(self.0.code.as_str())
    }

    /// ISO 3166-1 alpha-3 code; null if there is no official one.
    async fn alpha3(&self) -> Option<&str> {
        self.0.alpha3.as_deref()
    }

    /// ISO 3166-1 numeric code, three digits; null if there is no official one.
    async fn numeric(&self) -> Option<&str> {
        self.0.numeric.as_deref()
    }

    /// Status of its codes in ISO 3166-1.
    async fn code_status(&self) -> CodeStatus {
        self.0.code_status.into()
    }

    /// Name in a language (default English), from the Unicode CLDR. A regional variant falls back to its base language,
    /// an unsupported language to English.
    async fn name(
        &self,
        #[graphql(desc = "BCP 47 language tag, for example `fr` or `pt-BR`.")] lang: Option<String>,
        #[graphql(desc = "Form of the name.", default_with = "NameForm::Full")] form: NameForm,
    ) -> &str {
        let lang = lang.as_deref().unwrap_or("en");
        match form {
            NameForm::Full => self.0.name_in(lang),
            NameForm::Short => self.0.short_name_in(lang),
        }
    }

    /// Name in the country's first language.
    async fn native_name(&self) -> &str {
        &self.0.native_name
    }

    /// Formal English name of the state, for example "Swiss Confederation"; null for territories, Taiwan and Kosovo.
    async fn official_name(&self) -> Option<&str> {
        self.0.official_name.as_deref()
    }

    /// Other names in common use, for example former names.
    async fn aliases(&self) -> &[String] {
        &self.0.aliases
    }

    /// English name of the capital; null if there is none.
    async fn capital(&self) -> Option<&str> {
        self.0.capital.as_deref()
    }

    /// Flag emoji.
    async fn emoji(&self) -> &str {
        &self.0.emoji
    }

    /// UN M49 region, for example Africa.
    async fn region(&self) -> Result<DirectJson<Region>> {
        let region = Region::find(&self.0.region).map(DirectJson);
        region.ok_or_else(|| self.unknown_region_error(&self.0.region))
    }

    /// UN M49 subregion, for example Eastern Africa; null only for Antarctica.
    async fn subregion(&self) -> Option<DirectJson<Region>> {
        let code = self.0.subregion.as_deref();
        code.and_then(Region::find).map(DirectJson)
    }

    /// Continents that it is on, the main one first.
    async fn continents(&self) -> Vec<Continent> {
        let all = self.0.continents.iter();
        all.map(|continent| (*continent).into()).collect()
    }

    /// International calling codes, for example `+250`; in the North American plan with the area code.
    async fn calling_codes(&self) -> &[String] {
        &self.0.calling_codes
    }

    /// Top-level domain of the Internet, for example `.rw`; null where none is delegated.
    async fn top_level_domain(&self) -> Option<&str> {
        self.0.top_level_domain.as_deref()
    }

    /// Time zones of the IANA database, for example `Africa/Kigali`.
    async fn time_zones(&self) -> &[String] {
        &self.0.time_zones
    }

    /// Languages used in the country.
    async fn languages(&self) -> DirectJsonList<DirectJson<Language>> {
        let codes = self.0.languages.iter();
        codes
            .filter_map(|code| country::ATLAS.find_language(code))
            .map(Language)
            .map(DirectJson)
            .collect()
    }

    /// Currencies used in the country.
    async fn currencies(&self) -> DirectJsonList<DirectJson<Currency>> {
        let codes = self.0.currencies.iter();
        codes
            .filter_map(|code| country::ATLAS.find_currency(code))
            .map(Currency)
            .map(DirectJson)
            .collect()
    }

    /// Population, estimated by the Unicode CLDR; null if unknown.
    async fn population(&self) -> Option<u64> {
        self.0.population
    }

    /// Whether the country is a member of the United Nations.
    async fn un_member(&self) -> bool {
        self.0.un_member
    }

    /// A point within the country, suitable for a map label.
    async fn location(&self) -> Option<DirectJson<Coordinates>> {
        let country::Location {
            latitude,
            longitude,
        } = self.0.location;
        Some(DirectJson(Coordinates {
            latitude,
            longitude,
        }))
    }

    /// Countries with a shared land border, in ascending order of code.
    async fn neighbours(&self) -> DirectJsonList<DirectJson<Country>> {
        let codes = self.0.neighbours.iter();
        codes
            .filter_map(|code| find_country(code))
            .map(DirectJson)
            .collect()
    }

    /// Memberships in ten international organisations (`organisations`) on a day, in ascending order of abbreviation.
    async fn memberships(
        &self,
        #[graphql(desc = "Day; omit it for the memberships that have not ended.")] at: Option<Date>,
    ) -> Result<DirectJsonList<DirectJson<Membership>>> {
        list_memberships(&self.0.code, at.as_ref())
    }

    /// The country's stance on the request of an initiative: shorthand for the stance of that relationship. Null if the
    /// initiative or relationship does not exist or, with `at`, if no statement about the relationship was valid then.
    async fn stance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Slug of the initiative.")] initiative: ID,
        #[graphql(desc = "Moment to query; defaults to now, with everything recorded so far.")] at: Option<MomentInput>,
    ) -> Result<Option<Stance>> {
        let moment = moment(at.as_ref())?;
        let Some(row) = self.find_relationship(ctx, &initiative).await? else {
            return Ok(None);
        };
        let Some(moment) = moment else {
            return parse_stored::<stance::Stance>(&row.stance).map(|stance| Some(stance.into()));
        };
        let history = load_history(ctx, row.id).await?;
        let position = history.find_position(&Cutoff::from(&moment));
        Ok(position.map(|position| position.stance.into()))
    }

    /// Relationships in which the country is the requesting or the requested state.
    #[expect(
        clippy::too_many_arguments,
        reason = "they are the arguments of the field"
    )]
    async fn relationships(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Role of the country in the relationships.",
            default_with = "Direction::Both"
        )]
        direction: Direction,
        #[graphql(desc = "Filter; omit it to list all relationships.")] filter: Option<
            RelationshipFilter,
        >,
        #[graphql(
            desc = "Lists relationships with a statement that was valid at this moment, filtered and sorted by the position then."
        )]
        at: Option<MomentInput>,
        #[graphql(desc = "Sort order; defaults to the requested state's code, ascending.")]
        order_by: Option<RelationshipOrder>,
        #[graphql(desc = "Number of items from the start (0–100, default 20).")] first: Option<i32>,
        #[graphql(desc = "Returns only items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Number of items from the end (0–100); do not combine with `first`.")]
        last: Option<i32>,
        #[graphql(desc = "Returns only items before this cursor.")] before: Option<String>,
    ) -> Result<DirectJson<RelationshipConnection>> {
        let code = self.0.code.clone();
        let parent = match direction {
            Direction::Incoming => RelationshipParent::RequestedState(code),
            Direction::Outgoing => RelationshipParent::RequestingState(code),
            Direction::Both => RelationshipParent::EitherState(code),
        };
        let search = RelationshipArguments {
            filter,
            at,
            order_by,
        };
        let page = PageArguments {
            first,
            after,
            last,
            before,
        };
        load_relationship_page(ctx, parent, search, page).await
    }

    /// Valid concerns about the country itself or about a request to it in any initiative, in order of recording.
    async fn concerns(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Returns the statements that were valid at this moment; defaults to now."
        )]
        at: Option<MomentInput>,
    ) -> Result<DirectJsonList<DirectJson<ConcernStatement>>> {
        let parent = StatementParent::Country(self.0.code.clone());
        // Boxed, as a country has fields that are selected more often.
        let all = Box::pin(list_standing(
            ctx,
            parent,
            StatementKind::Concern,
            at.as_ref(),
        ))
        .await?;
        Ok(all
            .into_iter()
            .filter_map(Statement::into_concern)
            .map(DirectJson)
            .collect())
    }
}

ready_fields!(Country {
    "id" => id,
    "code" => code,
    "alpha3" => alpha3,
    "numeric" => numeric,
    "codeStatus" => code_status,
    "name" => name (None, NameForm::Full),
    "nativeName" => native_name,
    "officialName" => official_name,
    "aliases" => aliases,
    "capital" => capital,
    "emoji" => emoji,
    "region" => region of DirectJson<Region>,
    "subregion" => subregion of DirectJson<Region>,
    "continents" => continents,
    "callingCodes" => calling_codes,
    "topLevelDomain" => top_level_domain,
    "timeZones" => time_zones,
    "languages" => languages of DirectJsonList<DirectJson<Language>>,
    "currencies" => currencies of DirectJsonList<DirectJson<Currency>>,
    "population" => population,
    "unMember" => un_member,
    "location" => location of DirectJson<Coordinates>,
    "neighbours" => neighbours of DirectJsonList<DirectJson<Country>>,
});

impl Country {
    /// The relationship in which an initiative, by its slug, makes a request of this country.
    async fn find_relationship(
        self,
        ctx: &Context<'_>,
        slug: &str,
    ) -> Result<Option<Arc<relationship::Model>>> {
        let Some(initiative) = find_by_slug(ctx, slug) else {
            return Ok(None);
        };
        let context = loader_context(ctx);
        context.find_between(&initiative, &self.0.code).await
    }

    fn unknown_region_error(self, region: &str) -> Error {
        let code = &self.0.code;
        Error::internal(format!(
            "country {code} refers to the unknown region {region}"
        ))
    }
}

/// The country with an alpha-2 code, in upper or lower case.
pub fn find_country(code: &str) -> Option<Country> {
    country::ATLAS.find_country(code).map(Country)
}

/// The country with a code from the database, where every code was validated when it was recorded.
pub fn stored_country(code: &str) -> Result<Country> {
    find_country(code)
        .ok_or_else(|| Error::internal(format!("unknown country code `{code}` in the database")))
}
