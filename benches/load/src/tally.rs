//! What subscribers heard of what they were to hear: loss, repeats and disorder.

use std::time::Instant;

use crate::trigger::{DIGITS, MARK};

#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) groups: usize,
    /// Of each group, the events that it is to hear, in order.
    pub(crate) due: Vec<Vec<usize>>,
    /// Of each subscriber, how many of those it has heard; it is none before the first event at all.
    pub(crate) place: Vec<usize>,
    pub(crate) warm: Vec<bool>,
    /// Of each event, how many have it.
    pub(crate) reached: Vec<usize>,
    pub(crate) lost: usize,
    pub(crate) repeated_or_disordered: usize,
    pub(crate) wrong: usize,
    pub(crate) messages: usize,
    pub(crate) last: Option<Instant>,
}

impl Tally {
    pub(crate) fn hear(&mut self, subscriber: usize, text: &str) {
        let number = text.find(MARK).and_then(|at| {
            let digits = text.get(at + MARK.len()..at + MARK.len() + DIGITS)?;
            digits.parse::<usize>().ok()
        });
        let Some(number) = number.filter(|_| !text.contains("\"errors\"")) else {
            self.wrong += 1;
            return;
        };
        if number == 0 {
            self.warm[subscriber] = true;
            return;
        }
        self.messages += 1;
        let place = &mut self.place[subscriber];
        let due = &self.due[subscriber % self.groups];
        match due[*place..].iter().position(|wanted| *wanted == number) {
            Some(skipped) => {
                self.lost += skipped;
                *place += skipped + 1;
                self.reached[number - 1] += 1;
                self.last = Some(Instant::now());
            }
            None => self.repeated_or_disordered += 1,
        }
    }
}
