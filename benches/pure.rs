//! Benchmarks of pure functions, without a network or a database: `cargo bench --bench pure`.

use std::hint::black_box;

use async_graphql::Variables;
use chrono::{Days, NaiveDate};
use criterion::{Criterion, criterion_group, criterion_main};

use demarche::config::limits::DocumentLimits;
use demarche::graphql::cost::CostModel;
use demarche::http::limits::document;
use demarche::model::cursor::{LedgerCursor, PageCursor, SortKey};
use demarche::model::folding::fold;
use demarche::model::moment::Moment;
use demarche::model::position::publication::Publication;
use demarche::model::position::{Fact, history::History};
use demarche::model::stance::Stance;
use demarche::model::time::Timestamp;
use demarche::model::tokenizer;

/// The query of a country page in a web client.
const TYPICAL: &str = "query Stances($code: ID!) { country(code: $code) { code name region { name } capital \
    relationships(direction: INCOMING, first: 50) { nodes { id stance since requestingState { code name } \
    changes(last: 5) { nodes { from to occurredOn } } } } } }";

criterion_group! {
    name = pure;
    config = Criterion::default()
        .sample_size(30)
        .warm_up_time(std::time::Duration::from_millis(300))
        .measurement_time(std::time::Duration::from_secs(1));
    targets = documents, positions, cursors, texts
}
criterion_main!(pure);

/// Worst case of a hostile client: fragments that each spread another one twice, up to the limits.
fn worst_document() -> String {
    let mut text = String::from("{ countries { ...F0 } }");
    for level in 0..9 {
        let next = level + 1;
        let fragment = format!(" fragment F{level} on Country {{ code ...F{next} ...F{next} }}");
        text.push_str(&fragment);
    }
    text + " fragment F9 on Country { code name }"
}

fn documents(criterion: &mut Criterion) {
    let limits = DocumentLimits::default();
    let worst = worst_document();
    for (name, text) in [("typical", TYPICAL), ("worst", &*worst)] {
        document::parse(text, &limits).expect("the document is within the limits");
        criterion.bench_function(&format!("document limits, {name} document"), |bencher| {
            bencher.iter(|| document::parse(black_box(text), &limits));
        });
    }
    let cost_model = CostModel::new(
        &demarche::graphql::schema::sdl_without_description(),
        demarche::read_model::ReadModel::default(),
    );
    for (name, text) in [("typical", TYPICAL), ("worst", &*worst)] {
        let parsed = document::parse(text, &limits).expect("the document is within the limits");
        let document = parsed.document;
        let operations = document.operations.iter();
        let (_, operation) = operations.last().expect("the document has one operation");
        let variables = Variables::default();
        criterion.bench_function(&format!("cost, {name} document"), |bencher| {
            bencher.iter(|| cost_model.cost(black_box(&document), &operation.node, &variables));
        });
    }
}

fn positions(criterion: &mut Criterion) {
    for length in [5, 50, 500] {
        let facts: Vec<Fact> = (0..length).map(fact).collect();
        let history = History::from_facts(&facts).expect("the dates are accepted");
        let now = Moment::default();
        criterion.bench_function(&format!("position, {length} statements"), |bencher| {
            bencher.iter(|| black_box(&history).position(&now));
        });
        criterion.bench_function(&format!("timeline, {length} statements"), |bencher| {
            bencher.iter(|| black_box(&history).timeline(&now));
        });
    }
}

/// One statement per day; every tenth contradicts the previous one.
fn fact(number: u32) -> Fact {
    const STANCES: [Stance; 3] = [Stance::Negotiating, Stance::Agreed, Stance::Suspended];
    let id = i64::from(number) + 1;
    let first = NaiveDate::from_ymd_opt(2020, 1, 1).expect("the day exists");
    let day = first + Days::new(number.into());
    let recorded_at = Timestamp(1_600_000_000_000_000 + id);
    Fact {
        id,
        stance: Some(STANCES[number as usize % 3]),
        valid_from: day.to_string(),
        earliest: Some(day),
        latest: day,
        recorded_at,
        publications: vec![Publication {
            recorded_at,
            on: Some(day),
        }],
        corrects: None,
        keeps_disputes: false,
        retracted_at: None,
        contradicts: (number % 10 == 9).then_some(id - 1).into_iter().collect(),
        kind: None,
        claimant: None,
    }
}

fn cursors(criterion: &mut Criterion) {
    let page = PageCursor {
        key: SortKey::Text("2025-12-31".to_owned()),
        id: 123_456,
    };
    let ledger = LedgerCursor::new(
        "0123456789abcdef0123456789abcdef",
        123_456,
        "0123456789abcdef",
    );
    let (page_text, ledger_text) = (page.to_string(), ledger.to_string());
    criterion.bench_function("page cursor, write", |bencher| {
        bencher.iter(|| black_box(&page).to_string());
    });
    criterion.bench_function("page cursor, read", |bencher| {
        bencher.iter(|| PageCursor::parse(black_box(&page_text)));
    });
    criterion.bench_function("ledger cursor, write", |bencher| {
        bencher.iter(|| black_box(&ledger).to_string());
    });
    criterion.bench_function("ledger cursor, read", |bencher| {
        bencher.iter(|| LedgerCursor::parse(black_box(&ledger_text)));
    });
}

fn texts(criterion: &mut Criterion) {
    let title = "El Gobierno de la República amplía el acuerdo sobre personas deportadas (2026)";
    for (name, text) in [
        ("Latin", title),
        ("Chinese", "卢旺达共和国政府扩大关于被驱逐者的协议"),
    ] {
        criterion.bench_function(&format!("tokens, {name} title"), |bencher| {
            bencher.iter(|| tokenizer::tokens(black_box(text)));
        });
        criterion.bench_function(&format!("fold, {name} title"), |bencher| {
            bencher.iter(|| fold(black_box(text)));
        });
    }
}
