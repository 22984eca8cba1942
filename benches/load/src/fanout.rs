//! One event to many subscribers: how long until the last has it, and what it costs the server.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::Result;
use crate::http::Client;
use crate::operation::Variables;
use crate::options::Options;
use crate::process::{cpu_seconds, quantile_ms, resident_kib};
use crate::query::round;
use crate::subscriber::Watch;
use crate::tally::Tally;
use crate::trigger::Trigger;

/// For an event to reach all whom it concerns.
const PATIENCE: Duration = Duration::from_secs(20);

struct Fanout {
    watch: Watch,
    tally: Tally,
    trigger: Trigger,
    client: Client,
    /// Of each event, whom it concerns; all subscribers of a group ask the same.
    states: Vec<String>,
    subscribers: usize,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let (variables, variant) = (options.variables()?, options.first("variant")?.to_owned());
    let pid = options.number("pid", 0)?;
    let subscribers = options.number("subscribers", 1000)?;
    let empty = resident_kib(pid)?;
    let mut run = Fanout::start(options, &variables, &variant, subscribers)?;
    run.rest(Duration::from_millis(700))?;
    let idle = resident_kib(pid)?;
    run.warm()?;
    run.rest(Duration::from_millis(1_500))?;
    let before = cpu_seconds(pid)?;
    let (mut whole, mut after_answer) = (Vec::new(), Vec::new());
    for _ in 0..options.number("events", 20)? {
        let (all, rest) = run.event()?;
        whole.push(all);
        after_answer.push(rest);
    }
    let burst = run.burst(options.number("burst", 0)?)?;
    run.rest(Duration::from_millis(300))?;
    let cpu = cpu_seconds(pid)? - before;
    let tally = &run.tally;
    let messages = tally.messages.max(1) as f64;
    println!(
        "{}",
        json!({
            "label": options.text("label"), "cell": format!("{variant}-{subscribers}"),
            "messages": tally.messages, "cpu_us": round(cpu * 1e6 / messages),
            "cpu_us_per_event": round(cpu * 1e6 / tally.reached.len().max(1) as f64),
            "last_p50_ms": quantile_ms(&mut whole, 0.5), "last_max_ms": quantile_ms(&mut whole, 1.0),
            "after_answer_p50_ms": quantile_ms(&mut after_answer, 0.5),
            "burst_per_second": burst.map(f64::round),
            "idle_kib": round((idle as f64 - empty as f64) / subscribers as f64),
            "lost": tally.lost, "repeated_or_disordered": tally.repeated_or_disordered,
            "wrong": tally.wrong, "resident_mib": resident_kib(pid)? / 1024,
        })
    );
    Ok(())
}

impl Fanout {
    fn start(
        options: &Options,
        variables: &Variables,
        variant: &str,
        subscribers: usize,
    ) -> Result<Self> {
        let codes: Vec<String> = variables.codes().iter().map(ToString::to_string).collect();
        let states = match variant {
            "same" => Vec::new(),
            "distinct" => codes[..1].to_vec(),
            "country" => codes[..codes.len().min(subscribers)].to_vec(),
            other => return Err(format!("no such variant: {other}").into()),
        };
        let groups = states.len().max(1);
        let all = codes.len() - 1;
        let filter = match variant {
            "country" => {
                Box::new(move |number: usize| json!({ "countries": [codes[number % groups]] }))
            }
            // The first and two others: no two subscribers have the same two.
            "distinct" => Box::new(move |number: usize| {
                let (one, two) = (1 + number % all, 1 + (number / all + 1 + number) % all);
                json!({ "countries": [codes[0], codes[one], codes[two]] })
            }) as Box<dyn Fn(usize) -> Value>,
            _ => Box::new(|_| Value::Null),
        };
        let tally = Tally {
            groups,
            due: vec![Vec::new(); groups],
            place: vec![0; subscribers],
            warm: vec![false; subscribers],
            ..Tally::default()
        };
        Ok(Self {
            watch: Watch::start(options, subscribers, filter)?,
            tally,
            trigger: Trigger::new(options, variables)?,
            client: Client::connect(options.address)?,
            states,
            subscribers,
        })
    }

