//! Sources: the documents and reports that statements cite, and the list of them.

pub mod mutation;
pub mod version;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use entity::source::{Column, Entity, Model};
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait, Select};

use crate::database::value_set::ValueSet;
use crate::error::{Error, Result, parse_stored};
use crate::graphql::connection::arguments::PageArguments;
use crate::graphql::connection::{Cursor, connection, load_page};
use crate::graphql::inputs::scalars::{Edtf, Url};
use crate::graphql::inputs::string_filter::{FoldedFilter, StringFilter};
use crate::graphql::loaders::list::KeysetList;
use crate::graphql::loaders::{
    loaders,
    source::{SourceId, VersionsOf},
};
use crate::graphql::output::direct_json::ready::ready_enum;
use crate::graphql::output::direct_json::ready::ready_fields;
use crate::graphql::output::direct_json::{DirectJson, DirectJsonList};
use crate::graphql::pagination::keyset::{KeysetOrder, SortDirection};
use crate::model::cursor::{PageCursor, SortKey};
use crate::model::pin::Pin;
use crate::model::{id::GlobalId, source};

use version::SourceVersion;

pub struct Source(pub Model);

connection!(
    /// A page of sources.
    SourceConnection, SourceEdge of DirectJson<Source>
);

/// Kind of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "source::SourceKind")]
pub enum SourceKind {
    /// Report by a news organisation.
    News,
    /// Publication by a government or one of its authorities.
    Government,
    /// Court decision or court filing.
    Court,
    /// Text of an agreement.
    TreatyText,
    /// Publication by a non-governmental organisation.
    Ngo,
    /// Publication by an intergovernmental organisation.
    Igo,
    /// Publication or record of a parliament.
    Parliament,
    /// Data set.
    Dataset,
}

ready_enum!(SourceKind);

/// A document or report that statements cite. Only its bibliographic data are stored, not its text. The data are those of the
/// newest version; `versions` has the earlier ones.
#[Object]
impl Source {
    /// Global ID, for `node`.
    pub async fn id(&self) -> ID {
        GlobalId::Source(self.0.number()).to_string().into()
    }

    /// Number of the source. It equals the `seq` of the ledger entry that registered it. Corrections do not change it.
    async fn number(&self) -> i64 {
        self.0.number()
    }

    /// Kind of source.
    async fn kind(&self) -> Result<SourceKind> {
        parse_stored::<source::SourceKind>(&self.0.kind).map(Into::into)
    }

    /// Publisher, at most 600 characters.
    async fn publisher(&self) -> &str {
        &self.0.publisher
    }

    /// Title, at most 600 characters.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// URL; null if there is none.
    async fn url(&self) -> Option<Url> {
        self.0.url.clone().map(Url)
    }

    /// Date of publication; null if unknown.
    async fn published_on(&self) -> Option<Edtf> {
        self.0.published_on.clone().map(Edtf)
    }

    /// BCP 47 language tag; null if unknown.
    async fn language(&self) -> Option<&str> {
        self.0.language.as_deref()
    }

    /// The source that this one repeats, for example the original of a translation; null for an original.
    async fn derived_from(&self, ctx: &Context<'_>) -> Result<Option<DirectJson<Source>>> {
        load_source(ctx, self.0.derived_from).await
    }

    /// Number of the newest version, which has these data: the `seq` of the ledger entry that corrected the source last, or
    /// registered it. `correctSource` takes it.
    async fn version(&self) -> i64 {
        self.0.id
    }

    /// Reason for the last correction; null if the data are as registered.
    async fn correction_reason(&self) -> Option<&str> {
        self.0.correction_reason.as_deref()
    }

    /// All versions of the data in the order of recording: the first as registered, the last with the data of this object.
    async fn versions(
        &self,
        ctx: &Context<'_>,
    ) -> Result<DirectJsonList<DirectJson<SourceVersion>>> {
        let number = self.0.number();
        let versions = loaders(ctx).load_one(VersionsOf(number)).await?;
        let versions = versions.unwrap_or_default().into_iter();
        Ok(versions.map(SourceVersion).map(DirectJson).collect())
    }
}

