//! Texts as they occur in tables of others.

use super::*;
use crate::model::country::ATLAS;

/// `code: text | text | …` of texts that name one country.
const CLEAR: &str = include_str!("tests.txt");

fn code_of(text: &str) -> Option<&'static str> {
    best_of(&list_candidates(text)).map(|found| found.country.code.as_str())
}

fn candidates(text: &str) -> Vec<&'static str> {
    let all = list_candidates(text).into_iter();
    all.map(|found| found.country.code.as_str()).collect()
}

#[test]
fn every_code_and_every_name_of_one_country_resolves_to_it() {
    for country in &ATLAS.countries {
        let codes = [
            Some(&country.code),
            country.alpha3.as_ref(),
            country.numeric.as_ref(),
        ];
        for code in codes.into_iter().flatten() {
            let found = best_of(&list_candidates(code)).unwrap();
            assert_eq!(
                (found.country.code.as_str(), found.kind, found.score),
                (country.code.as_str(), CountryMatchKind::Code, 100)
            );
            assert_eq!(code_of(&code.to_lowercase()), Some(country.code.as_str()));
        }
        let english = [Some(&country.name), country.official_name.as_ref()];
        for name in english.into_iter().flatten() {
            for text in [
                name.to_uppercase(),
                format!("the {name}"),
                format!(" {name}. "),
            ] {
                assert_eq!(code_of(&text), Some(country.code.as_str()), "{text}");
            }
        }
        for name in country.all_names() {
            assert!(2 * name.len() < MAX_TEXT_BYTES, "{name}");
            let found = code_of(&format!("  {}. ", name.to_lowercase()));
            assert!(found.is_none_or(|found| found == country.code), "{name}");
        }
    }
}

#[test]
fn parts_of_the_world_are_no_countries() {
    let regions = ATLAS.regions.iter().map(|region| region.name.as_str());
    // Also the name of a country.
    let regions = regions.filter(|name| !["Antarctica", "Micronesia"].contains(name));
    let others = [
        "S. America",
        "South America",
        "Central Africa",
        "Australasia",
    ];
    for name in regions.chain(others) {
        assert_eq!(code_of(name), None, "{name}");
    }
}

