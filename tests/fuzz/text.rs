//! Unusual texts, and mutations of texts.

use crate::random::Random;

/// Texts known to break parsers, queries, terminals or pages.
const ODD: [&str; 24] = [
    "",
    " ",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "\u{fffd}",
    "é",
    "e\u{301}",
    "𝕊🦀",
    "２０２５",
    "ＲＷ",
    "ß",
    "İ",
    "'",
    "' OR 1=1--",
    "\"",
    "\\",
    "%",
    "_",
    "*",
    "<script>",
    "../../etc/passwd",
    "${7*7}",
    "\r\n\r\n",
];

/// A text that is unusual for a text field.
pub fn odd(random: &mut Random) -> String {
    match random.below(6) {
        0 => random.pick(&ODD).repeat(random.below(40) + 1),
        1 => {
            let length = random.below(30);
            (0..length).map(|_| random.character()).collect()
        }
        2 => "a".repeat(random.size().min(3_000)),
        3 => random.number().to_string(),
        4 => String::from_utf8_lossy(&random.bytes(20)).into_owned(),
        _ => (*random.pick(&ODD)).to_owned(),
    }
}

/// The text with up to `max` changes of its bytes; invalid UTF-8 is replaced.
pub fn garble_text(text: String, max: usize, random: &mut Random) -> String {
    let mut bytes = text.into_bytes();
    garble(&mut bytes, max, random);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Makes up to `max` changes of bytes.
pub fn garble(bytes: &mut Vec<u8>, max: usize, random: &mut Random) {
    for _ in 0..=random.below(max) {
        let index = random.below(bytes.len() + 1);
        let end = (index + random.below(8)).min(bytes.len());
        match random.below(7) {
            0 if index < bytes.len() => bytes[index] = random.byte(),
            1 if index < bytes.len() => bytes[index] ^= 1 << random.below(8),
            2 => drop(bytes.drain(index..end)),
            3 => {
                let copy = bytes[index..end].to_vec();
                let target = random.below(bytes.len() + 1);
                bytes.splice(target..target, copy);
            }
            4 => bytes.truncate(index),
            5 => bytes.insert(index, *random.pick(b"\"\\{}[]():,.$@#&|!=0-eT~/?% \n\0")),
            _ => drop(bytes.splice(index..index, odd(random).into_bytes())),
        }
    }
}
