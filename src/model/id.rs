//! Global identifiers: opaque, typed, permanent (Relay, Global Object Identification).

use data_encoding::BASE64URL_NOPAD;

/// The object that an identifier names: a row by the seq of the ledger entry that created it, a country by alpha-2 code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum GlobalId {
    Country(String),
    Initiative(i64),
    Relationship(i64),
    Statement(i64),
    Source(i64),
    StanceChange(i64),
}

impl GlobalId {
    pub fn parse(text: &str) -> Option<Self> {
        let decoded = String::from_utf8(BASE64URL_NOPAD.decode(text.as_bytes()).ok()?).ok()?;
        let (kind, key) = decoded.split_once(':')?;
        let seq = || {
            key.parse::<i64>()
                .ok()
                .filter(|seq| *seq > 0 && seq.to_string() == key)
        };
        match kind {
            "Country" => Some(Self::Country(key.to_owned())),
            "Initiative" => seq().map(Self::Initiative),
            "Relationship" => seq().map(Self::Relationship),
            "Statement" => seq().map(Self::Statement),
            "Source" => seq().map(Self::Source),
            "StanceChange" => seq().map(Self::StanceChange),
            _ => None,
        }
    }
}

impl std::fmt::Display for GlobalId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let decoded = match self {
            Self::Country(code) => format!("Country:{code}"),
            Self::Initiative(seq) => format!("Initiative:{seq}"),
            Self::Relationship(seq) => format!("Relationship:{seq}"),
            Self::Statement(seq) => format!("Statement:{seq}"),
            Self::Source(seq) => format!("Source:{seq}"),
            Self::StanceChange(seq) => format!("StanceChange:{seq}"),
        };
        f.write_str(&BASE64URL_NOPAD.encode(decoded.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_survives_its_text_and_has_one_form() {
        for id in [
            GlobalId::Country("XK".into()),
            GlobalId::Statement(12),
            GlobalId::StanceChange(3),
        ] {
            assert_eq!(GlobalId::parse(&id.to_string()), Some(id));
        }
        for wrong in ["Statement:012", "Statement:-1", "Nothing:1", "Statement"] {
            assert_eq!(
                GlobalId::parse(&BASE64URL_NOPAD.encode(wrong.as_bytes())),
                None,
                "{wrong}"
            );
        }
    }
}
