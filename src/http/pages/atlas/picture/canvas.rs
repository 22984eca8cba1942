//! The canvas that all parts of a picture are drawn on: text and patterns.

use std::fmt::Write;

use super::{font::Font, scene::Picture};
use crate::http::pages::escape;

/// Attribute of what a filter leaves out.
pub(super) const FADED: &str = " opacity=\"0.22\"";

pub(super) struct Canvas<'a> {
    pub(super) picture: &'a Picture<'a>,
    /// Size compared to a picture of 1200 × 630.
    pub(super) zoom: f32,
    pub(super) svg: String,
}

/// Text with one look.
pub(super) struct Text<'a> {
    pub(super) letters: &'a str,
    pub(super) at: [f32; 2],
    pub(super) size: f32,
    pub(super) font: Font,
    pub(super) fill: &'a str,
    pub(super) anchor: &'static str,
}

impl Canvas<'_> {
    pub(super) fn draw(&mut self, markup: std::fmt::Arguments<'_>) {
        // Writing to a `String` cannot fail.
        let _ = self.svg.write_fmt(markup);
    }

    pub(super) fn text(&mut self, text: &Text<'_>, attributes: &str) {
        let Text {
            letters,
            at: [x, y],
            size,
            font,
            fill,
            anchor,
        } = text;
        let (font, text) = (font.attributes(), escape(letters));
        self.draw(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size:.1}\" {font} fill=\"{fill}\" text-anchor=\"{anchor}\"{attributes}>{text}</text>\n"
        ));
    }

    /// Stripes at 45 degrees: sources disagree. `factor` is the scale of what they are drawn over.
    pub(super) fn stripes(&mut self, id: &str, factor: f32) {
        self.pattern(
            id,
            5.0 / factor,
            1.7 / factor,
            " patternTransform=\"rotate(45)\"",
        );
    }

    /// Upright bars: suspended.
    pub(super) fn bars(&mut self, id: &str, factor: f32) {
        self.pattern(id, 6.0 / factor, 2.0 / factor, "");
    }

    fn pattern(&mut self, id: &str, width: f32, line: f32, transform: &str) {
        let (width, line) = (width * self.zoom, line * self.zoom);
        let paper = self.picture.palette.paper;
        self.draw(format_args!(
            "<defs><pattern id=\"{id}\" width=\"{width:.2}\" height=\"{width:.2}\" patternUnits=\"userSpaceOnUse\"{transform}>\
             <rect width=\"{line:.2}\" height=\"{width:.2}\" fill=\"{paper}\" fill-opacity=\"0.85\"/></pattern></defs>\n"
        ));
    }
}
