//! A document as it was sent, and what became of it under the rules: made once for all requests in the same words.

use std::any::TypeId;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::registry::Registry;
use async_graphql::{Request, ServerError};

use super::{check, empty_selection, fragments, overlapping_fields, single_root_field, typename};
use crate::graphql::output::markers::MARK;

/// In the data of a request: what it asks, read already.
#[derive(Debug)]
pub struct Prepared {
    text: String,
    parsed: ExecutableDocument,
    checked: OnceLock<Checked>,
    is_valid: AtomicBool,
}

/// What the rules here make of a document. Variables have no part in it.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) faults: Vec<ServerError>,
    /// Written anew so that the library runs it as the specification says.
    pub(super) document: ExecutableDocument,
    /// Whether there is a mark to take out of the answer.
    pub(super) is_marked: bool,
    /// Whether an object is selected from in several places that answer under one name.
    pub(super) is_deep: bool,
}

impl Prepared {
    pub fn new(text: String, parsed: ExecutableDocument) -> Self {
        Self {
            text,
            parsed,
            checked: OnceLock::new(),
            is_valid: AtomicBool::new(false),
        }
    }

    /// That which a request came with.
    pub fn find(request: &Request) -> Option<&Arc<Self>> {
        let known = request.data.get(&TypeId::of::<Arc<Self>>())?;
        known.downcast_ref()
    }

    /// That of a request, which may have come without; nothing if it is no document.
    pub(super) fn of(request: &mut Request) -> Option<Arc<Self>> {
        if let Some(known) = Self::find(request) {
            return Some(Arc::clone(known));
        }
        let parsed = request.parsed_query().ok()?.clone();
        let prepared = Arc::new(Self::new(request.query.clone(), parsed));
        request.data.insert(Arc::clone(&prepared));
        Some(prepared)
    }

    /// As it was sent.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same, read.
    pub fn parsed(&self) -> &ExecutableDocument {
        &self.parsed
    }

    /// Whether fragments spread themselves: then nothing here looks further, for it would not end.
    pub(super) fn is_endless(&self) -> bool {
        self.checked.get().is_none() && fragments::is_cyclic(&self.parsed)
    }

    pub(super) fn checked(&self, registry: &Registry) -> &Checked {
        self.checked.get_or_init(|| {
            let overlaps = overlapping_fields::check(&self.parsed, registry);
            let mut faults = check(&self.parsed, &self.text, registry);
            faults.extend(overlaps.faults);
            let mut document = self.parsed.clone();
            let mut is_marked = false;
            if faults.is_empty() {
                single_root_field::flatten(&mut document, registry);
                typename::wrap(&mut document);
                is_marked = !self.text.contains(MARK) && empty_selection::mark(&mut document);
            }
            Checked {
                faults,
                document,
                is_marked,
                is_deep: overlaps.are_deep,
            }
        })
    }

    /// As it is run, once it was checked.
    pub fn runs_as(&self) -> &ExecutableDocument {
        let checked = self.checked.get();
        checked.map_or(&self.parsed, |checked| &checked.document)
    }

    /// Whether the library found nothing wrong with it either.
    pub fn is_valid(&self) -> bool {
        self.is_valid.load(Ordering::Acquire)
    }

    pub fn is_found_valid(&self) {
        self.is_valid.store(true, Ordering::Release);
    }
}
