//! Assumed lengths of lists without pagination. A test fails for a list that is missing here.

use super::ListSize;

/// Items of a list by its field: the maximum, or more than is usual where there is no maximum.
pub(super) const ASSUMED_LIST_SIZES: [(&str, u64); 40] = [
    // ISO 3166-1 has 249 and XK.
    ("Query.countries", 250),
    ("Query.regions", 30),
    ("Region.countries", 60),
    ("Query.organisations", 10),
    ("Organisation.memberships", 30),
    ("Country.memberships", 3),
    ("Membership.suspensions", 1),
    ("CountryMatch.candidates", 2),
    ("Country.neighbours", 5),
    ("Country.concerns", 10),
    ("Country.languages", 5),
    ("Country.currencies", 2),
    ("SearchHit.fragments", 3),
    ("Initiative.countClaims", 10),
    ("Initiative.history", 100),
    ("Initiative.tallyByOrganisation", 10),
    ("Initiative.steps", 60),
    ("Initiative.periods", 250),
    ("Initiative.changes", 50),
    ("PositionChange.entries", 3),
    ("Step.moves", 2),
    ("Relationship.timeline", 10),
    ("Relationship.periods", 10),
    ("Statement.evidence", 3),
    ("Source.versions", 2),
    ("Statement.contradicts", 2),
    ("Statement.contradictedBy", 2),
    ("Recall.successors", 2),
    ("Recall.revisions", 5),
    ("Subscription.statementRevised", 2),
    ("Position.rivals", 3),
    ("PositionProof.entries", 3),
    ("DisputeChange.rivals", 3),
    ("DisputeChange.added", 1),
    ("DisputeChange.removed", 1),
    ("Tally.byStance", 10),
    ("Tally.byRegion", 5),
    ("RegionTally.byStance", 10),
    ("Query.webhooks", 10),
    ("Webhook.deliveries", 50),
];

/// Size of a list without pagination. Lists of strings and numbers count as one value.
pub(super) fn list_size_of(owners: &[&str], field: &str) -> ListSize {
    if owners == ["Query"] {
        match field {
            "nodes" => return ListSize::Items("ids"),
            "resolveCountries" => return ListSize::Items("texts"),
            "recalled" => return ListSize::Items("statements"),
            "search" => return ListSize::Hits,
            "initiatives" => return ListSize::Initiatives,
            _ => {}
        }
    }
    let is_same_field = |key: &str| {
        key.split_once('.')
            .is_some_and(|(owner, name)| name == field && owners.contains(&owner))
    };
    let assumed = ASSUMED_LIST_SIZES
        .iter()
        .find(|(key, _)| is_same_field(key));
    assumed.map_or(ListSize::One, |(_, items)| ListSize::List(*items))
}
