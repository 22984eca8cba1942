//! Statements: one sourced claim by one claimant about a relationship, a country or an initiative.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "statement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub relationship_id: Option<i64>,
    pub country_code: Option<String>,
    pub initiative_id: Option<i64>,
    pub kind: String,
    /// JSON, with the kind as its only key.
    pub body: String,
    pub claimant_kind: String,
    pub claimant_label: String,
    /// EDTF.
    pub valid_from: String,
    /// First day on which the claim may have started to apply; `None` is an open start.
    pub earliest: Option<String>,
    /// Last day on which the claim may have started to apply; never after the day of recording.
    pub latest: String,
    pub summary: String,
    pub note: Option<String>,
    /// The statement that this one replaces.
    pub corrects: Option<i64>,
    /// Why it replaces it.
    pub correction_reason: Option<String>,
    /// Whether it keeps the disputes of the statement that it replaces.
    pub keeps_disputes: bool,
    pub recorded_at: i64,
    /// The statement that currently replaces this one.
    pub corrected_by: Option<i64>,
    /// When it was retracted.
    pub retracted_at: Option<i64>,
    /// Why it was retracted.
    pub retraction_reason: Option<String>,
    /// The day from which it counts as public, as known now.
    pub published_on: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
