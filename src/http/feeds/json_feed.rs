//! JSON Feed 1.1.

use serde_json::{Value, json};

use super::feed::{Feed, Item, NAME};

pub(super) fn write(feed: &Feed) -> Vec<u8> {
    let items: Vec<Value> = feed.items.iter().map(item).collect();
    let mut document = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home_url,
        "feed_url": feed.self_url,
        "language": "en",
        "authors": [{ "name": NAME }],
        "items": items,
    });
    if let Some(next) = &feed.next_url {
        document["next_url"] = next.as_str().into();
    }
    document.to_string().into_bytes()
}

fn item(item: &Item) -> Value {
    let mut object = json!({
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "content_text": item.text,
        "date_published": item.published,
        "date_modified": item.updated,
        "tags": item.tags,
    });
    if !item.author.is_empty() {
        object["authors"] = json!([{ "name": item.author }]);
    }
    if let Some(corrects) = &item.corrects_url {
        object["external_url"] = corrects.as_str().into();
    }
    object
}
