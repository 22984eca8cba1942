//! Words of texts and names as they are compared: folded, without accents, abbreviations and small words.

use crate::model::tokenizer::tokens;

/// Words that lists of countries use or leave out.
const SMALL_WORDS: [&str; 20] = [
    "the", "of", "and", "la", "le", "les", "l", "d", "de", "des", "du", "y", "da", "del", "do",
    "e", "et", "i", "part", "und",
];

/// Words of official long names that say what kind of state it is. Such a word alone names no country.
const LONG_NAME_WORDS: [&str; 31] = [
    "arab",
    "bolivarian",
    "co",
    "commonwealth",
    "confederation",
    "cooperative",
    "democratic",
    "duchy",
    "federal",
    "federation",
    "federative",
    "government",
    "grand",
    "hashemite",
    "independent",
    "islamic",
    "island",
    "islands",
    "kingdom",
    "operative",
    "oriental",
    "people",
    "peoples",
    "plurinational",
    "principality",
    "republic",
    "s",
    "socialist",
    "state",
    "sultanate",
    "union",
];

/// Abbreviations in tables and words of other languages, and what they stand for beside other words.
const ABBREVIATIONS: [(&str, &str); 59] = [
    ("afr", "african"),
    ("am", "american"),
    ("ar", "arab republic"),
    ("barb", "barbuda"),
    ("br", "british"),
    ("brit", "british"),
    ("cent", "central"),
    ("centr", "central"),
    ("coop", "cooperative"),
    ("dem", "democratic"),
    ("democratica", "democratic"),
    ("democratique", "democratic"),
    ("dom", "dominican"),
    ("domin", "dominican"),
    ("dpr", "democratic people s republic"),
    ("dr", "democratic republic"),
    ("emir", "emirates"),
    ("eq", "equatorial"),
    ("equat", "equatorial"),
    ("fed", "federal"),
    ("federated", "federal"),
    ("fr", "french"),
    ("fs", "federal states"),
    ("fyr", "former yugoslav republic"),
    ("govt", "government"),
    ("gren", "grenadines"),
    ("grens", "grenadines"),
    ("herz", "herzegovina"),
    ("ir", "islamic republic"),
    ("is", "islands"),
    ("isl", "islands"),
    ("neth", "netherlands"),
    ("op", "operative"),
    ("pdr", "democratic people s republic"),
    ("peoples", "people s"),
    ("plur", "plurinational"),
    ("ppl", "people s"),
    ("pr", "people s republic"),
    ("rb", "bolivarian republic"),
    ("rd", "democratic republic"),
    ("rep", "republic"),
    ("repubblica", "republic"),
    ("republica", "republic"),
    ("republik", "republic"),
    ("republique", "republic"),
    ("soc", "socialist"),
    ("sr", "socialist republic"),
    ("st", "saint"),
    ("sts", "states"),
    ("ter", "territory"),
    ("terr", "territory"),
    ("territories", "territory"),
    ("tob", "tobago"),
    ("uk", "united kingdom"),
    ("ur", "united republic"),
    ("us", "united states"),
    ("usa", "united states"),
    ("utd", "united"),
    ("vin", "vincent"),
];

/// Letters that stand for a word at the beginning or the end of a text.
const INITIALS: [(&str, &str); 5] = [
    ("c", "central"),
    ("e", "east"),
    ("n", "north"),
    ("s", "south"),
    ("w", "western"),
];

/// Resolution 1244 of the Security Council, which texts name beside Kosovo, and the words around it.
const RESOLUTION: &str = "1244";
const RESOLUTION_WORDS: [&str; 9] = [
    RESOLUTION,
    "1999",
    "99",
    "res",
    "resolution",
    "un",
    "under",
    "unsc",
    "unscr",
];

/// The words of a text or name, without accents, abbreviations and small words.
pub(super) struct Words {
    /// As it stands, with abbreviations and small words.
    pub(super) folded: String,
    words: Vec<String>,
}

impl Words {
    pub(super) fn of(text: &str) -> Self {
        let mut tokens = join_letters(tokens(text).into_iter().map(|token| token.folded));
        if tokens.iter().any(|token| token == RESOLUTION) {
            tokens.retain(|token| !RESOLUTION_WORDS.contains(&token.as_str()));
        }
        let words = (0..tokens.len()).flat_map(|index| expand(&tokens, index).split(' '));
        let words = words.filter(|word| !SMALL_WORDS.contains(word));
        Self {
            folded: tokens.join(" "),
            words: words.map(str::to_owned).collect(),
        }
    }

    /// In alphabetical order.
    pub(super) fn sorted(&self) -> String {
        let mut words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        words.sort_unstable();
        words.join(" ")
    }

    /// Without spaces.
    pub(super) fn joined(&self) -> String {
        self.words.concat()
    }

    pub(super) fn count(&self) -> usize {
        self.words.len()
    }

    /// Those that say what kind of state it is.
    pub(super) fn kinds(&self) -> impl Iterator<Item = &str> {
        let words = self.words.iter().map(String::as_str);
        words.filter(|word| LONG_NAME_WORDS.contains(word))
    }

    /// Without the words that say what kind of state it is; `None` if it has none of them, or only them.
    pub(super) fn core(&self) -> Option<Self> {
        let is_core = |word: &&String| !LONG_NAME_WORDS.contains(&word.as_str());
        let words: Vec<String> = self.words.iter().filter(is_core).cloned().collect();
        let is_shorter =
            words.len() < self.words.len() && !matches!(&*words.join(" "), "" | "united");
        is_shorter.then(|| Self {
            folded: words.join(" "),
            words,
        })
    }
}

/// The letters of `U.S.A.` or `P. R.` are one word.
fn join_letters(tokens: impl Iterator<Item = String>) -> Vec<String> {
    let is_letter = |token: &str| token.len() == 1 && token.as_bytes()[0].is_ascii_alphabetic();
    let mut joined: Vec<String> = Vec::new();
    let mut is_run = false;
    for token in tokens {
        let is_next = is_letter(&token);
        match joined.last_mut() {
            Some(run) if is_run && is_next => run.push_str(&token),
            _ => joined.push(token),
        }
        is_run = is_next;
    }
    joined
}

/// What the word at an index stands for, if it has others beside it; otherwise the word.
fn expand(tokens: &[String], index: usize) -> &str {
    let word = tokens[index].as_str();
    let last = tokens.len() - 1;
    if last == 0 {
        return word;
    }
    let find = |table: &[(&str, &'static str)]| {
        let found = table.iter().find(|(short, _)| *short == word);
        found.map(|(_, long)| *long)
    };
    let is_genitive = index > 0 && tokens[index - 1] == "people";
    match word {
        "s" if is_genitive => word,
        "p" if index > 0 => "people s",
        "r" if index == last => "republic",
        _ if index == 0 || index == last => find(&INITIALS)
            .or_else(|| find(&ABBREVIATIONS))
            .unwrap_or(word),
        _ => find(&ABBREVIATIONS).unwrap_or(word),
    }
}
