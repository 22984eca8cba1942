//! The picture as SVG: sentence, counts and map, with attributes that every reader of SVG knows: no variables, no names of colours.

use super::{
    super::sentence::plain_text,
    canvas::{Canvas, FADED, Text},
    font::Font,
    headline::{self, Lines},
    scene::Picture,
};
use crate::http::pages::escape;

impl Picture<'_> {
    /// `style` stands first in it, for readers that load fonts.
    pub(super) fn svg(&self, style: &str) -> String {
        let (width, height) = (to_f32(self.width), to_f32(self.height));
        let zoom = (width / 1200.0).min(height / 630.0);
        let mut canvas = Canvas {
            picture: self,
            zoom,
            svg: String::with_capacity(200_000),
        };
        let title = escape(&plain_text(&self.sentence));
        let paper = self.palette.paper;
        canvas.draw(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n\
             <title>{title}</title>\n{style}<rect width=\"{width}\" height=\"{height}\" fill=\"{paper}\"/>\n"
        ));
        let padding = 40.0 * zoom;
        let below = canvas.sentence(padding, width - 2.0 * padding);
        let bottom = height - 56.0 * zoom;
        canvas.legend(padding, [below, bottom]);
        let left = padding + 204.0 * zoom;
        canvas.map([left, below, width - padding - left, bottom - below]);
        canvas.footer([padding, width - padding], height - 24.0 * zoom);
        canvas.svg.push_str("</svg>\n");
        canvas.svg
    }
}

#[expect(clippy::cast_precision_loss, reason = "sizes are at most 2000")]
const fn to_f32(size: u32) -> f32 {
    size as f32
}

impl Canvas<'_> {
    /// Returns where what stands below it may begin.
    fn sentence(&mut self, left: f32, width: f32) -> f32 {
        let palette = self.picture.palette;
        let Lines { size, lines } = headline::lay_out(&self.picture.sentence, width, self.zoom);
        let mut base = 30.0 * self.zoom + size * 0.86;
        for line in &lines {
            for run in line {
                if let Some(colours) = run.stance.and_then(|stance| palette.stance(stance)) {
                    let shown = Font::Title.width(run.text.trim_end(), size);
                    self.draw(format_args!(
                        "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{shown:.1}\" height=\"{:.1}\" fill=\"{}\"/>\n",
                        left + run.left,
                        base + size * 0.12,
                        size * 0.1,
                        colours.fill
                    ));
                }
                let text = Text {
                    letters: run.text.trim_end(),
                    at: [left + run.left, base],
                    size,
                    font: Font::Title,
                    fill: palette.ink,
                    anchor: "start",
                };
                self.text(&text, "");
            }
            base += size * 1.26;
        }
        base - size * 1.26 + size * 0.4 + 20.0 * self.zoom
    }

    fn legend(&mut self, left: f32, [top, bottom]: [f32; 2]) {
        let (zoom, palette) = (self.zoom, self.picture.palette);
        let rows = self.picture.counts.iter();
        let row = ((bottom - top) / to_f32(u32::try_from(rows.len()).unwrap_or(1).max(1)))
            .min(46.0 * zoom);
        let side = 16.0 * zoom;
        let mut middle = top + row / 2.0;
        self.stripes("legend-stripes", 1.0);
        self.bars("legend-bars", 1.0);
        for count in rows {
            let at = [left, middle - side / 2.0];
            let opacity = if count.is_faded { FADED } else { "" };
            self.draw(format_args!("<g{opacity}>\n"));
            self.swatch(count.kind, at, side);
            let is_none = count.states == 0;
            let number = Text {
                letters: &count.states.to_string(),
                at: [left + 54.0 * zoom, middle + 7.6 * zoom],
                size: 22.0 * zoom,
                font: Font::Strong,
                fill: if is_none { palette.quiet } else { palette.ink },
                anchor: "end",
            };
            self.text(&number, "");
            let name = Text {
                letters: count.name,
                at: [left + 63.0 * zoom, middle + 5.6 * zoom],
                size: 17.0 * zoom,
                font: Font::Text,
                fill: palette.quiet,
                anchor: "start",
            };
            self.text(&name, "");
            self.draw(format_args!("</g>\n"));
            middle += row;
        }
    }

    fn swatch(&mut self, kind: &str, [x, y]: [f32; 2], side: f32) {
        let palette = self.picture.palette;
        let colours = palette.stance(kind);
        let (fill, edge) = colours.map_or((palette.quiet, None), |colours| {
            (colours.fill, colours.edge)
        });
        let radius = side / 5.0;
        let edge = edge.map_or_else(String::new, |edge| {
            format!(" stroke=\"{edge}\" stroke-width=\"{:.2}\"", 0.9 * self.zoom)
        });
        let mut square = |fill: &str, edge: &str| {
            self.draw(format_args!(
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{side:.1}\" height=\"{side:.1}\" rx=\"{radius:.1}\" fill=\"{fill}\"{edge}/>\n"
            ));
        };
        square(fill, &edge);
        match kind {
            "DISPUTED" => square("url(#legend-stripes)", ""),
            "SUSPENDED" => square("url(#legend-bars)", ""),
            _ => {}
        }
    }

    fn footer(&mut self, [left, right]: [f32; 2], base: f32) {
        let (palette, picture) = (self.picture.palette, self.picture);
        let size = 15.0 * self.zoom;
        let left_text = Text {
            letters: &picture.source,
            at: [left, base],
            size,
            font: Font::Text,
            fill: palette.quiet,
            anchor: "start",
        };
        self.text(&left_text, "");
        let right_text = Text {
            letters: picture.site,
            at: [right, base],
            font: Font::Strong,
            fill: palette.ink,
            anchor: "end",
            ..left_text
        };
        self.text(&right_text, "");
    }
}
