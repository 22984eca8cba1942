//! Prints what a country was asked and where it stands, then every change of a stance, over interruptions and restarts of the
//! server: `demarche-example http://127.0.0.1:8000 RW cursor.txt`.
//!
//! The file has the cursor of the last change that was printed. With it, the program continues where it ended. If it is killed
//! between a line and its cursor, it prints that line again.

mod operations;
mod stream;

use std::{error::Error, fs, path::Path, thread, time::Duration};

use cynic::{GraphQlResponse, QueryBuilder, SubscriptionBuilder};
use operations::{Changes, ChangesVariables, CountryQuery, CountryVariables};
use stream::{Refused, read_stream};

/// Between two connections.
const PAUSE: Duration = Duration::from_secs(1);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [server, code, file] = &arguments[..] else {
        return Err("usage: demarche-example SERVER COUNTRY CURSOR_FILE".into());
    };
    let file = Path::new(file);
    let head = print_country(server, code)?;
    // The first start follows what is recorded after the state that was printed.
    let mut after = fs::read_to_string(file).unwrap_or(head);
    loop {
        match follow(server, &mut after, file) {
            // The server restarts, or the network is away.
            Ok(()) => {}
            Err(error) if error.is::<Refused>() => return Err(error),
            Err(error) => eprintln!("{error}"),
        }
        thread::sleep(PAUSE);
    }
}

/// Returns the cursor of the state that it printed.
fn print_country(server: &str, code: &str) -> Result<String, Box<dyn Error>> {
    let variables = CountryVariables { code: code.into() };
    let mut response = ureq::post(format!("{server}/graphql"))
        .header("accept", "application/json")
        .send_json(CountryQuery::build(variables))?;
    let response: GraphQlResponse<CountryQuery> = response.body_mut().read_json()?;
    let data = response
        .data
        .ok_or_else(|| format!("{:?}", response.errors))?;
    let country = data.country.ok_or("there is no such country")?;
    for relationship in country.relationships.nodes {
        let since = relationship.since.map_or_else(String::new, |since| since.0);
        println!(
            "{}: {} {:?} {since}",
            country.name, relationship.initiative.title, relationship.stance
        );
        for change in relationship.changes.nodes {
            println!("  {:?} → {:?}", change.from, change.to);
        }
        for statement in relationship.statements.nodes {
            println!(
                "  {} {} ({})",
                statement.number, statement.summary, statement.claimant.label
            );
        }
    }
    let head = data.ledger.head.ok_or("nothing is recorded")?;
    Ok(head.cursor)
}

/// Prints changes until the connection ends; `after` and the file then have the cursor of the last one.
fn follow(server: &str, after: &mut String, file: &Path) -> Result<(), Box<dyn Error>> {
    let variables = ChangesVariables {
        after: Some(after.trim().to_owned()),
    };
    let url = format!("{server}/graphql/stream");
    read_stream(&url, &Changes::build(variables), |event| {
        let response: GraphQlResponse<Changes> = serde_json::from_str(event)?;
        let data = response
            .data
            .ok_or_else(|| Refused(format!("{:?}", response.errors)))?;
        let change = data.stance_changed;
        println!(
            "{}: {:?} → {:?}",
            change.relationship.requested_state.name, change.from, change.to
        );
        // In one step, so that the file is whole whenever the program is ended.
        let new_file = file.with_extension("new");
        fs::write(&new_file, &change.cursor)?;
        fs::rename(&new_file, file)?;
        *after = change.cursor;
        Ok(())
    })
}
