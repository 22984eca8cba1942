//! The tree against a plain implementation of the definitions of RFC 9162, and against its verification algorithms.

use std::cell::RefCell;
use std::collections::HashMap;
use std::convert::Infallible;

use super::*;

/// Leaves of a tree with three stored levels.
const LARGE: u64 = 66_050;

/// The definitions, of leaf hashes. What was computed is remembered.
#[derive(Default)]
struct Definition {
    leaves: Vec<Hash>,
    roots: RefCell<HashMap<(usize, usize), Hash>>,
}

impl Definition {
    /// MTH of RFC 9162 §2.1.1.
    fn root(&self, start: usize, end: usize) -> Hash {
        if let Some(root) = self.roots.borrow().get(&(start, end)) {
            return *root;
        }
        let root = match end - start {
            0 => Sha256::digest([]).into(),
            1 => self.leaves[start],
            size => {
                let middle = start + split(size);
                let (left, right) = (self.root(start, middle), self.root(middle, end));
                let hashed = [&[1], left.as_slice(), right.as_slice()].concat();
                Sha256::digest(hashed).into()
            }
        };
        self.roots.borrow_mut().insert((start, end), root);
        root
    }

    /// PATH of RFC 9162 §2.1.3.1.
    fn inclusion(&self, index: usize, start: usize, end: usize) -> Vec<Hash> {
        if end - start == 1 {
            return Vec::new();
        }
        let middle = start + split(end - start);
        let (mut path, sibling) = if index < middle {
            (self.inclusion(index, start, middle), (middle, end))
        } else {
            (self.inclusion(index, middle, end), (start, middle))
        };
        path.push(self.root(sibling.0, sibling.1));
        path
    }

    /// SUBPROOF of RFC 9162 §2.1.4.1.
    fn consistency(&self, from: usize, start: usize, end: usize, is_whole: bool) -> Vec<Hash> {
        if from == end {
            let root = (!is_whole).then(|| self.root(start, end));
            return root.into_iter().collect();
        }
        let middle = start + split(end - start);
        let (mut path, sibling) = if from <= middle {
            (
                self.consistency(from, start, middle, is_whole),
                (middle, end),
            )
        } else {
            (self.consistency(from, middle, end, false), (start, middle))
        };
        path.push(self.root(sibling.0, sibling.1));
        path
    }
}

/// The largest power of two that is smaller than the size.
fn split(size: usize) -> usize {
    let mut half = 1;
    while half * 2 < size {
        half *= 2;
    }
    half
}

/// RFC 9162 §2.1.3.2.
fn includes(leaf: Hash, index: u64, size: u64, path: &[Hash], expected: Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if node % 2 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node.is_multiple_of(2) && node != 0 {
                node /= 2;
                last /= 2;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node /= 2;
        last /= 2;
    }
    last == 0 && hash == expected
}

/// RFC 9162 §2.1.4.2.
fn is_consistent(from: u64, to: u64, path: &[Hash], first: Hash, second: Hash) -> bool {
    if from == to {
        return path.is_empty() && first == second;
    }
    let mut path = path.to_vec();
    if from.is_power_of_two() {
        path.insert(0, first);
    }
    let Some((start, rest)) = path.split_first() else {
        return false;
    };
    let (mut node, mut last) = (from - 1, to - 1);
    while node % 2 == 1 {
        node /= 2;
        last /= 2;
    }
    let (mut one, mut other) = (*start, *start);
    for sibling in rest {
        if last == 0 {
            return false;
        }
        if node % 2 == 1 || node == last {
            one = node_hash(sibling, &one);
            other = node_hash(sibling, &other);
            while node.is_multiple_of(2) && node != 0 {
                node /= 2;
                last /= 2;
            }
        } else {
            other = node_hash(&other, sibling);
        }
        node /= 2;
        last /= 2;
    }
    last == 0 && one == first && other == second
}

/// What is stored of a tree.
struct Stored {
    nodes: HashMap<(u32, u64), Hash>,
    roots: RefCell<HashMap<LeafRange, Hash>>,
}

impl Stored {
    /// A tree, and its definition.
    fn new(size: u64) -> (Self, Definition) {
        let leaf = |number: u64| Sha256::digest(number.to_be_bytes()).into();
        let leaves: Vec<Hash> = (0..size).map(leaf).collect();
        let positions = (0..).zip(&leaves);
        let mut nodes: HashMap<(u32, u64), Hash> = positions
            .map(|(position, leaf)| ((0, position), *leaf))
            .collect();
        let mut frontier = Frontier::default();
        for leaf in &leaves {
            frontier.push(*leaf, |level, position, hash| {
                assert_eq!(nodes.insert((level, position), hash), None);
            });
        }
        let roots = RefCell::default();
        let definition = Definition {
            leaves,
            roots: RefCell::default(),
        };
        (Self { nodes, roots }, definition)
    }

