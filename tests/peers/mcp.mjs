// The official SDKs of the Model Context Protocol: version 1 (revision 2025-11-25, with a handshake) and version 2 (2026-07-28).

import assert from "node:assert/strict";
import { Client as NewClient, StreamableHTTPClientTransport as NewTransport } from "@modelcontextprotocol/client";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as OldTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const ABOUT = { name: "peers", version: "1.0.0" };

export default async function mcp(check, target) {
  const url = new URL("/mcp", target.http);
  const clients = [
    ["2025-11-25", () => [new OldClient(ABOUT), new OldTransport(url)]],
    ["2026-07-28", () => [new NewClient(ABOUT, { versionNegotiation: { mode: "auto" } }), new NewTransport(url)]],
  ];
  for (const [revision, make] of clients) {
    const [client, transport] = make();
    await check(`${revision}: connects`, async () => {
      await client.connect(transport);
      assert.equal(client.getServerVersion().name, "demarche");
      if (client.getNegotiatedProtocolVersion) assert.equal(client.getNegotiatedProtocolVersion(), revision);
    });
    await check(`${revision}: lists the tools`, async () => {
      const { tools } = await client.listTools();
      assert.ok(tools.some(({ name }) => name === "positions") && tools.some(({ name }) => name === "run_query"));
    });
    // The clients check structured content against the schema of the tool.
    await check(`${revision}: calls a saved operation`, async () => {
      const { structuredContent } = await client.callTool({ name: "country", arguments: { code: "RW" } });
      assert.equal(structuredContent.data.country.code, "RW");
      const { data } = await (await fetch(structuredContent.permalink.replace(/^.*?(?=\/api\/)/, url.origin))).json();
      assert.deepEqual(data, structuredContent.data);
    });
    await check(`${revision}: runs a query, and no mutation`, async () => {
      const run = (query) => client.callTool({ name: "run_query", arguments: { query } });
      const { structuredContent } = await run("{ ledger { head { seq } } }");
      assert.equal(structuredContent.data.ledger.head.seq, structuredContent.seq);
      assert.equal((await run("mutation { __typename }")).isError, true);
    });
    await check(`${revision}: a tool that does not exist is an error`, () => assert.rejects(client.callTool({ name: "nothing", arguments: {} })));
    await client.close();
  }
}
