//! The `Node` interface and the lookup by global ID (Relay, Global Object Identification).

use async_graphql::{Context, ID, Interface, Object};
use futures_util::future::try_join_all;

use super::country::{Country, find_country};
use super::initiative::{Initiative, find_initiative};
use super::relationship::{Relationship, find_relationship};
use super::source::Source;
use super::stance_change::StanceChange;
use super::statement::{
    AgreementStatement, ConcernStatement, CountStatement, DenialStatement, FundingStatement,
    LegalStatement, PressureStatement, ReturnStatement, StanceStatement, Statement,
    TransferStatement, find_statement,
};
use crate::error::{Error, Result};
use crate::graphql::loaders::loaders;
use crate::graphql::loaders::row::ChangeSeq;
use crate::graphql::loaders::source::SourceId;
use crate::graphql::output::direct_json::interface::direct_interface;
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::model::id::GlobalId;

/// An object with a global ID (Relay Global Object Identification).
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Global ID: opaque and permanent."))]
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
    ReturnStatement(ReturnStatement),
}

direct_interface!(Node {
    Country => Country,
    Initiative => Initiative,
    Relationship => Relationship,
    Source => Source,
    StanceChange => StanceChange,
    StanceStatement => StanceStatement,
    AgreementStatement => AgreementStatement,
    FundingStatement => FundingStatement,
    TransferStatement => TransferStatement,
    LegalStatement => LegalStatement,
    ConcernStatement => ConcernStatement,
    PressureStatement => PressureStatement,
    DenialStatement => DenialStatement,
    CountStatement => CountStatement,
    ReturnStatement => ReturnStatement,
});

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
            Statement::Return(statement) => Self::ReturnStatement(statement),
        }
    }
}

/// The object with a global ID; `None` if it does not exist.
pub async fn find_node(ctx: &Context<'_>, id: &GlobalId) -> Result<Option<Node>> {
    let loaders = loaders(ctx);
    Ok(match id {
        GlobalId::Country(code) => {
            // A global ID is case-sensitive, a country code is not.
            let is_exact = |country: &Country| country.0.code == *code;
            find_country(code).filter(is_exact).map(Node::from)
        }
        GlobalId::Initiative(id) => {
            let initiative = find_initiative(ctx, *id).await?;
            initiative.map(Node::from)
        }
        GlobalId::Relationship(id) => {
            let relationship = find_relationship(ctx, *id).await?;
            relationship.map(Node::from)
        }
        GlobalId::Statement(id) => find_statement(ctx, *id).await?.map(Node::from),
        GlobalId::Source(id) => {
            let row = loaders.load_one(SourceId(*id)).await?;
            row.map(|row| Source(row).into())
        }
        GlobalId::StanceChange(seq) => {
            let row = loaders.load_one(ChangeSeq(*seq)).await?;
            row.map(|row| StanceChange::from(row).into())
        }
    })
}

/// Maximum number of IDs in one request.
const MAX_IDS: usize = 100;

/// Root fields.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Fetches any object by its global ID; null if not found.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global ID, from the field `id`.")] id: ID,
    ) -> Result<Option<DirectJson<Node>>> {
        match GlobalId::parse(&id) {
            Some(id) => Ok(find_node(ctx, &id).await?.map(DirectJson)),
            None => Ok(None),
        }
    }

    /// Fetches several objects by their global IDs, in the order of `ids`, with null for each that is not found.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global IDs, from the field `id`; at most 100.")] ids: Vec<ID>,
    ) -> Result<DirectJsonList<Option<DirectJson<Node>>>> {
        if ids.len() > MAX_IDS {
            let message = format!("has {} IDs, the limit is {MAX_IDS}", ids.len());
            return Err(Error::bad_input("ids", message));
        }
        let nodes = ids.into_iter().map(|id| self.node(ctx, id));
        try_join_all(nodes).await.map(DirectJsonList)
    }
}
