//! Proofs: signed heads of the Merkle tree, inclusion and consistency proofs, proofs of positions, checked by code of the tests.

use std::collections::BTreeMap;

use data_encoding::{BASE64, HEXLOWER};
use demarche::database::IfMissing;
use demarche::ledger::export::export;
use demarche::ledger::restore::restore;
use demarche::ledger::tree_nodes;
use demarche::ledger::verify::verify;
use demarche::model::merkle_tree::{Frontier, Hash, empty_root, node_hash};
use demarche::server::open;
use entity::{ledger_entry, tree_node};
use ring::signature::{ED25519, UnparsedPublicKey};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder, Set};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::app::{TestApp, data, only_error, run_demarche, try_demarche};
use crate::database::{TestDatabase, UNDO_SEARCH_INDEX};
use crate::fixtures::{correction, evidence, id};

/// The text of a signed note, if the key signed it.
#[track_caller]
fn verified(note: &str, verifier_key: &str) -> String {
    let parts: Vec<&str> = verifier_key.splitn(3, '+').collect();
    let [name, id, key] = parts[..] else {
        panic!("{verifier_key}");
    };
    let typed = BASE64.decode(key.as_bytes()).unwrap();
    assert_eq!((typed.len(), typed[0]), (33, 1));
    let hashed = [name.as_bytes(), b"\n", &typed].concat();
    assert_eq!(HEXLOWER.encode(&Sha256::digest(hashed)[..4]), id);
    let (text, signatures) = note.rsplit_once("\n\n").unwrap();
    let (text, line) = (format!("{text}\n"), signatures.strip_suffix('\n').unwrap());
    let signature = line.strip_prefix(&format!("\u{2014} {name} ")).unwrap();
    let signature = BASE64.decode(signature.as_bytes()).unwrap();
    assert_eq!(HEXLOWER.encode(&signature[..4]), id);
    let key = UnparsedPublicKey::new(&ED25519, &typed[1..]);
    key.verify(text.as_bytes(), &signature[4..]).unwrap();
    text
}

/// The root of hashes of leaves.
fn root_of(leaves: impl IntoIterator<Item = Hash>) -> Hash {
    let mut tree = Frontier::default();
    for leaf in leaves {
        tree.push(leaf, |_, _, _| ());
    }
    tree.root()
}

#[track_caller]
fn hash(text: &Value) -> Hash {
    let bytes = HEXLOWER.decode(text.as_str().unwrap().as_bytes());
    bytes.unwrap().try_into().unwrap()
}

fn hashes(list: &Value) -> Vec<Hash> {
    list.as_array().unwrap().iter().map(hash).collect()
}

/// The root that a path leads to, by recursion from the root: the last hash of the path is the other side of the first split.
fn climb(leaf: Hash, index: u64, size: u64, path: &[Hash]) -> Hash {
    let Some((sibling, rest)) = path.split_last() else {
        assert_eq!(size, 1);
        return leaf;
    };
    let half = 1 << (size - 1).ilog2();
    if index < half {
        node_hash(&climb(leaf, index, half, rest), sibling)
    } else {
        node_hash(sibling, &climb(leaf, index - half, size - half, rest))
    }
}

/// The hashes of all entries of a database.
async fn leaves(app: &TestApp) -> Vec<Hash> {
    let db = app.connect_to_database().await;
    let entries = ledger_entry::Entity::find().order_by_asc(ledger_entry::Column::Seq);
    let entries = entries.all(&db).await.unwrap().into_iter();
    entries.map(|entry| hash(&json!(entry.hash))).collect()
}

/// Records sources, so that the ledger has this many entries more.
async fn record_entries(app: &TestApp, count: usize) {
    for _ in 0..count {
        app.register_source().await;
    }
}

async fn ledger(app: &TestApp, selection: &str) -> Value {
    let query = format!("{{ ledger {{ {selection} }} }}");
    app.query(&query).await["ledger"].take()
}

#[tokio::test]
async fn a_tree_head_is_the_signed_root_of_the_hashes_of_all_entries() {
    let app = TestApp::start().await;
    let leaves = leaves(&app).await;
    let found = ledger(&app, "verifierKey head { seq treeHead { size root note } }").await;
    let head = &found["head"]["treeHead"];
    let root = root_of(leaves.iter().copied());
    assert!(leaves.len() > 512);
    assert_eq!(head["size"], leaves.len());
    assert_eq!(head["size"], found["head"]["seq"]);
    assert_eq!(hash(&head["root"]), root);

    let key = found["verifierKey"].as_str().unwrap();
    let (code, printed) = try_demarche(app.test_db(), &["key", "show"]).await;
    assert_eq!((code, printed.lines().next()), (0, Some(key)));
    let text = verified(head["note"].as_str().unwrap(), key);
    let name = key.split_once('+').unwrap().0;
    let expected = format!("{name}\n{}\n{}\n", leaves.len(), BASE64.encode(&root));
    assert_eq!(text, expected);
}

