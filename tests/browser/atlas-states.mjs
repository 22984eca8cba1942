// The states of the atlas in light, dark and narrow windows: pictures in target/atlas, and axe.

import assert from "node:assert/strict";
import { isAccessible, picture, SIGHTS, visitor } from "./atlas-page.mjs";
import { launch, overflow } from "./browser.mjs";

export default async function atlasStates(check, server) {
  const browser = await launch();
  const visit = visitor(browser, server);

  for (const [name, options] of SIGHTS) {
    for (const address of ["/", "/?on=2025-08-29&known=then", "/?s=REFUSED", "/?view=table", "/?c=CM", "/?c=RW~SZ"]) {
      await check(`axe finds nothing at ${address} (${name})`, () => visit(address, async (page) => {
        await page.screenshot({ path: picture(`${name}${address.replaceAll(/\W+/g, "-")}`) });
        await isAccessible(page);
      }, options), 60_000);
    }
  }
  await check("nothing scrolls sideways at 320 pixels", async () => {
    for (const address of ["/", "/?on=2025-08-29", "/?view=table"]) {
      await visit(address, async (page) => assert.equal(await overflow(page), 0, address), { viewport: { width: 320, height: 640 } });
    }
  }, 60_000);
  await browser.close();
}
