//! Languages and currencies in use in countries; read from memory.

use async_graphql::{ID, Object};

use crate::graphql::output::direct_json::ready::ready_fields;
use crate::model::country;

pub struct Language(pub &'static country::Language);

/// A language used in a country.
#[Object]
impl Language {
    /// BCP 47 language tag, for example `pt`.
    async fn code(&self) -> ID {
        ID::from(self.0.code.as_str())
    }

    /// English name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Name in the language itself; null if unknown.
    async fn native_name(&self) -> Option<&str> {
        self.0.native_name.as_deref()
    }
}

ready_fields!(Language {
    "code" => code,
    "name" => name,
    "nativeName" => native_name,
});

pub struct Currency(pub &'static country::Currency);

/// A currency used in a country.
#[Object]
impl Currency {
    /// ISO 4217 code, for example `USD`.
    async fn code(&self) -> ID {
        ID::from(self.0.code.as_str())
    }

    /// English name.
    async fn name(&self) -> &str {
        &self.0.name
    }
}

ready_fields!(Currency {
    "code" => code,
    "name" => name,
});
