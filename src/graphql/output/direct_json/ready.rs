//! Ready values: scalars, and objects whose selected fields are in memory, written straight into the text of a response.
//!
//! The fields that are ready are listed beside the resolvers of a type ([`ready_fields`]), which stay the only definition of
//! their values. A field that is not listed, or has arguments, is resolved as any other; so a list may lack any of them.

use async_graphql::parser::types::Field;
use async_graphql::{Context, ContextSelectionSet, ID, Positioned, ServerResult, Value};
use futures_util::future::FutureExt;

use crate::graphql::output::response_json::write_value;

/// A value that needs no future to be written.
pub trait ReadyValue {
    /// Whether this holds for all that is selected of it.
    fn is_ready(_: &ContextSelectionSet<'_>) -> bool {
        true
    }

    /// Appends the value as JSON.
    /// # Errors
    /// That of a field below which may not be null.
    fn write(&self, ctx: &ContextSelectionSet<'_>, text: &mut Vec<u8>) -> ServerResult<()>;
}

/// An object with fields that are ready.
pub trait ReadyFields {
    /// Whether a field, with what is selected below it, is ready.
    fn is_ready(_: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> bool {
        false
    }

    /// Appends the value of a ready field as JSON.
    /// # Errors
    /// That of its resolver.
    fn write(&self, _: &Context<'_>, _: &mut Vec<u8>) -> ServerResult<()> {
        unreachable!("no field is ready")
    }
}

/// Declares the ready fields of a type: the name in the schema, and the resolver; with `of` the type of its value, if that has
/// fields. A resolver with arguments is called without them by the values in parentheses.
macro_rules! ready_fields {
    ($type:ty { $($name:literal => $method:ident $(($($default:expr),+))? $(of $value:ty)?,)* }) => {
        impl $crate::graphql::output::direct_json::ready::ReadyFields for $type {
            fn is_ready(
                ctx: &async_graphql::ContextSelectionSet<'_>,
                field: &async_graphql::Positioned<async_graphql::parser::types::Field>,
            ) -> bool {
                let _ = ctx;
                field.node.arguments.is_empty() && match field.node.name.node.as_str() {
                    $($name => $crate::graphql::output::direct_json::ready::ready_fields!(@ready ctx field $($value)?),)*
                    _ => false,
                }
            }

            fn write(
                &self,
                ctx: &async_graphql::Context<'_>,
                text: &mut Vec<u8>,
            ) -> async_graphql::ServerResult<()> {
                match ctx.item.node.name.node.as_str() {
                    $($name => $crate::graphql::output::direct_json::ready::write_result(
                        self.$method(ctx $($(, $default)+)?), ctx, text,
                    ),)*
                    _ => unreachable!("the field is not ready"),
                }
            }
        }
    };
    (@ready $ctx:ident $field:ident) => { true };
    (@ready $ctx:ident $field:ident $value:ty) => {
        <$value as $crate::graphql::output::direct_json::ready::ReadyValue>::is_ready(
            &$ctx.with_selection_set(&$field.node.selection_set),
        )
    };
}
pub(in crate::graphql) use ready_fields;

/// Appends what a resolver without an `await` returns.
pub(in crate::graphql) fn write_result<T: ReadyValue, E: Into<async_graphql::Error>>(
    resolver: impl Future<Output = Result<T, E>>,
    ctx: &Context<'_>,
    text: &mut Vec<u8>,
) -> ServerResult<()> {
    let result = resolver
        .now_or_never()
        .expect("a ready field waits for nothing");
    let value = result.map_err(|error| {
        let error: async_graphql::Error = error.into();
        ctx.set_error_path(error.into_server_error(ctx.item.pos))
    })?;
    value.write(&ctx.with_selection_set(&ctx.item.node.selection_set), text)
}

/// Appends a list.
/// # Errors
/// As [`ReadyValue::write`].
pub(super) fn write_list<T: ReadyValue>(
    items: &[T],
    ctx: &ContextSelectionSet<'_>,
    text: &mut Vec<u8>,
) -> ServerResult<()> {
    text.push(b'[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push(b',');
        }
        item.write(&ctx.with_index(index), text)?;
    }
    text.push(b']');
    Ok(())
}

impl<T: ReadyFields> ReadyFields for &T {
    fn is_ready(ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> bool {
        T::is_ready(ctx, field)
    }

    fn write(&self, ctx: &Context<'_>, text: &mut Vec<u8>) -> ServerResult<()> {
        T::write(self, ctx, text)
    }
}

impl<T: ReadyValue + ?Sized> ReadyValue for &T {
    fn is_ready(ctx: &ContextSelectionSet<'_>) -> bool {
        T::is_ready(ctx)
    }

