// The playground in narrow windows and in forced colours.

import assert from "node:assert/strict";
import { launch, overflow, withPage } from "./browser.mjs";
import { linkTo, open, responds, run } from "./operate.mjs";

const QUERY = 'query Q { country(code: "RW") { name capital region { name } } }';

export default async function appearance(check, server) {
  const browser = await launch();
  const box = (page, selector) => page.locator(selector).first().boundingBox();

  for (const width of [320, 390, 799]) {
    await check(`at ${width} pixels the response is below the editor and readable`, () =>
      withPage(browser, server.site, async (page) => {
        await open(page, linkTo(server, QUERY));
        await run(page);
        await responds(page, '"Kigali"');
        const [editor, response] = [await box(page, ".graphiql-editors"), await box(page, ".graphiql-response")];
        assert.ok(response.y >= editor.y + editor.height - 1, JSON.stringify({ editor, response }));
        assert.ok(response.width > 0.75 * width && response.height > 150 && editor.height > 150, JSON.stringify({ editor, response }));
        assert.equal(await overflow(page), 0);
        assert.ok(await page.locator(".playground-home").isVisible());
        await page.locator("[aria-label='Show Documentation Explorer']").click();
        const docs = await box(page, ".graphiql-doc-explorer");
        assert.ok(docs.width > 0.6 * width, JSON.stringify(docs));
      }, { viewport: { width, height: 800 } }), 60_000);
  }
  for (const colorScheme of ["light", "dark"]) {
    await check(`with forced colours the buttons of the playground are visible, ${colorScheme}`, () =>
      withPage(browser, server.site, async (page) => {
        await open(page, linkTo(server, QUERY));
        for (const selector of [".graphiql-execute-button", ".graphiql-toolbar-button", ".graphiql-sidebar button", ".graphiql-tab-add"]) {
          const style = await page.locator(selector).first().evaluate((button) => {
            const { borderTopWidth, borderTopStyle, backgroundColor } = getComputedStyle(button);
            const icon = getComputedStyle(button.querySelector("svg"));
            return { borderTopWidth, borderTopStyle, backgroundColor, icon: [icon.color, icon.fill, icon.stroke] };
          });
          assert.equal(style.borderTopStyle, "solid", selector);
          assert.notEqual(style.borderTopWidth, "0px", selector);
          assert.ok(style.icon.some((colour) => colour !== style.backgroundColor && colour !== "none"), `${selector} ${JSON.stringify(style)}`);
          assert.ok(!style.icon.slice(1).includes(style.backgroundColor), `${selector} ${JSON.stringify(style)}`);
        }
      }, { forcedColors: "active", colorScheme }), 60_000);
  }
  await browser.close();
}
