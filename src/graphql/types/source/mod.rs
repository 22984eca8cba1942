//! Sources: the documents and reports that statements cite, and the list of them.

pub mod mutation;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use entity::source::{Column, Entity, Model};
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait, Select};

use crate::error::{Error, Result, parse_stored};
use crate::graphql::connection::arguments::PageArguments;
use crate::graphql::connection::{Cursor, connection, load_page};
use crate::graphql::inputs::scalars::{Edtf, Url};
use crate::graphql::inputs::string_filter::StringFilter;
use crate::graphql::loaders::list::KeysetList;
use crate::graphql::loaders::{loaders, row::SourceId};
use crate::graphql::output::direct_json::DirectJson;
use crate::graphql::pagination::keyset::{KeysetOrder, SortDirection};
use crate::model::cursor::{PageCursor, SortKey};
use crate::model::{id::GlobalId, source};

pub struct Source(pub Model);

connection!(
    /// A page of sources.
    SourceConnection, SourceEdge of DirectJson<Source>
);

/// What kind of document or report a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "source::SourceKind")]
pub enum SourceKind {
    /// A report of a news organisation.
    News,
    /// A publication of a government or one of its offices.
    Government,
    /// A decision or filing of a court.
    Court,
    /// The text of an agreement.
    TreatyText,
    /// A publication of a non-governmental organisation.
    Ngo,
    /// A publication of an intergovernmental organisation.
    Igo,
    /// A publication or record of a parliament.
    Parliament,
    /// A table of data.
    Dataset,
}

/// A document or report that statements rest on. We keep what names it, not its text.
#[Object]
impl Source {
    /// Global identifier, for `node`.
    pub async fn id(&self) -> ID {
        GlobalId::Source(self.0.id).to_string().into()
    }

    /// What kind of document or report it is.
    async fn kind(&self) -> Result<SourceKind> {
        parse_stored::<source::SourceKind>(&self.0.kind).map(Into::into)
    }

    /// Who published it, at most 600 characters.
    async fn publisher(&self) -> &str {
        &self.0.publisher
    }

    /// Its title, at most 600 characters.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Its address on the web; null where it has none.
    async fn url(&self) -> Option<Url> {
        self.0.url.clone().map(Url)
    }

    /// When it was published; null where that is not known.
    async fn published_on(&self) -> Option<Edtf> {
        self.0.published_on.clone().map(Edtf)
    }

    /// BCP 47 tag of its language; null where that is not known.
    async fn language(&self) -> Option<&str> {
        self.0.language.as_deref()
    }

    /// The source that it repeats, for example the original of a translation; null for originals.
    async fn derived_from(&self, ctx: &Context<'_>) -> Result<Option<DirectJson<Source>>> {
        let Some(id) = self.0.derived_from else {
            return Ok(None);
        };
        let row = loaders(ctx).load_one(SourceId(id)).await?;
        let row = row.ok_or_else(|| Error::internal(format!("source {id} is missing")))?;
        Ok(Some(DirectJson(Self(row))))
    }
}

/// Conditions on a source. One passes if it fulfils every condition that is given.
#[derive(Clone, Debug, Default, InputObject)]
pub struct SourceFilter {
    /// One of these kinds.
    kinds: Option<Vec<SourceKind>>,
    /// Who published it.
    publisher: Option<StringFilter>,
    /// Its title.
    title: Option<StringFilter>,
    /// BCP 47 tag of its language, exactly as `language` gives it.
    language: Option<String>,
}

impl SourceFilter {
    fn resolve(self) -> Sources {
        let kinds = self
            .kinds
            .map(|kinds| kinds.into_iter().map(Into::into).collect());
        Sources {
            kinds,
            publisher: self.publisher,
            title: self.title,
            language: self.language,
        }
    }
}

/// Keyset list of the sources that match all given conditions, in order of registration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Sources {
    kinds: Option<Vec<source::SourceKind>>,
    publisher: Option<StringFilter>,
    title: Option<StringFilter>,
    language: Option<String>,
}

impl KeysetList for Sources {
    type Entity = Entity;

    fn select(&self) -> Select<Entity> {
        let kinds = self.kinds.as_ref();
        let kinds = kinds.map(|kinds| Column::Kind.is_in(kinds.iter().map(AsRef::<str>::as_ref)));
        let text = |filter: &Option<StringFilter>, column: Column| {
            filter
                .as_ref()
                .map(|filter| filter.condition(&column.into_expr()))
        };
        let condition = Condition::all()
            .add_option(kinds)
            .add_option(text(&self.publisher, Column::Publisher))
            .add_option(text(&self.title, Column::Title));
        Entity::find()
            .filter(condition)
            .apply_if(self.language.as_deref(), |q, tag| {
                q.filter(Column::Language.eq(tag))
            })
    }

    fn parent(&self) -> Expr {
        Expr::val(0)
    }

    fn sort(&self) -> KeysetOrder {
        KeysetOrder {
            key: Column::Id.into_expr(),
            id: Column::Id.into_expr(),
            direction: SortDirection::Ascending,
        }
    }

    fn cursor(&self, row: &Model) -> PageCursor {
        PageCursor {
            key: SortKey::Number(row.id),
            id: row.id,
        }
    }
}

/// Root fields.
#[derive(Default)]
pub struct SourceQuery;

#[Object]
impl SourceQuery {
    /// All sources that pass the filter, in the order of registration.
    async fn sources(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions on the sources.")] filter: Option<SourceFilter>,
        #[graphql(desc = "So many from the start: 0 to 100, 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<SourceConnection> {
        let sources = filter.unwrap_or_default().resolve();
        let page = PageArguments {
            first,
            after,
            last,
            before,
        }
        .page(false)?;
        let (slice, length) = load_page(ctx, None, sources.clone(), page).await?;
        let edges = slice.map(|row| SourceEdge {
            cursor: Cursor::Page(sources.cursor(&row)),
            node: DirectJson(Source(row)),
        });
        Ok(SourceConnection::new(edges, length))
    }
}