    fn write(&self, ctx: &ContextSelectionSet<'_>, text: &mut Vec<u8>) -> ServerResult<()> {
        T::write(self, ctx, text)
    }
}

impl<T: ReadyValue> ReadyValue for Option<T> {
    fn is_ready(ctx: &ContextSelectionSet<'_>) -> bool {
        T::is_ready(ctx)
    }

    fn write(&self, ctx: &ContextSelectionSet<'_>, text: &mut Vec<u8>) -> ServerResult<()> {
        if let Some(value) = self {
            return value.write(ctx, text);
        }
        text.extend_from_slice(b"null");
        Ok(())
    }
}

impl<T: ReadyValue> ReadyValue for [T] {
    fn is_ready(ctx: &ContextSelectionSet<'_>) -> bool {
        T::is_ready(ctx)
    }

    fn write(&self, ctx: &ContextSelectionSet<'_>, text: &mut Vec<u8>) -> ServerResult<()> {
        write_list(self, ctx, text)
    }
}

impl<T: ReadyValue> ReadyValue for Vec<T> {
    fn is_ready(ctx: &ContextSelectionSet<'_>) -> bool {
        T::is_ready(ctx)
    }

    fn write(&self, ctx: &ContextSelectionSet<'_>, text: &mut Vec<u8>) -> ServerResult<()> {
        write_list(self, ctx, text)
    }
}

/// Writes scalars of a type as text.
macro_rules! ready_text {
    ($($type:ty: |$value:ident| $text:expr,)*) => {$(
        impl $crate::graphql::output::direct_json::ready::ReadyValue for $type {
            fn write(
                &self,
                _: &async_graphql::ContextSelectionSet<'_>,
                text: &mut Vec<u8>,
            ) -> async_graphql::ServerResult<()> {
                let $value = self;
                $crate::graphql::output::response_json::write_string($text, text);
                Ok(())
            }
        }
    )*};
}
pub(in crate::graphql) use ready_text;

ready_text! {
    str: |text| text,
    String: |text| text,
    ID: |id| id,
}

/// Writes values of enums by their names in the schema.
macro_rules! ready_enum {
    ($($type:ty),+) => {$(
        $crate::graphql::output::direct_json::ready::ready_text! {
            $type: |value| {
                let mut items = <$type as async_graphql::resolver_utils::EnumType>::items().iter();
                items.find(|item| item.value == *value).map_or("", |item| item.name)
            },
        }
    )+};
}
pub(in crate::graphql) use ready_enum;

/// Writes numbers and booleans, whose text in Rust is JSON.
macro_rules! ready_display {
    ($($type:ty),+) => {$(
        impl ReadyValue for $type {
            fn write(&self, _: &ContextSelectionSet<'_>, text: &mut Vec<u8>) -> ServerResult<()> {
                use std::io::Write;
                write!(text, "{self}").expect("a Vec takes every text");
                Ok(())
            }
        }
    )+};
}

ready_display!(bool, i32, i64, u32, u64, usize);

impl ReadyValue for f64 {
    fn write(&self, _: &ContextSelectionSet<'_>, text: &mut Vec<u8>) -> ServerResult<()> {
        write_value(&Value::from(*self), text);
        Ok(())
    }
}
