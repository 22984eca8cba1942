//! The map of a picture.

use super::{
    super::answer::Standing,
    canvas::{Canvas, FADED, Text},
    font::Font,
    labels::{Bounds, Label, Labeller, Named},
    map::{Scale, Shape, WORLD, push_apart},
    scene::State,
};

/// Where a shape is smaller than this, in square pixels of a picture of 1200, a dot stands for it.
const SMALLEST_SHAPE: f32 = 24.0;
const RADIUS: f32 = 4.4;
const SMALLEST_OUTLINE: f32 = 14.0;

impl Canvas<'_> {
    pub(super) fn map(&mut self, [left, top, width, height]: [f32; 4]) {
        let (zoom, palette) = (self.zoom, self.picture.palette);
        let scale = Scale::fit(&WORLD, [left, top, width, height]);
        let sea = palette.sea;
        let radius = 8.0 * zoom;
        self.draw(format_args!(
            "<defs><clipPath id=\"map\"><rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{radius:.1}\"/></clipPath></defs>\n\
             <g clip-path=\"url(#map)\">\n<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{sea}\"/>\n"
        ));
        self.stripes("stripes", scale.factor);
        self.bars("bars", scale.factor);
        self.draw(format_args!(
            "<g transform=\"translate({:.2} {:.2}) scale({:.5})\" stroke-linejoin=\"round\">\n",
            scale.left, scale.top, scale.factor
        ));
        self.shapes(&scale);
        self.draw(format_args!("</g>\n"));
        let dots = self.dots(&scale);
        let bounds = Bounds {
            left: left + 4.0 * zoom,
            top: top + 4.0 * zoom,
            right: left + width - 4.0 * zoom,
            bottom: top + height - 4.0 * zoom,
        };
        self.names(scale, bounds, &dots);
        self.draw(format_args!("</g>\n"));
    }

    /// Land first, in one path, then each state.
    fn shapes(&mut self, scale: &Scale) {
        let (palette, picture) = (self.picture.palette, self.picture);
        let thin = 0.55 * self.zoom / scale.factor;
        let asker = picture.asker.map(|(code, _)| code);
        let is_asker = |shape: &Shape| asker.is_some() && shape.code.as_deref() == asker;
        let (states, land): (Vec<&Shape>, Vec<&Shape>) = WORLD
            .shapes
            .iter()
            .partition(|shape| is_asker(shape) || state_of(&picture.states, shape).is_some());
        let land: String = land.into_iter().map(|shape| shape.d.as_str()).collect();
        self.draw(format_args!(
            "<path d=\"{land}\" fill=\"{}\" stroke=\"{}\" stroke-width=\"{thin:.2}\"/>\n",
            palette.land, palette.border
        ));
        for shape in states.into_iter().filter(|shape| !shape.d.is_empty()) {
            if is_asker(shape) {
                self.asker(shape, scale);
            } else if let Some(state) = state_of(&picture.states, shape) {
                self.state(shape, state, thin);
            }
        }
    }

    fn state(&mut self, shape: &Shape, state: &State<'_>, thin: f32) {
        let (palette, d) = (self.picture.palette, &shape.d);
        let Standing {
            stance, disputed, ..
        } = state.standing;
        let Some(colours) = palette.stance(stance) else {
            return;
        };
        let (stroke, width) = match colours.edge {
            Some(edge) => (edge, thin * 1.6),
            None => (palette.border, thin),
        };
        let opacity = if state.is_faded { FADED } else { "" };
        self.draw(format_args!(
            "<path d=\"{d}\" fill=\"{}\" stroke=\"{stroke}\" stroke-width=\"{width:.2}\"{opacity}/>\n",
            colours.fill
        ));
        let pattern = match (*disputed, stance.as_str()) {
            (true, _) => "stripes",
            (false, "SUSPENDED") => "bars",
            _ => return,
        };
        self.draw(format_args!(
            "<path d=\"{d}\" fill=\"url(#{pattern})\"{opacity}/>\n"
        ));
    }

    /// The requesting state: paper with an outline, but around specks of islands.
    fn asker(&mut self, shape: &Shape, scale: &Scale) {
        let palette = self.picture.palette;
        let smallest = SMALLEST_OUTLINE * self.zoom * self.zoom;
        let outlined: String = shape
            .rings(scale)
            .filter(|(_, area)| *area >= smallest)
            .map(|(ring, _)| ring)
            .collect();
        let width = 1.1 * self.zoom / scale.factor;
        self.draw(format_args!(
            "<path d=\"{}\" fill=\"{}\"/>\n<path d=\"{outlined}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{width:.2}\"/>\n",
            shape.d, palette.paper, palette.ink
        ));
    }

    /// Draws dots for the small states; returns their places, in the order of the states.
    fn dots(&mut self, scale: &Scale) -> Vec<Option<[f32; 2]>> {
        let (zoom, palette, picture) = (self.zoom, self.picture.palette, self.picture);
        let shape_of = |state: &State<'_>| {
            WORLD
                .shapes
                .iter()
                .find(|shape| shape.code.as_deref() == Some(state.code))
        };
        let is_small = |shape: &&Shape| shape.area(scale) < SMALLEST_SHAPE * zoom * zoom;
        let small: Vec<(usize, [f32; 2])> = (0..)
            .zip(&picture.states)
            .filter(|(_, state)| state.standing.stance != "UNKNOWN")
            .filter_map(|(index, state)| {
                Some((
                    index,
                    scale.place(shape_of(state).filter(is_small)?.location()),
                ))
            })
            .collect();
        let mut places: Vec<[f32; 2]> = small.iter().map(|(_, place)| *place).collect();
        let radius = RADIUS * zoom;
        push_apart(&mut places, radius * 2.0 + zoom);
        let mut dots = vec![None; picture.states.len()];
        self.stripes("dot-stripes", 1.0);
        for ((index, _), [x, y]) in small.into_iter().zip(places) {
            dots[index] = Some([x, y]);
            let State {
                standing, is_faded, ..
            } = &picture.states[index];
            let Some(colours) = palette.stance(&standing.stance) else {
                continue;
            };
            let (fill, edge) = (colours.fill, colours.edge.unwrap_or(palette.paper));
            let opacity = if *is_faded { FADED } else { "" };
            let mut circle = |fill: &str, width: f32| {
                self.draw(format_args!(
                    "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\" fill=\"{fill}\" stroke=\"{edge}\" stroke-width=\"{width:.1}\"{opacity}/>\n"
                ));
            };
            circle(fill, 1.2 * zoom);
            if standing.disputed {
                circle("url(#dot-stripes)", 0.0);
            }
        }
        dots
    }

    fn names(&mut self, scale: Scale, map: Bounds, dots: &[Option<[f32; 2]>]) {
        let picture = self.picture;
        let states: Vec<Named<'_>> = picture
            .states
            .iter()
            .zip(dots)
            .filter(|(state, _)| !state.is_faded && state.standing.stance != "UNKNOWN")
            .filter_map(|(state, dot)| {
                let mut shapes = WORLD.shapes.iter();
                Some(Named {
                    name: state.name,
                    stance: &state.standing.stance,
                    shape: shapes.find(|shape| shape.code.as_deref() == Some(state.code))?,
                    dot: *dot,
                })
            })
            .collect();
        let size = 12.5 * self.zoom;
        let taken = self.name_of_asker(&scale, size);
        let labeller = Labeller {
            scale,
            size,
            radius: RADIUS * self.zoom,
            map,
            states: &states,
        };
        for label in labeller.lay_out(taken) {
            self.name(&label, size);
        }
    }

    /// A name with a halo of what it stands on.
    fn name(&mut self, label: &Label<'_>, size: f32) {
        let palette = self.picture.palette;
        let colours = label.inside.and_then(|stance| palette.stance(stance));
        let (fill, halo) = colours.map_or((palette.ink, palette.sea), |colours| {
            (colours.text, colours.fill)
        });
        let mut text = Text {
            letters: label.text,
            at: label.at,
            size,
            font: Font::Text,
            fill: halo,
            anchor: "start",
        };
        // Twice, because not every reader of SVG knows `paint-order`.
        let width = size / 4.0;
        self.text(&text, &format!(" stroke=\"{halo}\" stroke-width=\"{width:.1}\" stroke-linejoin=\"round\" aria-hidden=\"true\""));
        text.fill = fill;
        self.text(&text, "");
    }

    /// Returns what its name covers.
    fn name_of_asker(&mut self, scale: &Scale, size: f32) -> Vec<Bounds> {
        let palette = self.picture.palette;
        let Some((code, name)) = self.picture.asker else {
            return Vec::new();
        };
        let Some(shape) = WORLD
            .shapes
            .iter()
            .find(|shape| shape.code.as_deref() == Some(code))
        else {
            return Vec::new();
        };
        let [x, y] = scale.place(shape.label);
        for (letters, font, y) in [
            (name, Font::Strong, y - size * 0.2),
            ("asks", Font::Text, y + size),
        ] {
            let text = Text {
                letters,
                at: [x, y],
                size,
                font,
                fill: palette.ink,
                anchor: "middle",
            };
            self.text(&text, "");
        }
        let half = Font::Strong.width(name, size) / 2.0;
        vec![Bounds {
            left: x - half,
            right: x + half,
            top: y - size * 1.2,
            bottom: y + size * 1.3,
        }]
    }
}

/// `None` for a shape of which nothing is known.
fn state_of<'a>(states: &'a [State<'a>], shape: &Shape) -> Option<&'a State<'a>> {
    let code = shape.code.as_deref()?;
    let mut states = states.iter();
    states.find(|state| state.code == code && state.standing.stance != "UNKNOWN")
}
