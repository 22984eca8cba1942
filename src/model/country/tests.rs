//! Invariants of the reference data of this release.

use super::*;

/// The codes of the countries with this name.
fn codes_named(name: &str) -> Vec<&'static str> {
    let has_name = |country: &&Country| country.all_names().any(|alias| alias == name);
    let matches = ATLAS.countries.iter().filter(has_name);
    matches.map(|country| country.code.as_str()).collect()
}

#[test]
fn there_are_250_countries_and_193_of_them_are_un_members() {
    assert_eq!(ATLAS.countries.len(), 250);
    let members = ATLAS.countries.iter().filter(|country| country.un_member);
    assert_eq!(members.count(), 193);
    assert!(!ATLAS.find_country("VA").unwrap().un_member);
}

#[test]
fn the_name_in_english_is_the_name() {
    for country in &ATLAS.countries {
        assert_eq!(country.names["en"], country.name);
    }
}

#[test]
fn codes_ascend_so_that_every_country_is_found_in_any_case() {
    let mut pairs = ATLAS.countries.windows(2);
    assert!(pairs.all(|pair| pair[0].code < pair[1].code));
    for country in &ATLAS.countries {
        let lower = country.code.to_ascii_lowercase();
        assert_eq!(ATLAS.find_country(&lower).unwrap().code, country.code);
    }
    for other in ["ZZ", "", "U", "USA", "U1", "[[", "é", "@A"] {
        assert!(ATLAS.find_country(other).is_none(), "{other}");
    }
}

#[test]
fn only_kosovo_has_no_official_codes() {
    for country in &ATLAS.countries {
        let official = country.code_status == CodeStatus::Official;
        assert_eq!(official, country.code != "XK", "{}", country.code);
        assert_eq!(official, country.alpha3.is_some(), "{}", country.code);
        assert_eq!(official, country.numeric.is_some(), "{}", country.code);
    }
}

#[test]
fn south_sudan_lies_in_eastern_africa() {
    let subregion = ATLAS.find_country("SS").unwrap().subregion.as_deref();
    assert_eq!(subregion, Some("014"));
    assert_eq!(ATLAS.find_region("014").unwrap().name, "Eastern Africa");
}

#[test]
fn a_border_has_two_sides() {
    for country in &ATLAS.countries {
        assert!(country.neighbours.is_sorted(), "{}", country.code);
        for code in &country.neighbours {
            let neighbour = ATLAS.find_country(code).unwrap();
            assert!(neighbour.neighbours.contains(&country.code), "{code}");
            assert_ne!(*code, country.code);
        }
    }
}

#[test]
fn former_short_and_native_names_lead_to_one_country() {
    for (name, code) in [
        ("Cape Verde", "CV"),
        ("Cabo Verde", "CV"),
        ("Ivory Coast", "CI"),
        ("Swaziland", "SZ"),
        ("DR Congo", "CD"),
        ("Türkiye", "TR"),
        ("Turkey", "TR"),
    ] {
        assert_eq!(codes_named(name), [code], "{name}");
    }
}

#[test]
fn every_country_has_a_name_in_16_languages_and_in_traditional_chinese() {
    let languages = "ar de en es fr hi it ja ko pt ru sq sw tr uk zh zh-Hant";
    for country in &ATLAS.countries {
        let keys = country.names.keys().map(String::as_str);
        let mut named: Vec<&str> = keys.filter(|key| *key != "pt-PT").collect();
        named.sort_unstable();
        assert_eq!(named.join(" "), languages, "{}", country.code);
        assert!(country.all_names().all(|name| !name.trim().is_empty()));
    }
}

#[test]
fn a_regional_language_falls_back_to_its_language_and_an_unknown_one_to_english() {
    let sweden = ATLAS.find_country("SE").unwrap();
    for language in ["pt", "pt-BR", "PT_br"] {
        assert_eq!(sweden.name_in(language), "Suécia", "{language}");
    }
    for language in ["en-GB", "xx", ""] {
        assert_eq!(sweden.name_in(language), "Sweden", "{language}");
    }
}

#[test]
fn chinese_is_never_in_the_other_script() {
    let arabia = ATLAS.find_country("SA").unwrap();
    for language in [
        "zh-Hant",
        "zh-TW",
        "zh_HK",
        "ZH-mo",
        "zh-Hant-TW",
        "zh-hant-cn",
        "zh-yue-HK",
    ] {
        assert_eq!(arabia.name_in(language), "沙烏地阿拉伯", "{language}");
    }
    for language in ["zh", "zh-CN", "zh-SG", "zh-Hans", "zh-Hans-HK", "zh-u-co"] {
        assert_eq!(arabia.name_in(language), "沙特阿拉伯", "{language}");
    }
}

