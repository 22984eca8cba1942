//! Objects whose fields are answered where they stand.
//!
//! async-graphql 7.2.1 makes a future, a path and a map entry for each field, and leads each past every extension. Of
//! an object in memory all fields are ready at the first poll, so here each is polled once on the stack and written
//! down at once; only those that have to wait are kept as futures, and all of one object wait together. The answer is
//! JSON text in a [`Value::Binary`], which [`super::response_json`] knows. A failure becomes null at the nearest place that may
//! be null, as the specification wants it (GraphQL, 6.4.4).
//!
//! It has no way to merge two answers under one name: [`Direct`] resolves as the library does unless the request says
//! that no document of it asks for such ([`Plain`]).

mod gather;
mod list;

use std::borrow::Cow;

use async_graphql::parser::types::{Field, Selection};
use async_graphql::registry::Registry;
use async_graphql::{
    ContainerType, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerError,
    ServerResult, Value,
};
use futures_util::future::FutureExt;

use super::markers::{MARK, Plain};
use super::response_json;
use gather::gather;
pub use list::Listed;

/// An object of the schema, by the name and with the fields of `T`.
#[derive(Clone, Copy, Debug)]
pub struct Direct<T>(pub T);

type Fields<'c> = Vec<&'c Positioned<Field>>;

impl<T: ObjectType> OutputType for Direct<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        if ctx.data_opt::<Plain>().is_none() {
            return self.0.resolve(ctx, field).boxed().await;
        }
        let mut fields = Fields::new();
        collect::<T>(ctx, ctx, &mut fields);
        let one = |place: usize| answer(&self.0, ctx, fields[place]);
        let answers = gather(fields.len(), one).await?;
        let keys = fields.iter().map(|field| key(field));
        let mut text = Vec::with_capacity(fields.len() * 32);
        response_json::object(keys.zip(&answers), &mut text);
        Ok(Value::Binary(text.into()))
    }
}

async fn answer<T: ContainerType>(
    of: &T,
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
) -> ServerResult<Value> {
    if field.node.name.node == "__typename" {
        return Ok(Value::String(T::type_name().into_owned()));
    }
    let ctx = ctx.with_field(field);
    match of.resolve_field(&ctx).await {
        Ok(answer) => Ok(answer.unwrap_or_default()),
        Err(error) if may_be_null::<T>(&ctx.schema_env.registry, field) => {
            ctx.add_error(error);
            Ok(Value::Null)
        }
        Err(error) => Err(error),
    }
}

fn may_be_null<T: OutputType>(registry: &Registry, field: &Positioned<Field>) -> bool {
    let known = registry.types.get(&*T::type_name());
    let known = known.and_then(|kind| kind.field_by_name(&field.node.name.node));
    known.is_some_and(|known| !known.ty.ends_with('!'))
}

/// The fields that are selected of an object, in the order of the text, each once (GraphQL, `CollectFields()`).
fn collect<'c, T: OutputType>(
    ctx: &ContextSelectionSet<'c>,
    set: &ContextSelectionSet<'c>,
    fields: &mut Fields<'c>,
) {
    for item in &set.item.node.items {
        let (on, inner) = match &item.node {
            Selection::Field(field) => {
                let is_new = fields.iter().all(|other| key(other) != key(field));
                if is_new && key(field) != MARK {
                    fields.push(field);
                }
                continue;
            }
            Selection::InlineFragment(inline) => (
                inline.node.type_condition.as_ref(),
                &inline.node.selection_set,
            ),
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let Some(fragment) = ctx.query_env.fragments.get(name) else {
                    continue; // refused before
                };
                (
                    Some(&fragment.node.type_condition),
                    &fragment.node.selection_set,
                )
            }
        };
        let on = on.map(|on| on.node.on.node.as_str());
        if on.is_none_or(|on| is_a::<T>(&ctx.schema_env.registry, on)) {
            collect::<T>(ctx, &set.with_selection_set(inner), fields);
        }
    }
}

fn is_a<T: OutputType>(registry: &Registry, on: &str) -> bool {
    let name = T::type_name();
    let interfaces = registry.implements.get(&*name);
    name == on || interfaces.is_some_and(|interfaces| interfaces.contains(on))
}

fn key(field: &Positioned<Field>) -> &str {
    field.node.response_key().node.as_str()
}

/// The place of a failure, unless it is known more exactly.
fn placed(ctx: &ContextSelectionSet<'_>, error: ServerError) -> ServerError {
    if error.path.is_empty() {
        ctx.set_error_path(error)
    } else {
        error
    }
}
