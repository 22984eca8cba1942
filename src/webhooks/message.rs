//! The message of a change: its id and its body, the same for every attempt and every webhook, and its signature.

use entity::webhook;
use serde_json::{Value, json};

use super::Webhooks;
use super::client::Headers;
use crate::error::{Error, Result};
use crate::feed::Event;
use crate::http::queries::pinned_query::RateLimit;
use crate::model::cursor::LedgerCursor;
use crate::model::id::GlobalId;
use crate::model::time::Timestamp;
use crate::model::webhook::secret::Secret;

const DOCUMENT: &str = include_str!("change.graphql");
/// The type of event, in the form of the standard.
const TYPE: &str = "stance.changed";

/// What is sent about one change.
pub(super) struct Message {
    pub(super) id: String,
    pub(super) body: String,
}

impl Message {
    /// The change as it was when it was recorded.
    /// # Errors
    /// `Error::Internal` if the document cannot be executed now.
    pub(super) async fn of(webhooks: &Webhooks, event: &Event) -> Result<Self> {
        let seq = event.entry.seq;
        let variables = json!({ "id": GlobalId::StanceChange(seq).to_string() });
        let query = webhooks.query.at(seq);
        let data = query.execute(DOCUMENT, &variables, RateLimit::Wait).await;
        let mut data = data.map_err(|error| Error::internal(format!("{error:?}")))?;
        let mut change = data["change"].take();
        if !change.is_object() {
            return Err(Error::internal(format!("there is no stance change {seq}")));
        }
        add_urls(&mut change, &webhooks.public_url);
        let body = json!({ "type": TYPE, "timestamp": change["recordedAt"], "data": change });
        Ok(Self {
            id: message_id(event),
            body: body.to_string(),
        })
    }

    /// Headers with a signature by each valid secret.
    /// # Errors
    /// `Error::Internal` for a stored secret that is none.
    pub(super) fn sign(&self, webhook: &webhook::Model, now: Timestamp) -> Result<Headers> {
        let timestamp = now.0.div_euclid(1_000_000);
        let earlier = webhook.earlier_secret.as_ref().filter(|_| {
            let until = webhook.earlier_secret_until;
            until.is_some_and(|until| now.0 < until)
        });
        let secrets = std::iter::once(&webhook.secret).chain(earlier);
        let signatures = secrets.map(|text| {
            let secret = Secret::parse(text).map_err(Error::internal)?;
            Ok(secret.sign(&self.id, timestamp, &self.body))
        });
        let signatures: Vec<String> = signatures.collect::<Result<_>>()?;
        Ok(Headers {
            id: self.id.clone(),
            timestamp,
            signature: signatures.join(" "),
        })
    }
}

/// Names the change in this history: one that is recorded after a restore has another id, also under the same seq.
pub(super) fn message_id(event: &Event) -> String {
    let cursor = LedgerCursor::new("", event.entry.seq, &event.entry.hash);
    format!("chg_{}_{}", cursor.seq, cursor.hash_prefix)
}

/// Adds the permanent address of everything that has a page.
fn add_urls(change: &mut Value, public_url: &str) {
    let add = |object: &mut Value, folder: &str, key: Option<String>| {
        if let (Some(object), Some(key)) = (object.as_object_mut(), key) {
            let url = format!("{public_url}/{folder}/{key}");
            object.insert("url".to_owned(), url.into());
        }
    };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let number = |value: &Value| value.as_i64().map(|number| number.to_string());
    let seq = |value: &Value| {
        let cursor = LedgerCursor::parse(value.as_str()?)?;
        Some(cursor.seq.to_string())
    };
    let own = seq(&change["cursor"]);
    add(change, "changes", own);
    for field in ["statement", "basis"] {
        let key = number(&change[field]["number"]);
        add(&mut change[field], "statements", key);
    }
    if let Some(corrects) = change.pointer_mut("/statement/corrects") {
        let key = number(&corrects["number"]);
        add(corrects, "statements", key);
    }
    let revised = seq(&change["revises"]["cursor"]);
    add(&mut change["revises"], "changes", revised);
    let relationship = &mut change["relationship"];
    let slug = text(&relationship["initiative"]["slug"]);
    add(&mut relationship["initiative"], "initiatives", slug);
    for state in ["requestingState", "requestedState"] {
        let code = text(&relationship[state]["code"]);
        add(&mut relationship[state], "countries", code);
    }
}
