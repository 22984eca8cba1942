//! Reviews of relationships and initiatives. A review of an initiative is one of all its relationships.

use std::collections::HashMap;

use crate::model::review::Review;

/// Reviews by the id of the relationship or initiative; both are numbers of entries, so no two are the same.
#[derive(Debug, Default)]
pub struct Reviews(HashMap<i64, Vec<Review>>);

/// The newest review that was looked for, and the number of those that were checked.
pub struct FoundReview {
    pub review: Option<Review>,
    pub checked: u64,
}

impl Reviews {
    /// Adds those that are new.
    pub(super) fn merge(&mut self, reviews: impl IntoIterator<Item = (i64, Review)>) {
        for (subject, review) in reviews {
            let all = self.0.entry(subject).or_default();
            let position = |one: &Review| (review.reviewed_on, review.seq).cmp(&order(one));
            if let Err(index) = all.binary_search_by(position) {
                all.insert(index, review);
            }
        }
    }

    /// The review of the latest day that matches, of any of the subjects; of several, the one that was recorded last.
    pub fn find_newest(&self, subjects: &[i64], matches: impl Fn(&Review) -> bool) -> FoundReview {
        let mut checked = 0;
        let lists = subjects.iter().filter_map(|subject| self.0.get(subject));
        let newest = lists.filter_map(|newest_first| {
            let mut reviews = newest_first.iter().inspect(|_| checked += 1);
            reviews.find(|review| matches(review)).copied()
        });
        let review = newest.max_by_key(order);
        FoundReview { review, checked }
    }
}

fn order(review: &Review) -> (chrono::NaiveDate, i64) {
    (review.reviewed_on, review.seq)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::moment::Moment;
    use crate::model::time::{Timestamp, parse_day};

    fn day(day: u32) -> chrono::NaiveDate {
        parse_day(&format!("2026-11-{day:02}")).unwrap()
    }

    fn review(seq: i64, reviewed_on: u32, recorded_on: u32) -> Review {
        let recorded_on = day(recorded_on).and_time(chrono::NaiveTime::MIN).and_utc();
        let recorded_at = Timestamp(recorded_on.timestamp_micros() + seq);
        Review {
            seq,
            recorded_at,
            reviewed_on: day(reviewed_on),
        }
    }

    proptest! {
        #[test]
        fn the_newest_review_does_not_depend_on_the_order_in_which_reviews_are_merged(
            reviews in prop::collection::vec((1..3_i64, 1..8_u32, 1..8_u32), 0..12),
            (valid, published) in (prop::option::of(1..8_u32), prop::option::of(1..8_u32)),
            head in 0..12_i64,
        ) {
            let reviews = (1..).zip(reviews);
            let reviews: Vec<(i64, Review)> =
                reviews.map(|(seq, (subject, on, recorded))| (subject, review(seq, on, recorded))).collect();
            let moment = Moment {
                valid_on: valid.map(day),
                published_by: published.map(day),
                recorded_by: None,
            };
            let is_known = |review: &Review| review.seq <= head && review.is_known_at(&moment);
            let mut expected: Vec<Review> = reviews.iter().map(|(_, review)| *review).filter(is_known).collect();
            expected.sort_by_key(|review| (review.reviewed_on, review.seq));
            for list in [reviews.clone(), reviews.iter().rev().copied().collect()] {
                let mut all = Reviews::default();
                all.merge(list.clone());
                all.merge(list);
                let found = all.find_newest(&[1, 2], is_known);
                prop_assert_eq!(found.review, expected.last().copied());
                prop_assert!(found.checked <= reviews.len() as u64);
            }
        }
    }
}
