//! Lists: elements are matched by their `id`, so that an insertion in front is one operation and not one per element.
//!
//! The `id` is that of the element, or of its `node` in a connection. Elements without one are matched by their place if the
//! number of elements is the same, and otherwise by their whole text.

use std::collections::HashMap;

use serde_json::value::RawValue;

use super::{Object, Patch, parse};

/// What an element is matched by, and how many equal ones are before it.
type Identity<'a> = (&'a str, usize);

impl Patch {
    pub(super) fn compare_lists(&mut self, from: &[&RawValue], to: &[&RawValue]) {
        let by_id = ids(from).zip(ids(to));
        if by_id.is_none() && from.len() == to.len() {
            for (index, (old, new)) in from.iter().zip(to).enumerate() {
                self.inside(&index.to_string(), |patch| patch.compare(old, new));
            }
            return;
        }
        let (old, new) = by_id.unwrap_or_else(|| (texts(from), texts(to)));
        let remaining = remaining_elements(&numbered(&old), &numbered(&new));
        for index in (0..from.len()).rev() {
            if remaining
                .binary_search_by_key(&index, |remaining| remaining.0)
                .is_err()
            {
                self.inside(&index.to_string(), |patch| patch.write("remove", None));
            }
        }
        let mut remaining = remaining.into_iter().peekable();
        for (index, new) in to.iter().enumerate() {
            // Everything before it is in its place already, so this is its index while the patch is applied.
            let old = remaining.next_if(|remaining| remaining.1 == index);
            self.inside(&index.to_string(), |patch| match old {
                Some((old, _)) => patch.compare(from[old], new),
                None => patch.write("add", Some(new)),
            });
        }
    }
}

/// Indices in the old and in the new list of the elements that stay: as many as possible that have the same order in both.
/// Sorted.
fn remaining_elements(old: &[Identity<'_>], new: &[Identity<'_>]) -> Vec<(usize, usize)> {
    let places: HashMap<_, _> = new.iter().zip(0..).collect();
    let place = |(index, identity)| Some((index, *places.get(identity)?));
    let common: Vec<_> = old.iter().enumerate().filter_map(place).collect();
    longest_increasing(&common)
}

/// The longest subsequence whose second numbers increase. The second numbers differ.
fn longest_increasing(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // By length of a subsequence: the pair that ends the one with the smallest end; and for each pair, the one before it.
    let mut ends: Vec<usize> = Vec::new();
    let mut previous = Vec::with_capacity(pairs.len());
    for (index, pair) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].1 < pair.1);
        previous.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = index,
            None => ends.push(index),
        }
    }
    let last = ends.last().copied();
    let mut longest: Vec<_> = std::iter::successors(last, |index| previous[*index])
        .map(|index| pairs[index])
        .collect();
    longest.reverse();
    longest
}

/// The ids of all elements as JSON; `None` if an element has none.
fn ids<'a>(elements: &[&'a RawValue]) -> Option<Vec<&'a str>> {
    elements.iter().map(|element| id(element)).collect()
}

fn id(element: &RawValue) -> Option<&str> {
    let own = field(element, "id");
    own.or_else(|| field(field(element, "node")?, "id"))
        .map(RawValue::get)
}

fn field<'a>(value: &'a RawValue, searched: &str) -> Option<&'a RawValue> {
    let object: Object<'a> = parse(value.get())?;
    let mut fields = object.0.into_iter();
    fields.find_map(|(name, value)| (name == searched).then_some(value))
}

fn texts<'a>(elements: &[&'a RawValue]) -> Vec<&'a str> {
    elements.iter().map(|element| element.get()).collect()
}

fn numbered<'a>(keys: &[&'a str]) -> Vec<Identity<'a>> {
    let mut counts = HashMap::new();
    let number = |key: &&'a str| {
        let count: &mut usize = counts.entry(*key).or_default();
        *count += 1;
        (*key, *count)
    };
    keys.iter().map(number).collect()
}
