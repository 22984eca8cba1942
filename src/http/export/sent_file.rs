//! A file that was made for one client. It exists until the client has all of it, leaves, or its time is over, however slowly the
//! client reads: nothing polls the body of a client that takes a byte now and then.

use std::sync::Arc;

use tokio::{fs::File, io::AsyncReadExt, sync::Mutex};
use tokio_util::task::AbortOnDropHandle;

use crate::http::clients::resource_limiter::ResourcePermit;

/// Bytes that are read and sent at a time.
const PART_BYTES: usize = 64 << 10;

pub(super) struct SentFile {
    /// `None` once its time is over.
    file: Arc<Mutex<Option<CountedFile>>>,
    _expiry: AbortOnDropHandle<()>,
}

struct CountedFile {
    file: File,
    _permit: ResourcePermit,
}

impl SentFile {
    /// A file that is gone once `time_is_over`.
    pub(super) fn new(
        file: File,
        permit: ResourcePermit,
        time_is_over: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        let counted = CountedFile {
            file,
            _permit: permit,
        };
        let file = Arc::new(Mutex::new(Some(counted)));
        let expired = Arc::clone(&file);
        let expiry = tokio::spawn(async move {
            time_is_over.await;
            drop(expired.lock().await.take());
        });
        Self {
            file,
            _expiry: AbortOnDropHandle::new(expiry),
        }
    }

    /// The next part; `None` at the end.
    /// # Errors
    /// `TimedOut` once its time is over.
    pub(super) async fn next(&self) -> std::io::Result<Option<Vec<u8>>> {
        let mut counted = self.file.lock().await;
        let Some(CountedFile { file, .. }) = counted.as_mut() else {
            return Err(std::io::ErrorKind::TimedOut.into());
        };
        let mut part = Vec::with_capacity(PART_BYTES);
        let read = file.take(PART_BYTES as u64).read_to_end(&mut part).await?;
        Ok((read > 0).then_some(part))
    }
}

#[cfg(test)]
mod tests {
    use tokio::{sync::oneshot, task::yield_now};

    use super::*;
    use crate::config::limits::TransportLimits;
    use crate::http::clients::{client_ip::ClientIp, resource_limiter::ResourceLimiter};

    fn file_of(bytes: usize) -> File {
        use std::io::{Seek, Write};
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&vec![7; bytes]).unwrap();
        file.rewind().unwrap();
        File::from_std(file)
    }

    fn permit(limiter: &ResourceLimiter) -> ResourcePermit {
        let client = ClientIp::from_ip("192.0.2.1".parse().unwrap());
        limiter.reserve(client, 1).unwrap()
    }

    #[tokio::test]
    async fn a_file_whose_time_is_over_is_gone_though_nothing_reads_it() {
        let limiter = ResourceLimiter::of_export_files(&TransportLimits::default());
        let (end, time) = oneshot::channel();
        let file = SentFile::new(file_of(100_000), permit(&limiter), async {
            drop(time.await);
        });
        let first = file.next().await.unwrap().unwrap();
        assert_eq!((first.len(), limiter.total()), (PART_BYTES, 1));
        end.send(()).unwrap();
        while limiter.total() > 0 {
            yield_now().await;
        }
        let error = file.next().await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_file_is_read_to_its_end_and_counted_until_it_is_dropped() {
        let limiter = ResourceLimiter::of_export_files(&TransportLimits::default());
        let file = SentFile::new(file_of(100_000), permit(&limiter), std::future::pending());
        let mut length = 0;
        while let Some(part) = file.next().await.unwrap() {
            length += part.len();
        }
        assert_eq!((length, limiter.total()), (100_000, 1));
        drop(file);
        while limiter.total() > 0 {
            yield_now().await;
        }
    }
}
