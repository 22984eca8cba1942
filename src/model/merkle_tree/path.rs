//! The ranges of leaves whose roots are the hashes of a proof, from the leaf upwards (RFC 9162 §2.1.3.1 and §2.1.4.1).

/// Leaves next to each other whose root is a hash of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LeafRange {
    pub start: u64,
    /// Exclusive.
    pub end: u64,
}

impl LeafRange {
    /// All leaves of a tree.
    pub fn whole(size: u64) -> Self {
        Self {
            start: 0,
            end: size,
        }
    }

    fn size(self) -> u64 {
        self.end - self.start
    }

    /// Splits two or more leaves after the largest power of two that is smaller than their number.
    fn split(self) -> (Self, Self) {
        let middle = self.start + (1 << (self.size() - 1).ilog2());
        let left = Self {
            end: middle,
            ..self
        };
        let right = Self {
            start: middle,
            ..self
        };
        (left, right)
    }
}

/// The proof that the leaf at `index`, from 0, is in the tree of the first `size` leaves. Without the leaf itself; empty if it
/// is the only one. `None` if the tree has no such leaf.
pub fn inclusion_path(index: u64, size: u64) -> Option<Vec<LeafRange>> {
    if index >= size {
        return None;
    }
    let mut path = Vec::new();
    let mut range = LeafRange::whole(size);
    while range.size() > 1 {
        let (left, right) = range.split();
        let (inner, sibling) = if index < right.start {
            (left, right)
        } else {
            (right, left)
        };
        path.push(sibling);
        range = inner;
    }
    path.reverse();
    Some(path)
}

/// The proof that the tree of the first `from` leaves is the beginning of that of the first `to`. Empty if they are equal. `None`
/// unless 0 < `from` ≤ `to`: nothing is proven about a tree without leaves.
pub fn consistency_path(from: u64, to: u64) -> Option<Vec<LeafRange>> {
    if from == 0 || from > to {
        return None;
    }
    let mut path = Vec::new();
    let mut range = LeafRange::whole(to);
    while range.end != from {
        let (left, right) = range.split();
        let (inner, sibling) = if from <= left.end {
            (left, right)
        } else {
            (right, left)
        };
        path.push(sibling);
        range = inner;
    }
    // The verifier knows the root of the earlier tree, if it is a subtree of the later one.
    if range.start > 0 {
        path.push(range);
    }
    path.reverse();
    Some(path)
}
