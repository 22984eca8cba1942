//! Cells of CSV files: what keeps a spreadsheet from running them, and lists of values in one cell. Exports write them, imports
//! read them.

/// A spreadsheet reads a cell that begins with one of these as a formula.
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Between the values of a list.
pub const LIST_SEPARATOR: &str = " | ";
const BAR: char = '|';
const ESCAPE: char = '\\';

/// With an apostrophe in front if a spreadsheet would run it.
pub fn without_formula(text: &str) -> String {
    if is_formula(text) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// The text of [`without_formula`].
pub fn with_formula(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_formula(text) => text,
        _ => cell,
    }
}

/// Also behind apostrophes, so that those of the text itself stay.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA_STARTS)
}

/// Values in one cell that may contain the separator; empty if all of them are.
pub fn join_texts(texts: &[String]) -> String {
    if texts.iter().all(String::is_empty) {
        return String::new();
    }
    let escape = |text: &String| text.replace(ESCAPE, r"\\").replace(BAR, r"\|");
    let texts: Vec<String> = texts.iter().map(escape).collect();
    texts.join(LIST_SEPARATOR)
}

/// The values of [`join_texts`]; one for an empty cell.
pub fn split_texts(cell: &str) -> Vec<String> {
    let mut texts = vec![String::new()];
    let mut characters = cell.chars();
    while let Some(character) = characters.next() {
        let last = texts.last_mut().expect("it starts with one");
        match character {
            BAR => texts.push(String::new()),
            ESCAPE => last.extend(characters.next()),
            character => last.push(character),
        }
    }
    let end = texts.len() - 1;
    for (index, text) in texts.iter_mut().enumerate() {
        let from = usize::from(index > 0 && text.starts_with(' '));
        let is_padded = index < end && text.len() > from && text.ends_with(' ');
        *text = text[from..text.len() - usize::from(is_padded)].to_owned();
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_what_it_was_before_the_apostrophe() {
        for text in [
            "=1", "'=1", "''=1", "+41", "-", "@x", "\tx", "'", "'x", "x", "",
        ] {
            let cell = without_formula(text);
            assert!(!cell.starts_with(FORMULA_STARTS), "{text}");
            assert_eq!(with_formula(&cell), text);
        }
        assert_eq!(without_formula("'x"), "'x");
    }

    #[test]
    fn texts_of_a_list_may_have_any_characters() {
        for texts in [
            vec!["a", "b"],
            vec!["a | b", "", r"\", r"c\|d"],
            vec!["", " a ", ""],
            vec!["|"],
            vec![""],
            vec![r"\\ |", " "],
        ] {
            let texts: Vec<String> = texts.into_iter().map(str::to_owned).collect();
            assert_eq!(split_texts(&join_texts(&texts)), texts);
        }
        assert_eq!(split_texts("a|b | c"), ["a", "b", "c"]);
        assert_eq!(join_texts(&[String::new(), String::new()]), "");
    }
}
