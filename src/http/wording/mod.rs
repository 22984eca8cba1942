//! Words for readers: names of stances and dates, for pages, pictures and feeds.

pub(super) mod dates;
pub(super) mod stances;
