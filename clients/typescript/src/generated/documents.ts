// Written by generate.mjs; do not edit.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** Reason for which a stance change was published. */
export type ChangeKind =
  /** A statement was recorded. */
  | 'EVENT'
  /** A statement was corrected. */
  | 'CORRECTION'
  /** A statement was retracted. */
  | 'RETRACTION';

/** Category of a claimant. */
export type ClaimantKind =
  /** The requesting state, through any of its authorities. */
  | 'REQUESTING_STATE'
  /** The requested state, through any of its authorities. */
  | 'REQUESTED_STATE'
  /**
   * An authority that claims to govern the requested state or a part of it, in competition with the recognised
   * government.
   */
  | 'RIVAL_AUTHORITY'
  /** A national or international court. */
  | 'COURT'
  /** A parliament or one of its committees. */
  | 'PARLIAMENT'
  /** An intergovernmental organisation. */
  | 'IGO'
  /** A non-governmental organisation. */
  | 'NGO'
  /** A news organisation, based on its own reporting. */
  | 'PRESS';

/** Filter for countries. A country matches if it meets every condition that is set. */
export type CountryFilter = {
  /** ISO 3166-1 alpha-2 codes, case-insensitive. An unknown code is a `NOT_FOUND` error. */
  codes?: Array<string | number> | null | undefined;
  /** UN M49 codes of regions or subregions, for example `002` for Africa. An unknown code is a `NOT_FOUND` error. */
  regions?: Array<string | number> | null | undefined;
  /** Whether the country is a member of the United Nations. */
  unMember?: boolean | null | undefined;
  /** Condition on any of its names, in any supported language, or on an alias. */
  name?: StringFilter | null | undefined;
  /** Membership of an international organisation. */
  memberOf?: MembershipFilter | null | undefined;
};

/** Condition on the membership of a country. */
export type MembershipFilter = {
  /**
   * Abbreviations of organisations, case-insensitive; the country is a member of any of them. An unknown one is a
   * `NOT_FOUND` error.
   */
  organisations: Array<string | number>;
  /** Day of the membership; omit it for memberships that have not ended. */
  at?: string | null | undefined;
  /** Whether the membership is suspended; omit it for both. */
  suspended?: boolean | null | undefined;
};

/**
 * A point in time along three axes. An omitted axis is unrestricted: `{}` is now, with everything recorded so far.
 * Example: `{ publishedBy: "2025-06-30" }` returns what was public at the end of June 2025.
 */
export type MomentInput = {
  /** Includes only stances that had certainly begun by this day. */
  validOn?: string | null | undefined;
  /** Includes only what was public by the end of this day. */
  publishedBy?: string | null | undefined;
  /** Includes only what this ledger contained at this time, including corrections and retractions. */
  recordedBy?: string | null | undefined;
};

/** Filter for relationships. A relationship matches if it meets every condition that is set. */
export type RelationshipFilter = {
  /** Slug of the initiative. An unknown slug is a `NOT_FOUND` error. */
  initiative?: string | number | null | undefined;
  /** Conditions on the requested state. */
  requestedState?: CountryFilter | null | undefined;
  /** Conditions on the requesting state. */
  requestingState?: CountryFilter | null | undefined;
  /** Any of these stances; compared with the current stance or, with `at`, the stance at that moment. */
  stance?: Array<Stance> | null | undefined;
  /** Whether the position is disputed, now or, with `at`, at that moment. */
  disputed?: boolean | null | undefined;
  /** Newest stance change recorded at or after this time, independent of `at`. */
  changedSince?: string | null | undefined;
  /** Last reviewed before this day, or never; with `at`, as known at that moment. See `Relationship.reviewedOn`. */
  reviewedBefore?: string | null | undefined;
};

