//! Options of a picture besides its view: size, theme, and the state of the ledger.

use url::form_urlencoded;

use super::palette::Theme;
use crate::http::{operation::pin::parse_seq, response::error::HttpError};

/// Width and height, in pixels, that are drawn.
pub(in crate::http::pages::atlas) const SIZES: std::ops::RangeInclusive<u32> = 300..=2000;
pub(in crate::http::pages::atlas) const DEFAULT_SIZE: (u32, u32) = (1200, 630);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Options {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) theme: Theme,
    /// The last ledger entry that the picture rests on; `None` for the newest.
    pub(super) seq: Option<i64>,
}

impl Options {
    /// Other keys are those of the view.
    /// # Errors
    /// 400 for a value that cannot be drawn.
    pub(super) fn read(query: &str) -> Result<Self, HttpError> {
        let (width, height) = DEFAULT_SIZE;
        let mut options = Self {
            width,
            height,
            theme: Theme::Light,
            seq: None,
        };
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "w" => options.width = size("w", &value)?,
                "h" => options.height = size("h", &value)?,
                "theme" => options.theme = theme(&value)?,
                "seq" => options.seq = Some(seq(&value)?),
                _ => {}
            }
        }
        Ok(options)
    }
}

fn size(key: &str, value: &str) -> Result<u32, HttpError> {
    let size = value.parse().ok().filter(|size| SIZES.contains(size));
    size.ok_or_else(|| {
        let (least, most) = (SIZES.start(), SIZES.end());
        HttpError::bad_request(format!(
            "`{key}` is `{value}`; send a number of pixels from {least} to {most}"
        ))
    })
}

fn theme(value: &str) -> Result<Theme, HttpError> {
    match value {
        "light" => Ok(Theme::Light),
        "dark" => Ok(Theme::Dark),
        _ => Err(HttpError::bad_request(format!(
            "`theme` is `{value}`; send `light` or `dark`"
        ))),
    }
}

fn seq(value: &str) -> Result<i64, HttpError> {
    parse_seq(value).map_err(|invalid| HttpError::bad_request(format!("seq: {}", invalid.message)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_or_theme_that_is_not_drawn_is_an_error() {
        let read = |query| Options::read(query).unwrap();
        assert_eq!(read(""), read("w=1200&h=630&theme=light&c=RW~SZ&on=x"));
        assert_eq!(read("w=2000&h=300").width, 2000);
        assert_eq!(read("theme=dark&seq=7").seq, Some(7));
        for wrong in [
            "w=299",
            "h=2001",
            "w=",
            "w=-1",
            "h=1e3",
            "w=12.5",
            "theme=Dark",
            "theme=",
            "seq=0",
            "seq=07",
            "seq=x",
        ] {
            assert!(Options::read(wrong).is_err(), "{wrong}");
        }
    }
}
