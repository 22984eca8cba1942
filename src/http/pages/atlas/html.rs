//! The document of the page. It says everything without scripts; the scripts fill in map, time and feed.

use url::form_urlencoded::byte_serialize;

use super::{
    answer::Initiative,
    files::ASSETS,
    sentence::{self, Moment},
    shown::{Shown, counts},
    table,
};
use crate::model::edtf::words::{Months, in_words};
use crate::{
    config::access::AccessConfig,
    http::pages::{document, escape, robots::ICON_ADDRESS},
};

/// What the document is made of; the texts are HTML, apart from `title` and `description`.
pub(super) struct Document<'a> {
    pub(super) access: &'a AccessConfig,
    pub(super) public_url: &'a str,
    pub(super) lang: &'a str,
    pub(super) slug: &'a str,
    /// Query of the address, with `?`; empty for the default view.
    pub(super) query: &'a str,
    /// Path and query of its picture.
    pub(super) picture: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) main: String,
}

/// The document for a frame of another page: without bar, feed and time.
pub(super) fn frame(page: &Document<'_>) -> String {
    let title = escape(&page.title);
    format!(
        r#"<!doctype html>
<html lang="{lang}" data-initiative="{slug}" data-embed>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} – Démarche</title>
<meta name="robots" content="noindex">
<link rel="icon" href="{icon}">
<link rel="stylesheet" href="{style}">
<script type="module" src="{script}"></script>
</head>
<body class="embedded">
<div id="notice" class="notice" role="alert" hidden></div>
<p id="status" class="unseen" role="status"></p>
{main}
</body>
</html>
"#,
        lang = page.lang,
        slug = escape(page.slug),
        icon = *ICON_ADDRESS,
        style = ASSETS.style,
        script = ASSETS.script,
        main = page.main,
    )
}

pub(super) fn document(page: &Document<'_>) -> String {
    let (title, description) = (escape(&page.title), escape(&page.description));
    let (site, slug) = (escape(page.public_url), escape(page.slug));
    let fonts: Vec<String> = ASSETS
        .fonts
        .iter()
        .map(|font| {
            format!("<link rel=\"preload\" href=\"{font}\" as=\"font\" type=\"font/woff2\" crossorigin>\n")
        })
        .collect();
    let fonts = fonts.concat();
    format!(
        r##"<!doctype html>
<html lang="{lang}" data-initiative="{slug}"{playground}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} – Démarche</title>
<meta name="description" content="{description}">
<meta property="og:type" content="website">
<meta property="og:site_name" content="Démarche">
<meta property="og:title" content="{title}">
<meta property="og:description" content="{description}">
<meta property="og:url" content="{site}/{query}">
<meta property="og:image" content="{site}{picture}">
<meta property="og:image:type" content="image/png">
<meta property="og:image:width" content="1200">
<meta property="og:image:height" content="630">
<meta property="og:image:alt" content="{title}">
<meta name="twitter:card" content="summary_large_image">
<link rel="alternate" type="application/json+oembed" href="{site}/oembed?url={encoded}&amp;format=json" title="{title}">
<link rel="icon" href="{icon}">
{fonts}<link rel="preload" href="{shapes}" as="fetch" crossorigin>
<link rel="stylesheet" href="{style}">
<script type="module" src="{script}"></script>
</head>
<body>
<a class="skip" href="#table">Skip to the table</a>
<header class="bar">
<a class="name" href="/">Démarche</a>
<div id="find" class="find"></div>
<span class="space"></span>
<div id="sign" class="sign"></div>
<div id="actions" class="actions"></div>
<details class="more"><summary aria-label="More">⋯</summary>
<nav aria-label="More">{links}<div id="settings"></div></nav></details>
</header>
<div id="notice" class="notice" role="alert" hidden></div>
<p id="status" class="unseen" role="status"></p>
{main}
</body>
</html>
"##,
        lang = page.lang,
        playground = if document::offers_playground(page.access) {
            " data-playground"
        } else {
            ""
        },
        query = escape(page.query),
        picture = escape(&page.picture),
        encoded = byte_serialize(format!("{}/{}", page.public_url, page.query).as_bytes())
            .collect::<String>(),
        shapes = ASSETS.shapes,
        icon = *ICON_ADDRESS,
        style = ASSETS.style,
        script = ASSETS.script,
        links = links(page.access),
        main = page.main,
    )
}

/// Links of the menu.
fn links(access: &AccessConfig) -> String {
    let about = ("/about", "About this service");
    let links = document::links(access).chain([about]);
    links
        .map(|(path, name)| format!("<a href=\"{path}\">{name}</a>"))
        .collect::<Vec<_>>()
        .concat()
}

/// Sentence, counts and table of an initiative.
pub(super) fn main(shown: &Shown<'_>) -> String {
    let Shown {
        initiative,
        moment,
        view,
        sentence,
        ..
    } = *shown;
    format!(
        r#"<main>
<h1 id="headline" class="headline">{}</h1>
<p id="sub" class="sub">{}</p>
<div class="columns">
<div class="stage">
<ul id="tiles" class="tiles">{}</ul>
<div id="map" class="map-box"></div>
{}
<div id="time" class="time"></div>
</div>
<section id="side" class="side" tabindex="0" aria-label="Changes and states"></section>
</div>
</main>"#,
        sentence::html(sentence),
        sentence::sub_line(initiative, moment, view),
        tiles(initiative, moment),
        table::html(shown)
    )
}

/// What a frame shows: sentence, counts, map, date and where it comes from.
pub(super) fn framed(shown: &Shown<'_>, page: &str) -> String {
    let Shown {
        initiative,
        moment,
        view,
        sentence,
        ..
    } = *shown;
    let day = view.on.as_deref();
    let day = day.map_or_else(String::new, |day| {
        format!("{} · ", in_words(Some(day), Months::Long))
    });
    format!(
        r#"<main>
<h1 id="headline" class="headline">{}</h1>
<p id="sub" class="sub" hidden></p>
<ul id="tiles" class="tiles">{}</ul>
<div id="map" class="map-box"></div>
{}
<div id="time" class="time" hidden></div>
<section id="side" hidden></section>
<p id="sign" class="sign" hidden></p>
<p class="source">{day}Source: <a href="{}" target="_blank" rel="noopener">Démarche</a>, CC BY 4.0</p>
</main>"#,
        sentence::html(sentence),
        tiles(initiative, moment),
        table::html(shown),
        escape(page)
    )
}

fn tiles(initiative: &Initiative, moment: &Moment) -> String {
    let tile = |stance: &str, name: &str, count: usize| {
        format!(
            "<li data-stance=\"{stance}\"><span class=\"swatch\" data-stance=\"{stance}\"></span><b>{count}</b> <span class=\"tile-name\">{}</span></li>",
            escape(name)
        )
    };
    let counts = counts(initiative, moment).into_iter();
    counts
        .map(|(stance, name, count)| tile(stance, name, count))
        .collect()
}
