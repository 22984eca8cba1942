// Every correction made by hand to what the packages say. Each entry carries
// its reason. The generator fails on an entry that has become unnecessary or
// that names something the packages do not know, so this list cannot rot.

// ---------------------------------------------------------------------------
// Codes

// CLDR's UN M49 subregions also list codes that ISO 3166-1 only reserves. They
// are not countries of this file.
export const notIso3166 = {
  CQ: "Sark: exceptionally reserved, part of GG",
  EA: "Ceuta and Melilla: exceptionally reserved, part of ES",
  IC: "Canary Islands: exceptionally reserved, part of ES",
};

// User-assigned codes that this file adds to ISO 3166-1. CLDR's own alpha-3
// and numeric codes for them (XKK, 983) are private use and are left out.
export const userAssigned = {
  XK: "Kosovo: ISO 3166-1 has no code for it; XK is the one in common use",
};

// ---------------------------------------------------------------------------
// Regions

// English names: the codes are UN M49's, and in these three places CLDR words
// the name differently from UN M49.
export const regionNames = {
  "035": "South-eastern Asia", // CLDR: Southeast Asia
  "053": "Australia and New Zealand", // CLDR: Australasia
  "057": "Micronesia", // CLDR: Micronesian Region
};

// Region and subregion where CLDR's containment cannot be used as it is.
export const regions = {
  // CLDR puts Antarctica into its own group QO (Outlying Oceania), which is no
  // UN M49 code. UN M49 lists Antarctica as 010 directly under the world, next
  // to the regions and outside all of them; so 010 serves as its region, and
  // there is no subregion.
  AQ: { region: "010", subregion: null },
};

// Regions that exist only because of the list above.
export const extraRegions = {
  "010": "Antarctica", // UN M49's own name and code
};

// ---------------------------------------------------------------------------
// Names, capitals, population

export const nativeNames = {
  BQ: "Caribisch Nederland", // countries-list names Bonaire, one of the three islands
  BT: { cldr: "dz" }, // countries-list has a Latin transliteration
  KP: "조선", // countries-list has 북한, the name used in the South (kept as an alias)
  LK: { cldr: "si" }, // countries-list has a Latin transliteration
  TF: "Terres australes et antarctiques françaises", // cut off at 50 characters in countries-list
};

// Labels of a map where CLDR has no short name; by language.
export const shortNames = {
  VC: { en: "St. Vincent" }, // CLDR has "St. Vincent & Grenadines" only
};

// Countries whose short name is CLDR's variant name: "Congo (DRC)" and "Congo (Republic)". Other variants are former or longer
// names ("Swaziland", "Czech Republic").
export const shortByVariant = ["CD", "CG"];

export const capitals = {
  GQ: "Ciudad de la Paz", // presidential decree of 2026-01-03; countries-list still has Malabo
  HK: null, // has no capital; "City of Victoria" is a historical name of a part of the city
  MN: "Ulaanbaatar", // modern transliteration of what countries-list calls Ulan Bator
  SZ: "Mbabane", // seat of the executive; Lobamba (countries-list) is that of parliament and king
  TK: null, // has no capital; each of the three atolls has its own administration
  US: "Washington, D.C.", // the comma is missing in countries-list
};

// XK has its own code since 2016; that of VA is reserved and not in use: it is called by Italy's.
export const callingCodes = {
  BQ: [5997, 5994, 5993], // Bonaire, Saba, Sint Eustatius; countries-list has the first
  JM: [1876, 1658], // the second since 2018
  SH: [290, 247], // Saint Helena and Tristan da Cunha; Ascension
  VA: [39],
  XK: [383],
};

// The main one first.
export const continents = {
  DK: ["EU"], // Greenland has a code of its own
  RU: ["EU", "AS"], // region 150 of UN M49
  TL: ["AS"], // region 142 of UN M49
};

// CLDR puts 1 for islands without inhabitants, so that shares can be computed.
export const populations = {
  BV: 0, // uninhabited
  HM: 0, // uninhabited
};

// ---------------------------------------------------------------------------
// Languages

// CLDR sometimes gives a macrolanguage next to, or instead of, the language.
export const languageCodes = {
  no: "nb", // Norwegian: Bokmål and Nynorsk are the written forms, NO has both
};

