//! A statement as a citation for reference managers: BibTeX, also for biblatex, and CSL-JSON.

use serde_json::{Value, json};

use super::Statement;
use crate::http::pages::representation::Citation;
use crate::http::wording::dates::{Months, in_words};

pub(super) fn of(statement: &Statement, public_url: &str) -> Citation {
    Citation {
        bibtex: bibtex(statement, public_url),
        csl: csl(statement, public_url),
    }
}

/// One entry. The date is a whole day and stands beside its year, which classic BibTeX reads; dates in other notations are words
/// in the note.
pub(super) fn bibtex(statement: &Statement, public_url: &str) -> String {
    let day = &statement.published_on;
    let year = day.split('-').next().unwrap_or_default();
    // Two braces: the author is one name, and the case of the title stays.
    format!(
        "@misc{{demarche{number},\n  author = {{{{{author}}}}},\n  title = {{{{{title}}}}},\n  year = {{{year}}},\n  \
         date = {{{day}}},\n  howpublished = {{Démarche, statement {number}}},\n  url = {{{public_url}/statements/{number}}},\n  \
         note = {{{note}}},\n}}\n",
        number = statement.number,
        author = latex(&statement.claimant.label),
        title = latex(&title(statement)),
        note = latex(&note(statement)),
    )
}

fn csl(statement: &Statement, public_url: &str) -> Value {
    let parts = statement.published_on.split('-');
    let parts: Vec<u32> = parts.filter_map(|part| part.parse().ok()).collect();
    json!({
        "id": format!("demarche{}", statement.number),
        "type": "document",
        "title": title(statement),
        "author": [{ "literal": statement.claimant.label }],
        "issued": { "date-parts": [parts] },
        "publisher": "Démarche",
        "number": statement.number.to_string(),
        "URL": format!("{public_url}/statements/{}", statement.number),
        "note": note(statement),
    })
}

/// Most styles print no note, so the title says that a statement is valid no more, as titles of retracted articles do.
fn title(statement: &Statement) -> String {
    let summary = &statement.summary;
    if statement.retracted_at.is_some() {
        format!("[Retracted] {summary}")
    } else if statement.corrected_by.is_some() {
        format!("[Corrected] {summary}")
    } else {
        summary.clone()
    }
}

/// When it applies, who published it, when it was recorded and whether it is still valid.
fn note(statement: &Statement) -> String {
    let day = |time: &str| in_words(time.split('T').next(), Months::Long);
    let mut sentences = vec![format!(
        "Valid from {}.",
        in_words(Some(&statement.valid_from), Months::Long)
    )];
    let mut evidence = statement.evidence.iter();
    let first = evidence.find(|evidence| evidence.relation == "SUPPORTS");
    sentences.extend(first.map(|evidence| format!("Source: {}.", evidence.source.publisher)));
    sentences.push(format!("Recorded on {}.", day(&statement.recorded_at)));
    if let Some(at) = &statement.retracted_at {
        sentences.push(format!("Retracted on {}.", day(at)));
    } else if let Some(by) = &statement.corrected_by {
        sentences.push(format!(
            "Corrected on {} by statement {}.",
            day(&by.recorded_at),
            by.mention.number
        ));
    }
    sentences.join(" ")
}

/// Text of a field. A brace becomes a command: BibTeX counts braces even behind a backslash.
fn latex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' => escaped.push_str("\\textbackslash{}"),
            '{' => escaped.push_str("\\textbraceleft{}"),
            '}' => escaped.push_str("\\textbraceright{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '&' | '%' | '$' | '#' | '_' => escaped.extend(['\\', letter]),
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_are_escaped_and_braces_stay_balanced() {
        assert_eq!(
            latex("50 % of {A} & B_c ~ d^2 \\ #1\n$"),
            "50 \\% of \\textbraceleft{}A\\textbraceright{} \\& B\\_c \\textasciitilde{} d\\textasciicircum{}2 \
             \\textbackslash{} \\#1 \\$"
        );
        for text in ["{", "}", "\\{", "}}}", "\\"] {
            let escaped = latex(text);
            assert_eq!(escaped.matches('{').count(), escaped.matches('}').count());
        }
    }
}
