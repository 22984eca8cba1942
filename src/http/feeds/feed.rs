//! A feed and its items, before they are written in a format.

/// A page of a feed, newest item first. All texts are plain text, all URLs absolute, all instants RFC 3339 in UTC: one date of
/// another form makes some readers lose the whole feed.
pub(super) struct Feed {
    pub(super) title: String,
    /// The page that shows the same.
    pub(super) home_url: String,
    /// The first page, and this one.
    pub(super) first_url: String,
    pub(super) self_url: String,
    /// The page with older items.
    pub(super) next_url: Option<String>,
    pub(super) updated: String,
    pub(super) items: Vec<Item>,
}

pub(super) struct Item {
    /// Permanent.
    pub(super) id: String,
    /// The page of the item.
    pub(super) url: String,
    /// The page of the item that this one corrects.
    pub(super) corrects_url: Option<String>,
    pub(super) title: String,
    pub(super) text: String,
    /// Who says it.
    pub(super) author: String,
    pub(super) published: String,
    /// Later than `published` if it was corrected or retracted.
    pub(super) updated: String,
    pub(super) tags: Vec<String>,
}

/// The name in feeds of what publishes them.
pub(super) const NAME: &str = "Démarche";
/// `updated` of a feed of an empty ledger.
pub(super) const NEVER: &str = "1970-01-01T00:00:00Z";
