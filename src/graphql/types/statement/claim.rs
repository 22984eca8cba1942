//! Resolvers of the fields that all kinds of statements share.

use async_graphql::{Context, SimpleObject, Union};
use entity::statement::Model;

use super::enums::{CitationFormat, ClaimantKind};
use super::{Statement, load_statement};
use crate::error::{Error, Result, parse_stored};
use crate::graphql::loaders::list::AllOf;
use crate::graphql::loaders::statement::StoredStatements;
use crate::graphql::loaders::{evidence::EvidenceOf, loaders, row::StatementId};
use crate::graphql::output::direct_json::interface::direct_interface;
use crate::graphql::output::direct_json::ready::ready_fields;
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::graphql::public_url::PublicUrl;
use crate::graphql::types::country::{Country, stored_country};
use crate::graphql::types::evidence::Evidence;
use crate::graphql::types::initiative::{Initiative, load_initiative};
use crate::graphql::types::relationship::{Relationship, load_relationship};
use crate::model::citation::{Citation, CitedSource, EndOfValidity};
use crate::model::cursor::SortKey;
use crate::model::statement::{self, EvidenceRelation};
use crate::model::time::Timestamp;

/// The row of a statement of any kind.
pub(super) struct Claim(pub(super) Model);

/// Subject of a statement.
#[derive(Union)]
pub enum Subject {
    Relationship(Relationship),
    Country(Country),
    Initiative(Initiative),
}

direct_interface!(Subject {
    Relationship => Relationship,
    Country => Country,
    Initiative => Initiative,
});

/// Author of a claim, identified by role or office rather than by personal name.
#[derive(SimpleObject)]
pub struct Claimant {
    /// Category of the claimant.
    kind: ClaimantKind,
    /// Office, body or outlet, at most 600 characters.
    label: String,
}

ready_fields!(Claimant {
    "kind" => kind,
    "label" => label,
});

impl Claim {
    pub(super) async fn subject(&self, ctx: &Context<'_>) -> Result<Subject> {
        let row = &self.0;
        if let Some(id) = row.relationship_id {
            return load_relationship(ctx, id).await.map(Subject::Relationship);
        }
        if let Some(id) = row.initiative_id {
            return load_initiative(ctx, id).await.map(Subject::Initiative);
        }
        match &row.country_code {
            Some(code) => stored_country(code).map(Subject::Country),
            None => Err(Error::internal(format!(
                "statement {} has no subject",
                row.id
            ))),
        }
    }

    pub(super) fn claimant(&self) -> Result<Claimant> {
        let kind: statement::ClaimantKind = parse_stored(&self.0.claimant_kind)?;
        Ok(Claimant {
            kind: kind.into(),
            label: self.0.claimant_label.clone(),
        })
    }

    pub(super) async fn evidence(
        &self,
        ctx: &Context<'_>,
    ) -> Result<DirectJsonList<DirectJson<Evidence>>> {
        let pairs = loaders(ctx).load_one(EvidenceOf(self.0.id)).await?;
        let pairs = pairs.unwrap_or_default().into_iter();
        Ok(pairs
            .map(|(row, source)| DirectJson(Evidence { row, source }))
            .collect())
    }

    pub(super) async fn corrects(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<DirectJson<Statement>>> {
        load_optional(ctx, self.0.corrects).await
    }

    pub(super) async fn corrected_by(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<DirectJson<Statement>>> {
        load_optional(ctx, self.0.corrected_by).await
    }

    pub(super) async fn contradicts(
        &self,
        ctx: &Context<'_>,
    ) -> Result<DirectJsonList<DirectJson<Statement>>> {
        self.list_related(ctx, StoredStatements::Denied).await
    }

    pub(super) async fn contradicted_by(
        &self,
        ctx: &Context<'_>,
    ) -> Result<DirectJsonList<DirectJson<Statement>>> {
        self.list_related(ctx, StoredStatements::Denying).await
    }

    async fn list_related(
        &self,
        ctx: &Context<'_>,
        list: StoredStatements,
    ) -> Result<DirectJsonList<DirectJson<Statement>>> {
        let key = AllOf {
            parent: Some(SortKey::Number(self.0.id)),
            list,
        };
        let rows = loaders(ctx).load_one(key).await?.unwrap_or_default();
        rows.into_iter()
            .map(|row| Statement::from_row(row).map(DirectJson))
            .collect()
    }

    /// Cites the first supporting source only; a statement without one is cited by its number alone.
    pub(super) async fn citation(
        &self,
        ctx: &Context<'_>,
        format: CitationFormat,
    ) -> Result<String> {
        let citation = self.cited(ctx, format).await?;
        Ok(match format {
            CitationFormat::Text => citation.text(),
            CitationFormat::Bibtex => citation.bibtex(),
            CitationFormat::CslJson => citation.csl_json(),
        })
    }

    async fn cited(&self, ctx: &Context<'_>, format: CitationFormat) -> Result<Citation> {
        let row = &self.0;
        let evidence = loaders(ctx).load_one(EvidenceOf(row.id)).await?;
        let supports = EvidenceRelation::Supports.as_ref();
        let mut evidence = evidence.unwrap_or_default().into_iter();
        let first = evidence.find(|(row, _)| row.relation == supports);
        let source = first.map(|(row, source)| CitedSource {
            publisher: source.publisher,
            published_on: row.published_on.or(source.published_on),
            url: source.url,
        });
        let base = ctx.data_unchecked::<PublicUrl>().url();
        Ok(Citation {
            number: row.id,
            claimant: row.claimant_label.clone(),
            summary: row.summary.clone(),
            valid_from: row.valid_from.clone(),
            published_on: row.published_on.clone(),
            recorded_on: Timestamp(row.recorded_at).day().to_string(),
            source,
            end: self.end_of_validity(ctx, format).await?,
            url: format!("{base}/statements/{}", row.id),
        })
    }

    async fn end_of_validity(
        &self,
        ctx: &Context<'_>,
        format: CitationFormat,
    ) -> Result<Option<EndOfValidity>> {
        let day = |micros| Timestamp(micros).day().to_string();
        if let Some(at) = self.0.retracted_at {
            return Ok(Some(EndOfValidity::Retracted { on: day(at) }));
        }
        let Some(by) = self.0.corrected_by else {
            return Ok(None);
        };
        let on = match format {
            CitationFormat::Text => None,
            CitationFormat::Bibtex | CitationFormat::CslJson => {
                let correction = loaders(ctx).load_one(StatementId(by)).await?;
                correction.map(|row| day(row.recorded_at))
            }
        };
        Ok(Some(EndOfValidity::Corrected { on, by }))
    }
}

async fn load_optional(
    ctx: &Context<'_>,
    id: Option<i64>,
) -> Result<Option<DirectJson<Statement>>> {
    match id {
        Some(id) => load_statement(ctx, id).await.map(DirectJson).map(Some),
        None => Ok(None),
    }
}
