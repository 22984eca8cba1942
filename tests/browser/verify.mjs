// The page that checks the ledger: what it says of a server that is honest, and of one that alters what it sends.

import assert from "node:assert/strict";
import { isAccessible } from "./atlas-page.mjs";
import { launch, overflow, withPage } from "./browser.mjs";
import { INITIATIVE } from "./server.mjs";

const ADDRESS = `/verify?initiative=${INITIATIVE}&country=RW`;
const LEDGER = /\/export\/ledger\.ndjson/;

export default async function verify(check, server) {
  const browser = await launch();
  const visit = (path, act, options) => withPage(browser, server.site, async (page) => {
    const pageOf = (change) => page.route(server.site + path, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: change(await response.text()) });
    });
    const ledgerOf = (change) => page.route(LEDGER, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: change((await response.text()).split("\n")).join("\n") });
    });
    const results = async () => {
      await page.goto(server.site + path);
      await page.locator("#check").click();
      await page.locator("#verify[data-state=done]").waitFor();
      const items = await page.locator("#results > li").all();
      return Promise.all(items.map(async (item) => [await item.getAttribute("data-holds"), await item.innerText()]));
    };
    await act({ page, pageOf, ledgerOf, results });
  }, options);
  const failures = (found) => found.filter(([holds]) => holds === "false").map(([, words]) => words);

  await check("an unaltered ledger and position hold, and every position is linked", () => visit(ADDRESS, async ({ page, results }) => {
    const found = await results();
    assert.deepEqual(failures(found), []);
    const words = found.map(([, words]) => words).join("\n");
    assert.match(words, /The head is signed by the key\./);
    assert.match(words, /The \d+ entries are exactly those of the signed head\./);
    assert.match(words, /The list of its entries is signed by the key\./);
    assert.match(words, /The list has all \d+ entries about it\./);
    assert.match(words, /From them it follows: \w+, since \S+?\./);
    assert.match(words, /It rests on statement \d+: /);
    await page.locator("details summary").click();
    const link = page.locator("details a", { hasText: ", PE:" });
    assert.match(await link.getAttribute("href"), new RegExp(`initiative=${INITIATIVE}&country=PE`));
    assert.equal(await overflow(page), 0);
    await isAccessible(page);
  }));
  await check("an altered, a removed and an added entry show", () => visit("/verify", async ({ page, ledgerOf, results }) => {
    for (const change of [
      (lines) => lines.map((line, at) => (at === 300 ? line.replace("seq\":300", "seq\":301") : line)),
      (lines) => lines.toSpliced(300, 1),
      (lines) => lines.toSpliced(300, 0, lines[300]),
    ]) {
      await ledgerOf(change);
      const found = failures(await results());
      assert.match(found.join(), /Not verified: entry 30\d does not have the hash/);
      await page.unroute(LEDGER);
    }
    await ledgerOf((lines) => lines.toSpliced(-3, 1)); // the last entry, before the footer
    assert.match(failures(await results()).join(), /The entries are not those of the signed head\./);
  }));
  await check("a head that another key has signed, and one of another size, show", () => visit("/verify", async ({ page, pageOf, results }) => {
    await pageOf((html) => html.replace(/data-key="(.*?\+.*?\+.{10})./, (all, start) => `data-key="${start}${all.at(-1) === "A" ? "B" : "A"}`));
    assert.match(failures(await results()).join(), /The head is not signed by this key\./);
    await page.unroute(`${server.site}/verify`);
    await pageOf((html) => html.replace(/(data-note="[^\n]+\n)(\d+)/, (_, start, size) => start + (Number(size) - 1)).replace(/data-seq="(\d+)"/, (_, size) => `data-seq="${size - 1}"`));
    assert.match(failures(await results()).join(), /The signature of the head is not valid\./);
  }));
  await check("a list that lacks an entry shows", () => visit(ADDRESS, async ({ pageOf, results }) => {
    await pageOf((html) => html.replace(/&quot;length&quot;:(\d+)/, (_, length) => `&quot;length&quot;:${length - 1}`));
    assert.match(failures(await results()).join(), /one was left out or added\./);
  }));
  await check("an answer that does not follow from the ledger shows, with what does", () => visit(ADDRESS, async ({ page, pageOf, results }) => {
    for (const [change, expected] of [
      [(html) => html.replace(/(&quot;position&quot;:\{&quot;stance&quot;:&quot;)\w+/, "$1REFUSED"), /does not follow from them: the stance is \w+, and the server says REFUSED\./],
      [(html) => html.replace(/(&quot;since&quot;:&quot;)[^&]+/, "$12024-01-01"), /the date since when is \S+, and the server says 2024-01-01\./],
      [(html) => html.replace(/(&quot;disputed&quot;:)(true|false)/, (all, key, value) => key + (value !== "true")), /whether it is disputed is (true|false), and the server says (true|false)\./],
      [(html) => html.replace(/(&quot;basis&quot;:\{&quot;number&quot;:)(\d+)/, (all, key, number) => key + (Number(number) - 1)), /the statement that it rests on is \d+, and the server says \d+\./],
      [(html) => html.replace(/(&quot;proof&quot;:\{&quot;entries&quot;:)\[.*?\],/, "$1[],"), /Entry \d+, on which the position rests, is not in the server's proof\./],
    ]) {
      await pageOf(change);
      const found = failures(await results());
      assert.equal(found.length, 1, found.join());
      assert.match(found[0], expected);
      await page.unroute(server.site + ADDRESS);
    }
  }));
  await check("every kind of position follows, also at a moment", async () => {
    for (const [country, moment] of [["LR", ""], ["RW", "&validOn=2025-07-01"], ["RW", "&publishedBy=2025-07-01"], ["RW", "&recordedBy=2020-01-01T00:00:00.5Z"]]) {
      await visit(`/verify?initiative=${INITIATIVE}&country=${country}${moment}`, async ({ results }) => {
        const found = await results();
        assert.deepEqual(failures(found), []);
        assert.match(found.map(([, words]) => words).join("\n"), /From them it follows: /);
      });
    }
  });
  await check("without scripts the page says what it needs", () => visit("/verify", async ({ page }) => {
    await page.goto(`${server.site}/verify`);
    assert.match(await page.locator("main").innerText(), /This needs JavaScript\./);
  }, { javaScriptEnabled: false }));
  await browser.close();
}
