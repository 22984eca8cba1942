//! The document of the page. It says everything without scripts; the scripts fill in map, time and feed.

use url::form_urlencoded::byte_serialize;

use super::{
    answer::{Basis, Initiative, Relationship, Standing},
    files::ASSETS,
    sentence::{self, Moment, Part},
    view::View,
};
use crate::http::wording::dates::{Months, in_words};
use crate::http::wording::stances::{self, STANCES};
use crate::{
    config::access::AccessConfig,
    http::pages::{document, escape},
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
<link rel="icon" href="/favicon.svg">
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
<link rel="icon" href="/favicon.svg">
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
pub(super) fn main(
    initiative: &Initiative,
    moment: &Moment,
    view: &View,
    sentence: &[Part],
) -> String {
    format!(
        r#"<main>
<h1 id="headline" class="headline">{}</h1>
<p id="sub" class="sub">{}</p>
<div class="columns">
<div class="stage">
<ul id="tiles" class="tiles">{}</ul>
<div id="map" class="map-box"></div>
<div id="table" class="table-box" hidden>{}</div>
<div id="time" class="time"></div>
</div>
<section id="side" class="side" tabindex="0" aria-label="Changes and states"></section>
</div>
</main>"#,
        sentence::html(sentence),
        sentence::sub_line(initiative, moment, view),
        tiles(initiative, moment),
        table(initiative, moment, &sentence::plain_text(sentence), view)
    )
}

/// What a frame shows: sentence, counts, map, date and where it comes from.
pub(super) fn framed(
    initiative: &Initiative,
    moment: &Moment,
    view: &View,
    (sentence, page): (&[Part], &str),
) -> String {
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
<div id="table" class="table-box" hidden>{}</div>
<div id="time" class="time" hidden></div>
<section id="side" hidden></section>
<p id="sign" class="sign" hidden></p>
<p class="source">{day}Source: <a href="{}" target="_blank" rel="noopener">Démarche</a>, CC BY 4.0</p>
</main>"#,
        sentence::html(sentence),
        tiles(initiative, moment),
        table(initiative, moment, &sentence::plain_text(sentence), view),
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

/// Stances in the order of the tiles, and `DISPUTED`: code, name and number of states.
pub(super) fn counts<'a>(
    initiative: &'a Initiative,
    moment: &Moment,
) -> Vec<(&'static str, &'a str, usize)> {
    let stances = STANCES.iter().map(|(stance, _)| {
        let name = match *stance {
            "AGREED_IN_PRINCIPLE" => "In principle",
            other => stance_name(initiative, other),
        };
        (*stance, name, moment.count(stance))
    });
    let disputed = ("DISPUTED", "Disputed", moment.disputed());
    stances.chain([disputed]).collect()
}

pub(super) fn stance_name<'a>(initiative: &'a Initiative, stance: &str) -> &'a str {
    let wording = initiative.wording.as_ref();
    stances::stance_name(stance, wording.map(|wording| wording.carried_out.as_str()))
}

fn table(initiative: &Initiative, moment: &Moment, caption: &str, view: &View) -> String {
    let mut rows: Vec<(&Relationship, &Standing)> = initiative
        .relationships
        .nodes
        .iter()
        .filter_map(|node| Some((node, moment.standings.get(&node.requested_state.code)?)))
        .filter(|(_, standing)| standing.stance != "UNKNOWN")
        .collect();
    rows.sort_by(|(one, _), (other, _)| one.requested_state.name.cmp(&other.requested_state.name));
    let rows: String = rows
        .into_iter()
        .map(|(node, standing)| {
            let basis = node.position.basis.as_ref().filter(|_| view.on.is_none());
            row(initiative, &node.requested_state.name, standing, basis)
        })
        .collect();
    format!(
        "<div class=\"table-scroll\"><table><caption>{}</caption><thead><tr><th scope=\"col\">State</th><th scope=\"col\">Stance</th>\
         <th scope=\"col\">Since</th><th scope=\"col\">Who says so</th><th scope=\"col\">Published</th><th scope=\"col\">Statement</th></tr></thead>\n\
         <tbody>\n{rows}</tbody></table></div>",
        escape(caption)
    )
}

fn row(initiative: &Initiative, name: &str, standing: &Standing, basis: Option<&Basis>) -> String {
    let disputed = if standing.disputed {
        " <span class=\"tag\">sources disagree</span>"
    } else {
        ""
    };
    let basis = basis.map_or_else(
        || "<td></td><td></td><td></td>".to_owned(),
        |basis| {
            let published = basis.published_on.as_deref();
            let published = published.map(|day| in_words(Some(day), Months::Short));
            format!(
                "<td><bdi>{}</bdi></td><td>{}</td><td><a href=\"/statements/{}\">No. {}</a></td>",
                escape(&basis.claimant.label),
                published.unwrap_or_default(),
                basis.number,
                basis.number
            )
        },
    );
    format!(
        "<tr><th scope=\"row\">{}</th><td><span class=\"swatch\" data-stance=\"{}\"></span>{}{disputed}</td><td>{}</td>{basis}</tr>\n",
        escape(name),
        escape(&standing.stance),
        escape(stance_name(initiative, &standing.stance)),
        in_words(standing.since.as_deref(), Months::Short)
    )
}
