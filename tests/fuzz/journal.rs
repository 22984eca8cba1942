//! File with the input that is being tried: it survives a crash of the process.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

pub struct Journal(File);

impl Journal {
    pub fn open(path: &Path) -> Self {
        Self(File::create(path).unwrap())
    }

    /// Stores an input before it is tried. A single write, so that a million of them cost seconds.
    pub fn store(&self, input: &[u8]) {
        let mut entry = (input.len() as u64).to_le_bytes().to_vec();
        entry.extend(input);
        self.0.write_all_at(&entry, 0).unwrap();
    }
}

/// The last stored input; none if nothing was stored.
pub fn read(path: &Path) -> Option<Vec<u8>> {
    let entry = std::fs::read(path).ok()?;
    let (length, rest) = entry.split_first_chunk()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    rest.get(..length).map(<[u8]>::to_vec)
}
