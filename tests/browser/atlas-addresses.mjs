// The address of the atlas names the view: it restores itself, Back goes back, and what cannot be read is said.

import assert from "node:assert/strict";
import { ask } from "../peers/target.mjs";
import { firstWholeSecond } from "./server.mjs";
import { picture, ready, said, visitor } from "./atlas-page.mjs";
import { launch, withPage } from "./browser.mjs";
import { responds, run } from "./operate.mjs";

const STANCES = ["NAMED", "APPROACHED", "NEGOTIATING", "AGREED_IN_PRINCIPLE", "AGREED", "IMPLEMENTING", "SUSPENDED", "REFUSED", "ENDED", "DISPUTED"];
const SEED = 20261129;

export default async function atlasAddresses(check, server) {
  const browser = await launch();
  const visit = visitor(browser, server);

  await check("an address restores itself after a reload, and Back goes back", async () => {
    const fixed = await firstWholeSecond(server);
    for (const address of ["/", "/?on=2025-07-01", "/?on=2025-06-26&known=then", "/?s=REFUSED~DISPUTED", "/?view=table", "/?on=2025-09-01&known=then&s=AGREED&view=table", `/?at=${fixed}`]) {
      await visit(address, async (page) => {
        await page.evaluate(() => new Promise((done) => { requestIdleCallback(done); }));
        assert.equal(page.url(), server.site + address);
        const before = await said(page);
        await page.reload();
        await ready(page);
        assert.deepEqual(await said(page), before, address);
      });
    }
    await visit("/", async (page) => {
      await page.getByText("Table", { exact: true }).click();
      await page.locator("#table").waitFor();
      assert.ok(page.url().endsWith("/?view=table"));
      await page.goBack();
      await page.locator("#map").waitFor();
    });
  }, 60_000);
  await check("200 random addresses are shown and written again byte for byte", () => visit("/", async (page) => {
    const { countries } = await ask(server, "{ countries { code } }");
    const random = randomFrom(SEED);
    const addresses = Array.from({ length: 200 }, () => randomAddress(random, countries.map(({ code }) => code)));
    assert.ok(new Set(addresses).size > 150);
    const written = await page.evaluate((all) => all.map((address) => {
      history.pushState(null, "", address);
      dispatchEvent(new PopStateEvent("popstate", { state: null }));
      [...document.querySelectorAll("#actions button")].find(({ textContent }) => textContent === "Share").click();
      const link = document.querySelector("dialog[open] textarea").value;
      document.querySelector("dialog[open]").close();
      return link;
    }), addresses);
    assert.deepEqual(written, addresses.map((address) => server.site + address));
    assert.ok(await page.locator("#notice").isHidden(), await page.locator("#notice").innerText());
    // Some of them also after a reload.
    for (const address of addresses.slice(0, 6)) {
      await page.goto(server.site + address);
      await ready(page);
      const before = await said(page);
      await page.reload();
      await ready(page);
      assert.deepEqual(await said(page), before, address);
      assert.equal(page.url(), server.site + address);
    }
  }), 60_000);
  await check("the part of the map is in the address, and the address shows it", async () => {
    const placeOf = (page, code) => page.locator(`#state-${code}`).evaluate((mark) => { const { x, y, width } = mark.getBoundingClientRect(); return [x, y, width]; });
    await visit("/", async (page) => {
      await page.locator(".surface").focus();
      for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press("+");
      await page.waitForURL(/\?z=-?\d+(\.\d)?,-?\d+(\.\d)?,4\.1$/);
      const { x, y } = await page.locator(".surface").boundingBox();
      await page.mouse.move(x + 300, y + 200);
      await page.mouse.down();
      await page.mouse.move(x + 400, y + 260, { steps: 5 });
      await page.mouse.up();
      const before = page.url();
      await page.waitForURL((url) => url.href !== before);
      const [address, place] = [page.url(), await placeOf(page, "CM")];
      await page.reload();
      await ready(page);
      const again = await placeOf(page, "CM");
      assert.ok(place.every((value, i) => Math.abs(value - again[i]) < 3), `${place} ${again}`);
      assert.equal(page.url(), address);
      await page.screenshot({ path: picture("zoomed") });
      await page.keyboard.press("/");
      await page.locator(".surface").focus();
      await page.keyboard.press("0");
      await page.waitForURL(`${server.site}/`);
    });
  }, 30_000);
  await check("Back and Forward restore the view and the focus", () => visit("/", async (page) => {
    const focused = () => page.evaluate(() => document.activeElement.textContent);
    const button = page.locator(".item .country").nth(2);
    const name = await button.innerText();
    await button.focus();
    await page.keyboard.press("Enter");
    await page.locator(".panel-title", { hasText: name }).waitFor();
    assert.equal(await focused(), name);
    await page.keyboard.press("Tab");
    await page.goBack();
    await page.locator("h2", { hasText: "Latest changes" }).waitFor();
    assert.equal(await focused(), name);
    await page.goForward();
    await page.locator(".panel-title", { hasText: name }).waitFor();
    assert.equal(await focused(), name);
    // A filter that was just set belongs to the entry before a new one.
    await page.locator("#tiles button").first().click();
    await page.getByText("Table", { exact: true }).click();
    await page.goBack();
    assert.match(page.url(), /\?c=[A-Z]{2}&s=NAMED$/);
  }), 30_000);
  await check("one notice says what of an address cannot be shown", async () => {
    for (const [address, text, rest] of [
      ["/?on=2025-02-30", "This link has parts that we cannot read: on=2025-02-30.", "/"],
      ["/?c=QQ", "This link names a state we do not know: QQ.", "/"],
      ["/?c=RW~QQ~x1&s=NO", "This link names a state we do not know: QQ, x1. This link has parts that we cannot read: s=NO.", "/?c=RW"],
      ["/?z=1,2,99", "This link has parts that we cannot read: z=1,2,99.", "/"],
    ]) {
      await visit(address, async (page) => {
        await page.locator("#notice", { hasText: text }).waitFor();
        await page.waitForURL(server.site + rest);
      });
    }
    await visit("/?c=AQ", async (page) => {
      await page.locator(".panel-title", { hasText: "Antarctica" }).waitFor();
      assert.ok(await page.locator("#notice").isHidden());
    });
    await withPage(browser, server.site, async (page) => {
      const response = await page.goto(`${server.site}/?i=nowhere`);
      assert.equal(response.status(), 404);
      await page.getByText("There is no such matter.").first().waitFor();
      await page.screenshot({ path: picture("unknown-matter") });
    });
  }, 60_000);
  await check("the query of each view gives the same numbers in the playground", async () => {
    const at = await firstWholeSecond(server);
    for (const address of ["/", `/?at=${at}`, "/?on=2025-07-01", "/?on=2025-07-01&known=then", "/?c=CM", "/?c=CM&on=2026-02-01"]) {
      await visit(address, async (page) => {
        const { tiles: { DISPUTED: disputed, ...tiles }, headline } = await said(page);
        await page.locator("#actions").getByRole("button", { name: "Show the query" }).click();
        await page.locator(".graphiql-query-editor .view-line").first().waitFor();
        const answer = page.waitForResponse((response) => response.url().endsWith("/graphql") && !response.request().postData()?.includes("IntrospectionQuery"));
        await run(page);
        const { data } = await (await answer).json();
        await responds(page, '"data"');
        if (data.country) {
          assert.equal(data.country.name, "Cameroon");
          return;
        }
        const { tally, relationships } = data.initiative;
        const positions = relationships.nodes.map(({ position }) => position);
        const counts = tally
          ? Object.fromEntries(tally.byStance.map(({ stance, count }) => [stance, count]))
          : Object.fromEntries(positions.map(({ stance }) => [stance, positions.filter((position) => position.stance === stance).length]));
        for (const [stance, count] of Object.entries(tiles)) assert.equal(counts[stance] ?? 0, count, `${address} ${stance}`);
        assert.equal(tally?.disputed ?? positions.filter((position) => position.disputed).length, disputed, address);
        const total = Object.values(tiles).reduce((sum, count) => sum + count, 0);
        assert.ok(headline.includes(` ${total} state`), `${address}: ${headline}`);
      });
    }
  }, 90_000);
  await browser.close();
}

/** Numbers from 0 to 1, the same for the same seed. */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

function randomAddress(random, codes) {
  const whole = (from, to) => from + Math.floor(random() * (to - from + 1));
  const some = (all, most) => [...new Set(Array.from({ length: whole(1, most) }, () => all[whole(0, all.length - 1)]))].join("~");
  const decimal = (from, to) => String(whole(from * 10, to * 10) / 10);
  const day = () => new Date(Date.UTC(2025, 0, whole(1, 700))).toISOString().slice(0, 10);
  const keys = [
    ["c", () => some(codes, 5)], ["on", day], ["known", () => "then"], ["s", () => some(STANCES, 3)], ["view", () => "table"],
    ["z", () => `${decimal(-150, 168)},${decimal(-52, 68)},${decimal(1.1, 12)}`],
  ];
  const parts = keys.filter(() => random() < 0.4).map(([key, value]) => `${key}=${value()}`);
  return parts.length > 0 ? `/?${parts.join("&")}` : "/";
}
