//! Charged cost and measured CPU of twenty and more operations.

use serde_json::{Value, json};

use crate::Result;
use crate::as_of::{CELLS, Variations, measure_many};
use crate::http::{Client, has_errors};
use crate::operation::body;
use crate::options::Options;
use crate::process::{Processes, resident_kib};
use crate::query::round_to_hundredths;
use crate::sequence::{Sequence, is_fast};

/// Name and document. `$code`, `$slug`, `$number`, `$text` and `$at` vary.
const OPERATIONS: [(&str, &str); 18] = [
    (
        "one country",
        "query($code: ID!) { country(code: $code) { code name capital } }",
    ),
    (
        "one initiative",
        "query($slug: ID!) { initiative(slug: $slug) { slug title } }",
    ),
    (
        "one statement",
        "query($number: ID!) { statement(number: $number) { number kind validFrom summary } }",
    ),
    (
        "all countries",
        "{ countries { code name capital region { name } } }",
    ),
    (
        "countries, their neighbours and stances",
        "query($slug: ID!) { countries { code neighbours { code name stance(initiative: $slug) } } }",
    ),
    (
        "countries, 3 relationships each",
        "{ countries { code name relationships(direction: INCOMING, first: 3) { nodes { id stance since } } } }",
    ),
    (
        "country, 50 relationships, 5 changes each",
        "query($code: ID!) { country(code: $code) { code relationships(direction: INCOMING, first: 50) { nodes { id stance \
         since requestingState { code name } changes(last: 5) { nodes { from to occurredOn } } } } } }",
    ),
    (
        "100 relationships by date",
        "{ relationships(orderBy: { field: SINCE }, first: 100) { nodes { id stance since requestedState { code } } } }",
    ),
    (
        "number of relationships of a stance",
        "{ relationships(filter: { stance: [REFUSED] }, first: 1) { totalCount } }",
    ),
    (
        "country, 20 relationships with timelines",
        "query($code: ID!, $at: MomentInput) { country(code: $code) { relationships(direction: INCOMING, first: 20) { \
         nodes { id timeline(at: $at) { stance from to } } } } }",
    ),
    (
        "100 statements",
        "{ statements(first: 100) { nodes { number kind validFrom summary } } }",
    ),
    (
        "50 statements with evidence",
        "{ statements(first: 50) { nodes { number summary evidence { relation source { title url publishedOn } } } } }",
    ),
    (
        "100 sources",
        "{ sources(first: 100) { nodes { id title url publishedOn } } }",
    ),
    (
        "50 ledger entries",
        "{ ledger { entries(first: 50) { nodes { seq kind payload hash } } } }",
    ),
    (
        "100 stance changes",
        "{ stanceChanges(last: 100) { nodes { from to occurredOn relationship { id requestedState { code } } } } }",
    ),
    (
        "search",
        "query($text: String!) { search(text: $text, first: 10) { node { __typename ... on Country { code } \
         ... on Statement { number } ... on Source { title } } fragments { text matched } } }",
    ),
    (
        "tally of now",
        "query($slug: ID!) { initiative(slug: $slug) { tally { total disputed byStance { stance count } } } }",
    ),
    (
        "all initiatives",
        "{ initiatives { slug title requestingState { code } } }",
    ),
];

/// Prints a line for each operation, and the as-of cells as they are measured beside the others.
pub(crate) fn run(options: &Options) -> Result<()> {
    let variations = Variations::read(&options.variables_path)?;
    for (name, query) in OPERATIONS {
        measure(options, name, &variations.bodies(query))?;
    }
    for cell in CELLS {
        let questions = variations.questions(cell)?.into_iter();
        let bodies: Vec<String> = questions.map(|question| question.body).collect();
        measure(options, cell, &bodies)?;
    }
    Ok(())
}

impl Variations {
    /// The request bodies of a document, with the variables that it declares.
    fn bodies(&self, query: &str) -> Vec<String> {
        let numbered = self.moments.iter().enumerate();
        let bodies = numbered.map(|(index, moment)| {
            let code = &self.codes[index * 37 % self.codes.len()];
            let values = [
                ("$code:", json!(code)),
                ("$slug:", json!(self.slugs[index % self.slugs.len()])),
                (
                    "$number:",
                    json!(self.numbers[index % self.numbers.len()].to_string()),
                ),
                ("$text:", json!(code.to_lowercase())),
                ("$at:", moment.input()),
            ];
            let mut variables = json!({});
            for (name, value) in values {
                if query.contains(name) {
                    variables[name.trim_matches(['$', ':'])] = value;
                }
            }
            body(query, &variables)
        });
        bodies.collect()
    }
}

fn measure(options: &Options, name: &str, bodies: &[String]) -> Result<()> {
    let pid = options.number("pid", 0)?;
    let mut client = Client::connect(options.address)?;
    // What is charged depends on the variables, as the CPU does.
    let costs = bodies.iter().map(|body| client.charged_cost(body));
    let cost = costs.sum::<Result<u64>>()? / bodies.len().max(1) as u64;
    let mut line = Sequence::new(options, pid, Processes::server(pid))?.measure(&mut |index| {
        let response = client.post("/graphql", &bodies[index % bodies.len()], None)?;
        if has_errors(&response) {
            return Err(format!("{name}: {}", String::from_utf8_lossy(&response)).into());
        }
        Ok(response.len())
    })?;
    if is_fast(&line) {
        measure_many(options, bodies, &mut line)?;
    }
    let cpu = line["cpu_us"].as_f64().unwrap_or_default();
    line["cell"] = json!(format!("cost of {name}"));
    line["label"] = json!(options.text("label"));
    line["operation"] = json!(name);
    line["cost"] = json!(cost);
    line["us_per_cost"] = json!(round_to_hundredths(cpu / cost.max(1) as f64));
    line["resident_mib"] = json!(resident_kib(pid)? / 1024);
    println!("{line}");
    Ok(())
}

impl Client {
    /// What a request is charged, before and after it is executed.
    fn charged_cost(&mut self, body: &str) -> Result<u64> {
        let response = self.post_with("/graphql", body, "Demarche-Cost: 1")?;
        let response: Value = serde_json::from_slice(&response)?;
        let cost = &response["extensions"]["cost"];
        let total = cost["total"].as_u64();
        let total = total.map(|total| total + cost["work"].as_u64().unwrap_or_default());
        total.ok_or_else(|| format!("no cost: {response}").into())
    }
}
