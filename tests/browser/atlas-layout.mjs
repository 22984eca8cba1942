// The layout of the atlas: names on the map, narrow and enlarged windows.

import assert from "node:assert/strict";
import { picture, visitor } from "./atlas-page.mjs";
import { launch, overflow } from "./browser.mjs";
import { firstWholeSecond } from "./server.mjs";

const ZOOMED = { viewport: { width: 320, height: 225 }, deviceScaleFactor: 4 }; // 1280 × 900 at 400 %

export default async function atlasLayout(check, server) {
  const browser = await launch();
  const visit = visitor(browser, server);

  for (const width of [700, 820, 1024, 1400, 1920]) {
    await check(`names are on the map and over no other name, ${width} pixels wide`, () => visit("/", async (page) => {
      await page.evaluate(() => document.fonts.ready);
      assert.ok(await hasRoom(page) >= 12);
      await page.screenshot({ path: picture(`width-${width}`) });
      await page.locator(".surface").focus();
      for (let presses = 0; presses < 3; presses += 1) {
        await page.keyboard.press("+");
        assert.ok(await hasRoom(page) > 0);
      }
    }, { viewport: { width, height: 900 } }), 30_000);
  }
  for (const [name, options] of [["at 320 pixels", { viewport: { width: 320, height: 640 } }], ["at 400 %", ZOOMED]]) {
    await check(`nothing scrolls sideways ${name}`, async () => {
      const at = await firstWholeSecond(server);
      for (const address of ["/", "/?on=2025-08-29", "/?view=table", "/?c=CM", "/?c=RW~SZ", `/?at=${at}`]) {
        await visit(address, async (page) => {
          if (address.startsWith("/?c=")) await page.locator(".said").first().waitFor();
          assert.equal(await overflow(page), 0, address);
        }, options);
      }
      await visit("/", async (page) => {
        await page.locator("#actions").getByRole("button", { name: "Share" }).click();
        assert.equal(await overflow(page), 0);
        const { x, width } = await page.locator("dialog[open]").boundingBox();
        assert.ok(x >= 0 && x + width <= 320);
        await page.screenshot({ path: picture(name.replaceAll(/\W+/g, "-")) });
      }, options);
    }, 60_000);
  }
  await browser.close();
}

/** Fails if a name leaves the map or lies over another one; returns the number of names. */
async function hasRoom(page) {
  const { map, names } = await page.evaluate(() => {
    const edges = (element) => { const { left, top, right, bottom } = element.getBoundingClientRect(); return { text: element.textContent, left, top, right, bottom }; };
    return { map: edges(document.querySelector(".surface")), names: [...document.querySelectorAll(".names text:not(.hidden), .asker-name:not(.hidden)")].map(edges) };
  });
  const show = (...all) => JSON.stringify(all);
  for (const name of names) {
    if (name.right < map.left || name.left > map.right || name.bottom < map.top || name.top > map.bottom) continue; // the asking state, out of sight
    assert.ok(name.left >= map.left - 1 && name.right <= map.right + 1 && name.top >= map.top - 1 && name.bottom <= map.bottom + 1, show(name, map));
  }
  for (const [index, one] of names.entries()) {
    for (const other of names.slice(index + 1)) {
      const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      assert.ok(width < 1 || height < 3, show(one, other)); // boxes of text have some room above and below
    }
  }
  return names.length;
}
