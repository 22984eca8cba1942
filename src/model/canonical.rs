//! Canonical JSON (RFC 8785, JCS) of our own types: what is hashed.
//!
//! A general writer of it collects and sorts the keys of every object, which was a quarter of an import. Ours are
//! known: a type that is hashed declares its fields in the order of the alphabet and holds no numbers but whole ones
//! below 2^53, and then plain JSON is canonical. Tests compare every type that is stored with a general writer.

use serde::Serialize;

/// # Errors
/// None for types of ours: no key is anything but a text.
pub fn to_string(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_numbers_are_written_as_the_standard_says() {
        let every_byte: String = (0..=0x7f_u8).map(char::from).collect();
        for text in [every_byte.as_str(), "é \u{2028} \u{fffd} \u{1f600}"] {
            let value = (text, i64::MIN >> 11, 0, (1_i64 << 53) - 1, true, None::<u8>);
            let standard = serde_json_canonicalizer::to_string(&value).unwrap();
            assert_eq!(to_string(&value).unwrap(), standard);
        }
    }
}
