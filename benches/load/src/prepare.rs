//! What is done once before measuring: variables, answers for the limit, and whether peers answer alike.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

use crate::Result;
use crate::http::{Client, digest};
use crate::operation::{OPERATIONS, PAGE, body};
use crate::options::Options;
use crate::subscriber::Watch;
use crate::trigger::Trigger;

/// Cursors that Q4 varies over, spread over all pages.
const PAGES: usize = 200;

pub(crate) fn prepare(options: &Options) -> Result<()> {
    let mut client = Client::connect(options.address)?;
    let countries = client.ask(&body("{ countries { code } }", &json!({})), None)?;
    let list = countries["countries"].as_array().ok_or("no countries")?;
    let codes: Vec<&Value> = list.iter().map(|country| &country["code"]).collect();
    let source = "{ sources(first: 1) { nodes { id } } }";
    let source = client.ask(&body(source, &json!({})), None)?;
    let variables = json!({
        "codes": codes,
        "source": source["sources"]["nodes"][0]["id"],
        "pages": pages(&mut client)?,
        "relationships": relationships(&mut client)?,
    });
    fs::write(&options.path, variables.to_string())?;
    Ok(())
}

/// Q4's variables: places within the list of one stance, all but those with less than a page after them.
fn pages(client: &mut Client) -> Result<Vec<Value>> {
    let text = PAGE.replace("nodes {", "edges { cursor } nodes {");
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let asked = json!({ "stance": ["AGREED"], "after": after });
        let page = client.ask(&body(&text, &asked), None)?;
        let edges = page["relationships"]["edges"]
            .as_array()
            .ok_or("no edges")?
            .clone();
        let Some(last) = edges.last() else { break };
        after = last["cursor"].clone();
        all.extend(edges.into_iter().map(|mut edge| edge["cursor"].take()));
    }
    all.truncate(all.len().saturating_sub(100));
    let step = all.len().div_ceil(PAGES).max(1);
    let pages = all.into_iter().step_by(step);
    Ok(pages
        .map(|after| json!({ "stance": ["AGREED"], "after": after }))
        .collect())
}

fn relationships(client: &mut Client) -> Result<Vec<Value>> {
    let text = "query($after: String) { relationships(first: 100, after: $after) { \
                nodes { id initiative { slug } requestedState { code } } pageInfo { endCursor } } }";
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let mut page = client.ask(&body(text, &json!({ "after": after })), None)?;
        let page = &mut page["relationships"];
        let nodes = page["nodes"].as_array().ok_or("no nodes")?;
        if nodes.is_empty() {
            return Ok(all);
        }
        all.extend(nodes.iter().map(|node| {
            json!([
                node["id"],
                node["initiative"]["slug"],
                node["requestedState"]["code"]
            ])
        }));
        after = page["pageInfo"]["endCursor"].take();
    }
}

pub(crate) fn capture(options: &Options) -> Result<()> {
    let variables = options.variables()?;
    let mut client = Client::connect(options.address)?;
    let mut pairs = Vec::new();
    for operation in OPERATIONS {
        for body in variables.bodies(operation)? {
            let answer = String::from_utf8(client.post("/graphql", &body, None)?)?;
            pairs.push(json!([body, answer]));
        }
    }
    fs::write(
        options.first("file of answers")?,
        Value::Array(pairs).to_string(),
    )?;
    Ok(())
}

pub(crate) fn frame(options: &Options) -> Result<()> {
    let variables = options.variables()?;
    let mut watch = Watch::start(options, 1, |_| Value::Null)?;
    let mut trigger = Trigger::new(options, &variables)?;
    Client::connect(options.address)?.post(
        trigger.path(),
        &trigger.next(None, 0),
        trigger.token(),
    )?;
    let mut frame = None;
    for _ in 0..100 {
        watch.turn(Duration::from_millis(50), |_, heard| {
            frame = Some(heard.to_owned());
        })?;
        if let Some(frame) = frame.take() {
            fs::write(options.first("file of the frame")?, frame)?;
            return Ok(());
        }
    }
    Err("no event within five seconds".into())
}

pub(crate) fn check(options: &Options) -> Result<()> {
    let variables = options.variables()?;
    let mut client = Client::connect(options.address)?;
    let mut line = json!({});
    for operation in OPERATIONS {
        let (mut all, mut bytes) = (0_u64, 0);
        for body in variables.bodies(operation)? {
            let answer = client.post("/graphql", &body, None)?;
            if answer.windows(8).any(|word| word == b"\"errors\"") {
                return Err(format!("{operation}: {}", String::from_utf8_lossy(&answer)).into());
            }
            bytes += answer.len();
            all = all.rotate_left(1) ^ digest(&answer);
        }
        line[operation] = json!(format!("{all:016x} {bytes}"));
    }
    println!("{line}");
    Ok(())
}
