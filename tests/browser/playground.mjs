// The playground: first visit, editors with their workers, keys, errors in words.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { launch, withPage } from "./browser.mjs";
import { linkTo, open, query, ready, responds, run, showTab, stored, tabs, writeHeaders } from "./operate.mjs";

const EXAMPLES = new URL("../../web/playground/examples/", import.meta.url);
const UNFORMATTED = "query   P{viewer{role}}";
const SUBSCRIPTION = "subscription X { stanceChanged { to } }";

export default async function playground(check, server) {
  const browser = await launch();
  const visit = (name, url, act, options) => check(name, () => withPage(browser, server.site, async (page) => {
    await open(page, url);
    await act(page);
  }, options), 60_000);
  const home = `${server.site}/playground/`;

  await visit("a first visit has a tab for each example, once, named by its question, and shows the answer of the first", home, async (page) => {
    const names = readdirSync(EXAMPLES).map((file) => /^# (.+)/.exec(readFileSync(new URL(file, EXAMPLES), "utf8"))[1]);
    const atStart = await tabs(page);
    assert.deepEqual(atStart.names.toSorted(), names.sort());
    await responds(page, '"byStance"');
    await stored(page, "WhoAgreed");
    await page.reload();
    await ready(page);
    assert.deepEqual(await tabs(page), atStart);
    await page.locator("[aria-label='Open an example']").click();
    await page.getByRole("menuitem", { name: "Neighbours of Libya" }).click();
    await page.locator(".graphiql-tab-active", { hasText: "Neighbours of Libya" }).waitFor();
    assert.equal((await tabs(page)).names.length, names.length);
  });
  await visit("every example runs, and those that read have no errors", home, async (page) => {
    const { names } = await tabs(page);
    for (const [index, name] of names.entries()) {
      if (/Watch|Record/.test(name)) continue;
      await showTab(page, index);
      const answer = page.waitForResponse((response) => response.url().endsWith("/graphql"));
      await run(page);
      const { data, errors } = await (await answer).json();
      assert.ok(data && !errors, `${name}: ${JSON.stringify(errors)}`);
    }
  });
  await visit("a list of enum values is set in the explorer", linkTo(server, "query Q { relationships(filter: { stance: [AGREED] }) { totalCount } }"), async (page) => {
    await page.locator("[aria-label='Show GraphiQL Explorer']").click();
    const values = page.getByRole("group", { name: "stance" });
    await values.getByLabel("AGREED", { exact: true }).and(page.locator(":checked")).waitFor();
    await values.getByLabel("REFUSED").check();
    await page.locator(".graphiql-query-editor .view-lines", { hasText: "REFUSED" }).waitFor();
    assert.match((await query(page)).replace(/\s/g, ""), /stance:\[AGREED,REFUSED\]/);
    await values.getByLabel("AGREED", { exact: true }).uncheck();
    await page.waitForFunction(() => !document.querySelector(".graphiql-query-editor .view-lines").textContent.includes("AGREED"));
    await run(page);
    await responds(page, '"totalCount"');
  });
  for (const [theme, colour] of [["dark", "rgb(20, 25, 31)"], ["light", "rgb(252, 251, 248)"]]) {
    await check(`the playground has the ${theme} theme that was chosen on the atlas`, () => withPage(browser, server.site, async (page) => {
      await page.goto(server.site);
      await page.locator(".more summary").click();
      await page.getByLabel(theme === "dark" ? "Dark" : "Light").check();
      await open(page, home);
      await page.locator(`body.graphiql-${theme}`).waitFor();
      const background = await page.locator(".graphiql-container").evaluate((element) => getComputedStyle(element).backgroundColor);
      assert.equal(background, colour);
    }, { colorScheme: theme === "dark" ? "light" : "dark" }), 60_000);
  }
  await visit("completion suggests fields", linkTo(server, "query Probe {\n  \n}"), async (page) => {
    await page.locator(".graphiql-query-editor .view-line").nth(1).click();
    // The list shows a dozen of all root fields.
    await page.keyboard.type("countr");
    await page.keyboard.press("Control+Space");
    await page.locator(".suggest-widget .monaco-list-row[aria-label^='countries']").first().waitFor();
  });

  for (const [headers, sentence] of [
    ['{ "authorization": "Bearer wrong" }', "UNAUTHENTICATED"],
    ['{ "Authorization": "wrong" }', "UNAUTHENTICATED"],
    ['{ "authorization": "Bearer ✗" }', "Request headers"],
  ]) {
    await visit(`a subscription with the headers ${headers} fails at once`, linkTo(server, SUBSCRIPTION), async (page) => {
      await writeHeaders(page, headers);
      await page.evaluate(() => { performance.mark("run"); });
      await run(page);
      await responds(page, sentence);
      const elapsed = await page.evaluate(() => performance.now() - performance.getEntriesByName("run")[0].startTime);
      assert.ok(elapsed < 3000, `${elapsed} ms`); // a retry with a pause would take longer
    });
  }
  for (const [source, text] of [
    ['subscription X { stanceChanged(after: "x") { to } }', "CURSOR_INVALID"],
    ["subscription X { stanceChanged { nothing } }", "nothing"],
    ["subscription X { stanceChanged { to ", "errors"],
    ["subscription X { stanceChanged { to } ledgerAppended { seq } }", "errors"],
    ["query X { country(code: \"RW\") { nothing } }", "nothing"],
    ["query X { __typename", "errors"],
  ]) {
    await visit(`shows the error of ${source}`, linkTo(server, source), async (page) => {
      await run(page);
      await responds(page, text);
      await page.locator(".graphiql-execute-button[aria-label^='Execute']").waitFor();
    });
  }
  await visit("says that the server cannot be reached", linkTo(server, "query Q { viewer { role } }"), async (page) => {
    await page.route("**/graphql", (route) => route.abort());
    await run(page);
    await responds(page, "The server cannot be reached");
  });
  await check("an editor without its workers runs operations", () => withPage(browser, server.site, async (page) => {
    await page.route("**/*worker*", (route) => route.abort());
    await page.goto(linkTo(server, "query Q { viewer { role } }"));
    await page.locator(".graphiql-query-editor .view-line").first().waitFor();
    await run(page);
    await responds(page, '"READER"');
  }), 60_000);
  await visit("says that a proxy's error is no JSON", linkTo(server, "query Q { viewer { role } }"), async (page) => {
    await page.route("**/graphql", (route) => route.fulfill({ status: 502, contentType: "text/html", body: "<h1>Bad gateway</h1>" }));
    await run(page);
    await responds(page, "not JSON (HTTP status 502)");
  });

  await visit("the keys that the shortcuts window names work", linkTo(server, UNFORMATTED), async (page) => {
    await page.locator("[data-value='short-keys']").click();
    const rows = await page.locator(".graphiql-dialog .graphiql-table tbody tr").allInnerTexts();
    await page.keyboard.press("Escape");
    const keysOf = (name) => rows.find((row) => row.includes(name)).split("\t")[0].replaceAll(" ", "").replaceAll("Ctrl", "Control");
    const isReloaded = page.waitForEvent("load", { timeout: 1000 }).then(() => true, () => false);
    await page.locator(".graphiql-query-editor .view-lines").click();
    await page.keyboard.press(keysOf("Prettify"));
    await page.locator(".graphiql-query-editor .view-line", { hasText: /^\s*role$/ }).waitFor();
    const schema = page.waitForRequest((request) => request.postData()?.includes("IntrospectionQuery"));
    await page.keyboard.press(keysOf("Re-fetch"));
    await schema;
    assert.equal(await isReloaded, false, "the page was reloaded");
    await page.locator(".graphiql-query-editor .view-lines").click();
    await page.keyboard.press(keysOf("Execute"));
    await responds(page, '"READER"');
    await page.keyboard.press(keysOf("Search in editor"));
    await page.locator(".find-widget.visible").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("F1");
    await page.locator(".quick-input-widget:visible").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("[aria-label='Show Documentation Explorer']").click();
    await page.locator(".graphiql-doc-explorer-title").waitFor();
    await page.keyboard.press(keysOf("Search in documentation"));
    await page.locator(".graphiql-doc-explorer-search input:focus").waitFor();
  });
  await visit("merging and copying have keys that work", linkTo(server, "query Q { viewer { ...F } }\nfragment F on Viewer { role }"), async (page) => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.locator(".graphiql-query-editor .view-lines").click();
    await page.keyboard.press("Shift+Control+C");
    await page.waitForFunction(() => navigator.clipboard.readText().then((text) => text.includes("...F")));
    await page.keyboard.press("Shift+Control+M");
    await page.locator(".graphiql-query-editor .view-lines", { hasText: "fragment" }).waitFor({ state: "detached" });
    assert.doesNotMatch(await query(page), /\.\.\.F/);
  });
  await visit("a link opens from the page about the service, and one leads to the first page", server.site + "/playground/", async (page) => {
    await page.goto(`${server.site}/about`);
    await page.locator("main a", { hasText: "Where do sources disagree?" }).click();
    await ready(page);
    assert.equal((await tabs(page)).names[(await tabs(page)).active], "Where do sources disagree?");
    await page.locator(".playground-home").click();
    await page.locator("h1", { hasText: "has asked or named" }).waitFor();
  });
  await browser.close();
}
