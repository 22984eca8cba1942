//! The sentence of a picture: broken into lines, as large as its place allows.

use super::{super::sentence::Part, font::Font};

/// A run of letters of one look.
pub(super) struct Run {
    pub(super) text: String,
    /// The stance that it counts, which it is underlined with.
    pub(super) stance: Option<&'static str>,
    /// From the start of the line.
    pub(super) left: f32,
    pub(super) width: f32,
}

pub(super) struct Lines {
    pub(super) size: f32,
    pub(super) lines: Vec<Vec<Run>>,
}

/// Sizes and the most lines of each, for a picture that is 1200 pixels wide; the last size takes any number of lines.
const SIZES: [(f32, usize); 5] = [
    (36.0, 2),
    (32.0, 2),
    (30.0, 3),
    (26.0, 3),
    (22.0, usize::MAX),
];

/// `zoom` is the size of the picture compared to one of 1200 pixels.
pub(super) fn lay_out(parts: &[Part], width: f32, zoom: f32) -> Lines {
    let words = words(parts);
    let mut laid_out = SIZES.iter().map(|(size, most)| {
        let size = size * zoom;
        let lines = lines(&words, width, size);
        (lines.len() <= *most).then_some(Lines { size, lines })
    });
    laid_out
        .find_map(|lines| lines)
        .expect("the last size takes any number of lines")
}

/// Letters up to the next space, which may belong to several parts of the sentence.
type Word = Vec<(String, Option<&'static str>)>;

fn words(parts: &[Part]) -> Vec<Word> {
    let mut words = vec![Word::new()];
    for part in parts {
        for (index, piece) in part.text.split_inclusive(' ').enumerate() {
            let word = words.last_mut().expect("there is a word from the start");
            word.push((piece.to_owned(), part.stance));
            // A number stays with what it counts.
            let is_number = part.stance.is_some() && index == 0;
            if piece.ends_with(' ') && !is_number {
                words.push(Word::new());
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn lines(words: &[Word], width: f32, size: f32) -> Vec<Vec<Run>> {
    let mut lines: Vec<Vec<Run>> = Vec::new();
    let mut end = f32::INFINITY;
    for word in words {
        let text: String = word.iter().map(|(text, _)| text.as_str()).collect();
        if end + Font::Title.width(text.trim_end(), size) > width {
            lines.push(Vec::new());
        }
        let line = lines.last_mut().expect("the first word begins a line");
        for (text, stance) in word {
            append(line, text, *stance, size);
        }
        end = line.last().map_or(0.0, |run| run.left + run.width);
    }
    for run in lines.iter_mut().filter_map(|line| line.last_mut()) {
        run.text.truncate(run.text.trim_end().len());
        run.width = Font::Title.width(&run.text, size);
    }
    lines
}

fn append(line: &mut Vec<Run>, text: &str, stance: Option<&'static str>, size: f32) {
    match line.last_mut() {
        Some(run) if run.stance == stance => {
            run.text.push_str(text);
            run.width = Font::Title.width(&run.text, size);
        }
        last => {
            let left = last.map_or(0.0, |run| run.left + run.width);
            line.push(Run {
                text: text.to_owned(),
                stance,
                left,
                width: Font::Title.width(text, size),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(text: &str, stance: Option<&'static str>) -> Part {
        Part {
            text: text.to_owned(),
            stance,
        }
    }

    #[test]
    fn a_line_is_no_wider_than_its_place_and_nothing_is_lost() {
        let parts = [
            part("The United States has asked or named 49 states. ", None),
            part("13 have taken people", Some("IMPLEMENTING")),
            part(", ", None),
            part("9 refused", Some("REFUSED")),
            part(".", None),
        ];
        for width in [120.0, 300.0, 700.0, 2000.0] {
            let Lines { lines, .. } = lay_out(&parts, width, 1.0);
            let mut whole = Vec::new();
            for line in &lines {
                let end = line.last().map_or(0.0, |run| run.left + run.width);
                assert!(end <= width, "{end} of {width}");
                whole.push(line.iter().map(|run| run.text.as_str()).collect::<String>());
            }
            let sentence: String = parts.iter().map(|part| part.text.as_str()).collect();
            assert_eq!(whole.join(" "), sentence);
            let counted = lines.iter().flatten().filter(|run| run.stance.is_some());
            for run in counted {
                let is_number = run.text.chars().all(|letter| letter.is_ascii_digit());
                assert!(!is_number, "{} stands alone", run.text);
            }
        }
    }

    #[test]
    fn a_long_sentence_is_smaller() {
        let long = "word ".repeat(60);
        let size = |text| lay_out(&[part(text, None)], 1120.0, 1.0).size;
        assert!(size("short") > size(&long));
        assert!((lay_out(&[], 1120.0, 2.0).size - 72.0).abs() < 0.1);
    }
}
