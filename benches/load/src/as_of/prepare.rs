//! The values that questions about a moment vary over, read from a running server.

use std::fs;

use serde_json::{Value, json};

use super::moment::{Day, Moment};
use super::question::Variations;
use crate::Result;
use crate::http::Client;
use crate::operation::body;
use crate::options::Options;

/// Enough that no answer is asked for twice within a short time, and few enough to compare all.
const MOMENTS: usize = 60;
/// Entries of other kinds that may stand between two statements.
const MAX_SKIPPED: i64 = 1000;

/// Options: `--first-day` and `--last-day` of the data.
pub(crate) fn write_variations(options: &Options) -> Result<()> {
    let mut client = Client::connect(options.address)?;
    let day = |name, default| Day::parse(options.text(name).unwrap_or(default));
    let days = (
        day("first-day", "2016-01-01")?,
        day("last-day", "2025-12-31")?,
    );
    let head = client.execute(&body("{ ledger { head { seq } } }", &json!({})), None)?;
    let head = head["ledger"]["head"]["seq"].as_i64().ok_or("no head")?;
    let mut moments = Moment::vary(MOMENTS, days, head);
    for moment in &mut moments {
        if let Some(seq) = moment.recorded_seq {
            let (seq, time) = find_recording(&mut client, seq, head)?;
            (moment.recorded_seq, moment.recorded_by) = (Some(seq), Some(time));
        }
    }
    let variations = Variations {
        slugs: list_largest_initiatives(&mut client)?,
        codes: list_codes(&mut client)?,
        numbers: list_numbers(&mut client)?,
        moments,
    };
    fs::write(&options.variables_path, variations.to_json().to_string())?;
    Ok(())
}

/// The seq of the first statement at or after `seq`, or before it at the end of the ledger, and when it was recorded.
fn find_recording(client: &mut Client, seq: i64, head: i64) -> Result<(i64, String)> {
    let query = "query($number: ID!) { statement(number: $number) { recordedAt } }";
    let after = seq..=head.min(seq + MAX_SKIPPED);
    for seq in after.chain((1..seq).rev()) {
        let request = body(query, &json!({ "number": seq.to_string() }));
        let data = client.execute(&request, None)?;
        if let Some(time) = data["statement"]["recordedAt"].as_str() {
            return Ok((seq, time.to_owned()));
        }
    }
    Err("no statement in the ledger".into())
}

/// Initiatives with as many relationships as any has.
fn list_largest_initiatives(client: &mut Client) -> Result<Vec<String>> {
    let query = "{ initiatives { slug relationships(first: 1) { totalCount } } }";
    let data = client.execute(&body(query, &json!({})), None)?;
    let all = data["initiatives"].as_array().ok_or("no initiatives")?;
    let size = |initiative: &Value| initiative["relationships"]["totalCount"].as_u64();
    let largest = all.iter().map(size).max().flatten();
    let slugs = all.iter().filter(|initiative| size(initiative) == largest);
    Ok(slugs
        .filter_map(|initiative| Some(initiative["slug"].as_str()?.to_owned()))
        .collect())
}

fn list_codes(client: &mut Client) -> Result<Vec<String>> {
    let data = client.execute(&body("{ countries { code } }", &json!({})), None)?;
    let all = data["countries"].as_array().ok_or("no countries")?;
    let codes = all.iter().filter_map(|country| country["code"].as_str());
    Ok(codes.map(str::to_owned).collect())
}

fn list_numbers(client: &mut Client) -> Result<Vec<i64>> {
    let query = "{ statements(first: 100) { nodes { number } } }";
    let data = client.execute(&body(query, &json!({})), None)?;
    let nodes = data["statements"]["nodes"].as_array();
    let nodes = nodes.ok_or("no statements")?.iter();
    Ok(nodes.filter_map(|node| node["number"].as_i64()).collect())
}
