//! Anything with a global identifier (Relay, Global Object Identification).

use async_graphql::{Context, ID, Interface, Object};
use futures_util::future::try_join_all;

use super::country::{self, Country};
use super::initiative::{self, Initiative};
use super::relationship::{self, Relationship};
use super::source::Source;
use super::stance_change::StanceChange;
use super::statement::{
    self, AgreementStatement, ConcernStatement, CountStatement, DenialStatement, FundingStatement,
    LegalStatement, PressureStatement, StanceStatement, Statement, TransferStatement,
};
use crate::error::{Error, Result};
use crate::graphql::loaders::loaders;
use crate::graphql::loaders::row::{ChangeSeq, SourceId};
use crate::model::id::GlobalId;

/// Anything with a global identifier.
#[derive(Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "Global identifier: opaque, and stable for ever."
))]
pub enum Node {
    Country(Country),
    Initiative(Initiative),
    Relationship(Relationship),
    Source(Source),
    StanceChange(StanceChange),
    StanceStatement(StanceStatement),
    AgreementStatement(AgreementStatement),
    FundingStatement(FundingStatement),
    TransferStatement(TransferStatement),
    LegalStatement(LegalStatement),
    ConcernStatement(ConcernStatement),
    PressureStatement(PressureStatement),
    DenialStatement(DenialStatement),
    CountStatement(CountStatement),
}

impl From<Statement> for Node {
    fn from(statement: Statement) -> Self {
        match statement {
            Statement::Stance(statement) => Self::StanceStatement(statement),
            Statement::Agreement(statement) => Self::AgreementStatement(statement),
            Statement::Funding(statement) => Self::FundingStatement(statement),
            Statement::Transfer(statement) => Self::TransferStatement(statement),
            Statement::Legal(statement) => Self::LegalStatement(statement),
            Statement::Concern(statement) => Self::ConcernStatement(statement),
            Statement::Pressure(statement) => Self::PressureStatement(statement),
            Statement::Denial(statement) => Self::DenialStatement(statement),
            Statement::Count(statement) => Self::CountStatement(statement),
        }
    }
}

/// What an identifier names, if it is there.
pub async fn find(ctx: &Context<'_>, id: &GlobalId) -> Result<Option<Node>> {
    let load = loaders(ctx);
    Ok(match id {
        GlobalId::Country(code) => {
            let exact = |country: &Country| country.0.code == *code;
            country::find(code).filter(exact).map(Node::from)
        }
        GlobalId::Initiative(id) => {
            let found = initiative::find(ctx, *id).await?;
            found.map(Node::from)
        }
        GlobalId::Relationship(id) => {
            let found = relationship::find(ctx, *id).await?;
            found.map(Node::from)
        }
        GlobalId::Statement(id) => statement::find(ctx, *id).await?.map(Node::from),
        GlobalId::Source(id) => {
            let row = load.load_one(SourceId(*id)).await?;
            row.map(|row| Source(row).into())
        }
        GlobalId::StanceChange(seq) => {
            let row = load.load_one(ChangeSeq(*seq)).await?;
            row.map(|row| StanceChange::from(row).into())
        }
    })
}

/// Identifiers in one request at most.
const LIMIT: usize = 100;

/// Root fields.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Anything by its global identifier; null where there is none such.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "As the field `id` gives it.")] id: ID,
    ) -> Result<Option<Node>> {
        match GlobalId::parse(&id) {
            Some(id) => find(ctx, &id).await,
            None => Ok(None),
        }
    }

    /// Several at once, in the order asked for, with null where there is none such.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "As the field `id` gives them; at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > LIMIT {
            let message = format!("{} identifiers, the limit is {LIMIT}", ids.len());
            return Err(Error::bad_input("ids", message));
        }
        try_join_all(ids.into_iter().map(|id| self.node(ctx, id))).await
    }
}
