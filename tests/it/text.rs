//! Text: how filters and searches compare it, the order of names, and text that is not visible.

use std::collections::BTreeMap;

use demarche::ledger::import::document;
use demarche::model::country::ATLAS;
use demarche::model::folding::fold;
use icu_normalizer::DecomposingNormalizer;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use crate::app::{TestApp, data, only_error};
use crate::fixtures::{document, initiative, source, stance_input};

const SOURCES: &str = "query($filter: SourceFilter) { sources(filter: $filter, first: 100) { totalCount nodes { title } } }";

async fn titles(app: &TestApp, filter: Value) -> Vec<String> {
    let response = app.execute(SOURCES, json!({ "filter": filter })).await;
    let data = data(response);
    let nodes = data["sources"]["nodes"].as_array().unwrap();
    let total = data["sources"]["totalCount"].as_u64().unwrap();
    assert!(total >= nodes.len() as u64);
    let titles = nodes.iter().map(|node| node["title"].as_str().unwrap());
    titles.map(str::to_owned).collect()
}

async fn register(app: &TestApp, title: &str) {
    let mut input = source();
    input["title"] = title.into();
    app.mutate("registerSource", &input).await;
}

async fn search(app: &TestApp, text: &str) -> Vec<String> {
    let query = "query($text: String!) { search(text: $text, first: 50) {
        node { ... on Country { code } ... on Source { title } } fragments { text matched } } }";
    let data = data(app.execute(query, json!({ "text": text })).await);
    let hits = data["search"].as_array().unwrap();
    hits.iter().map(show_hit).collect()
}

/// Code, or the line with the matches in brackets, which must be the line itself.
fn show_hit(hit: &Value) -> String {
    let fragments = hit["fragments"].as_array().unwrap();
    let parts = fragments.iter().map(|part| {
        let text = part["text"].as_str().unwrap();
        (text, part["matched"] == true)
    });
    let joined: String = parts.clone().map(|(text, _)| text).collect();
    if let Some(title) = hit["node"]["title"].as_str() {
        assert_eq!(joined, title);
    }
    if let Some(code) = hit["node"]["code"].as_str() {
        return code.to_owned();
    }
    let shown = parts.map(|(text, matched)| {
        if matched {
            format!("[{text}]")
        } else {
            text.to_owned()
        }
    });
    shown.collect()
}

#[tokio::test]
async fn filters_ignore_case_and_composition() {
    let app = TestApp::start().await;
    for contains in ["AMPLÍA", "amplía", "AMPLI\u{301}A"] {
        let found = titles(&app, json!({ "title": { "contains": contains } })).await;
        assert_eq!(found.len(), 1, "{contains}: {found:?}");
    }
    let title = titles(&app, json!({ "title": { "contains": "amplía" } }))
        .await
        .remove(0);
    for filter in [
        json!({ "equals": title.to_uppercase() }),
        json!({ "in": ["x", title.to_uppercase()] }),
        json!({ "startsWith": title.to_uppercase() }),
    ] {
        assert_eq!(
            titles(&app, json!({ "title": filter })).await,
            std::slice::from_ref(&title)
        );
    }
    for (equals, code) in [
        ("TÜRKİYE", "TR"),
        ("türkiye", "TR"),
        ("Tu\u{308}rkiye", "TR"),
        ("ΚΎΠΡΟΣ", "CY"),
        ("ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ", "GE"),
        ("ÅLAND ISLANDS", "AX"),
    ] {
        let query = "query($filter: CountryFilter) { countries(filter: $filter) { code } }";
        let filter = json!({ "filter": { "name": { "equals": equals } } });
        let data = data(app.execute(query, filter).await);
        assert_eq!(data["countries"], json!([{ "code": code }]), "{equals}");
    }
}

#[tokio::test]
async fn filters_find_what_the_folded_titles_contain() {
    let app = TestApp::start().await;
    let mut all = Vec::new();
    let rows = entity::source::Entity::find().order_by_asc(entity::source::Column::Id);
    for row in rows.all(&app.connect_to_database().await).await.unwrap() {
        all.push(row.title);
    }
    for title in all.iter().step_by(9) {
        let part: String = title.chars().skip(3).take(6).collect();
        let decomposed = DecomposingNormalizer::new_nfd()
            .normalize(&part)
            .into_owned();
        for text in [part.to_uppercase(), decomposed] {
            let expected = all
                .iter()
                .filter(|title| fold(title).contains(&fold(&text)));
            let expected: Vec<&String> = expected.take(100).collect();
            let found = titles(&app, json!({ "title": { "contains": text } })).await;
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{text}");
        }
    }
}

