//! Fan-out: the time until the last subscriber has received an event, and what a message costs the server.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::Result;
use crate::delivery::DeliveryLog;
use crate::event::EventRequests;
use crate::http::{Client, has_errors};
use crate::operation::{LIVE, Variables, WATCH};
use crate::options::Options;
use crate::process::{cpu_seconds, quantile_ms, resident_kib};
use crate::query::round_to_hundredths;
use crate::subscriber::{Operations, Subscribers};

/// Limit for an event to reach all subscribers that it matches.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(20);
const WARM_UP_ATTEMPTS: u32 = 4;

struct Fanout {
    subscribers: Subscribers,
    log: DeliveryLog,
    requests: EventRequests,
    client: Client,
    /// Per group of subscribers, the requested state of its events; empty if any will do.
    states: Vec<String>,
}

/// What the events took, in microseconds.
#[derive(Default)]
struct EventTimes {
    /// From the request for the event to its last subscriber.
    from_request: Vec<u64>,
    /// From the response to that request to its last subscriber.
    from_response: Vec<u64>,
    /// Messages per second while events are requested without waiting for their delivery.
    burst_per_second: Option<f64>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let (variables, variant) = (options.read_variables()?, options.operand("variant")?);
    let pid = options.number("pid", 0)?;
    let subscribers = options.number("subscribers", 1000)?;
    let settle = Duration::from_millis(options.number("settle-ms", 1500)?);
    let resident_before = resident_kib(pid)?;
    let mut fanout = Fanout::start(options, &variables, variant, subscribers)?;
    fanout.poll_for(settle / 2)?;
    let resident_idle = resident_kib(pid)?;
    fanout.warm_up(subscribers)?;
    fanout.poll_for(settle)?;
    let cpu_before = cpu_seconds(pid)?;
    let mut times = fanout.measure(options.number("events", 20)?, options.number("burst", 0)?)?;
    // Repeated events, if there are any, arrive late.
    fanout.poll_for(settle / 5)?;
    let cpu = cpu_seconds(pid)? - cpu_before;
    let idle_kib = (resident_idle as f64 - resident_before as f64) / subscribers as f64;
    let mut line = fanout.report(&mut times, cpu)?;
    line["label"] = json!(options.text("label"));
    line["cell"] = json!(format!("{variant}-{subscribers}"));
    line["idle_kib"] = json!(round_to_hundredths(idle_kib));
    line["resident_mib"] = json!(resident_kib(pid)? / 1024);
    println!("{line}");
    Ok(())
}

/// The requested state of each group of subscribers, and what each subscriber sends.
fn variant_operations(
    variant: &str,
    codes: Vec<String>,
    subscribers: usize,
) -> Result<(Vec<String>, Operations)> {
    match variant {
        "same" => Ok((Vec::new(), watching(|_| Value::Null))),
        // One query, whose answer changes with each event.
        "live" => {
            let payload_of = Box::new(|_| json!({ "query": LIVE }));
            Ok((
                Vec::new(),
                Operations {
                    payload_of,
                    is_live: true,
                },
            ))
        }
        // The first state and two others; no two subscribers have the same two.
        "distinct" => {
            let others = codes.len() - 1;
            let states = codes[..1].to_vec();
            let filter_of = move |number: usize| {
                let second = 1 + number % others;
                let third = 1 + (number / others + second) % others;
                json!({ "countries": [codes[0], codes[second], codes[third]] })
            };
            Ok((states, watching(filter_of)))
        }
        "country" => {
            let states = codes[..codes.len().min(subscribers)].to_vec();
            let groups = states.len();
            let filter_of = move |number: usize| json!({ "countries": [codes[number % groups]] });
            Ok((states, watching(filter_of)))
        }
        other => Err(format!("unknown variant: {other}").into()),
    }
}

/// Subscriptions, each with the filter that the number of its subscriber gives.
pub(crate) fn watching(filter_of: impl Fn(usize) -> Value + 'static) -> Operations {
    let payload =
        move |number| json!({ "query": WATCH, "variables": { "filter": filter_of(number) } });
    Operations {
        payload_of: Box::new(payload),
        is_live: false,
    }
}

impl Fanout {
    fn start(
        options: &Options,
        variables: &Variables,
        variant: &str,
        subscribers: usize,
    ) -> Result<Self> {
        let codes = variables.codes().iter().map(ToString::to_string).collect();
        let (states, operations) = variant_operations(variant, codes, subscribers)?;
        Ok(Self {
            subscribers: Subscribers::start(options, subscribers, operations)?,
            log: DeliveryLog::new(states.len().max(1), subscribers),
            requests: EventRequests::new(options, variables)?,
            client: Client::connect(options.address)?,
            states,
        })
    }

