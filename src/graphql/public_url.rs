//! The public URL of the server, from which permanent links are built.

/// Public base URL of this service, without a trailing slash; permanent links start with it.
pub struct PublicUrl(String);

impl PublicUrl {
    pub fn new(public_url: &str) -> Self {
        Self(public_url.trim_end_matches('/').to_owned())
    }

    pub fn url(&self) -> &str {
        &self.0
    }
}
