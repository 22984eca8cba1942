//! Links in the head of a page by which feed readers find its feeds.

use super::scope::Scope;

/// Formats of every feed: ending and media type.
pub(super) const FORMATS: [(&str, &str); 2] = [
    ("atom", "application/atom+xml"),
    ("json", "application/feed+json"),
];

/// Lines of HTML: the feeds of everything.
pub(in crate::http) fn site_links() -> String {
    links(&Scope::All, "Démarche: all changes")
}

/// Lines of HTML: the feeds of the initiative, country or statement at a path; none for other paths.
pub(in crate::http) fn page_links(path: &str) -> String {
    let mut segments = path.trim_start_matches('/').split('/');
    let found = segments.next().zip(segments.next());
    let scope = found.and_then(|(collection, key)| Scope::find(collection, key));
    scope.map_or_else(String::new, |scope| links(&scope, "This page"))
}

fn links(scope: &Scope, title: &str) -> String {
    let links = FORMATS.map(|(format, media_type)| {
        let path = scope.feed_path(format);
        format!(
            "<link rel=\"alternate\" type=\"{media_type}\" href=\"{path}\" title=\"{title}\">\n"
        )
    });
    links.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_links_the_feeds_about_the_same_thing() {
        let links = page_links("/countries/RW");
        assert!(links.contains("type=\"application/atom+xml\" href=\"/countries/RW/feed.atom\""));
        assert!(links.contains("type=\"application/feed+json\" href=\"/countries/RW/feed.json\""));
        assert_eq!(page_links("/changes/7"), "");
        assert_eq!(page_links("/countries"), "");
        assert!(site_links().contains("href=\"/feed.atom\""));
    }
}
