//! Fuzzing of GraphQL documents: a document that passes the limits check parses in a small stack, stays within the
//! limits, and gets a valid response.

mod grammar;
/// The limits, counted independently.
mod limits;
mod mutation;
mod operation;
/// Checks of a response.
pub mod response;
mod response_shape;
mod shapes;
mod value;

use std::thread;
use std::time::{Duration, Instant};

use async_graphql::parser::types::ExecutableDocument;
use demarche::config::limits::DocumentLimits;
use demarche::http::limits::document;
use serde_json::{Value, json};

use crate::property::{Failure, Plan, Stats, ensure, ensure_no_errors};
use crate::random::Random;
use crate::test_server::{KnownValues, TestServer};
use grammar::Grammar;
use mutation::Corpus;
use value::Values;

/// A GraphQL request.
#[derive(Debug)]
pub struct Request {
    pub text: String,
    pub variables: Value,
}

/// Generator of requests.
pub struct RequestGenerator {
    grammar: Grammar,
    corpus: Corpus,
    values: KnownValues,
}

const BATCH_SIZE: u64 = 500;
/// One in this many inputs is sent to the server, whether it passed the limits check or not: short run, long run.
const SENT_ONE_IN: [usize; 2] = [4, 20];
/// Bytes; a worker thread of the runtime has four times as much.
const STACK_BYTES: usize = 512 << 10;

const MAX_PARSE_TIME: Duration = Duration::from_millis(50);
const MAX_RESPONSE_TIME: Duration = Duration::from_secs(1);

pub fn run(plan: &Plan, stats: &mut Stats) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let test_server = runtime.block_on(TestServer::start());
    let generator = RequestGenerator::new(runtime.block_on(test_server.load_known_values()));
    let mut responses = Stats::default();
    let one_in = SENT_ONE_IN[usize::from(plan.inputs > 10_000)];
    for (batch, length) in plan.batches(BATCH_SIZE) {
        let mut random = Random::new(plan.seed, batch);
        let requests: Vec<Request> = (0..length)
            .map(|_| generator.generate(&mut random))
            .collect();
        parse_all(plan, &requests, stats)?;
        for request in &requests {
            if random.below(one_in) == 0 {
                let token = random.chance(50).then_some(test_server.token.as_str());
                let sending = send(plan, &test_server, &generator, request, token);
                runtime
                    .block_on(sending)
                    .map(|(has_data, duration)| responses.count(has_data, duration))?;
            }
        }
    }
    stats
        .notes
        .push(format!("one in {one_in} sent to the server ({responses})"));
    runtime.block_on(test_server.server.stop()).unwrap();
    Ok(())
}

impl RequestGenerator {
    pub fn new(values: KnownValues) -> Self {
        Self {
            grammar: Grammar::new(&demarche::graphql::schema::sdl_without_description()),
            corpus: Corpus::new(),
            values,
        }
    }

    pub fn generate(&self, random: &mut Random) -> Request {
        let values = Values {
            grammar: &self.grammar,
            known: &self.values,
            flaws: *random.pick(&[0, 0, 0, 1, 5]),
        };
        match random.below(10) {
            0..4 => operation::generate(values, random),
            4 => {
                let request = operation::generate(values, random);
                let text = self.corpus.shuffle_tokens(&request.text, random);
                Request { text, ..request }
            }
            5 => {
                let request = shapes::generate(random);
                let text = mutation::garble_text(&request.text, random);
                Request { text, ..request }
            }
            6 | 7 => shapes::generate(random),
            _ => self.corpus.generate(random),
        }
    }
}

/// Result of parsing in the small stack.
type ParseResult = (Option<ExecutableDocument>, Duration);

/// Parses all texts in one thread. A text that needs more stack overflows it, which kills the process.
fn parse_all(plan: &Plan, requests: &[Request], stats: &mut Stats) -> Result<(), Failure> {
    let limits = DocumentLimits::default();
    let results: Vec<ParseResult> = thread::scope(|scope| {
        let thread = thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || {
                let parse = |request: &Request| parse(plan, &request.text, &limits);
                requests.iter().map(parse).collect()
            });
        thread.unwrap().join().unwrap()
    });
    for (request, (document, duration)) in requests.iter().zip(results) {
        let input = request.text.as_bytes();
        stats.count(document.is_some(), duration);
        let is_slow = plan.is_timed && duration > MAX_PARSE_TIME;
        ensure(!is_slow, input, || format!("parsing duration {duration:?}"))?;
        let exceeded = document.and_then(|document| limits::find_exceeded(&document, &limits));
        ensure(exceeded.is_none(), input, || exceeded.unwrap_or_default())?;
        ensure_no_errors(input)?;
    }
    Ok(())
}

fn parse(plan: &Plan, text: &str, limits: &DocumentLimits) -> ParseResult {
    plan.journal.store(text.as_bytes());
    let parse_once = || {
        let start = Instant::now();
        let parsed = document::parse(text, limits).ok();
        let document = parsed.map(|parsed| parsed.document);
        (document, start.elapsed())
    };
    let (document, mut duration) = parse_once();
    // A single slow run may be due to the machine; three slow runs are due to the text.
    for _ in 0..2 {
        if duration > MAX_PARSE_TIME {
            duration = duration.min(parse_once().1);
        }
    }
    (document, duration)
}

/// Whether the response has data, and how long it took.
async fn send(
    plan: &Plan,
    test_server: &TestServer,
    generator: &RequestGenerator,
    request: &Request,
    token: Option<&str>,
) -> Result<(bool, Duration), Failure> {
    let input = format!("{} {}", request.text, request.variables);
    let input = input.as_bytes();
    plan.journal.store(input);
    let body = json!({ "query": request.text, "variables": request.variables });
    let mut duration = Duration::MAX;
    let mut has_data = false;
    for _ in 0..3 {
        let start = Instant::now();
        let response = test_server.post(&body, token).await;
        duration = duration.min(start.elapsed());
        let result = response
            .and_then(|it| response::check_response(&it, &request.text, &generator.grammar));
        ensure(result.is_ok(), input, || result.clone().unwrap_err())?;
        ensure_no_errors(input)?;
        has_data = result.is_ok_and(|has_data| has_data);
        if duration <= MAX_RESPONSE_TIME || !plan.is_timed {
            break;
        }
    }
    let is_slow = plan.is_timed && duration > MAX_RESPONSE_TIME;
    ensure(!is_slow, input, || {
        format!("the response duration {duration:?}")
    })?;
    Ok((has_data, duration))
}
