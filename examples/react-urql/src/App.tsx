// Who was asked, and where they stand. The query also gives the cursor after which changes are followed, so that none is missed in between.

import { RelationshipsDocument } from "demarche-client";
import { useState } from "react";
import { useQuery } from "urql";
import { Changes } from "./Changes";
import { Country } from "./Country";

export function App() {
  const [{ data, error }, reload] = useQuery({ query: RelationshipsDocument, variables: { first: 100 } });
  const [code, setCode] = useState<string>();
  if (error) return <p role="alert">{error.message}</p>;
  if (!data) return <p>Loading…</p>;
  const cursor = data.ledger.head?.cursor;
  return (
    <main>
      {cursor && <Changes after={cursor} onLost={() => reload({ requestPolicy: "network-only" })} />}
      {code && <Country code={code} />}
      <table>
        <caption>{data.relationships.totalCount} states</caption>
        <tbody>
          {data.relationships.nodes.map(({ id, requestedState, stance, since, disputed }) => (
            <tr key={id} id={requestedState.code}>
              <th scope="row"><button onClick={() => setCode(requestedState.code)}>{requestedState.name}</button></th>
              <td>{stance}{disputed && " (disputed)"}</td>
              <td>{since}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </main>
  );
}
