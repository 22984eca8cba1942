//! International organisations and the membership of countries in them, on a day; read from memory.

use async_graphql::{ID, InputObject, Object};
use chrono::NaiveDate;

use super::country::{Country, find_country};
use crate::error::{Error, Result};
use crate::graphql::inputs::scalars::{Date, Edtf, Url};
use crate::graphql::output::direct_json::ready::ready_fields;
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::model::country::membership::{self, ORGANISATIONS};

#[derive(Clone, Copy)]
pub struct Organisation(pub &'static membership::Organisation);

/// An international organisation. Its members are the full ones that it lists; this implies no position on a territory.
#[Object]
impl Organisation {
    /// Usual abbreviation, for example `AU`.
    async fn code(&self) -> ID {
        ID::from(self.0.code.as_str())
    }

    /// English name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// English name of the organisation that it succeeded, whose membership counts; null if there is none.
    async fn predecessor(&self) -> Option<&str> {
        self.0.predecessor.as_deref()
    }

    /// List of members that the organisation publishes.
    async fn source(&self) -> Url {
        Url(self.0.source.clone())
    }

    /// The month that later changes of membership are missing from.
    async fn reviewed_to(&self) -> Edtf {
        edtf(&ORGANISATIONS.reviewed_to)
    }

    /// Memberships on a day, in ascending order of the country's code.
    async fn memberships(
        &self,
        #[graphql(desc = "Day; omit it for the memberships that have not ended.")] at: Option<Date>,
    ) -> Result<DirectJsonList<DirectJson<Membership>>> {
        let day = day_of(at.as_ref(), "at")?;
        let all = self.0.memberships.iter();
        let in_force = all.filter(|one| one.is_in_force(day));
        Ok(in_force
            .map(|one| DirectJson(Membership::new(self.0, one, day)))
            .collect())
    }
}

ready_fields!(Organisation {
    "code" => code,
    "name" => name,
    "predecessor" => predecessor,
    "source" => source,
    "reviewedTo" => reviewed_to,
});

/// Membership of a country in an organisation, as it was on the requested day.
pub struct Membership {
    organisation: &'static membership::Organisation,
    dates: &'static membership::Membership,
    day: Option<NaiveDate>,
}

impl Membership {
    fn new(
        organisation: &'static membership::Organisation,
        dates: &'static membership::Membership,
        day: Option<NaiveDate>,
    ) -> Self {
        Self {
            organisation,
            dates,
            day,
        }
    }
}

/// Membership of a country in an international organisation. Dates are as precise as is certain.
#[Object]
impl Membership {
    /// The organisation.
    async fn organisation(&self) -> DirectJson<Organisation> {
        DirectJson(Organisation(self.organisation))
    }

    /// The member.
    async fn country(&self) -> Result<DirectJson<Country>> {
        let code = &self.dates.country;
        let country = find_country(code).map(DirectJson);
        country.ok_or_else(|| Error::internal(format!("unknown member {code}")))
    }

    /// When it joined, or joined the predecessor.
    async fn joined(&self) -> Edtf {
        edtf(&self.dates.joined)
    }

    /// First day on which it was no member any more; null while it is one.
    async fn left(&self) -> Option<Edtf> {
        self.dates.left.as_ref().map(edtf)
    }

    /// Whether it was suspended on the requested day, or is now. A suspended country is a member.
    async fn suspended(&self) -> bool {
        self.dates.is_suspended(self.day)
    }

    /// Suspensions since 2009, and that of Cuba; oldest first.
    async fn suspensions(&self) -> DirectJsonList<DirectJson<Suspension>> {
        let all = self.dates.suspensions.iter();
        all.map(|one| DirectJson(Suspension(one))).collect()
    }

    /// What the dates leave open; null if nothing.
    async fn note(&self) -> Option<&str> {
        self.dates.note.as_deref()
    }
}

ready_fields!(Membership {
    "organisation" => organisation of DirectJson<Organisation>,
    "country" => country of DirectJson<Country>,
    "joined" => joined,
    "left" => left,
    "suspended" => suspended,
    "suspensions" => suspensions of DirectJsonList<DirectJson<Suspension>>,
    "note" => note,
});

pub struct Suspension(&'static membership::Suspension);

/// A time in which a member may not take part in its organisation.
#[Object]
impl Suspension {
    /// When it began.
    async fn from(&self) -> Edtf {
        edtf(&self.0.from)
    }

    /// When it ended; null if it has not.
    async fn until(&self) -> Option<Edtf> {
        self.0.until.as_ref().map(edtf)
    }
}

ready_fields!(Suspension {
    "from" => from,
    "until" => until,
});

/// Condition on the membership of a country.
#[derive(Clone, Debug, InputObject)]
pub struct MembershipFilter {
    /// Abbreviations of organisations, case-insensitive; the country is a member of any of them. An unknown one is a
    /// `NOT_FOUND` error.
    organisations: Vec<ID>,
    /// Day of the membership; omit it for memberships that have not ended.
    at: Option<Date>,
    /// Whether the membership is suspended; omit it for both.
    suspended: Option<bool>,
}

/// [`MembershipFilter`] with its organisations and day.
pub struct MemberOf {
    organisations: Vec<&'static membership::Organisation>,
    day: Option<NaiveDate>,
    suspended: Option<bool>,
}

impl MembershipFilter {
    /// `field` is the path of the input.
    /// # Errors
    /// `Error::NotFound` for an unknown organisation, `Error::BadUserInput` for an invalid day.
    pub fn resolve(&self, field: &str) -> Result<MemberOf> {
        let organisations =
            parse_organisations(&self.organisations, &format!("{field}.organisations"))?;
        Ok(MemberOf {
            organisations,
            day: day_of(self.at.as_ref(), &format!("{field}.at"))?,
            suspended: self.suspended,
        })
    }
}

/// The organisations with codes in any case, in the order of the input.
/// # Errors
/// `Error::NotFound` at `field` for an unknown code.
pub fn parse_organisations(
    codes: &[ID],
    field: &str,
) -> Result<Vec<&'static membership::Organisation>> {
    let find = |code: &ID| {
        let organisation = ORGANISATIONS.find(code);
        organisation.ok_or_else(|| Error::not_found_input(field, "organisation", code.as_str()))
    };
    codes.iter().map(find).collect()
}

impl MemberOf {
    pub fn matches(&self, country: &str) -> bool {
        self.organisations.iter().any(|organisation| {
            let membership = organisation.find(country, self.day);
            membership.is_some_and(|one| {
                self.suspended
                    .is_none_or(|suspended| one.is_suspended(self.day) == suspended)
            })
        })
    }
}

/// The memberships of a country on a day, or now.
pub fn list_memberships(
    country: &str,
    at: Option<&Date>,
) -> Result<DirectJsonList<DirectJson<Membership>>> {
    let day = day_of(at, "at")?;
    let all = ORGANISATIONS.list_memberships(country, day).into_iter();
    Ok(all
        .map(|(organisation, one)| DirectJson(Membership::new(organisation, one, day)))
        .collect())
}

fn day_of(date: Option<&Date>, field: &str) -> Result<Option<NaiveDate>> {
    date.map(|date| date.day(field)).transpose()
}

fn edtf(date: &crate::model::edtf::Edtf) -> Edtf {
    Edtf(date.as_str().to_owned())
}

/// Root fields.
#[derive(Default)]
pub struct OrganisationQuery;

#[Object]
impl OrganisationQuery {
    /// Ten international organisations with dated membership, in ascending order of abbreviation: ASEAN, AU, CARICOM, CIS,
    /// ECOWAS, EU, NATO, OAS, PIF and SADC.
    async fn organisations(&self) -> DirectJsonList<DirectJson<Organisation>> {
        let all = ORGANISATIONS.all.iter();
        all.map(Organisation).map(DirectJson).collect()
    }
}
