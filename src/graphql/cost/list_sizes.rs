//! How long lists are that have no pages. A list that is missing here fails a test.

use super::Items;

/// Items of a list by its field, at most or, where no limit is, more than it usually has.
pub(super) const SIZES: [(&str, u64); 20] = [
    // ISO 3166-1 has 249 and XK.
    ("Query.countries", 250),
    ("Query.regions", 30),
    ("Region.countries", 60),
    ("Country.neighbours", 5),
    ("Country.concerns", 10),
    ("Country.languages", 5),
    ("Country.currencies", 2),
    ("Query.initiatives", 10),
    ("Query.search", 10),
    ("SearchHit.fragments", 3),
    ("Initiative.countClaims", 10),
    ("Initiative.history", 100),
    ("Relationship.timeline", 10),
    ("Statement.evidence", 3),
    ("Statement.contradicts", 2),
    ("Statement.contradictedBy", 2),
    ("Position.rivals", 3),
    ("Tally.byStance", 10),
    ("Tally.byRegion", 5),
    ("RegionTally.byStance", 10),
];

/// Lists of texts and numbers are as cheap as one.
pub(super) fn find(owners: &[&str], field: &str) -> Items {
    if owners == ["Query"] && field == "nodes" {
        return Items::Ids;
    }
    let is_it = |key: &str| {
        key.split_once('.')
            .is_some_and(|(owner, name)| name == field && owners.contains(&owner))
    };
    let found = SIZES.iter().find(|(key, _)| is_it(key));
    found.map_or(Items::One, |(_, items)| Items::List(*items))
}
