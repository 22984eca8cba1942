//! Reviews that are known at a moment, from the read model, as of the pin of an execution.

use std::cell::{Cell, OnceCell};

use chrono::NaiveDate;
use entity::relationship;
use parking_lot::RwLockReadGuard;

use super::LoaderContext;
use super::work_budget::LOOKUP;
use crate::model::moment::Moment;
use crate::model::review::Review;
use crate::read_model::Reviews;

/// The lock is taken at the first question, which most lists have none of, and held until this is dropped, which then counts
/// the work.
pub struct ReviewsAt<'c> {
    context: &'c LoaderContext,
    reviews: OnceCell<RwLockReadGuard<'c, Reviews>>,
    moment: Moment,
    work: Cell<u64>,
}

impl LoaderContext {
    /// May lock the reviews for reading: the tailer waits for it, so do not hold it over an await. The caller records the tags.
    pub fn reviews_at(&self, moment: &Moment) -> ReviewsAt<'_> {
        ReviewsAt {
            context: self,
            reviews: OnceCell::new(),
            moment: *moment,
            work: Cell::new(0),
        }
    }
}

impl ReviewsAt<'_> {
    /// The day of the newest review of a relationship or of its initiative as a whole.
    pub fn of_relationship(&self, row: &relationship::Model) -> Option<NaiveDate> {
        Some(self.find_of_relationship(row)?.reviewed_on)
    }

    /// The newest review of a relationship or of its initiative as a whole.
    pub fn find_of_relationship(&self, row: &relationship::Model) -> Option<Review> {
        self.find(&[row.id, row.initiative_id])
    }

    /// The newest review of an initiative as a whole.
    pub fn find_of_initiative(&self, id: i64) -> Option<Review> {
        self.find(&[id])
    }

    fn find(&self, subjects: &[i64]) -> Option<Review> {
        let (context, moment) = (self.context, &self.moment);
        let reviews = self.reviews.get_or_init(|| context.read_model().reviews());
        let found = reviews.find_newest(subjects, |review| {
            context.includes(review.seq) && review.is_known_at(moment)
        });
        self.work.set(self.work.get() + LOOKUP + found.checked);
        found.review
    }
}

impl Drop for ReviewsAt<'_> {
    fn drop(&mut self) {
        if self.work.get() > 0 {
            self.context.work().add(self.work.get());
        }
    }
}
