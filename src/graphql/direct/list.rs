//! Lists, mostly of such objects.

use std::borrow::Cow;
use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context as Task, Poll};

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};
use futures_util::future::{BoxFuture, FutureExt, try_join_all};

use super::{Plain, placed};
use crate::graphql::json;

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
        let mut answers = vec![Value::Null; self.0.len()];
        let mut waiting = Vec::new();
        poll_fn(|task| Poll::Ready(self.poll_once(ctx, field, &mut answers, &mut waiting, task)))
            .await?;
        if !waiting.is_empty() {
            for (place, answer) in try_join_all(waiting).await? {
                answers[place] = answer;
            }
        }
        let mut text = Vec::with_capacity(answers.iter().map(size).sum::<usize>() + 2);
        json::value(&Value::List(answers), &mut text);
        Ok(Value::Binary(text.into()))
    }
}

impl<T: OutputType> Listed<T> {
    /// Answers what is ready; the rest is left in `waiting`, by its place.
    fn poll_once<'c>(
        &'c self,
        ctx: &'c ContextSelectionSet<'c>,
        field: &'c Positioned<Field>,
        answers: &mut [Value],
        waiting: &mut Vec<BoxFuture<'c, ServerResult<(usize, Value)>>>,
        task: &mut Task<'_>,
    ) -> ServerResult<()> {
        for (place, item) in self.0.iter().enumerate() {
            // Where one waits the others will, too: they are not begun twice.
            if waiting.is_empty() {
                let at_once = answer(item, place, ctx, field);
                if let Poll::Ready(answer) = pin!(at_once).poll(task) {
                    answers[place] = answer?;
                    continue;
                }
            }
            waiting.push(Box::pin(async move {
                let answer = answer(item, place, ctx, field).await;
                answer.map(|answer| (place, answer))
            }));
        }
        Ok(())
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
