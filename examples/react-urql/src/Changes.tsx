// The changes since the page was loaded. Graphcache stores each one, so the table shows the new stance by itself.

import { StanceChangedDocument, type StanceChangedSubscription } from "demarche-client";
import { useSubscription } from "urql";

type Change = StanceChangedSubscription["stanceChanged"];

export function Changes({ after, onLost }: { after: string; onLost: () => void }) {
  const [{ data, error }] = useSubscription({ query: StanceChangedDocument, variables: { after } }, addChange);
  return (
    <section>
      <h1>Changes</h1>
      {error && <p role="alert">{error.message} <button onClick={onLost}>Load again</button></p>}
      <ol>
        {data?.map(({ cursor, from, to, relationship }) => (
          <li key={cursor}>{relationship.requestedState.name}: {from} → {to}</li>
        ))}
      </ol>
    </section>
  );
}

const addChange = (earlier: Change[] | undefined, { stanceChanged }: StanceChangedSubscription): Change[] =>
  [stanceChanged, ...(earlier ?? [])];
