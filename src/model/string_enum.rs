//! Enumerations with one upper-case text form for columns, payloads and the schema.

/// Declares an enum whose text form, for serde and strum, is its variants in upper case with underscores.
macro_rules! string_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
            strum::AsRefStr, strum::EnumString, strum::IntoStaticStr, strum::VariantNames, strum::FromRepr,
        )]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        #[strum(serialize_all = "SCREAMING_SNAKE_CASE", use_phf)]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }
    };
}

pub(super) use string_enum;
