//! Colours of the pictures: those of the page, which `web/atlas/src/styles/tokens.css` names.

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Theme {
    Light,
    Dark,
}

/// Colours as `#rrggbb`.
pub(super) struct Palette {
    pub(super) paper: &'static str,
    pub(super) sea: &'static str,
    pub(super) ink: &'static str,
    pub(super) quiet: &'static str,
    pub(super) land: &'static str,
    /// Between states that have no edge of their own.
    pub(super) border: &'static str,
    stances: [Colours; 9],
}

pub(super) struct Colours {
    stance: &'static str,
    pub(super) fill: &'static str,
    /// Of the palest stances, which differ too little from land.
    pub(super) edge: Option<&'static str>,
    /// Of text on the fill.
    pub(super) text: &'static str,
}

const BLACK: &str = "#14181d";
const WHITE: &str = "#ffffff";

const fn colours(
    stance: &'static str,
    fill: &'static str,
    edge: Option<&'static str>,
    text: &'static str,
) -> Colours {
    Colours {
        stance,
        fill,
        edge,
        text,
    }
}

const LIGHT: Palette = Palette {
    paper: "#fbfaf7",
    sea: "#eef2f4",
    ink: "#1b1f24",
    quiet: "#5c6570",
    land: "#dedddb",
    border: "#ffffff",
    stances: [
        colours("NAMED", "#f2ec9e", Some("#857f2e"), BLACK),
        colours("APPROACHED", "#93ca97", Some("#3f8350"), BLACK),
        colours("NEGOTIATING", "#3ab5ab", Some("#1e8476"), BLACK),
        colours("AGREED_IN_PRINCIPLE", "#2390b0", None, BLACK),
        colours("AGREED", "#175c9c", None, WHITE),
        colours("IMPLEMENTING", "#241866", None, WHITE),
        colours("SUSPENDED", "#f0a90d", None, BLACK),
        colours("REFUSED", "#d03a1e", None, WHITE),
        colours("ENDED", "#724846", None, WHITE),
    ],
};

const DARK: Palette = Palette {
    paper: "#12161b",
    sea: "#161b21",
    ink: "#eceef1",
    quiet: "#9ea8b4",
    land: "#30353b",
    border: "#161b21",
    stances: [
        colours("NAMED", "#565f30", Some("#9aa560"), WHITE),
        colours("APPROACHED", "#648f5a", Some("#8fb985"), BLACK),
        colours("NEGOTIATING", "#3d9c89", Some("#72cbb9"), BLACK),
        colours("AGREED_IN_PRINCIPLE", "#00b6cc", None, BLACK),
        colours("AGREED", "#91d4ff", None, BLACK),
        colours("IMPLEMENTING", "#f1f3ff", None, BLACK),
        colours("SUSPENDED", "#f6c23a", None, BLACK),
        colours("REFUSED", "#f06212", None, BLACK),
        colours("ENDED", "#85497a", None, WHITE),
    ],
};

impl Palette {
    pub(super) const fn of(theme: Theme) -> &'static Self {
        match theme {
            Theme::Light => &LIGHT,
            Theme::Dark => &DARK,
        }
    }

    /// `None` for UNKNOWN, whose states are land.
    pub(super) fn stance(&self, stance: &str) -> Option<&Colours> {
        self.stances.iter().find(|colours| colours.stance == stance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKENS: &str = include_str!("../../../../../web/atlas/src/styles/tokens.css");

    /// Values of the custom properties of a block; a later one wins, as in the browser.
    fn tokens(block: &str) -> std::collections::HashMap<&str, &str> {
        block
            .split(['{', ';', '}'])
            .filter_map(|declaration| declaration.trim().strip_prefix("--")?.split_once(": "))
            .collect()
    }

    #[test]
    fn pictures_have_the_colours_of_the_page() {
        let (light, rest) = TOKENS.split_once(":root[data-theme=\"light\"]").unwrap();
        let (_, dark) = rest.split_once(":root[data-theme=\"dark\"]").unwrap();
        let (dark, _) = dark.split_once('}').unwrap();
        for (theme, block) in [
            (Theme::Light, light.to_owned()),
            (Theme::Dark, format!("{light}{dark}")),
        ] {
            let (palette, tokens) = (Palette::of(theme), tokens(&block));
            for (name, colour) in [
                ("paper", palette.paper),
                ("sea", palette.sea),
                ("ink", palette.ink),
                ("quiet", palette.quiet),
                ("unknown", palette.land),
                ("border", palette.border),
            ] {
                assert_eq!(tokens[name], colour, "{theme:?} {name}");
            }
            for colours in &palette.stances {
                let name = colours.stance.to_lowercase().replace('_', "-");
                assert_eq!(tokens[&*name], colours.fill, "{theme:?} {name}");
                assert_eq!(
                    tokens[&*format!("on-{name}")],
                    colours.text,
                    "{theme:?} {name}"
                );
                let edge = tokens.get(&*format!("{name}-edge")).copied();
                assert_eq!(edge, colours.edge, "{theme:?} {name}");
            }
        }
    }
}