    /// Sends an event to every group, until every subscriber has received one.
    fn warm_up(&mut self, subscribers: usize) -> Result<()> {
        for _ in 0..WARM_UP_ATTEMPTS {
            for group in 0..self.log.groups {
                self.request_event(group, 0)?;
                self.poll(Duration::ZERO)?;
            }
            let start = Instant::now();
            while start.elapsed() < DELIVERY_TIMEOUT / WARM_UP_ATTEMPTS {
                self.poll(Duration::from_millis(50))?;
                if self.log.warm_subscribers() == subscribers {
                    return Ok(());
                }
            }
        }
        let warm = self.log.warm_subscribers();
        Err(format!("only {warm} of {subscribers} subscribers received the first event").into())
    }

    fn measure(&mut self, events: usize, burst: usize) -> Result<EventTimes> {
        let mut times = EventTimes::default();
        for _ in 0..events {
            let requested_at = Instant::now();
            let event = self.next_event()?;
            let responded_at = Instant::now();
            self.wait_for(event, Instant::now() + DELIVERY_TIMEOUT)?;
            let last = self.log.last_received_at.unwrap_or(responded_at);
            let micros = |start| u64::try_from(last.saturating_duration_since(start).as_micros());
            times.from_request.push(micros(requested_at)?);
            times.from_response.push(micros(responded_at)?);
        }
        if burst > 0 {
            let (start, messages_before) = (Instant::now(), self.log.messages);
            let mut unfinished = Vec::with_capacity(burst);
            for _ in 0..burst {
                unfinished.push(self.next_event()?);
            }
            let deadline = Instant::now() + DELIVERY_TIMEOUT;
            for event in unfinished {
                self.wait_for(event, deadline)?;
            }
            let messages = (self.log.messages - messages_before) as f64;
            times.burst_per_second = Some(messages / start.elapsed().as_secs_f64());
        }
        Ok(times)
    }

    /// Requests the next event and returns its number and the group that must receive it.
    fn next_event(&mut self) -> Result<(usize, usize)> {
        // The step is a prime, so that neighbours in the list of countries are apart in time.
        let group = (self.log.events() + 1) * 31 % self.log.groups;
        let number = self.log.expect_event(group);
        self.request_event(group, number)?;
        Ok((number, group))
    }

    fn request_event(&mut self, group: usize, number: usize) -> Result<()> {
        let state = self.states.get(group).map(String::as_str);
        let body = self.requests.next_body(state, number);
        let (path, token) = (self.requests.path(), self.requests.token());
        let response = self.client.post(path, &body, token)?;
        if has_errors(&response) {
            return Err(String::from_utf8_lossy(&response).into());
        }
        Ok(())
    }

    /// Waits until the event is delivered; the log counts what has not arrived in the end as lost.
    fn wait_for(&mut self, (number, group): (usize, usize), deadline: Instant) -> Result<()> {
        while !self.log.is_delivered(number, group) && Instant::now() < deadline {
            self.poll(Duration::from_millis(5))?;
        }
        Ok(())
    }

    fn poll(&mut self, timeout: Duration) -> Result<()> {
        let log = &mut self.log;
        self.subscribers
            .poll(timeout, |subscriber, text| log.record(subscriber, text))
    }

    fn poll_for(&mut self, time: Duration) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < time {
            self.poll(Duration::from_millis(50).min(time))?;
        }
        Ok(())
    }

    fn report(&self, times: &mut EventTimes, cpu: f64) -> Result<Value> {
        let log = &self.log;
        if log.messages == 0 {
            return Err("no subscriber received an event".into());
        }
        Ok(json!({
            "messages": log.messages,
            "cpu_us": round_to_hundredths(cpu * 1e6 / log.messages as f64),
            "cpu_us_per_event": round_to_hundredths(cpu * 1e6 / log.events() as f64),
            "last_p50_ms": quantile_ms(&mut times.from_request, 0.5),
            "last_max_ms": quantile_ms(&mut times.from_request, 1.0),
            "after_response_p50_ms": quantile_ms(&mut times.from_response, 0.5),
            "burst_per_second": times.burst_per_second.map(f64::round),
            "lost": log.lost(),
            "repeated_or_disordered": log.repeated_or_disordered,
            "wrong": log.wrong,
        }))
    }
}
