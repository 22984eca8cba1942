//! GraphQL documents: what the guard lets through parses in a small stack, stays within the limits, and is answered.

/// What a server may say.
pub mod answer;
/// Limits, counted again.
mod bounds;
mod grammar;
mod mutation;
mod operation;
mod promise;
mod shapes;
mod value;

use std::thread;
use std::time::{Duration, Instant};

use async_graphql::parser::types::ExecutableDocument;
use demarche::config::limits::DocumentLimits;
use demarche::http::limits::document;
use serde_json::{Value, json};

use crate::claim::{Failure, Plan, Tally, claim, claim_quiet};
use crate::dice::Dice;
use crate::live::{Known, Live};
use grammar::Grammar;
use mutation::Corpus;
use value::Values;

/// An operation to be asked for.
#[derive(Debug)]
pub struct Request {
    pub text: String,
    pub variables: Value,
}

/// What requests are drawn from.
pub struct Source {
    grammar: Grammar,
    corpus: Corpus,
    known: Known,
}

const BATCH: u64 = 500;
/// One of so many goes all the way, whether it is let through or not: in a short run, and in a long one.
const ANSWERED: [usize; 2] = [4, 20];
/// Bytes; a worker of the runtime has four times as much.
const STACK: usize = 512 << 10;

const PARSE: Duration = Duration::from_millis(50);
const ANSWER: Duration = Duration::from_secs(1);

pub fn run(plan: &Plan, tally: &mut Tally) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let live = runtime.block_on(Live::start());
    let source = Source::new(runtime.block_on(live.know()));
    let mut answers = Tally::default();
    let answered = ANSWERED[usize::from(plan.inputs > 10_000)];
    for (batch, length) in plan.batches(BATCH) {
        let mut dice = Dice::new(plan.seed, batch);
        let requests: Vec<Request> = (0..length).map(|_| source.draw(&mut dice)).collect();
        parse_all(plan, &requests, tally)?;
        for request in &requests {
            if dice.below(answered) == 0 {
                let token = dice.chance(50).then_some(live.token.as_str());
                let asked = ask(plan, &live, &source, request, token);
                runtime
                    .block_on(asked)
                    .map(|(has_data, took)| answers.count(has_data, took))?;
            }
        }
    }
    tally
        .notes
        .push(format!("one of {answered} answered ({answers})"));
    runtime.block_on(live.server.stop()).unwrap();
    Ok(())
}

impl Source {
    pub fn new(known: Known) -> Self {
        Self {
            grammar: Grammar::new(&demarche::graphql::sdl()),
            corpus: Corpus::new(),
            known,
        }
    }

    pub fn draw(&self, dice: &mut Dice) -> Request {
        let values = Values {
            grammar: &self.grammar,
            known: &self.known,
            flaws: *dice.pick(&[0, 0, 0, 1, 5]),
        };
        match dice.below(10) {
            0..4 => operation::draw(values, dice),
            4 => {
                let request = operation::draw(values, dice);
                let text = self.corpus.shuffled(&request.text, dice);
                Request { text, ..request }
            }
            5 => {
                let request = shapes::draw(dice);
                let text = mutation::garbled(&request.text, dice);
                Request { text, ..request }
            }
            6 | 7 => shapes::draw(dice),
            _ => self.corpus.draw(dice),
        }
    }
}

/// What became of a text in the small stack.
type Parsed = (Option<ExecutableDocument>, Duration);

/// All of them in one thread, which a text that needs more stack than we allow for would end, and the process with it.
fn parse_all(plan: &Plan, requests: &[Request], tally: &mut Tally) -> Result<(), Failure> {
    let limits = DocumentLimits::default();
    let parsed: Vec<Parsed> = thread::scope(|scope| {
        let parsing = thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, || {
                let parse = |request: &Request| parse(plan, &request.text, &limits);
                requests.iter().map(parse).collect()
            });
        parsing.unwrap().join().unwrap()
    });
    for (request, (document, took)) in requests.iter().zip(parsed) {
        let input = request.text.as_bytes();
        tally.count(document.is_some(), took);
        let is_slow = plan.is_timed && took > PARSE;
        claim(!is_slow, input, || format!("the parser took {took:?}"))?;
        let exceeded = document.and_then(|document| bounds::exceeded(&document, &limits));
        claim(exceeded.is_none(), input, || exceeded.unwrap_or_default())?;
        claim_quiet(input)?;
    }
    Ok(())
}

fn parse(plan: &Plan, text: &str, limits: &DocumentLimits) -> Parsed {
    plan.journal.note(text.as_bytes());
    let once = || {
        let start = Instant::now();
        let document = document::parse(text, limits).ok();
        (document, start.elapsed())
    };
    let (document, mut took) = once();
    // Slow once is the machine, slow again is the text.
    for _ in 0..2 {
        if took > PARSE {
            took = took.min(once().1);
        }
    }
    (document, took)
}

/// Whether there was data, and how long it took.
async fn ask(
    plan: &Plan,
    live: &Live,
    source: &Source,
    request: &Request,
    token: Option<&str>,
) -> Result<(bool, Duration), Failure> {
    let input = format!("{} {}", request.text, request.variables);
    let input = input.as_bytes();
    plan.journal.note(input);
    let body = json!({ "query": request.text, "variables": request.variables });
    let mut took = Duration::MAX;
    let mut has_data = false;
    for _ in 0..3 {
        let start = Instant::now();
        let answer = live.ask(&body, token).await;
        took = took.min(start.elapsed());
        let judged = answer.and_then(|it| answer::judge(&it, &request.text, &source.grammar));
        claim(judged.is_ok(), input, || judged.clone().unwrap_err())?;
        claim_quiet(input)?;
        has_data = judged.is_ok_and(|has_data| has_data);
        if took <= ANSWER || !plan.is_timed {
            break;
        }
    }
    let is_slow = plan.is_timed && took > ANSWER;
    claim(!is_slow, input, || format!("the answer took {took:?}"))?;
    Ok((has_data, took))
}