/** What an entry did to a statement. */
export type RevisionKind =
  /** Another statement, `by`, corrects it. */
  | 'CORRECTED'
  /** It was retracted. */
  | 'RETRACTED'
  /** Its correction, `by`, was retracted: it is valid again. */
  | 'REINSTATED'
  /** Another statement, `by`, contradicts it. */
  | 'CONTRADICTED'
  /** Evidence for or against it was added. */
  | 'EVIDENCE_ADDED'
  /** A source that it cites was corrected, or the day of publication of a source that derives from a corrected one moved. */
  | 'SOURCE_CORRECTED';

/** Stance of a requested state on a request. */
export type Stance =
  /** No statement about this relationship is currently valid. Statements cannot claim it. */
  | 'UNKNOWN'
  /** Reported as a country that is or will be asked, without evidence that it was approached. */
  | 'NAMED'
  /** The request was made; no response is known. */
  | 'APPROACHED'
  /** The two states are in talks, or the requested state says that it is considering the request. */
  | 'NEGOTIATING'
  /** Willing to agree; terms are open or approval is pending. */
  | 'AGREED_IN_PRINCIPLE'
  /** Agreement concluded: signed, announced, or oral and acknowledged. */
  | 'AGREED'
  /** The agreement has been carried out at least once. */
  | 'IMPLEMENTING'
  /** Paused, but not ended. */
  | 'SUSPENDED'
  /** The request was refused. */
  | 'REFUSED'
  /** The agreement expired, was withdrawn or terminated, or was struck down. */
  | 'ENDED';

/** Filter for stance changes. A change matches if it meets every condition that is set. */
export type StanceChangeFilter = {
  /** Slugs of initiatives. An unknown slug is a `NOT_FOUND` error. */
  initiatives?: Array<string | number> | null | undefined;
  /** ISO 3166-1 alpha-2 codes of requested states, case-insensitive. An unknown code is a `NOT_FOUND` error. */
  countries?: Array<string | number> | null | undefined;
  /** UN M49 codes of regions or subregions of the requested state. An unknown code is a `NOT_FOUND` error. */
  regions?: Array<string | number> | null | undefined;
  /** Any of these stances before the change. */
  from?: Array<Stance> | null | undefined;
  /** Any of these stances after the change. */
  to?: Array<Stance> | null | undefined;
  /**
   * Any of these stances before or after the change. Use it to follow a stance: it also returns the change that ends it
   * or takes it back.
   */
  involves?: Array<Stance> | null | undefined;
  /** Any of these reasons for the publication. */
  kinds?: Array<ChangeKind> | null | undefined;
  /** Any of these categories of the claimant of `statement`. */
  claimants?: Array<ClaimantKind> | null | undefined;
  /** Whether the position was disputed after the change. */
  disputed?: boolean | null | undefined;
  /** Whether the transition is unusual, for example from `REFUSED` to `IMPLEMENTING`. */
  unusual?: boolean | null | undefined;
  /** Recorded at or before this time. Only for lists: a subscription with it is a `BAD_USER_INPUT` error. */
  recordedBy?: string | null | undefined;
};

/** Validity of a statement. */
export type Standing =
  /** Valid: neither corrected nor retracted. */
  | 'STANDING'
  /** Replaced by a correction; see `correctedBy`. */
  | 'CORRECTED'
  /** Retracted; see `retractionReason`. */
  | 'RETRACTED';

/** Kind of a statement. Each kind has its own type. */
export type StatementKind =
  /** The requested state's stance; type `StanceStatement`. */
  | 'STANCE'
  /** An agreement; type `AgreementStatement`. */
  | 'AGREEMENT'
  /** Money or goods provided or promised; type `FundingStatement`. */
  | 'FUNDING'
  /** A transfer of persons; type `TransferStatement`. */
  | 'TRANSFER'
  /** A court case or decision; type `LegalStatement`. */
  | 'LEGAL'
  /** A concern about conditions or rights; type `ConcernStatement`. */
  | 'CONCERN'
  /** Pressure on the requested state; type `PressureStatement`. */
  | 'PRESSURE'
  /** A denial of a request, an agreement, a transfer or funding; type `DenialStatement`. */
  | 'DENIAL'
  /** A claimed count; type `CountStatement`. */
  | 'COUNT'
  /** Persons sent home or on from the requested state; type `ReturnStatement`. */
  | 'RETURN';

