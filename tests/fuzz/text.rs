//! Texts that break things, and ways to break a text.

use crate::dice::Dice;

/// Each has broken somebody's parser, query, terminal or page.
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

/// Something that a text field is seldom given.
pub fn odd(dice: &mut Dice) -> String {
    match dice.below(6) {
        0 => dice.pick(&ODD).repeat(dice.below(40) + 1),
        1 => {
            let length = dice.below(30);
            (0..length).map(|_| dice.character()).collect()
        }
        2 => "a".repeat(dice.size().min(3_000)),
        3 => dice.number().to_string(),
        4 => String::from_utf8_lossy(&dice.bytes(20)).into_owned(),
        _ => (*dice.pick(&ODD)).to_owned(),
    }
}

/// The text after up to `most` changes of its bytes, as far as it still is one.
pub fn garbled(text: String, most: usize, dice: &mut Dice) -> String {
    let mut bytes = text.into_bytes();
    garble(&mut bytes, most, dice);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Up to `most` changes of bytes.
pub fn garble(bytes: &mut Vec<u8>, most: usize, dice: &mut Dice) {
    for _ in 0..=dice.below(most) {
        let at = dice.below(bytes.len() + 1);
        let until = (at + dice.below(8)).min(bytes.len());
        match dice.below(7) {
            0 if at < bytes.len() => bytes[at] = dice.byte(),
            1 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            2 => drop(bytes.drain(at..until)),
            3 => {
                let copy = bytes[at..until].to_vec();
                let place = dice.below(bytes.len() + 1);
                bytes.splice(place..place, copy);
            }
            4 => bytes.truncate(at),
            5 => bytes.insert(at, *dice.pick(b"\"\\{}[]():,.$@#&|!=0-eT~/?% \n\0")),
            _ => drop(bytes.splice(at..at, odd(dice).into_bytes())),
        }
    }
}
