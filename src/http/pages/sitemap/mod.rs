//! Site maps (sitemaps.org): the address of everything that has a page, for search engines.
//!
//! A file covers a range of ledger entries, so that its addresses never move to another file. Up to one range, `/sitemap.xml` is
//! that file; beyond, it is an index of the files. Files are read from the tables and sent in batches, so that memory does not grow
//! with the ledger, and they need no histories: a file is whole from the start of the server on, or it is cut and thereby not valid.

mod rows;

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::{Stream, StreamExt, stream};
use sea_orm::DatabaseConnection;

use super::{escape, request::PageRequest};
use crate::database::Database;
use crate::error::Error;
use crate::http::response::error::HttpError;
use crate::model::time::Timestamp;
use rows::Entry;

/// Ledger entries that a file covers. An entry has at most two pages, and a file at most 50,000 addresses.
const ENTRIES_PER_FILE: i64 = 20_000;
/// Entries whose rows are in memory at a time.
const ENTRIES_PER_BATCH: i64 = 1000;
/// Cost of a file, and of each entry that it covers.
const FILE_COST: u32 = 600;
const ENTRY_COST: i64 = 2;

const NAMESPACE: &str = "xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"";
const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
/// Pages that no entry made.
const FIXED: [&str; 5] = ["/", "/about", "/countries", "/initiatives", "/changes"];

/// `/sitemap.xml`: all addresses, or an index of the files that have them.
pub(in crate::http) async fn root(request: PageRequest) -> Response {
    let head = request.app.feed.head();
    if head <= ENTRIES_PER_FILE {
        return file_or_error(&request, 1).await;
    }
    xml(Body::from(index(&request.app.public_url, head)))
}

/// `/sitemaps/N.xml`, from 1.
pub(in crate::http) async fn file(request: PageRequest) -> Response {
    let name = request.name().strip_suffix(".xml");
    let number = name.and_then(|name| {
        let number = name.parse::<i64>().ok()?;
        (number.to_string() == name).then_some(number)
    });
    let count = file_count(request.app.feed.head());
    match number.filter(|number| (1..=count).contains(number)) {
        Some(number) => file_or_error(&request, number).await,
        None => HttpError::not_found().into_response(),
    }
}

/// An empty ledger has a file, too.
fn file_count(head: i64) -> i64 {
    (head.max(1) - 1) / ENTRIES_PER_FILE + 1
}

/// The entries of a file: those after the first number, up to the second.
fn range_of(number: i64, head: i64) -> (i64, i64) {
    let after = (number - 1) * ENTRIES_PER_FILE;
    (after, head.min(after + ENTRIES_PER_FILE))
}

fn index(public_url: &str, head: i64) -> String {
    let site = escape(public_url);
    let files = (1..=file_count(head))
        .map(|number| format!("<sitemap><loc>{site}/sitemaps/{number}.xml</loc></sitemap>\n"));
    let files: Vec<String> = files.collect();
    format!(
        "{HEAD}<sitemapindex {NAMESPACE}>\n{}</sitemapindex>\n",
        files.concat()
    )
}

