//! Batched reads: every row and list that a resolver needs comes through here.
//!
//! A key says what is wanted; all keys of one type that a request asks for at one level are answered by one statement,
//! however many parents ask (see [`batching`]). Nothing is kept between batches, so a mutation's answer is never stale.

pub mod batching;

pub mod list;

pub mod row;

pub mod relationship;

pub mod statement;

pub mod evidence;

pub mod history;

pub mod change;

pub mod ledger;

pub mod tally;

use std::sync::Arc;

use async_graphql::{Context, dataloader::DataLoader};
use sea_orm::DatabaseConnection;
use tokio::sync::OnceCell;

use crate::board::Board;
use crate::database::Database;
use crate::error::Result;
use crate::feed::touched::Tag;
use crate::graphql::reads::Reads;
use crate::ledger::head;

/// Reads the database for all loaders.
#[derive(Clone)]
pub struct Reader {
    database: Database,
    board: Board,
    generation: Arc<OnceCell<String>>,
    reads: Option<Reads>,
}

pub type Loaders = DataLoader<Reader>;

impl Reader {
    pub fn new(database: Database, board: Board) -> Self {
        Self {
            database,
            board,
            generation: Arc::default(),
            reads: None,
        }
    }

    /// The same, noting what is read.
    #[must_use]
    pub fn noting(&self, reads: Option<Reads>) -> Self {
        Self {
            reads,
            ..self.clone()
        }
    }

    /// For a statement whose result rests on these tags, whatever it finds. Who cannot say better says
    /// [`Tag::Everything`].
    pub fn db(&self, tags: impl IntoIterator<Item = Tag>) -> &DatabaseConnection {
        self.note(tags);
        self.database.reader()
    }

    /// Who reads it notes what the result rests on.
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// What a result rests on besides, as it shows.
    pub fn note(&self, tags: impl IntoIterator<Item = Tag>) {
        if let Some(reads) = &self.reads {
            reads.note(tags);
        }
    }

    /// The generation of the ledger, read once: it is drawn when a ledger is begun and never changes.
    pub async fn generation(&self) -> Result<&str> {
        let read = || async { Ok(head::load(self.database.reader()).await?.generation) };
        self.generation
            .get_or_try_init(read)
            .await
            .map(String::as_str)
    }
}

/// What the loaders of this execution read from.
pub fn reader<'c>(ctx: &Context<'c>) -> &'c Reader {
    loaders(ctx).loader()
}

/// The loaders of this execution.
pub fn loaders<'c>(ctx: &Context<'c>) -> &'c Loaders {
    ctx.data_unchecked()
}