/**
 * Conditions on a text. Case is ignored in every script, and so is whether a text is composed or decomposed; accents
 * count. A text matches if it meets every condition that is set; `{}` matches everything.
 */
export type StringFilter = {
  /** Equals this text. */
  equals?: string | null | undefined;
  /** Equals one of these texts; at most 300. */
  in?: Array<string> | null | undefined;
  /** Contains this text. */
  contains?: string | null | undefined;
  /** Starts with this text. */
  startsWith?: string | null | undefined;
};

export type CountryQueryVariables = Exact<{
  code: string | number;
  changes?: number | null | undefined;
  statements?: number | null | undefined;
}>;


export type CountryQuery = { country: { id: string, code: string, name: string, emoji: string, relationships: { nodes: Array<{ id: string, stance: Stance, since: string | null, disputed: boolean, initiative: { id: string, slug: string, title: string }, changes: { nodes: Array<{ id: string, cursor: string, kind: ChangeKind, from: Stance, to: Stance, occurredOn: string | null, recordedAt: string, statement:
              | { id: string, number: number, summary: string }
              | { id: string, number: number, summary: string }
              | { id: string, number: number, summary: string }
              | { id: string, number: number, summary: string }
              | { id: string, number: number, summary: string }
              | { id: string, number: number, summary: string }
              | { id: string, number: number, summary: string }
              | { id: string, number: number, summary: string }
              | { id: string, number: number, summary: string }
              | { id: string, number: number, summary: string }
             }> }, statements: { nodes: Array<
            | { id: string, number: number, kind: StatementKind, standing: Standing, summary: string, publishedOn: string, claimant: { label: string } }
            | { id: string, number: number, kind: StatementKind, standing: Standing, summary: string, publishedOn: string, claimant: { label: string } }
            | { id: string, number: number, kind: StatementKind, standing: Standing, summary: string, publishedOn: string, claimant: { label: string } }
            | { id: string, number: number, kind: StatementKind, standing: Standing, summary: string, publishedOn: string, claimant: { label: string } }
            | { id: string, number: number, kind: StatementKind, standing: Standing, summary: string, publishedOn: string, claimant: { label: string } }
            | { id: string, number: number, kind: StatementKind, standing: Standing, summary: string, publishedOn: string, claimant: { label: string } }
            | { id: string, number: number, kind: StatementKind, standing: Standing, summary: string, publishedOn: string, claimant: { label: string } }
            | { id: string, number: number, kind: StatementKind, standing: Standing, summary: string, publishedOn: string, claimant: { label: string } }
            | { id: string, number: number, kind: StatementKind, standing: Standing, summary: string, publishedOn: string, claimant: { label: string } }
            | { id: string, number: number, kind: StatementKind, standing: Standing, summary: string, publishedOn: string, claimant: { label: string } }
          > } }> } } | null, ledger: { head: { seq: number, cursor: string } } };

export type HeadQueryVariables = Exact<{ [key: string]: never; }>;


export type HeadQuery = { ledger: { head: { seq: number, cursor: string, recordedAt: string | null } } };

export type InitiativesQueryVariables = Exact<{
  at?: MomentInput | null | undefined;
}>;


export type InitiativesQuery = { initiatives: Array<{ id: string, slug: string, title: string, requestingState: { id: string, code: string, name: string }, tally: { total: number, byStance: Array<{ stance: Stance, count: number }> } }> };

export type PositionsQueryVariables = Exact<{
  at: MomentInput;
  filter?: RelationshipFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type PositionsQuery = { relationships: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, requestedState: { id: string, code: string, name: string }, position: { stance: Stance, since: string | null, certain: boolean, disputed: boolean, basis: { id: string, number: number, summary: string } | null } }> } };

