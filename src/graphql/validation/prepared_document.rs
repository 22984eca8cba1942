//! Prepared document: a parsed document with its validation result and executable form, computed once and shared by all
//! requests with the same tokens.

use std::sync::{Arc, OnceLock};

use async_graphql::parser::types::{
    ExecutableDocument, OperationDefinition, OperationType, SelectionSet,
};
use async_graphql::registry::Registry;
use async_graphql::{Name, Positioned, Request, Response, ServerError, Variables};

use super::variables::{self, NonNullUse};
use super::{
    check_document, document_size, empty_selection, fragments, large_numbers, merged_selections,
    overlapping_fields, single_root_field, typename, variable_coercion,
};
use crate::config::limits::DocumentLimits;
use crate::graphql::output::markers::PLACEHOLDER;
use crate::graphql::request_data::find_data;
use crate::graphql::syntax::{self, ParsedDocument, canonical::canonical_text, locations};

/// In the data of a request: its parsed document.
#[derive(Debug)]
pub struct PreparedDocument {
    /// As first received; the positions in `parsed` refer to it.
    text: Box<str>,
    canonical_text: Arc<str>,
    parsed: ParsedDocument,
    checked: OnceLock<CheckedDocument>,
    library_errors: OnceLock<Vec<ServerError>>,
    /// Those of queries that do not depend on variables, by name.
    merged: OnceLock<Vec<(Option<Name>, MergedQuery)>>,
}

/// In the data of a request: the document is validated, and nothing is authorized or executed.
#[derive(Clone, Copy, Debug)]
pub struct ValidationOnly;

/// The text of a request, if its document was parsed from another text with the same tokens.
pub struct SentText(Option<(Arc<PreparedDocument>, Box<str>)>);

/// Result of the rules for a document; it does not depend on variables.
#[derive(Debug)]
pub(super) struct CheckedDocument {
    pub(super) errors: Vec<ServerError>,
    /// Rewritten so that the library executes it as the specification says.
    pub(super) document: ExecutableDocument,
    /// Whether placeholders must be removed from the response.
    pub(super) has_placeholders: bool,
    /// Whether several selection sets of one object share a response key.
    pub(super) has_merged_selections: bool,
    /// Whether what is selected depends on variables, through `@skip` or `@include`.
    pub(super) depends_on_variables: bool,
    /// Uses of variables that may be null where a value is required.
    pub(super) non_null_uses: Vec<NonNullUse>,
}

/// The merged selections of a query.
pub(super) type MergedQuery = Arc<Positioned<SelectionSet>>;

impl CheckedDocument {
    /// Inserts defaults of variables, and returns the errors in the values.
    pub(super) fn coerce_variables(
        &self,
        operation: &OperationDefinition,
        variables: &mut Variables,
        registry: &Registry,
    ) -> Vec<ServerError> {
        let errors = variable_coercion::coerce(registry, operation, variables);
        if !errors.is_empty() {
            return errors;
        }
        variable_coercion::check_nulls(&self.non_null_uses, operation, variables)
    }

    /// What a query of the document selects; `None` for introspection, and if it is too much.
    pub(super) fn merge(
        &self,
        operation: &OperationDefinition,
        variables: &Variables,
        registry: &Registry,
    ) -> Option<MergedQuery> {
        let set = &operation.selection_set;
        let merged = merged_selections::merge(&self.document, operation, registry, variables)?;
        Some(Arc::new(Positioned::new(merged, set.pos)))
    }
}

impl SentText {
    pub fn of_request(request: &Request) -> Self {
        let document = PreparedDocument::of_request(request);
        let other = document.filter(|document| *document.text != *request.query);
        Self(other.map(|document| (Arc::clone(document), request.query.as_str().into())))
    }

    /// The response with the locations of errors in the text of the request.
    pub fn locate(&self, mut response: Response) -> Response {
        if let Some((document, sent)) = &self.0 {
            document.relocate(&mut response, sent);
        }
        response
    }
}

impl PreparedDocument {
    pub fn new(text: Box<str>, canonical_text: Arc<str>, parsed: ParsedDocument) -> Self {
        Self {
            text,
            canonical_text,
            parsed,
            checked: OnceLock::new(),
            library_errors: OnceLock::new(),
            merged: OnceLock::new(),
        }
    }

    /// The document in the data of a request.
    pub fn of_request(request: &Request) -> Option<&Arc<Self>> {
        find_data(request)
    }