    fn root(&self, range: LeafRange) -> Hash {
        if let Some(root) = self.roots.borrow().get(&range) {
            return *root;
        }
        let Ok(root) = range_root(range, |level, position| {
            Ok::<_, Infallible>(self.nodes[&(level, position)])
        });
        self.roots.borrow_mut().insert(range, root);
        root
    }

    fn roots(&self, path: Vec<LeafRange>) -> Vec<Hash> {
        path.into_iter().map(|range| self.root(range)).collect()
    }
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap()
}

#[test]
fn roots_are_those_of_the_definition() {
    let (stored, definition) = Stored::new(600);
    let mut frontier = Frontier::default();
    for size in 0..=600 {
        let expected = definition.root(0, index(size));
        assert_eq!(stored.root(LeafRange::whole(size)), expected, "{size}");
        assert_eq!(frontier.root(), expected, "{size}");
        if let Some(leaf) = definition.leaves.get(index(size)) {
            frontier.push(*leaf, |_, _, _| ());
        }
    }
}

#[test]
fn the_tree_without_leaves_is_the_hash_of_nothing() {
    let hash = data_encoding::HEXLOWER.encode(&Frontier::default().root());
    let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(hash, nothing);
}

/// Every size up to 600 with every seventh index; in a large tree, pairs around the borders of tiles, and random ones.
fn pairs() -> impl Iterator<Item = (u64, u64)> {
    let small = (1..=600).flat_map(|size| {
        let indices = (size % 7..size).step_by(7).chain([0, size - 1]);
        indices.map(move |index| (index, size))
    });
    let borders = [
        0, 1, 254, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 66_047,
    ];
    let sizes = [65_535, 65_536, 65_537, 66_048, 66_050];
    let large = sizes.into_iter().flat_map(move |size| {
        let indices = borders.into_iter().filter(move |index| *index < size);
        indices.map(move |index| (index, size))
    });
    // A linear congruential generator (Knuth's MMIX), with a fixed seed.
    let mut state = 9_162_u64;
    let random = std::iter::repeat_with(move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let size = 1 + (state >> 33) % LARGE;
        ((state >> 13) % size, size)
    });
    small.chain(large).chain(random.take(500))
}

#[test]
fn inclusion_proofs_are_those_of_the_definition_and_verify() {
    let (stored, definition) = Stored::new(LARGE);
    for (leaf, size) in pairs() {
        let path = stored.roots(inclusion_path(leaf, size).unwrap());
        let expected = definition.inclusion(index(leaf), 0, index(size));
        assert_eq!(path, expected, "{leaf} of {size}");
        let root = definition.root(0, index(size));
        let hash = definition.leaves[index(leaf)];
        assert!(includes(hash, leaf, size, &path, root), "{leaf} of {size}");
        let is_other = includes(hash, leaf + 1, size, &path, root);
        assert!(!is_other, "{leaf} of {size}");
    }
}

#[test]
fn consistency_proofs_are_those_of_the_definition_and_verify() {
    let (stored, definition) = Stored::new(LARGE);
    for (from, to) in pairs().filter(|(from, _)| *from > 0) {
        let path = stored.roots(consistency_path(from, to).unwrap());
        let expected = definition.consistency(index(from), 0, index(to), true);
        assert_eq!(path, expected, "{from} to {to}");
        let root = |size| definition.root(0, index(size));
        let (first, second) = (root(from), root(to));
        let is_proven = is_consistent(from, to, &path, first, second);
        assert!(is_proven, "{from} to {to}");
        let is_reversed = is_consistent(from, to, &path, second, first);
        assert!(!is_reversed, "{from} to {to}");
    }
}

#[test]
fn there_is_no_proof_about_no_leaf_and_none_between_equal_trees() {
    assert_eq!(inclusion_path(0, 0), None);
    assert_eq!(inclusion_path(5, 5), None);
    assert_eq!(inclusion_path(0, 1), Some(Vec::new()));
    assert_eq!(consistency_path(0, 0), None);
    assert_eq!(consistency_path(0, 5), None);
    assert_eq!(consistency_path(6, 5), None);
    for size in 1..=600 {
        assert_eq!(consistency_path(size, size), Some(Vec::new()));
    }
}

#[test]
fn a_range_reads_at_most_255_nodes_of_a_level() {
    let size = 3_000_001;
    let paths = [0, 1_234_567, 2_999_999, 3_000_000].map(|index| inclusion_path(index, size));
    let paths = paths
        .into_iter()
        .chain([255, 70_000, 2_345_678].map(|from| consistency_path(from, size)));
    for range in paths.flat_map(Option::unwrap) {
        let nodes = stored_nodes(range);
        assert!(nodes.len() <= 3, "{range:?}: {nodes:?}");
        assert!(
            nodes.is_sorted_by(|one, next| one.level > next.level),
            "{nodes:?}"
        );
        for StoredNodes { start, end, .. } in nodes {
            assert!((1..TILE_WIDTH).contains(&(end - start)), "{range:?}");
        }
    }
}
