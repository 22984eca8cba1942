//! A statement as a citation: a line of text, and for reference managers BibTeX, also for biblatex, and CSL-JSON.

use serde_json::{Value, json};

use super::edtf::words::{Months, in_words};

/// What a citation of a statement says. Days are `YYYY-MM-DD`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    pub number: i64,
    pub claimant: String,
    pub summary: String,
    /// EDTF.
    pub valid_from: String,
    pub published_on: String,
    pub recorded_on: String,
    /// The first source that supports it.
    pub source: Option<CitedSource>,
    pub end: Option<EndOfValidity>,
    /// Permanent.
    pub url: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitedSource {
    pub publisher: String,
    /// EDTF.
    pub published_on: Option<String>,
    pub url: Option<String>,
}

/// Why a statement is valid no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndOfValidity {
    Retracted {
        on: String,
    },
    /// The line of text needs no day.
    Corrected {
        on: Option<String>,
        by: i64,
    },
}

impl Citation {
    /// One line. It ends with a mark if the statement is no longer valid, so that a copied citation does not present it as
    /// valid.
    pub fn text(&self) -> String {
        let source = self.source.as_ref().map_or_else(String::new, |source| {
            let date = source.published_on.as_deref().unwrap_or("no date");
            let url = source.url.as_deref();
            let url = url.map_or_else(String::new, |url| format!("; {url}"));
            format!(" ({}, {date}{url})", source.publisher)
        });
        let mark = match &self.end {
            Some(EndOfValidity::Retracted { on }) => format!(" [retracted {on}]"),
            Some(EndOfValidity::Corrected { by, .. }) => format!(" [corrected by statement {by}]"),
            None => String::new(),
        };
        format!(
            "{}, \"{}\"{source}. Démarche statement {}, recorded {}, {}{mark}",
            self.claimant, self.summary, self.number, self.recorded_on, self.url
        )
    }

    /// One entry. The date is a whole day and stands beside its year, which classic BibTeX reads; dates in other notations are
    /// words in the note.
    pub fn bibtex(&self) -> String {
        let day = &self.published_on;
        let year = day.split('-').next().unwrap_or_default();
        // Two braces: the author is one name, and the case of the title stays.
        format!(
            "@misc{{demarche{number},\n  author = {{{{{author}}}}},\n  title = {{{{{title}}}}},\n  year = {{{year}}},\n  \
             date = {{{day}}},\n  howpublished = {{Démarche, statement {number}}},\n  url = {{{url}}},\n  \
             note = {{{note}}},\n}}\n",
            number = self.number,
            author = latex(&self.claimant),
            title = latex(&self.title()),
            url = self.url,
            note = latex(&self.note()),
        )
    }

    /// A list of one item, as programs read it from a file.
    pub fn csl_json(&self) -> String {
        let parts = self.published_on.split('-');
        let parts: Vec<u32> = parts.filter_map(|part| part.parse().ok()).collect();
        let item: Value = json!({
            "id": format!("demarche{}", self.number),
            "type": "document",
            "title": self.title(),
            "author": [{ "literal": self.claimant }],
            "issued": { "date-parts": [parts] },
            "publisher": "Démarche",
            "number": self.number.to_string(),
            "URL": self.url,
            "note": self.note(),
        });
        json!([item]).to_string()
    }

    /// Most styles print no note, so the title says that a statement is valid no more, as titles of retracted articles do.
    fn title(&self) -> String {
        let mark = match &self.end {
            Some(EndOfValidity::Retracted { .. }) => "[Retracted] ",
            Some(EndOfValidity::Corrected { .. }) => "[Corrected] ",
            None => "",
        };
        format!("{mark}{}", self.summary)
    }

    /// When it applies, who published it, when it was recorded and whether it is still valid.
    fn note(&self) -> String {
        let day = |day: &str| in_words(Some(day), Months::Long);
        let mut sentences = vec![format!("Valid from {}.", day(&self.valid_from))];
        let source = self.source.as_ref();
        sentences.extend(source.map(|source| format!("Source: {}.", source.publisher)));
        sentences.push(format!("Recorded on {}.", day(&self.recorded_on)));
        sentences.extend(self.end.as_ref().map(|end| match end {
            EndOfValidity::Retracted { on } => format!("Retracted on {}.", day(on)),
            EndOfValidity::Corrected { on, by } => {
                let on = on.as_deref().map(|on| format!(" on {}", day(on)));
                format!("Corrected{} by statement {by}.", on.unwrap_or_default())
            }
        }));
        sentences.join(" ")
    }
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
