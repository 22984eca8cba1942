//! Tools: every saved operation, a search of the schema, and any query. A tool that fails says so in its result, so that a model
//! can read why.

use std::sync::LazyLock;

use serde::Serialize;
use serde_json::{Map, Value, json, value::RawValue};

use super::message::{Members, json_text};
use super::rpc_error::RpcError;
use super::search;
use crate::config::access::AccessConfig;
use crate::http::{
    api::answer::{Envelope, envelope_schema, execute, graphql_address},
    api::operation::SavedOperation,
    queries::{
        error::QueryError,
        pinned_query::{PinnedQuery, RateLimit},
    },
};

const SEARCH_SCHEMA: &str = "search_schema";
const RUN_QUERY: &str = "run_query";

/// Cost of a search of the schema.
const SEARCH_COST: u32 = 100;

/// The descriptions of tools, each as JSON text. They are written once.
struct Descriptions {
    saved: Vec<Box<RawValue>>,
    search_schema: Box<RawValue>,
    run_query: Box<RawValue>,
}

static DESCRIPTIONS: LazyLock<Descriptions> = LazyLock::new(|| Descriptions {
    saved: SavedOperation::all().iter().map(describe).collect(),
    search_schema: tool(
        SEARCH_SCHEMA,
        "Finds types, fields, arguments and enum values of the GraphQL schema whose name or description has every word, for `run_query`.",
        &json!({ "type": "object", "required": ["text"], "properties": {
            "text": { "type": "string", "description": "Words, for example `relationship position`." },
        } }),
        &json!({ "type": "object", "required": ["matches"], "properties": {
            "matches": { "type": "array", "items": { "type": "object", "required": ["coordinate", "type", "description"], "properties": {
                "coordinate": { "type": "string", "description": "For example `Relationship.position`." },
                "type": { "type": "string", "description": "Type in GraphQL, with arguments." },
                "description": { "type": "string" },
            } } },
        } }),
    ),
    run_query: tool(
        RUN_QUERY,
        "Runs a GraphQL query, under the same limits as for every client. Mutations and subscriptions are refused.",
        &json!({ "type": "object", "required": ["query"], "properties": {
            "query": { "type": "string", "description": "A GraphQL document with one query." },
            "variables": { "type": "object", "description": "Values of its variables." },
        } }),
        &envelope_schema(&json!({ "type": "object" })),
    ),
});

/// The tools that the configuration allows.
pub(super) fn list(access: &AccessConfig) -> Vec<&'static RawValue> {
    let all = &*DESCRIPTIONS;
    let mut tools: Vec<&RawValue> = all.saved.iter().map(AsRef::as_ref).collect();
    if !access.no_introspection {
        tools.push(&all.search_schema);
    }
    if !access.only_trusted {
        tools.push(&all.run_query);
    }
    tools
}

fn describe(operation: &SavedOperation) -> Box<RawValue> {
    let properties = operation.variables.iter().map(|variable| {
        let mut schema = variable.schema.clone();
        schema["description"] = variable.description.as_str().into();
        (variable.name.clone(), schema)
    });
    let properties: Map<String, Value> = properties.collect();
    let required = operation.variables.iter().filter(|one| one.is_required);
    let required: Vec<&str> = required.map(|one| one.name.as_str()).collect();
    let input = json!({ "type": "object", "required": required, "properties": properties });
    let output = envelope_schema(&operation.data_schema);
    tool(&name_of(operation), &operation.description, &input, &output)
}

fn tool(name: &str, description: &str, input: &Value, output: &Value) -> Box<RawValue> {
    json_text(&json!({
        "name": name,
        "description": description,
        "inputSchema": input,
        "outputSchema": output,
        "annotations": { "readOnlyHint": true, "openWorldHint": false },
    }))
}

/// The name of an operation as that of a tool, which many clients restrict to letters, digits and `_`.
fn name_of(operation: &SavedOperation) -> String {
    operation.name.replace('-', "_")
}

/// # Errors
/// For a tool that does not exist, or arguments that are no object.
pub(super) async fn call(
    query: &PinnedQuery,
    params: &Map<String, Value>,
) -> Result<Members, RpcError> {
    let name = params.get("name").and_then(Value::as_str);
    let name = name.ok_or_else(|| RpcError::invalid_params("`name` is missing"))?;
    let arguments = match params.get("arguments") {
        Some(Value::Object(arguments)) => arguments.clone(),
        None => Map::new(),
        Some(_) => return Err(RpcError::invalid_params("`arguments` must be an object")),
    };
    let access = &query.app().access;
    let operation = SavedOperation::all()
        .iter()
        .find(|one| name_of(one) == name);
    let result = match (operation, name) {
        (Some(operation), _) => run_saved(query, operation, arguments).await,
        (None, SEARCH_SCHEMA) if !access.no_introspection => search_schema(query, &arguments).await,
        (None, RUN_QUERY) if !access.only_trusted => run_query(query, &arguments).await,
        _ => return Err(RpcError::invalid_params("unknown tool")),
    };
    Ok(match result {
        Ok(content) => Members::from([
            ("content", text_content(content.get())),
            ("structuredContent", content),
            ("isError", json_text(&false)),
        ]),
        Err(error) => Members::from([
            ("content", text_content(&error.message())),
            ("isError", json_text(&true)),
        ]),
    })
}

fn text_content(text: &str) -> Box<RawValue> {
    #[derive(Serialize)]
    struct Text<'t> {
        r#type: &'static str,
        text: &'t str,
    }
    json_text(&[Text {
        r#type: "text",
        text,
    }])
}

async fn run_saved(
    query: &PinnedQuery,
    operation: &SavedOperation,
    mut arguments: Map<String, Value>,
) -> Result<Box<RawValue>, QueryError> {
    // An empty list is one that is left out, as in the address of the answer.
    let is_given =
        |value: &Value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty());
    arguments.retain(|_, value| is_given(value));
    let is_known = |name: &String| operation.variables.iter().any(|one| one.name == *name);
    if let Some(unknown) = arguments.keys().find(|name| !is_known(name)) {
        return Err(QueryError::parameter(
            unknown,
            "is not an argument of this tool",
        ));
    }
    let data = execute(query, operation, &arguments).await?;
    let answer = Envelope::of_operation(query, operation, &arguments, data);
    Ok(json_text(&answer))
}

async fn search_schema(
    query: &PinnedQuery,
    arguments: &Map<String, Value>,
) -> Result<Box<RawValue>, QueryError> {
    let text = text_of(arguments, "text")?;
    query.charge(SEARCH_COST, RateLimit::Reject).await?;
    Ok(json_text(&json!({ "matches": search::find(text) })))
}

async fn run_query(
    query: &PinnedQuery,
    arguments: &Map<String, Value>,
) -> Result<Box<RawValue>, QueryError> {
    let document = text_of(arguments, "query")?;
    let variables = match arguments.get("variables") {
        None | Some(Value::Null) => json!({}),
        Some(variables) if variables.is_object() => variables.clone(),
        Some(_) => return Err(QueryError::parameter("variables", "must be an object")),
    };
    let data = query.execute_sent(document, &variables).await?;
    let address = graphql_address(document, &variables, query.seq);
    Ok(json_text(&Envelope::new(query, "query", address, data)))
}

fn text_of<'a>(arguments: &'a Map<String, Value>, name: &str) -> Result<&'a str, QueryError> {
    let text = arguments.get(name).and_then(Value::as_str);
    text.ok_or_else(|| QueryError::parameter(name, "must be a text"))
}
