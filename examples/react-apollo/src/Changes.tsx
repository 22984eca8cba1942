// The changes since the page was loaded. Apollo Client writes each one to its cache, so the table shows the new stance by itself.

import { useSubscription } from "@apollo/client/react";
import { StanceChangedDocument, type StanceChangedSubscription } from "demarche-client";
import { useState } from "react";

type Change = StanceChangedSubscription["stanceChanged"];

export function Changes({ after, onLost }: { after: string; onLost: () => void }) {
  const [changes, setChanges] = useState<Change[]>([]);
  const { error } = useSubscription(StanceChangedDocument, {
    variables: { after },
    onData({ data: { data } }) {
      if (data) setChanges((earlier) => [data.stanceChanged, ...earlier]);
    },
  });
  return (
    <section>
      <h1>Changes</h1>
      {error && <p role="alert">{error.message} <button onClick={onLost}>Load again</button></p>}
      <ol>
        {changes.map(({ cursor, from, to, relationship }) => (
          <li key={cursor}>{relationship.requestedState.name}: {from} → {to}</li>
        ))}
      </ol>
    </section>
  );
}