export type RelationshipsQueryVariables = Exact<{
  filter?: RelationshipFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type RelationshipsQuery = { relationships: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, stance: Stance, since: string | null, disputed: boolean, requestedState: { id: string, code: string, name: string }, initiative: { id: string, slug: string, title: string } }> }, ledger: { head: { seq: number, cursor: string } } };

export type StanceChangedSubscriptionVariables = Exact<{
  filter?: StanceChangeFilter | null | undefined;
  after?: string | null | undefined;
}>;


export type StanceChangedSubscription = { stanceChanged: { id: string, cursor: string, kind: ChangeKind, from: Stance, to: Stance, occurredOn: string | null, recordedAt: string, relationship: { id: string, stance: Stance, since: string | null, disputed: boolean, requestedState: { id: string, code: string, name: string } }, statement:
      | { id: string, number: number, summary: string }
      | { id: string, number: number, summary: string }
      | { id: string, number: number, summary: string }
      | { id: string, number: number, summary: string }
      | { id: string, number: number, summary: string }
      | { id: string, number: number, summary: string }
      | { id: string, number: number, summary: string }
      | { id: string, number: number, summary: string }
      | { id: string, number: number, summary: string }
      | { id: string, number: number, summary: string }
     } };

export type ChangeFragment = { id: string, cursor: string, kind: ChangeKind, from: Stance, to: Stance, occurredOn: string | null, recordedAt: string, statement:
    | { id: string, number: number, summary: string }
    | { id: string, number: number, summary: string }
    | { id: string, number: number, summary: string }
    | { id: string, number: number, summary: string }
    | { id: string, number: number, summary: string }
    | { id: string, number: number, summary: string }
    | { id: string, number: number, summary: string }
    | { id: string, number: number, summary: string }
    | { id: string, number: number, summary: string }
    | { id: string, number: number, summary: string }
   };

export type StatementRevisedSubscriptionVariables = Exact<{
  statements: Array<string | number> | string | number;
  after?: string | null | undefined;
}>;


export type StatementRevisedSubscription = { statementRevised: Array<{ cursor: string, kind: RevisionKind, reason: string | null, statement:
      | { id: string, number: number, standing: Standing }
      | { id: string, number: number, standing: Standing }
      | { id: string, number: number, standing: Standing }
      | { id: string, number: number, standing: Standing }
      | { id: string, number: number, standing: Standing }
      | { id: string, number: number, standing: Standing }
      | { id: string, number: number, standing: Standing }
      | { id: string, number: number, standing: Standing }
      | { id: string, number: number, standing: Standing }
      | { id: string, number: number, standing: Standing }
    , by:
      | { id: string, number: number }
      | { id: string, number: number }
      | { id: string, number: number }
      | { id: string, number: number }
      | { id: string, number: number }
      | { id: string, number: number }
      | { id: string, number: number }
      | { id: string, number: number }
      | { id: string, number: number }
      | { id: string, number: number }
     | null }> };

