// Code of a front end that uses the output of graphql-codegen. It is type-checked, but not executed.

import type { ResultOf, VariablesOf } from "@graphql-typed-document-node/core";
import { read, type FragmentType } from "../generated/codegen/fragment-masking";
import { graphql } from "../generated/codegen/gql";

const Position = graphql(`
  fragment Position on Relationship {
    requestedState { code name(lang: "fr") }
    stance
    since
    disputed
  }
`);

const Page = graphql(`
  query Page($filter: RelationshipFilter, $orderBy: RelationshipOrder, $after: String) {
    relationships(filter: $filter, orderBy: $orderBy, first: 50, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { id ...Position }
    }
  }
`);

const Statements = graphql(`
  query Statements($at: MomentInput) {
    statements(at: $at, first: 10) {
      nodes {
        __typename
        number
        recordedAt
        subject { ... on Country { code } ... on Initiative { slug } ... on Relationship { id } }
        ... on FundingStatement { amount currency }
      }
    }
  }
`);

const Record = graphql(`
  mutation Record($input: RecordStatementInput!) {
    recordStatement(input: $input) { statement { id } stanceChange { from to cursor } }
  }
`);

const Changes = graphql(`
  subscription Changes($filter: StanceChangeFilter, $after: String) {
    stanceChanged(filter: $filter, after: $after) { cursor kind occurredOn relationship { ...Position } }
  }
`);

export function line(masked: FragmentType<typeof Position>): string {
  const { requestedState, stance, since, disputed } = read(Position, masked);
  return `${requestedState.name}: ${stance} since ${since ?? "?"}${disputed ? " (disputed)" : ""}`;
}

export function lines(page: ResultOf<typeof Page>): string[] {
  return page.relationships.nodes.map(line);
}

export function what({ statements }: ResultOf<typeof Statements>): string[] {
  return statements.nodes.map((statement) => {
    const at: string = statement.recordedAt;
    return statement.__typename === "FundingStatement" ? `${statement.amount ?? "?"} ${statement.currency ?? ""} ${at}` : at;
  });
}

export const filter: VariablesOf<typeof Page> = {
  filter: { stance: ["AGREED", "IMPLEMENTING"], requestedState: { name: { contains: "an" } } },
  orderBy: { field: "SINCE" },
};

export const record: VariablesOf<typeof Record> = {
  input: {
    idempotencyKey: "k",
    subject: { relationship: { initiative: "x", requestedState: "TN" } },
    claimant: { kind: "PRESS", label: "A newspaper" },
    validFrom: "2025-06",
    summary: "x",
    body: { stance: { stance: "REFUSED" } },
    evidence: [{ source: "x", relation: "SUPPORTS" }],
  },
};

export const cursor = ({ stanceChanged }: ResultOf<typeof Changes>): string => stanceChanged.cursor;

// @ts-expect-error: exactly one kind of body
export const two: VariablesOf<typeof Record>["input"]["body"] = { stance: { stance: "REFUSED" }, concern: { category: "DETENTION_CONDITIONS" } };

// @ts-expect-error: no such stance
export const no: VariablesOf<typeof Page> = { filter: { stance: ["NOWHERE"] } };
