//! Evidence on the page of a statement: the source, and its quote in its own language.

use super::{Evidence, Source};
use crate::http::pages::{
    elements::{date, lower_case},
    escape,
};

pub(super) fn item(evidence: &Evidence) -> String {
    let source = &evidence.source;
    let language = language_attribute(source);
    let mut details = vec![format!("<bdi>{}</bdi>", escape(&source.publisher))];
    details.extend(evidence.published_on().map(date));
    let locator = evidence.locator.as_deref().map(escape);
    details.extend(locator.map(|locator| format!("<bdi>{locator}</bdi>")));
    details.push(lower_case(&evidence.relation));
    let reason = source.correction_reason.as_deref().map(escape);
    let corrected = |reason| format!("corrected: <bdi>{reason}</bdi>");
    details.extend(reason.map(corrected));
    let quote = evidence.quote.as_deref().map(escape);
    let quote = quote.map_or_else(String::new, |quote| {
        format!("<blockquote dir=\"auto\"{language}>{quote}</blockquote>")
    });
    format!(
        "{}<br><span class=\"quiet\">{}</span>{quote}",
        source_title(source),
        details.join(" · ")
    )
}

fn source_title(source: &Source) -> String {
    let title = format!(
        "<bdi{}>{}</bdi>",
        language_attribute(source),
        escape(&source.title)
    );
    match source.web_address() {
        Some(url) => format!("<a href=\"{}\" rel=\"nofollow\">{title}</a>", escape(url)),
        None => title,
    }
}

fn language_attribute(source: &Source) -> String {
    let language = source.language.as_deref();
    language.map_or_else(String::new, |tag| format!(" lang=\"{}\"", escape(tag)))
}
