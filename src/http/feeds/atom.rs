//! Atom (RFC 4287), paged (RFC 5005, 3). Recorded text is plain text in it, whatever it contains.

use std::io::{Error, Write};

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

use super::feed::{Feed, Item, NAME};

const NAMESPACE: &str = "http://www.w3.org/2005/Atom";

/// # Errors
/// None at present: the document is written to memory.
pub(super) fn write(feed: &Feed) -> Result<Vec<u8>, Error> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let root = BytesStart::new("feed").with_attributes([("xmlns", NAMESPACE), ("xml:lang", "en")]);
    writer.write_event(Event::Start(root))?;
    text(&mut writer, "id", &feed.first_url)?;
    text(&mut writer, "title", &feed.title)?;
    text(&mut writer, "updated", &feed.updated)?;
    author(&mut writer, NAME)?;
    text(&mut writer, "generator", NAME)?;
    link(&mut writer, "alternate", Some("text/html"), &feed.home_url)?;
    link(
        &mut writer,
        "self",
        Some("application/atom+xml"),
        &feed.self_url,
    )?;
    link(&mut writer, "first", None, &feed.first_url)?;
    if let Some(next) = &feed.next_url {
        link(&mut writer, "next", None, next)?;
    }
    for item in &feed.items {
        write_entry(&mut writer, item)?;
    }
    writer.write_event(Event::End(BytesEnd::new("feed")))?;
    let mut document = writer.into_inner();
    document.push(b'\n');
    Ok(document)
}

fn write_entry<W: Write>(writer: &mut Writer<W>, item: &Item) -> Result<(), Error> {
    writer.write_event(Event::Start(BytesStart::new("entry")))?;
    text(writer, "id", &item.id)?;
    text(writer, "title", &item.title)?;
    text(writer, "published", &item.published)?;
    text(writer, "updated", &item.updated)?;
    if !item.author.is_empty() {
        author(writer, &item.author)?;
    }
    link(writer, "alternate", Some("text/html"), &item.url)?;
    if let Some(corrects) = &item.corrects_url {
        link(writer, "related", None, corrects)?;
    }
    for tag in &item.tags {
        let category = writer.create_element("category");
        category
            .with_attribute(("term", allowed(tag).as_str()))
            .write_empty()?;
    }
    let content = writer
        .create_element("content")
        .with_attribute(("type", "text"));
    content.write_text_content(BytesText::new(&allowed(&item.text)))?;
    writer.write_event(Event::End(BytesEnd::new("entry")))
}

fn text<W: Write>(writer: &mut Writer<W>, name: &str, content: &str) -> Result<(), Error> {
    let element = writer.create_element(name);
    element.write_text_content(BytesText::new(&allowed(content)))?;
    Ok(())
}

fn author<W: Write>(writer: &mut Writer<W>, name: &str) -> Result<(), Error> {
    writer.write_event(Event::Start(BytesStart::new("author")))?;
    text(writer, "name", name)?;
    writer.write_event(Event::End(BytesEnd::new("author")))
}

fn link<W: Write>(
    writer: &mut Writer<W>,
    relation: &str,
    media_type: Option<&str>,
    url: &str,
) -> Result<(), Error> {
    let mut element = writer
        .create_element("link")
        .with_attribute(("rel", relation));
    if let Some(media_type) = media_type {
        element = element.with_attribute(("type", media_type));
    }
    element.with_attribute(("href", url)).write_empty()?;
    Ok(())
}

/// The text with a replacement for each character that XML forbids, escaped or not (XML 1.0, 2.2).
fn allowed(text: &str) -> String {
    let is_allowed = |letter: char| matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
    let letters = text.chars();
    letters
        .map(|letter| {
            if is_allowed(letter) {
                letter
            } else {
                '\u{FFFD}'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_text_stays_text() {
        let hostile = "]]></content><script>&amp;\u{1}\u{0}\u{FFFE}\u{1F600}\"'";
        let item = Item {
            id: "https://a.example/changes/1".to_owned(),
            url: "https://a.example/changes/1?a=b&c=\"".to_owned(),
            corrects_url: None,
            title: hostile.to_owned(),
            text: hostile.to_owned(),
            author: hostile.to_owned(),
            published: "2026-01-01T00:00:00Z".to_owned(),
            updated: "2026-01-01T00:00:00Z".to_owned(),
            tags: vec![hostile.to_owned()],
        };
        let url = "https://a.example/feed.atom".to_owned();
        let feed = Feed {
            title: hostile.to_owned(),
            home_url: url.clone(),
            first_url: url.clone(),
            self_url: url,
            next_url: None,
            updated: "2026-01-01T00:00:00Z".to_owned(),
            items: vec![item],
        };
        let document = String::from_utf8(write(&feed).unwrap()).unwrap();
        assert!(
            !document.contains("<script>") && !document.contains("]]>"),
            "{document}"
        );
        let is_forbidden =
            |letter: char| letter.is_control() && letter != '\n' || letter == '\u{FFFE}';
        assert!(!document.contains(is_forbidden), "{document}");
        let mut reader = quick_xml::Reader::from_str(&document);
        let mut texts = 0;
        loop {
            match reader.read_event().unwrap() {
                Event::Eof => break,
                Event::Start(start) => assert_ne!(start.name().as_ref(), "script"),
                Event::Text(_) => texts += 1,
                _ => {}
            }
        }
        assert!(texts > 10, "{document}");
    }
}
