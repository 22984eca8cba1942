//! Events, each executed once for all who want it in the same words, whatever their filters.
//!
//! A filter is asked in Rust, of the event, outside of any execution. What is left of two subscriptions that differ only
//! in filter and cursor is the same operation, so their events are the same bytes.

use std::{
    collections::{HashMap, HashSet},
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use async_graphql::{
    Name, Positioned, Request, Response, Value, Variables,
    parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet},
};
use async_graphql_value::Value as Written;
use axum::body::Bytes;
use futures_util::{FutureExt, StreamExt};
use tokio::task::{JoinError, JoinHandle};

use super::kept::{Kept, Made, Weigh};
use crate::{
    feed::{Event, Feed},
    graphql::{Schema, document::find_operation, reads::Reads, resume::Only},
    model::{
        request_id::RequestId,
        role::{Caller, Role},
    },
};

/// Bytes of events kept: so many that a change reaches all its subscribers, and they reconnect.
const KEPT: u64 = 16 << 20;

pub(super) struct Broadcast {
    schema: Schema,
    /// By what they ask. Those that nobody asks any more are forgotten.
    known: Mutex<HashMap<Asked, Weak<Template>>>,
    last: AtomicU64,
    said: Kept<Moment, Bytes>,
}

/// What is the same in all subscriptions whose events are the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Asked {
    text: String,
    operation: Option<String>,
    /// JSON of the variables that are used below the root.
    variables: String,
    role: Role,
}

/// An operation that is executed for events.
pub(super) struct Template {
    number: u64,
    text: String,
    document: ExecutableDocument,
    operation: Option<String>,
    /// Those of the first who asked; what they say of filter and cursor is not looked at.
    variables: Variables,
    role: Role,
}

/// A template, by number, and the event, by seq.
type Moment = (u64, i64);

impl Weigh for Moment {
    fn bytes(&self) -> usize {
        size_of::<Self>()
    }
}

impl Weigh for Bytes {
    fn bytes(&self) -> usize {
        self.len()
    }
}

impl Broadcast {
    pub(super) fn new(schema: Schema, feed: Feed) -> Self {
        Self {
            schema,
            known: Mutex::default(),
            last: AtomicU64::new(0),
            said: Kept::new(KEPT, feed),
        }
    }

    /// The template of a subscription that was checked; nothing if it has no operation.
    pub(super) fn template(&self, request: &mut Request, role: Role) -> Option<Arc<Template>> {
        let document = request.parsed_query().ok()?.clone();
        let operation = find_operation(&document, request.operation_name.as_deref())?;
        let used = used_below(&document, &operation.selection_set.node);
        let variables: serde_json::Map<_, _> = request
            .variables
            .iter()
            .filter(|(name, _)| used.contains(*name))
            .filter_map(|(name, value)| Some((name.to_string(), value.clone().into_json().ok()?)))
            .collect();
        let asked = Asked {
            text: request.query.clone(),
            operation: request.operation_name.clone(),
            variables: serde_json::Value::Object(variables).to_string(),
            role,
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(template) = known.get(&asked).and_then(Weak::upgrade) {
            return Some(template);
        }
        known.retain(|_, template| template.strong_count() > 0);
        let template = Arc::new(Template {
            number: self.last.fetch_add(1, Ordering::Relaxed),
            text: request.query.clone(),
            document,
            operation: request.operation_name.clone(),
            variables: request.variables.clone(),
            role,
        });
        known.insert(asked, Arc::downgrade(&template));
        Some(template)
    }

    /// The response to a template for one event, as JSON. An error of ours names the request for which it was executed.
    /// # Panics
    /// If a resolver does.
    pub(super) async fn say(
        self: &Arc<Self>,
        template: &Arc<Template>,
        event: &Arc<Event>,
        id: &RequestId,
    ) -> Bytes {
        let key = (template.number, event.entry.seq);
        if let Some(said) = self.said.find(&key) {
            return said;
        }
        let (broadcast, template) = (Arc::clone(self), Arc::clone(template));
        let (event, id) = (Arc::clone(event), id.clone());
        // In a task of its own: a socket does not go on with this while its peer does not read what else it is sent, and
        // all others who want the same wait for it.
        let making = tokio::spawn(async move {
            let reads = Reads::default();
            let make = broadcast.execute(&template, &event, reads.clone(), &id);
            let Ok(said) = broadcast.said.find_or(key, reads, make).await;
            said
        });
        match Making(making).await {
            Ok(said) => said,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // Only the end of the process does that.
                Err(_) => std::future::pending().await,
            },
        }
    }

