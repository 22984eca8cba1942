//! Fragments of a line: what a search matched in it, and what lies between.

use std::ops::Range;

use async_graphql::SimpleObject;

use crate::graphql::output::direct_json::ready::ready_fields;
use crate::model::tokenizer::{Term, tokens};

/// Part of a line of text.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct Fragment {
    /// The text of this part.
    text: String,
    /// Whether this part matches the search text.
    matched: bool,
}

ready_fields!(Fragment {
    "text" => text,
    "matched" => matched,
});

/// The fragments of the line with the most matches, the first of several. The words of one search may occur in different
/// lines.
pub(super) fn best_fragments<'l>(
    lines: impl Iterator<Item = &'l str>,
    terms: &[Term],
) -> Vec<Fragment> {
    let mut best: Option<(&str, Vec<Range<usize>>)> = None;
    for line in lines {
        let ranges = matched_ranges(line, terms);
        if best
            .as_ref()
            .is_none_or(|(_, most)| most.len() < ranges.len())
        {
            best = Some((line, ranges));
        }
    }
    best.map_or_else(Vec::new, |(line, ranges)| split(line, ranges))
}

/// The ranges of the tokens that match, in order.
fn matched_ranges(line: &str, terms: &[Term]) -> Vec<Range<usize>> {
    let tokens = tokens(line);
    let tokens = tokens.iter();
    tokens
        .filter_map(|token| {
            let mut ranges = terms.iter().filter_map(|term| term.matched_range(token));
            let first = ranges.next()?;
            // The pair of a letter rather than the letter, if both match.
            Some(ranges.fold(first, |range, other| range.start..range.end.max(other.end)))
        })
        .collect()
}

fn split(line: &str, ranges: Vec<Range<usize>>) -> Vec<Fragment> {
    let mut fragments: Vec<Fragment> = Vec::new();
    let mut done = 0;
    let mut push = |range: Range<usize>, matched: bool| {
        if range.is_empty() {
            return;
        }
        let text = &line[range];
        match fragments.last_mut() {
            Some(last) if last.matched == matched => last.text += text,
            _ => fragments.push(Fragment {
                text: text.to_owned(),
                matched,
            }),
        }
    };
    for range in ranges {
        // Pairs of letters overlap.
        let start = range.start.max(done);
        push(done..start, false);
        push(start..range.end.max(start), true);
        done = done.max(range.end);
    }
    push(done..line.len(), false);
    fragments
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tokenizer::terms;

    /// Fragments, the matching ones in brackets.
    fn shown(line: &str, search: &str) -> String {
        let fragments = best_fragments(std::iter::once(line), &terms(search, 16));
        let joined: String = fragments.iter().map(|part| part.text.as_str()).collect();
        assert_eq!(joined, line);
        let show = |part: &Fragment| {
            if part.matched {
                format!("[{}]", part.text)
            } else {
                part.text.clone()
            }
        };
        fragments.iter().map(show).collect()
    }

    #[test]
    fn a_line_is_split_at_its_matches() {
        assert_eq!(shown("The Gambia, The", "gam"), "The [Gambia], The");
        assert_eq!(
            shown("Côte d’Ivoire: coted, iv", "cote iv"),
            "[Côte] d’[Ivoire]: coted, [iv]"
        );
        assert_eq!(shown("Peru", "chad"), "Peru");
        assert_eq!(shown("", "chad"), "");
    }

    #[test]
    fn whole_words_match_in_every_script() {
        for word in [
            "गिनी",
            "भारत",
            "กรุงเทพ",
            "שָׁלוֹם",
            "مُحَمَّد",
            "卢旺达",
            "Co\u{302}te",
            "\u{FDFA}",
        ] {
            let line = format!("x {word} y");
            assert_eq!(shown(&line, word), format!("x [{word}] y"));
        }
        assert_eq!(shown("访问卢旺达", "卢旺达"), "访问[卢旺达]");
        assert_eq!(shown("访问卢旺达", "卢"), "访问[卢]旺达");
    }

    #[test]
    fn private_use_characters_are_plain_text() {
        assert_eq!(
            shown("Zed \u{E000}marked\u{E001} words", "zed words"),
            "[Zed] \u{E000}marked\u{E001} [words]"
        );
    }
}
