//! Access options: allowed origins, trusted proxies, trusted documents, introspection and the playground.

use std::path::PathBuf;

use clap::{Args, builder::BoolishValueParser};
use ipnet::IpNet;

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Access")]
pub struct AccessConfig {
    /// Origin allowed by CORS and for WebSocket connections, for example `https://news.example`; `*` for all, `none` for the server's own only. By default all, without a token. Repeatable.
    #[arg(long = "allow-origin", env = "DEMARCHE_ALLOW_ORIGIN", value_delimiter = ',', value_parser = parse_origin)]
    pub origins: Vec<String>,
    /// Address or network of a proxy whose `X-Forwarded-For` is trusted. Repeatable.
    #[arg(long = "trusted-proxy", env = "DEMARCHE_TRUSTED_PROXY", value_delimiter = ',', value_parser = parse_network)]
    pub proxies: Vec<IpNet>,
    /// Manifest of persisted documents (Apollo, Relay, graphql-codegen, gql.tada); a request names one by `documentId` instead of sending it.
    #[arg(long, env = "DEMARCHE_TRUSTED_DOCUMENTS")]
    pub trusted_documents: Option<PathBuf>,
    /// Reject every document that is not trusted.
    #[arg(long, env = "DEMARCHE_ONLY_TRUSTED", requires = "trusted_documents", value_parser = BoolishValueParser::new())]
    pub only_trusted: bool,
    /// Reject introspection; also disable /schema.graphql and "did you mean" suggestions.
    #[arg(long, env = "DEMARCHE_NO_INTROSPECTION", value_parser = BoolishValueParser::new())]
    pub no_introspection: bool,
    /// Do not serve the playground.
    #[arg(long, env = "DEMARCHE_NO_PLAYGROUND", value_parser = BoolishValueParser::new())]
    pub no_playground: bool,
}

/// The origins, besides the server's own, whose pages may send requests and read responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AllowedOrigins<'a> {
    /// All, but requests with a token only from the server's own.
    AnyWithoutToken,
    Any,
    Listed(&'a [String]),
}

impl AccessConfig {
    pub fn allowed_origins(&self) -> AllowedOrigins<'_> {
        if self.origins.is_empty() {
            AllowedOrigins::AnyWithoutToken
        } else if self.origins.iter().any(|origin| origin == ANY_ORIGIN) {
            AllowedOrigins::Any
        } else {
            AllowedOrigins::Listed(&self.origins)
        }
    }
}

pub(super) const ANY_ORIGIN: &str = "*";
/// A list with this word only allows no other origin: no browser sends it.
pub(super) const NO_ORIGIN: &str = "none";

/// The serialisation that browsers send (RFC 6454, 6.2), or one of the two words.
fn parse_origin(text: &str) -> Result<String, String> {
    if text == ANY_ORIGIN || text == NO_ORIGIN {
        return Ok(text.to_owned());
    }
    let url = url::Url::parse(text).map_err(|error| error.to_string())?;
    let origin = url.origin().ascii_serialization();
    if origin == text.trim_end_matches('/').to_ascii_lowercase() && url.origin().is_tuple() {
        return Ok(origin);
    }
    Err(
        "not a valid origin: use scheme, host and port only, for example https://news.example, or * or none"
            .to_owned(),
    )
}

fn parse_network(text: &str) -> Result<IpNet, String> {
    let address = text.parse::<std::net::IpAddr>().map(IpNet::from);
    address.or_else(|_| text.parse()).map_err(|_| {
        "not a valid IP address or network; use for example 10.0.0.1 or 10.0.0.0/8".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_a_host_and_a_port() {
        for (input, origin) in [
            ("https://news.example", "https://news.example"),
            ("https://news.example/", "https://news.example"),
            ("HTTP://localhost:3000", "http://localhost:3000"),
            ("*", "*"),
            ("none", "none"),
        ] {
            assert_eq!(parse_origin(input).unwrap(), origin);
        }
        for wrong in [
            "null",
            "*.example",
            "news.example",
            "https://a/b",
            "file:///a",
            "https://u@a",
        ] {
            assert!(parse_origin(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_proxy_is_an_address_or_a_network() {
        assert_eq!(
            parse_network("10.0.0.1"),
            Ok("10.0.0.1/32".parse().unwrap())
        );
        assert!(parse_network("10.0.0.0/8").is_ok() && parse_network("::1").is_ok());
        assert!(parse_network("proxy.example").is_err());
    }
}
