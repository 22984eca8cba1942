//! A client over HTTP: an editor, and anybody who reads.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};

use crate::Proven;

pub struct Client {
    http: reqwest::Client,
    pub server: SocketAddr,
    /// The tokens of the editors.
    tokens: Tokens,
}

/// By the place of an editor in [`EDITORS`].
pub type Tokens = [String; 2];

/// Names of editors. Any of them may write.
pub const EDITORS: [&str; 2] = ["desk", "night"];

/// Code and field of the only error.
pub type Refused = (String, String);

/// The server's own limit for a request is 10 seconds; beyond this it hangs.
const PATIENCE: Duration = Duration::from_secs(40);

impl Client {
    pub fn new(server: SocketAddr, tokens: &Tokens) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE);
        Self {
            http: http.build().unwrap(),
            server,
            tokens: tokens.clone(),
        }
    }

    /// The data of a query.
    /// # Errors
    /// Whatever is answered instead.
    pub async fn ask(&self, query: &str, variables: &Value) -> Proven<Value> {
        let answer = self.answer(query, variables, None).await?;
        answer.map_err(|refused| format!("{query} with {variables} is refused: {refused:?}"))
    }

    /// The data of an operation, or why it was refused. Without an editor, anybody asks.
    pub async fn answer(
        &self,
        query: &str,
        variables: &Value,
        editor: Option<usize>,
    ) -> Proven<Result<Value, Refused>> {
        let body = json!({ "query": query, "variables": variables });
        let mut request = self.http.post(format!("http://{}/graphql", self.server));
        if let Some(editor) = editor {
            request = request.bearer_auth(&self.tokens[editor]);
        }
        let response = request.json(&body).send().await;
        let response = response.map_err(|error| format!("{query}: {error:?}"))?;
        let answer = response.json::<Value>().await;
        let mut answer = answer.map_err(|error| format!("{query}: {error:?}"))?;
        if answer.get("errors").is_none() {
            return Ok(Ok(answer["data"].take()));
        }
        refused(&answer["errors"]).map(Err)
    }

    /// What a mutation gives, or why it is refused.
    pub async fn write(
        &self,
        editor: usize,
        mutation: &str,
        fields: &str,
        input: &Value,
    ) -> Proven<Result<Value, Refused>> {
        let (first, rest) = mutation.split_at(1);
        let query = format!(
            "mutation($input: {}{rest}Input!) {{ {mutation}(input: $input) {{ {fields} }} }}",
            first.to_uppercase()
        );
        let answer = self
            .answer(&query, &json!({ "input": input }), Some(editor))
            .await?;
        Ok(answer.map(|mut data| data[mutation].take()))
    }
}

/// # Errors
/// If there are more errors than one, or other fields beside.
pub fn refused(errors: &Value) -> Proven<Refused> {
    match errors.as_array().map(Vec::as_slice) {
        Some([error]) => {
            let text = |key: &str| error["extensions"][key].as_str().unwrap_or_default();
            Ok((text("code").to_owned(), text("field").to_owned()))
        }
        _ => Err(format!("not one error: {errors}")),
    }
}