#[test]
fn several_hundred_texts_of_tables_name_their_country() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for line in CLEAR.lines() {
        let (code, texts) = line.split_once(": ").unwrap();
        for text in texts.split(" | ") {
            count += 1;
            let found = code_of(text);
            if found != Some(code) {
                wrong.push(format!("{code}: {text}: {:?}", candidates(text)));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(count > 400, "{count}");
}

#[test]
fn one_mistake_in_a_long_name_is_forgiven_or_ambiguous() {
    let mut ambiguous = 0;
    let mut count = 0;
    for country in ATLAS.countries.iter().filter(|country| country.un_member) {
        let name: Vec<char> = country.name.chars().collect();
        if !country.name.is_ascii() || name.len() < 7 || country.name.contains([' ', '-', '(']) {
            continue;
        }
        for at in 1..name.len() {
            let mut left_out = name.clone();
            left_out.remove(at);
            let mut doubled = name.clone();
            doubled.insert(at, name[at]);
            let mut swapped = name.clone();
            swapped.swap(at - 1, at);
            let swapped = if at > 1 { swapped } else { doubled.clone() };
            for text in [left_out, doubled, swapped] {
                let text: String = text.into_iter().collect();
                let found = candidates(&text);
                assert!(found.contains(&country.code.as_str()), "{text}: {found:?}");
                count += 1;
                ambiguous += usize::from(code_of(&text).is_none());
            }
        }
    }
    assert!(count > 1_900, "{count}");
    assert!(ambiguous * 50 < count, "{ambiguous} of {count}");
}

#[test]
fn a_text_that_several_countries_share_has_them_as_candidates_and_none_wins() {
    for (text, expected) in [
        ("Congo", "CD CG"),
        ("the Congo", "CD CG"),
        ("CONGO", "CD CG"),
        ("Korea", "KP KR"),
        ("korea", "KP KR"),
        ("Virgin Islands", "VG VI"),
        ("Virgin Is.", "VG VI"),
        ("Republic of China", "CN TW"),
        ("Dominican", "DM DO"),
        ("Czechoslovakia", "CZ SK"),
        ("Czecho-Slovakia", "CZ SK"),
        ("Serbia & Montenegro", "ME RS"),
        ("Neth. Antilles", "BQ CW SX"),
        ("Channel Is.", "GG JE"),
        ("Republik Dominika", "DM DO"),
        ("Timor", "ID TL"),
        ("Austrlia", "AT AU"),
        ("Slovekia", "SI SK"),
        ("Irleand", "IE"),
    ] {
        let found = candidates(text);
        assert_eq!(found.join(" "), expected, "{text}");
        if found.len() > 1 {
            assert_eq!(code_of(text), None, "{text}");
        }
    }
    // It is the name of one, and a part of the names of others.
    assert_eq!(candidates("Guinea"), ["GN", "GQ", "GW", "PG"]);
    let guinea = best_of(&list_candidates("guinea")).unwrap();
    assert_eq!((guinea.country.code.as_str(), guinea.score), ("GN", 80));
}

#[test]
fn the_kind_of_state_tells_countries_apart() {
    let found = list_candidates("Dominica Republic");
    assert_eq!(best_of(&found).unwrap().country.code, "DO");
    // It is a kingdom no more, but no other country can be meant.
    let found = list_candidates("Kingdom of Nepal");
    assert_eq!((found[0].country.code.as_str(), found[0].score), ("NP", 60));
    for text in [
        "German Democratic Republic",
        "Germany, Dem. Rep.",
        "Democratic Republic of Germany",
        "East Germany",
        "Republic of Vietnam",
        "South Vietnam",
        "Soviet Union",
        "Federal Republic of Yugoslavia",
        "Turkish Republic of Northern Cyprus",
        "Ruanda-Urundi",
    ] {
        assert_eq!(candidates(text), Vec::<&str>::new(), "{text}");
    }
}

#[test]
fn texts_with_several_countries_name_none() {
    for text in [
        "Rwanda/Burundi",
        "Rwanda, Burundi",
        "Israel/Palestine",
        "France (Germany)",
        "Guinea or Guinea-Bissau",
        "Belgium-Luxembourg",
        "Sudan and South Sudan",
    ] {
        assert_eq!(code_of(text), None, "{text}: {:?}", candidates(text));
    }
}

#[test]
fn names_in_languages_without_names_here_are_no_misspellings() {
    for text in [
        "Griekenland",
        "Grekland",
        "Slovinsko",
        "Nýja-Sjáland",
        "Grækenland",
        "Nigeris",
        "Tailan",
    ] {
        assert_eq!(candidates(text), Vec::<&str>::new(), "{text}");
    }
}

#[test]
fn codes_of_kosovo_are_told_apart_from_official_ones() {
    for code in ["XKX", "xko", "UNK", "RKS", "KOS"] {
        let found = best_of(&list_candidates(code)).unwrap();
        assert_eq!(found.country.code, "XK");
        assert_eq!(found.kind, CountryMatchKind::UnofficialCode);
        assert!(find_country_by_code(code).is_none());
    }
    let official = best_of(&list_candidates("XK")).unwrap();
    assert_eq!(
        (official.kind, official.score),
        (CountryMatchKind::Code, 100)
    );
}

#[test]
fn words_name_no_country() {
    let words = "a about above abroad accept access account across action agreed agreement air all also among amount
        angora answer any apply approved area army article asylum average bank based before began below between board
        border both bridge camp canal case cease central chair change charter chief child city civil claim class coast
        colony common concern consulate contract council country court crisis customs danger date day deal decree
        deported desk detention diplomat direct district double east eastern economy embassy empire enclave equal
        estimate ethnic event every expelled export family federal field figures final finance first flight foreign
        former forum free from frontier general germane global government grand group harbour head health
        high holder home host hotel house human hundred immigrant income independent indigo international islands
        issue judge justice kingdom known labour lake land large law leader legal letter list local long mainland major
        mandate many map marine market matter member memo migrant million minister ministry missing month more mountain
        nation national native neither neutral news none north northern not note number ocean office official old only
        order other overseas palace parliament partner party passport peace people percent permit person place plane
        police policy port position president prince prison private province public quarter question quota rate ready
        reason record refused region regional remainder report republic request resident result return river road route
        royal rule rural safe sample school sea second secret section security senate service settlement several shore
        single source south southern sovereign staff stateless station status summit supply table talks tax territory
        third thousand total town trade trance transfer transit treaty trial tribe true turnkey unclear under union
        united unknown unspecified urban valid value various vessel vice village visa visit void war water west western
        whole wide women world worldwide yard year zone";
    for word in words.split_whitespace() {
        assert_eq!(candidates(word), Vec::<&str>::new(), "{word}");
    }
    for word in ["in", "is", "no", "are", "can", "and", "to", "us", "me"] {
        let score = list_candidates(word).first().map(|found| found.score);
        assert!(score.is_none_or(|score| score <= 40), "{word}");
    }
    for text in [
        "",
        " ",
        "—",
        "Atlantis",
        "ZZ",
        "n/a",
        "N. A.",
        "not applicable",
        "Republic of",
        "the people of the state",
        "a friend of mine in the north",
        &"Rwanda ".repeat(100),
    ] {
        assert_eq!(candidates(text), Vec::<&str>::new(), "{text}");
    }
}
