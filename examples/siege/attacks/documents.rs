//! Attacks by content: documents that are cheap to send and expensive to process, and oversized bodies.

use std::fmt::Write;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::Target;
use crate::client::{connect, operation};

fn request(query: &str) -> Vec<u8> {
    operation(query, &json!({}), None)
}

/// Brackets that overflow a parser's stack, and the most expensive documents that the document limits accept.
pub async fn parse_bombs(target: Target) {
    let brackets = |count: usize| {
        format!(
            "{{countries(filter:{}1{}){{code}}}}",
            "[".repeat(count),
            "]".repeat(count)
        )
    };
    let fields = format!("{{{}}}", "__typename ".repeat(1_400));
    let values = format!("{{search(text:[{}]){{__typename}}}}", "1 ".repeat(1_900));
    let names = format!("{{{}}}", "anUnknownField ".repeat(1_000));
    let deep = format!("{{{}__typename{}}}", "...{".repeat(30), "}".repeat(30));
    let bombs = [
        brackets(2_000),
        brackets(8_000),
        fields,
        values,
        names,
        deep,
    ]
    .map(|it| request(&it));
    let first = target.repeat(0, 30, &bombs);
    let second = target.repeat(1, 30, &bombs);
    tokio::join!(first, second);
}

/// Each fragment spreads the next one twice: 858 bytes that expand to half a million fields.
pub async fn fragment_bombs(target: Target) {
    let mut bomb = "{...F0}".to_owned();
    for level in 0..19 {
        let next = level + 1;
        write!(bomb, "fragment F{level} on Query{{...F{next} ...F{next}}}").unwrap();
    }
    bomb.push_str("fragment F19 on Query{__typename}");
    let cycle = "{...A} fragment A on Query{...B} fragment B on Query{...A}";
    target
        .repeat(0, 40, &[request(&bomb), request(cycle)])
        .await;
}

/// Operations of maximum cost from four addresses; 429 once each has used up its rate limit.
pub async fn costly_queries(target: Target) {
    let statement = "id number kind summary validFrom publishedOn recordedAt standing citation \
        evidence{quote relation source{title publisher url kind language}}";
    let wide =
        format!("{{statements(first:100){{nodes{{{statement} contradicts{{{statement}}}}}}}}}");
    let deep = "{relationships(first:100){nodes{changes(first:10){nodes{from to kind statement{id summary evidence{quote}}}}}}}";
    let names = "{regions{name countries{code name aliases languages{code}}}}";
    let queries = [wide.as_str(), deep, names];
    // Each text differs, so that no response is cached.
    let queries: Vec<Vec<u8>> = (0..120)
        .map(|number| request(&format!("{} # {number}", queries[number % 3])))
        .collect();
    let attackers =
        (0..4).map(|number| target.repeat(number, 10, &queries[usize::from(number) * 30..]));
    futures_util::future::join_all(attackers).await;
}

/// Bodies above --max-body-bytes, with and without Content-Length.
pub async fn large_bodies(target: Target) {
    const HEAD: &str =
        "POST /graphql HTTP/1.1\r\nHost: siege\r\nContent-Type: application/json\r\n";
    let body = vec![b' '; 4 << 20];
    let with_length = [
        format!("{HEAD}Content-Length: {}\r\n\r\n", body.len()).as_bytes(),
        &body,
    ]
    .concat();
    let mut chunked = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
    for chunk in body.chunks(64 << 10) {
        chunked.extend(format!("{:x}\r\n", chunk.len()).bytes());
        chunked.extend(chunk);
        chunked.extend(b"\r\n");
    }
    let mut pace = target.pace(4);
    for request in [with_length, chunked].iter().cycle() {
        if !pace.next().await {
            break;
        }
        let response = target.until_end(async {
            let stream = connect(target.from(0), target.address).await?;
            let (mut reader, mut writer) = stream.into_split();
            let sent = writer.write_all(request);
            let mut response = [0; 12];
            let (_, read) = tokio::join!(sent, reader.read_exact(&mut response));
            read.map(|_| String::from_utf8_lossy(&response[9..]).into_owned())
        });
        target.count(response.await.unwrap_or_else(|_| "disconnected".to_owned()));
    }
}
