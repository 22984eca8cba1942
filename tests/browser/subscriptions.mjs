// A subscription in the playground survives Back, a server that is away and a hidden page, without a loss or a repeat.

import assert from "node:assert/strict";
import { createProxy } from "../peers/proxy.mjs";
import { launch, withPage } from "./browser.mjs";
import { linkTo, open, responds, run, says, saysEventCount, showTab, tabs } from "./operate.mjs";
import { INITIATIVE, freeCountries, recordStance } from "./server.mjs";

const SUBSCRIPTION = "subscription S { stanceChanged { from to relationship { requestedState { code } } } }";

export default async function subscriptions(check, server) {
  const browser = await launch();
  const proxy = await createProxy(new URL(server.http));
  const proxied = { ...server, site: `http://${proxy.host}` };
  const countries = await freeCountries(server);
  const change = async () => {
    const code = countries.pop();
    await recordStance(server, code, "NAMED");
    return code;
  };
  /** Subscribes; collects the country of every event that the page shows. */
  const subscribed = (name, source, act) => check(name, () => withPage(browser, proxied.site, async (page) => {
    await open(page, linkTo(proxied, source));
    const requests = [];
    page.on("request", (request) => { if (request.url().endsWith("/graphql/stream")) requests.push(request); });
    await run(page);
    await says(page, "Subscribed.");
    await act(page, requests);
  }), 60_000);

  await subscribed("shows each change and counts it", SUBSCRIPTION, async (page) => {
    const first = await change();
    await responds(page, `"code": "${first}"`);
    await saysEventCount(page, 1);
    const second = await change();
    await responds(page, `"code": "${second}"`);
    await saysEventCount(page, 2);
    await run(page);
    await says(page, "Subscription ended. Events received: 2.");
  });
  await subscribed("keeps its events as a list, also while another tab is shown", SUBSCRIPTION, async (page, requests) => {
    const own = (await tabs(page)).active;
    const [first, second] = [await change(), await change()];
    await saysEventCount(page, 2);
    await responds(page, `"code": "${first}"`);
    await responds(page, `"code": "${second}"`);
    await page.waitForFunction(() => document.querySelector(".result-window .view-lines").textContent.match(/"code"/g)?.length === 2);
    await showTab(page, 0);
    const meanwhile = await change();
    await run(page);
    await responds(page, '"byStance"');
    await showTab(page, own);
    await saysEventCount(page, 3);
    await responds(page, `"code": "${meanwhile}"`);
    // A new tab does not take over the events.
    await page.locator(".graphiql-tab-add").click();
    await page.locator(".graphiql-execute-button[aria-label^='Execute']").waitFor();
    const later = await change();
    await showTab(page, own);
    await saysEventCount(page, 4);
    await responds(page, `"code": "${later}"`);
    assert.equal(requests.length, 1);
    await run(page);
    await says(page, "Subscription ended. Events received: 4.");
  });
  await subscribed("ends when its tab is closed", SUBSCRIPTION, async (page, requests) => {
    await showTab(page, 0);
    const isEnded = page.waitForEvent("requestfailed", (request) => request === requests[0]);
    await page.locator(".graphiql-tab").last().hover();
    await page.locator(".graphiql-tab-close").last().click();
    await page.locator(".graphiql-tab").nth(6).waitFor({ state: "detached" });
    await isEnded;
  });
  await subscribed("continues after Back, behind the last event", SUBSCRIPTION, async (page) => {
    const seen = await change();
    await responds(page, `"code": "${seen}"`);
    await page.evaluate(() => { window.isSamePage = true; });
    await page.goto(proxied.site);
    const missed = [await change(), await change()];
    await page.goBack({ waitUntil: "commit" });
    assert.equal(await page.evaluate(() => window.isSamePage), true, "the page did not come from the back/forward cache");
    await saysEventCount(page, 3);
    await responds(page, `"code": "${missed[1]}"`);
    const next = await change();
    await responds(page, `"code": "${next}"`);
    await saysEventCount(page, 4);
  });
  await subscribed("continues after Back if nothing had happened before", SUBSCRIPTION, async (page) => {
    await page.goto(proxied.site);
    const missed = await change();
    await page.goBack({ waitUntil: "commit" });
    await responds(page, `"code": "${missed}"`);
    await saysEventCount(page, 1);
  });
  for (const [what, count] of [["before the first event", 0], ["after an event", 1]]) {
    await subscribed(`continues after the server was away ${what}`, SUBSCRIPTION, async (page, requests) => {
      for (let i = 0; i < count; i += 1) await responds(page, `"code": "${await change()}"`);
      proxy.cut();
      await says(page, "The connection was lost.");
      const missed = [await change(), await change()];
      const tries = requests.length;
      while (requests.length < tries + 3) await page.waitForRequest("**/graphql/stream"); // away for some seconds
      proxy.restore();
      await says(page, "Subscribed.");
      await saysEventCount(page, count + 2);
      await responds(page, `"code": "${missed[1]}"`);
      await responds(page, `"code": "${await change()}"`);
      await saysEventCount(page, count + 3);
    });
  }
  await subscribed("continues whatever the document looks like", `subscription Named($filter: StanceChangeFilter = {}) { ...Changes }
fragment Changes on Subscription { moved: stanceChanged(filter: $filter) { relationship { requestedState { code } } } }`, async (page) => {
    proxy.cut();
    await says(page, "The connection was lost.");
    const missed = await change();
    proxy.restore();
    await responds(page, `"code": "${missed}"`);
    await saysEventCount(page, 1);
  });
  await subscribed("a tally is not repeated after an interruption", `subscription T { tallyChanged(initiative: "${INITIATIVE}") { total byStance { stance count } } }`, async (page) => {
    await saysEventCount(page, 1);
    proxy.cut();
    await says(page, "The connection was lost.");
    proxy.restore();
    await says(page, /Subscribed\. Events received: 1\./);
    await change();
    await saysEventCount(page, 2);
  });
  await subscribed("a hidden page lets go of its connection and catches up when it is shown", SUBSCRIPTION, async (page) => {
    const show = (isHidden) => page.evaluate((value) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => value });
      document.dispatchEvent(new Event("visibilitychange"));
    }, isHidden);
    await show(true);
    await says(page, "Paused while the page is hidden.");
    const missed = await change();
    await show(false);
    await responds(page, `"code": "${missed}"`);
    await saysEventCount(page, 1);
  });
  await subscribed("says in words that the server does not resume", SUBSCRIPTION, async (page) => {
    await page.route("**/graphql/stream", (route) => route.fulfill({
      status: 400, contentType: "application/json", body: JSON.stringify({ errors: [{ message: "the cursor is of another ledger" }] }),
    }));
    proxy.cut();
    proxy.restore();
    await says(page, "The connection was lost, and the server did not resume the subscription.");
    await responds(page, "of another ledger");
  });
  proxy.close();
  await browser.close();
}
