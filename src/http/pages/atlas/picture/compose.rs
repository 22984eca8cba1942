//! From the answer of a view to what its picture shows.

use std::sync::LazyLock;

use data_encoding::BASE64;

use super::{
    super::{
        Found,
        answer::{Head, Initiative},
        files::font_file,
        find,
        sentence::{self, Moment, Part},
        shown,
        view::{Known, View},
    },
    Asked,
    palette::Palette,
    scene::{Count, Picture, State},
};
use crate::http::{pages::request::PageRequest, response::error::HttpError};
use crate::model::edtf::words::{Months, in_words};

/// # Errors
/// 400 for an entry that does not exist, 404 for an initiative that does not.
pub(super) async fn svg(
    request: &PageRequest,
    asked: &Asked,
    style: &str,
) -> Result<String, HttpError> {
    let Asked { view, options, seq } = asked;
    let found = find(request, view, (*seq > 0).then_some(*seq)).await?;
    let site = &request.app.public_url;
    let mut picture = Picture {
        width: options.width,
        height: options.height,
        palette: Palette::of(options.theme),
        sentence: Vec::new(),
        counts: Vec::new(),
        states: Vec::new(),
        asker: None,
        source: String::new(),
        site: site.split_once("://").map_or(site, |(_, site)| site),
    };
    match &found {
        Found::View {
            initiative, head, ..
        } => {
            let moment = Moment::of(initiative, view);
            let requesting = &initiative.requesting_state.state;
            picture.sentence = sentence::headline(initiative, &moment, view);
            picture.counts = counts(initiative, &moment, view);
            picture.states = states(initiative, &moment, view);
            picture.asker = Some((&requesting.code, &requesting.name));
            picture.source = source(initiative, head, view);
            Ok(picture.svg(style))
        }
        Found::Nothing(_) if view.initiative.is_some() => Err(HttpError::not_found()),
        Found::Nothing(_) => {
            picture.sentence = vec![Part::plain("Nothing is recorded yet.")];
            Ok(picture.svg(style))
        }
    }
}

fn counts<'a>(initiative: &'a Initiative, moment: &Moment, view: &View) -> Vec<Count<'a>> {
    let filter = view.filter();
    let counts = shown::counts(initiative, moment).into_iter();
    counts
        .map(|(kind, name, states)| Count {
            kind,
            name,
            states,
            is_faded: !filter.is_empty() && !filter.contains(&kind),
        })
        .collect()
}

fn states<'a>(initiative: &'a Initiative, moment: &'a Moment, view: &View) -> Vec<State<'a>> {
    let filter = view.filter();
    let nodes = initiative.relationships.nodes.iter();
    nodes
        .filter_map(|node| {
            let state = &node.requested_state;
            let standing = moment.standings.get(&state.code)?;
            let matches = filter.contains(&standing.stance.as_str())
                || (standing.disputed && filter.contains(&"DISPUTED"));
            Some(State {
                code: &state.code,
                name: state.short_name(),
                standing,
                is_faded: !filter.is_empty() && !matches,
            })
        })
        .collect()
}

/// Of when a picture is: the entry that it rests on, never the day on which it is drawn.
fn source(initiative: &Initiative, head: &Head, view: &View) -> String {
    let long = |day: &str| in_words(Some(day), Months::Long);
    let day = view.on.as_deref().map(|_| match view.known {
        Known::Now => "What had happened, as known now".to_owned(),
        Known::Then => "What was public".to_owned(),
    });
    let recorded = head.recorded_at.as_deref().map(|recorded_at| {
        let (day, _) = recorded_at.split_once('T').unwrap_or_default();
        format!("Recorded up to {}, entry {}", long(day), head.seq)
    });
    let sources = initiative.sources_up_to.as_deref();
    let sources = sources.map(|day| format!("Sources up to {}", long(day)));
    let licence = Some("CC BY 4.0".to_owned());
    let parts = [day, recorded, sources, licence].into_iter().flatten();
    parts.collect::<Vec<_>>().join(" · ")
}

/// What draws the same letters in a browser: the fonts of the page.
pub(super) static WEB_FONTS: LazyLock<String> = LazyLock::new(|| {
    let face = |family: &str, weight: &str, file: &str| {
        let data = BASE64.encode(&font_file(file));
        format!(
            "@font-face{{font-family:\"{family}\";font-weight:{weight};src:url(data:font/woff2;base64,{data})}}"
        )
    };
    let sans = face("Source Sans 3", "200 900", "source-sans-3");
    let serif = face("Source Serif 4", "600", "source-serif-4");
    format!("<style>{sans}{serif}</style>\n")
});
