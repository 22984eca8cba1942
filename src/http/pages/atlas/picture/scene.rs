//! The content of a picture.

use super::{
    super::{answer::Standing, sentence::Part},
    palette::Palette,
};

/// What is drawn; texts are plain.
pub(super) struct Picture<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) palette: &'static Palette,
    pub(super) sentence: Vec<Part>,
    pub(super) counts: Vec<Count<'a>>,
    pub(super) states: Vec<State<'a>>,
    /// Alpha-2 and name of the requesting state.
    pub(super) asker: Option<(&'a str, &'a str)>,
    /// Of when it is, and who says so.
    pub(super) source: String,
    pub(super) site: &'a str,
}

/// A row of the legend.
pub(super) struct Count<'a> {
    /// A stance, or `DISPUTED`.
    pub(super) kind: &'a str,
    pub(super) name: &'a str,
    pub(super) states: usize,
    pub(super) is_faded: bool,
}

pub(super) struct State<'a> {
    pub(super) code: &'a str,
    pub(super) name: &'a str,
    pub(super) standing: &'a Standing,
    pub(super) is_faded: bool,
}
