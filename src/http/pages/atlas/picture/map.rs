//! The world of `web/atlas/map.mjs`, and where small states are drawn as dots.

use std::sync::{LazyLock, OnceLock};

use serde::Deserialize;

use super::super::files::shapes_file;

#[derive(Deserialize)]
pub(super) struct World {
    frames: Frames,
    pub(super) shapes: Vec<Shape>,
}

#[derive(Deserialize)]
struct Frames {
    /// Left, top, right and bottom edge of what is shown, in units of the shapes.
    wide: [f32; 4],
}

#[derive(Deserialize)]
pub(super) struct Shape {
    /// Alpha-2; `None` for land that has none.
    pub(super) code: Option<String>,
    /// Path commands; empty for a country without a shape.
    pub(super) d: String,
    area: f32,
    /// The place with most room for a name.
    pub(super) label: [f32; 2],
    x: Option<f32>,
    y: Option<f32>,
    /// Corners of its rings, once they are asked for.
    #[serde(skip)]
    polygons: OnceLock<Vec<Vec<[f32; 2]>>>,
}

pub(super) static WORLD: LazyLock<World> = LazyLock::new(|| {
    serde_json::from_slice(&shapes_file()).expect("the build writes the shapes as `map.mjs` does")
});

/// From units of the shapes to pixels.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    pub(super) factor: f32,
    pub(super) left: f32,
    pub(super) top: f32,
}

impl Scale {
    /// Shows the frame whole and as large as possible in a box at `left`, `top`.
    pub(super) fn fit(world: &World, [left, top, width, height]: [f32; 4]) -> Self {
        let [west, north, east, south] = world.frames.wide;
        let factor = (width / (east - west)).min(height / (south - north));
        Self {
            factor,
            left: left + (width - factor * (west + east)) / 2.0,
            top: top + (height - factor * (north + south)) / 2.0,
        }
    }

    pub(super) fn place(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        [self.left + x * self.factor, self.top + y * self.factor]
    }
}

impl Shape {
    /// Square pixels.
    pub(super) fn area(&self, scale: &Scale) -> f32 {
        self.area * scale.factor * scale.factor
    }

    /// Where its dot belongs, in units.
    pub(super) fn location(&self) -> [f32; 2] {
        match (self.x, self.y) {
            (Some(x), Some(y)) => [x, y],
            _ => self.label,
        }
    }

    /// Its rings as path commands, each with its area in square pixels.
    pub(super) fn rings(&self, scale: &Scale) -> impl Iterator<Item = (&str, f32)> {
        let per_unit = scale.factor * scale.factor;
        self.d
            .split_inclusive('z')
            .map(move |ring| (ring, ring_area(&points(ring)) * per_unit))
    }

    /// Whether a point, in units, lies in it: a line to the left crosses its borders an odd number of times.
    pub(super) fn contains(&self, [x, y]: [f32; 2]) -> bool {
        let rings = self
            .polygons
            .get_or_init(|| self.d.split_inclusive('z').map(points).collect());
        let crossings = rings
            .iter()
            .flat_map(|ring| sides(ring))
            .filter(|[from, to]| {
                let is_crossed = (from[1] <= y) != (to[1] <= y);
                is_crossed && from[0] + (y - from[1]) / (to[1] - from[1]) * (to[0] - from[0]) < x
            });
        crossings.count() % 2 == 1
    }
}

/// Corners of a ring `M x y l dx dy …z`.
fn points(ring: &str) -> Vec<[f32; 2]> {
    let numbers = numbers(ring);
    let mut at = [0.0, 0.0];
    let steps = numbers.chunks_exact(2).map(|step| {
        at = [at[0] + step[0], at[1] + step[1]];
        at
    });
    steps.collect()
}

/// From each corner to the next one, and from the last one to the first.
fn sides(ring: &[[f32; 2]]) -> impl Iterator<Item = [[f32; 2]; 2]> {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(from, to)| [*from, *to])
}

/// By the shoelace formula.
fn ring_area(ring: &[[f32; 2]]) -> f32 {
    let twice: f32 = sides(ring)
        .map(|[from, to]| from[0] * to[1] - to[0] * from[1])
        .sum();
    (twice / 2.0).abs()
}

/// A minus sign separates numbers as well as a space does.
fn numbers(path: &str) -> Vec<f32> {
    path.replace('-', " -")
        .split(|letter: char| letter.is_ascii_alphabetic() || letter == ' ')
        .filter_map(|number| number.parse().ok())
        .collect()
}

/// Moves dots apart that would lie on one another, until each pair has `distance` or the rounds are over.
pub(super) fn push_apart(dots: &mut [[f32; 2]], distance: f32) {
    const ROUNDS: usize = 40;
    for _ in 0..ROUNDS {
        let mut has_moved = false;
        for first in 0..dots.len() {
            for second in first + 1..dots.len() {
                let (a, b) = (dots[first], dots[second]);
                let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
                let gap = dx.hypot(dy);
                if gap >= distance {
                    continue;
                }
                has_moved = true;
                let unit = if gap > 0.01 {
                    [dx / gap, dy / gap]
                } else {
                    [1.0, 0.0]
                };
                let shift = (distance - gap) / 2.0;
                for axis in [0, 1] {
                    dots[first][axis] -= unit[axis] * shift;
                    dots[second][axis] += unit[axis] * shift;
                }
            }
        }
        if !has_moved {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_of_a_ring_is_that_of_its_polygon() {
        for ring in ["M10 10l4 0 0 3-4 0z", "M10 10l0 3 4 0 0-3z"] {
            assert!((ring_area(&points(ring)) - 12.0).abs() < 1e-3, "{ring}");
        }
        assert!(ring_area(&points("")) < 1e-3);
    }

    #[test]
    fn a_state_contains_the_place_of_its_name() {
        let contained = WORLD
            .shapes
            .iter()
            .filter(|shape| shape.contains(shape.label));
        let large = WORLD
            .shapes
            .iter()
            .filter(|shape| shape.area > 500.0)
            .count();
        assert!(contained.count() >= large, "of {large} large ones");
        let brazil = WORLD
            .shapes
            .iter()
            .find(|shape| shape.code.as_deref() == Some("BR"));
        assert!(!brazil.unwrap().contains([0.0, 0.0]));
    }

    #[test]
    fn dots_in_one_place_are_moved_apart() {
        let mut dots = [[5.0, 5.0], [5.0, 5.0], [6.0, 5.0], [100.0, 5.0]];
        push_apart(&mut dots, 8.0);
        for (first, a) in dots.iter().enumerate() {
            for b in &dots[first + 1..] {
                assert!((b[0] - a[0]).hypot(b[1] - a[1]) > 7.0, "{dots:?}");
            }
        }
        assert!((dots[3][0] - 100.0).abs() < 1e-3, "{dots:?}");
    }

    #[test]
    fn the_frame_is_shown_whole() {
        let scale = Scale::fit(&WORLD, [10.0, 20.0, 800.0, 500.0]);
        let [west, north, east, south] = WORLD.frames.wide;
        let (first, last) = (scale.place([west, north]), scale.place([east, south]));
        assert!(first[0] >= 9.9 && first[1] >= 19.9, "{first:?}");
        assert!(last[0] <= 810.1 && last[1] <= 520.1, "{last:?}");
    }
}
