//! File slots: few temporary files for clients exist at a time, one for each address.

use std::sync::Arc;

use parking_lot::Mutex;

use super::client_ip::ClientIp;

/// Files that exist at a time.
const MAX_FILES: usize = 3;

/// The addresses whose files exist.
#[derive(Clone, Debug, Default)]
pub(crate) struct FileSlots(Arc<Mutex<Vec<ClientIp>>>);

/// Counts until it is dropped.
#[derive(Debug)]
pub(crate) struct FileSlot {
    slots: FileSlots,
    client: ClientIp,
}

impl FileSlots {
    /// # Errors
    /// Why there is none, and what to do.
    pub(crate) fn reserve(&self, client: ClientIp) -> Result<FileSlot, &'static str> {
        let mut clients = self.0.lock();
        if clients.contains(&client) {
            return Err("another file for your address is being made or sent; retry after it");
        }
        if clients.len() >= MAX_FILES {
            return Err("too many files are being made or sent; retry later");
        }
        clients.push(client);
        Ok(FileSlot {
            slots: self.clone(),
            client,
        })
    }
}

impl Drop for FileSlot {
    fn drop(&mut self) {
        self.slots.0.lock().retain(|client| *client != self.client);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_files_exist_and_one_for_each_address() {
        let client = |text: &str| ClientIp::from_ip(text.parse().unwrap());
        let files = FileSlots::default();
        let first = files.reserve(client("192.0.2.1")).unwrap();
        assert!(files.reserve(client("192.0.2.1")).is_err());
        let _second = files.reserve(client("192.0.2.2")).unwrap();
        let _third = files.reserve(client("192.0.2.3")).unwrap();
        assert!(files.reserve(client("192.0.2.4")).is_err());
        drop(first);
        assert!(files.reserve(client("192.0.2.4")).is_ok());
    }
}
