// The atlas, the page at `/`: what it says, time, keyboard, sharing and frames.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { ask } from "../peers/target.mjs";
import { isAccessible, picture, ready, said, STILL, visitor, WIDE } from "./atlas-page.mjs";
import { launch, withPage } from "./browser.mjs";
import { firstWholeSecond, INITIATIVE, recordStance } from "./server.mjs";

export default async function atlas(check, server) {
  const browser = await launch();
  const visit = visitor(browser, server);

  await check("the first view asks only this origin, for at most seven things with its icon, within the budgets", async () => {
    await withPage(browser, server.site, async (page) => {
      const sizes = new Map();
      page.on("requestfinished", async (request) => {
        const { responseBodySize } = await request.sizes();
        const { protocol, pathname } = new URL(request.url());
        if (protocol !== "data:") sizes.set(pathname, responseBodySize);
      });
      await page.goto(`${server.site}/`);
      await ready(page);
      await page.locator(".lamp-live").waitFor();
      assert.match(await page.locator("link[rel=icon]").getAttribute("href"), /^data:image\/svg/);
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
  await check("sentence, tiles, map and table agree with the tally and all positions, now, in a fixed view and at every stop of both clocks", async () => {
    const { initiative: stops } = await ask(server, `{ initiative(slug: "${INITIATIVE}") { now: steps { on } then: steps(clock: PUBLISHED) { on } } }`);
    const fixed = await firstWholeSecond(server);
    const views = [
      ["/?", null], [`/?at=${fixed}`, { recordedBy: fixed }],
      ...stops.now.map(({ on }) => [`/?on=${on}`, { validOn: on }]),
      ...stops.then.map(({ on }) => [`/?on=${on}&known=then`, { publishedBy: on }]),
    ];
    assert.ok(stops.now.length > 40 && stops.then.length > 40);
    const answers = await askAtAll(server, views.map(([, at]) => at));
    for (const isTable of [false, true]) {
      await visit(isTable ? "/?view=table" : "/", async (page) => {
        const shown = await page.evaluate(showAll, views.map(([address]) => address + (isTable ? "&view=table" : "")));
        for (const [index, { tally, relationships }] of answers.entries()) {
          const [address] = views[index];
          if (address.startsWith("/?at=")) continue; // another answer: below
          agree(`${address} ${isTable}`, shown[index], tally, relationships.nodes, isTable);
        }
      });
    }
    await visit(`/?at=${fixed}`, async (page) => {
      const [shown] = await page.evaluate(showAll, [`/?at=${fixed}`]);
      agree("fixed", shown, answers[1].tally, answers[1].relationships.nodes, false);
    });
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
  await check("what stances rest on is in the page, and is asked for only at another moment or after a new entry", async () => {
    const operations = [];
    await visit("/", async (page) => {
      page.on("request", (request) => { if (request.url().includes("/graphql?")) operations.push(decodeURIComponent(request.url())); });
      const state = page.locator(".state[role=option]").first();
      const code = await state.getAttribute("data-code");
      const query = `{ initiative(slug: "${INITIATIVE}") { relationships(filter: { requestedState: { codes: ["${code}"] } }) { nodes { position { basis { summary claimant { label } } } } } } }`;
      const basis = async () => (await ask(server, query)).initiative.relationships.nodes[0].position.basis;
      const { summary, claimant } = await basis();
      const point = () => state.dispatchEvent("pointermove", { bubbles: true, buttons: 0 });
      await point();
      await page.locator(".card-basis", { hasText: `${claimant.label}: ${summary}` }).waitFor();
      await page.getByText("Table", { exact: true }).click();
      await page.locator(`#table tr[data-code="${code}"]`, { hasText: claimant.label }).waitFor();
      await page.locator("#table tbody").evaluate((body) => { if ([...body.rows].some(({ cells }) => cells[5].textContent === "")) throw new Error("a row has no statement"); });
      assert.deepEqual(operations, []);
      await page.getByText("Map", { exact: true }).click();
      await recordStance(server, code, "IMPLEMENTING", { text: "Said by nobody before." });
      await page.locator(".item", { hasText: "Said by nobody before." }).waitFor();
      await point();
      await page.locator(".card-basis", { hasText: "Said by nobody before." }).waitFor();
    });
  }, 30_000);
  await check("dragging through time sends no request, and neither map nor chart moves", () => visit("/", async (page) => {
    const sent = [];
    const place = () => page.evaluate(() => ["#map", ".chart"].map((name) => { const { x, y, width, height } = document.querySelector(name).getBoundingClientRect(); return [x, y, width, height]; }));
    const before = await place();
    const { x, y, width } = await page.locator(".track").boundingBox();
    page.on("request", (request) => sent.push(request.url()));
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
  await check("a step through time changes what differs and makes little anew", () => visit("/", async (page) => {
    const { stops, made, changed, states } = await page.evaluate(countSteps);
    assert.ok(stops > 40);
    // Counts do not depend on the machine, as times do. Drawing the chart or the map anew would make hundreds of elements.
    assert.ok(Math.max(...made) <= 150 && median(made) <= 120, `elements made: ${made}`);
    assert.ok(Math.max(...changed) <= 8 * states && median(changed) <= states / 2, `attributes and texts changed: ${changed}`);
  }), 30_000);
  await check("with a quarter of the CPU the map is drawn in a few passes over the page", () => withPage(browser, server.site, async (page, context) => {
    const session = await context.newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    await session.send("Performance.enable");
    await page.goto(`${server.site}/`);
    await ready(page);
    const { metrics } = await session.send("Performance.getMetrics");
    const counted = Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
    assert.ok(counted.LayoutCount <= 20, `${counted.LayoutCount} layouts`);
    assert.ok(counted.Nodes <= 5_000, `${counted.Nodes} nodes`);
    assert.ok(await page.evaluate(() => document.querySelectorAll("[role=option]").length) > 40);
  }, { ...WIDE, ...STILL }), 30_000);
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
  await check("a state links the check of its position, at the moment that is shown", async () => {
    for (const [query, moment] of [["", ""], ["&on=2025-08-01", "&validOn=2025-08-01"], ["&on=2025-08-01&known=then", "&publishedBy=2025-08-01"]]) {
      await visit(`/?c=CM${query}`, async (page) => {
        const link = page.getByRole("link", { name: "Check that this follows from the ledger" });
        assert.equal(await link.getAttribute("href"), `/verify?initiative=${INITIATIVE}&country=CM${moment}`);
      });
    }
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

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** In the page: what each step through all stops makes and changes. */
async function countSteps() {
  const slider = document.querySelector(".track input");
  let records = [];
  const observer = new MutationObserver((more) => { records.push(...more); });
  observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  const elements = (node) => (node.nodeType === 1 ? 1 + node.getElementsByTagName("*").length : 0);
  const [made, changed] = [[], []];
  const stops = Number(slider.max);
  for (let stop = 0; stop < stops; stop += 1) {
    slider.value = String(stop);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    records.push(...observer.takeRecords());
    const added = records.flatMap(({ addedNodes }) => [...addedNodes]);
    made.push(added.reduce((sum, node) => sum + elements(node), 0));
    changed.push(records.filter(({ type }) => type !== "childList").length);
    records = [];
  }
  return { stops, made, changed, states: document.querySelectorAll(".state").length };
}

/** Tally and positions at each of the moments. */
async function askAtAll(server, moments) {
  const answers = [];
  const MOST = 20; // of one request
  for (let from = 0; from < moments.length; from += MOST) {
    const some = moments.slice(from, from + MOST);
    const fields = some.map((_, i) => `m${i}: initiative(slug: "${INITIATIVE}") { tally(at: $m${i}) { disputed byStance { stance count } }
      relationships(first: 100, at: $m${i}) { nodes { requestedState { code } position(at: $m${i}) { stance disputed } } } }`);
    const query = `query(${some.map((_, i) => `$m${i}: MomentInput`).join(", ")}) { ${fields.join("\n")} }`;
    const data = await ask(server, query, Object.fromEntries(some.map((at, i) => [`m${i}`, at])));
    answers.push(...some.map((_, i) => data[`m${i}`]));
  }
  return answers;
}

/** In the page: what it shows at each address, without loading it again. */
function showAll(addresses) {
  return addresses.map((address) => {
    history.replaceState(null, "", address);
    dispatchEvent(new PopStateEvent("popstate", { state: null }));
    const stances = (marks) => Object.fromEntries([...marks].map((mark) => [mark.closest("[data-code]").dataset.code, mark.dataset.stance]));
    return {
      headline: document.getElementById("headline").textContent,
      tiles: Object.fromEntries([...document.querySelectorAll("#tiles li")].map((tile) => [tile.dataset.stance, Number(tile.querySelector("b").textContent)])),
      options: document.querySelectorAll("[role=option]").length,
      map: stances(document.querySelectorAll(".state[role=option]")),
      table: stances(document.querySelectorAll("#table tbody tr .swatch")),
    };
  });
}

function agree(address, { headline, tiles, options, map, table }, tally, nodes, isTable) {
  const counts = Object.fromEntries(tally.byStance.map(({ stance, count }) => [stance, count]));
  for (const [stance, count] of Object.entries(tiles)) {
    assert.equal(count, stance === "DISPUTED" ? tally.disputed : counts[stance] ?? 0, `${address}: ${stance}`);
  }
  const known = nodes.filter(({ position }) => position.stance !== "UNKNOWN");
  assert.equal(options, known.length, address);
  const stances = Object.fromEntries(known.map(({ requestedState, position }) => [requestedState.code, position.stance]));
  assert.deepEqual(isTable ? table : map, stances, address);
  if (known.length > 0) assert.ok(headline.includes(` ${known.length} state`), `${address}: ${headline}`);
  if (counts.REFUSED) assert.match(headline, new RegExp(`\\b${counts.REFUSED}( had)? refused`), address);
}
