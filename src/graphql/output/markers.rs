//! Markers that validation leaves in a request for whoever writes its response.

/// A name under which nobody asks for anything; a document that contains it is not marked.
pub const MARK: &str = "__demarche";

/// In the data of a request: no object is selected from twice under one name.
#[derive(Clone, Copy, Debug)]
pub struct Plain;
