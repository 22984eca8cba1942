#[test]
fn parity() {
    let mut names: Vec<_> = std::fs::read_dir("/tmp/parity/in").unwrap().map(|e| e.unwrap().path()).collect();
    names.sort();
    let mut out = String::new();
    for p in names {
        let text = std::fs::read_to_string(&p).unwrap();
        let verdict = match super::parse(&text) { Ok(_) => "OK".to_owned(), Err(f) => format!("{} {}", f.len(), f[0]) };
        out += &format!("{}\t{}\n", p.file_name().unwrap().to_str().unwrap(), verdict.replace('\n', " "));
    }
    std::fs::write("/tmp/parity/rust.tsv", out).unwrap();
}
