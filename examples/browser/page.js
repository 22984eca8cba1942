// Who was asked, and where they stand; a country with everything about it; and each change as it is recorded. No library and no build.
// `EventSource` reconnects by itself and sends the ID of its last event, so nothing is missed; it stops for good only after an error status.

const server = new URLSearchParams(location.search).get("server") ?? "http://127.0.0.1:8000";

const RELATIONSHIPS = `query Relationships {
  relationships(first: 100) { nodes { stance since requestedState { code name } } }
  ledger { head { cursor } }
}`;
const COUNTRY = `query Country($code: ID!) {
  country(code: $code) {
    name
    relationships { nodes {
      initiative { title } stance since
      changes(last: 5) { nodes { from to } }
      statements(last: 3) { nodes { summary claimant { label } } }
    } }
  }
}`;
const CHANGES = `subscription Changes($after: String) {
  stanceChanged(after: $after) { from to relationship { since requestedState { code name } } }
}`;

/** Shows everything, and follows what is recorded after it. */
async function load() {
  const { relationships, ledger } = await ask(RELATIONSHIPS);
  const rows = relationships.nodes.map(({ requestedState: { code, name }, stance, since }) => {
    const button = element("button", name);
    button.onclick = () => showCountry(code);
    const row = element("tr", element("th", button), element("td", stance), element("td", since ?? ""));
    row.id = code;
    return row;
  });
  document.querySelector("tbody").replaceChildren(...rows);
  follow(ledger.head.cursor);
}

const address = (after) =>
  `${server}/graphql/stream?${new URLSearchParams({ query: CHANGES, variables: JSON.stringify({ after }) })}`;

function follow(after) {
  const stream = new EventSource(address(after));
  stream.addEventListener("next", ({ data: json, lastEventId }) => {
    const { data, errors } = JSON.parse(json);
    if (errors) {
      stream.close();
      return fail(errors[0].message);
    }
    after = lastEventId;
    show(data.stanceChanged);
  });
  stream.addEventListener("error", () => {
    if (stream.readyState === EventSource.CLOSED) setTimeout(goOn, 2000, after);
  });
}

/** After an error status: that of a server that restarts, or a refusal, for example because the cursor is of another ledger. */
async function goOn(after) {
  const response = await fetch(address(after), { headers: { accept: "text/event-stream" } }).catch(() => undefined);
  if (response?.status === 400) return fail((await response.json()).errors[0].message);
  response?.body.cancel();
  follow(after);
}

function show({ from, to, relationship: { since, requestedState: { code, name } } }) {
  document.querySelector("ol").prepend(element("li", `${name}: ${from} → ${to}`));
  const cells = document.getElementById(code)?.cells;
  if (cells) [cells[1].textContent, cells[2].textContent] = [to, since ?? ""];
}

async function showCountry(code) {
  const { country } = await ask(COUNTRY, { code });
  const articles = country.relationships.nodes.map(({ initiative, stance, since, changes, statements }) => element("article",
    element("h3", initiative.title),
    element("p", `${stance} ${since ?? ""}`),
    element("ul", ...changes.nodes.map((change) => element("li", `${change.from} → ${change.to}`))),
    element("ul", ...statements.nodes.map(({ summary, claimant }) => element("li", `${summary} (${claimant.label})`)))));
  document.querySelector("#country").replaceChildren(element("h2", country.name), ...articles);
}

async function ask(query, variables = {}) {
  const request = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ query, variables }) };
  const { data, errors } = await (await fetch(`${server}/graphql`, request)).json();
  if (errors) throw new Error(errors[0].message);
  return data;
}

/** Text stays text: what sources wrote is never read as HTML. */
function element(name, ...content) {
  const it = document.createElement(name);
  it.append(...content);
  return it;
}

function fail(message) {
  document.querySelector("#error").textContent = message;
}

await load();
