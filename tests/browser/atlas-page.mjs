// The atlas as the tests open and read it.

import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { withPage } from "./browser.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const PICTURES = path.join(process.env.CARGO_TARGET_DIR ?? path.join(here, "../../target"), "atlas");
const AXE = readFileSync(path.join(here, "node_modules/axe-core/axe.min.js"), "utf8");

export const WIDE = { viewport: { width: 1400, height: 900 } };
export const NARROW = { viewport: { width: 390, height: 844 }, hasTouch: true };
export const STILL = { reducedMotion: "reduce" };
export const SIGHTS = [["wide-light", { ...WIDE }], ["wide-dark", { ...WIDE, colorScheme: "dark" }], ["narrow-light", { ...NARROW }], ["narrow-dark", { ...NARROW, colorScheme: "dark" }]];

/** Opens addresses of this server, in a wide window without motion unless the options say otherwise. */
export const visitor = (browser, server) => (address, act, options) => withPage(browser, server.site, async (page, context) => {
  await page.goto(server.site + address);
  await ready(page);
  await act(page, context);
}, { ...WIDE, ...STILL, ...options });

/** A file for a picture of the page. */
export function picture(name) {
  mkdirSync(PICTURES, { recursive: true });
  return path.join(PICTURES, `${name}.png`);
}

/** The map is drawn and the answer is shown. */
export async function ready(page) {
  await page.locator(".tiles button b").first().waitFor();
  await page.locator(".date-big:not(:empty)").waitFor({ state: "attached" });
  if (await page.locator("#map").isVisible()) await page.locator(".state[data-stance]").first().waitFor({ state: "attached" });
}

/** Fails if axe finds a violation. */
export async function isAccessible(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ").slice(0, 300)}`), []);
}

/** What the page says. */
export function said(page) {
  return page.evaluate(() => {
    const tiles = Object.fromEntries([...document.querySelectorAll("#tiles li")].map((tile) => [tile.dataset.stance, Number(tile.querySelector("b").textContent)]));
    const { DISPUTED: _, ...stances } = tiles;
    return {
      headline: document.getElementById("headline").innerText,
      sub: document.getElementById("sub").innerText,
      tiles,
      total: Object.values(stances).reduce((sum, count) => sum + count, 0),
      options: document.querySelectorAll("[role=option]").length,
    };
  });
}
