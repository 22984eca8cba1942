//! Queries of the program: a type for each selection. The compiler compares them with the schema.

use cynic::{Id, QueryFragment, QueryVariables};

#[cynic::schema("demarche")]
mod schema {}

#[derive(QueryVariables)]
pub struct CountryVariables {
    pub code: Id,
}

#[derive(QueryFragment)]
#[cynic(graphql_type = "Query", variables = "CountryVariables")]
pub struct CountryQuery {
    #[arguments(code: $code)]
    pub country: Option<Country>,
    pub ledger: Ledger,
}

#[derive(QueryFragment)]
pub struct Country {
    pub name: String,
    pub relationships: RelationshipConnection,
}

#[derive(QueryFragment)]
pub struct RelationshipConnection {
    pub nodes: Vec<Relationship>,
}

#[derive(QueryFragment)]
pub struct Relationship {
    pub initiative: Initiative,
    pub stance: Stance,
    pub since: Option<Edtf>,
    #[arguments(last: 5)]
    pub changes: StanceChangeConnection,
    #[arguments(last: 3)]
    pub statements: StatementConnection,
}

#[derive(QueryFragment)]
pub struct Initiative {
    pub title: String,
}

#[derive(QueryFragment)]
pub struct StanceChangeConnection {
    pub nodes: Vec<Move>,
}

#[derive(QueryFragment)]
#[cynic(graphql_type = "StanceChange")]
pub struct Move {
    pub from: Stance,
    pub to: Stance,
}

#[derive(QueryFragment)]
pub struct StatementConnection {
    pub nodes: Vec<Statement>,
}

#[derive(QueryFragment)]
pub struct Statement {
    pub number: i32,
    pub summary: String,
    pub claimant: Claimant,
}

#[derive(QueryFragment)]
pub struct Claimant {
    pub label: String,
}

#[derive(QueryFragment)]
pub struct Ledger {
    pub head: Option<LedgerHead>,
}

#[derive(QueryFragment)]
pub struct LedgerHead {
    pub cursor: String,
}

#[derive(QueryVariables)]
pub struct ChangesVariables {
    pub after: Option<String>,
}

#[derive(QueryFragment)]
#[cynic(graphql_type = "Subscription", variables = "ChangesVariables")]
pub struct Changes {
    #[arguments(after: $after)]
    pub stance_changed: Change,
}

#[derive(QueryFragment)]
#[cynic(graphql_type = "StanceChange")]
pub struct Change {
    pub cursor: String,
    pub from: Stance,
    pub to: Stance,
    pub relationship: ChangedRelationship,
}

#[derive(QueryFragment)]
#[cynic(graphql_type = "Relationship")]
pub struct ChangedRelationship {
    pub requested_state: RequestedState,
}

#[derive(QueryFragment)]
#[cynic(graphql_type = "Country")]
pub struct RequestedState {
    pub name: String,
}

/// A later version of the server may know further ones.
#[derive(cynic::Enum, Clone, Debug)]
pub enum Stance {
    Unknown,
    Named,
    Approached,
    Negotiating,
    AgreedInPrinciple,
    Agreed,
    Implementing,
    Suspended,
    Refused,
    Ended,
    #[cynic(fallback)]
    Other(String),
}

/// A date that is as exact as its source, for example `2025-03~`.
#[derive(cynic::Scalar, Clone, Debug)]
pub struct Edtf(pub String);