/// A source by its number, if there is one.
async fn load_source(ctx: &Context<'_>, number: Option<i64>) -> Result<Option<DirectJson<Source>>> {
    let Some(number) = number else {
        return Ok(None);
    };
    let row = loaders(ctx).load_one(SourceId(number)).await?;
    let row = row.ok_or_else(|| Error::internal(format!("source {number} is missing")))?;
    Ok(Some(DirectJson(Source(row))))
}

ready_fields!(Source {
    "id" => id,
    "number" => number,
    "kind" => kind,
    "publisher" => publisher,
    "title" => title,
    "url" => url,
    "publishedOn" => published_on,
    "language" => language,
    "version" => version,
    "correctionReason" => correction_reason,
});

/// Filter for sources. A source matches if it meets every condition that is set.
#[derive(Clone, Debug, Default, InputObject)]
pub struct SourceFilter {
    /// Any of these kinds.
    kinds: Option<Vec<SourceKind>>,
    /// Condition on the publisher.
    publisher: Option<StringFilter>,
    /// Condition on the title.
    title: Option<StringFilter>,
    /// Language tag, exactly as in `Source.language`.
    language: Option<String>,
}

impl SourceFilter {
    fn resolve(self) -> Sources {
        let kinds = self
            .kinds
            .map(|kinds| kinds.into_iter().map(Into::into).collect());
        Sources {
            kinds,
            publisher: self.publisher.as_ref().map(StringFilter::fold),
            title: self.title.as_ref().map(StringFilter::fold),
            language: self.language,
        }
    }
}

/// Keyset list of the sources whose newest version matches all given conditions, in order of registration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Sources {
    kinds: Option<Vec<source::SourceKind>>,
    publisher: Option<FoldedFilter>,
    title: Option<FoldedFilter>,
    language: Option<String>,
}

impl Sources {
    /// Now, or just after the entry with a seq.
    fn select_at(&self, at: Option<i64>) -> Select<Entity> {
        let kinds = self.kinds.as_ref();
        let kinds = kinds.map(|kinds| ValueSet::of_texts(kinds).contains(Column::Kind.into_expr()));
        let text = |filter: &Option<FoldedFilter>, column: Column| {
            filter
                .as_ref()
                .map(|filter| filter.condition(&column.into_expr()))
        };
        let condition = Condition::all()
            .add_option(kinds)
            .add_option(text(&self.publisher, Column::PublisherFolded))
            .add_option(text(&self.title, Column::TitleFolded));
        Entity::find()
            .filter(condition)
            .apply_if(self.language.as_deref(), |q, tag| {
                q.filter(Column::Language.eq(tag))
            })
            .filter(entity::source::is_newest(at))
    }
}

impl KeysetList for Sources {
    type Entity = Entity;

    fn select(&self) -> Select<Entity> {
        self.select_at(None)
    }

    fn select_pinned(&self, pin: &Pin) -> Select<Entity> {
        self.select_at(Some(pin.seq))
    }

    fn parent(&self) -> Expr {
        Expr::val(0)
    }

    fn sort(&self) -> KeysetOrder {
        KeysetOrder {
            key: entity::source::number(),
            id: entity::source::number(),
            direction: SortDirection::Ascending,
        }
    }

    fn cursor(&self, row: &Model) -> PageCursor {
        PageCursor {
            key: SortKey::Number(row.number()),
            id: row.number(),
        }
    }
}

/// Root fields.
#[derive(Default)]
pub struct SourceQuery;

#[Object]
impl SourceQuery {
    /// Sources whose newest version matches the filter, in order of registration. A source is listed once.
    async fn sources(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter; omit it to list all sources.")] filter: Option<SourceFilter>,
        #[graphql(desc = "Number of items from the start (0–100, default 20).")] first: Option<i32>,
        #[graphql(desc = "Returns only items after this cursor.")] after: Option<String>,
        #[graphql(desc = "Number of items from the end (0–100); do not combine with `first`.")]
        last: Option<i32>,
        #[graphql(desc = "Returns only items before this cursor.")] before: Option<String>,
    ) -> Result<DirectJson<SourceConnection>> {
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
        Ok(DirectJson(SourceConnection::new(edges, length)))
    }
}
