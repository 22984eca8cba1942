//! Weights of cached entries, compared with what their entries really allocate.

use std::fmt::Write;
use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpStream};

use demarche::config::limits::CacheLimits;
use stats_alloc::Region;
use tokio::runtime::Runtime;

use crate::client::Client;
use crate::operations::post;
use crate::{ALLOCATOR, TURN, start};

/// Requests that fill whatever is allocated only once.
const FIRST: usize = 300;
const ENTRIES: usize = 1_000;
/// Bytes that glibc's malloc adds to each allocation: its header, and the rest of 16 bytes.
const ALLOCATOR_BYTES: usize = 12;
/// Allowed difference between weights and allocated bytes, in percent.
const TOLERANCE: u64 = 20;

/// A query whose document and response differ from those of other numbers in content and size.
fn query(number: usize) -> String {
    let fields = [
        "code",
        "name",
        "capital",
        "region { name }",
        "french: name(lang: \"fr\")",
    ];
    let mut selection = String::new();
    for index in 0..=number % 7 {
        let field = fields[(number / 7 + index) % fields.len()];
        write!(selection, "{field} ").unwrap();
    }
    let count = 1 + number % 5;
    format!(
        "query N{number} {{ relationships(first: {count}) {{ nodes {{ id stance requestedState {{ {selection} }} }} }} }}"
    )
}

/// What the caches of responses, requests and documents weigh together.
fn weight(admin: SocketAddr) -> u64 {
    let mut stream = TcpStream::connect(admin).unwrap();
    let request = "GET /metrics HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let weights = ["responses", "requests", "documents"].map(|cache| {
        let name = format!("demarche_cache_bytes{{cache=\"{cache}\"}} ");
        let line = text.lines().find_map(|line| line.strip_prefix(&name));
        line.and_then(|line| line.parse::<u64>().ok())
            .unwrap_or_else(|| panic!("{text}"))
    });
    weights.iter().sum()
}

#[test]
fn cached_responses_and_documents_weigh_what_they_allocate() {
    let _turn = TURN.lock();
    let runtime = Runtime::new().unwrap();
    let large = 256 << 20;
    let test_server = runtime.block_on(start(CacheLimits {
        responses: large,
        documents: large,
        ..CacheLimits::default()
    }));
    let admin = test_server.server.admin_address.unwrap();
    let mut client = Client::connect(test_server.server.address);
    let requests: Vec<_> = (0..FIRST + ENTRIES)
        .map(|number| post(&query(number), None))
        .collect();
    let (first, measured) = requests.split_at(FIRST);
    for request in first {
        client.send(request);
    }
    let before = weight(admin);
    let region = Region::new(ALLOCATOR);
    for request in measured {
        client.send(request);
    }
    let change = region.change();
    let weight = weight(admin) - before;
    let allocations = change.allocations - change.deallocations;
    let bytes = change.bytes_allocated - change.bytes_deallocated;
    let allocated = (bytes + allocations * ALLOCATOR_BYTES) as u64;
    let tolerance = allocated * TOLERANCE / 100;
    assert!(
        weight.abs_diff(allocated) <= tolerance,
        "the entries weigh {weight} bytes and allocate {allocated}"
    );
    runtime.block_on(test_server.server.stop()).unwrap();
}