#[test]
fn a_script_without_names_falls_back_to_english() {
    let arabia = ATLAS.find_country("SA").unwrap();
    for language in ["zh-Latn", "zh-yue", "uk-Latn", "de-Hebr", "ar-Latn-EG"] {
        assert_eq!(arabia.name_in(language), "Saudi Arabia", "{language}");
    }
    for (language, name) in [
        ("de-Latn", "Saudi-Arabien"),
        ("uk-Cyrl-UA", "Саудівська Аравія"),
        ("ja-Jpan", "サウジアラビア"),
    ] {
        assert_eq!(arabia.name_in(language), name, "{language}");
    }
}

#[test]
fn portugal_and_its_relatives_have_names_of_their_own() {
    let iran = ATLAS.find_country("IR").unwrap();
    for language in ["pt-PT", "pt_ao", "pt-Latn-MZ"] {
        assert_eq!(iran.name_in(language), "Irão", "{language}");
    }
    for language in ["pt", "pt-BR", "pt-US"] {
        assert_eq!(iran.name_in(language), "Irã", "{language}");
    }
    let sweden = ATLAS.find_country("SE").unwrap();
    assert_eq!(sweden.name_in("pt-PT"), "Suécia");
}

#[test]
fn short_names_of_iso_3166_lead_to_one_country_inverted_too() {
    for (name, code) in [
        ("Congo (the Democratic Republic of the)", "CD"),
        ("Congo, Democratic Republic of the", "CD"),
        ("Congo (the)", "CG"),
        ("Korea (the Republic of)", "KR"),
        ("Korea, Republic of", "KR"),
        ("Korea (the Democratic People's Republic of)", "KP"),
        ("Tanzania, the United Republic of", "TZ"),
        ("Tanzania, United Republic of", "TZ"),
        ("Virgin Islands (U.S.)", "VI"),
        ("Palestine, State of", "PS"),
        ("Netherlands (Kingdom of the)", "NL"),
    ] {
        assert_eq!(codes_named(name), [code], "{name}");
    }
}

#[test]
fn capitals_and_languages_follow_the_law_in_force() {
    let country = |code| ATLAS.find_country(code).unwrap();
    assert_eq!(country("GQ").capital.as_deref(), Some("Ciudad de la Paz"));
    for (code, languages) in [
        ("BF", "bib dyu ff mos"),
        ("CH", "de fr it rm"),
        ("DZ", "ar ber"),
        ("MA", "ar zgh"),
        ("ME", "cnr"),
        ("MG", "fr mg"),
        ("NE", "ha"),
        ("TN", "ar"),
    ] {
        assert_eq!(country(code).languages.join(" "), languages, "{code}");
    }
    let mali = &country("ML").languages;
    assert_eq!(mali.len(), 13);
    assert!(!mali.contains(&"fr".to_owned()));
}

#[test]
fn every_code_of_a_country_is_in_its_list() {
    for country in &ATLAS.countries {
        let code = &country.code;
        let regions = country.subregion.iter().chain([&country.region]);
        for region in regions {
            assert!(ATLAS.find_region(region).is_some(), "{code}: {region}");
        }
        for language in &country.languages {
            assert!(
                ATLAS.find_language(language).is_some(),
                "{code}: {language}"
            );
        }
        for currency in &country.currencies {
            assert!(
                ATLAS.find_currency(currency).is_some(),
                "{code}: {currency}"
            );
        }
    }
}

#[test]
fn a_subregion_lies_in_the_region_of_its_countries() {
    for country in &ATLAS.countries {
        if let Some(subregion) = &country.subregion {
            let parent = ATLAS.find_region(subregion).unwrap().parent.as_ref();
            assert_eq!(parent, Some(&country.region), "{}", country.code);
        } else {
            assert_eq!(country.code, "AQ");
        }
    }
}

#[test]
fn short_names_are_labels_in_the_language_of_the_name() {
    for (code, language, expected) in [
        ("CD", "en", "Congo (DRC)"),
        ("CG", "en", "Congo (Republic)"),
        ("VC", "en", "St. Vincent"),
        ("HK", "de-AT", "Hongkong"),
        ("GB", "xx", "UK"),
        ("GB", "pt", "Reino Unido"),
        ("CD", "pt-AO", "República Democrática do Congo"),
        ("SZ", "en", "Eswatini"),
        ("RW", "zh-TW", "盧安達"),
    ] {
        let country = ATLAS.find_country(code).unwrap();
        assert_eq!(country.short_name_in(language), expected, "{code}");
    }
}
