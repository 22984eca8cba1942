//! Pagination (Relay Cursor Connections): no page repeats, omits or reorders an item, forward or backward.

use serde_json::{Value, json};

use crate::app::{TestApp, only_error};

/// A connection: its query, its path in the data, and the field that identifies an item.
struct List {
    /// A query with `$PAGE` for the page arguments and `$FIELDS` for the selection.
    query: String,
    /// JSON pointer from the data to the connection.
    path: String,
    key: &'static str,
}

fn list(path: &str, query: &str) -> List {
    List {
        query: query.to_owned(),
        path: path.to_owned(),
        key: "id",
    }
}

/// All connections of the schema.
fn lists() -> Vec<List> {
    let mut lists = vec![
        list("/statements", "{ statements($PAGE) { $FIELDS } }"),
        list(
            "/statements",
            r#"{ statements(at: { publishedBy: "2025-06-30" }, $PAGE) { $FIELDS } }"#,
        ),
        list("/stanceChanges", "{ stanceChanges($PAGE) { $FIELDS } }"),
        list(
            "/stanceChanges",
            "{ stanceChanges(filter: { to: [AGREED, REFUSED] }, $PAGE) { $FIELDS } }",
        ),
        list("/sources", "{ sources($PAGE) { $FIELDS } }"),
        list(
            "/country/relationships",
            r#"{ country(code: "US") { relationships($PAGE) { $FIELDS } } }"#,
        ),
        list(
            "/country/relationships",
            r#"{ country(code: "RW") { relationships($PAGE) { $FIELDS } } }"#,
        ),
        list(
            "/country/relationships",
            r#"{ country(code: "US") { relationships(direction: OUTGOING, at: { validOn: "2025-06-30" }, $PAGE) { $FIELDS } } }"#,
        ),
        list(
            "/initiatives/0/relationships",
            "{ initiatives { relationships($PAGE) { $FIELDS } } }",
        ),
        list(
            "/relationships/nodes/0/statements",
            r#"{ relationships(first: 1, filter: { requestedState: { codes: ["RW"] } }) { nodes { statements($PAGE) { $FIELDS } } } }"#,
        ),
        list(
            "/relationships/nodes/0/statements",
            r#"{ relationships(first: 1, filter: { requestedState: { codes: ["RW"] } }) { nodes { statements(at: {}, $PAGE) { $FIELDS } } } }"#,
        ),
        list(
            "/relationships/nodes/0/changes",
            r#"{ relationships(first: 1, filter: { requestedState: { codes: ["PA"] } }) { nodes { changes($PAGE) { $FIELDS } } } }"#,
        ),
        List {
            key: "seq",
            ..list(
                "/ledger/entries",
                "{ ledger { entries($PAGE) { $FIELDS } } }",
            )
        },
    ];
    for field in ["REQUESTED_STATE", "STANCE", "SINCE", "CHANGED"] {
        for direction in ["ASC", "DESC"] {
            for at in ["", r#"at: { publishedBy: "2025-06-30" },"#] {
                let order = format!("orderBy: {{ field: {field}, direction: {direction} }}");
                let query = format!("{{ relationships({order}, {at} $PAGE) {{ $FIELDS }} }}");
                lists.push(list("/relationships", &query));
            }
        }
    }
    lists
}

impl List {
    fn page(&self, page: &str) -> String {
        let fields = format!(
            "totalCount pageInfo {{ hasPreviousPage hasNextPage startCursor endCursor }} edges {{ cursor node {{ {key} }} }} nodes {{ {key} }}",
            key = self.key
        );
        self.query
            .replace("$PAGE", page)
            .replace("$FIELDS", &fields)
    }

    async fn read(&self, app: &TestApp, page: &str) -> Page {
        let data = app.query(&self.page(page)).await;
        let connection = data.pointer(&self.path).unwrap();
        Page::parse(connection, self.key)
    }