#[tokio::test]
async fn searches_split_words_alike_in_every_script() {
    let app = TestApp::start_empty().await;
    for title in [
        "Zedone ₽100",
        "\u{2066}Zedtwo\u{2069} news",
        "Zedpua2foo\u{F8FF}bar",
        "Zedpua \u{e000}marked\u{e001} words",
        "กรุงเทพ",
        "שָׁלוֹם",
        "مُحَمَّد",
        "Qedtai ᦷᦺᧈ",
        "São Zedro",
        "أحمد",
        "访问卢旺达",
    ] {
        register(&app, title).await;
    }
    for (text, expected) in [
        ("zedone 100", "[Zedone] ₽[100]"),
        ("zedtwo", "\u{2066}[Zedtwo]\u{2069} news"),
        ("bar zedpua2foo", "[Zedpua2foo]\u{F8FF}[bar]"),
        ("zedpua words", "[Zedpua] \u{e000}marked\u{e001} [words]"),
        ("กรุงเทพ", "[กรุงเทพ]"),
        ("שלום", "[שָׁלוֹם]"),
        ("محمد", "[مُحَمَّد]"),
        ("ᦷᦺᧈ", "Qedtai [ᦷᦺᧈ]"),
        ("sa\u{303}o zedro", "[São] [Zedro]"),
        ("احمد", "[أحمد]"),
    ] {
        assert_eq!(search(&app, text).await, [expected], "{text}");
    }
    assert!(
        search(&app, "卢旺达")
            .await
            .contains(&"访问[卢旺达]".to_owned())
    );
    assert_eq!(search(&app, "ⓐ rwanda").await, search(&app, "rwanda").await);
    for (text, code) in [
        ("ΚΎΠΡΟΣ", "CY"),
        ("κύπροσ", "CY"),
        ("ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ", "GE"),
        ("ΕΛΛΑΔΑ", "GR"),
        ("Niger", "NE"),
        ("UK", "GB"),
        ("गिनी", "GN"),
        ("भारत", "IN"),
        ("Co\u{302}te d", "CI"),
    ] {
        assert_eq!(search(&app, text).await[0], code, "{text}");
    }
}

#[tokio::test]
async fn names_are_in_the_order_of_the_root_collation() {
    let app = TestApp::start_empty().await;
    let mut lists = BTreeMap::new();
    for direction in ["ASC", "DESC"] {
        let query = format!(
            "{{ countries(orderBy: {{ field: NAME, direction: {direction} }}) {{ name }} }}"
        );
        let data = app.query(&query).await;
        let names = data["countries"].as_array().unwrap().iter();
        let names: Vec<String> = names
            .map(|country| country["name"].as_str().unwrap().to_owned())
            .collect();
        lists.insert(direction, names);
    }
    let names = &lists["ASC"];
    assert_eq!(names.len(), ATLAS.countries.len());
    assert_eq!(names[..3], ["Afghanistan", "Åland Islands", "Albania"]);
    let position = |name: &str| names.iter().position(|other| other == name).unwrap();
    for (before, after) in [
        ("Réunion", "Romania"),
        ("Türkiye", "Turkmenistan"),
        ("Congo - Kinshasa", "Costa Rica"),
        ("Costa Rica", "Côte d’Ivoire"),
        ("Côte d’Ivoire", "Croatia"),
    ] {
        assert!(position(before) < position(after), "{before}, {after}");
    }
    let mut reversed = names.clone();
    reversed.reverse();
    assert_eq!(lists["DESC"], reversed);
}

#[tokio::test]
async fn text_without_a_visible_character_is_refused_wherever_text_is_required() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let recorded = app
        .record_stance(&source_id, "PE", "AGREED", "2025-01")
        .await;
    let hidden = "\u{200B}\u{2060}\u{AD}\u{202E}\u{3164}\u{FE0F}";
    let statement = stance_input(&source_id, "RW", "AGREED", "2025-01");
    for (mutation, input, pointer) in [
        ("registerSource", source(), "/title"),
        ("registerSource", source(), "/publisher"),
        ("openInitiative", initiative("other"), "/title"),
        ("openInitiative", initiative("other"), "/summary"),
        ("recordStatement", statement.clone(), "/summary"),
        ("recordStatement", statement, "/claimant/label"),
        (
            "retractStatement",
            json!({ "statement": recorded["statement"]["id"], "reason": "x" }),
            "/reason",
        ),
    ] {
        let mut input = input;
        *input.pointer_mut(pointer).unwrap() = hidden.into();
        let response = app.try_mutate(mutation, &input).await;
        let field = format!("input{}", pointer.replace('/', "."));
        assert_eq!(
            only_error(&response),
            ("BAD_USER_INPUT".to_owned(), field),
            "{response:#}"
        );
        let message = response["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("invisible characters only"), "{message}");
    }
    let mut document = document("asks", &["RW"]);
    document["statements"][0]["summary"] = hidden.into();
    let errors = document::parse(&document.to_string()).unwrap_err();
    assert!(
        format!("{errors:?}").contains("invisible characters only"),
        "{errors:?}"
    );
}
