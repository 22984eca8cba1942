// GraphQL over HTTP: the audits of `graphql-http`, the reference implementation. Its SHOULD and MAY count like its MUST.

import assert from "node:assert/strict";
import { serverAudits } from "graphql-http";

const COUNT = 61; // of graphql-http 1.23: fewer would mean that some were not run

export default async function audits(check, target) {
  const all = serverAudits({ url: target.http });
  await check(`there are ${COUNT} audits`, () => assert.equal(all.length, COUNT));
  for (const { id, name, fn } of all) {
    await check(`${id} ${name}`, async () => {
      const result = await fn();
      assert.equal(result.status, "ok", result.reason);
    });
  }
}
