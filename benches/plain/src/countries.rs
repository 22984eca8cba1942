//! Static facts of countries, in memory.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;

use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Facts {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) capital: Option<String>,
    /// UN M49 code in the file; the name of the region once it is read.
    pub(crate) region: String,
}

#[derive(Deserialize)]
struct Region {
    code: String,
    name: String,
}

#[derive(Deserialize)]
struct File {
    regions: Vec<Region>,
    countries: Vec<Facts>,
}

pub(crate) struct Countries {
    /// In the order of the file.
    pub(crate) all: Vec<Arc<Facts>>,
    by_code: HashMap<String, Arc<Facts>>,
}

impl Countries {
    pub(crate) fn read(path: &str) -> Result<Self, Box<dyn Error>> {
        let file: File = serde_json::from_slice(&std::fs::read(path)?)?;
        let regions = file
            .regions
            .into_iter()
            .map(|region| (region.code, region.name));
        let regions: HashMap<String, String> = regions.collect();
        let countries = file.countries.into_iter().map(|mut facts| {
            if let Some(name) = regions.get(&facts.region) {
                facts.region.clone_from(name);
            }
            Arc::new(facts)
        });
        let all: Vec<_> = countries.collect();
        let by_code = all
            .iter()
            .map(|facts| (facts.code.clone(), Arc::clone(facts)));
        Ok(Self {
            by_code: by_code.collect(),
            all,
        })
    }

    pub(crate) fn find(&self, code: &str) -> Option<Arc<Facts>> {
        self.by_code.get(code).cloned()
    }
}