    fn rest(&mut self, time: Duration) -> Result<()> {
        let begin = Instant::now();
        while begin.elapsed() < time {
            let tally = &mut self.tally;
            self.watch.turn(Duration::from_millis(50), |number, text| {
                tally.hear(number, text);
            })?;
        }
        Ok(())
    }

    /// An event to every group, until every subscriber has one.
    fn warm(&mut self) -> Result<()> {
        for _ in 0..5 {
            for group in 0..self.tally.groups {
                let body = self
                    .trigger
                    .next(self.states.get(group).map(String::as_str), 0);
                self.post(&body)?;
                self.watch
                    .turn(Duration::ZERO, |number, text| self.tally.hear(number, text))?;
            }
            let begin = Instant::now();
            while begin.elapsed() < PATIENCE / 4 {
                let tally = &mut self.tally;
                self.watch.turn(Duration::from_millis(50), |number, text| {
                    tally.hear(number, text);
                })?;
                if self.tally.warm.iter().all(|is_warm| *is_warm) {
                    return Ok(());
                }
            }
        }
        let warm = self.tally.warm.iter().filter(|is_warm| **is_warm).count();
        Err(format!("only {warm} subscribers heard the first event").into())
    }

    /// Makes an event and says how many are to hear it.
    fn make(&mut self) -> Result<usize> {
        let number = self.tally.reached.len() + 1;
        // A prime, so that neighbours in the list of countries are apart in time.
        let group = number * 31 % self.tally.groups;
        self.tally.due[group].push(number);
        self.tally.reached.push(0);
        let body = self
            .trigger
            .next(self.states.get(group).map(String::as_str), number);
        self.post(&body)?;
        Ok((self.subscribers + self.tally.groups - 1 - group) / self.tally.groups)
    }

    fn post(&mut self, body: &str) -> Result<()> {
        let answer = self
            .client
            .post(self.trigger.path(), body, self.trigger.token())?;
        if answer.windows(8).any(|word| word == b"\"errors\"") {
            return Err(String::from_utf8_lossy(&answer).into());
        }
        Ok(())
    }

    /// Microseconds from asking for an event to its last subscriber, and from the answer to there.
    fn event(&mut self) -> Result<(u64, u64)> {
        let begin = Instant::now();
        let audience = self.make()?;
        let answered = Instant::now();
        self.wait(self.tally.reached.len(), audience)?;
        let last = self.tally.last.unwrap_or(answered);
        let micros = |since| u64::try_from(last.saturating_duration_since(since).as_micros());
        Ok((micros(begin)?, micros(answered)?))
    }

    /// Messages a second while events are made as fast as they are taken.
    fn burst(&mut self, count: usize) -> Result<Option<f64>> {
        if count == 0 {
            return Ok(None);
        }
        let (begin, before) = (Instant::now(), self.tally.messages);
        let mut last = 0;
        for _ in 0..count {
            last = self.make()?;
        }
        self.wait(self.tally.reached.len(), last)?;
        let messages = (self.tally.messages - before) as f64;
        Ok(Some(messages / begin.elapsed().as_secs_f64()))
    }

    fn wait(&mut self, number: usize, audience: usize) -> Result<()> {
        let begin = Instant::now();
        while self.tally.reached[number - 1] < audience {
            let tally = &mut self.tally;
            self.watch.turn(Duration::from_millis(5), |number, text| {
                tally.hear(number, text);
            })?;
            if begin.elapsed() > PATIENCE {
                self.tally.lost += audience - self.tally.reached[number - 1];
                return Ok(());
            }
        }
        Ok(())
    }
}
