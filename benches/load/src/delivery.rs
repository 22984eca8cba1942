//! Delivery log: which events each subscriber received of those that match its filter. Finds loss, repeats, disorder.

use std::time::Instant;

use crate::event::{MARK, NUMBER_DIGITS};

/// Subscribers with equal filters form a group: subscriber `s` belongs to group `s % groups`.
#[derive(Default)]
pub(crate) struct DeliveryLog {
    pub(crate) groups: usize,
    /// Per group, the numbers of its events, in order.
    expected: Vec<Vec<usize>>,
    /// Per subscriber, the index in `expected` of its next event.
    next_index: Vec<usize>,
    /// Per subscriber, whether the warm-up event arrived.
    warm: Vec<bool>,
    /// Per event, how many subscribers have received it.
    received: Vec<usize>,
    skipped: usize,
    pub(crate) repeated_or_disordered: usize,
    pub(crate) wrong: usize,
    pub(crate) messages: usize,
    pub(crate) last_received_at: Option<Instant>,
}

impl DeliveryLog {
    pub(crate) fn new(groups: usize, subscribers: usize) -> Self {
        Self {
            groups,
            expected: vec![Vec::new(); groups],
            next_index: vec![0; subscribers],
            warm: vec![false; subscribers],
            ..Self::default()
        }
    }

    /// Adds an event that the given group must receive, and returns its number (from 1).
    pub(crate) fn expect_event(&mut self, group: usize) -> usize {
        let number = self.events() + 1;
        self.expected[group].push(number);
        self.received.push(0);
        number
    }

    pub(crate) fn record(&mut self, subscriber: usize, text: &str) {
        let number = text.find(MARK).and_then(|offset| {
            let start = offset + MARK.len();
            text.get(start..start + NUMBER_DIGITS)?
                .parse::<usize>()
                .ok()
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
        let next_index = &mut self.next_index[subscriber];
        let expected = &self.expected[subscriber % self.groups][*next_index..];
        match expected.iter().position(|event| *event == number) {
            Some(skipped) => {
                self.skipped += skipped;
                *next_index += skipped + 1;
                self.received[number - 1] += 1;
                self.last_received_at = Some(Instant::now());
            }
            None => self.repeated_or_disordered += 1,
        }
    }

    pub(crate) fn events(&self) -> usize {
        self.received.len()
    }

    pub(crate) fn warm_subscribers(&self) -> usize {
        self.warm.iter().filter(|is_warm| **is_warm).count()
    }

    /// Whether every subscriber of the group has received the event.
    pub(crate) fn is_delivered(&self, number: usize, group: usize) -> bool {
        let subscribers = (self.next_index.len() + self.groups - 1 - group) / self.groups;
        self.received[number - 1] >= subscribers
    }

    /// Events that were skipped or have not arrived, summed over all subscribers.
    pub(crate) fn lost(&self) -> usize {
        let missing = |(subscriber, next_index): (usize, &usize)| {
            self.expected[subscriber % self.groups].len() - next_index
        };
        self.skipped
            + self
                .next_index
                .iter()
                .enumerate()
                .map(missing)
                .sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(number: usize) -> String {
        format!("{MARK}{number:0NUMBER_DIGITS$}")
    }

    /// Two groups of one subscriber each; the first is due events 1 and 3, the second event 2.
    fn three_events() -> DeliveryLog {
        let mut log = DeliveryLog::new(2, 2);
        for group in [0, 1, 0] {
            log.expect_event(group);
        }
        log
    }

    #[test]
    fn events_in_order_are_neither_lost_nor_repeated() {
        let mut log = three_events();
        for (subscriber, number) in [(0, 1), (1, 2), (0, 3)] {
            log.record(subscriber, &text(number));
        }
        assert_eq!(
            (log.lost(), log.repeated_or_disordered, log.wrong),
            (0, 0, 0)
        );
        assert!(log.is_delivered(3, 0));
    }

    #[test]
    fn an_event_that_was_skipped_or_never_arrived_is_lost() {
        let mut log = three_events();
        log.record(0, &text(3));
        assert_eq!(log.lost(), 2);
        assert!(!log.is_delivered(2, 1));
    }

    #[test]
    fn an_event_twice_or_of_another_group_is_repeated_or_disordered() {
        let mut log = three_events();
        for number in [1, 1, 2] {
            log.record(0, &text(number));
        }
        assert_eq!(log.repeated_or_disordered, 2);
    }

    #[test]
    fn a_message_without_a_number_or_with_errors_is_wrong() {
        let mut log = three_events();
        log.record(0, r#"{"type":"complete"}"#);
        log.record(0, &format!(r#"{{"errors":[],"{}"}}"#, text(1)));
        assert_eq!(log.wrong, 2);
    }
}
