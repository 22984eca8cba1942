//! Statistics of a run.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

#[derive(Default)]
pub struct Statistics {
    pub cases: usize,
    /// By the name of the command.
    pub commands: BTreeMap<&'static str, usize>,
    pub entries: usize,
    pub changes: usize,
    pub events: usize,
    pub took: Duration,
}

impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: usize = self.commands.values().sum();
        let each = self.commands.iter();
        let each: Vec<String> = each
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
        let Self {
            cases,
            commands: _,
            entries,
            changes,
            events,
            took,
        } = self;
        write!(
            f,
            "{all} commands ({}) in {cases} cases: {entries} entries, {changes} stance changes, {events} events received, \
             no difference ({:.1} s)",
            each.join(", "),
            took.as_secs_f32()
        )
    }
}
