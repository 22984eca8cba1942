//! What the tool is told on its command line.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::str::FromStr;

use crate::Result;
use crate::operation::Variables;

pub(crate) struct Options {
    pub(crate) command: String,
    pub(crate) address: SocketAddr,
    /// Where variables are, or are to be.
    pub(crate) path: String,
    /// What else stands on the command line, in its order.
    pub(crate) rest: Vec<String>,
    named: HashMap<String, String>,
}

impl Options {
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let (mut plain, mut named) = (Vec::new(), HashMap::new());
        while let Some(argument) = arguments.next() {
            match argument.strip_prefix("--") {
                Some(name) => {
                    let value = arguments.next().ok_or("an option without a value")?;
                    named.insert(name.to_owned(), value);
                }
                None => plain.push(argument),
            }
        }
        let mut plain = plain.into_iter();
        let mut next = |what: &str| plain.next().ok_or(format!("no {what}"));
        Ok(Self {
            command: next("command")?,
            address: next("address")?.parse()?,
            path: next("file of variables")?,
            rest: plain.collect(),
            named,
        })
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.named.get(name).map(String::as_str)
    }

    pub(crate) fn number<T: FromStr>(&self, name: &str, default: T) -> Result<T> {
        match self.named.get(name) {
            Some(text) => text
                .parse()
                .map_err(|_| format!("--{name}: `{text}` is no number").into()),
            None => Ok(default),
        }
    }

    pub(crate) fn variables(&self) -> Result<Variables> {
        Variables::read(&self.path)
    }

    /// The first argument after the variables.
    pub(crate) fn first(&self, what: &str) -> Result<&str> {
        self.rest
            .first()
            .map(String::as_str)
            .ok_or_else(|| format!("no {what}").into())
    }
}
