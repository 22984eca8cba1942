//! Lists, mostly of such objects.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};
use futures_util::future::FutureExt;

use super::{gather::gather, placed};
use crate::graphql::output::markers::Plain;
use crate::graphql::output::response_json;

/// Items in order, none of which may be null. They may be of any type, and wait together.
#[derive(Clone, Debug)]
pub struct Listed<T>(pub Vec<T>);

impl<T> FromIterator<T> for Listed<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<T: OutputType> OutputType for Listed<T> {
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
        if ctx.data_opt::<Plain>().is_none() {
            let items: Vec<&T> = self.0.iter().collect();
            return async move { items.resolve(ctx, field).await }.boxed().await;
        }
        let one = |place: usize| answer(&self.0[place], place, ctx, field);
        let answers = gather(self.0.len(), one).await?;
        let mut text = Vec::with_capacity(answers.iter().map(size).sum::<usize>() + 2);
        response_json::value(&Value::List(answers), &mut text);
        Ok(Value::Binary(text.into()))
    }
}

async fn answer<T: OutputType>(
    item: &T,
    place: usize,
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
) -> ServerResult<Value> {
    let ctx = ctx.with_index(place);
    let answer = item.resolve(&ctx, field).await;
    answer.map_err(|error| placed(&ctx, error))
}

fn size(answer: &Value) -> usize {
    match answer {
        Value::Binary(text) => text.len() + 1,
        _ => 4,
    }
}
