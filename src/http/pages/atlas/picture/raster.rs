//! PNG from SVG, by resvg: with our fonts, and nothing of the machine or the network.

use std::sync::Arc;

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree},
};

use super::font::DATABASE;

/// # Errors
/// A message for the log.
pub(super) fn png(svg: &str) -> Result<Vec<u8>, String> {
    let options = Options {
        fontdb: Arc::clone(&DATABASE),
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options).map_err(|error| error.to_string())?;
    let size = tree.size().to_int_size();
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or("the picture has no size")?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    encode(&pixels).map_err(|error| error.to_string())
}

/// Without the opacity of the pixels, all of which are opaque, and without a filter: large areas of one colour compress best as
/// they are.
fn encode(pixels: &Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let colours: Vec<u8> = pixels
        .data()
        .chunks_exact(4)
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
        .collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, pixels.width(), pixels.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&colours)?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::http::pages::atlas::{
        answer::Standing,
        picture::{
            map::WORLD,
            palette::{Palette, Theme},
            scene::{Count, Picture, State},
        },
        sentence::Part,
    };
    use crate::http::wording::stances::STANCES;

    thread_local! {
        static WARNINGS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    }

    /// Keeps what the library warns of, by thread.
    struct WarningLog;

    impl log::Log for WarningLog {
        fn enabled(&self, _: &log::Metadata<'_>) -> bool {
            true
        }

        fn log(&self, record: &log::Record<'_>) {
            WARNINGS.with_borrow_mut(|warnings| warnings.push(record.args().to_string()));
        }

        fn flush(&self) {}
    }

    fn standing(index: usize) -> Standing {
        Standing {
            stance: STANCES[index % STANCES.len()].0.to_owned(),
            since: None,
            disputed: index.is_multiple_of(4),
        }
    }

    #[test]
    fn the_library_draws_everything_and_warns_of_nothing() {
        // Another test of this process may have set a logger, which then fails this test.
        log::set_logger(&WarningLog).unwrap();
        log::set_max_level(log::LevelFilter::Warn);
        let codes: Vec<&str> = WORLD
            .shapes
            .iter()
            .filter_map(|shape| shape.code.as_deref())
            .collect();
        let standings: Vec<Standing> = (0..codes.len()).map(standing).collect();
        let states = || {
            codes
                .iter()
                .zip(&standings)
                .enumerate()
                .map(|(index, (code, standing))| State {
                    code,
                    name: "Ü & <b>",
                    standing,
                    is_faded: index % 5 == 0,
                })
        };
        for (theme, width, height) in [(Theme::Light, 1200, 630), (Theme::Dark, 300, 2000)] {
            let picture = Picture {
                width,
                height,
                palette: Palette::of(theme),
                sentence: vec![
                    Part::plain("A & <b> “asks” Ü 5"),
                    Part::plain(" more words"),
                ],
                counts: STANCES
                    .iter()
                    .map(|(kind, name)| Count {
                        kind,
                        name,
                        states: 1000,
                        is_faded: false,
                    })
                    .collect(),
                states: states().collect(),
                asker: Some(("US", "United States")),
                source: "Recorded up to 29 November 2026 · CC BY 4.0".to_owned(),
                site: "localhost",
            };
            let png = png(&picture.svg("")).unwrap();
            assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
            let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
            assert_eq!((number(16), number(20)), (width, height));
        }
        WARNINGS.with_borrow(|warnings| assert_eq!(*warnings, [""; 0]));
        assert!(png("<svg").is_err());
    }
}
