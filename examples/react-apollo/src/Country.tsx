// A country with everything about it in one query: what it was asked, the newest changes and statements of each.

import { useQuery } from "@apollo/client/react";
import { CountryDocument } from "demarche-client";

export function Country({ code }: { code: string }) {
  const { data } = useQuery(CountryDocument, { variables: { code } });
  const country = data?.country;
  if (!country) return null;
  return (
    <section id="country">
      <h2>{country.emoji} {country.name}</h2>
      {country.relationships.nodes.map(({ id, initiative, stance, since, changes, statements }) => (
        <article key={id}>
          <h3>{initiative.title}</h3>
          <p>{stance}{since && ` since ${since}`}</p>
          <ul>{changes.nodes.map((change) => <li key={change.cursor}>{change.from} → {change.to}</li>)}</ul>
          <ul>{statements.nodes.map((statement) => <li key={statement.id}>{statement.summary} ({statement.claimant.label})</li>)}</ul>
        </article>
      ))}
    </section>
  );
}