// Official languages. CLDR keeps some languages that a later constitution made
// working languages, and marks a few as official that are not.
export const languages = {
  // constitution as revised by law 045-2023/ALT of 2023-12-30, promulgated on
  // 2024-01-22: the national languages are official, French and English are
  // working languages. It has no list; these are the four usually named as
  // national languages: Bissa, Dioula, Fulfulde, Mooré
  BF: ["bib", "dyu", "ff", "mos"],
  // constitution of 1999-04-18, articles 4 and 70: Romansh is a national
  // language, and official in dealings with those who speak it; CLDR has it
  // only regionally, and has Swiss German as "de facto"
  CH: ["de", "fr", "it", "rm"],
  DZ: ["ar", "ber"], // constitution of 2020-12-30, articles 3 and 4: Arabic, Tamazight too; CLDR has French
  IQ: ["ar", "ku"], // constitution of 2005, article 4: Kurdish too; CLDR has it only regionally
  LI: ["de"], // constitution of 1921-10-05, article 6: German; CLDR adds Swiss German as "de facto"
  // constitution of 2011-07-29, article 5: Arabic, Amazigh too (its standard
  // form is zgh); CLDR has Central Atlas Tamazight, and French as "de facto"
  MA: ["ar", "zgh"],
  ME: ["cnr"], // constitution of 2007-10-22, article 13: Montenegrin; CLDR has Serbian
  MG: ["fr", "mg"], // constitution of 2010-12-11, article 4: Malagasy and French; CLDR adds English
  MK: ["mk", "sq"], // law on languages of 2019: Albanian too, throughout the state
  // constitution of 2023-07-22, article 31: the national languages are official,
  // French is the working language. The thirteen of law 96-049 of 1996-08-23:
  // Bambara, Bomu, Bozo, Dogon, Fulfulde, Hassaniya, Xaasongaxango, Maninka,
  // Mamara, Songhay, Soninke, Syenara, Tamasheq
  ML: ["bm", "bmq", "boz", "dts", "ff", "kao", "mey", "mwk", "myk", "ses", "shz", "snk", "taq"],
  // Charter of the Refoundation of 2025-03-26, article 12: Hausa is the national
  // language, French and English are working languages
  NE: ["ha"],
  NG: ["en"], // CLDR adds Yoruba, but not Hausa and Igbo, which have the same standing
  RW: ["en", "fr", "rw", "sw"], // law of 2017: Swahili too
  TN: ["ar"], // constitution of 2022-07-25, article 6: Arabic; CLDR has French
  UA: ["uk"], // constitution, article 10: Ukrainian; CLDR adds Russian as "de facto"
  // constitution, section 6 (sign language left out: no two- or three-letter
  // code in CLDR); CLDR marks English alone
  ZA: ["af", "en", "nr", "nso", "ss", "st", "tn", "ts", "ve", "xh", "zu"],
};

// English names that CLDR lacks; these are the reference names of ISO 639-3,
// but for the two with another remark.
export const languageNames = {
  ber: "Tamazight", // as the constitution of DZ calls it; "Berber languages" in ISO 639-2
  bib: "Bissa",
  bmq: "Bomu",
  boz: "Tiéyaxo Bozo",
  cnr: "Montenegrin", // ISO 639-2; CLDR has this name for sr-ME
  dts: "Toro So Dogon",
  kao: "Xaasongaxango",
  mey: "Hassaniyya",
  mwk: "Kita Maninkakan",
  myk: "Mamara Senoufo",
  shz: "Syenara Senoufo",
  taq: "Tamasheq",
  wni: "Ndzwani Comorian",
  zdj: "Ngazidja Comorian",
};

// Native names that neither CLDR nor countries-list has.
export const nativeLanguageNames = {
  ber: "Tamaziɣt", // in Latin letters, as taught in DZ
  cnr: "crnogorski", // as registered with the code
};

// ---------------------------------------------------------------------------
// Shapes of the atlas

// The atlas joins by ISO numeric code, except these (by properties.a3):
export const shapeCodes = {
  CYN: "CY", // "N. Cyprus": drawn apart by Natural Earth, belongs to the code CY
  SOL: "SO", // "Somaliland": drawn apart by Natural Earth, belongs to the code SO
  XKX: "XK", // Kosovo has no ISO numeric code
  ATC: "AU", // Ashmore and Cartier Islands: a second shape with Australia's id 036
};

// Shapes that belong to no single code.
export const ignoredShapes = {
  IOA: "Indian Ocean Territories: CX and CC in one shape (see partOf and locations below)",
  KAS: "Siachen Glacier: drawn apart by Natural Earth because it is disputed",
};

