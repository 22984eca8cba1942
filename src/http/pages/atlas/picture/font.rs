//! The fonts of the pictures, and the width of text in them.

use std::sync::{Arc, LazyLock};

use resvg::usvg::fontdb;
use skrifa::{
    FontRef, MetadataProvider,
    instance::{LocationRef, Size},
};

/// A font by the name that its file has; the library finds no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Font {
    Text,
    Strong,
    Title,
}

const FILES: [&[u8]; 3] = [
    include_bytes!("../../../../../web/atlas/fonts/source-sans-3-400.ttf"),
    include_bytes!("../../../../../web/atlas/fonts/source-sans-3-600.ttf"),
    include_bytes!("../../../../../web/atlas/fonts/source-serif-4-600.ttf"),
];

/// What the library draws text with: nothing of the machine.
pub(super) static DATABASE: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut database = fontdb::Database::new();
    for file in FILES {
        database.load_font_data(file.to_vec());
    }
    Arc::new(database)
});

static PARSED: LazyLock<[FontRef<'static>; 3]> = LazyLock::new(|| {
    FILES.map(|file| FontRef::new(file).expect("a font in the source tree can be read"))
});

impl Font {
    /// Presentation attributes: the name for our library first, then those of the page and of any system.
    pub(super) const fn attributes(self) -> &'static str {
        match self {
            Self::Text => "font-family=\"'Source Sans 3', sans-serif\"",
            Self::Strong => {
                "font-family=\"'Source Sans 3 SemiBold', 'Source Sans 3', sans-serif\" font-weight=\"600\""
            }
            Self::Title => {
                "font-family=\"'Source Serif 4 SemiBold', 'Source Serif 4', serif\" font-weight=\"600\""
            }
        }
    }

    fn parsed(self) -> &'static FontRef<'static> {
        let [text, strong, title] = &*PARSED;
        match self {
            Self::Text => text,
            Self::Strong => strong,
            Self::Title => title,
        }
    }

    /// Width in the unit of `size`, without kerning. A letter that the font lacks counts as an average one.
    pub(super) fn width(self, text: &str, size: f32) -> f32 {
        let font = self.parsed();
        let metrics = font.glyph_metrics(Size::new(size), LocationRef::default());
        let letters = font.charmap();
        let width_of = |letter| metrics.advance_width(letters.map(letter)?);
        text.chars()
            .map(|letter| width_of(letter).unwrap_or(size / 2.0))
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_finds_each_font_by_its_name() {
        for (font, family, weight) in [
            (Font::Text, "Source Sans 3", 400),
            (Font::Strong, "Source Sans 3 SemiBold", 600),
            (Font::Title, "Source Serif 4 SemiBold", 600),
        ] {
            let query = fontdb::Query {
                families: &[fontdb::Family::Name(family)],
                weight: fontdb::Weight(weight),
                ..fontdb::Query::default()
            };
            assert!(DATABASE.query(&query).is_some(), "{family}");
            assert!(font.attributes().contains(family));
        }
    }

    #[test]
    fn wider_text_is_wider() {
        let width = |text| Font::Title.width(text, 36.0);
        assert!(width("iii") < width("mmm"));
        assert!((width("Côte d’Ivoire") - width("Côte ") - width("d’Ivoire")).abs() < 0.1);
        // 36 pixels are the side of the square that letters are drawn in; one takes about half of its width.
        assert!((250.0..350.0).contains(&width("The United States")));
    }
}
