//! Server-sent events: one response that is read line by line.

use std::{
    error::Error,
    fmt,
    io::{BufRead, BufReader},
    time::Duration,
};

use serde::Serialize;

/// A connection is used for so long. One that died in silence is thereby noticed; to connect again loses nothing.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(300);

/// The server refuses the subscription, for example because the cursor is of another ledger: to try again cannot help.
#[derive(Debug)]
pub struct Refused(pub String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Refused {}

/// Calls `handle` with the data of each event `next`, until the response ends.
/// # Errors
/// [`Refused`] for a status that says so; others if the connection breaks, the server restarts or `handle` fails.
pub fn read_stream(
    url: &str,
    request: &impl Serialize,
    mut handle: impl FnMut(&str) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let mut response = ureq::post(url)
        .config()
        .timeout_recv_body(Some(CONNECTION_TIMEOUT))
        .http_status_as_error(false)
        .build()
        .header("accept", "text/event-stream")
        .send_json(request)?;
    let status = response.status();
    if !status.is_success() {
        let message = format!("{status}: {}", response.body_mut().read_to_string()?);
        // 429 and 503: later.
        let is_passing = status.is_server_error() || status == 429;
        return Err(if is_passing {
            message.into()
        } else {
            Refused(message).into()
        });
    }
    let mut event = String::new();
    for line in BufReader::new(response.into_body().into_reader()).lines() {
        let line = line?;
        if let Some(name) = line.strip_prefix("event: ") {
            name.clone_into(&mut event);
        } else if let Some(data) = line.strip_prefix("data: ")
            && event == "next"
        {
            handle(data)?;
        }
    }
    Ok(())
}
