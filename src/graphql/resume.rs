//! Stub: replaced on merge.

use std::sync::{Arc, Mutex};

#[derive(Clone, Debug, Default)]
pub struct ResumeFrom(pub Option<String>);

#[derive(Clone, Debug, Default)]
pub struct LastSent(pub Arc<Mutex<Option<String>>>);