export const ChangeFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Change"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"StanceChange"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"from"}},{"kind":"Field","name":{"kind":"Name","value":"to"}},{"kind":"Field","name":{"kind":"Name","value":"occurredOn"}},{"kind":"Field","name":{"kind":"Name","value":"recordedAt"}},{"kind":"Field","name":{"kind":"Name","value":"statement"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"summary"}}]}}]}}]} as unknown as DocumentNode<ChangeFragment, unknown>;
export const CountryDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Country"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"code"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"changes"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"5"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"statements"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"5"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"country"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"code"},"value":{"kind":"Variable","name":{"kind":"Name","value":"code"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"emoji"}},{"kind":"Field","name":{"kind":"Name","value":"relationships"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"stance"}},{"kind":"Field","name":{"kind":"Name","value":"since"}},{"kind":"Field","name":{"kind":"Name","value":"disputed"}},{"kind":"Field","name":{"kind":"Name","value":"initiative"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"slug"}},{"kind":"Field","name":{"kind":"Name","value":"title"}}]}},{"kind":"Field","name":{"kind":"Name","value":"changes"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"changes"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Change"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"statements"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"statements"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"standing"}},{"kind":"Field","name":{"kind":"Name","value":"summary"}},{"kind":"Field","name":{"kind":"Name","value":"publishedOn"}},{"kind":"Field","name":{"kind":"Name","value":"claimant"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"label"}}]}}]}}]}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"ledger"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"head"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"seq"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Change"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"StanceChange"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"from"}},{"kind":"Field","name":{"kind":"Name","value":"to"}},{"kind":"Field","name":{"kind":"Name","value":"occurredOn"}},{"kind":"Field","name":{"kind":"Name","value":"recordedAt"}},{"kind":"Field","name":{"kind":"Name","value":"statement"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"summary"}}]}}]}}]} as unknown as DocumentNode<CountryQuery, CountryQueryVariables>;
export const HeadDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Head"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"ledger"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"head"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"seq"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"recordedAt"}}]}}]}}]}}]} as unknown as DocumentNode<HeadQuery, HeadQueryVariables>;
export const InitiativesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Initiatives"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"at"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"MomentInput"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"initiatives"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"slug"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"requestingState"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"tally"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"at"},"value":{"kind":"Variable","name":{"kind":"Name","value":"at"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"total"}},{"kind":"Field","name":{"kind":"Name","value":"byStance"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"stance"}},{"kind":"Field","name":{"kind":"Name","value":"count"}}]}}]}}]}}]}}]} as unknown as DocumentNode<InitiativesQuery, InitiativesQueryVariables>;
export const PositionsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Positions"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"at"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"MomentInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"RelationshipFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"relationships"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"at"},"value":{"kind":"Variable","name":{"kind":"Name","value":"at"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"requestedState"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"position"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"at"},"value":{"kind":"Variable","name":{"kind":"Name","value":"at"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"stance"}},{"kind":"Field","name":{"kind":"Name","value":"since"}},{"kind":"Field","name":{"kind":"Name","value":"certain"}},{"kind":"Field","name":{"kind":"Name","value":"disputed"}},{"kind":"Field","name":{"kind":"Name","value":"basis"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"summary"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<PositionsQuery, PositionsQueryVariables>;
export const RelationshipsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Relationships"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"RelationshipFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"relationships"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"stance"}},{"kind":"Field","name":{"kind":"Name","value":"since"}},{"kind":"Field","name":{"kind":"Name","value":"disputed"}},{"kind":"Field","name":{"kind":"Name","value":"requestedState"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"initiative"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"slug"}},{"kind":"Field","name":{"kind":"Name","value":"title"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"ledger"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"head"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"seq"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}}]}}]}}]}}]} as unknown as DocumentNode<RelationshipsQuery, RelationshipsQueryVariables>;
export const StanceChangedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"StanceChanged"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"StanceChangeFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"stanceChanged"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Change"}},{"kind":"Field","name":{"kind":"Name","value":"relationship"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"stance"}},{"kind":"Field","name":{"kind":"Name","value":"since"}},{"kind":"Field","name":{"kind":"Name","value":"disputed"}},{"kind":"Field","name":{"kind":"Name","value":"requestedState"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Change"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"StanceChange"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"from"}},{"kind":"Field","name":{"kind":"Name","value":"to"}},{"kind":"Field","name":{"kind":"Name","value":"occurredOn"}},{"kind":"Field","name":{"kind":"Name","value":"recordedAt"}},{"kind":"Field","name":{"kind":"Name","value":"statement"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"summary"}}]}}]}}]} as unknown as DocumentNode<StanceChangedSubscription, StanceChangedSubscriptionVariables>;
export const StatementRevisedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"StatementRevised"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"statements"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"statementRevised"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"statements"},"value":{"kind":"Variable","name":{"kind":"Name","value":"statements"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"statement"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"standing"}}]}},{"kind":"Field","name":{"kind":"Name","value":"by"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}}]}}]}}]}}]} as unknown as DocumentNode<StatementRevisedSubscription, StatementRevisedSubscriptionVariables>;