//! Lists that encode their items as JSON.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};
use futures_util::future::FutureExt;

use super::gather::resolve_all;
use super::ready::{ReadyValue, write_list};
use super::selected::is_direct;
use super::{sort_library_objects, with_path};
use crate::graphql::output::response_json;

/// A list of non-null items of any output type, resolved concurrently.
#[derive(Clone, Debug)]
pub struct DirectJsonList<T>(pub Vec<T>);

impl<T> FromIterator<T> for DirectJsonList<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<T: OutputType + ReadyValue> OutputType for DirectJsonList<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<T>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<T>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        if !is_direct(ctx) {
            let items: Vec<&T> = self.0.iter().collect();
            return async move { items.resolve(ctx, field).await }.boxed().await;
        }
        if T::is_ready(ctx) {
            let mut text = Vec::with_capacity(self.0.len() * 64 + 2);
            self.write(ctx, &mut text)?;
            return Ok(Value::Binary(text.into()));
        }
        let resolve = |index: usize| resolve_item(&self.0[index], index, ctx, field);
        let items = resolve_all(self.0.len(), resolve).await?;
        let mut text = Vec::with_capacity(items.iter().map(encoded_size).sum::<usize>() + 2);
        response_json::write_value(&Value::List(items), &mut text);
        Ok(Value::Binary(text.into()))
    }
}

impl<T: ReadyValue> ReadyValue for DirectJsonList<T> {
    fn is_ready(ctx: &ContextSelectionSet<'_>) -> bool {
        T::is_ready(ctx)
    }

    fn write(&self, ctx: &ContextSelectionSet<'_>, text: &mut Vec<u8>) -> ServerResult<()> {
        write_list(&self.0, ctx, text)
    }
}

async fn resolve_item<T: OutputType>(
    item: &T,
    index: usize,
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
) -> ServerResult<Value> {
    let ctx = ctx.with_index(index);
    let mut value = item.resolve(&ctx, field).await;
    if let Ok(value) = &mut value {
        sort_library_objects(value, ctx.query_env, field);
    }
    value.map_err(|error| with_path(&ctx, error))
}

/// Bytes to reserve for an item and its comma.
fn encoded_size(item: &Value) -> usize {
    match item {
        Value::Binary(text) => text.len() + 1,
        _ => 4,
    }
}
