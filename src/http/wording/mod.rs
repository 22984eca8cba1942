//! Words for readers: names of stances, for pages, pictures and feeds.

pub(super) mod stances;
