//! Sets of values of an enumeration with at most 15 values, as bits.

/// Stands for a value of a newer version.
pub const NEWER: u8 = 15;

/// A set of the numbers of values, 0 to [`NEWER`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SmallSet(u16);

impl SmallSet {
    /// Every value, also those of newer versions.
    pub const ALL: Self = Self(u16::MAX);

    pub fn insert(&mut self, value: u8) {
        self.0 |= 1 << value;
    }

    pub fn contains(self, value: u8) -> bool {
        self.0 >> value & 1 != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn has_other_than(self, value: u8) -> bool {
        self.0 & !(1 << value) != 0
    }
}

impl FromIterator<u8> for SmallSet {
    fn from_iter<I: IntoIterator<Item = u8>>(values: I) -> Self {
        let mut set = Self::default();
        values.into_iter().for_each(|value| set.insert(value));
        set
    }
}