// Codes without a shape of their own that the atlas draws inside another
// shape: the location is taken from that shape's polygon nearest `near`
// (longitude, latitude).
export const partOf = {
  BQ: { shape: "NLD", near: [-68.3, 12.2] }, // drawn with the Netherlands; Bonaire, the largest island
  CX: { shape: "IOA", near: [105.6, -10.5] }, // drawn with the Cocos Islands
  GF: { shape: "FRA", near: [-53.2, 3.9] }, // drawn with France
  GP: { shape: "FRA", near: [-61.7, 16.2] }, // drawn with France; Basse-Terre, the larger half
  MQ: { shape: "FRA", near: [-61.0, 14.7] }, // drawn with France
  RE: { shape: "FRA", near: [55.5, -21.1] }, // drawn with France
  SJ: { shape: "NOR", near: [15.9, 78.6] }, // drawn with Norway; Spitsbergen, the largest island
  YT: { shape: "FRA", near: [45.1, -12.8] }, // drawn with France
};

// Places on land, for codes that the atlas does not draw, or only as a point or
// as a ring. The generator checks that they lie in the shape, if there is one.
export const locations = {
  BV: { latitude: -54.42, longitude: 3.36 }, // too small for the 1:50m atlas
  CC: { latitude: -12.188, longitude: 96.834 }, // a point in the atlas; West Island, the largest
  GI: { latitude: 36.14, longitude: -5.35 }, // too small for the 1:50m atlas
  IO: { latitude: -7.31, longitude: 72.41 }, // a ring in the atlas; the airfield on Diego Garcia
  TK: { latitude: -9.2, longitude: -171.848 }, // a point in the atlas; Nukunonu, the largest atoll
  UM: { latitude: 19.28, longitude: 166.64 }, // scattered islets, not drawn; Wake Island
  VA: { latitude: 41.903, longitude: 12.453 }, // a point in the atlas, outside the walls
};

// Places (longitude, latitude) that must lie in the given country's shape: the
// generator fails when another version of the atlas draws them differently.
export const mustContain = [
  ["UA", [34.1, 44.95]], // Simferopol
  ["UA", [33.52, 44.6]], // Sevastopol
  ["EH", [-12.5, 25.5]], // Western Sahara is a shape of its own
  ["SO", [44.06, 9.56]], // Hargeisa
  ["XK", [21.17, 42.66]], // Pristina
];

// Land borders which the shapes miss.
export const addedBorders = [
  ["BR", "GF"], // French Guiana is no shape of its own (see partOf)
  ["BW", "ZM"], // 150 metres on the Zambezi at Kazungula, lost in simplification
  ["ES", "GI"], // Gibraltar is not drawn
  ["ES", "MA"], // Ceuta and Melilla are not drawn
  ["GF", "SR"], // French Guiana is no shape of its own (see partOf)
];

// Land borders which the shapes have, but the codes do not.
export const removedBorders = [
  ["BR", "FR"], // it is French Guiana's, which has its own code GF
  ["FR", "SR"], // it is French Guiana's, which has its own code GF
];

// ---------------------------------------------------------------------------
// Aliases: further names to find a country by. CLDR's short and variant names,
// the countries-list names and simple spelling variants (ASCII, "and" for "&",
// "Saint" for "St.") come on their own and need not be listed.
// ISO's short names come from iso-names.mjs. Names that two countries could
// claim ("Congo", "Korea", "Virgin Islands") are left out on purpose.

