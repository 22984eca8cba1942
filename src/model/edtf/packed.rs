//! A date in eight bytes, for millions of facts in memory.

use std::fmt;
use std::num::NonZeroU64;

use super::{Edtf, EdtfError};

/// An accepted date without loss: it prints the text that was packed.
///
/// The start is in the upper half and the end in the lower: year, month, day and mark, or zero for `..`. A single date has
/// [`SINGLE`] as its end.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PackedDate(NonZeroU64);

const SINGLE: u32 = u32::MAX;
const MARKS: [&str; 4] = ["", "~", "?", "%"];

impl PackedDate {
    /// # Errors
    /// Those of [`Edtf::parse`].
    pub fn parse(text: &str) -> Result<Self, EdtfError> {
        Edtf::parse(text)?;
        let (start, end) = match text.split_once('/') {
            Some((start, end)) => (pack_side(start), pack_side(end)),
            None => (pack_side(text), SINGLE),
        };
        let packed = NonZeroU64::new(u64::from(start) << 32 | u64::from(end));
        packed
            .map(Self)
            .ok_or_else(|| EdtfError::Unbounded(text.to_owned()))
    }

    /// The date with its bounds.
    pub fn edtf(self) -> Edtf {
        Edtf::parse(&self.to_string()).expect("it was parsed before it was packed")
    }
}

/// A side that [`Edtf::parse`] has accepted: each field is in range.
fn pack_side(side: &str) -> u32 {
    if side == ".." {
        return 0;
    }
    let mark = super::mark_of(side);
    let fields = side[..side.len() - mark.len()].split('-');
    let mut fields = fields.map(|field| field.parse::<u32>().unwrap_or(0));
    let mut next = || fields.next().unwrap_or(0);
    let (year, month, day) = (next(), next(), next());
    let mark = MARKS.iter().zip(0..).find(|(text, _)| **text == mark);
    year << 11 | month << 7 | day << 2 | mark.map_or(0, |(_, number)| number)
}

fn write_side(f: &mut fmt::Formatter<'_>, side: u32) -> fmt::Result {
    let (year, month, day) = (side >> 11, side >> 7 & 15, side >> 2 & 31);
    match (side, month, day) {
        (0, ..) => return f.write_str(".."),
        (_, 0, _) => write!(f, "{year:04}")?,
        (_, _, 0) => write!(f, "{year:04}-{month:02}")?,
        _ => write!(f, "{year:04}-{month:02}-{day:02}")?,
    }
    f.write_str(MARKS[(side & 3) as usize])
}

/// The text that was packed.
impl fmt::Display for PackedDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let half = |bits: u64| u32::try_from(bits & u64::from(u32::MAX)).unwrap_or(SINGLE);
        let (start, end) = (half(self.0.get() >> 32), half(self.0.get()));
        write_side(f, start)?;
        if end == SINGLE {
            return Ok(());
        }
        f.write_str("/")?;
        write_side(f, end)
    }
}

impl fmt::Debug for PackedDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn every_accepted_date_prints_as_it_was_packed(
            text in r"(19|20|99)[0-9]{2}(-(0[1-9]|1[0-2])(-[0-3][0-9])?)?[~?%]?(/((19|20)[0-9]{2}(-(0[1-9]|1[0-2])(-[0-3][0-9])?)?[~?%]?|\.\.))?|\.\./20[0-9]{2}-0[1-9]"
        ) {
            match (Edtf::parse(&text), PackedDate::parse(&text)) {
                (Ok(date), Ok(packed)) => {
                    prop_assert_eq!(packed.to_string(), text);
                    prop_assert_eq!(packed.edtf(), date);
                }
                (date, packed) => prop_assert_eq!(date.err(), packed.err()),
            }
        }
    }

    #[test]
    fn an_optional_date_takes_eight_bytes() {
        assert_eq!(size_of::<Option<PackedDate>>(), 8);
    }
}
