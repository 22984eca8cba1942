//! Canonical JSON (RFC 8785, JCS) of our own types, the input of hashes.
//!
//! A general serializer sorts the keys of every object, which took a quarter of an import. Here every hashed type declares
//! its fields in alphabetical order and contains only integers below 2^53, so plain JSON is already canonical. Tests compare
//! every stored type with a general serializer.

use serde::Serialize;

/// Serializes a value of one of our types.
/// # Errors
/// None for our types: every key is a string.
pub fn to_string(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_numbers_are_serialized_as_the_standard_requires() {
        let every_byte: String = (0..=0x7f_u8).map(char::from).collect();
        for text in [every_byte.as_str(), "é \u{2028} \u{fffd} \u{1f600}"] {
            let value = (text, i64::MIN >> 11, 0, (1_i64 << 53) - 1, true, None::<u8>);
            let standard = serde_json_canonicalizer::to_string(&value).unwrap();
            assert_eq!(to_string(&value).unwrap(), standard);
        }
    }
}
