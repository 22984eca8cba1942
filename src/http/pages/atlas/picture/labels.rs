//! Names on the map: inside a state if there is room, else beside it, and never over another state with a stance or another name.

use super::{
    font::Font,
    map::{Scale, Shape},
};

/// A state that may get a name.
pub(super) struct Named<'a> {
    pub(super) name: &'a str,
    pub(super) stance: &'a str,
    pub(super) shape: &'a Shape,
    /// Place of its dot; `None` for a state that is drawn as a shape.
    pub(super) dot: Option<[f32; 2]>,
}

pub(super) struct Label<'a> {
    pub(super) text: &'a str,
    /// The stance that the name is drawn on; `None` beside the state.
    pub(super) inside: Option<&'a str>,
    /// Start of the base line.
    pub(super) at: [f32; 2],
}

#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
}

impl Bounds {
    fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    fn is_within(&self, other: &Self) -> bool {
        self.left >= other.left
            && self.right <= other.right
            && self.top >= other.top
            && self.bottom <= other.bottom
    }

    /// Corners, ends and middle.
    fn points(&self) -> [[f32; 2]; 7] {
        let (x, y) = (
            f32::midpoint(self.left, self.right),
            f32::midpoint(self.top, self.bottom),
        );
        [
            [self.left, self.top],
            [self.right, self.top],
            [self.left, self.bottom],
            [self.right, self.bottom],
            [x, y],
            [self.left, y],
            [self.right, y],
        ]
    }

    /// The line through its middle; the first and last letter may reach over a border, since names have a halo.
    fn middle_line(&self) -> [[f32; 2]; 5] {
        let width = self.right - self.left;
        let y = f32::midpoint(self.top, self.bottom);
        [0.08, 0.29, 0.5, 0.71, 0.92].map(|part| [self.left + width * part, y])
    }
}

pub(super) struct Labeller<'a> {
    pub(super) scale: Scale,
    /// Size of the letters and radius of the dots, in pixels.
    pub(super) size: f32,
    pub(super) radius: f32,
    pub(super) map: Bounds,
    pub(super) states: &'a [Named<'a>],
}

impl<'a> Labeller<'a> {
    /// Larger states first. Nothing is drawn over what is `taken`.
    pub(super) fn lay_out(&self, mut taken: Vec<Bounds>) -> Vec<Label<'a>> {
        taken.extend(
            self.states
                .iter()
                .filter_map(|state| Some(self.around(state.dot?))),
        );
        let mut sorted: Vec<&Named<'_>> = self.states.iter().collect();
        sorted.sort_by(|one, other| {
            let area = |state: &Named<'_>| state.shape.area(&self.scale);
            area(other).total_cmp(&area(one))
        });
        let mut labels = Vec::new();
        for state in sorted {
            let free = self
                .candidates(state)
                .into_iter()
                .find(|(bounds, is_inside)| {
                    bounds.is_within(&self.map)
                        && !taken.iter().any(|other| bounds.overlaps(other))
                        && (*is_inside || !self.covers(bounds, state))
                });
            let Some((bounds, is_inside)) = free else {
                continue;
            };
            taken.push(bounds);
            labels.push(Label {
                text: state.name,
                inside: is_inside.then_some(state.stance),
                at: [
                    bounds.left,
                    f32::midpoint(bounds.top, bounds.bottom) + self.size * 0.33,
                ],
            });
        }
        labels
    }

    fn around(&self, [x, y]: [f32; 2]) -> Bounds {
        let reach = self.radius + 1.0;
        Bounds {
            left: x - reach,
            top: y - reach,
            right: x + reach,
            bottom: y + reach,
        }
    }

    /// Places for a name, the best first, and whether each is inside the state.
    fn candidates(&self, state: &Named<'_>) -> Vec<(Bounds, bool)> {
        let width = Font::Text.width(state.name, self.size);
        let bounds = |left: f32, y: f32| Bounds {
            left,
            right: left + width,
            top: y - self.size * 0.62,
            bottom: y + self.size * 0.62,
        };
        if let Some([x, y]) = state.dot {
            let gap = self.radius + self.size / 3.0;
            return vec![
                (bounds(x + gap, y), false),
                (bounds(x - gap - width, y), false),
            ];
        }
        let [x, y] = self.scale.place(state.shape.label);
        let middle = bounds(x - width / 2.0, y);
        let has_room = middle
            .middle_line()
            .iter()
            .all(|point| self.hits(state.shape, *point));
        let gap = self.size / 4.0;
        let (right, left) = (
            self.edge(state.shape, [x, y], 1.0),
            self.edge(state.shape, [x, y], -1.0),
        );
        let beside = [
            (bounds(right + gap, y), false),
            (bounds(left - gap - width, y), false),
        ];
        has_room
            .then_some((middle, true))
            .into_iter()
            .chain(beside)
            .collect()
    }

    /// Where a line from `x` to the right or left leaves the shape.
    fn edge(&self, shape: &Shape, [x, y]: [f32; 2], direction: f32) -> f32 {
        const FURTHEST: u16 = 100;
        let steps = (0..FURTHEST).map(|step| x + direction * 2.0 * f32::from(step));
        let mut steps = steps.skip_while(|x| self.hits(shape, [*x, y]));
        steps.next().unwrap_or(x)
    }

    fn hits(&self, shape: &Shape, [x, y]: [f32; 2]) -> bool {
        let Scale { factor, left, top } = self.scale;
        shape.contains([(x - left) / factor, (y - top) / factor])
    }

    fn covers(&self, bounds: &Bounds, own: &Named<'_>) -> bool {
        let others = self
            .states
            .iter()
            .filter(|state| !std::ptr::eq(*state, own));
        let points = bounds.points();
        others
            .filter(|state| state.dot.is_none())
            .any(|state| points.iter().any(|point| self.hits(state.shape, *point)))
    }
}