    /// All ids, read in pages of a hundred.
    async fn read_all(&self, app: &TestApp) -> Vec<String> {
        let mut all = Vec::new();
        let mut next = "first: 100".to_owned();
        loop {
            let page = self.read(app, &next).await;
            all.extend(page.ids);
            if !page.has_next {
                assert_eq!(all.len(), page.total, "{}", self.query);
                return all;
            }
            next = format!(r#"first: 100, after: "{}""#, page.end.unwrap());
        }
    }
}

struct Page {
    ids: Vec<String>,
    cursors: Vec<String>,
    total: usize,
    has_previous: bool,
    has_next: bool,
    start: Option<String>,
    end: Option<String>,
}

impl Page {
    #[track_caller]
    fn parse(connection: &Value, key: &str) -> Self {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let edges = connection["edges"].as_array().unwrap();
        let nodes: Vec<&Value> = edges.iter().map(|edge| &edge["node"]).collect();
        assert_eq!(json!(nodes), connection["nodes"]);
        let info = &connection["pageInfo"];
        let page = Self {
            ids: nodes.iter().map(|node| node[key].to_string()).collect(),
            cursors: edges
                .iter()
                .filter_map(|edge| text(&edge["cursor"]))
                .collect(),
            total: usize::try_from(connection["totalCount"].as_u64().unwrap()).unwrap(),
            has_previous: info["hasPreviousPage"].as_bool().unwrap(),
            has_next: info["hasNextPage"].as_bool().unwrap(),
            start: text(&info["startCursor"]),
            end: text(&info["endCursor"]),
        };
        assert_eq!(page.start.as_ref(), page.cursors.first());
        assert_eq!(page.end.as_ref(), page.cursors.last());
        page
    }
}

#[tokio::test]
async fn forward_pages_are_the_list_in_its_order() {
    let app = TestApp::start().await;
    for list in lists() {
        let all = list.read_all(&app).await;
        assert!(!all.is_empty(), "{}", list.query);
        let mut after: Option<String> = None;
        for (number, expected) in all.chunks(7).enumerate() {
            let argument = after
                .map(|after| format!(r#", after: "{after}""#))
                .unwrap_or_default();
            let page = list.read(&app, &format!("first: 7{argument}")).await;
            assert_eq!(page.ids, expected, "{}", list.query);
            assert_eq!(page.total, all.len(), "{}", list.query);
            assert_eq!(page.has_previous, number > 0, "{}", list.query);
            assert_eq!(
                page.has_next,
                (number + 1) * 7 < all.len(),
                "{}",
                list.query
            );
            after = page.end;
        }
    }
}

#[tokio::test]
async fn backward_pages_are_the_same_list_from_its_end() {
    let app = TestApp::start().await;
    for list in lists() {
        let all = list.read_all(&app).await;
        let mut before: Option<String> = None;
        for (number, expected) in all.rchunks(7).enumerate() {
            let argument = before
                .map(|before| format!(r#", before: "{before}""#))
                .unwrap_or_default();
            let page = list.read(&app, &format!("last: 7{argument}")).await;
            assert_eq!(page.ids, expected, "{}", list.query);
            assert_eq!(page.total, all.len(), "{}", list.query);
            assert_eq!(page.has_next, number > 0, "{}", list.query);
            assert_eq!(
                page.has_previous,
                (number + 1) * 7 < all.len(),
                "{}",
                list.query
            );
            before = page.start;
        }
    }
}

#[tokio::test]
async fn two_cursors_bound_a_page_on_both_sides() {
    let app = TestApp::start().await;
    for list in lists() {
        let page = list.read(&app, "first: 10").await;
        if page.ids.len() < 4 {
            continue;
        }
        let last = page.ids.len() - 1;
        let between = format!(
            r#"after: "{}", before: "{}""#,
            page.cursors[0], page.cursors[last]
        );
        for size in ["first: 20", "last: 20"] {
            let inner = list.read(&app, &format!("{size}, {between}")).await;
            assert_eq!(inner.ids, page.ids[1..last], "{}", list.query);
        }
    }
}

#[tokio::test]
async fn a_page_beyond_either_end_is_empty() {
    let app = TestApp::start().await;
    for list in lists() {
        let last = list.read(&app, "last: 1").await;
        let beyond = list
            .read(
                &app,
                &format!(r#"first: 5, after: "{}""#, last.end.expect(&list.query)),
            )
            .await;
        assert!(
            beyond.ids.is_empty() && !beyond.has_next && beyond.has_previous,
            "{}",
            list.query
        );
        let first = list.read(&app, "first: 1").await;
        let beyond = list
            .read(
                &app,
                &format!(r#"last: 5, before: "{}""#, first.start.unwrap()),
            )
            .await;
        assert!(
            beyond.ids.is_empty() && !beyond.has_previous && beyond.has_next,
            "{}",
            list.query
        );
        assert_eq!(beyond.total, last.total);
    }
}

#[tokio::test]
async fn an_empty_page_has_the_total_count() {
    let app = TestApp::start().await;
    for list in lists() {
        let page = list.read(&app, "first: 0").await;
        assert!(page.ids.is_empty() && page.end.is_none(), "{}", list.query);
        assert!(
            page.total > 0 && page.has_next && !page.has_previous,
            "{}",
            list.query
        );
    }
}

#[tokio::test]
async fn the_default_page_size_is_twenty() {
    let app = TestApp::start().await;
    for list in lists() {
        let page = list.read(&app, "after: null").await;
        assert_eq!(page.ids.len(), page.total.min(20), "{}", list.query);
    }
}

#[tokio::test]
async fn sizes_out_of_range_are_rejected_with_their_argument() {
    let app = TestApp::start().await;
    for list in lists() {
        for (page, field) in [
            ("first: 1, last: 1", "first"),
            ("first: -1", "first"),
            ("first: 101", "first"),
            ("last: -1", "last"),
            ("last: 101", "last"),
        ] {
            let response = app.execute(&list.page(page), json!({})).await;
            let expected = ("BAD_USER_INPUT".to_owned(), field.to_owned());
            assert_eq!(only_error(&response), expected, "{page} {}", list.query);
        }
    }
}

#[tokio::test]
async fn invalid_cursors_are_rejected_with_their_argument() {
    let app = TestApp::start().await;
    // Empty, invalid base64, invalid JSON, JSON of another shape, a number beyond 64 bits.
    for text in [
        "",
        "no cursor",
        "AAAA",
        "eyJhIjoxfQ",
        "WzEsMTg0NDY3NDQwNzM3MDk1NTE2MTZd",
        "🦀",
    ] {
        for list in lists() {
            for field in ["after", "before"] {
                let response = app
                    .execute(&list.page(&format!(r#"{field}: "{text}""#)), json!({}))
                    .await;
                let expected = ("CURSOR_INVALID".to_owned(), field.to_owned());
                assert_eq!(only_error(&response), expected, "{text} {}", list.query);
            }
        }
    }
}

#[tokio::test]
async fn a_cursor_of_another_list_is_rejected_or_harmless() {
    let app = TestApp::start().await;
    let lists = lists();
    for one in &lists {
        let cursor = one.read(&app, "first: 1").await.end.unwrap();
        for other in &lists {
            let response = app
                .execute(&other.page(&format!(r#"after: "{cursor}""#)), json!({}))
                .await;
            if response.get("errors").is_some() {
                let expected = ("CURSOR_INVALID".to_owned(), "after".to_owned());
                assert_eq!(
                    only_error(&response),
                    expected,
                    "{} {}",
                    one.query,
                    other.query
                );
            }
        }
    }
}

#[tokio::test]
async fn a_cursor_of_another_ledger_is_rejected() {
    let (app, other) = (TestApp::start().await, TestApp::start_empty().await);
    let head = "{ ledger { head { cursor } } }";
    let foreign_cursor = other.query(head).await["ledger"]["head"]["cursor"].take();
    for list in ["stanceChanges", "ledger { entries"] {
        let tail = if list.contains('{') { "}" } else { "" };
        let query = format!("{{ {list}(after: {foreign_cursor}) {{ totalCount }} {tail} }}");
        let response = app.execute(&query, json!({})).await;
        assert_eq!(
            only_error(&response),
            ("CURSOR_INVALID".to_owned(), "after".to_owned())
        );
    }
}

#[tokio::test]
async fn later_entries_do_not_shift_the_following_pages() {
    let app = TestApp::start().await;
    let list = list("/sources", "{ sources($PAGE) { $FIELDS } }");
    let all = list.read_all(&app).await;
    let page = list.read(&app, "first: 100").await;
    let input = json!({ "input": { "idempotencyKey": "1", "kind": "NEWS", "publisher": "A", "title": "B" } });
    let mutation = "mutation($input: RegisterSourceInput!) { registerSource(input: $input) { source { id } } }";
    let response = app.execute_as_editor(mutation, input).await;
    assert!(response.get("errors").is_none(), "{response:#}");
    let next = list
        .read(
            &app,
            &format!(r#"first: 100, after: "{}""#, page.end.unwrap()),
        )
        .await;
    assert_eq!(next.ids, all[100..200]);
    assert_eq!(next.total, all.len() + 1);
}

#[tokio::test]
async fn the_genesis_cursor_precedes_everything() {
    let app = TestApp::start().await;
    let genesis =
        app.query("{ ledger { genesis { cursor } } }").await["ledger"]["genesis"]["cursor"].take();
    for list in lists()
        .into_iter()
        .filter(|list| list.path.contains("entries") || list.path.contains("hanges"))
    {
        let first = list.read(&app, "first: 5").await;
        let after = list
            .read(&app, &format!("first: 5, after: {genesis}"))
            .await;
        assert_eq!(first.ids, after.ids, "{}", list.query);
    }
}
