//! Checks of options that only together, or only with the log filter, are mistakes. Each value by itself is checked when it is
//! parsed.

use std::collections::HashSet;

use super::Serve;
use super::access::{ANY_ORIGIN, NO_ORIGIN};
use crate::error::{Error, Result};

/// Rejects options that can only be mistakes.
/// # Errors
/// `Error::BadUserInput` with the name of the option, and what to do.
pub fn check(serve: &Serve) -> Result<()> {
    let error = |option: &str, message: String| Err(Error::bad_input(option, message));
    let (limits, origins) = (&serve.limits, &serve.access.origins);
    if limits.document.cost == 0 {
        return error(
            "max-cost",
            "0 rejects every query; use at least 1".to_owned(),
        );
    }
    let (burst, cost) = (limits.rate.burst, limits.document.cost);
    if limits.rate.per_second > 0 && burst < cost {
        let message = format!(
            "{burst} is below --max-cost ({cost}), so the largest query could never run; raise it, or lower --max-cost"
        );
        return error("rate-burst", message);
    }
    let transport = &limits.transport;
    if transport.connections_per_address > transport.connections {
        let message = format!(
            "{} is above --max-connections ({}), which is reached first; lower it",
            transport.connections_per_address, transport.connections
        );
        return error("max-connections-per-address", message);
    }
    if origins.len() > 1
        && origins
            .iter()
            .any(|origin| origin == NO_ORIGIN || origin == ANY_ORIGIN)
    {
        return error(
            "allow-origin",
            "`*` and `none` stand alone; list origins, or use one of the two".to_owned(),
        );
    }
    if origins.iter().collect::<HashSet<_>>().len() < origins.len() {
        return error(
            "allow-origin",
            "an origin is listed twice; list each once".to_owned(),
        );
    }
    if serve.read_database_url.as_ref() == Some(&serve.database.database_url) {
        let message = "is the same as --database-url; name a replica, or leave it out";
        return error("read-database-url", message.to_owned());
    }
    if serve
        .telemetry
        .admin_listen
        .is_some_and(|admin| admin == serve.listen && admin.port() != 0)
    {
        return error(
            "admin-listen",
            "is the same as --listen; use another port".to_owned(),
        );
    }
    Ok(())
}

/// Rejects a log filter with words that are no levels: a filter takes them for names of modules and logs nothing.
/// # Errors
/// `Error::BadUserInput` with the wrong part.
pub fn check_log_filter(filter: &str) -> Result<()> {
    let is_level = |text: &str| LEVELS.contains(&text.to_ascii_lowercase().as_str());
    for part in filter.split(',').map(str::trim) {
        let is_valid = match part.rsplit_once('=') {
            Some((target, level)) => !target.is_empty() && is_level(level),
            None => is_level(part) || part.contains("::"),
        };
        if !is_valid {
            let message = format!(
                "`{part}` is not a log level; use error, warn, info, debug, trace or off, for example info,demarche::http=debug"
            );
            return Err(Error::bad_input("DEMARCHE_LOG", message));
        }
    }
    Ok(())
}

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::config::CommandLine;

    #[test]
    fn options_that_can_only_be_mistakes_are_rejected() {
        let serve = |arguments: &[&str]| {
            let words = [&["demarche"], arguments].concat();
            CommandLine::try_parse_from(words).unwrap().serve
        };
        for (arguments, option) in [
            (&["--max-cost=0"][..], "max-cost"),
            (&["--rate-burst=100"], "rate-burst"),
            (&["--max-connections=10"], "max-connections-per-address"),
            (
                &["--allow-origin=none", "--allow-origin=https://news.example"],
                "allow-origin",
            ),
            (
                &["--allow-origin=https://news.example,https://news.example"],
                "allow-origin",
            ),
            (
                &[
                    "--database-url=sqlite://a",
                    "--read-database-url=sqlite://a",
                ],
                "read-database-url",
            ),
            (&["--admin-listen=127.0.0.1:8000"], "admin-listen"),
        ] {
            let error = check(&serve(arguments)).unwrap_err();
            assert_eq!(error.field(), Some(option), "{error}");
        }
        for arguments in [
            &[][..],
            &["--rate-limit=0", "--rate-burst=1"],
            &["--max-cost=100", "--rate-burst=100"],
        ] {
            check(&serve(arguments)).unwrap();
        }
    }

    #[test]
    fn a_log_filter_consists_of_levels_and_targets() {
        for filter in [
            "info",
            "INFO",
            "off",
            "info,demarche::http=debug",
            "warn, sqlx=off",
            "demarche::http",
        ] {
            check_log_filter(filter).unwrap();
        }
        for filter in [
            "verbose",
            "info,",
            "demarche=verbose",
            "=info",
            "warning",
            "info;debug",
        ] {
            assert!(check_log_filter(filter).is_err(), "{filter}");
        }
    }
}