#[tokio::test]
async fn the_tree_without_entries_is_the_hash_of_nothing() {
    let app = TestApp::start_empty().await;
    let found = ledger(
        &app,
        "head { treeHead { size root } } genesis { treeHead { root } }",
    )
    .await;
    let head = &found["head"]["treeHead"];
    assert_eq!(head["size"], 0);
    assert_eq!(hash(&head["root"]), empty_root());
    assert_eq!(found["genesis"]["treeHead"]["root"], head["root"]);
}

#[tokio::test]
async fn inclusion_proofs_lead_from_the_content_of_an_entry_to_the_root() {
    let app = TestApp::start().await;
    let leaves = leaves(&app).await;
    let newest = leaves.len();
    for (seq, size) in [
        (1, 1),
        (1, newest),
        (256, 256),
        (257, 600),
        (600, 601),
        (newest, newest),
    ] {
        let selection = format!(
            "inclusionProof(seq: {seq}, treeSize: {size}) {{ seq leafIndex treeSize leafData leafHash hashes treeHead {{ size root }} }}"
        );
        let proof = ledger(&app, &selection).await["inclusionProof"].take();
        let numbers = ["seq", "leafIndex", "treeSize"].map(|key| proof[key].as_u64().unwrap());
        assert_eq!(numbers, [seq as u64, seq as u64 - 1, size as u64]);
        let content = proof["leafData"].as_str().unwrap();
        let leaf: Hash = Sha256::digest(["\0", content].concat()).into();
        assert_eq!((leaf, hash(&proof["leafHash"])), (leaves[seq - 1], leaf));
        let entry: Value = serde_json::from_str(&content[64..]).unwrap();
        assert_eq!(entry["seq"], seq);
        let root = climb(leaf, numbers[1], numbers[2], &hashes(&proof["hashes"]));
        assert_eq!(
            root,
            root_of(leaves[..size].iter().copied()),
            "{seq} of {size}"
        );
        assert_eq!(root, hash(&proof["treeHead"]["root"]));
    }
}

#[tokio::test]
async fn consistency_proofs_lead_from_one_root_to_another() {
    let app = TestApp::start().await;
    let leaves = leaves(&app).await;
    let root = |size: usize| root_of(leaves[..size].iter().copied());
    let proof = async |from: usize, to: usize| {
        let selection = format!(
            "consistencyProof(from: {from}, to: {to}) {{ from {{ size root }} to {{ size root }} hashes }}"
        );
        ledger(&app, &selection).await["consistencyProof"].take()
    };
    let found = proof(512, 513).await;
    assert_eq!(node_hash(&root(512), &hash(&found["hashes"][0])), root(513));
    assert_eq!(hashes(&found["hashes"]), [leaves[512]]);
    // 3 = 2 + 1: the last leaf of the smaller tree, its sibling, and the two before.
    let found = proof(3, 4).await;
    let [last, sibling, before] = hashes(&found["hashes"])[..] else {
        panic!("{found}");
    };
    assert_eq!(node_hash(&before, &last), root(3));
    assert_eq!(node_hash(&before, &node_hash(&last, &sibling)), root(4));
    for (side, size) in [("from", 3), ("to", 4)] {
        assert_eq!(found[side]["size"], size);
        assert_eq!(hash(&found[side]["root"]), root(size));
    }
    assert_eq!(proof(600, 600).await["hashes"], json!([]));
}

