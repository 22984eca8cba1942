//! `demarche completions` and `demarche man`: files that a package installs, made from the command line's declaration.

use std::io::Write;

use clap::CommandFactory;
use clap_complete::{Shell, generate};
use clap_mangen::Man;

use crate::config::CommandLine;
use crate::error::{Error, Result};

pub(super) fn print_completions(shell: Shell) -> Result<()> {
    let mut script = Vec::new();
    generate(shell, &mut CommandLine::command(), "demarche", &mut script);
    print_bytes(&script)
}

/// # Errors
/// `Error::BadUserInput` for a command that does not exist.
pub(super) fn print_manual(name: Option<&str>) -> Result<()> {
    let mut program = CommandLine::command();
    // The pages of commands are named after the program, too.
    program.build();
    let command = match name {
        None => &program,
        Some(name) => program
            .find_subcommand(name)
            .ok_or_else(|| Error::bad_input("command", format!("there is no command `{name}`")))?,
    };
    let mut page = Vec::new();
    let man = Man::new(command.clone());
    man.render(&mut page).map_err(Error::internal)?;
    print_bytes(&page)
}

/// # Errors
/// `Error::Internal` with the cause, which may be that the reader has closed the pipe.
fn print_bytes(bytes: &[u8]) -> Result<()> {
    std::io::stdout().write_all(bytes).map_err(Error::internal)
}