    async fn execute(
        &self,
        template: &Template,
        event: &Arc<Event>,
        reads: Reads,
        id: &RequestId,
    ) -> Result<Made<Bytes>, std::convert::Infallible> {
        // Whoever else asks is told the same, so it is asked by nobody in particular.
        let caller = Caller {
            name: None,
            role: template.role,
        };
        let mut request = Request::new(&*template.text)
            .variables(template.variables.clone())
            .data(caller)
            .data(id.clone())
            .data(reads)
            .data(Only(Arc::clone(event)));
        request.operation_name.clone_from(&template.operation);
        request.set_parsed_query(template.document.clone());
        let response = self.schema.execute_stream(request).next().await;
        let response = response.unwrap_or_else(|| Response::new(Value::Null));
        Ok(Made {
            is_whole: response.errors.is_empty(),
            value: json(&response),
        })
    }
}

/// Ended with whoever waits for it; who else wants the same begins anew.
struct Making(JoinHandle<Bytes>);

impl Future for Making {
    type Output = Result<Bytes, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll_unpin(cx)
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        self.0.abort();
    }
}

pub(super) fn json(response: &Response) -> Bytes {
    crate::graphql::json::response(response).into()
}

/// Variables that may change the answer to an event: all but those that stand in the arguments of the root's field only.
fn used_below(document: &ExecutableDocument, root: &SelectionSet) -> HashSet<Name> {
    let mut used = HashSet::new();
    for item in &root.items {
        match &item.node {
            Selection::Field(field) => {
                add_directives(&field.node.directives, &mut used);
                add_set(&field.node.selection_set.node, &mut used);
            }
            // Flat since it was checked; if not, everything counts.
            Selection::InlineFragment(_) | Selection::FragmentSpread(_) => {
                add_set(root, &mut used);
            }
        }
    }
    for fragment in document.fragments.values() {
        add_set(&fragment.node.selection_set.node, &mut used);
    }
    used
}

fn add_set(set: &SelectionSet, used: &mut HashSet<Name>) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => add_field(&field.node, used),
            Selection::InlineFragment(inline) => {
                add_directives(&inline.node.directives, used);
                add_set(&inline.node.selection_set.node, used);
            }
            Selection::FragmentSpread(spread) => add_directives(&spread.node.directives, used),
        }
    }
}

fn add_field(field: &Field, used: &mut HashSet<Name>) {
    add_variables(&field.arguments, used);
    add_directives(&field.directives, used);
    add_set(&field.selection_set.node, used);
}

fn add_directives(directives: &[Positioned<Directive>], used: &mut HashSet<Name>) {
    for directive in directives {
        add_variables(&directive.node.arguments, used);
    }
}

/// The library tells of a variable by asking for its value.
fn add_variables<T>(arguments: &[(T, Positioned<Written>)], used: &mut HashSet<Name>) {
    for (_, value) in arguments {
        let noted = value.node.clone().into_const_with(|name| {
            used.insert(name);
            Ok::<_, std::convert::Infallible>(Value::Null)
        });
        drop(noted);
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn used(text: &str) -> Vec<String> {
        let document = parse_query(text).unwrap();
        let operation = find_operation(&document, None).unwrap();
        let used = used_below(&document, &operation.selection_set.node);
        let mut names: Vec<_> = used.iter().map(ToString::to_string).collect();
        names.sort();
        names
    }

    #[test]
    fn only_what_is_below_the_root_or_on_it_changes_an_event() {
        let subscription = |rest: &str| {
            format!(
                "subscription($a: X, $b: X, $c: X) {{ e(filter: {{ f: [$a] }}, after: $b) {rest} }}"
            )
        };
        assert!(used(&subscription("{ x }")).is_empty());
        assert_eq!(used(&subscription("{ x(y: [{ z: $c }]) }")), ["c"]);
        assert_eq!(used(&subscription("{ x { y @skip(if: $a) } }")), ["a"]);
        let fragment = "{ ...F } } fragment F on X { y(of: $b)";
        assert_eq!(used(&subscription(fragment)), ["b"]);
    }
}