#[tokio::test]
async fn proofs_about_trees_that_do_not_exist_are_rejected_by_name() {
    let app = TestApp::start().await;
    let size = leaves(&app).await.len();
    let more = size + 1;
    let invalid = [
        (
            format!("inclusionProof(seq: 0, treeSize: {size}) {{ hashes }}"),
            "seq",
        ),
        (
            format!("inclusionProof(seq: -1, treeSize: {size}) {{ hashes }}"),
            "seq",
        ),
        (
            "inclusionProof(seq: 6, treeSize: 5) { hashes }".to_owned(),
            "seq",
        ),
        (
            "inclusionProof(seq: 1, treeSize: 0) { hashes }".to_owned(),
            "seq",
        ),
        (
            format!("inclusionProof(seq: 1, treeSize: {more}) {{ hashes }}"),
            "treeSize",
        ),
        (
            "inclusionProof(seq: 1, treeSize: -5) { hashes }".to_owned(),
            "treeSize",
        ),
        (
            "consistencyProof(from: 0, to: 5) { hashes }".to_owned(),
            "from",
        ),
        (
            "consistencyProof(from: 6, to: 5) { hashes }".to_owned(),
            "from",
        ),
        (
            format!("consistencyProof(from: 1, to: {more}) {{ hashes }}"),
            "to",
        ),
        (
            format!("consistencyProof(from: {more}) {{ hashes }}"),
            "from",
        ),
    ];
    for (selection, field) in invalid {
        let response = app
            .execute(&format!("{{ ledger {{ {selection} }} }}"), json!({}))
            .await;
        let expected = ("BAD_USER_INPUT".to_owned(), field.to_owned());
        assert_eq!(only_error(&response), expected, "{selection}");
    }
}

#[tokio::test]
async fn a_pinned_answer_has_the_tree_of_its_entry_and_no_larger_one() {
    let app = TestApp::start().await;
    let leaves = leaves(&app).await;
    let pinned = async |selection: &str| -> Value {
        let body = json!({ "query": format!("{{ ledger {{ {selection} }} }}") });
        let url = app.url("/graphql?seq=300");
        let response = app.http().post(url).json(&body).send().await.unwrap();
        response.json().await.unwrap()
    };
    let root = root_of(leaves[..300].iter().copied());
    let found =
        data(pinned("head { treeHead { size root } } inclusionProof(seq: 300) { treeSize }").await);
    assert_eq!(found["ledger"]["head"]["treeHead"]["size"], 300);
    assert_eq!(hash(&found["ledger"]["head"]["treeHead"]["root"]), root);
    assert_eq!(found["ledger"]["inclusionProof"]["treeSize"], 300);
    let larger = pinned("inclusionProof(seq: 1, treeSize: 301) { hashes }").await;
    assert_eq!(only_error(&larger).1, "treeSize");
}

#[tokio::test]
async fn a_head_moves_with_each_entry_and_a_proof_of_a_fixed_size_stays() {
    let (app, source) = TestApp::start_with_initiative().await;
    let proof = "{ ledger { inclusionProof(seq: 1, treeSize: 2) { hashes treeHead { note } } } }";
    let head = "{ ledger { head { treeHead { note } } } }";
    let (before, first) = (app.query(proof).await, app.query(head).await);
    app.record_stance(&source, "RW", "AGREED", "2025-06-03")
        .await;
    assert_ne!(app.query(head).await, first);
    // From the cache: no statement runs.
    assert_eq!(app.sql_statements_of(proof).await, 0);
    assert_eq!(app.query(proof).await, before);
}

#[tokio::test]
async fn writes_store_the_node_of_each_full_tile_and_verify_finds_altered_and_missing_ones() {
    let (app, _) = TestApp::start_with_initiative().await;
    let entries = leaves(&app).await.len();
    record_entries(&app, 260 - entries).await;
    assert_eq!(app.discrepancies().await, []);
    let db = app.connect_to_database().await;
    let nodes = tree_node::Entity::find().all(&db).await.unwrap();
    let root = root_of(leaves(&app).await[..256].iter().copied());
    let expected = tree_node::Model {
        level: 1,
        position: 0,
        hash: HEXLOWER.encode(&root),
    };
    assert_eq!(nodes, [expected]);
    for (sql, what) in [
        (
            "UPDATE tree_node SET position = 1",
            "unexpected row in tree_node",
        ),
        (
            "UPDATE tree_node SET position = 0, hash = 'x'",
            "altered row in tree_node",
        ),
        ("DELETE FROM tree_node", "missing row in tree_node"),
    ] {
        db.execute_unprepared(sql).await.unwrap();
        let found = verify(&db).await.unwrap().discrepancies;
        assert!(
            found.iter().any(|found| found.what == what),
            "{sql}: {found:?}"
        );
    }
}

