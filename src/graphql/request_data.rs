//! Data of a request: what is passed with it to its execution, by type.

use std::any::{Any, TypeId};

use async_graphql::Request;

/// The value of a type, if the request has one.
pub fn find_data<T: Any>(request: &Request) -> Option<&T> {
    request.data.get(&TypeId::of::<T>())?.downcast_ref()
}
