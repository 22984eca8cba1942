// The playground as a reader uses it.

export const linkTo = (server, query) => `${server.site}/playground/?${new URLSearchParams({ query })}`;

/** Waits until the editors and the schema are there. */
export async function ready(page) {
  await page.locator(".graphiql-query-editor .view-line").first().waitFor();
  await page.locator(".result-window .view-lines").waitFor();
  await page.locator(".graphiql-sidebar .graphiql-spin").waitFor({ state: "detached" });
}

export async function open(page, url) {
  await page.goto(url);
  await ready(page);
}

export const run = (page) => page.locator(".graphiql-execute-button").click();

/** Waits until the visible part of the response contains the text, whatever the white space. */
export const responds = (page, text) =>
  page.waitForFunction(([words]) => {
    const lines = [...document.querySelectorAll(".result-window .view-line")];
    const inOrder = lines.sort((one, other) => parseInt(one.style.top) - parseInt(other.style.top));
    return inOrder.map((line) => line.textContent).join("").replace(/\s/g, "").includes(words);
  }, [text.replace(/\s/g, "")]).catch(async (error) => {
    const shown = await page.locator(".result-window .view-lines").innerText();
    throw new Error(`the response does not contain ${text}: ${shown} (${error.message})`);
  });

/** Waits until the line below the response contains the text. */
export const says = (page, text) => page.locator(".playground-status", { hasText: text }).waitFor();

export const saysEventCount = (page, count) => says(page, new RegExp(`Events received: ${count}\\.`));

/** The text of the query editor, as far as it is visible. */
export const query = (page) => textOf(page, ".graphiql-query-editor");

async function textOf(page, selector) {
  const lines = await page.locator(`${selector} .view-line`).allInnerTexts();
  return lines.join("\n").replaceAll("\u00a0", " ");
}

/** Writes at the start of the query editor. */
export async function write(page, text) {
  await page.locator(".graphiql-query-editor .view-lines").click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.insertText(text);
}

export async function writeHeaders(page, text) {
  await page.locator("button[data-name='headers']").click();
  const editor = page.locator(".graphiql-editor-tool .monaco-editor:visible .view-lines");
  await editor.click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(text);
}

/** Shows a tab. A click on a tab that is still moving is lost, because GraphiQL takes it for a drag. */
export async function showTab(page, index) {
  const active = page.locator(`.graphiql-tab:nth-child(${index + 1}).graphiql-tab-active`);
  for (let clicks = 0; clicks < 5 && (await active.count()) === 0; clicks += 1) {
    await page.locator(".graphiql-tab-button").nth(index).click();
    await active.waitFor({ timeout: 2_000 }).catch(() => {});
  }
  await active.waitFor();
}

export async function tabs(page) {
  return {
    names: await page.locator(".graphiql-tab-button").allInnerTexts(),
    active: await page.locator(".graphiql-tab").evaluateAll((all) => all.findIndex((tab) => tab.matches(".graphiql-tab-active"))),
  };
}

/** Waits until GraphiQL has stored its tabs with this text in them; it does so after a pause. */
export const stored = (page, text) =>
  page.waitForFunction((words) => localStorage["graphiql:tabState"]?.includes(words), text);
