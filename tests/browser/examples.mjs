// The pages of examples/: nested data, and changes that are shown once each, in order, also over restarts of the server.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { launch, withPage } from "./browser.mjs";
import { freeCountries, recordStance } from "./server.mjs";
import { ask } from "../peers/target.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PATIENCE = 30_000; // ms for a change to be shown; clients wait longer after each failure
const BUILD = 180_000; // ms; an installation downloads
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

export default async function examples(check, server) {
  const browser = await launch();
  const countries = (await freeCountries(server)).sort();
  await check("the package is built", () => build("clients/typescript"), BUILD);
  for (const name of ["browser", "react-apollo", "react-urql"]) {
    const isBuilt = name !== "browser";
    if (isBuilt) await check(`${name} is built`, () => build(`examples/${name}`), BUILD);
    const site = await serve(path.join(ROOT, "examples", name, isBuilt ? "dist" : ""));
    await check(`${name} shows a country, and each change once, in order, over restarts`, () =>
      withPage(browser, site.url, (page) => follows(page, server, site.url, countries.shift()), {}, [server.site]), 3 * PATIENCE);
    site.close();
  }
  await browser.close();
}

function build(folder) {
  const run = (...words) => execFileSync("npm", words, { cwd: path.join(ROOT, folder), stdio: ["ignore", 2, 2] });
  const modifiedAt = (file) => statSync(path.join(ROOT, folder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (modifiedAt("node_modules/.package-lock.json") < modifiedAt("package-lock.json")) run("ci", "--no-progress", "--loglevel=error");
  run("run", "--silent", "build");
}

/** Serves the files of a folder on a free port. */
async function serve(folder) {
  const server = createServer(({ url }, response) => {
    const name = new URL(url, "http://localhost").pathname.replace(/\/$/, "/index.html");
    response.setHeader("content-type", TYPES[path.extname(name)]);
    response.end(readFileSync(path.join(folder, path.normalize(name))));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

async function follows(page, server, site, code) {
  await recordStance(server, code, "NAMED");
  const { country: { name } } = await ask(server, `{ country(code: "${code}") { name } }`);
  await page.goto(`${site}/?server=${server.site}`);
  await page.getByRole("button", { name, exact: true }).click();
  // The change and the statement.
  await page.locator("#country article li").nth(1).waitFor();
  const expected = [];
  for (const stance of ["APPROACHED", "NEGOTIATING", "AGREED"]) {
    // The page is not connected yet when the server is back and records: it has to catch up with that change.
    if (expected.length > 0) await server.restart(async () => {});
    const { stanceChange } = await recordStance(server, code, stance);
    expected.unshift(`${name}: ${stanceChange.from} → ${stance}`);
    await page.waitForFunction((count) => document.querySelectorAll("ol li").length >= count, expected.length, { timeout: PATIENCE });
    assert.deepEqual(await page.locator("ol li").allTextContents(), expected);
    await page.locator(`#${code} td`).first().filter({ hasText: stance }).waitFor();
  }
}
