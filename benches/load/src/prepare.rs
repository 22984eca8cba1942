//! Steps before measuring: variables, captured responses for the limit, digests that compare servers.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

use crate::Result;
use crate::event::EventRequests;
use crate::fanout::watching;
use crate::http::{Client, digest, has_errors};
use crate::operation::{OPERATIONS, PAGE, body};
use crate::options::Options;
use crate::subscriber::Subscribers;

/// Cursors that Q4 varies over, spread over the whole list.
const PAGE_CURSORS: usize = 200;
/// Items that must follow a cursor, so that every page is full.
const PAGE_SIZE: usize = 100;

pub(crate) fn write_variables(options: &Options) -> Result<()> {
    let mut client = Client::connect(options.address)?;
    let countries = client.execute(&body("{ countries { code } }", &json!({})), None)?;
    let list = countries["countries"]
        .as_array()
        .ok_or("no countries in the response")?;
    let codes: Vec<&Value> = list.iter().map(|country| &country["code"]).collect();
    let source = "{ sources(first: 1) { nodes { id } } }";
    let source = client.execute(&body(source, &json!({})), None)?;
    let variables = json!({
        "codes": codes,
        "source": source["sources"]["nodes"][0]["id"],
        "pages": list_pages(&mut client)?,
        "relationships": list_relationships(&mut client)?,
    });
    fs::write(&options.variables_path, variables.to_string())?;
    Ok(())
}

/// Q4's variables: cursors within the list of one stance, without those that less than a page follows.
fn list_pages(client: &mut Client) -> Result<Vec<Value>> {
    let text = PAGE.replace("nodes {", "edges { cursor } nodes {");
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let variables = json!({ "stance": ["AGREED"], "after": after });
        let page = client.execute(&body(&text, &variables), None)?;
        let edges = page["relationships"]["edges"]
            .as_array()
            .ok_or("no edges in the response")?
            .clone();
        let Some(last) = edges.last() else { break };
        after = last["cursor"].clone();
        all.extend(edges.into_iter().map(|mut edge| edge["cursor"].take()));
    }
    all.truncate(all.len().saturating_sub(PAGE_SIZE));
    let step = all.len().div_ceil(PAGE_CURSORS).max(1);
    let pages = all.into_iter().step_by(step);
    Ok(pages
        .map(|after| json!({ "stance": ["AGREED"], "after": after }))
        .collect())
}

/// Identifier, initiative and requested state of every relationship.
fn list_relationships(client: &mut Client) -> Result<Vec<Value>> {
    let text = "query($after: String) { relationships(first: 100, after: $after) { \
                nodes { id initiative { slug } requestedState { code } } pageInfo { endCursor } } }";
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let mut page = client.execute(&body(text, &json!({ "after": after })), None)?;
        let page = &mut page["relationships"];
        let nodes = page["nodes"].as_array().ok_or("no nodes in the response")?;
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

pub(crate) fn capture_responses(options: &Options) -> Result<()> {
    let variables = options.read_variables()?;
    let mut client = Client::connect(options.address)?;
    let mut pairs = Vec::new();
    for operation in OPERATIONS {
        for body in variables.bodies(operation)? {
            let response = String::from_utf8(client.post("/graphql", &body, None)?)?;
            pairs.push(json!([body, response]));
        }
    }
    fs::write(
        options.operand("file of responses")?,
        Value::Array(pairs).to_string(),
    )?;
    Ok(())
}

pub(crate) fn capture_frame(options: &Options) -> Result<()> {
    let variables = options.read_variables()?;
    let mut subscribers = Subscribers::start(options, 1, watching(|_| Value::Null))?;
    let mut requests = EventRequests::new(options, &variables)?;
    Client::connect(options.address)?.post(
        requests.path(),
        &requests.next_body(None, 0),
        requests.token(),
    )?;
    let mut frame = None;
    for _ in 0..100 {
        subscribers.poll(Duration::from_millis(50), |_, text| {
            frame = Some(text.to_owned());
        })?;
        if let Some(frame) = frame.take() {
            fs::write(options.operand("file of the frame")?, frame)?;
            return Ok(());
        }
    }
    Err("no event within five seconds".into())
}

/// Prints one line of JSON: per operation, a digest of all responses and their bytes.
pub(crate) fn print_digests(options: &Options) -> Result<()> {
    let variables = options.read_variables()?;
    let mut client = Client::connect(options.address)?;
    let mut line = json!({});
    for operation in OPERATIONS {
        let (mut combined, mut bytes) = (0_u64, 0);
        for body in variables.bodies(operation)? {
            let response = client.post("/graphql", &body, None)?;
            if has_errors(&response) {
                return Err(format!("{operation}: {}", String::from_utf8_lossy(&response)).into());
            }
            bytes += response.len();
            combined = combined.rotate_left(1) ^ digest(&response);
        }
        line[operation] = json!(format!("{combined:016x} {bytes}"));
    }
    println!("{line}");
    Ok(())
}
