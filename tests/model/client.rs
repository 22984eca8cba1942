//! HTTP client with the tokens of two editors; also used without a token.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};

use crate::TestResult;

pub struct Client {
    http: reqwest::Client,
    pub server: SocketAddr,
    /// One token per editor.
    tokens: Tokens,
}

/// By index in [`EDITORS`].
pub type Tokens = [String; 2];

/// Names of the editors. Both may write.
pub const EDITORS: [&str; 2] = ["desk", "night"];

/// Code and field of a single error.
pub type ErrorResponse = (String, String);

/// The server's own limit for a request is 10 seconds; a longer wait means that it hangs.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(40);

impl Client {
    pub fn new(server: SocketAddr, tokens: &Tokens) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(REQUEST_TIMEOUT);
        Self {
            http: http.build().unwrap(),
            server,
            tokens: tokens.clone(),
        }
    }

    /// The data of a query.
    /// # Errors
    /// The request failed or returned errors.
    pub async fn query(&self, document: &str, variables: &Value) -> TestResult<Value> {
        let result = self.execute(document, variables, None).await?;
        result.map_err(|error| format!("{document} with {variables} returned {error:?}"))
    }

    /// The data of an operation, or its error. Without an editor, no token is sent.
    pub async fn execute(
        &self,
        document: &str,
        variables: &Value,
        editor: Option<usize>,
    ) -> TestResult<Result<Value, ErrorResponse>> {
        let body = json!({ "query": document, "variables": variables });
        let mut request = self.http.post(format!("http://{}/graphql", self.server));
        if let Some(editor) = editor {
            request = request.bearer_auth(&self.tokens[editor]);
        }
        let response = request.json(&body).send().await;
        let response = response.map_err(|error| format!("{document}: {error:?}"))?;
        let body = response.json::<Value>().await;
        let mut body = body.map_err(|error| format!("{document}: {error:?}"))?;
        if body.get("errors").is_none() {
            return Ok(Ok(body["data"].take()));
        }
        single_error(&body["errors"]).map(Err)
    }

    /// The payload of a mutation, or its error.
    pub async fn write(
        &self,
        editor: usize,
        mutation: &str,
        fields: &str,
        input: &Value,
    ) -> TestResult<Result<Value, ErrorResponse>> {
        let (first, rest) = mutation.split_at(1);
        let document = format!(
            "mutation($input: {}{rest}Input!) {{ {mutation}(input: $input) {{ {fields} }} }}",
            first.to_uppercase()
        );
        let result = self
            .execute(&document, &json!({ "input": input }), Some(editor))
            .await?;
        Ok(result.map(|mut data| data[mutation].take()))
    }
}

/// # Errors
/// There is not exactly one error.
pub fn single_error(errors: &Value) -> TestResult<ErrorResponse> {
    match errors.as_array().map(Vec::as_slice) {
        Some([error]) => {
            let text = |key: &str| error["extensions"][key].as_str().unwrap_or_default();
            Ok((text("code").to_owned(), text("field").to_owned()))
        }
        _ => Err(format!("expected one error: {errors}")),
    }
}