#[tokio::test]
async fn an_older_database_gets_its_tree_and_a_restored_ledger_has_the_same_under_another_key() {
    let test_db = TestDatabase::with_bundled_data().await;
    let db = test_db.connect().await;
    for sql in UNDO_SEARCH_INDEX {
        db.execute_unprepared(sql).await.unwrap();
    }
    drop(db);
    let app = TestApp::start_on(test_db).await;
    assert_eq!(app.discrepancies().await, []);
    let root = root_of(leaves(&app).await);
    let selection = "verifierKey head { treeHead { root note } }";
    let found = ledger(&app, selection).await;
    assert_eq!(hash(&found["head"]["treeHead"]["root"]), root);

    let mut file = Vec::new();
    let from = open(&app.database_url(), IfMissing::Fail).await.unwrap();
    export(from.reader(), &mut file).await.unwrap();
    let other = TestApp::start_empty().await;
    let into = open(&other.database_url(), IfMissing::Fail).await.unwrap();
    restore(into.writer(), || Ok(file.as_slice()))
        .await
        .unwrap();
    assert_eq!(other.discrepancies().await, []);
    let restored = ledger(&other, selection).await;
    assert_eq!(
        restored["head"]["treeHead"]["root"],
        found["head"]["treeHead"]["root"]
    );
    let keys = [&found, &restored].map(|ledger| ledger["verifierKey"].as_str().unwrap());
    let [ours, theirs] = keys.map(|key| key.split_once('+').unwrap());
    assert_eq!(ours.0, theirs.0);
    assert_ne!(ours.1, theirs.1);
    verified(
        restored["head"]["treeHead"]["note"].as_str().unwrap(),
        keys[1],
    );
}

#[tokio::test]
async fn what_an_earlier_release_records_during_an_upgrade_is_added_at_the_next_start() {
    let test_db = TestDatabase::with_bundled_data().await;
    let db = test_db.connect().await;
    // The newest node; and all, as docs/operating.md has it for damaged ones.
    for (delete, rows) in [
        ("DELETE FROM tree_node WHERE position = 1", 1),
        ("DELETE FROM tree_node", 2),
    ] {
        let deleted = db.execute_unprepared(delete).await.unwrap();
        assert_eq!(deleted.rows_affected(), rows);
        run_demarche(&test_db, &["migrate"]).await;
        run_demarche(&test_db, &["verify"]).await;
    }
}

#[tokio::test]
async fn a_ledger_of_many_entries_gets_the_nodes_of_every_level() {
    let test_db = TestDatabase::empty().await;
    let database = open(&test_db.url(), IfMissing::Create).await.unwrap();
    let db = database.writer();
    let (mut tree, mut expected) = (Frontier::default(), Vec::new());
    let seqs: Vec<i64> = (1..=65_536 + 300).collect();
    for seqs in seqs.chunks(1_000) {
        let entries = seqs.iter().map(|seq| {
            let leaf: Hash = Sha256::digest(seq.to_be_bytes()).into();
            tree.push(leaf, |level, position, hash| {
                expected.push((level, position, HEXLOWER.encode(&hash)));
            });
            ledger_entry::ActiveModel {
                seq: Set(*seq),
                kind: Set("SOURCE_REGISTERED".to_owned()),
                payload: Set("{}".to_owned()),
                actor: Set("import".to_owned()),
                idempotency_key: Set(seq.to_string()),
                recorded_at: Set(*seq),
                prev_hash: Set(String::new()),
                hash: Set(HEXLOWER.encode(&leaf)),
            }
        });
        let insert = ledger_entry::Entity::insert_many(entries);
        insert.exec_without_returning(db).await.unwrap();
    }
    let head = format!("UPDATE ledger_head SET seq = {}", seqs.len());
    db.execute_unprepared(&head).await.unwrap();
    tree_nodes::refresh(db).await.unwrap();
    let nodes = tree_node::Entity::find().all(db).await.unwrap();
    let found = nodes.into_iter().map(|node| {
        let (level, position) = (u32::try_from(node.level), u64::try_from(node.position));
        (level.unwrap(), position.unwrap(), node.hash)
    });
    let mut found: Vec<_> = found.collect();
    found.sort();
    expected.sort();
    assert_eq!(found.last().unwrap().0, 2);
    assert!(
        found == expected,
        "{} nodes, expected {}",
        found.len(),
        expected.len()
    );
    database.close().await.unwrap();
}

