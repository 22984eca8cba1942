//! Input errors: collects the errors of one input, so that a client can correct all of them at once.

use crate::error::{Error, Result};
use crate::model::text;

/// Errors that are reported of one input; later ones are dropped.
const MAX_ERRORS: usize = 50;
/// Errors that are reported of the items of one list, so that a long list does not hide the errors of other fields.
const MAX_ERRORS_OF_LIST: usize = 10;
/// Bytes of the message of one of several errors. It may contain a value of the input.
const MAX_MESSAGE_BYTES: usize = 500;

/// At most one error per field, and none of them a failure of the server.
#[derive(Clone, Debug, Default)]
pub struct InputErrors(Vec<Error>);

impl InputErrors {
    /// Adds an error, unless its field has one: what is checked after the first one may be a consequence.
    pub fn add(&mut self, error: Error) {
        if let Error::InputErrors(errors) = error {
            for error in errors {
                self.add(error);
            }
            return;
        }
        if self.0.len() < MAX_ERRORS && !self.has(error.field()) && self.has_room_for(&error) {
            self.0.push(error);
        }
    }

    /// The value of a check; adds its error.
    pub fn check<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn has(&self, field: Option<&str>) -> bool {
        self.0.iter().any(|other| other.field() == field)
    }

    /// Whether the list that the error is about, if it is about an item, has few errors yet.
    fn has_room_for(&self, error: &Error) -> bool {
        let Some(list) = list_of(error) else {
            return true;
        };
        let of_list = self.0.iter().filter(|other| list_of(other) == Some(list));
        of_list.count() < MAX_ERRORS_OF_LIST
    }

    /// # Errors
    /// The only error, or [`Error::InputErrors`] with all of them.
    pub fn into_result(mut self) -> Result<()> {
        match self.0.len() {
            0 => Ok(()),
            1 => Err(self.0.remove(0)),
            _ => Err(Error::InputErrors(self.0)),
        }
    }
}

/// The path of the outermost list that has the field of an error.
fn list_of(error: &Error) -> Option<&str> {
    let (list, _) = error.field()?.split_once('[')?;
    Some(list)
}

/// The message of one of several errors.
pub fn short_message(error: &Error) -> String {
    let mut message = error.to_string();
    text::truncate(&mut message, MAX_MESSAGE_BYTES);
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_one_error_and_an_input_a_bounded_number() {
        let mut errors = InputErrors::default();
        assert!(errors.clone().into_result().is_ok());
        errors.add(Error::bad_input("a", "first"));
        errors.add(Error::bad_input("a", "second"));
        assert_eq!(
            errors.clone().into_result().unwrap_err().to_string(),
            "a: first"
        );
        for index in 0..1_000 {
            errors.add(Error::bad_input(format!("b{index}"), "wrong"));
        }
        let Err(Error::InputErrors(all)) = errors.into_result() else {
            panic!("one error");
        };
        assert_eq!(all.len(), MAX_ERRORS);
    }

    #[test]
    fn the_items_of_a_long_list_leave_room_for_other_fields() {
        let mut errors = InputErrors::default();
        for index in 0..1_000 {
            errors.add(Error::bad_input(format!("list[{index}].a"), "wrong"));
        }
        errors.add(Error::bad_input("list", "too long"));
        errors.add(Error::bad_input("other", "wrong"));
        let Err(Error::InputErrors(all)) = errors.into_result() else {
            panic!("one error");
        };
        let fields: Vec<&str> = all.iter().filter_map(Error::field).collect();
        assert_eq!(fields.len(), MAX_ERRORS_OF_LIST + 2);
        assert_eq!(fields[MAX_ERRORS_OF_LIST..], ["list", "other"]);
    }
}
