//! Interfaces and unions: each value is encoded as the object that it is.

/// Declares that the values of an enum, which is an interface or a union, are encoded while they are resolved.
macro_rules! direct_interface {
    ($type:ident { $($variant:ident => $object:ty),+ $(,)? }) => {
        impl $crate::graphql::output::direct_json::DirectOutput for $type {
            async fn resolve_direct(
                &self,
                ctx: &async_graphql::ContextSelectionSet<'_>,
            ) -> async_graphql::ServerResult<async_graphql::Value> {
                use futures_util::future::FutureExt;
                // Boxed, so that the future is not as large as that of the largest object.
                match self {
                    $(Self::$variant(object) => {
                        $crate::graphql::output::direct_json::DirectOutput::resolve_direct(object, ctx).boxed()
                    })+
                }.await
            }

            fn is_ready(ctx: &async_graphql::ContextSelectionSet<'_>) -> bool {
                $(<$object as $crate::graphql::output::direct_json::DirectOutput>::is_ready(ctx))&&+
            }

            fn write(
                &self,
                ctx: &async_graphql::ContextSelectionSet<'_>,
                text: &mut Vec<u8>,
            ) -> async_graphql::ServerResult<()> {
                match self {
                    $(Self::$variant(object) => {
                        $crate::graphql::output::direct_json::DirectOutput::write(object, ctx, text)
                    })+
                }
            }
        }
    };
}
pub(in crate::graphql) use direct_interface;
