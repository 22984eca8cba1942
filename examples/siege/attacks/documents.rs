//! What is sent is the attack: documents that are cheap to write and dear to read, and bodies beyond the limit.

use std::fmt::Write;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::Target;
use crate::wire::{connect, operation};

fn request(query: &str) -> Vec<u8> {
    operation(query, &json!({}), None)
}

/// Brackets that overflow a stack, and the dearest documents that the guard lets through.
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
    let one = target.repeat(0, 30, &bombs);
    let other = target.repeat(1, 30, &bombs);
    tokio::join!(one, other);
}

/// Each fragment spreads the next one twice: 858 bytes that are a million fields.
pub async fn fragment_bombs(target: Target) {
    let mut bomb = "{...F0}".to_owned();
    for level in 0..19 {
        let next = level + 1;
        write!(bomb, "fragment F{level} on Query{{...F{next} ...F{next}}}").unwrap();
    }
    bomb.push_str("fragment F19 on Query{__typename}");
    let circle = "{...A} fragment A on Query{...B} fragment B on Query{...A}";
    target
        .repeat(0, 40, &[request(&bomb), request(circle)])
        .await;
}

/// As much as one operation may cost, again and again, from four addresses; 429 once each has spent what it may.
pub async fn costly_queries(target: Target) {
    let statement = "id number kind summary validFrom publishedOn recordedAt standing citation \
        evidence{quote relation source{title publisher url kind language}}";
    let wide =
        format!("{{statements(first:100){{nodes{{{statement} contradicts{{{statement}}}}}}}}}");
    let deep = "{relationships(first:100){nodes{changes(first:10){nodes{from to kind statement{id summary evidence{quote}}}}}}}";
    let names = "{regions{name countries{code name aliases languages{code}}}}";
    let queries = [wide.as_str(), deep, names];
    // Each another text, so that no answer was given before.
    let queries: Vec<Vec<u8>> = (0..120)
        .map(|number| request(&format!("{} # {number}", queries[number % 3])))
        .collect();
    let attackers =
        (0..4).map(|number| target.repeat(number, 10, &queries[usize::from(number) * 30..]));
    futures_util::future::join_all(attackers).await;
}

/// Beyond --max-body-bytes, whether it is said before or not.
pub async fn large_bodies(target: Target) {
    const HEAD: &str =
        "POST /graphql HTTP/1.1\r\nHost: siege\r\nContent-Type: application/json\r\n";
    let body = vec![b' '; 4 << 20];
    let said = [
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
    for request in [said, chunked].iter().cycle() {
        if !pace.next().await {
            break;
        }
        let answer = target.in_time(async {
            let stream = connect(target.from(0), target.address).await?;
            let (mut reader, mut writer) = stream.into_split();
            let sent = writer.write_all(request);
            let mut answer = [0; 12];
            let (_, read) = tokio::join!(sent, reader.read_exact(&mut answer));
            read.map(|_| String::from_utf8_lossy(&answer[9..]).into_owned())
        });
        target.count(answer.await.unwrap_or_else(|_| "cut".to_owned()));
    }
}
