//! Direct JSON output: objects that resolve their fields without a future, path and map entry per field.
//!
//! Fields that are in memory ([`ready`]) are written straight into the text of the object. The others are resolved first:
//! async-graphql 7.2.1 allocates these for each field and calls every extension. The fields of an object in memory are
//! ready at the first poll, so they are polled one after the other; pending ones are awaited together.
//! The value is JSON in a [`Value::Binary`], which [`super::response_json`] copies. An error becomes null at the nearest
//! nullable field (GraphQL, 6.4.4).
//!
//! Selections with the same response key are not merged here: the executor of queries merges them before. Where the library
//! executes, [`DirectJson`] resolves as it does, unless the request needs no merge ([`selected`]).

mod gather;
pub mod interface;
mod list;
pub mod ready;
mod selected;

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{
    ContainerType, ContextSelectionSet, ObjectType, OutputType, Positioned, QueryEnv, ServerError,
    ServerResult, Value,
};
use futures_util::future::FutureExt;

use super::field_order::{Order, sort_fields};
use super::response_json;
use gather::resolve_all;
pub use list::DirectJsonList;
use ready::{ReadyFields, ReadyValue};
use selected::{SelectedFields, is_direct};

/// An object, or an interface or union of objects, with the type name and fields of `T`.
#[derive(Clone, Copy, Debug)]
pub struct DirectJson<T>(pub T);

/// A composite type whose values are encoded while they are resolved.
pub trait DirectOutput: OutputType + Sync {
    /// The value of what is selected of it.
    /// # Errors
    /// That of a field which may not be null.
    fn resolve_direct(
        &self,
        ctx: &ContextSelectionSet<'_>,
    ) -> impl Future<Output = ServerResult<Value>> + Send;

    /// Whether all that is selected of it is ready, as [`ReadyValue::is_ready`].
    fn is_ready(ctx: &ContextSelectionSet<'_>) -> bool;

    /// As [`ReadyValue::write`].
    /// # Errors
    /// As there.
    fn write(&self, ctx: &ContextSelectionSet<'_>, text: &mut Vec<u8>) -> ServerResult<()>;
}

impl<T: DirectOutput> OutputType for DirectJson<T> {
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
        if !is_direct(ctx) {
            return self.0.resolve(ctx, field).boxed().await;
        }
        self.0.resolve_direct(ctx).await
    }
}

impl<T: DirectOutput> ReadyValue for DirectJson<T> {
    fn is_ready(ctx: &ContextSelectionSet<'_>) -> bool {
        T::is_ready(ctx)
    }

    fn write(&self, ctx: &ContextSelectionSet<'_>, text: &mut Vec<u8>) -> ServerResult<()> {
        self.0.write(ctx, text)
    }
}

impl<T: ObjectType + ReadyFields> DirectOutput for T {
    async fn resolve_direct(&self, ctx: &ContextSelectionSet<'_>) -> ServerResult<Value> {
        let fields = SelectedFields::of::<T>(ctx);
        let is_waiting = |field: &&Positioned<Field>| !is_ready::<T>(ctx, field);
        let waiting: Vec<_> = fields.iter().filter(is_waiting).collect();
        let resolve = |index: usize| resolve_field(self, ctx, waiting[index]);
        let values = resolve_all(waiting.len(), resolve).await?;
        let mut text = Vec::with_capacity(fields.len() * 32);
        write_object(self, ctx, &fields, &waiting, &values, &mut text)?;
        Ok(Value::Binary(text.into()))
    }

    fn is_ready(ctx: &ContextSelectionSet<'_>) -> bool {
        let fields = SelectedFields::of::<T>(ctx);
        fields.iter().all(|field| is_ready::<T>(ctx, field))
    }

    fn write(&self, ctx: &ContextSelectionSet<'_>, text: &mut Vec<u8>) -> ServerResult<()> {
        write_object(self, ctx, &SelectedFields::of::<T>(ctx), &[], &[], text)
    }
}

fn is_ready<T: ReadyFields>(ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> bool {
    is_typename(field) || T::is_ready(ctx, field)
}

fn is_typename(field: &Positioned<Field>) -> bool {
    field.node.name.node == "__typename"
}

/// Appends an object: the fields in order, of which `waiting` are resolved to `values`, and the others are ready.
fn write_object<T: ObjectType + ReadyFields>(
    object: &T,
    ctx: &ContextSelectionSet<'_>,
    fields: &SelectedFields<'_>,
    waiting: &[&Positioned<Field>],
    values: &[Value],
    text: &mut Vec<u8>,
) -> ServerResult<()> {
    let mut resolved = waiting.iter().zip(values).peekable();
    text.push(b'{');
    for (index, field) in fields.iter().enumerate() {
        response_json::write_key(response_key(field), index, text);
        match resolved.next_if(|(waiting, _)| std::ptr::eq(**waiting, field)) {
            Some((_, value)) => response_json::write_value(value, text),
            None => write_ready_field(object, ctx, field, text)?,
        }
    }
    text.push(b'}');
    Ok(())
}

fn write_ready_field<T: ObjectType + ReadyFields>(
    object: &T,
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
    text: &mut Vec<u8>,
) -> ServerResult<()> {
    if is_typename(field) {
        response_json::write_string(&T::type_name(), text);
        return Ok(());
    }
    let (start, ctx) = (text.len(), ctx.with_field(field));
    match object.write(&ctx, text) {
        Err(error) if is_nullable::<T>(&ctx.schema_env.registry, field) => {
            ctx.add_error(error);
            text.truncate(start);
            text.extend_from_slice(b"null");
            Ok(())
        }
        result => result,
    }
}

async fn resolve_field<T: ContainerType>(
    object: &T,
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
) -> ServerResult<Value> {
    let ctx = ctx.with_field(field);
    match object.resolve_field(&ctx).await {
        Ok(value) => {
            let mut value = value.unwrap_or_default();
            sort_library_objects(&mut value, ctx.query_env, field);
            Ok(value)
        }
        Err(error) if is_nullable::<T>(&ctx.schema_env.registry, field) => {
            ctx.add_error(error);
            Ok(Value::Null)
        }
        Err(error) => Err(error),
    }
}

/// Sorts the fields of objects that the library has resolved, before they are encoded. Encoded ones are in order.
fn sort_library_objects(value: &mut Value, environment: &QueryEnv, field: &Positioned<Field>) {
    if matches!(value, Value::Object(_) | Value::List(_)) {
        let selection = &field.node.selection_set.node;
        let order = Order {
            fragments: &environment.fragments,
            variables: &environment.variables,
        };
        sort_fields(vec![value], &[selection], &order);
    }
}

fn is_nullable<T: OutputType>(registry: &Registry, field: &Positioned<Field>) -> bool {
    let parent = registry.types.get(&*T::type_name());
    let definition = parent.and_then(|parent| parent.field_by_name(&field.node.name.node));
    definition.is_some_and(|definition| !definition.ty.ends_with('!'))
}

fn response_key(field: &Positioned<Field>) -> &str {
    field.node.response_key().node.as_str()
}

/// Sets the path of an error that has none yet.
fn with_path(ctx: &ContextSelectionSet<'_>, error: ServerError) -> ServerError {
    if error.path.is_empty() {
        ctx.set_error_path(error)
    } else {
        error
    }
}
