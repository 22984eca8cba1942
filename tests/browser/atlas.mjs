// The atlas, the page at `/`: what it says, time, keyboard, sharing and frames.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { ask } from "../peers/target.mjs";
import { isAccessible, picture, ready, said, visitor, WIDE } from "./atlas-page.mjs";
import { launch, withPage } from "./browser.mjs";
import { INITIATIVE } from "./server.mjs";

const TALLY = `query($i: ID!, $at: MomentInput) { initiative(slug: $i) { tally(at: $at) { disputed byStance { stance count } } } }`;

export default async function atlas(check, server) {
  const browser = await launch();
  const visit = visitor(browser, server);

  await check("the first view asks only this origin, for at most seven things, within the budgets", async () => {
    await withPage(browser, server.site, async (page) => {
      const sizes = new Map();
      page.on("requestfinished", async (request) => {
        const { responseBodySize } = await request.sizes();
        const { pathname } = new URL(request.url());
        if (pathname !== "/favicon.svg") sizes.set(pathname, responseBodySize); // of the browser's own, beside the page
      });
      await page.goto(`${server.site}/`);
      await ready(page);
      await page.locator(".lamp-live").waitFor();
      assert.ok(sizes.size <= 7, [...sizes.keys()].join(" "));
      const size = (pattern) => [...sizes].filter(([name]) => pattern.test(name)).reduce((sum, [, bytes]) => sum + bytes, 0);
      for (const [pattern, most] of [[/\.js$/, 75_000], [/\.css$/, 6_000], [/\.woff2$/, 52_000], [/shapes/, 40_000]]) {
        assert.ok(size(pattern) > 0 && size(pattern) <= most, `${pattern}: ${size(pattern)} bytes`);
      }
    }, WIDE);
  });
  await check("without scripts the page has the same sentence and a row for every state", async () => {
    let scripted;
    await visit("/", async (page) => { scripted = await said(page); });
    await withPage(browser, server.site, async (page) => {
      await page.goto(`${server.site}/`);
      assert.equal(await page.locator("#headline").innerText(), scripted.headline);
      assert.equal(await page.locator("#sub").innerText(), scripted.sub);
      assert.equal(await page.locator("#table tbody tr").count(), scripted.total);
      assert.ok(await page.locator("#table").isVisible());
      for (const link of ["/about", "/playground/", "/schema.graphql"]) assert.equal(await page.locator(`.more a[href="${link}"]`).count(), 1, link);
      await page.screenshot({ path: picture("without-scripts") });
    }, { ...WIDE, javaScriptEnabled: false });
  });
  await check("sentence, tiles, options of the map, table and tally agree, now and at stops of both clocks", async () => {
    const stops = await ask(server, `{ initiative(slug: "${INITIATIVE}") { now: steps { on } then: steps(clock: PUBLISHED) { on } } }`);
    const some = ["now", "then"].flatMap((known) => stops.initiative[known].filter((_, i) => i % 15 === 3).map(({ on }) => ({ known, on })));
    for (const { known, on } of [{}, ...some]) {
      const at = on && { [known === "then" ? "publishedBy" : "validOn"]: on };
      const { initiative: { tally } } = await ask(server, TALLY, { i: INITIATIVE, at });
      const address = on ? `/?on=${on}${known === "then" ? "&known=then" : ""}` : "/";
      await visit(address, async (page) => {
        const { tiles, options, headline, total } = await said(page);
        const counts = Object.fromEntries(tally.byStance.map(({ stance, count }) => [stance, count]));
        for (const [stance, count] of Object.entries(tiles)) {
          assert.equal(count, stance === "DISPUTED" ? tally.disputed : counts[stance] ?? 0, `${address}: ${stance}`);
        }
        assert.equal(options, total, address);
        assert.ok(headline.includes(` ${total} state`), `${address}: ${headline}`);
        if (counts.REFUSED) assert.match(headline, new RegExp(`\\b${counts.REFUSED}( had)? refused`), address);
        await page.getByText("Table", { exact: true }).click();
        assert.equal(await page.locator("#table tbody tr").count(), total, address);
      });
    }
  }, 120_000);
  await check("the table says what each stance of a day rested on", () => visit("/?on=2025-07-01&known=then&view=table", async (page) => {
    await page.locator("#table tbody td:nth-child(6) a").first().waitFor();
    const rows = await page.locator("#table tbody tr").evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
    assert.ok(rows.length > 20 && rows.every((cells) => cells[3] !== "" && /^No\. \d+$/.test(cells[5])), JSON.stringify(rows.find((cells) => cells[3] === "")));
    const query = `query($at: MomentInput) { initiative(slug: "${INITIATIVE}") { relationships(first: 100, at: $at) { nodes { requestedState { name } position(at: $at) { basis { number } } } } } }`;
    const { initiative } = await ask(server, query, { at: { publishedBy: "2025-07-01" } });
    for (const [name, , , , , number] of rows) {
      const node = initiative.relationships.nodes.find(({ requestedState }) => requestedState.name === name);
      assert.equal(number, `No. ${node.position.basis.number}`, name);
    }
  }));
  await check("dragging through time sends no request, and neither map nor chart moves", () => visit("/", async (page) => {
    const sent = [];
    const place = () => page.evaluate(() => ["#map", ".chart"].map((name) => { const { x, y, width, height } = document.querySelector(name).getBoundingClientRect(); return [x, y, width, height]; }));
    const before = await place();
    const { x, y, width } = await page.locator(".track").boundingBox();
    // The browser asks for the icon when it likes.
    page.on("request", (request) => request.url().endsWith("/favicon.svg") || sent.push(request.url()));
    await page.mouse.move(x + width - 20, y + 60);
    await page.mouse.down();
    for (let at = width - 80; at > 4; at -= 12) {
      await page.mouse.move(x + at, y + 60);
      assert.deepEqual(await place(), before);
    }
    assert.deepEqual(sent.filter((url) => !/states/.test(decodeURIComponent(url))), []);
    assert.ok(sent.length < 6, `${sent.length} requests`);
    await page.mouse.up();
    await page.keyboard.press("End");
    await page.locator(".date-big", { hasText: "Today" }).waitFor();
  }));
  await check("the map is one stop of the keys, and arrows lead from every state to every other", () => visit("/", async (page) => {
    await page.locator(".surface").focus();
    assert.match(await page.locator(".surface").getAttribute("aria-label"), /^Map of \d+ states\. Arrow keys/);
    const names = await page.locator("[role=option]").evaluateAll((all) => all.map((option) => option.getAttribute("aria-label")));
    assert.ok(names.length > 40 && names.every((name) => /^.+: [a-z ]+(, since .+)?$/.test(name)), names.join("; "));
    const unreached = await page.evaluate(() => {
      const surface = document.querySelector(".surface");
      const press = (key) => {
        surface.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
        return surface.getAttribute("aria-activedescendant");
      };
      const first = press("Home");
      const paths = new Map([[first, []]]);
      const steps = new Map(); // states that lead to a state
      for (const [state, path] of paths) {
        for (const arrow of ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"]) {
          press("Home");
          for (const key of path) press(key);
          const next = press(arrow);
          steps.set(next, [...(steps.get(next) ?? []), state]);
          if (next !== state && !paths.has(next)) paths.set(next, [...path, arrow]);
        }
      }
      const back = new Set([first]); // states from which the first one is reached
      for (const state of back) for (const before of steps.get(state) ?? []) back.add(before);
      return [...document.querySelectorAll("[role=option]")].map(({ id }) => id).filter((id) => !paths.has(id) || !back.has(id));
    });
    assert.deepEqual(unreached, []);
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await page.locator(".panel-title").waitFor();
    assert.match(page.url(), /\?c=[A-Z]{2}$/);
  }), 60_000);
  await check("by keyboard alone a state is found, another opened by arrows, three compared and one cited", () => visit("/", async (page, context) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const active = () => page.locator(".surface").getAttribute("aria-activedescendant");
    await page.keyboard.press("/");
    await page.keyboard.type("kiri");
    await page.locator(".found li", { hasText: "Kiribati" }).waitFor();
    await page.keyboard.press("Enter");
    await page.locator(".panel-title", { hasText: "Kiribati" }).waitFor();
    await page.locator(".surface").focus();
    await page.keyboard.press("0");
    await page.keyboard.type("g");
    while ((await active()) !== "state-GD") await page.keyboard.type("g");
    for (let presses = 0; (await active()) !== "state-DM"; presses += 1) {
      assert.ok(presses < 10, await active());
      await page.keyboard.press("ArrowUp");
    }
    await page.keyboard.press("Enter");
    await page.locator(".panel-title", { hasText: "Dominica" }).waitFor();
    for (const key of ["ArrowDown", "ArrowDown"]) {
      await page.keyboard.press(key);
      await page.keyboard.press("Space");
    }
    await page.locator(".rows li").nth(2).waitFor();
    await page.locator("#side").getByRole("button", { name: "Cite" }).first().focus();
    await page.keyboard.press("Enter");
    await page.locator("dialog[open]").getByRole("button", { name: "Copy" }).first().focus();
    await page.keyboard.press("Enter");
    await page.locator("dialog[open]").getByText("Copied").waitFor();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^Démarche, “.+CC BY 4\.0\.$/s);
  }), 30_000);
  await check("a state opens with its statements, by click, by name and by address", async () => {
    await visit("/?c=CM", async (page) => {
      await page.locator(".panel-title", { hasText: "Cameroon" }).waitFor();
      await page.locator(".said").first().waitFor();
      assert.ok(await page.locator(".contradiction .rivals > div").count() === 2);
      await page.getByText("← Latest changes").click();
      await page.locator("h2", { hasText: "Latest changes" }).waitFor();
      assert.equal(page.url(), `${server.site}/`);
      await page.goBack();
      await page.locator(".panel-title", { hasText: "Cameroon" }).waitFor();
    });
    await visit("/", async (page) => {
      await page.keyboard.press("/");
      await page.keyboard.type("swaz");
      await page.locator(".found li", { hasText: "Eswatini" }).waitFor();
      await page.keyboard.press("Enter");
      await page.locator(".panel-title", { hasText: "Eswatini" }).waitFor();
      await page.locator(".said").first().waitFor();
    });
  }, 60_000);
  await check("states are compared, five at most, and the address keeps them", () => visit("/?c=RW~SZ~UG", async (page) => {
    assert.equal(await page.locator(".rows li").count(), 3);
    await page.getByText("Clear", { exact: true }).click();
    await page.locator(".rows").waitFor({ state: "detached" });
  }));
  await check("a view is shared by a link that stays as it is, embedded and cited", () => visit("/?on=2025-07-01", async (page) => {
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByLabel("As it is now").check();
    assert.match(await page.getByLabel("Link", { exact: true }).last().inputValue(), /\/\?on=2025-07-01&at=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    await page.getByRole("tab", { name: "Embed" }).click();
    assert.match(await page.getByLabel("Code for a page").inputValue(), /^<iframe src="http[^"]+\/embed\?on=2025-07-01&amp;at=/);
    await page.getByRole("tab", { name: "Picture" }).click();
    const pictures = await page.locator(".pictures a").evaluateAll((all) => all.map((link) => link.href));
    assert.equal(pictures.length, 8);
    for (const address of pictures) assert.match(address, /\/image\.(png|svg)\?on=2025-07-01&at=[^&]+Z&w=(1200&h=630|1600&h=1000)(&theme=dark)?$/);
    const drawn = await page.request.get(pictures.find((address) => address.includes(".svg")));
    assert.deepEqual([drawn.status(), drawn.headers()["content-type"].split(";")[0]], [200, "image/svg+xml"]);
    await page.getByRole("tab", { name: "Cite" }).click();
    assert.match(await page.getByLabel("Text", { exact: true }).inputValue(), /^Démarche, “.+”, as recorded on \d+ \w+ \d{4}, \d\d:\d\d UTC \(entry \d+\)\. http.+ CC BY 4\.0\.$/);
    await isAccessible(page);
    await page.screenshot({ path: picture("share") });
  }), 60_000);
  await check("another origin frames the map at /embed, and no other page", async () => {
    const host = createServer((_, response) => {
      response.setHeader("content-type", "text/html");
      response.end(`<!doctype html><title>host</title><script>addEventListener("message", ({ data }) => { document.title = String(data.height); });</script>
        <iframe id="embed" src="${server.site}/embed?on=2025-07-01" width="600" height="520"></iframe><iframe id="page" src="${server.site}/" width="600" height="520"></iframe>`);
    });
    await new Promise((done) => { host.listen(0, "127.0.0.1", done); });
    const context = await browser.newContext(WIDE);
    try {
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${host.address().port}/`);
      const frame = page.frameLocator("#embed");
      await frame.locator(".state[data-stance]").first().waitFor({ state: "attached" });
      await frame.locator("#headline", { hasText: "By 1 July 2025" }).waitFor();
      await page.waitForFunction(() => Number(document.title) > 300);
      assert.equal(await page.frameLocator("#page").locator("#headline").count(), 0);
      await page.screenshot({ path: picture("embed") });
    } finally {
      await context.close();
      host.close();
    }
  }, 60_000);
  await browser.close();
}
