//! Filter and order of countries, evaluated in memory.

use async_graphql::{Enum, ID, InputObject};

use crate::error::{Error, Result};
use crate::graphql::inputs::order::OrderDirection;
use crate::graphql::inputs::string_filter::StringFilter;
use crate::graphql::types::organisation::MembershipFilter;
use crate::model::country::{ATLAS, Country};

/// Filter for countries. A country matches if it meets every condition that is set.
#[derive(Clone, Debug, Default, InputObject)]
pub struct CountryFilter {
    /// ISO 3166-1 alpha-2 codes, case-insensitive. An unknown code is a `NOT_FOUND` error.
    codes: Option<Vec<ID>>,
    /// UN M49 codes of regions or subregions, for example `002` for Africa. An unknown code is a `NOT_FOUND` error.
    regions: Option<Vec<ID>>,
    /// Whether the country is a member of the United Nations.
    un_member: Option<bool>,
    /// Condition on any of its names, in any supported language, or on an alias.
    name: Option<StringFilter>,
    /// Membership of an international organisation.
    member_of: Option<MembershipFilter>,
}

/// Sort order of countries.
#[derive(Clone, Debug, InputObject)]
pub struct CountryOrder {
    /// Sort key.
    field: CountryOrderField,
    /// Sort direction.
    #[graphql(default_with = "OrderDirection::Asc")]
    direction: OrderDirection,
}

/// Sort key of countries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum CountryOrderField {
    /// ISO 3166-1 alpha-2 code.
    Code,
    /// English name, in the root collation of the Unicode CLDR: `Åland Islands` follows `Afghanistan`.
    Name,
    /// Population; an unknown population counts as zero.
    Population,
}

impl CountryFilter {
    /// The countries that match, ascending by code. `field` is the path of the input.
    /// # Errors
    /// `Error::NotFound` for an unknown code of a country or region.
    pub fn list(&self, field: &str) -> Result<Vec<&'static Country>> {
        let codes = self.codes.as_deref();
        let codes = codes
            .map(|all| parse_country_codes(all, &format!("{field}.codes")))
            .transpose()?;
        let regions = self.regions.as_deref();
        let regions = regions
            .map(|all| parse_region_codes(all, &format!("{field}.regions")))
            .transpose()?;
        let name = self.name.as_ref().map(StringFilter::fold);
        let member_of = self.member_of.as_ref();
        let member_of = member_of
            .map(|filter| filter.resolve(&format!("{field}.memberOf")))
            .transpose()?;
        let matches = |country: &&Country| {
            codes
                .as_ref()
                .is_none_or(|codes| codes.contains(&country.code))
                && regions
                    .as_ref()
                    .is_none_or(|regions| is_in(country, regions))
                && self.un_member.is_none_or(|is| country.un_member == is)
                && name
                    .as_ref()
                    .is_none_or(|name| country.folded_names.iter().any(|text| name.matches(text)))
                && member_of
                    .as_ref()
                    .is_none_or(|member_of| member_of.matches(&country.code))
        };
        Ok(ATLAS.countries.iter().filter(matches).collect())
    }

    /// The codes of the countries that match, ascending.
    pub fn list_codes(&self, field: &str) -> Result<Vec<String>> {
        let countries = self.list(field)?;
        Ok(countries
            .iter()
            .map(|country| country.code.clone())
            .collect())
    }
}

impl CountryOrder {
    pub fn sort(&self, countries: &mut [&Country]) {
        match self.field {
            CountryOrderField::Code => countries.sort_by(|a, b| a.code.cmp(&b.code)),
            CountryOrderField::Name => countries.sort_by_key(|country| country.name_rank),
            CountryOrderField::Population => {
                countries.sort_by_key(|country| country.population.unwrap_or(0));
            }
        }
        if self.direction == OrderDirection::Desc {
            countries.reverse();
        }
    }
}

/// Alpha-2 codes in upper case, sorted, without duplicates.
/// # Errors
/// `Error::NotFound` at `field` for an unknown code.
pub fn parse_country_codes(codes: &[ID], field: &str) -> Result<Vec<String>> {
    let parse = |code: &ID| {
        let country = ATLAS.find_country(code);
        country
            .map(|country| country.code.clone())
            .ok_or_else(|| Error::not_found_input(field, "country", code.as_str()))
    };
    let mut codes: Vec<String> = codes.iter().map(parse).collect::<Result<_>>()?;
    codes.sort();
    codes.dedup();
    Ok(codes)
}

/// Codes of regions and subregions, in the order of the input.
/// # Errors
/// `Error::NotFound` at `field` for an unknown code.
pub fn parse_region_codes(codes: &[ID], field: &str) -> Result<Vec<String>> {
    let parse = |code: &ID| {
        let region = ATLAS.find_region(code);
        region
            .map(|region| region.code.clone())
            .ok_or_else(|| Error::not_found_input(field, "region", code.as_str()))
    };
    codes.iter().map(parse).collect()
}

/// The codes of the countries of any of the regions or subregions that are among `codes`, or of all of them.
pub fn codes_in_regions(codes: Option<&[String]>, regions: &[String]) -> Vec<String> {
    let in_region = ATLAS.countries.iter().filter(|one| is_in(one, regions));
    let in_region = in_region.map(|country| country.code.clone());
    in_region
        .filter(|code| codes.is_none_or(|codes| codes.contains(code)))
        .collect()
}

/// Whether a country belongs to any of the regions or subregions.
pub fn is_in(country: &Country, regions: &[String]) -> bool {
    let subregion = country.subregion.as_ref();
    regions.contains(&country.region) || subregion.is_some_and(|code| regions.contains(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_narrow_each_other() {
        let filter = CountryFilter {
            codes: Some(vec!["pe".into(), "RW".into(), "CH".into()]),
            regions: Some(vec!["002".into(), "005".into()]),
            ..CountryFilter::default()
        };
        assert_eq!(filter.list_codes("filter").unwrap(), ["PE", "RW"]);
    }

    #[test]
    fn an_unknown_code_is_an_error_at_its_field() {
        let error = parse_country_codes(&["ZZ".into()], "filter.codes").unwrap_err();
        assert_eq!(
            (error.code(), error.field()),
            ("NOT_FOUND", Some("filter.codes"))
        );
    }
}