export const aliases = {
  AE: ["UAE", "Emirates"], // in everyday use
  AG: ["Antigua"], // its larger island
  BA: ["BiH", "Bosnia-Herzegovina"], // in everyday use
  BD: ["East Pakistan"], // former name
  BF: ["Burkina", "Upper Volta"], // everyday use; former name
  BI: ["Urundi"], // former name
  BJ: ["Dahomey"], // former name
  BQ: ["Sint Eustatius", "Saba", "BES Islands"], // its islands; usual in tables
  BS: ["The Bahamas"], // with the article
  BW: ["Bechuanaland"], // former name
  BY: ["Byelorussia", "Belorussia"], // former names
  BZ: ["British Honduras"], // former name
  CD: ["DR Congo", "DRC", "D.R. Congo", "Congo-Kinshasa", "Zaire", "RDC", "Belgian Congo", "Congo-Zaire"], // everyday; former; French and Spanish; former names
  CF: ["CAR", "Centrafrique"], // in everyday use; everyday use in French
  CG: ["Congo-Brazzaville", "Congo, Republic of the", "People's Republic of the Congo", "French Congo"], // everyday, index order; former names
  CI: ["Republic of Côte d'Ivoire", "Elfenbeinküste"], // official name; usual in German
  CN: ["PRC", "People's Republic of China", "Mainland China"], // everyday use; official name; usual in tables
  CZ: ["Czech Rep."], // usual in tables
  DE: ["West Germany", "FRG", "BRD"], // usual for 1949 to 1990; abbreviations
  DJ: ["French Somaliland", "Afars and Issas"], // former names
  EH: ["Sahrawi Arab Democratic Republic", "SADR", "Spanish Sahara"], // state that claims it; former name
  ET: ["Abyssinia"], // former name
  FK: ["Malvinas", "Falklands"], // everyday use in Spanish
  FM: ["FSM"], // usual in tables
  FO: ["Faeroe Islands", "Faroes"], // UN spelling; everyday use
  GB: ["U.K.", "Britain", "Great Britain", "England", "Scotland", "Wales", "Northern Ireland"], // in everyday use; its parts, usual for the whole in tables
  GF: ["Guyane"], // everyday use in French
  GH: ["Gold Coast"], // former name
  GM: ["The Gambia"], // with the article
  GN: ["Guinea-Conakry", "French Guinea"], // everyday; former name
  GQ: ["Spanish Guinea"], // former name
  GW: ["Guinea Bissau", "Portuguese Guinea"], // without the hyphen; former name
  GY: ["British Guiana"], // former name
  HK: ["Hong Kong SAR", "Hong Kong, China", "China, Hong Kong Special Administrative Region"], // usual in tables; usual in tables; of UN M49
  IE: ["Republic of Ireland", "Irish Republic", "Irish Free State"], // everyday use; everyday; former name
  IN: ["Bharat"], // native name
  IO: ["BIOT", "Chagos Islands"], // everyday use
  IR: ["Persia"], // former name
  JO: ["Transjordan"], // former name
  JP: ["Nippon"], // native name
  KG: ["Kyrgyz Republic", "Kirghizia"], // official name; former name
  KH: ["Kampuchea", "Khmer Republic"], // former name
  KI: ["Gilbert Islands"], // former name
  KN: ["Saint Kitts", "Saint Christopher and Nevis"], // its larger island; longer name of its constitution
  KP: ["DPRK", "D.P.R.K."], // in everyday use
  KR: ["ROK"], // in everyday use
  LA: ["Lao PDR"], // usual in tables
  LK: ["Ceylon"], // former name
  LS: ["Basutoland"], // former name
  LY: ["Libyan Arab Jamahiriya"], // former name
  MD: ["Moldavia"], // former name
  MG: ["Malagasy Republic"], // former name
  MH: ["RMI"], // usual in tables
  MK: ["Macedonia", "FYROM", "Republic of North Macedonia", "former Yugoslav Republic of Macedonia"], // names until 2019; official name
  ML: ["French Sudan"], // former name
  MM: ["Burma"], // former name, still in use
  MN: ["Mongolian People's Republic", "Outer Mongolia"], // former names
  MO: ["Macau", "Macao SAR", "Macao, China", "China, Macao Special Administrative Region"], // usual spelling; usual in tables; usual in tables; of UN M49
  MP: ["CNMI", "Northern Marianas", "North Mariana Islands"], // usual in tables
  MW: ["Nyasaland"], // former name
  MY: ["Malaya"], // former name
  NA: ["South West Africa"], // former name
  NL: ["Holland", "The Netherlands"], // everyday; with the article
  NZ: ["Aotearoa"], // Maori name
  PG: ["PNG"], // everyday use
  PH: ["The Philippines"], // with the article
  PK: ["West Pakistan"], // former name
  PS: ["Palestinian Territory", "Occupied Palestinian Territory", "Occupied Palestinian Territories", "Palestinian Authority", "West Bank", "West Bank and Gaza", "West Bank and Gaza Strip", "Gaza", "Gaza Strip"], // usual in tables; its parts
  PW: ["Belau"], // native name
  SA: ["KSA", "Kingdom of Saudi Arabia"], // everyday; official name
  SD: ["North Sudan"], // usual beside South Sudan
  SH: ["Ascension Island", "Tristan da Cunha"], // its islands
  SJ: ["Svalbard"], // its larger part
  SR: ["Dutch Guiana"], // former name
  ST: ["São Tomé", "São Tomé and Príncipe"], // short; usual spelling
  SV: ["Salvador"], // without the article
  SX: ["Saint Martin (Dutch part)"], // English form of its name
  SZ: ["eSwatini"], // native capitals
  TC: ["Turks and Caicos"], // everyday use
  TH: ["Siam"], // former name
  TL: ["Timor Leste"], // without the hyphen
  TT: ["Trinidad"], // its larger island
  TV: ["Ellice Islands"], // former name
  TW: ["Taiwan, China", "Chinese Taipei", "Formosa", "Taiwan ROC"], // usual in tables; former name
  TZ: ["Tanganyika"], // former name of its larger part
  US: ["U.S.", "USA", "U.S.A.", "America"], // in everyday use
  VA: ["Vatican", "The Holy See", "Vatican City State"], // everyday; with the article; official name
  VC: ["Saint Vincent"], // its larger island
  VG: ["BVI"], // usual in tables
  VI: ["US Virgin Islands", "USVI"], // without the full stops; usual in tables
  VN: ["North Vietnam"], // former name
  VU: ["New Hebrides"], // former name
  WS: ["Western Samoa"], // former name
  XK: ["Kosova", "Republic of Kosovo"], // usual Albanian form; constitutional name
  YE: ["North Yemen", "South Yemen"], // its parts until 1990
  ZM: ["Northern Rhodesia"], // former name
  ZW: ["Rhodesia", "Southern Rhodesia"], // former name
};

