// The atlas live: changes as they are recorded, interruptions, and what became of a fixed view.

import assert from "node:assert/strict";
import { ask } from "../peers/target.mjs";
import { NARROW, picture, STILL, visitor, WIDE } from "./atlas-page.mjs";
import { launch, withPage } from "./browser.mjs";
import { correct, freeCountries, recordStance, retract, startServer } from "./server.mjs";

export default async function atlasLive(check, server, binary) {
  const browser = await launch();
  const visit = visitor(browser, server);
  const countries = await freeCountries(server);
  const isLive = (page) => page.locator(".lamp-live").waitFor();

  await check("what is recorded, corrected and retracted appears by itself and is said", () => visit("/", async (page) => {
    await page.locator(".lamp-live").waitFor();
    const code = countries.pop();
    const { statement } = await recordStance(server, code, "REFUSED");
    await page.locator(`.item.kind-event[data-code="${code}"]`, { hasText: "Refused" }).waitFor();
    await page.locator(`.state[data-code="${code}"][data-stance="REFUSED"]`).first().waitFor({ state: "attached" });
    await page.waitForFunction(() => /nothing known to refused/.test(document.getElementById("status").textContent));
    const correction = await correct(server, statement, "NEGOTIATING", "The minister was misquoted.");
    await page.locator(`.item.kind-correction[data-code="${code}"]`, { hasText: "We corrected this" }).waitFor();
    await page.screenshot({ path: picture("corrected") });
    await retract(server, correction, "Nobody said this.");
    await page.locator(`.item.kind-retraction[data-code="${code}"]`, { hasText: "We took this back" }).waitFor();
    // The first statement stands again.
    await page.locator(`.state[data-code="${code}"][data-stance="REFUSED"]`).first().waitFor({ state: "attached" });
  }), 60_000);
  await check("after an interruption each change that was missed appears once", async () => {
    const other = await startServer(binary);
    try {
      await withPage(browser, other.site, async (page) => {
        let isAway = false;
        const sockets = [];
        await page.routeWebSocket(/graphql/, (socket) => {
          if (isAway) socket.close();
          else {
            socket.connectToServer();
            sockets.push(socket);
          }
        });
        await page.goto(`${other.site}/`);
        await page.locator(".lamp-live").waitFor();
        const codes = (await freeCountries(other)).slice(0, 3);
        isAway = true;
        for (const socket of sockets.splice(0)) await socket.close();
        await page.locator("#sign", { hasText: "Reconnecting" }).waitFor();
        for (const code of codes) await recordStance(other, code, "REFUSED");
        isAway = false;
        for (const code of codes) await page.locator(`.item[data-code="${code}"]`).first().waitFor();
        await page.locator(".lamp-live").waitFor();
        for (const code of codes) assert.equal(await page.locator(`.item[data-code="${code}"]`).count(), 1, code);
      }, { ...WIDE, ...STILL });
    } finally {
      await other.stop();
    }
  }, 60_000);
  await check("after a server was stopped and started each change of then appears once", async () => {
    const other = await startServer(binary);
    try {
      await withPage(browser, other.site, async (page) => {
        await page.goto(`${other.site}/`);
        await page.locator(".lamp-live").waitFor();
        const codes = (await freeCountries(other)).slice(0, 3);
        await other.restart(() => page.locator("#sign", { hasText: "Reconnecting" }).waitFor());
        for (const code of codes) await recordStance(other, code, "REFUSED");
        for (const code of codes) await page.locator(`.item[data-code="${code}"]`).first().waitFor();
        await page.locator(".lamp-live").waitFor();
        for (const code of codes) assert.equal(await page.locator(`.item[data-code="${code}"]`).count(), 1, code);
      }, { ...WIDE, ...STILL });
    } finally {
      await other.stop();
    }
  }, 60_000);
  await check("a page that was frozen shows each change that it missed once", () => visit("/", async (page, context) => {
    await isLive(page);
    const session = await context.newCDPSession(page);
    await session.send("Page.setWebLifecycleState", { state: "frozen" });
    const codes = countries.splice(0, 3);
    for (const code of codes) await recordStance(server, code, "NAMED");
    await session.send("Page.setWebLifecycleState", { state: "active" });
    for (const code of codes) await page.locator(`.item[data-code="${code}"]`).first().waitFor();
    await isLive(page);
    for (const code of codes) assert.equal(await page.locator(`.item[data-code="${code}"]`).count(), 1, code);
  }), 30_000);
  await check("several changes at once are one line, which unfolds", () => visit("/", async (page) => {
    await isLive(page);
    const named = page.locator(`.tiles li[data-stance="NAMED"] b`);
    const before = Number(await named.innerText());
    const codes = countries.splice(0, 5);
    await Promise.all(codes.map((code) => recordStance(server, code, "NAMED")));
    const fold = page.locator(".folded");
    await fold.getByText("5 changes").click();
    for (const code of codes) assert.equal(await fold.locator(`.item[data-code="${code}"]`).count(), 1, code);
    await page.screenshot({ path: picture("burst") });
    // It stays one line, and unfolded, when the page has asked everything again.
    await named.filter({ hasText: String(before + codes.length) }).waitFor();
    await page.locator(".folded details[open]").waitFor();
  }), 30_000);
  for (const [where, options] of [["beside the map", {}], ["below the map", NARROW]]) {
    await check(`while the feed ${where} is scrolled, new changes wait`, () => visit("/", async (page) => {
      await isLive(page);
      const first = page.locator(".feed .item").first();
      const before = await first.innerText();
      await page.getByRole("button", { name: "Older changes" }).click();
      await page.locator(".feed .item").nth(7).waitFor();
      await page.locator("#side").evaluate((side) => { side.scrollTop = 300; window.scrollBy(0, side.scrollTop > 0 ? 0 : side.getBoundingClientRect().top + 100); });
      const place = () => page.locator(".feed .item").nth(3).evaluate((item) => item.innerText);
      const read = await place();
      const codes = countries.splice(0, 2);
      for (const code of codes) await recordStance(server, code, "NAMED");
      const button = page.getByRole("button", { name: "2 new" });
      await button.waitFor();
      assert.equal(await place(), read);
      assert.equal(await first.innerText(), before);
      await page.screenshot({ path: picture(`scrolled-${where.split(" ")[0]}`) });
      await button.click();
      await page.locator(`.feed .item:first-child[data-code="${codes[1]}"]`).waitFor();
      assert.equal(await button.count(), 0);
    }, options), 30_000);
  }
  await check("older changes are listed when they are asked for, without a gap or a repeat", () => visit("/", async (page) => {
    const expected = await page.evaluate(async (query) => {
      const response = await fetch("/graphql", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ query }) });
      const { data } = await response.json();
      return data.stanceChanges.nodes.reverse().map(({ relationship }) => relationship.requestedState.code);
    }, "{ stanceChanges(last: 27) { nodes { relationship { requestedState { code } } } } }");
    const listed = () => page.locator(".feed .item[data-code]").evaluateAll((items) => items.map((item) => item.dataset.code));
    assert.deepEqual(await listed(), expected.slice(0, 9));
    for (const count of [18, 27]) {
      await page.getByRole("button", { name: "Older changes" }).click();
      await page.locator(".feed .item").nth(count - 1).waitFor();
      assert.deepEqual(await listed(), expected.slice(0, count));
    }
    // They stay when a change is added.
    await isLive(page);
    const code = countries.pop();
    await recordStance(server, code, "NAMED");
    await page.getByRole("button", { name: "1 new" }).click();
    await page.locator(`.feed .item:first-child[data-code="${code}"]`).waitFor();
    assert.deepEqual(await listed(), [code, ...expected.slice(0, 26)]);
  }), 30_000);
  await check("in the past nothing moves, and a button leads back to today", () => visit("/?on=2025-08-29", async (page) => {
    await isLive(page);
    const before = await page.locator("#headline").innerText();
    const code = countries.pop();
    await recordStance(server, code, "NAMED");
    const button = page.getByRole("button", { name: "1 new change · back to today" });
    await button.waitFor();
    assert.equal(await page.locator("#headline").innerText(), before);
    assert.equal(await page.locator(`.item[data-code="${code}"]`).count(), 0);
    await page.screenshot({ path: picture("waiting") });
    await button.click();
    await page.locator(`.feed .item:first-child[data-code="${code}"]`).waitFor();
    await page.waitForURL(`${server.site}/`);
  }), 30_000);
  await check("a fixed view says which of its statements were corrected or retracted since", async () => {
    const [one, other] = [countries.pop(), countries.pop()];
    const first = (await recordStance(server, one, "REFUSED")).statement;
    const second = (await recordStance(server, other, "REFUSED")).statement;
    const at = await instantOf(server, second);
    const correction = await correct(server, first, "NEGOTIATING", "The minister was misquoted.");
    await visit(`/?at=${at}`, async (page) => {
      await page.locator(".fallen-since summary", { hasText: "1 statement seen here was corrected or taken back since." }).waitFor();
      const headline = await page.locator("#headline").innerText();
      await retract(server, second, "Nobody said this.");
      await page.getByText("2 statements seen here were corrected or taken back since. Which?").click();
      await page.getByText("Something changed since.").waitFor();
      const links = await page.locator(".fallen-since li a").evaluateAll((all) => all.map((link) => new URL(link.href).pathname));
      assert.deepEqual(links, [first, correction, second].map(({ number }) => `/statements/${number}`));
      assert.equal(await page.locator("#headline").innerText(), headline);
      await page.screenshot({ path: picture("fixed-view") });
      await page.getByText("See it live").click();
      await isLive(page);
      assert.equal(page.url(), `${server.site}/`);
    });
  }, 30_000);
  await browser.close();
}

/** When the ledger entry of a statement was recorded. */
async function instantOf(server, { number }) {
  const { statement } = await ask(server, `{ statement(number: ${number}) { recordedAt } }`);
  return statement.recordedAt;
}