    /// The same, or else the parsed text of the request; none if the text does not parse.
    pub(super) fn of_request_or_parse(request: &mut Request) -> Option<Arc<Self>> {
        if let Some(prepared) = Self::of_request(request) {
            return Some(Arc::clone(prepared));
        }
        let text = request.query.as_str();
        let parsed = syntax::parse(text, &DocumentLimits::default()).ok()?;
        let canonical_text = canonical_text(text).ok()?.into();
        let prepared = Arc::new(Self::new(text.into(), canonical_text, parsed));
        request.data.insert(Arc::clone(&prepared));
        Some(prepared)
    }

    /// The text as first received.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The tokens: equal for all texts that share this document.
    pub fn canonical_text(&self) -> &Arc<str> {
        &self.canonical_text
    }

    /// Changes the locations of errors to those in `sent`, another text with the same tokens.
    pub fn relocate(&self, response: &mut Response, sent: &str) {
        locations::relocate(&mut response.errors, &self.text, sent);
    }

    /// The text as parsed.
    pub fn parsed(&self) -> &ExecutableDocument {
        &self.parsed.document
    }

    /// Bytes of its texts, of the parsed document, of its rewritten copy and, once it is validated, of the merged selections.
    pub fn bytes(&self) -> usize {
        let merged = self.merged.get().map_or(&[][..], Vec::as_slice).iter();
        let merged = merged.map(|(_, query)| document_size::selection_set(&query.node));
        self.text.len()
            + self.canonical_text.len()
            + 2 * document_size::bytes(self.parsed())
            + merged.sum::<usize>()
    }

    /// Bytes of the document with its text, and of the variables of one request.
    pub fn held_bytes(&self, variables: &Variables) -> usize {
        self.bytes() + document_size::variables(variables)
    }

    /// Whether fragments spread themselves: then the rules do not run, because they would not terminate.
    pub(super) fn has_fragment_cycle(&self) -> bool {
        self.checked.get().is_none() && fragments::is_cyclic(self.parsed())
    }

    pub(super) fn checked(&self, registry: &Registry) -> &CheckedDocument {
        self.checked.get_or_init(|| {
            let overlaps = overlapping_fields::check_document(self.parsed(), registry);
            let mut errors = check_document(&self.parsed, registry);
            errors.extend(overlaps.errors);
            let mut document = self.parsed().clone();
            let mut has_placeholders = false;
            let mut non_null_uses = Vec::new();
            if errors.is_empty() {
                non_null_uses = variables::list_non_null_uses(self.parsed(), registry);
                large_numbers::replace_in_document(&mut document);
                single_root_field::flatten_roots(&mut document, registry);
                typename::move_directives(&mut document);
                has_placeholders = !self.canonical_text.contains(PLACEHOLDER)
                    && empty_selection::add_placeholders(&mut document);
            }
            CheckedDocument {
                errors,
                document,
                has_placeholders,
                has_merged_selections: overlaps.has_merged_selections,
                depends_on_variables: merged_selections::depends_on_variables(self.parsed()),
                non_null_uses,
            }
        })
    }

    /// The merged selections of a query by its name; that of the only one has no name. `None` if the library must execute it, or
    /// if they depend on variables.
    pub(super) fn merged(&self, name: Option<&str>) -> Option<MergedQuery> {
        let merged = self.merged.get()?;
        let is_named = |known: &Option<Name>| known.as_deref() == name;
        let named = merged.iter().find(|(known, _)| is_named(known));
        let only = merged
            .first()
            .filter(|_| name.is_none() && merged.len() == 1);
        named.or(only).map(|(_, query)| Arc::clone(query))
    }

    /// Merges the selections of the queries that do not depend on variables. The document is valid.
    pub fn merge_queries(&self, registry: &Registry) {
        let checked = self.checked(registry);
        self.merged.get_or_init(|| {
            let operations = checked.document.operations.iter();
            let queries = operations.filter(|(_, operation)| {
                operation.node.ty == OperationType::Query && !checked.depends_on_variables
            });
            let merged = queries.filter_map(|(name, operation)| {
                let merged = checked.merge(&operation.node, &Variables::default(), registry)?;
                Some((name.cloned(), merged))
            });
            merged.collect()
        });
    }

    /// The rewritten document if it has been checked, else the parsed one.
    pub fn executable(&self) -> &ExecutableDocument {
        let checked = self.checked.get();
        checked.map_or(self.parsed(), |checked| &checked.document)
    }

    /// The errors of the library's rules, which do not depend on variables; `None` if they have not been run.
    pub fn library_errors(&self) -> Option<&[ServerError]> {
        self.library_errors.get().map(Vec::as_slice)
    }

    /// Whether all rules have been run without an error.
    pub fn is_valid(&self) -> bool {
        self.library_errors().is_some_and(<[_]>::is_empty)
    }

    pub fn set_library_errors(&self, errors: Vec<ServerError>) {
        // Another request may have validated the same document; the errors are the same.
        drop(self.library_errors.set(errors));
    }
}
