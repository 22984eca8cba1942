// Written by generate.mjs; do not edit.

/** The type of each scalar of the schema in TypeScript. */
export const scalars = {
  "Date": "string",
  "DateTime": "string",
  "Decimal": "string",
  "Edtf": "string",
  "Url": "string"
} as const;

/** The object types that an interface or a union may be. */
export const possibleTypes = {
  "Node": [
    "AgreementStatement",
    "ConcernStatement",
    "CountStatement",
    "Country",
    "DenialStatement",
    "FundingStatement",
    "Initiative",
    "LegalStatement",
    "PressureStatement",
    "Relationship",
    "ReturnStatement",
    "Source",
    "StanceChange",
    "StanceStatement",
    "TransferStatement"
  ],
  "Statement": [
    "AgreementStatement",
    "ConcernStatement",
    "CountStatement",
    "DenialStatement",
    "FundingStatement",
    "LegalStatement",
    "PressureStatement",
    "ReturnStatement",
    "StanceStatement",
    "TransferStatement"
  ],
  "Subject": [
    "Relationship",
    "Country",
    "Initiative"
  ]
} as const;

/** Object types without an `id`, which caches store inside of the object that has them. */
export const embeddedTypes = [
  "AddEvidencePayload",
  "Cap",
  "Claimant",
  "Contradiction",
  "Coordinates",
  "CorrectStatementPayload",
  "CountryCandidate",
  "CountryMatch",
  "Currency",
  "DisputeChange",
  "DryRun",
  "Edition",
  "Evidence",
  "Fragment",
  "Language",
  "Ledger",
  "LedgerEntry",
  "LedgerEntryConnection",
  "LedgerEntryEdge",
  "LedgerHead",
  "Limits",
  "Membership",
  "Move",
  "OpenInitiativePayload",
  "Organisation",
  "OrganisationTally",
  "PageInfo",
  "Period",
  "PlannedStanceChange",
  "Position",
  "PositionChange",
  "PositionPeriod",
  "RateLimit",
  "Recall",
  "RecordReviewPayload",
  "RecordStatementPayload",
  "Region",
  "RegionTally",
  "RegisterSourcePayload",
  "RelationshipConnection",
  "RelationshipEdge",
  "RetractStatementPayload",
  "Review",
  "SearchHit",
  "SourceConnection",
  "SourceEdge",
  "StanceChangeConnection",
  "StanceChangeEdge",
  "StanceCount",
  "StatementConnection",
  "StatementEdge",
  "StatementRevision",
  "Step",
  "Suspension",
  "Tally",
  "TallyPoint",
  "Viewer",
  "Webhook",
  "WebhookDelivery",
  "WebhookFilter",
  "WebhookWithSecret",
  "Wording"
] as const;
