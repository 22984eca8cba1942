//! Command line of the load tool.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::str::FromStr;

use crate::Result;
use crate::operation::Variables;

pub(crate) struct Options {
    pub(crate) command: String,
    pub(crate) address: SocketAddr,
    /// The file of variables, to read or (for `prepare`) to write.
    pub(crate) variables_path: String,
    /// The positional argument after the file of variables.
    operand: Option<String>,
    by_name: HashMap<String, String>,
}

impl Options {
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let (mut positional, mut by_name) = (Vec::new(), HashMap::new());
        while let Some(argument) = arguments.next() {
            match argument.strip_prefix("--") {
                Some(name) => {
                    let value = arguments.next();
                    let value = value.ok_or_else(|| format!("--{name}: value missing"))?;
                    by_name.insert(name.to_owned(), value);
                }
                None => positional.push(argument),
            }
        }
        let mut positional = positional.into_iter();
        let mut next = |name: &str| positional.next().ok_or(format!("{name} missing"));
        Ok(Self {
            command: next("command")?,
            address: next("address")?.parse()?,
            variables_path: next("file of variables")?,
            operand: positional.next(),
            by_name,
        })
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.by_name.get(name).map(String::as_str)
    }

    pub(crate) fn number<T: FromStr>(&self, name: &str, default: T) -> Result<T> {
        match self.by_name.get(name) {
            Some(text) => text
                .parse()
                .map_err(|_| format!("--{name}: `{text}` is not a valid number").into()),
            None => Ok(default),
        }
    }

    pub(crate) fn read_variables(&self) -> Result<Variables> {
        Variables::read(&self.variables_path)
    }

    /// The positional argument after the file of variables.
    /// # Errors
    /// If it is missing; `name` says which one.
    pub(crate) fn operand(&self, name: &str) -> Result<&str> {
        self.operand
            .as_deref()
            .ok_or_else(|| format!("{name} missing").into())
    }
}