#[tokio::test]
async fn the_private_key_is_in_no_export() {
    let app = TestApp::start().await;
    let db = app.connect_to_database().await;
    let key = entity::signing_key::Entity::find().one(&db).await.unwrap();
    let seed = key.unwrap().seed;
    assert_eq!(seed.len(), 64);
    let mut exported = Vec::new();
    let from = open(&app.database_url(), IfMissing::Fail).await.unwrap();
    export(from.reader(), &mut exported).await.unwrap();
    let mut files = vec![exported];
    for path in ["/export/ledger.ndjson", "/export/demarche.sqlite"] {
        let response = app.get(path).await;
        assert!(response.status().is_success(), "{path}");
        files.push(response.bytes().await.unwrap().to_vec());
    }
    let raw = HEXLOWER.decode(seed.as_bytes()).unwrap();
    for (file, bytes) in files.iter().enumerate() {
        let has = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
        assert!(!has(seed.as_bytes()) && !has(&raw), "{file}");
        assert!(!has(b"signing_key"), "{file}");
    }
}

/// The entries about each relationship, by initiative and requested state, from the exported ledger alone.
async fn relationships_of(app: &TestApp) -> BTreeMap<(i64, String), Vec<(i64, Hash)>> {
    let text = app.get("/export/ledger.ndjson").await.text().await.unwrap();
    let (mut subjects, mut listed) = (BTreeMap::new(), BTreeMap::new());
    for entry in text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
    {
        let Some(kind) = entry["kind"].as_str() else {
            continue;
        };
        let payload: Value = serde_json::from_str(entry["payload"].as_str().unwrap()).unwrap();
        let seq = entry["seq"].as_i64().unwrap();
        let statement = match kind {
            "STATEMENT_RECORDED" => &payload,
            "STATEMENT_CORRECTED" => &payload["statement"],
            _ => &Value::Null,
        };
        let ends = &statement["subject"]["relationship"];
        if let Some(state) = ends["requestedState"].as_str() {
            let key = (ends["initiative"].as_i64().unwrap(), state.to_owned());
            subjects.insert(seq, key);
        }
        let about = match kind {
            "STATEMENT_RETRACTED" | "EVIDENCE_ADDED" => payload["statement"].as_i64().unwrap(),
            _ => seq,
        };
        if let Some(key) = subjects.get(&about) {
            let entries: &mut Vec<_> = listed.entry(key.clone()).or_default();
            entries.push((seq, hash(&entry["hash"])));
        }
    }
    listed
}

const POSITION_PROOF: &str = "proof { treeHead { size root note }
    entries { entry { seq hash } inclusionProof { leafIndex treeSize hashes } }
    history { length seqs root note } }";

#[tokio::test]
async fn a_position_has_its_entries_with_proofs_and_a_commitment_to_all_of_its_relationship() {
    let (app, source) = TestApp::start_with_initiative().await;
    let statement = app
        .record_stance(&source, "RW", "NAMED", "2025-06-02")
        .await;
    app.record_stance(&source, "PE", "REFUSED", "2025-06-02")
        .await;
    app.mutate("addEvidence", &evidence(&statement, &source))
        .await;
    let agreed = app
        .record_stance(&source, "RW", "AGREED", "2025-06-03")
        .await;
    let corrected = correction(&agreed["statement"], &source, "REFUSED", "2025-06-04");
    let corrected = app.mutate("correctStatement", &corrected).await;
    let retraction = json!({ "statement": id(&corrected), "reason": "withdrawn" });
    app.mutate("retractStatement", &retraction).await;
    let query = format!(
        "{{ ledger {{ verifierKey }} relationships(first: 5) {{ edges {{ position {{ stance basis {{ number }} {POSITION_PROOF} }}
            node {{ initiative {{ slug }} requestedState {{ code }} }} }} }} }}"
    );
    let found = app.query(&query).await;
    let key = found["ledger"]["verifierKey"].as_str().unwrap();
    let listed = relationships_of(&app).await;
    let edges = found["relationships"]["edges"].as_array().unwrap();
    assert_eq!(edges.len(), listed.len());
    for edge in edges {
        let state = edge["node"]["requestedState"]["code"].as_str().unwrap();
        let ((initiative, _), expected) = listed.iter().find(|(key, _)| key.1 == state).unwrap();
        let proof = &edge["position"]["proof"];
        let (size, root) = (&proof["treeHead"]["size"], hash(&proof["treeHead"]["root"]));
        let entries = proof["entries"].as_array().unwrap();
        assert_eq!(entries.len(), 1);
        assert_eq!(
            entries[0]["entry"]["seq"],
            edge["position"]["basis"]["number"]
        );
        let (leaf, inclusion) = (
            hash(&entries[0]["entry"]["hash"]),
            &entries[0]["inclusionProof"],
        );
        let numbers = ["leafIndex", "treeSize"].map(|key| inclusion[key].as_u64().unwrap());
        assert_eq!(
            climb(leaf, numbers[0], numbers[1], &hashes(&inclusion["hashes"])),
            root
        );

        let history = &proof["history"];
        let seqs: Vec<i64> = expected.iter().map(|entry| entry.0).collect();
        assert_eq!(
            (&history["length"], &history["seqs"]),
            (&json!(seqs.len()), &json!(seqs))
        );
        let list_root = root_of(expected.iter().map(|entry| entry.1));
        assert_eq!(hash(&history["root"]), list_root);
        let name = key.split_once('+').unwrap().0;
        let list_root = BASE64.encode(&list_root);
        let text = format!(
            "demarche relationship 1\n{name}\n{size}\n{initiative} {state}\n{}\n{list_root}\n",
            seqs.len()
        );
        assert_eq!(verified(history["note"].as_str().unwrap(), key), text);
    }
    assert_eq!(listed.values().map(Vec::len).max(), Some(5));
}