// Names, or spelling variants of names, that are no good as an alias.
export const notAliases = {
  IS: ["Island"], // ASCII variant of Ísland, and an English word in many other names
  TF: ["Territoire des Terres australes et antarctiques fr"], // cut off, see nativeNames
};

// Names that lose what tells two countries apart when "(the)" is taken off.
export const ambiguous = ["Congo"];

// Searches that must find exactly one country: checked on every run.
export const mustFind = {
  "Cape Verde": "CV", "Cabo Verde": "CV",
  "Ivory Coast": "CI", "Elfenbeinküste": "CI", "Côte d'Ivoire": "CI", "Cote d'Ivoire": "CI",
  "Swaziland": "SZ", "Eswatini": "SZ",
  "DR Congo": "CD", "DRC": "CD", "Democratic Republic of the Congo": "CD", "Congo-Kinshasa": "CD",
  "Republic of the Congo": "CG", "Congo-Brazzaville": "CG",
  "Türkiye": "TR", "Turkiye": "TR", "Turkey": "TR",
  "Burma": "MM", "Myanmar": "MM",
  "Czech Republic": "CZ", "Czechia": "CZ",
  "Macedonia": "MK", "North Macedonia": "MK",
  "Holland": "NL", "Netherlands": "NL", "The Netherlands": "NL",
  "USA": "US", "US": "US", "U.S.": "US", "United States": "US", "United States of America": "US", "America": "US",
  "UK": "GB", "Britain": "GB", "Great Britain": "GB", "United Kingdom": "GB",
  "South Korea": "KR", "Republic of Korea": "KR",
  "North Korea": "KP", "DPRK": "KP",
  "Russia": "RU", "Russian Federation": "RU",
  "Iran": "IR", "Syria": "SY", "Laos": "LA", "Lao PDR": "LA",
  "Vietnam": "VN", "Viet Nam": "VN", "Bolivia": "BO", "Venezuela": "VE", "Tanzania": "TZ", "Moldova": "MD",
  "Palestine": "PS", "State of Palestine": "PS",
  "Vatican": "VA", "Vatican City": "VA", "Holy See": "VA",
  "East Timor": "TL", "Timor-Leste": "TL",
  "Gambia": "GM", "The Gambia": "GM", "Bahamas": "BS", "The Bahamas": "BS",
  "Brunei": "BN", "Micronesia": "FM",
  "São Tomé": "ST", "Sao Tome": "ST", "São Tomé and Príncipe": "ST", "Sao Tome and Principe": "ST",
  "Curaçao": "CW", "Curacao": "CW", "Réunion": "RE", "Reunion": "RE",
  "Antigua and Barbuda": "AG", "Trinidad and Tobago": "TT", "Bosnia and Herzegovina": "BA", "Bosnia": "BA",
  "Saint Lucia": "LC", "Saint Kitts and Nevis": "KN", "Saint Vincent and the Grenadines": "VC",
  "Kosovo": "XK", "Taiwan": "TW", "Hong Kong": "HK", "Macao": "MO", "Macau": "MO",
  "Rwanda": "RW", "South Sudan": "SS", "Congo": null, "Korea": null, "Virgin Islands": null,
  "Congo (the Democratic Republic of the)": "CD", "Congo, Democratic Republic of the": "CD", "Congo (the)": "CG",
  "Korea (the Republic of)": "KR", "Korea, Republic of": "KR", "Korea, Democratic People's Republic of": "KP",
  "Tanzania, the United Republic of": "TZ", "Tanzania, United Republic of": "TZ", "United Republic of Tanzania": "TZ",
  "Iran, Islamic Republic of": "IR", "Moldova, Republic of": "MD", "Netherlands, Kingdom of the": "NL",
};
