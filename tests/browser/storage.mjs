// What the playground stores: tabs survive a reload as they were, and broken or older storage is no obstacle.

import assert from "node:assert/strict";
import { launch, withPage } from "./browser.mjs";
import { linkTo, open, query, ready, responds, run, showTab, stored, tabs, write, writeHeaders } from "./operate.mjs";

const KEYS = ["queries", "favorites", "tabState", "headers", "query", "variables", "operationName", "visiblePlugin", "theme",
  "shouldPersistHeaders", "docExplorerFlex", "editorFlex", "secondaryEditorFlex"];
const BROKEN = ["nope", "null", "[]", "-1", '"text"', '{"queries":null,"favorites":{"0":1},"tabs":[]}',
  '{"queries":[null],"favorites":[{"query":5}],"tabs":[null],"activeTabIndex":0}', "hide-first",
  '{"tabs":[{"id":1,"title":2,"query":{},"variables":[],"headers":false}],"activeTabIndex":"x"}', "\u0000\ud800"];
/** As GraphiQL 1 stored a tab. */
const OLDER = { activeTabIndex: 7, tabs: [{ id: "a", hash: "b", title: "Old", query: "query Old { viewer { role } }", variables: null, operationName: "Old", response: null }] };

export default async function storage(check, server) {
  const browser = await launch();
  const home = `${server.site}/playground/`;
  const visit = (name, act) => check(name, () => withPage(browser, server.site, act), 60_000);

  await visit("stored headers open no second tab, and come back with theirs", async (page) => {
    await open(page, home);
    const before = await tabs(page);
    await page.locator("[data-value='settings']").click();
    await page.locator("#enable-persist-headers").click();
    await page.keyboard.press("Escape");
    await writeHeaders(page, '{ "X-A": "alpha" }');
    await stored(page, "alpha");
    await showTab(page, 1);
    await writeHeaders(page, '{ "X-A": "beta" }');
    await stored(page, "beta");
    for (let reloads = 0; reloads < 2; reloads += 1) {
      await page.reload();
      await ready(page);
      assert.deepEqual(await tabs(page), { ...before, active: 1 });
    }
    await page.locator("button[data-name='headers']").click();
    const editor = page.locator(".graphiql-editor-tool .monaco-editor:visible");
    await editor.locator(".view-lines", { hasText: "beta" }).waitFor();
    await showTab(page, 0);
    await editor.locator(".view-lines", { hasText: "alpha" }).waitFor();
  });
  await visit("headers are not stored unless the reader wants it", async (page) => {
    await open(page, home);
    await writeHeaders(page, '{ "X-A": "secret" }');
    await write(page, "# edited\n");
    await stored(page, "# edited");
    await page.reload();
    await ready(page);
    assert.doesNotMatch(await page.evaluate(() => JSON.stringify(localStorage)), /secret/);
  });
  for (const wait of [true, false]) {
    await visit(`a reloaded link keeps its edits, ${wait ? "stored" : "also at once"}`, async (page) => {
      await open(page, linkTo(server, "query Shared { viewer { role } }"));
      const before = await tabs(page);
      assert.equal(before.names[before.active], "Shared");
      await write(page, "# mine\n");
      if (wait) await stored(page, "# mine");
      await page.reload();
      await ready(page);
      assert.deepEqual(await tabs(page), before);
      assert.match(await query(page), /^# mine\n/);
      await open(page, home);
      assert.match(await query(page), /^# mine\n/);
      await open(page, linkTo(server, "query Shared { viewer { role } }"));
      const again = await tabs(page);
      assert.equal(again.names.filter((name) => name === "Shared").length, 2, "the link opens what it says");
      assert.doesNotMatch(await query(page), /# mine/);
    });
  }
  await visit("the same link twice opens one tab", async (page) => {
    const link = linkTo(server, "query Shared { viewer { role } }");
    await open(page, link);
    const before = await tabs(page);
    await open(page, home);
    await open(page, link);
    assert.deepEqual(await tabs(page), before);
  });
  await visit("a reload keeps the active one of tabs with the same content", async (page) => {
    await open(page, home);
    for (let added = 0; added < 3; added += 1) await page.locator(".graphiql-tab-add").click();
    const last = (await tabs(page)).names.length - 1;
    await showTab(page, last - 1);
    await page.reload();
    await ready(page);
    assert.equal((await tabs(page)).active, last - 1);
  });
  await visit("tabs of an older version open", async (page) => {
    await page.goto(server.site);
    await page.evaluate((text) => localStorage.setItem("graphiql:tabState", text), JSON.stringify(OLDER));
    await open(page, home);
    assert.deepEqual(await tabs(page), { names: ["Old"], active: 0 });
    await run(page);
    await responds(page, '"READER"');
  });
  await visit("no content of the storage gives a white page", async (page) => {
    await page.goto(server.site);
    for (const value of BROKEN) {
      await page.evaluate(([keys, text]) => {
        localStorage.clear();
        for (const key of keys) localStorage.setItem(`graphiql:${key}`, text);
      }, [KEYS, value]);
      await open(page, home).catch((error) => { throw new Error(`${value}: ${error.message}`); });
      await page.locator("[aria-label='Show History']").click();
      await page.locator(".graphiql-history").waitFor();
    }
  });
  await visit("blocked and full storage are no obstacle", async (page, context) => {
    for (const script of [
      () => Object.defineProperty(window, "localStorage", { get() { throw new DOMException("blocked", "SecurityError"); } }),
      () => { Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }; },
    ]) {
      const other = await context.newPage();
      await other.addInitScript(script);
      await open(other, linkTo(server, "query Shared { viewer { role } }"));
      await run(other);
      await responds(other, '"READER"');
    }
  });
  await browser.close();
}