#[tokio::test]
async fn a_disputed_position_has_the_entries_of_both_sides_and_all_lists_are_those_of_the_export() {
    let app = TestApp::start().await;
    let query = format!(
        "{{ relationships(first: 20, filter: {{ disputed: true }}) {{ edges {{ node {{ requestedState {{ code }} }} position {{ basis {{ number }}
            rivals {{ statement {{ number }} contradicts {{ number }} }} {POSITION_PROOF} }} }} }} }}"
    );
    let found = app.query(&query).await;
    let edges = found["relationships"]["edges"].as_array().unwrap();
    assert!(!edges.is_empty());
    let listed = relationships_of(&app).await;
    for edge in edges {
        let position = &edge["position"];
        let mut expected = vec![position["basis"]["number"].as_i64()];
        for pair in position["rivals"].as_array().unwrap() {
            expected.extend(["statement", "contradicts"].map(|side| pair[side]["number"].as_i64()));
        }
        let mut expected: Vec<i64> = expected.into_iter().flatten().collect();
        expected.sort_unstable();
        expected.dedup();
        let entries = position["proof"]["entries"].as_array().unwrap().iter();
        let seqs: Vec<i64> = entries
            .map(|entry| entry["entry"]["seq"].as_i64().unwrap())
            .collect();
        assert_eq!(seqs, expected);
        let state = edge["node"]["requestedState"]["code"].as_str().unwrap();
        let list = listed.iter().find(|(key, _)| key.1 == state).unwrap().1;
        let seqs: Vec<i64> = list.iter().map(|entry| entry.0).collect();
        assert_eq!(position["proof"]["history"]["seqs"], json!(seqs));
    }
}

#[tokio::test]
async fn the_checkpoint_is_the_signed_head_and_the_page_checks_a_position_with_its_own_script_only()
{
    let app = TestApp::start().await;
    let found = ledger(&app, "verifierKey head { treeHead { note } }").await;
    let (key, note) = (&found["verifierKey"], &found["head"]["treeHead"]["note"]);
    let checkpoint = app.get("/checkpoint").await;
    assert_eq!(
        checkpoint.headers()["content-type"],
        "text/plain; charset=utf-8"
    );
    assert_eq!(checkpoint.text().await.unwrap(), note.as_str().unwrap());

    let address = "/verify?initiative=us-third-country-removals&country=RW";
    let page = app.get(address).await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("script-src 'self';") && policy.contains("style-src 'self';"),
        "{policy}"
    );
    let html = page.text().await.unwrap();
    for part in [
        format!("data-key=\"{}\"", key.as_str().unwrap()),
        "demarche relationship 1\\n".to_owned(),
        "<script type=\"module\" src=\"/verify.js\">".to_owned(),
    ] {
        assert!(html.contains(&part), "{part}: {html}");
    }
    for address in [
        "/verify?initiative=none&country=RW",
        "/verify?initiative=us-third-country-removals&country=US",
    ] {
        assert_eq!(app.get(address).await.status(), 404, "{address}");
    }
    let about = app.get("/about").await.text().await.unwrap();
    assert!(about.contains("href=\"/verify\""));
}

#[tokio::test]
async fn the_queries_of_the_documentation_are_answered() {
    let app = TestApp::start().await;
    let parts = include_str!("../../docs/proofs.md")
        .split("```gql\n")
        .skip(1);
    let queries: Vec<&str> = parts
        .map(|part| part.split("```").next().unwrap())
        .collect();
    assert_eq!(queries.len(), 2);
    for query in queries {
        app.query(query).await;
    }
}