async fn file_or_error(request: &PageRequest, number: i64) -> Response {
    match start_file(request, number).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

/// # Errors
/// 429 if the address has not that much left; 503 or 500 if the first batch cannot be read.
async fn start_file(request: &PageRequest, number: i64) -> Result<Response, HttpError> {
    let app = &request.app;
    let (after, until) = range_of(number, app.feed.head());
    let entries = u32::try_from((until - after).max(0) * ENTRY_COST).unwrap_or(u32::MAX);
    request.charge(FILE_COST.saturating_add(entries))?;
    let start = start_of_file(app.database.reader(), &app.public_url, number).await;
    let start = start.map_err(|error| request.read_failure(&error))?;
    let batches = list_batches(app.database.clone(), &app.public_url, after, until);
    let start = stream::iter([Ok(Bytes::from(start))]);
    Ok(xml(Body::from_stream(start.chain(batches))))
}

/// What stands before the entries: in the first file also pages that no entry made, and countries.
async fn start_of_file(
    db: &DatabaseConnection,
    public_url: &str,
    number: i64,
) -> Result<String, Error> {
    let site = escape(public_url);
    let mut start = format!("{HEAD}<urlset {NAMESPACE}>\n");
    if number == 1 {
        start.extend(FIXED.map(|path| format!("<url><loc>{site}{path}</loc></url>\n")));
        let countries = rows::list_countries(db).await?;
        start.extend(countries.iter().map(|entry| element(&site, entry)));
    }
    Ok(start)
}

/// The entries after `after` up to `until` in batches, and the end of the file.
fn list_batches(
    database: Database,
    public_url: &str,
    after: i64,
    until: i64,
) -> impl Stream<Item = Result<Bytes, Error>> + use<> {
    let site = escape(public_url);
    stream::try_unfold(Some(after), move |at| {
        let (database, site) = (database.clone(), site.clone());
        async move {
            let Some(at) = at else { return Ok(None) };
            if at >= until {
                return Ok(Some((Bytes::from_static(b"</urlset>\n"), None)));
            }
            let last = until.min(at + ENTRIES_PER_BATCH);
            let entries = rows::list_entries(database.reader(), at, last).await;
            let entries = entries.inspect_err(|error| {
                tracing::error!(cause = %error.cause_chain(), "site map cut: cannot read the tables");
            })?;
            let text: Vec<String> = entries.iter().map(|entry| element(&site, entry)).collect();
            Ok::<_, Error>(Some((Bytes::from(text.concat()), Some(last))))
        }
    })
}

fn element(site: &str, entry: &Entry) -> String {
    // A relationship that no statement is about any more has no such instant.
    if entry.changed_at == 0 {
        return format!("<url><loc>{site}{}</loc></url>\n", escape(&entry.path));
    }
    let changed = Timestamp(entry.changed_at).to_string();
    format!(
        "<url><loc>{site}{}</loc><lastmod>{changed}</lastmod></url>\n",
        escape(&entry.path)
    )
}

fn xml(body: Body) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/xml; charset=utf-8"),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=3600"),
        ),
    ];
    (headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::database::{IfMissing, Purpose};

    #[test]
    fn a_ledger_beyond_one_file_has_an_index_of_all_files() {
        for (head, count) in [(0, 1), (1, 1), (20_000, 1), (20_001, 2), (1_000_000, 50)] {
            assert_eq!(file_count(head), count, "{head}");
        }
        let index = index("https://demarche.example", 40_001);
        assert_eq!(index.matches("<sitemap>").count(), 3);
        assert!(index.contains("<loc>https://demarche.example/sitemaps/3.xml</loc>"));
    }

    #[test]
    fn no_file_has_more_addresses_than_allowed() {
        let countries = i64::try_from(crate::model::country::ATLAS.countries.len()).unwrap();
        let fixed = i64::try_from(FIXED.len()).unwrap();
        assert!(2 * ENTRIES_PER_FILE + countries + fixed <= 50_000);
    }

    /// A statement per entry, and the change that it caused. Every 3rd is corrected by its successor, every 5th retracted
    /// at an instant beyond all others.
    const ROWS: &str = "
        PRAGMA foreign_keys = OFF;
        CREATE TABLE numbers (n INTEGER PRIMARY KEY);
        WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 30000)
        INSERT INTO numbers SELECT n FROM counted;
        INSERT INTO statement (id, kind, body, claimant_kind, claimant_label, valid_from, latest, summary, published_on, recorded_at,
          corrected_by, retracted_at)
        SELECT n, 'STANCE', '', 'PRESS', '', '', '', '', '', n * 1000000,
          CASE WHEN n % 3 = 0 AND n < 30000 THEN n + 1 END, CASE WHEN n % 5 = 0 THEN (n + 100000) * 1000000 END FROM numbers;
        INSERT INTO stance_change (seq, relationship_id, initiative_id, requested_state, from_stance, to_stance, kind, unusual, disputed,
          recorded_at, statement_id, hash)
        SELECT n, 1, 1, 'RW', 'NAMED', 'AGREED', 'EVENT', FALSE, FALSE, n * 1000000, n, '' FROM numbers;";

    #[tokio::test]
    async fn sixty_thousand_addresses_are_in_two_files_with_the_time_of_their_last_change() {
        use sea_orm::ConnectionTrait;
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("db").display());
        let database = Database::open(&url, IfMissing::Create, Purpose::Command);
        let database = database.await.unwrap();
        database.writer().execute_unprepared(ROWS).await.unwrap();
        let head = 30_000;
        let mut files = Vec::new();
        for number in 1..=file_count(head) {
            let (after, until) = range_of(number, head);
            let site = "https://demarche.example";
            let mut text = start_of_file(database.reader(), site, number)
                .await
                .unwrap();
            let batches = list_batches(database.clone(), site, after, until);
            let batches: Vec<Bytes> = batches.map(Result::unwrap).collect().await;
            text.extend(
                batches
                    .iter()
                    .map(|batch| std::str::from_utf8(batch).unwrap()),
            );
            assert!(text.ends_with("</urlset>\n"));
            files.push(text);
        }
        let counts = files.iter().map(|file| file.matches("<url>").count());
        assert_eq!(counts.collect::<Vec<_>>(), [40_000 + FIXED.len(), 20_000]);
        let all = files.concat();
        let unique: HashSet<&str> = all
            .lines()
            .filter(|line| line.starts_with("<url>"))
            .collect();
        assert_eq!(unique.len(), 60_000 + FIXED.len());
        for number in [1, 3, 5, 15, 20_000, 20_001, 30_000] {
            let changed = match (number % 3, number % 5) {
                (_, 0) => number + 100_000,
                (0, _) => number + 1,
                _ => number,
            };
            let at = |seconds: i64| Timestamp(seconds * 1_000_000);
            for (kind, changed) in [("statements", changed), ("changes", number)] {
                let line = format!(
                    "<url><loc>https://demarche.example/{kind}/{number}</loc><lastmod>{}</lastmod></url>",
                    at(changed)
                );
                assert!(unique.contains(line.as_str()), "{line}");
            }
        }
    }
}
