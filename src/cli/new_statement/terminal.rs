//! Questions at the terminal. Answers are checked when they are given, and asked for again.

use std::io::{ErrorKind, IsTerminal};
use std::str::FromStr;

use dialoguer::console::Term;
use dialoguer::{Confirm, Input, Select};
use strum::VariantNames;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::error::{Error, Result};

pub(super) struct Terminal {
    term: Term,
    /// While it is there, Ctrl-C interrupts the question instead of the process, so that the cursor is shown again.
    _interrupts: Signal,
}

/// Items of a list that are shown at a time.
const LIST_LENGTH: usize = 15;

impl Terminal {
    /// # Errors
    /// `Error::BadUserInput` if the input or standard error is no terminal.
    pub(super) fn open() -> Result<Self> {
        if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
            let message = "this command asks questions, so standard input and standard error must be a terminal; in a script, use \
                `demarche import FILE` (format: data/README.md)";
            return Err(Error::bad_input("terminal", message));
        }
        Ok(Self {
            term: Term::stderr(),
            _interrupts: signal(SignalKind::interrupt()).map_err(Error::internal)?,
        })
    }

    /// Asks for a text without spaces around it, until `violation` finds nothing wrong with it.
    pub(super) fn ask(
        &self,
        question: &str,
        violation: impl Fn(&str) -> Option<String>,
    ) -> Result<String> {
        let check = |text: &String| violation(text.trim()).map_or(Ok(()), Err);
        let answer = Input::<String>::new()
            .with_prompt(question)
            .allow_empty(true)
            .validate_with(check)
            .interact_text_on(&self.term);
        Ok(self.result(answer)?.trim().to_owned())
    }

    /// As [`Terminal::ask`]; `None` for an empty answer.
    pub(super) fn ask_optional(
        &self,
        question: &str,
        violation: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<String>> {
        let answer = self.ask(question, |text| {
            if text.is_empty() {
                None
            } else {
                violation(text)
            }
        })?;
        Ok((!answer.is_empty()).then_some(answer))
    }

    /// Asks for a text of a form that `parse` reads.
    pub(super) fn ask_parsed<T>(
        &self,
        question: &str,
        parse: impl Fn(&str) -> std::result::Result<T, String>,
    ) -> Result<T> {
        let answer = self.ask(question, |text| parse(text).err())?;
        parse(&answer).map_err(|message| Error::internal(format!("{question}: {message}")))
    }

    /// The index of the item that is chosen.
    pub(super) fn choose(&self, question: &str, items: &[String]) -> Result<usize> {
        let answer = Select::new()
            .with_prompt(question)
            .items(items)
            .default(0)
            .max_length(LIST_LENGTH)
            .interact_on(&self.term);
        self.result(answer)
    }

    /// A value of an enumeration, by its name.
    pub(super) fn choose_variant<T: FromStr + VariantNames>(&self, question: &str) -> Result<T> {
        let names: Vec<String> = T::VARIANTS.iter().map(|&name| name.to_owned()).collect();
        let index = self.choose(question, &names)?;
        let parsed = names[index].parse();
        parsed.map_err(|_| Error::internal(format!("{question}: {}", names[index])))
    }

    pub(super) fn confirm(&self, question: &str) -> Result<bool> {
        let answer = Confirm::new()
            .with_prompt(question)
            .default(false)
            .interact_on(&self.term);
        self.result(answer)
    }

    /// # Errors
    /// `Error::BadUserInput` for "no".
    pub(super) fn confirm_or_cancel(&self, question: &str) -> Result<()> {
        if tokio::task::block_in_place(|| self.confirm(question))? {
            Ok(())
        } else {
            Err(cancelled())
        }
    }

    /// Shows a line between questions.
    pub(super) fn report(&self, line: &str) -> Result<()> {
        self.term.write_line(line).map_err(Error::internal)
    }

    fn result<T>(&self, answer: dialoguer::Result<T>) -> Result<T> {
        answer.map_err(|dialoguer::Error::IO(error)| {
            // A list hides it. If that fails, there is no terminal any more.
            drop(self.term.show_cursor());
            drop(self.term.write_line(""));
            if error.kind() == ErrorKind::Interrupted {
                cancelled()
            } else {
                Error::bad_input("terminal", format!("cannot read the answer: {error}"))
            }
        })
    }
}

fn cancelled() -> Error {
    Error::bad_input("terminal", "cancelled; nothing was written")
}
