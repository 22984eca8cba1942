// Written by generate.mjs; do not edit.

export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A calendar day in ISO 8601 extended format (YYYY-MM-DD), for example `2025-03-31`. */
  Date: { input: string; output: string; }
  /**
   * A date and time in RFC 3339 format. Outputs are in UTC with six fractional digits, for example
   * `2025-03-31T12:00:00.000000Z`. Inputs may have any offset.
   */
  DateTime: { input: string; output: string; }
  /** A decimal number as a string, without loss of precision, for example `7500000.00`. */
  Decimal: { input: string; output: string; }
  /**
   * A date that is as precise as its source, in EDTF level 1 (ISO 8601-2): a year, month or day, optionally followed
   * by `~` (approximate), `?` (uncertain) or `%` (both), or an interval of two dates, one of which may be open
   * (`..`).
   * Examples: `2025`, `2025-03~`, `2025-01/2025-06` (some time in between), `../2025-06-25` (by that day).
   * Seasons, unspecified digits, unknown ends and years before 1900 are rejected, and so are intervals that have the
   * bounds of a single date: `2025-07/2025-07-01` is `2025-07-01`.
   */
  Edtf: { input: string; output: string; }
  /** An absolute http or https URL, at most 2,000 characters. The server never fetches it. */
  Url: { input: string; output: string; }
};

/** Adds evidence to an existing statement. */
export type AddEvidenceInput = {
  /** Idempotency key, at most 200 characters, unique per token; see `RecordStatementInput.idempotencyKey`. */
  idempotencyKey: Scalars['String']['input'];
  /** ID of the statement. */
  statement: Scalars['ID']['input'];
  /** The evidence to add: 1 to 50 items. */
  evidence: Array<EvidenceInput>;
};

/** Result of `addEvidence`. */
export type AddEvidencePayload = {
  __typename?: 'AddEvidencePayload';
  /** The statement with all of its evidence; null after a dry run. */
  statement?: Maybe<Statement>;
  /**
   * The ledger head directly after this entry. Store it to detect later whether the history up to here was
   * altered. After a dry run, the head that the input was checked against.
   */
  ledgerHead: LedgerHead;
  /** The stance change that this entry caused; null if the stance did not change, and after a dry run. */
  stanceChange?: Maybe<StanceChange>;
  /** What the mutation would do; null unless it has `dryRun: true`. */
  dryRun?: Maybe<DryRun>;
};

/** A webhook to add. */
export type AddWebhookInput = {
  /** Where to send changes: an `https://` URL of a host with public addresses, without user name, password and fragment. */
  url: Scalars['String']['input'];
  /** Which changes are sent; all, if omitted. `recordedBy` and empty lists are not allowed. */
  filter?: InputMaybe<StanceChangeFilter>;
  /** Send the changes after this ledger cursor; by default those that are recorded from now on. */
  after?: InputMaybe<Scalars['String']['input']>;
};

/** An agreement or arrangement and its terms. */
export type AgreementInput = {
  /** Legal form of the agreement. */
  instrument: Instrument;
  /** Whether the agreement is binding. */
  binding: Binding;
  /** Whether the text of the agreement is public. Returned as `textStatus`. */
  text: TextStatus;
  /** Date of signature. */
  signedOn?: InputMaybe<Scalars['Edtf']['input']>;
  /** Date of entry into force. */
  inForceOn?: InputMaybe<Scalars['Edtf']['input']>;
  /** Maximum number of persons that it covers; omit if there is no limit or it is unknown. */
  cap?: InputMaybe<CapInput>;
  /** Persons or matters that it covers, at most 600 characters. */
  scope?: InputMaybe<Scalars['String']['input']>;
};

/** A claim that an agreement exists, with its form and terms. */
export type AgreementStatement = Statement & Node & {
  __typename?: 'AgreementStatement';
  /** Global ID, for `node`. */
  id: Scalars['ID']['output'];
  /**
   * Number of the statement, used in its citation and permanent link. It equals the `seq` of the ledger
   * entry that recorded it.
   */
  number: Scalars['Int']['output'];
  /** Kind of the statement; each kind has its own type. */
  kind: StatementKind;
  /** The relationship, country or initiative that the statement is about. */
  subject: Subject;
  /** Author of the claim. */
  claimant: Claimant;
  /** Date from which the claim applies, as precise as its sources. */
  validFrom: Scalars['Edtf']['output'];
  /** The claim in one neutral sentence, written by the editors; at most 300 characters. */
  summary: Scalars['String']['output'];
  /** Editor's remark, for example on the interpretation of a source; null if there is none. */
  note?: Maybe<Scalars['String']['output']>;
  /** Evidence for or against the statement, in order of recording. */
  evidence: Array<Evidence>;
  /**
   * Day from which the statement counts as public, by current knowledge: the latest possible publication day
   * of its earliest dated supporting source (or of an original that the source derives from). Without a
   * dated source, the day of recording.
   */
  publishedOn: Scalars['Date']['output'];
  /** Time of recording. */
  recordedAt: Scalars['DateTime']['output'];
  /** Whether the statement is currently valid, corrected or retracted. */
  standing: Standing;
  /** The statement that this one corrects; null if it is not a correction. */
  corrects?: Maybe<Statement>;
  /** Reason for the correction; null if none was given or it is not a correction. */
  correctionReason?: Maybe<Scalars['String']['output']>;
  /**
   * Whether the disputes of the statement that this one corrects are its own: it is in dispute with what
   * contradicts that one, or is contradicted by it. False if it is not a correction.
   */
  keepsDisputes: Scalars['Boolean']['output'];
  /** The statement that currently replaces this one; null if there is none. */
  correctedBy?: Maybe<Statement>;
  /** Time of the retraction; null if it was not retracted. */
  retractedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Reason for the retraction; null if it was not retracted. */
  retractionReason?: Maybe<Scalars['String']['output']>;
  /**
   * Statements that this one contradicts in the editor's judgement, in order of recording; includes
   * corrected and retracted ones.
   */
  contradicts: Array<Statement>;
  /**
   * Statements that contradict this one in the editor's judgement, in order of recording; includes corrected
   * and retracted ones.
   */
  contradictedBy: Array<Statement>;
  /** Ready-to-use citation with a permanent link. It says so if the statement was corrected or retracted. */
  citation: Scalars['String']['output'];
  /** Legal form of the agreement. */
  instrument: Instrument;
  /** Whether the agreement is binding. */
  binding: Binding;
  /** Whether the text of the agreement is public. */
  textStatus: TextStatus;
  /** Date of signature; null if unknown. */
  signedOn?: Maybe<Scalars['Edtf']['output']>;
  /** Date of entry into force; null if unknown. */
  inForceOn?: Maybe<Scalars['Edtf']['output']>;
  /** Maximum number of persons that it covers; null if there is no limit or it is unknown. */
  cap?: Maybe<Cap>;
  /** Persons or matters that it covers, at most 600 characters; null if unknown. */
  scope?: Maybe<Scalars['String']['output']>;
};


/** A claim that an agreement exists, with its form and terms. */
export type AgreementStatementCitationArgs = {
  format?: CitationFormat;
};

/** Whether an agreement is binding on its parties. */
export type Binding =
  /** Binding. */
  | 'YES'
  /** Not binding. */
  | 'NO'
  /** The parties, or others with legal standing, disagree. */
  | 'CONTESTED'
  /** Unknown. */
  | 'UNKNOWN';

/**
 * Content of the claim; set exactly one field. `stance`, `agreement`, `transfer` and `return` require a relationship as
 * the subject, `count` an initiative.
 */
export type BodyInput =
  /** The requested state's stance. */
  { stance: StanceInput; agreement?: never; funding?: never; transfer?: never; legal?: never; concern?: never; pressure?: never; denial?: never; count?: never; return?: never; }
  |  /** An agreement or arrangement and its terms. */
  { stance?: never; agreement: AgreementInput; funding?: never; transfer?: never; legal?: never; concern?: never; pressure?: never; denial?: never; count?: never; return?: never; }
  |  /** Money or goods provided or promised. */
  { stance?: never; agreement?: never; funding: FundingInput; transfer?: never; legal?: never; concern?: never; pressure?: never; denial?: never; count?: never; return?: never; }
  |  /** A transfer of persons to the requested state. */
  { stance?: never; agreement?: never; funding?: never; transfer: TransferInput; legal?: never; concern?: never; pressure?: never; denial?: never; count?: never; return?: never; }
  |  /** A court case or decision. */
  { stance?: never; agreement?: never; funding?: never; transfer?: never; legal: LegalInput; concern?: never; pressure?: never; denial?: never; count?: never; return?: never; }
  |  /** A concern raised by the claimant. */
  { stance?: never; agreement?: never; funding?: never; transfer?: never; legal?: never; concern: ConcernInput; pressure?: never; denial?: never; count?: never; return?: never; }
  |  /** Pressure on the requested state. */
  { stance?: never; agreement?: never; funding?: never; transfer?: never; legal?: never; concern?: never; pressure: PressureInput; denial?: never; count?: never; return?: never; }
  |  /** A denial. */
  { stance?: never; agreement?: never; funding?: never; transfer?: never; legal?: never; concern?: never; pressure?: never; denial: DenialInput; count?: never; return?: never; }
  |  /** A count claimed by the claimant. */
  { stance?: never; agreement?: never; funding?: never; transfer?: never; legal?: never; concern?: never; pressure?: never; denial?: never; count: CountInput; return?: never; }
  |  /** Persons sent home or on from the requested state. */
  { stance?: never; agreement?: never; funding?: never; transfer?: never; legal?: never; concern?: never; pressure?: never; denial?: never; count?: never; return: ReturnInput; };

/** Maximum number of persons that an agreement covers. */
export type Cap = {
  __typename?: 'Cap';
  /** Number of persons. */
  persons: Scalars['Int']['output'];
  /** Period to which the number applies. */
  per: CapPeriod;
};

/** Maximum number of persons that an agreement covers in a period. */
export type CapInput = {
  /** Number of persons, 0 or more. */
  persons: Scalars['Int']['input'];
  /** Period to which the number applies. */
  per: CapPeriod;
};

/** Period to which a cap applies. */
export type CapPeriod =
  /** Per year. */
  | 'YEAR'
  /** Per month. */
  | 'MONTH'
  /** Per week. */
  | 'WEEK'
  /** In total, for the duration of the agreement. */
  | 'TOTAL';

/** Reason for which a stance change was published. */
export type ChangeKind =
  /** A statement was recorded. */
  | 'EVENT'
  /** A statement was corrected. */
  | 'CORRECTION'
  /** A statement was retracted. */
  | 'RETRACTION';

/** Format of a citation. */
export type CitationFormat =
  /** A line: claimant, summary, first supporting source, statement number and permanent link. */
  | 'TEXT'
  /** An entry for BibTeX and biblatex. */
  | 'BIBTEX'
  /** JSON text for CSL processors (Zotero, pandoc, citation-js): a list of one item. */
  | 'CSL_JSON';

/** Author of a claim, identified by role or office rather than by personal name. */
export type Claimant = {
  __typename?: 'Claimant';
  /** Category of the claimant. */
  kind: ClaimantKind;
  /** Office, body or outlet, at most 600 characters. */
  label: Scalars['String']['output'];
};

/** Author of a claim. */
export type ClaimantInput = {
  /** Category of the claimant. */
  kind: ClaimantKind;
  /** Role, office, body or outlet, at most 600 characters. Name a person only if the office is not sufficient. */
  label: Scalars['String']['input'];
};

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

/** Time axis of a history; the other two axes stay unrestricted. */
export type Clock =
  /** The situation in the world on the day, according to current knowledge. */
  | 'VALID'
  /** What was public at the end of the day. */
  | 'PUBLISHED'
  /** What this ledger contained at the end of the day (UTC). */
  | 'RECORDED';

/** Status of a country's codes in ISO 3166-1. */
export type CodeStatus =
  /** Assigned by ISO 3166-1. */
  | 'OFFICIAL'
  /** In general use, from the range that ISO 3166-1 reserves for users; applies to `XK` only. */
  | 'USER_ASSIGNED';

/** Precision of a count. */
export type Comparator =
  /** Exactly `low`. */
  | 'EXACT'
  /** About `low`. */
  | 'ABOUT'
  /** `low` or more. */
  | 'AT_LEAST'
  /** `low` or fewer. */
  | 'AT_MOST'
  /** From `low` to `high`, inclusive. */
  | 'BETWEEN';

/** Subject matter of a concern. */
export type ConcernCategory =
  /** War or armed violence in the country. */
  | 'ARMED_CONFLICT'
  /** Human rights other than those listed below. */
  | 'HUMAN_RIGHTS'
  /** Courts, legal remedies and limits on government power. */
  | 'RULE_OF_LAW'
  /** Persons may be sent on to a place where they are in danger. */
  | 'REFOULEMENT'
  /** Conditions of detention. */
  | 'DETENTION_CONDITIONS'
  /** Agreements or actions are withheld from the public. */
  | 'TRANSPARENCY';

/** A concern raised by the claimant. */
export type ConcernInput = {
  /** Subject matter of the concern. */
  category: ConcernCategory;
};

/** A concern about a country, an initiative or a request to a country. */
export type ConcernStatement = Statement & Node & {
  __typename?: 'ConcernStatement';
  /** Global ID, for `node`. */
  id: Scalars['ID']['output'];
  /**
   * Number of the statement, used in its citation and permanent link. It equals the `seq` of the ledger
   * entry that recorded it.
   */
  number: Scalars['Int']['output'];
  /** Kind of the statement; each kind has its own type. */
  kind: StatementKind;
  /** The relationship, country or initiative that the statement is about. */
  subject: Subject;
  /** Author of the claim. */
  claimant: Claimant;
  /** Date from which the claim applies, as precise as its sources. */
  validFrom: Scalars['Edtf']['output'];
  /** The claim in one neutral sentence, written by the editors; at most 300 characters. */
  summary: Scalars['String']['output'];
  /** Editor's remark, for example on the interpretation of a source; null if there is none. */
  note?: Maybe<Scalars['String']['output']>;
  /** Evidence for or against the statement, in order of recording. */
  evidence: Array<Evidence>;
  /**
   * Day from which the statement counts as public, by current knowledge: the latest possible publication day
   * of its earliest dated supporting source (or of an original that the source derives from). Without a
   * dated source, the day of recording.
   */
  publishedOn: Scalars['Date']['output'];
  /** Time of recording. */
  recordedAt: Scalars['DateTime']['output'];
  /** Whether the statement is currently valid, corrected or retracted. */
  standing: Standing;
  /** The statement that this one corrects; null if it is not a correction. */
  corrects?: Maybe<Statement>;
  /** Reason for the correction; null if none was given or it is not a correction. */
  correctionReason?: Maybe<Scalars['String']['output']>;
  /**
   * Whether the disputes of the statement that this one corrects are its own: it is in dispute with what
   * contradicts that one, or is contradicted by it. False if it is not a correction.
   */
  keepsDisputes: Scalars['Boolean']['output'];
  /** The statement that currently replaces this one; null if there is none. */
  correctedBy?: Maybe<Statement>;
  /** Time of the retraction; null if it was not retracted. */
  retractedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Reason for the retraction; null if it was not retracted. */
  retractionReason?: Maybe<Scalars['String']['output']>;
  /**
   * Statements that this one contradicts in the editor's judgement, in order of recording; includes
   * corrected and retracted ones.
   */
  contradicts: Array<Statement>;
  /**
   * Statements that contradict this one in the editor's judgement, in order of recording; includes corrected
   * and retracted ones.
   */
  contradictedBy: Array<Statement>;
  /** Ready-to-use citation with a permanent link. It says so if the statement was corrected or retracted. */
  citation: Scalars['String']['output'];
  /** Subject matter of the concern. */
  category: ConcernCategory;
};


/** A concern about a country, an initiative or a request to a country. */
export type ConcernStatementCitationArgs = {
  format?: CitationFormat;
};

/** Proof that a tree is the beginning of a larger one (RFC 9162 §2.1.4): that no entry of it was altered or removed. */
export type ConsistencyProof = {
  __typename?: 'ConsistencyProof';
  /** Head of the smaller tree. */
  from: TreeHead;
  /** Head of the larger tree. */
  to: TreeHead;
  /**
   * Hashes that lead from the root of the smaller tree to that of the larger one, in the order of RFC 9162, 64 hexadecimal
   * digits each; none if the trees are equal.
   */
  hashes: Array<Scalars['String']['output']>;
};

/** One of seven continents. */
export type Continent =
  /** Africa. */
  | 'AFRICA'
  /** Antarctica. */
  | 'ANTARCTICA'
  /** Asia. */
  | 'ASIA'
  /** Europe. */
  | 'EUROPE'
  /** North America, with Central America and the Caribbean. */
  | 'NORTH_AMERICA'
  /** Australia and the islands of the Pacific. */
  | 'OCEANIA'
  /** South America. */
  | 'SOUTH_AMERICA';

/** Two statements that contradict each other in an editor's judgement. */
export type Contradiction = {
  __typename?: 'Contradiction';
  /** The statement that contradicts the other one. */
  statement: Statement;
  /** The statement that is contradicted. */
  contradicts: Statement;
};

/** A geographic point in degrees, WGS 84. */
export type Coordinates = {
  __typename?: 'Coordinates';
  /** Latitude from -90 to 90; north is positive. */
  latitude: Scalars['Float']['output'];
  /** Longitude from -180 to 180; east is positive. */
  longitude: Scalars['Float']['output'];
};

/** Replaces the data of a source, all of them: repeat those that are right. */
export type CorrectSourceInput = {
  /** Idempotency key, at most 200 characters, unique per token; see `RecordStatementInput.idempotencyKey`. */
  idempotencyKey: Scalars['String']['input'];
  /** ID of the source. */
  source: Scalars['ID']['input'];
  /** Version that you correct, from `Source.version`. If another correction came first, the result is `CONFLICT`. */
  version: Scalars['Int']['input'];
  /** What was wrong, at most 2,000 characters. */
  reason: Scalars['String']['input'];
  /** Kind of source. */
  kind: SourceKind;
  /** Publisher, at most 600 characters. */
  publisher: Scalars['String']['input'];
  /** Title in the original language, at most 600 characters. */
  title: Scalars['String']['input'];
  /** URL with the scheme http or https, at most 2,000 characters. */
  url?: InputMaybe<Scalars['Url']['input']>;
  /** Date of publication, as precise as is known; must not begin after today. */
  publishedOn?: InputMaybe<Scalars['Edtf']['input']>;
  /** ISO 639 language code of two or three lower-case letters, for example en. */
  language?: InputMaybe<Scalars['String']['input']>;
  /** ID of the source that this one copies or repeats. */
  derivedFrom?: InputMaybe<Scalars['ID']['input']>;
};

/** Result of `correctSource`. */
export type CorrectSourcePayload = {
  __typename?: 'CorrectSourcePayload';
  /** The source with the new data; null after a dry run. */
  source?: Maybe<Source>;
  /**
   * The ledger head directly after this entry. Store it to detect later whether the history up to here was
   * altered. After a dry run, the head that the input was checked against.
   */
  ledgerHead: LedgerHead;
  /** The stance change that this entry caused; null if the stance did not change, and after a dry run. */
  stanceChange?: Maybe<StanceChange>;
  /** What the mutation would do; null unless it has `dryRun: true`. */
  dryRun?: Maybe<DryRun>;
};

/** Replaces a wrong statement by a new one about the same subject. */
export type CorrectStatementInput = {
  /** Idempotency key, at most 200 characters, unique per token; see `RecordStatementInput.idempotencyKey`. */
  idempotencyKey: Scalars['String']['input'];
  /** ID of the statement to correct. It must be valid: neither corrected nor retracted. */
  statement: Scalars['ID']['input'];
  /** Reason for the correction, at most 600 characters. */
  reason?: InputMaybe<Scalars['String']['input']>;
  /**
   * Whether the correction settles the disputes of the corrected statement. Otherwise they are those of the correction:
   * it is in dispute with what contradicts the corrected statement, or is contradicted by it.
   */
  settlesDisputes?: Scalars['Boolean']['input'];
  /** Author of the claim. */
  claimant: ClaimantInput;
  /** Date from which the claim applies, as precise as the source; must not begin after today. */
  validFrom: Scalars['Edtf']['input'];
  /** The claim in one neutral sentence, at most 300 characters. */
  summary: Scalars['String']['input'];
  /** Structured content of the claim. */
  body: BodyInput;
  /** Evidence: 1 to 50 items, at least one of which has the relation `SUPPORTS`. */
  evidence: Array<EvidenceInput>;
  /** IDs of statements about the same subject that this one contradicts; at most 50, without duplicates. */
  contradicts?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** Editor's remark, at most 600 characters. */
  note?: InputMaybe<Scalars['String']['input']>;
};

/** Result of `correctStatement`. */
export type CorrectStatementPayload = {
  __typename?: 'CorrectStatementPayload';
  /** The new statement, which replaces the corrected one; null after a dry run. */
  statement?: Maybe<Statement>;
  /**
   * The ledger head directly after this entry. Store it to detect later whether the history up to here was
   * altered. After a dry run, the head that the input was checked against.
   */
  ledgerHead: LedgerHead;
  /** The stance change that this entry caused; null if the stance did not change, and after a dry run. */
  stanceChange?: Maybe<StanceChange>;
  /** What the mutation would do; null unless it has `dryRun: true`. */
  dryRun?: Maybe<DryRun>;
};

/** A count claimed by the claimant. The metric determines the unit. */
export type CountInput = {
  /** Quantity that is counted. */
  metric: CountMetric;
  /** Precision of the count. */
  comparator: Comparator;
  /** The number or, for `BETWEEN`, the lower bound. Set either this or `lowDecimal`. */
  low?: InputMaybe<Scalars['Int']['input']>;
  /** The same for any size, as a whole number: `3000000000`. */
  lowDecimal?: InputMaybe<Scalars['Decimal']['input']>;
  /** The upper bound; required for `BETWEEN`, not allowed otherwise. Set either this or `highDecimal`. */
  high?: InputMaybe<Scalars['Int']['input']>;
  /** The same for any size, as a whole number: `4000000000`. */
  highDecimal?: InputMaybe<Scalars['Decimal']['input']>;
  /** Whether the count includes items that are only planned. */
  includesPlanned: Scalars['Boolean']['input'];
};

/** Quantity that a count refers to. */
export type CountMetric =
  /** Countries that received a request. */
  | 'COUNTRIES_APPROACHED'
  /** Countries that agreed. */
  | 'COUNTRIES_AGREED'
  /** Concluded agreements. */
  | 'AGREEMENTS'
  /** Persons transferred. */
  | 'PERSONS_TRANSFERRED'
  /** Money promised or paid, in US dollars. */
  | 'FUNDS_COMMITTED';

/** A count claimed by the claimant. The service's own counts are in `Tally`. */
export type CountStatement = Statement & Node & {
  __typename?: 'CountStatement';
  /** Global ID, for `node`. */
  id: Scalars['ID']['output'];
  /**
   * Number of the statement, used in its citation and permanent link. It equals the `seq` of the ledger
   * entry that recorded it.
   */
  number: Scalars['Int']['output'];
  /** Kind of the statement; each kind has its own type. */
  kind: StatementKind;
  /** The relationship, country or initiative that the statement is about. */
  subject: Subject;
  /** Author of the claim. */
  claimant: Claimant;
  /** Date from which the claim applies, as precise as its sources. */
  validFrom: Scalars['Edtf']['output'];
  /** The claim in one neutral sentence, written by the editors; at most 300 characters. */
  summary: Scalars['String']['output'];
  /** Editor's remark, for example on the interpretation of a source; null if there is none. */
  note?: Maybe<Scalars['String']['output']>;
  /** Evidence for or against the statement, in order of recording. */
  evidence: Array<Evidence>;
  /**
   * Day from which the statement counts as public, by current knowledge: the latest possible publication day
   * of its earliest dated supporting source (or of an original that the source derives from). Without a
   * dated source, the day of recording.
   */
  publishedOn: Scalars['Date']['output'];
  /** Time of recording. */
  recordedAt: Scalars['DateTime']['output'];
  /** Whether the statement is currently valid, corrected or retracted. */
  standing: Standing;
  /** The statement that this one corrects; null if it is not a correction. */
  corrects?: Maybe<Statement>;
  /** Reason for the correction; null if none was given or it is not a correction. */
  correctionReason?: Maybe<Scalars['String']['output']>;
  /**
   * Whether the disputes of the statement that this one corrects are its own: it is in dispute with what
   * contradicts that one, or is contradicted by it. False if it is not a correction.
   */
  keepsDisputes: Scalars['Boolean']['output'];
  /** The statement that currently replaces this one; null if there is none. */
  correctedBy?: Maybe<Statement>;
  /** Time of the retraction; null if it was not retracted. */
  retractedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Reason for the retraction; null if it was not retracted. */
  retractionReason?: Maybe<Scalars['String']['output']>;
  /**
   * Statements that this one contradicts in the editor's judgement, in order of recording; includes
   * corrected and retracted ones.
   */
  contradicts: Array<Statement>;
  /**
   * Statements that contradict this one in the editor's judgement, in order of recording; includes corrected
   * and retracted ones.
   */
  contradictedBy: Array<Statement>;
  /** Ready-to-use citation with a permanent link. It says so if the statement was corrected or retracted. */
  citation: Scalars['String']['output'];
  /** Quantity that is counted. */
  metric: CountMetric;
  /** Precision of the count. */
  comparator: Comparator;
  /**
   * The number or, for `BETWEEN`, the lower bound, in `unit`; null above 2147483647, the largest `Int`: select
   * `lowDecimal`.
   */
  low?: Maybe<Scalars['Int']['output']>;
  /** The same for any size, as a whole number. */
  lowDecimal: Scalars['Decimal']['output'];
  /**
   * The upper bound of `BETWEEN`, in `unit`; null for other comparators, and above 2147483647: select
   * `highDecimal`.
   */
  high?: Maybe<Scalars['Int']['output']>;
  /** The same for any size, as a whole number; null for other comparators. */
  highDecimal?: Maybe<Scalars['Decimal']['output']>;
  /** Whether the count includes items that are only planned. */
  includesPlanned: Scalars['Boolean']['output'];
  /** Unit of the count: `countries`, `agreements`, `persons` or an ISO 4217 currency code. */
  unit: Scalars['String']['output'];
};


/** A count claimed by the claimant. The service's own counts are in `Tally`. */
export type CountStatementCitationArgs = {
  format?: CitationFormat;
};

/**
 * A country or territory in ISO 3166-1, or Kosovo under the user-assigned code `XK`. Inclusion does not imply
 * recognition.
 */
export type Country = Node & {
  __typename?: 'Country';
  /** Global ID, for `node`. */
  id: Scalars['ID']['output'];
  /** ISO 3166-1 alpha-2 code, for example `RW`. */
  code: Scalars['ID']['output'];
  /** ISO 3166-1 alpha-3 code; null if there is no official one. */
  alpha3?: Maybe<Scalars['String']['output']>;
  /** ISO 3166-1 numeric code, three digits; null if there is no official one. */
  numeric?: Maybe<Scalars['String']['output']>;
  /** Status of its codes in ISO 3166-1. */
  codeStatus: CodeStatus;
  /**
   * Name in a language (default English), from the Unicode CLDR. A regional variant falls back to its base language,
   * an unsupported language to English.
   */
  name: Scalars['String']['output'];
  /** Name in the country's first language. */
  nativeName: Scalars['String']['output'];
  /** Formal English name of the state, for example "Swiss Confederation"; null for territories, Taiwan and Kosovo. */
  officialName?: Maybe<Scalars['String']['output']>;
  /** Other names in common use, for example former names. */
  aliases: Array<Scalars['String']['output']>;
  /** English name of the capital; null if there is none. */
  capital?: Maybe<Scalars['String']['output']>;
  /** Flag emoji. */
  emoji: Scalars['String']['output'];
  /** UN M49 region, for example Africa. */
  region: Region;
  /** UN M49 subregion, for example Eastern Africa; null only for Antarctica. */
  subregion?: Maybe<Region>;
  /** Continents that it is on, the main one first. */
  continents: Array<Continent>;
  /** International calling codes, for example `+250`; in the North American plan with the area code. */
  callingCodes: Array<Scalars['String']['output']>;
  /** Top-level domain of the Internet, for example `.rw`; null where none is delegated. */
  topLevelDomain?: Maybe<Scalars['String']['output']>;
  /** Time zones of the IANA database, for example `Africa/Kigali`. */
  timeZones: Array<Scalars['String']['output']>;
  /** Languages used in the country. */
  languages: Array<Language>;
  /** Currencies used in the country. */
  currencies: Array<Currency>;
  /** Population, estimated by the Unicode CLDR; null if unknown. */
  population?: Maybe<Scalars['Int']['output']>;
  /** Whether the country is a member of the United Nations. */
  unMember: Scalars['Boolean']['output'];
  /** A point within the country, suitable for a map label. */
  location?: Maybe<Coordinates>;
  /** Countries with a shared land border, in ascending order of code. */
  neighbours: Array<Country>;
  /** Memberships in ten international organisations (`organisations`) on a day, in ascending order of abbreviation. */
  memberships: Array<Membership>;
  /**
   * The country's stance on the request of an initiative: shorthand for the stance of that relationship. Null if the
   * initiative or relationship does not exist or, with `at`, if no statement about the relationship was valid then.
   */
  stance?: Maybe<Stance>;
  /** Relationships in which the country is the requesting or the requested state. */
  relationships: RelationshipConnection;
  /** Valid concerns about the country itself or about a request to it in any initiative, in order of recording. */
  concerns: Array<ConcernStatement>;
};


/**
 * A country or territory in ISO 3166-1, or Kosovo under the user-assigned code `XK`. Inclusion does not imply
 * recognition.
 */
export type CountryNameArgs = {
  lang?: InputMaybe<Scalars['String']['input']>;
  form?: NameForm;
};


/**
 * A country or territory in ISO 3166-1, or Kosovo under the user-assigned code `XK`. Inclusion does not imply
 * recognition.
 */
export type CountryMembershipsArgs = {
  at?: InputMaybe<Scalars['Date']['input']>;
};


/**
 * A country or territory in ISO 3166-1, or Kosovo under the user-assigned code `XK`. Inclusion does not imply
 * recognition.
 */
export type CountryStanceArgs = {
  initiative: Scalars['ID']['input'];
  at?: InputMaybe<MomentInput>;
};


/**
 * A country or territory in ISO 3166-1, or Kosovo under the user-assigned code `XK`. Inclusion does not imply
 * recognition.
 */
export type CountryRelationshipsArgs = {
  direction?: Direction;
  filter?: InputMaybe<RelationshipFilter>;
  at?: InputMaybe<MomentInput>;
  orderBy?: InputMaybe<RelationshipOrder>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/**
 * A country or territory in ISO 3166-1, or Kosovo under the user-assigned code `XK`. Inclusion does not imply
 * recognition.
 */
export type CountryConcernsArgs = {
  at?: InputMaybe<MomentInput>;
};

/** A country that a text may name. */
export type CountryCandidate = {
  __typename?: 'CountryCandidate';
  /** The country. */
  country: Country;
  /** How the text names it. */
  kind: CountryMatchKind;
  /** The code, name or alias that the text equals or resembles. */
  matched: Scalars['String']['output'];
  /** Certainty from 0 to 1. */
  score: Scalars['Float']['output'];
};

/** Filter for countries. A country matches if it meets every condition that is set. */
export type CountryFilter = {
  /** ISO 3166-1 alpha-2 codes, case-insensitive. An unknown code is a `NOT_FOUND` error. */
  codes?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** UN M49 codes of regions or subregions, for example `002` for Africa. An unknown code is a `NOT_FOUND` error. */
  regions?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** Whether the country is a member of the United Nations. */
  unMember?: InputMaybe<Scalars['Boolean']['input']>;
  /** Condition on any of its names, in any supported language, or on an alias. */
  name?: InputMaybe<StringFilter>;
  /** Membership of an international organisation. */
  memberOf?: InputMaybe<MembershipFilter>;
};

/** Key of a country; set exactly one field. */
export type CountryKey =
  /** ISO 3166-1 alpha-2 code or `XK`, case-insensitive. */
  { alpha2: Scalars['ID']['input']; alpha3?: never; numeric?: never; name?: never; }
  |  /** ISO 3166-1 alpha-3 code, case-insensitive. Kosovo has none. */
  { alpha2?: never; alpha3: Scalars['ID']['input']; numeric?: never; name?: never; }
  |  /** ISO 3166-1 numeric code, three digits. */
  { alpha2?: never; alpha3?: never; numeric: Scalars['ID']['input']; name?: never; }
  |  /** Name or alias in any language, without regard to case, accents and punctuation. */
  { alpha2?: never; alpha3?: never; numeric?: never; name: Scalars['String']['input']; };

/** What a text names. */
export type CountryMatch = {
  __typename?: 'CountryMatch';
  /** The country; null if several candidates are equally good. */
  country?: Maybe<Country>;
  /** How the text names the best candidate. */
  kind: CountryMatchKind;
  /** The code, name or alias of the best candidate that the text equals or resembles. */
  matched: Scalars['String']['output'];
  /**
   * Certainty of the best candidate from 0 to 1: 1 for codes and names, 0.8 for a code in lower case (which may be a word), at
   * most 0.7 for misspellings and 0.5 for parts.
   */
  score: Scalars['Float']['output'];
  /** The countries that the text may name, the best first, at most five. */
  candidates: Array<CountryCandidate>;
};

/** How a text names a country. */
export type CountryMatchKind =
  /** It is an official code: alpha-2, alpha-3, numeric, or `XK`. */
  | 'CODE'
  /** It is the name in some language. */
  | 'NAME'
  /** It is another name. */
  | 'ALIAS'
  /** It has the words of a name in another order, or without "the", "of", "and". */
  | 'WORDS'
  /** It is a code in use that is not in ISO 3166-1, such as `XKX` for Kosovo. */
  | 'UNOFFICIAL_CODE'
  /** It is a name with words such as "Republic of" added or in another form. */
  | 'LONG_NAME'
  /** It differs from a name by one or two letters. */
  | 'MISSPELLING'
  /** It is a part of the names of several countries, such as "Korea". */
  | 'PART';

/** Sort order of countries. */
export type CountryOrder = {
  /** Sort key. */
  field: CountryOrderField;
  /** Sort direction. */
  direction?: OrderDirection;
};

/** Sort key of countries. */
export type CountryOrderField =
  /** ISO 3166-1 alpha-2 code. */
  | 'CODE'
  /** English name, in the root collation of the Unicode CLDR: `Åland Islands` follows `Afghanistan`. */
  | 'NAME'
  /** Population; an unknown population counts as zero. */
  | 'POPULATION';

/** A currency used in a country. */
export type Currency = {
  __typename?: 'Currency';
  /** ISO 4217 code, for example `USD`. */
  code: Scalars['ID']['output'];
  /** English name. */
  name: Scalars['String']['output'];
};

/** A denial. */
export type DenialInput = {
  /** Fact that is denied. */
  of: DenialOf;
  /** Details of the denial, at most 600 characters. */
  detail: Scalars['String']['input'];
};

/** Fact that is denied. */
export type DenialOf =
  /** The existence of a request. */
  | 'REQUEST'
  /** The existence of an agreement. */
  | 'AGREEMENT'
  /** A transfer of persons. */
  | 'TRANSFER'
  /** Money or goods provided or promised. */
  | 'FUNDING';

/** A denial of a request, an agreement, a transfer or funding. */
export type DenialStatement = Statement & Node & {
  __typename?: 'DenialStatement';
  /** Global ID, for `node`. */
  id: Scalars['ID']['output'];
  /**
   * Number of the statement, used in its citation and permanent link. It equals the `seq` of the ledger
   * entry that recorded it.
   */
  number: Scalars['Int']['output'];
  /** Kind of the statement; each kind has its own type. */
  kind: StatementKind;
  /** The relationship, country or initiative that the statement is about. */
  subject: Subject;
  /** Author of the claim. */
  claimant: Claimant;
  /** Date from which the claim applies, as precise as its sources. */
  validFrom: Scalars['Edtf']['output'];
  /** The claim in one neutral sentence, written by the editors; at most 300 characters. */
  summary: Scalars['String']['output'];
  /** Editor's remark, for example on the interpretation of a source; null if there is none. */
  note?: Maybe<Scalars['String']['output']>;
  /** Evidence for or against the statement, in order of recording. */
  evidence: Array<Evidence>;
  /**
   * Day from which the statement counts as public, by current knowledge: the latest possible publication day
   * of its earliest dated supporting source (or of an original that the source derives from). Without a
   * dated source, the day of recording.
   */
  publishedOn: Scalars['Date']['output'];
  /** Time of recording. */
  recordedAt: Scalars['DateTime']['output'];
  /** Whether the statement is currently valid, corrected or retracted. */
  standing: Standing;
  /** The statement that this one corrects; null if it is not a correction. */
  corrects?: Maybe<Statement>;
  /** Reason for the correction; null if none was given or it is not a correction. */
  correctionReason?: Maybe<Scalars['String']['output']>;
  /**
   * Whether the disputes of the statement that this one corrects are its own: it is in dispute with what
   * contradicts that one, or is contradicted by it. False if it is not a correction.
   */
  keepsDisputes: Scalars['Boolean']['output'];
  /** The statement that currently replaces this one; null if there is none. */
  correctedBy?: Maybe<Statement>;
  /** Time of the retraction; null if it was not retracted. */
  retractedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Reason for the retraction; null if it was not retracted. */
  retractionReason?: Maybe<Scalars['String']['output']>;
  /**
   * Statements that this one contradicts in the editor's judgement, in order of recording; includes
   * corrected and retracted ones.
   */
  contradicts: Array<Statement>;
  /**
   * Statements that contradict this one in the editor's judgement, in order of recording; includes corrected
   * and retracted ones.
   */
  contradictedBy: Array<Statement>;
  /** Ready-to-use citation with a permanent link. It says so if the statement was corrected or retracted. */
  citation: Scalars['String']['output'];
  /** Fact that is denied. */
  of: DenialOf;
  /** Details of the denial, at most 600 characters. */
  detail: Scalars['String']['output'];
};


/** A denial of a request, an agreement, a transfer or funding. */
export type DenialStatementCitationArgs = {
  format?: CitationFormat;
};

/** Role of a country in its relationships. */
export type Direction =
  /** The country is the requested state. */
  | 'INCOMING'
  /** The country is the requesting state. */
  | 'OUTGOING'
  /** The country is the requesting or the requested state. */
  | 'BOTH';

/**
 * A change of a dispute: which statements contradict each other without being superseded. The stance may be the same before
 * and after. It follows from the ledger alone: the same entry always has the same change.
 */
export type DisputeChange = {
  __typename?: 'DisputeChange';
  /** Ledger cursor of the change. Use it as `after` to continue from here without gaps or repeats. */
  cursor: Scalars['String']['output'];
  /** The relationship that is or was disputed. Its `disputed` is the current one, not that of the change. */
  relationship: Relationship;
  /** How the dispute changed. */
  kind: DisputeChangeKind;
  /** Whether the position was disputed after the change. */
  disputed: Scalars['Boolean']['output'];
  /** The pairs of contradicting statements that cause the dispute after the change, in order of recording. */
  rivals: Array<Contradiction>;
  /** Those of them that the entry added. */
  added: Array<Contradiction>;
  /** The pairs that the entry took back, replaced or superseded. */
  removed: Array<Contradiction>;
  /**
   * The ledger entry that caused the change. Its kind is the reason: a statement that was recorded, corrected or
   * retracted.
   */
  entry: LedgerEntry;
  /** Time at which the change was recorded and published. */
  recordedAt: Scalars['DateTime']['output'];
};

/** Filter for dispute changes. A change matches if it meets every condition that is set. */
export type DisputeChangeFilter = {
  /** Slugs of initiatives. An unknown slug is a `NOT_FOUND` error. */
  initiatives?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** ISO 3166-1 alpha-2 codes of requested states, case-insensitive. An unknown code is a `NOT_FOUND` error. */
  countries?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** UN M49 codes of regions or subregions of the requested state. An unknown code is a `NOT_FOUND` error. */
  regions?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** Any of these kinds of change. */
  kinds?: InputMaybe<Array<DisputeChangeKind>>;
};

/** How a dispute changed. */
export type DisputeChangeKind =
  /** It began: valid statements contradict each other, and none did before. */
  | 'BEGAN'
  /** Another contradiction joined it. One that takes the place of another counts here, too. */
  | 'GREW'
  /** A contradiction was taken back or superseded, and others remain. */
  | 'SHRANK'
  /** The last contradiction was taken back or superseded. */
  | 'ENDED';

/** What a mutation with `dryRun: true` would do without it, in the present state of the ledger. */
export type DryRun = {
  __typename?: 'DryRun';
  /**
   * Whether the same content was recorded under this idempotency key before, so that the mutation would return that
   * result and write nothing.
   */
  alreadyRecorded: Scalars['Boolean']['output'];
  /** The stance change that the mutation would cause; null if the stance would not change. */
  stanceChange?: Maybe<PlannedStanceChange>;
};

/** An edition of an import document. */
export type Edition = {
  __typename?: 'Edition';
  /** What the document calls it, at most 80 characters. */
  name: Scalars['String']['output'];
  /** Time at which the last of it was recorded. */
  importedAt: Scalars['DateTime']['output'];
  /** Sequence number of the ledger entry that says so; every entry of the edition is earlier. */
  seq: Scalars['Int']['output'];
};

/** Kind of event that a ledger entry records. */
export type EntryKind =
  /** An initiative was opened. */
  | 'INITIATIVE_OPENED'
  /** A source was registered. */
  | 'SOURCE_REGISTERED'
  /** A statement was recorded. */
  | 'STATEMENT_RECORDED'
  /** A statement was corrected by a new one. */
  | 'STATEMENT_CORRECTED'
  /** A statement was retracted. */
  | 'STATEMENT_RETRACTED'
  /** Evidence was added to a statement. */
  | 'EVIDENCE_ADDED'
  /** An editor checked a relationship or an initiative and found nothing new to record. */
  | 'REVIEW_RECORDED'
  /** An edition of an import document was imported completely. */
  | 'EDITION_IMPORTED'
  /** The data of a source were corrected. */
  | 'SOURCE_CORRECTED';

/**
 * The entries about a relationship, in ledger order: those that record or correct a statement about it, and those that retract
 * such a statement or add evidence to it.
 */
export type EntryList = {
  __typename?: 'EntryList';
  /** Number of entries. */
  length: Scalars['Int']['output'];
  /** Sequence number of each entry. */
  seqs: Array<Scalars['Int']['output']>;
  /** Root of the Merkle tree (RFC 9162) over the hashes of these entries alone, 64 hexadecimal digits. */
  root: Scalars['String']['output'];
  /**
   * The commitment as a signed note, which `ledger.verifierKey` verifies. Lines: `demarche relationship 1`, the name of the ledger,
   * the number of entries of the ledger, the initiative (by `seq`) and the code of the requested state, `length`, and `root` in
   * base64.
   */
  note: Scalars['String']['output'];
};

/** Link between a statement and a source. */
export type Evidence = {
  __typename?: 'Evidence';
  /** The cited source. */
  source: Source;
  /** Relation of the source to the statement. */
  relation: EvidenceRelation;
  /** Quotation from the source, at most 200 characters; null if there is none. */
  quote?: Maybe<Scalars['String']['output']>;
  /** Location within the source, for example a page or paragraph; null if not specified. */
  locator?: Maybe<Scalars['String']['output']>;
  /**
   * Date on which the cited passage became public, if it is not that of the source and of what it derives from; null
   * otherwise.
   */
  publishedOn?: Maybe<Scalars['Edtf']['output']>;
  /** Time at which the evidence was recorded; it may be later than the statement. */
  recordedAt: Scalars['DateTime']['output'];
};

/** Link between a statement and a source. */
export type EvidenceInput = {
  /** ID of a registered source. */
  source: Scalars['ID']['input'];
  /** Relation of the source to the statement. */
  relation: EvidenceRelation;
  /** Quotation from the source, at most 200 characters. */
  quote?: InputMaybe<Scalars['String']['input']>;
  /** Location within the source, for example a page; at most 600 characters. */
  locator?: InputMaybe<Scalars['String']['input']>;
  /**
   * Date on which the cited passage became public, if the source derives from an older one that lacks it, or got it
   * later; must not begin after today. It replaces the dates of the source and of its originals.
   */
  publishedOn?: InputMaybe<Scalars['Edtf']['input']>;
};

/** Relation of a source to a statement. */
export type EvidenceRelation =
  /** The source supports the statement. */
  | 'SUPPORTS'
  /** The source contradicts the statement. */
  | 'CONTRADICTS'
  /** The source mentions the matter without supporting or contradicting the statement. */
  | 'MENTIONS';

/** Part of a line of text. */
export type Fragment = {
  __typename?: 'Fragment';
  /** The text of this part. */
  text: Scalars['String']['output'];
  /** Whether this part matches the search text. */
  matched: Scalars['Boolean']['output'];
};

/** Money or goods provided or promised. Set both `amount` and `currency`, or neither. */
export type FundingInput = {
  /** Amount in units of `currency`, with two decimal places, for example 7500000.00. */
  amount?: InputMaybe<Scalars['Decimal']['input']>;
  /** ISO 4217 code, for example USD. */
  currency?: InputMaybe<Scalars['String']['input']>;
  /** Purpose of the funding, at most 600 characters. */
  purpose: Scalars['String']['input'];
};

/** A claim that money or goods are provided or promised. */
export type FundingStatement = Statement & Node & {
  __typename?: 'FundingStatement';
  /** Global ID, for `node`. */
  id: Scalars['ID']['output'];
  /**
   * Number of the statement, used in its citation and permanent link. It equals the `seq` of the ledger
   * entry that recorded it.
   */
  number: Scalars['Int']['output'];
  /** Kind of the statement; each kind has its own type. */
  kind: StatementKind;
  /** The relationship, country or initiative that the statement is about. */
  subject: Subject;
  /** Author of the claim. */
  claimant: Claimant;
  /** Date from which the claim applies, as precise as its sources. */
  validFrom: Scalars['Edtf']['output'];
  /** The claim in one neutral sentence, written by the editors; at most 300 characters. */
  summary: Scalars['String']['output'];
  /** Editor's remark, for example on the interpretation of a source; null if there is none. */
  note?: Maybe<Scalars['String']['output']>;
  /** Evidence for or against the statement, in order of recording. */
  evidence: Array<Evidence>;
  /**
   * Day from which the statement counts as public, by current knowledge: the latest possible publication day
   * of its earliest dated supporting source (or of an original that the source derives from). Without a
   * dated source, the day of recording.
   */
  publishedOn: Scalars['Date']['output'];
  /** Time of recording. */
  recordedAt: Scalars['DateTime']['output'];
  /** Whether the statement is currently valid, corrected or retracted. */
  standing: Standing;
  /** The statement that this one corrects; null if it is not a correction. */
  corrects?: Maybe<Statement>;
  /** Reason for the correction; null if none was given or it is not a correction. */
  correctionReason?: Maybe<Scalars['String']['output']>;
  /**
   * Whether the disputes of the statement that this one corrects are its own: it is in dispute with what
   * contradicts that one, or is contradicted by it. False if it is not a correction.
   */
  keepsDisputes: Scalars['Boolean']['output'];
  /** The statement that currently replaces this one; null if there is none. */
  correctedBy?: Maybe<Statement>;
  /** Time of the retraction; null if it was not retracted. */
  retractedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Reason for the retraction; null if it was not retracted. */
  retractionReason?: Maybe<Scalars['String']['output']>;
  /**
   * Statements that this one contradicts in the editor's judgement, in order of recording; includes
   * corrected and retracted ones.
   */
  contradicts: Array<Statement>;
  /**
   * Statements that contradict this one in the editor's judgement, in order of recording; includes corrected
   * and retracted ones.
   */
  contradictedBy: Array<Statement>;
  /** Ready-to-use citation with a permanent link. It says so if the statement was corrected or retracted. */
  citation: Scalars['String']['output'];
  /** Amount in units of `currency`, with two decimal places; null if not specified. */
  amount?: Maybe<Scalars['Decimal']['output']>;
  /** ISO 4217 currency code; null if no amount is specified. */
  currency?: Maybe<Scalars['String']['output']>;
  /** Purpose of the funding, at most 600 characters. */
  purpose: Scalars['String']['output'];
};


/** A claim that money or goods are provided or promised. */
export type FundingStatementCitationArgs = {
  format?: CitationFormat;
};

/** Proof that an entry is in a tree (RFC 9162 §2.1.3). */
export type InclusionProof = {
  __typename?: 'InclusionProof';
  /** Sequence number of the entry. */
  seq: Scalars['Int']['output'];
  /** Index of the entry in the tree, from 0: `seq` minus 1. */
  leafIndex: Scalars['Int']['output'];
  /** Number of entries in the tree. */
  treeSize: Scalars['Int']['output'];
  /**
   * Content of the leaf: the hash of the entry before in hexadecimal, followed by the entry in canonical JSON (RFC 8785), with
   * the keys of the exported ledger except `hash` and `prevHash`.
   */
  leafData: Scalars['String']['output'];
  /** Hash of the leaf, which is the `hash` of the entry: SHA-256 over a zero byte and `leafData`, 64 hexadecimal digits. */
  leafHash: Scalars['String']['output'];
  /** Hashes that lead from the leaf to the root, from the leaf upwards and without it, 64 hexadecimal digits each. */
  hashes: Array<Scalars['String']['output']>;
  /** Head of the tree. */
  treeHead: TreeHead;
};

/** A matter on which one state makes requests to other states, for example third-country removals. */
export type Initiative = Node & {
  __typename?: 'Initiative';
  /** Global ID, for `node`. */
  id: Scalars['ID']['output'];
  /** Short name for URLs and filters: lower-case words joined by hyphens, at most 80 characters. */
  slug: Scalars['ID']['output'];
  /** Title, at most 600 characters. */
  title: Scalars['String']['output'];
  /** Summary of the request, at most 1,000 characters. */
  summary: Scalars['String']['output'];
  /** The state that makes the request. */
  requestingState: Country;
  /** Start date; null if unknown. */
  startedOn?: Maybe<Scalars['Edtf']['output']>;
  /** Time at which the initiative was opened in the ledger. */
  recordedAt: Scalars['DateTime']['output'];
  /** Words for sentences about the request; null if the initiative has none. A language without words falls back to English. */
  wording?: Maybe<Wording>;
  /**
   * The last day on which a statement about the initiative or one of its relationships that is valid was published, by its
   * earliest supporting source with a date; null if none has one. Statements without such a source do not count.
   * Errors: `QUERY_TOO_COMPLEX` for very many statements.
   */
  sourcesUpTo?: Maybe<Scalars['Date']['output']>;
  /**
   * The last day on which an editor checked the initiative as a whole for anything new; null if no such review is recorded.
   * Reviews of single relationships do not count. `at` has the meaning of `Relationship.reviewedOn`.
   */
  reviewedOn?: Maybe<Scalars['Date']['output']>;
  /**
   * The edition of an import document about the initiative that was imported last, when all of it was recorded; null if
   * no document named one.
   */
  edition?: Maybe<Edition>;
  /** Relationships within the initiative, one per requested state. */
  relationships: RelationshipConnection;
  /**
   * The service's own count of relationships by stance. A relationship is counted if at least one statement about it
   * is valid.
   */
  tally: Tally;
  /**
   * The service's own count for the members of each international organisation, in ascending order of abbreviation. A
   * requested state is counted for each organisation that it is a member of on the day `validOn`, or now.
   * Errors: `NOT_FOUND` for an unknown organisation.
   */
  tallyByOrganisation: Array<OrganisationTally>;
  /**
   * Valid counts that claimants published about the initiative as a whole, in order of recording. They may differ
   * from `tally`.
   */
  countClaims: Array<CountStatement>;
  /**
   * The service's own count at regular intervals, for charts; in chronological order, at most 400 points.
   * Errors: `BAD_USER_INPUT` if `to` is before `from` or the range has more than 400 points.
   */
  history: Array<TallyPoint>;
  /**
   * The days on which a stance or a dispute changed on one clock, oldest first, so that a page can show any day without
   * asking again. A relationship that no step has named yet is `UNKNOWN`. After each step, positions are those at
   * `{ validOn: on }`, `{ publishedBy: on }` or `{ recordedBy: end of on, UTC }`.
   * Errors: `BAD_USER_INPUT` if `at` restricts the clock that runs, `QUERY_TOO_COMPLEX` for very many relationships.
   */
  steps: Array<Step>;
  /**
   * Every stance of every relationship, with the days for which it holds and on which it was known, by requested state:
   * rectangles over two clocks that do not overlap. The period that contains a day `validOn` and a day `publishedBy` has the
   * position at that moment; without one, no statement about the relationship was valid.
   * Errors: `BAD_USER_INPUT` if `at` restricts a clock that runs, `QUERY_TOO_COMPLEX` for very many relationships.
   */
  periods: Array<PositionPeriod>;
  /**
   * Relationships whose position differs between two moments, by requested state, with the reason and the entries that did
   * it. Positions at the first moment with these changes are the positions at the second.
   * Errors: `BAD_USER_INPUT` if `to` is earlier than `from` on an axis, `QUERY_TOO_COMPLEX` for very many relationships.
   */
  changes: Array<PositionChange>;
};


/** A matter on which one state makes requests to other states, for example third-country removals. */
export type InitiativeWordingArgs = {
  lang?: InputMaybe<Scalars['String']['input']>;
};


/** A matter on which one state makes requests to other states, for example third-country removals. */
export type InitiativeSourcesUpToArgs = {
  at?: InputMaybe<MomentInput>;
};


/** A matter on which one state makes requests to other states, for example third-country removals. */
export type InitiativeReviewedOnArgs = {
  at?: InputMaybe<MomentInput>;
};


/** A matter on which one state makes requests to other states, for example third-country removals. */
export type InitiativeEditionArgs = {
  at?: InputMaybe<Scalars['DateTime']['input']>;
};


/** A matter on which one state makes requests to other states, for example third-country removals. */
export type InitiativeRelationshipsArgs = {
  filter?: InputMaybe<RelationshipFilter>;
  at?: InputMaybe<MomentInput>;
  orderBy?: InputMaybe<RelationshipOrder>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/** A matter on which one state makes requests to other states, for example third-country removals. */
export type InitiativeTallyArgs = {
  at?: InputMaybe<MomentInput>;
};


/** A matter on which one state makes requests to other states, for example third-country removals. */
export type InitiativeTallyByOrganisationArgs = {
  at?: InputMaybe<MomentInput>;
  organisations?: InputMaybe<Array<Scalars['ID']['input']>>;
};


/** A matter on which one state makes requests to other states, for example third-country removals. */
export type InitiativeCountClaimsArgs = {
  at?: InputMaybe<MomentInput>;
};


/** A matter on which one state makes requests to other states, for example third-country removals. */
export type InitiativeHistoryArgs = {
  from: Scalars['Date']['input'];
  to: Scalars['Date']['input'];
  every: Interval;
  clock?: Clock;
};


/** A matter on which one state makes requests to other states, for example third-country removals. */
export type InitiativeStepsArgs = {
  clock?: Clock;
  at?: InputMaybe<MomentInput>;
};


/** A matter on which one state makes requests to other states, for example third-country removals. */
export type InitiativePeriodsArgs = {
  clock?: PeriodClock;
  at?: InputMaybe<MomentInput>;
};


/** A matter on which one state makes requests to other states, for example third-country removals. */
export type InitiativeChangesArgs = {
  between: MomentRange;
};

/** Legal form of an agreement. Whether it is binding does not depend on its title. */
export type Instrument =
  /** Oral, without a known text. */
  | 'VERBAL'
  /** Exchange of diplomatic notes. */
  | 'EXCHANGE_OF_NOTES'
  /** Memorandum of understanding or a similar arrangement. */
  | 'MEMORANDUM'
  /** Treaty, whatever its title. */
  | 'TREATY'
  /** Unilateral decision, such as a decree or a cabinet decision. */
  | 'DECISION'
  /** Unknown. */
  | 'UNKNOWN';

/** Interval between two points. */
export type Interval =
  /** One day. */
  | 'DAY'
  /** Seven days. */
  | 'WEEK'
  /** One month: the same day of each month, or the last day of a shorter month. */
  | 'MONTH';

/** A language used in a country. */
export type Language = {
  __typename?: 'Language';
  /** BCP 47 language tag, for example `pt`. */
  code: Scalars['ID']['output'];
  /** English name. */
  name: Scalars['String']['output'];
  /** Name in the language itself; null if unknown. */
  nativeName?: Maybe<Scalars['String']['output']>;
};

/**
 * The append-only list of everything ever recorded. Each entry contains the hash of its predecessor, so a saved head
 * reveals whether the history before it was altered.
 */
export type Ledger = {
  __typename?: 'Ledger';
  /**
   * Random identifier of this database, 32 hexadecimal digits; generated when the database is created and again
   * after a restore. Cursors of another generation are rejected with `CURSOR_INVALID`.
   */
  generation: Scalars['ID']['output'];
  /** The head before the first entry. Use its cursor as `after` to read everything. */
  genesis: LedgerHead;
  /**
   * Key that verifies the signed notes of tree heads, in the format of C2SP signed-note. Keep it: a key that is read together with
   * what it verifies proves nothing about who signed.
   */
  verifierKey: Scalars['String']['output'];
  /** The head: the newest entry or, if there is none, the genesis. */
  head: LedgerHead;
  /** All entries in ledger order. */
  entries: LedgerEntryConnection;
  /** Proof that an entry is in a tree. */
  inclusionProof: InclusionProof;
  /** Proof that the tree of the first `from` entries is the beginning of that of the first `to`. */
  consistencyProof: ConsistencyProof;
};


/**
 * The append-only list of everything ever recorded. Each entry contains the hash of its predecessor, so a saved head
 * reveals whether the history before it was altered.
 */
export type LedgerHeadArgs = {
  at?: InputMaybe<Scalars['DateTime']['input']>;
};


/**
 * The append-only list of everything ever recorded. Each entry contains the hash of its predecessor, so a saved head
 * reveals whether the history before it was altered.
 */
export type LedgerEntriesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/**
 * The append-only list of everything ever recorded. Each entry contains the hash of its predecessor, so a saved head
 * reveals whether the history before it was altered.
 */
export type LedgerInclusionProofArgs = {
  seq: Scalars['Int']['input'];
  treeSize?: InputMaybe<Scalars['Int']['input']>;
};


/**
 * The append-only list of everything ever recorded. Each entry contains the hash of its predecessor, so a saved head
 * reveals whether the history before it was altered.
 */
export type LedgerConsistencyProofArgs = {
  from: Scalars['Int']['input'];
  to?: InputMaybe<Scalars['Int']['input']>;
};

/** A ledger entry. Entries are immutable. */
export type LedgerEntry = {
  __typename?: 'LedgerEntry';
  /** Sequence number, starting at 1, without gaps. */
  seq: Scalars['Int']['output'];
  /** Kind of event that it records. */
  kind: EntryKind;
  /** Recorded content as canonical JSON text (RFC 8785). Its numbers refer to other entries by `seq`. */
  payload: Scalars['String']['output'];
  /** Author: `token:` followed by the name of an editor's token, or `import`. */
  actor: Scalars['String']['output'];
  /** Time of recording; never earlier than that of the preceding entry. */
  recordedAt: Scalars['DateTime']['output'];
  /** Hash of the preceding entry, or of the genesis for the first entry; 64 hexadecimal digits. */
  prevHash: Scalars['String']['output'];
  /** SHA-256 hash of this entry, 64 hexadecimal digits. */
  hash: Scalars['String']['output'];
  /** Cursor of this position; use it as `after` to continue from here. */
  cursor: Scalars['String']['output'];
  /** The stance change that the entry caused; null if there is none. */
  stanceChange?: Maybe<StanceChange>;
  /** The statement that the entry recorded; null for other kinds of entries. */
  statement?: Maybe<Statement>;
  /**
   * The statement that the entry records, retracts or adds evidence to; of a correction, the new one, whose `corrects`
   * is the one that it replaces. Null for entries that are about no statement.
   */
  about?: Maybe<Statement>;
};

/** A page of ledger entries. */
export type LedgerEntryConnection = {
  __typename?: 'LedgerEntryConnection';
  /** Information about this page. */
  pageInfo: PageInfo;
  /** Items of the page with their cursors, in list order. */
  edges: Array<LedgerEntryEdge>;
  /** Items of the page, in list order. */
  nodes: Array<LedgerEntry>;
  /** Total number of items in the list: all pages, with the filter applied. It is computed only if selected. */
  totalCount: Scalars['Int']['output'];
};

/** An item with its cursor. */
export type LedgerEntryEdge = {
  __typename?: 'LedgerEntryEdge';
  /** Opaque cursor of this item, for `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The item. */
  node: LedgerEntry;
};

/**
 * A position in the ledger with the hash of all history up to it. Store it to detect later whether that history was
 * altered.
 */
export type LedgerHead = {
  __typename?: 'LedgerHead';
  /** Sequence number of the newest entry; 0 if there is none. */
  seq: Scalars['Int']['output'];
  /** SHA-256 hash of the newest entry, or of the genesis if there is none; 64 hexadecimal digits. */
  hash: Scalars['String']['output'];
  /** Cursor of this position; use it as `after` to continue from here. */
  cursor: Scalars['String']['output'];
  /** Time at which the newest entry was recorded; null if there is none. */
  recordedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Head of the Merkle tree over the entries up to this one. */
  treeHead: TreeHead;
};

/** A court case or decision. */
export type LegalInput = {
  /** ISO 3166-1 alpha-2 code of the state whose court it is or, for an international court, of the respondent state. */
  jurisdiction: Scalars['ID']['input'];
  /** Name of the court, at most 600 characters. */
  court: Scalars['String']['input'];
  /** Name of the case, at most 600 characters. */
  caseName: Scalars['String']['input'];
  /** Docket number, at most 600 characters. */
  docket?: InputMaybe<Scalars['String']['input']>;
  /** Status of the case. */
  status: LegalStatus;
};

/** A claim about a court case or decision. */
export type LegalStatement = Statement & Node & {
  __typename?: 'LegalStatement';
  /** Global ID, for `node`. */
  id: Scalars['ID']['output'];
  /**
   * Number of the statement, used in its citation and permanent link. It equals the `seq` of the ledger
   * entry that recorded it.
   */
  number: Scalars['Int']['output'];
  /** Kind of the statement; each kind has its own type. */
  kind: StatementKind;
  /** The relationship, country or initiative that the statement is about. */
  subject: Subject;
  /** Author of the claim. */
  claimant: Claimant;
  /** Date from which the claim applies, as precise as its sources. */
  validFrom: Scalars['Edtf']['output'];
  /** The claim in one neutral sentence, written by the editors; at most 300 characters. */
  summary: Scalars['String']['output'];
  /** Editor's remark, for example on the interpretation of a source; null if there is none. */
  note?: Maybe<Scalars['String']['output']>;
  /** Evidence for or against the statement, in order of recording. */
  evidence: Array<Evidence>;
  /**
   * Day from which the statement counts as public, by current knowledge: the latest possible publication day
   * of its earliest dated supporting source (or of an original that the source derives from). Without a
   * dated source, the day of recording.
   */
  publishedOn: Scalars['Date']['output'];
  /** Time of recording. */
  recordedAt: Scalars['DateTime']['output'];
  /** Whether the statement is currently valid, corrected or retracted. */
  standing: Standing;
  /** The statement that this one corrects; null if it is not a correction. */
  corrects?: Maybe<Statement>;
  /** Reason for the correction; null if none was given or it is not a correction. */
  correctionReason?: Maybe<Scalars['String']['output']>;
  /**
   * Whether the disputes of the statement that this one corrects are its own: it is in dispute with what
   * contradicts that one, or is contradicted by it. False if it is not a correction.
   */
  keepsDisputes: Scalars['Boolean']['output'];
  /** The statement that currently replaces this one; null if there is none. */
  correctedBy?: Maybe<Statement>;
  /** Time of the retraction; null if it was not retracted. */
  retractedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Reason for the retraction; null if it was not retracted. */
  retractionReason?: Maybe<Scalars['String']['output']>;
  /**
   * Statements that this one contradicts in the editor's judgement, in order of recording; includes
   * corrected and retracted ones.
   */
  contradicts: Array<Statement>;
  /**
   * Statements that contradict this one in the editor's judgement, in order of recording; includes corrected
   * and retracted ones.
   */
  contradictedBy: Array<Statement>;
  /** Ready-to-use citation with a permanent link. It says so if the statement was corrected or retracted. */
  citation: Scalars['String']['output'];
  /** The state whose court it is or, for an international court, the respondent state. */
  jurisdiction: Country;
  /** Name of the court, at most 600 characters. */
  court: Scalars['String']['output'];
  /** Name of the case, at most 600 characters. */
  caseName: Scalars['String']['output'];
  /** Docket number; null if unknown. */
  docket?: Maybe<Scalars['String']['output']>;
  /** Status of the case. */
  status: LegalStatus;
};


/** A claim about a court case or decision. */
export type LegalStatementCitationArgs = {
  format?: CitationFormat;
};

/** Status of a court case. */
export type LegalStatus =
  /** Pending before the court. */
  | 'CHALLENGED'
  /** Temporarily prohibited by the court. */
  | 'ENJOINED'
  /** A court order is suspended: what it prohibited may continue, or what it permitted may not. */
  | 'STAYED'
  /** Ruled unlawful. */
  | 'STRUCK_DOWN'
  /** Ruled lawful. */
  | 'UPHELD'
  /** Settled by agreement of the parties. */
  | 'SETTLED';

/**
 * Limits per operation. An operation over a limit is rejected with `QUERY_TOO_COMPLEX`; a page that is too large, with
 * `BAD_USER_INPUT`.
 */
export type Limits = {
  __typename?: 'Limits';
  /** Maximum number of items on a page. */
  pageSize: Scalars['Int']['output'];
  /** Maximum size of the document in bytes. */
  documentBytes: Scalars['Int']['output'];
  /**
   * Maximum number of tokens in the document: names, numbers, strings and punctuation. It is also the maximum number
   * of values in the variables.
   */
  tokens: Scalars['Int']['output'];
  /** Maximum number of nested brackets of any kind, including those in values. */
  nesting: Scalars['Int']['output'];
  /** Maximum number of aliased fields. */
  aliases: Scalars['Int']['output'];
  /** Maximum number of directives. */
  directives: Scalars['Int']['output'];
  /** Maximum number of fragment definitions. */
  fragments: Scalars['Int']['output'];
  /** Maximum number of fields after expanding fragments. */
  fields: Scalars['Int']['output'];
  /** Maximum selection depth after expanding fragments. Introspection has a separate limit. */
  depth: Scalars['Int']['output'];
  /** Maximum query cost: each field counts once per item of the lists that contain it. */
  cost: Scalars['Int']['output'];
};

/** Membership of a country in an international organisation. Dates are as precise as is certain. */
export type Membership = {
  __typename?: 'Membership';
  /** The organisation. */
  organisation: Organisation;
  /** The member. */
  country: Country;
  /** When it joined, or joined the predecessor. */
  joined: Scalars['Edtf']['output'];
  /** First day on which it was no member any more; null while it is one. */
  left?: Maybe<Scalars['Edtf']['output']>;
  /** Whether it was suspended on the requested day, or is now. A suspended country is a member. */
  suspended: Scalars['Boolean']['output'];
  /** Suspensions since 2009, and that of Cuba; oldest first. */
  suspensions: Array<Suspension>;
  /** What the dates leave open; null if nothing. */
  note?: Maybe<Scalars['String']['output']>;
};

/** Condition on the membership of a country. */
export type MembershipFilter = {
  /**
   * Abbreviations of organisations, case-insensitive; the country is a member of any of them. An unknown one is a
   * `NOT_FOUND` error.
   */
  organisations: Array<Scalars['ID']['input']>;
  /** Day of the membership; omit it for memberships that have not ended. */
  at?: InputMaybe<Scalars['Date']['input']>;
  /** Whether the membership is suspended; omit it for both. */
  suspended?: InputMaybe<Scalars['Boolean']['input']>;
};

/**
 * A point in time along three axes. An omitted axis is unrestricted: `{}` is now, with everything recorded so far.
 * Example: `{ publishedBy: "2025-06-30" }` returns what was public at the end of June 2025.
 */
export type MomentInput = {
  /** Includes only stances that had certainly begun by this day. */
  validOn?: InputMaybe<Scalars['Date']['input']>;
  /** Includes only what was public by the end of this day. */
  publishedBy?: InputMaybe<Scalars['Date']['input']>;
  /** Includes only what this ledger contained at this time, including corrections and retractions. */
  recordedBy?: InputMaybe<Scalars['DateTime']['input']>;
};

/** Two moments; the second is not earlier than the first on any axis. */
export type MomentRange = {
  /** The first moment. */
  from: MomentInput;
  /** The second moment. */
  to: MomentInput;
};

/** A change of one relationship on one day. */
export type Move = {
  __typename?: 'Move';
  /** The relationship. */
  relationship: Relationship;
  /** The stance until that day. */
  from: Stance;
  /** The stance from that day on; equal to `from` if only a dispute began or ended. */
  to: Stance;
  /** Whether the position is disputed from that day on. */
  disputed: Scalars['Boolean']['output'];
  /** Whether a move from `from` to `to` is rare. */
  unusual: Scalars['Boolean']['output'];
  /** The statement that determines the stance from that day on; null for `UNKNOWN`. */
  basis?: Maybe<StanceStatement>;
};

/**
 * Writes to the ledger with the role `EDITOR`, which return when their entry is on disk; and the administration of webhooks
 * with the role `ADMIN`, which is not part of the ledger.
 * Errors common to all: `UNAUTHENTICATED`, `FORBIDDEN`; `CONFLICT` if an idempotency key is reused with different content.
 * After `TIMEOUT`, `UNAVAILABLE` or `INTERNAL_SERVER_ERROR` the entry may have been recorded: retry with the same
 * idempotency key. After any other error, the mutation wrote nothing.
 */
export type Mutation = {
  __typename?: 'Mutation';
  /**
   * Opens an initiative. Requires the role `EDITOR`.
   * Errors: `BAD_USER_INPUT` or `NOT_FOUND` with the invalid field; `CONFLICT` if the slug is taken.
   */
  openInitiative: OpenInitiativePayload;
  /**
   * Registers a document or report so that statements can cite it. The server never fetches its URL. Requires the
   * role `EDITOR`.
   * Errors: `BAD_USER_INPUT` or `NOT_FOUND` with the invalid field.
   */
  registerSource: RegisterSourcePayload;
  /**
   * Corrects the data of a source; its number, and with it every citation, stays. The earlier data remain readable in
   * `Source.versions`. If the date of publication or `derivedFrom` changes, the statements that rest on the source, or on one
   * that derives from it, count as public from the new day on; answers as recorded before (`recordedBy`, `?seq=`) keep the old
   * one. Requires the role `EDITOR`.
   * Errors: those of `registerSource`; `CONFLICT` if `version` is not the newest one.
   */
  correctSource: CorrectSourcePayload;
  /**
   * Records a claimant's statement about a relationship, a country or an initiative. Requires the role `EDITOR`.
   * Errors: `BAD_USER_INPUT`, `NOT_FOUND` or `CONFLICT` with the invalid field.
   */
  recordStatement: RecordStatementPayload;
  /**
   * Replaces a wrong statement; the old one remains readable. Requires the role `EDITOR`.
   * Errors: those of `recordStatement`; `CONFLICT` if the statement is already corrected or retracted.
   */
  correctStatement: CorrectStatementPayload;
  /**
   * Retracts a statement; it remains readable, and the statement it had corrected becomes valid again. Requires the
   * role `EDITOR`.
   * Errors: `BAD_USER_INPUT` or `NOT_FOUND` with the invalid field; `CONFLICT` if the statement is already corrected
   * or retracted.
   */
  retractStatement: RetractStatementPayload;
  /**
   * Adds evidence to a statement. An earlier source can move the day from which the statement counts as public; the
   * current position never changes. Requires the role `EDITOR`.
   * Errors: `BAD_USER_INPUT` or `NOT_FOUND` with the invalid field.
   */
  addEvidence: AddEvidencePayload;
  /**
   * Records that an editor checked a relationship, or an initiative as a whole, and found nothing new to record. It moves
   * `reviewedOn` and changes no position. Requires the role `EDITOR`.
   * Errors: `BAD_USER_INPUT` or `NOT_FOUND` with the invalid field.
   */
  recordReview: RecordReviewPayload;
  /**
   * Adds a webhook. Requires the role `ADMIN`. Sent twice, it adds two.
   * Errors: `BAD_USER_INPUT`, `NOT_FOUND` or `CURSOR_INVALID` with the invalid field; `CONFLICT` if there are 100 webhooks.
   */
  addWebhook: WebhookWithSecret;
  /**
   * Stops sending to a webhook; it continues at the same place when it is resumed. Requires the role `ADMIN`.
   * Errors: `NOT_FOUND`.
   */
  pauseWebhook: Webhook;
  /**
   * Continues sending to a paused webhook, at once. Requires the role `ADMIN`.
   * Errors: `NOT_FOUND`.
   */
  resumeWebhook: Webhook;
  /**
   * Sends the changes after a cursor, again or for the first time; a paused webhook stays paused. Requires the role `ADMIN`.
   * Errors: `NOT_FOUND`, `CURSOR_INVALID`.
   */
  replayWebhook: Webhook;
  /**
   * Gives a webhook a new secret; for 24 hours each message is signed by both. Requires the role `ADMIN`. Sent twice, the
   * first new secret takes the place of the earlier one.
   * Errors: `NOT_FOUND`.
   */
  rotateWebhookSecret: WebhookWithSecret;
  /**
   * Removes a webhook with its deliveries, and returns it as it was. Requires the role `ADMIN`.
   * Errors: `NOT_FOUND`.
   */
  removeWebhook: Webhook;
};


/**
 * Writes to the ledger with the role `EDITOR`, which return when their entry is on disk; and the administration of webhooks
 * with the role `ADMIN`, which is not part of the ledger.
 * Errors common to all: `UNAUTHENTICATED`, `FORBIDDEN`; `CONFLICT` if an idempotency key is reused with different content.
 * After `TIMEOUT`, `UNAVAILABLE` or `INTERNAL_SERVER_ERROR` the entry may have been recorded: retry with the same
 * idempotency key. After any other error, the mutation wrote nothing.
 */
export type MutationOpenInitiativeArgs = {
  input: OpenInitiativeInput;
  dryRun?: Scalars['Boolean']['input'];
};


/**
 * Writes to the ledger with the role `EDITOR`, which return when their entry is on disk; and the administration of webhooks
 * with the role `ADMIN`, which is not part of the ledger.
 * Errors common to all: `UNAUTHENTICATED`, `FORBIDDEN`; `CONFLICT` if an idempotency key is reused with different content.
 * After `TIMEOUT`, `UNAVAILABLE` or `INTERNAL_SERVER_ERROR` the entry may have been recorded: retry with the same
 * idempotency key. After any other error, the mutation wrote nothing.
 */
export type MutationRegisterSourceArgs = {
  input: RegisterSourceInput;
  dryRun?: Scalars['Boolean']['input'];
};


/**
 * Writes to the ledger with the role `EDITOR`, which return when their entry is on disk; and the administration of webhooks
 * with the role `ADMIN`, which is not part of the ledger.
 * Errors common to all: `UNAUTHENTICATED`, `FORBIDDEN`; `CONFLICT` if an idempotency key is reused with different content.
 * After `TIMEOUT`, `UNAVAILABLE` or `INTERNAL_SERVER_ERROR` the entry may have been recorded: retry with the same
 * idempotency key. After any other error, the mutation wrote nothing.
 */
export type MutationCorrectSourceArgs = {
  input: CorrectSourceInput;
  dryRun?: Scalars['Boolean']['input'];
};


/**
 * Writes to the ledger with the role `EDITOR`, which return when their entry is on disk; and the administration of webhooks
 * with the role `ADMIN`, which is not part of the ledger.
 * Errors common to all: `UNAUTHENTICATED`, `FORBIDDEN`; `CONFLICT` if an idempotency key is reused with different content.
 * After `TIMEOUT`, `UNAVAILABLE` or `INTERNAL_SERVER_ERROR` the entry may have been recorded: retry with the same
 * idempotency key. After any other error, the mutation wrote nothing.
 */
export type MutationRecordStatementArgs = {
  input: RecordStatementInput;
  dryRun?: Scalars['Boolean']['input'];
};


/**
 * Writes to the ledger with the role `EDITOR`, which return when their entry is on disk; and the administration of webhooks
 * with the role `ADMIN`, which is not part of the ledger.
 * Errors common to all: `UNAUTHENTICATED`, `FORBIDDEN`; `CONFLICT` if an idempotency key is reused with different content.
 * After `TIMEOUT`, `UNAVAILABLE` or `INTERNAL_SERVER_ERROR` the entry may have been recorded: retry with the same
 * idempotency key. After any other error, the mutation wrote nothing.
 */
export type MutationCorrectStatementArgs = {
  input: CorrectStatementInput;
  dryRun?: Scalars['Boolean']['input'];
};


/**
 * Writes to the ledger with the role `EDITOR`, which return when their entry is on disk; and the administration of webhooks
 * with the role `ADMIN`, which is not part of the ledger.
 * Errors common to all: `UNAUTHENTICATED`, `FORBIDDEN`; `CONFLICT` if an idempotency key is reused with different content.
 * After `TIMEOUT`, `UNAVAILABLE` or `INTERNAL_SERVER_ERROR` the entry may have been recorded: retry with the same
 * idempotency key. After any other error, the mutation wrote nothing.
 */
export type MutationRetractStatementArgs = {
  input: RetractStatementInput;
  dryRun?: Scalars['Boolean']['input'];
};


/**
 * Writes to the ledger with the role `EDITOR`, which return when their entry is on disk; and the administration of webhooks
 * with the role `ADMIN`, which is not part of the ledger.
 * Errors common to all: `UNAUTHENTICATED`, `FORBIDDEN`; `CONFLICT` if an idempotency key is reused with different content.
 * After `TIMEOUT`, `UNAVAILABLE` or `INTERNAL_SERVER_ERROR` the entry may have been recorded: retry with the same
 * idempotency key. After any other error, the mutation wrote nothing.
 */
export type MutationAddEvidenceArgs = {
  input: AddEvidenceInput;
  dryRun?: Scalars['Boolean']['input'];
};


/**
 * Writes to the ledger with the role `EDITOR`, which return when their entry is on disk; and the administration of webhooks
 * with the role `ADMIN`, which is not part of the ledger.
 * Errors common to all: `UNAUTHENTICATED`, `FORBIDDEN`; `CONFLICT` if an idempotency key is reused with different content.
 * After `TIMEOUT`, `UNAVAILABLE` or `INTERNAL_SERVER_ERROR` the entry may have been recorded: retry with the same
 * idempotency key. After any other error, the mutation wrote nothing.
 */
export type MutationRecordReviewArgs = {
  input: RecordReviewInput;
  dryRun?: Scalars['Boolean']['input'];
};


/**
 * Writes to the ledger with the role `EDITOR`, which return when their entry is on disk; and the administration of webhooks
 * with the role `ADMIN`, which is not part of the ledger.
 * Errors common to all: `UNAUTHENTICATED`, `FORBIDDEN`; `CONFLICT` if an idempotency key is reused with different content.
 * After `TIMEOUT`, `UNAVAILABLE` or `INTERNAL_SERVER_ERROR` the entry may have been recorded: retry with the same
 * idempotency key. After any other error, the mutation wrote nothing.
 */
export type MutationAddWebhookArgs = {
  input: AddWebhookInput;
};


/**
 * Writes to the ledger with the role `EDITOR`, which return when their entry is on disk; and the administration of webhooks
 * with the role `ADMIN`, which is not part of the ledger.
 * Errors common to all: `UNAUTHENTICATED`, `FORBIDDEN`; `CONFLICT` if an idempotency key is reused with different content.
 * After `TIMEOUT`, `UNAVAILABLE` or `INTERNAL_SERVER_ERROR` the entry may have been recorded: retry with the same
 * idempotency key. After any other error, the mutation wrote nothing.
 */
export type MutationPauseWebhookArgs = {
  number: Scalars['ID']['input'];
};


/**
 * Writes to the ledger with the role `EDITOR`, which return when their entry is on disk; and the administration of webhooks
 * with the role `ADMIN`, which is not part of the ledger.
 * Errors common to all: `UNAUTHENTICATED`, `FORBIDDEN`; `CONFLICT` if an idempotency key is reused with different content.
 * After `TIMEOUT`, `UNAVAILABLE` or `INTERNAL_SERVER_ERROR` the entry may have been recorded: retry with the same
 * idempotency key. After any other error, the mutation wrote nothing.
 */
export type MutationResumeWebhookArgs = {
  number: Scalars['ID']['input'];
};


/**
 * Writes to the ledger with the role `EDITOR`, which return when their entry is on disk; and the administration of webhooks
 * with the role `ADMIN`, which is not part of the ledger.
 * Errors common to all: `UNAUTHENTICATED`, `FORBIDDEN`; `CONFLICT` if an idempotency key is reused with different content.
 * After `TIMEOUT`, `UNAVAILABLE` or `INTERNAL_SERVER_ERROR` the entry may have been recorded: retry with the same
 * idempotency key. After any other error, the mutation wrote nothing.
 */
export type MutationReplayWebhookArgs = {
  number: Scalars['ID']['input'];
  after: Scalars['String']['input'];
};


/**
 * Writes to the ledger with the role `EDITOR`, which return when their entry is on disk; and the administration of webhooks
 * with the role `ADMIN`, which is not part of the ledger.
 * Errors common to all: `UNAUTHENTICATED`, `FORBIDDEN`; `CONFLICT` if an idempotency key is reused with different content.
 * After `TIMEOUT`, `UNAVAILABLE` or `INTERNAL_SERVER_ERROR` the entry may have been recorded: retry with the same
 * idempotency key. After any other error, the mutation wrote nothing.
 */
export type MutationRotateWebhookSecretArgs = {
  number: Scalars['ID']['input'];
};


/**
 * Writes to the ledger with the role `EDITOR`, which return when their entry is on disk; and the administration of webhooks
 * with the role `ADMIN`, which is not part of the ledger.
 * Errors common to all: `UNAUTHENTICATED`, `FORBIDDEN`; `CONFLICT` if an idempotency key is reused with different content.
 * After `TIMEOUT`, `UNAVAILABLE` or `INTERNAL_SERVER_ERROR` the entry may have been recorded: retry with the same
 * idempotency key. After any other error, the mutation wrote nothing.
 */
export type MutationRemoveWebhookArgs = {
  number: Scalars['ID']['input'];
};

/** Form of a country's name. */
export type NameForm =
  /** The name, for example "Hong Kong SAR China". */
  | 'FULL'
  /** A label for maps and tables, for example "Hong Kong"; the name where there is none. */
  | 'SHORT';

/** An object with a global ID (Relay Global Object Identification). */
export type Node = {
  /** Global ID: opaque and permanent. */
  id: Scalars['ID']['output'];
};

/** Opens a new initiative. */
export type OpenInitiativeInput = {
  /** Idempotency key, at most 200 characters, unique per token; see `RecordStatementInput.idempotencyKey`. */
  idempotencyKey: Scalars['String']['input'];
  /** Lower-case words joined by hyphens, at most 80 characters; must be unique. */
  slug: Scalars['ID']['input'];
  /** Title, at most 600 characters. */
  title: Scalars['String']['input'];
  /** Summary of the request, at most 1,000 characters. */
  summary: Scalars['String']['input'];
  /** ISO 3166-1 alpha-2 code of the requesting state. */
  requestingState: Scalars['ID']['input'];
  /** Start date; must not begin after today. */
  startedOn?: InputMaybe<Scalars['Edtf']['input']>;
};

/** Result of `openInitiative`. */
export type OpenInitiativePayload = {
  __typename?: 'OpenInitiativePayload';
  /** The new initiative; null after a dry run. */
  initiative?: Maybe<Initiative>;
  /**
   * The ledger head directly after this entry. Store it to detect later whether the history up to here was
   * altered. After a dry run, the head that the input was checked against.
   */
  ledgerHead: LedgerHead;
  /** The stance change that this entry caused; null if the stance did not change, and after a dry run. */
  stanceChange?: Maybe<StanceChange>;
  /** What the mutation would do; null unless it has `dryRun: true`. */
  dryRun?: Maybe<DryRun>;
};

/** Sort direction. */
export type OrderDirection =
  /** Ascending: small to large, A to Z, old to new. */
  | 'ASC'
  /** Descending: large to small, Z to A, new to old. */
  | 'DESC';

/** An international organisation. Its members are the full ones that it lists; this implies no position on a territory. */
export type Organisation = {
  __typename?: 'Organisation';
  /** Usual abbreviation, for example `AU`. */
  code: Scalars['ID']['output'];
  /** English name. */
  name: Scalars['String']['output'];
  /** English name of the organisation that it succeeded, whose membership counts; null if there is none. */
  predecessor?: Maybe<Scalars['String']['output']>;
  /** List of members that the organisation publishes. */
  source: Scalars['Url']['output'];
  /** The month that later changes of membership are missing from. */
  reviewedTo: Scalars['Edtf']['output'];
  /** Memberships on a day, in ascending order of the country's code. */
  memberships: Array<Membership>;
};


/** An international organisation. Its members are the full ones that it lists; this implies no position on a territory. */
export type OrganisationMembershipsArgs = {
  at?: InputMaybe<Scalars['Date']['input']>;
};

/** Count of the relationships whose requested states are members of one organisation. */
export type OrganisationTally = {
  __typename?: 'OrganisationTally';
  /** The organisation. */
  organisation: Organisation;
  /** Number of all its members on the day, suspended ones included, whether or not something is requested of them. */
  members: Scalars['Int']['output'];
  /** The service's own count of the relationships with members. */
  tally: Tally;
};

/** Information about a page (Relay Cursor Connections). */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** Whether there are items before this page. When paging forward, whether `after` was set. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** Whether there are items after this page. When paging backward, whether `before` was set. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Cursor of the first item; use it as `before` for the previous page. Null if the page is empty. */
  startCursor?: Maybe<Scalars['String']['output']>;
  /** Cursor of the last item; use it as `after` for the next page. Null if the page is empty. */
  endCursor?: Maybe<Scalars['String']['output']>;
};

/** A period during which one stance held. */
export type Period = {
  __typename?: 'Period';
  /** The stance. */
  stance: Stance;
  /** Start of the period. */
  from: Scalars['Edtf']['output'];
  /** Start of the next period; null for the last one. */
  to?: Maybe<Scalars['Edtf']['output']>;
  /** The first statement of the period. */
  basis: StanceStatement;
};

/** The clocks of periods. */
export type PeriodClock =
  /** The situation in the world, according to current knowledge. */
  | 'VALID'
  /** What was public. */
  | 'PUBLISHED'
  /** Both: which situation in the world was known to the public when. */
  | 'BOTH';

/** A stance change that a dry run determined. It was not published. */
export type PlannedStanceChange = {
  __typename?: 'PlannedStanceChange';
  /** The initiative to which the request belongs. */
  initiative: Initiative;
  /** The state whose stance would change. */
  requestedState: Country;
  /** Stance before the change. */
  from: Stance;
  /** Stance after the change. */
  to: Stance;
  /** Reason for which the change would be published. */
  kind: ChangeKind;
  /** Whether this transition is unusual, for example from `REFUSED` to `IMPLEMENTING`. */
  unusual: Scalars['Boolean']['output'];
  /** Whether the position would be disputed after the change. */
  disputed: Scalars['Boolean']['output'];
  /** Date on which the new stance began, as precise as its sources; null if there is none. */
  occurredOn?: Maybe<Scalars['Edtf']['output']>;
};

/** The requested state's stance at a moment and the statement that determines it. */
export type Position = {
  __typename?: 'Position';
  /** The stance; `UNKNOWN` if no valid statement had certainly taken effect. */
  stance: Stance;
  /** Date since which the stance has held without interruption; null for `UNKNOWN`. */
  since?: Maybe<Scalars['Edtf']['output']>;
  /**
   * False if a statement with another stance possibly, but not certainly, took effect by `validOn`. Always true
   * without `validOn`.
   */
  certain: Scalars['Boolean']['output'];
  /** Whether valid statements contradict each other and have not been superseded. */
  disputed: Scalars['Boolean']['output'];
  /** The statement that determines the stance; null for `UNKNOWN`. */
  basis?: Maybe<StanceStatement>;
  /**
   * Persons or matters to which the stance is limited, by the statement that determines it: for example one flight; null
   * if it is not known to be limited.
   */
  scope?: Maybe<Scalars['String']['output']>;
  /** The pairs of contradicting statements that cause the dispute, in order of recording. */
  rivals: Array<Contradiction>;
  /**
   * What the position rests on, for checks that need not trust this server. It is about the ledger as a whole, whatever the
   * moment.
   */
  proof: PositionProof;
};

/** A relationship whose position differs between two moments. */
export type PositionChange = {
  __typename?: 'PositionChange';
  /** The relationship. */
  relationship: Relationship;
  /** The position at the first moment. */
  from: Position;
  /** The position at the second moment. */
  to: Position;
  /** Why they differ. If both a correction and new statements did it, it is `CORRECTION`. */
  cause: PositionChangeCause;
  /**
   * The ledger entries that became known in between and decide the second position, in ledger order: statements, corrections,
   * retractions, and evidence and corrections of sources that made a statement public on another day. Empty for `CLOCK`.
   */
  entries: Array<LedgerEntry>;
};

/** Why a position differs from the one at an earlier moment. */
export type PositionChangeCause =
  /** A statement became known: it was recorded or published in between. */
  | 'EVENT'
  /** A correction of a statement became known, or one of a source by which a statement was not public yet. */
  | 'CORRECTION'
  /** A retraction became known. */
  | 'RETRACTION'
  /** Nothing that matters became known; only `validOn` moved. */
  | 'CLOCK';

/**
 * Days for which, and as known to the public on which, a relationship has one stance and is disputed or not. Starts are
 * included and ends excluded; a clock that does not run is unlimited.
 */
export type PositionPeriod = {
  __typename?: 'PositionPeriod';
  /** The relationship. */
  relationship: Relationship;
  /** The stance; `UNKNOWN` if statements are valid, but none of a stance had certainly taken effect. */
  stance: Stance;
  /** Whether the position is disputed. */
  disputed: Scalars['Boolean']['output'];
  /** First `validOn` to which it applies; null if it applies to every earlier day. */
  validFrom?: Maybe<Scalars['Date']['output']>;
  /** First `validOn` to which it no longer applies; null if there is none. */
  validTo?: Maybe<Scalars['Date']['output']>;
  /** First `publishedBy` to which it applies; null if it applies to every earlier day. */
  publishedFrom?: Maybe<Scalars['Date']['output']>;
  /** First `publishedBy` to which it no longer applies; null if there is none. */
  publishedTo?: Maybe<Scalars['Date']['output']>;
};

/** What a position rests on, for checks that need not trust this server: docs/proofs.md says what is proven and what is not. */
export type PositionProof = {
  __typename?: 'PositionProof';
  /** Head of the tree that has the entries. */
  treeHead: TreeHead;
  /**
   * The entries of the statement that determines the stance and of those that contradict each other, in ledger order; none for
   * `UNKNOWN`.
   */
  entries: Array<ProvenEntry>;
  /**
   * Commitment to all entries about the relationship, from which the position is derived: leaving one out, or adding one,
   * changes it.
   */
  history: EntryList;
};

/** Pressure on the requested state. */
export type PressureInput = {
  /** Means of pressure. Returned as `means`. */
  kind: PressureKind;
};

/** Means of pressure on a state. */
export type PressureKind =
  /** Visas denied, restricted or made more expensive. */
  | 'VISA'
  /** Tariffs imposed or threatened. */
  | 'TARIFF'
  /** Aid cut or withheld. */
  | 'AID'
  /** Other diplomatic means. */
  | 'DIPLOMATIC';

/** A claim that pressure is exerted on the requested state. */
export type PressureStatement = Statement & Node & {
  __typename?: 'PressureStatement';
  /** Global ID, for `node`. */
  id: Scalars['ID']['output'];
  /**
   * Number of the statement, used in its citation and permanent link. It equals the `seq` of the ledger
   * entry that recorded it.
   */
  number: Scalars['Int']['output'];
  /** Kind of the statement; each kind has its own type. */
  kind: StatementKind;
  /** The relationship, country or initiative that the statement is about. */
  subject: Subject;
  /** Author of the claim. */
  claimant: Claimant;
  /** Date from which the claim applies, as precise as its sources. */
  validFrom: Scalars['Edtf']['output'];
  /** The claim in one neutral sentence, written by the editors; at most 300 characters. */
  summary: Scalars['String']['output'];
  /** Editor's remark, for example on the interpretation of a source; null if there is none. */
  note?: Maybe<Scalars['String']['output']>;
  /** Evidence for or against the statement, in order of recording. */
  evidence: Array<Evidence>;
  /**
   * Day from which the statement counts as public, by current knowledge: the latest possible publication day
   * of its earliest dated supporting source (or of an original that the source derives from). Without a
   * dated source, the day of recording.
   */
  publishedOn: Scalars['Date']['output'];
  /** Time of recording. */
  recordedAt: Scalars['DateTime']['output'];
  /** Whether the statement is currently valid, corrected or retracted. */
  standing: Standing;
  /** The statement that this one corrects; null if it is not a correction. */
  corrects?: Maybe<Statement>;
  /** Reason for the correction; null if none was given or it is not a correction. */
  correctionReason?: Maybe<Scalars['String']['output']>;
  /**
   * Whether the disputes of the statement that this one corrects are its own: it is in dispute with what
   * contradicts that one, or is contradicted by it. False if it is not a correction.
   */
  keepsDisputes: Scalars['Boolean']['output'];
  /** The statement that currently replaces this one; null if there is none. */
  correctedBy?: Maybe<Statement>;
  /** Time of the retraction; null if it was not retracted. */
  retractedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Reason for the retraction; null if it was not retracted. */
  retractionReason?: Maybe<Scalars['String']['output']>;
  /**
   * Statements that this one contradicts in the editor's judgement, in order of recording; includes
   * corrected and retracted ones.
   */
  contradicts: Array<Statement>;
  /**
   * Statements that contradict this one in the editor's judgement, in order of recording; includes corrected
   * and retracted ones.
   */
  contradictedBy: Array<Statement>;
  /** Ready-to-use citation with a permanent link. It says so if the statement was corrected or retracted. */
  citation: Scalars['String']['output'];
  /** Means of pressure. */
  means: PressureKind;
};


/** A claim that pressure is exerted on the requested state. */
export type PressureStatementCitationArgs = {
  format?: CitationFormat;
};

/** A ledger entry with the proof that it is in a tree. */
export type ProvenEntry = {
  __typename?: 'ProvenEntry';
  /** The entry. */
  entry: LedgerEntry;
  /** Proof that it is in the tree of the position's proof. */
  inclusionProof: InclusionProof;
};

/** Reads. No token is required. */
export type Query = {
  __typename?: 'Query';
  /** Fetches any object by its global ID; null if not found. */
  node?: Maybe<Node>;
  /** Fetches several objects by their global IDs, in the order of `ids`, with null for each that is not found. */
  nodes: Array<Maybe<Node>>;
  /** Fetches a country by its code; null if there is no such country. */
  country?: Maybe<Country>;
  /** Countries that match the filter. The list is not paginated, because there are only about 250. */
  countries: Array<Country>;
  /** Fetches a country by any of its keys; null if there is no such country, or a name belongs to several. */
  countryBy?: Maybe<Country>;
  /**
   * Resolves texts to countries, in the order of `texts`: an item for each, null where a text names no country. Where it may name
   * several, such as "Korea", the item has no `country` and several `candidates`.
   */
  resolveCountries: Array<Maybe<CountryMatch>>;
  /** All UN M49 regions and subregions, in ascending order of code. */
  regions: Array<Region>;
  /**
   * Ten international organisations with dated membership, in ascending order of abbreviation: ASEAN, AU, CARICOM, CIS,
   * ECOWAS, EU, NATO, OAS, PIF and SADC.
   */
  organisations: Array<Organisation>;
  /** Fetches an initiative by its slug; null if not found. */
  initiative?: Maybe<Initiative>;
  /** All initiatives, in the order in which they were opened. */
  initiatives: Array<Initiative>;
  /** Relationships that match the filter. */
  relationships: RelationshipConnection;
  /**
   * Statements that match the filter, in order of recording. Without `at`, corrected and retracted statements are
   * included; see `standing`.
   */
  statements: StatementConnection;
  /** Fetches a statement by its number, as used in citations and permanent links; null if not found. */
  statement?: Maybe<Statement>;
  /**
   * What became of statements that you cited, in the order of `statements`: an item for each, null where there is no such
   * statement. To be notified, subscribe to `statementRevised`.
   */
  recalled: Array<Maybe<Recall>>;
  /**
   * Stance changes that match the filter, in ledger order. `after` and `before` accept any ledger cursor, even one
   * whose entry does not match the filter.
   */
  stanceChanges: StanceChangeConnection;
  /** Sources whose newest version matches the filter, in order of registration. A source is listed once. */
  sources: SourceConnection;
  /**
   * Searches countries (by any name or alias), statements and sources for all words of the text. Countries come
   * first: by exact name, exact alias, beginning of a name, words of a name; then the others by relevance. Case,
   * accents and points are ignored in every script; the last word also matches as a prefix, and in scripts without
   * spaces every part of a word.
   * Every match is ranked and counts towards the cost, also if it is not returned.
   * Errors: `BAD_USER_INPUT` if the text contains no letter or digit; `QUERY_TOO_COMPLEX` if very many statements and
   * sources match.
   */
  search: Array<SearchHit>;
  /** The append-only list of everything ever recorded. */
  ledger: Ledger;
  /** The client that sent the request, with its role and limits. */
  viewer: Viewer;
  /**
   * All webhooks, in the order in which they were added; their secrets are shown only once, when they are made. Requires the
   * role `ADMIN`.
   * Errors: `BAD_USER_INPUT` in a pinned request: they are not part of the ledger.
   */
  webhooks: Array<Webhook>;
};


/** Reads. No token is required. */
export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. No token is required. */
export type QueryNodesArgs = {
  ids: Array<Scalars['ID']['input']>;
};


/** Reads. No token is required. */
export type QueryCountryArgs = {
  code: Scalars['ID']['input'];
};


/** Reads. No token is required. */
export type QueryCountriesArgs = {
  filter?: InputMaybe<CountryFilter>;
  orderBy?: InputMaybe<CountryOrder>;
};


/** Reads. No token is required. */
export type QueryCountryByArgs = {
  key: CountryKey;
};


/** Reads. No token is required. */
export type QueryResolveCountriesArgs = {
  texts: Array<Scalars['String']['input']>;
};


/** Reads. No token is required. */
export type QueryInitiativeArgs = {
  slug: Scalars['ID']['input'];
};


/** Reads. No token is required. */
export type QueryRelationshipsArgs = {
  filter?: InputMaybe<RelationshipFilter>;
  at?: InputMaybe<MomentInput>;
  orderBy?: InputMaybe<RelationshipOrder>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/** Reads. No token is required. */
export type QueryStatementsArgs = {
  filter?: InputMaybe<StatementFilter>;
  at?: InputMaybe<MomentInput>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/** Reads. No token is required. */
export type QueryStatementArgs = {
  number: Scalars['ID']['input'];
};


/** Reads. No token is required. */
export type QueryRecalledArgs = {
  statements: Array<Scalars['ID']['input']>;
  since?: InputMaybe<Scalars['DateTime']['input']>;
};


/** Reads. No token is required. */
export type QueryStanceChangesArgs = {
  filter?: InputMaybe<StanceChangeFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/** Reads. No token is required. */
export type QuerySourcesArgs = {
  filter?: InputMaybe<SourceFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/** Reads. No token is required. */
export type QuerySearchArgs = {
  text: Scalars['String']['input'];
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** State of the client's rate limit: a token bucket of query cost, per token or address, that refills continuously. */
export type RateLimit = {
  __typename?: 'RateLimit';
  /** Cost of this operation. */
  cost: Scalars['Int']['output'];
  /** Capacity of the bucket. */
  limit: Scalars['Int']['output'];
  /** Cost left in the bucket after this operation. An operation that costs more is rejected with `RATE_LIMITED`. */
  remaining: Scalars['Int']['output'];
  /** Time at which the bucket is full again if no further operation is sent. */
  resetAt: Scalars['DateTime']['output'];
};

/** What became of a statement. */
export type Recall = {
  __typename?: 'Recall';
  /** The statement. Its `standing` says whether it is still valid. */
  statement: Statement;
  /** The corrections that took its place, each of the one before; empty if it was not corrected. */
  successors: Array<Statement>;
  /**
   * The statement that is valid in its place: the last of its successors or, if it was not corrected, the statement itself.
   * Null if it was retracted.
   */
  current?: Maybe<Statement>;
  /** What was done to it, and to the other statements of its chain of corrections, after `since`; in ledger order. */
  revisions: Array<StatementRevision>;
};

/** Records that an editor checked a relationship or an initiative and found nothing new. */
export type RecordReviewInput = {
  /** Idempotency key, at most 200 characters, unique per token; see `RecordStatementInput.idempotencyKey`. */
  idempotencyKey: Scalars['String']['input'];
  /** What was checked. */
  subject: ReviewSubjectInput;
  /** Day of the check, not after today; defaults to the day of recording. */
  reviewedOn?: InputMaybe<Scalars['Date']['input']>;
  /** Remark, for example where the editor looked; at most 600 characters. */
  note?: InputMaybe<Scalars['String']['input']>;
};

/** Result of `recordReview`. */
export type RecordReviewPayload = {
  __typename?: 'RecordReviewPayload';
  /** The new review; null after a dry run. */
  review?: Maybe<Review>;
  /**
   * The ledger head directly after this entry. Store it to detect later whether the history up to here was
   * altered. After a dry run, the head that the input was checked against.
   */
  ledgerHead: LedgerHead;
  /** The stance change that this entry caused; null if the stance did not change, and after a dry run. */
  stanceChange?: Maybe<StanceChange>;
  /** What the mutation would do; null unless it has `dryRun: true`. */
  dryRun?: Maybe<DryRun>;
};

/** Records a new statement. */
export type RecordStatementInput = {
  /**
   * Idempotency key, chosen by the client: at most 200 characters, unique per token. A retry with the same key and
   * content returns the first result; reusing a key with different content returns `CONFLICT`.
   */
  idempotencyKey: Scalars['String']['input'];
  /** The relationship, country or initiative that the statement is about. */
  subject: SubjectInput;
  /** Author of the claim. */
  claimant: ClaimantInput;
  /** Date from which the claim applies, as precise as the source; must not begin after today. */
  validFrom: Scalars['Edtf']['input'];
  /** The claim in one neutral sentence, at most 300 characters. */
  summary: Scalars['String']['input'];
  /** Structured content of the claim. */
  body: BodyInput;
  /** Evidence: 1 to 50 items, at least one of which has the relation `SUPPORTS`. */
  evidence: Array<EvidenceInput>;
  /** IDs of statements about the same subject that this one contradicts; at most 50, without duplicates. */
  contradicts?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** Editor's remark, at most 600 characters. */
  note?: InputMaybe<Scalars['String']['input']>;
};

/** Result of `recordStatement`. */
export type RecordStatementPayload = {
  __typename?: 'RecordStatementPayload';
  /** The new statement; null after a dry run. */
  statement?: Maybe<Statement>;
  /**
   * The ledger head directly after this entry. Store it to detect later whether the history up to here was
   * altered. After a dry run, the head that the input was checked against.
   */
  ledgerHead: LedgerHead;
  /** The stance change that this entry caused; null if the stance did not change, and after a dry run. */
  stanceChange?: Maybe<StanceChange>;
  /** What the mutation would do; null unless it has `dryRun: true`. */
  dryRun?: Maybe<DryRun>;
};

/** A region or subregion of the UN M49 standard. The grouping is statistical and implies no political position. */
export type Region = {
  __typename?: 'Region';
  /** UN M49 code, three digits, for example `150` for Europe. */
  code: Scalars['ID']['output'];
  /** English name. */
  name: Scalars['String']['output'];
  /** The region that contains this subregion; null for a top-level region. */
  parent?: Maybe<Region>;
  /** Countries in the region, in ascending order of code. */
  countries: Array<Country>;
};

/** Count of relationships within one region. */
export type RegionTally = {
  __typename?: 'RegionTally';
  /** Region of the requested states. */
  region: Region;
  /** Number of relationships counted. */
  total: Scalars['Int']['output'];
  /** Number of relationships per stance, in the order of the enum `Stance`; stances with none are omitted. */
  byStance: Array<StanceCount>;
};

/** Registers a document or report for use as evidence. */
export type RegisterSourceInput = {
  /** Idempotency key, at most 200 characters, unique per token; see `RecordStatementInput.idempotencyKey`. */
  idempotencyKey: Scalars['String']['input'];
  /** Kind of source. */
  kind: SourceKind;
  /** Publisher, at most 600 characters. */
  publisher: Scalars['String']['input'];
  /** Title in the original language, at most 600 characters. */
  title: Scalars['String']['input'];
  /** URL with the scheme http or https, at most 2,000 characters. */
  url?: InputMaybe<Scalars['Url']['input']>;
  /** Date of publication, as precise as is known; must not begin after today. */
  publishedOn?: InputMaybe<Scalars['Edtf']['input']>;
  /** ISO 639 language code of two or three lower-case letters, for example en. */
  language?: InputMaybe<Scalars['String']['input']>;
  /** ID of the source that this one copies or repeats. */
  derivedFrom?: InputMaybe<Scalars['ID']['input']>;
};

/** Result of `registerSource`. */
export type RegisterSourcePayload = {
  __typename?: 'RegisterSourcePayload';
  /** The new source; null after a dry run. */
  source?: Maybe<Source>;
  /**
   * The ledger head directly after this entry. Store it to detect later whether the history up to here was
   * altered. After a dry run, the head that the input was checked against.
   */
  ledgerHead: LedgerHead;
  /** The stance change that this entry caused; null if the stance did not change, and after a dry run. */
  stanceChange?: Maybe<StanceChange>;
  /** What the mutation would do; null unless it has `dryRun: true`. */
  dryRun?: Maybe<DryRun>;
};

/**
 * A requesting state, a requested state and the initiative that links them; unique per initiative and requested state.
 * `stance`, `since` and `disputed` always describe the current position; use `position` for another moment.
 */
export type Relationship = Node & {
  __typename?: 'Relationship';
  /** Global ID, for `node`. */
  id: Scalars['ID']['output'];
  /** The initiative to which the request belongs. */
  initiative: Initiative;
  /** The state that makes the request. */
  requestingState: Country;
  /** The state that receives the request. */
  requestedState: Country;
  /** The requested state's current stance. */
  stance: Stance;
  /** Date since which the current stance has held without interruption; null for `UNKNOWN`. */
  since?: Maybe<Scalars['Edtf']['output']>;
  /** Whether valid statements contradict each other and have not been superseded. */
  disputed: Scalars['Boolean']['output'];
  /**
   * The last day on which an editor checked the relationship, or the initiative as a whole, for anything new; null if no such
   * review is recorded. Statements do not count: one that is recorded says nothing about what else is new.
   * `at` counts the reviews that were recorded, and so public, by then, of days up to `validOn`.
   */
  reviewedOn?: Maybe<Scalars['Date']['output']>;
  /** The review that `reviewedOn` is the day of: of the relationship, or of the initiative as a whole. */
  lastReview?: Maybe<Review>;
  /** The position at a moment, derived from the statements that were valid then. */
  position: Position;
  /** Periods of the stances in chronological order, as known at a moment; empty if no stance had begun. */
  timeline: Array<Period>;
  /**
   * Days for which, and as known to the public on which, it has each stance and is disputed or not. `at` restricts the clocks
   * that do not run.
   */
  periods: Array<PositionPeriod>;
  /** Published stance changes, in ledger order. */
  changes: StanceChangeConnection;
  /**
   * Statements about the relationship, in order of recording. Without `at`, corrected and retracted statements are
   * included; see `standing`.
   */
  statements: StatementConnection;
};


/**
 * A requesting state, a requested state and the initiative that links them; unique per initiative and requested state.
 * `stance`, `since` and `disputed` always describe the current position; use `position` for another moment.
 */
export type RelationshipReviewedOnArgs = {
  at?: InputMaybe<MomentInput>;
};


/**
 * A requesting state, a requested state and the initiative that links them; unique per initiative and requested state.
 * `stance`, `since` and `disputed` always describe the current position; use `position` for another moment.
 */
export type RelationshipLastReviewArgs = {
  at?: InputMaybe<MomentInput>;
};


/**
 * A requesting state, a requested state and the initiative that links them; unique per initiative and requested state.
 * `stance`, `since` and `disputed` always describe the current position; use `position` for another moment.
 */
export type RelationshipPositionArgs = {
  at?: InputMaybe<MomentInput>;
};


/**
 * A requesting state, a requested state and the initiative that links them; unique per initiative and requested state.
 * `stance`, `since` and `disputed` always describe the current position; use `position` for another moment.
 */
export type RelationshipTimelineArgs = {
  at?: InputMaybe<MomentInput>;
};


/**
 * A requesting state, a requested state and the initiative that links them; unique per initiative and requested state.
 * `stance`, `since` and `disputed` always describe the current position; use `position` for another moment.
 */
export type RelationshipPeriodsArgs = {
  clock?: PeriodClock;
  at?: InputMaybe<MomentInput>;
};


/**
 * A requesting state, a requested state and the initiative that links them; unique per initiative and requested state.
 * `stance`, `since` and `disputed` always describe the current position; use `position` for another moment.
 */
export type RelationshipChangesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/**
 * A requesting state, a requested state and the initiative that links them; unique per initiative and requested state.
 * `stance`, `since` and `disputed` always describe the current position; use `position` for another moment.
 */
export type RelationshipStatementsArgs = {
  kinds?: InputMaybe<Array<StatementKind>>;
  at?: InputMaybe<MomentInput>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};

/** A page of relationships. */
export type RelationshipConnection = {
  __typename?: 'RelationshipConnection';
  /** Information about this page. */
  pageInfo: PageInfo;
  /** Items of the page with their cursors, in list order. */
  edges: Array<RelationshipEdge>;
  /** Items of the page, in list order. */
  nodes: Array<Relationship>;
  /** Total number of items in the list: all pages, with the filter applied. It is computed only if selected. */
  totalCount: Scalars['Int']['output'];
};

/** A relationship in a list, with its cursor and its position. */
export type RelationshipEdge = {
  __typename?: 'RelationshipEdge';
  /** Opaque cursor of this item, for `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The item. Its `stance`, `since` and `disputed` are those of now, also in a list `at` another moment. */
  node: Relationship;
  /** The position at the moment of the list: that of its argument `at`, or now. */
  position: Position;
};

/** Filter for relationships. A relationship matches if it meets every condition that is set. */
export type RelationshipFilter = {
  /** Slug of the initiative. An unknown slug is a `NOT_FOUND` error. */
  initiative?: InputMaybe<Scalars['ID']['input']>;
  /** Conditions on the requested state. */
  requestedState?: InputMaybe<CountryFilter>;
  /** Conditions on the requesting state. */
  requestingState?: InputMaybe<CountryFilter>;
  /** Any of these stances; compared with the current stance or, with `at`, the stance at that moment. */
  stance?: InputMaybe<Array<Stance>>;
  /** Whether the position is disputed, now or, with `at`, at that moment. */
  disputed?: InputMaybe<Scalars['Boolean']['input']>;
  /** Newest stance change recorded at or after this time, independent of `at`. */
  changedSince?: InputMaybe<Scalars['DateTime']['input']>;
  /** Last reviewed before this day, or never; with `at`, as known at that moment. See `Relationship.reviewedOn`. */
  reviewedBefore?: InputMaybe<Scalars['Date']['input']>;
};

/** Identifies a relationship by initiative and requested state; the initiative determines the requesting state. */
export type RelationshipInput = {
  /** Slug of the initiative. */
  initiative: Scalars['ID']['input'];
  /** ISO 3166-1 alpha-2 code of the requested state. */
  requestedState: Scalars['ID']['input'];
};

/**
 * Sort order of relationships. Equal values are sorted by the time of the first statement about the relationship, in
 * the same direction.
 */
export type RelationshipOrder = {
  /** Sort key. */
  field: RelationshipOrderField;
  /** Sort direction. */
  direction?: OrderDirection;
};

/** Sort key of relationships. */
export type RelationshipOrderField =
  /** ISO 3166-1 alpha-2 code of the requested state. */
  | 'REQUESTED_STATE'
  /**
   * Progress of the stance: `UNKNOWN`, `NAMED`, `APPROACHED`, `NEGOTIATING`, `AGREED_IN_PRINCIPLE`, then `AGREED`
   * and `REFUSED` (equal), `IMPLEMENTING`, then `SUSPENDED` and `ENDED` (equal).
   */
  | 'STANCE'
  /** Latest possible day of `since`; null sorts first in ascending order. */
  | 'SINCE'
  /** Time of the newest stance change; relationships without one sort first in ascending order. */
  | 'CHANGED'
  /** Day of `reviewedOn`, at the moment of the list; relationships without a review sort first in ascending order. */
  | 'REVIEWED';

/** Retracts a statement without replacing it. The statement it had corrected becomes valid again. */
export type RetractStatementInput = {
  /** Idempotency key, at most 200 characters, unique per token; see `RecordStatementInput.idempotencyKey`. */
  idempotencyKey: Scalars['String']['input'];
  /** ID of the statement to retract. It must be valid: neither corrected nor retracted. */
  statement: Scalars['ID']['input'];
  /** Reason for the retraction, at most 600 characters. */
  reason: Scalars['String']['input'];
};

/** Result of `retractStatement`. */
export type RetractStatementPayload = {
  __typename?: 'RetractStatementPayload';
  /** The retracted statement; null after a dry run. */
  statement?: Maybe<Statement>;
  /**
   * The ledger head directly after this entry. Store it to detect later whether the history up to here was
   * altered. After a dry run, the head that the input was checked against.
   */
  ledgerHead: LedgerHead;
  /** The stance change that this entry caused; null if the stance did not change, and after a dry run. */
  stanceChange?: Maybe<StanceChange>;
  /** What the mutation would do; null unless it has `dryRun: true`. */
  dryRun?: Maybe<DryRun>;
};

/** Persons sent home or on from the requested state. Returns may overlap; do not add them up. */
export type ReturnInput = {
  /** Minimum number of persons. */
  personsMin: Scalars['Int']['input'];
  /** Maximum number of persons; equal to `personsMin` if the number is exact. */
  personsMax: Scalars['Int']['input'];
  /** ISO 3166-1 alpha-2 code of the country to which they were sent; omit it if it is unknown or there are several. */
  destination?: InputMaybe<Scalars['ID']['input']>;
  /** Details, at most 600 characters, without names of persons. Returned as `details`. */
  note: Scalars['String']['input'];
};

/** A claim that persons were sent home or on from the requested state. Returns may overlap; do not add them up. */
export type ReturnStatement = Statement & Node & {
  __typename?: 'ReturnStatement';
  /** Global ID, for `node`. */
  id: Scalars['ID']['output'];
  /**
   * Number of the statement, used in its citation and permanent link. It equals the `seq` of the ledger
   * entry that recorded it.
   */
  number: Scalars['Int']['output'];
  /** Kind of the statement; each kind has its own type. */
  kind: StatementKind;
  /** The relationship, country or initiative that the statement is about. */
  subject: Subject;
  /** Author of the claim. */
  claimant: Claimant;
  /** Date from which the claim applies, as precise as its sources. */
  validFrom: Scalars['Edtf']['output'];
  /** The claim in one neutral sentence, written by the editors; at most 300 characters. */
  summary: Scalars['String']['output'];
  /** Editor's remark, for example on the interpretation of a source; null if there is none. */
  note?: Maybe<Scalars['String']['output']>;
  /** Evidence for or against the statement, in order of recording. */
  evidence: Array<Evidence>;
  /**
   * Day from which the statement counts as public, by current knowledge: the latest possible publication day
   * of its earliest dated supporting source (or of an original that the source derives from). Without a
   * dated source, the day of recording.
   */
  publishedOn: Scalars['Date']['output'];
  /** Time of recording. */
  recordedAt: Scalars['DateTime']['output'];
  /** Whether the statement is currently valid, corrected or retracted. */
  standing: Standing;
  /** The statement that this one corrects; null if it is not a correction. */
  corrects?: Maybe<Statement>;
  /** Reason for the correction; null if none was given or it is not a correction. */
  correctionReason?: Maybe<Scalars['String']['output']>;
  /**
   * Whether the disputes of the statement that this one corrects are its own: it is in dispute with what
   * contradicts that one, or is contradicted by it. False if it is not a correction.
   */
  keepsDisputes: Scalars['Boolean']['output'];
  /** The statement that currently replaces this one; null if there is none. */
  correctedBy?: Maybe<Statement>;
  /** Time of the retraction; null if it was not retracted. */
  retractedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Reason for the retraction; null if it was not retracted. */
  retractionReason?: Maybe<Scalars['String']['output']>;
  /**
   * Statements that this one contradicts in the editor's judgement, in order of recording; includes
   * corrected and retracted ones.
   */
  contradicts: Array<Statement>;
  /**
   * Statements that contradict this one in the editor's judgement, in order of recording; includes corrected
   * and retracted ones.
   */
  contradictedBy: Array<Statement>;
  /** Ready-to-use citation with a permanent link. It says so if the statement was corrected or retracted. */
  citation: Scalars['String']['output'];
  /** Minimum number of persons. */
  personsMin: Scalars['Int']['output'];
  /** Maximum number of persons; equal to `personsMin` if the number is exact. */
  personsMax: Scalars['Int']['output'];
  /** The country to which they were sent; null if it is unknown or there are several. */
  destination?: Maybe<Country>;
  /** Details, at most 600 characters. */
  details: Scalars['String']['output'];
};


/** A claim that persons were sent home or on from the requested state. Returns may overlap; do not add them up. */
export type ReturnStatementCitationArgs = {
  format?: CitationFormat;
};

/** A check of a relationship, or of an initiative as a whole, that found nothing new to record. It changes no position. */
export type Review = {
  __typename?: 'Review';
  /** Sequence number of its ledger entry. */
  seq: Scalars['Int']['output'];
  /** The initiative that was checked, or to which the relationship belongs. */
  initiative: Initiative;
  /** The relationship that was checked; null for the initiative as a whole. */
  relationship?: Maybe<Relationship>;
  /** The day of the check. */
  day: Scalars['Date']['output'];
  /** The editor's remark. */
  note?: Maybe<Scalars['String']['output']>;
  /** Time of recording. */
  recordedAt: Scalars['DateTime']['output'];
};

/** Subject of a review; set exactly one field. */
export type ReviewSubjectInput =
  /** A relationship. There must be a statement about it. */
  { relationship: RelationshipInput; initiative?: never; }
  |  /** An initiative with all its relationships, by its slug. */
  { relationship?: never; initiative: Scalars['ID']['input']; };

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

/** Role of a client. Each role includes the permissions of the preceding one. */
export type Role =
  /** Can read everything in the schema. No token is required. */
  | 'READER'
  /** Can record initiatives, sources, statements, corrections, retractions and evidence. */
  | 'EDITOR'
  /** Has all permissions that a token can grant. */
  | 'ADMIN';

/** A search result. */
export type SearchHit = {
  __typename?: 'SearchHit';
  /** The matching country, statement or source. */
  node: Node;
  /**
   * The best matching line, split at the start and end of each match. Concatenated, the fragments are the whole
   * line.
   */
  fragments: Array<Fragment>;
};

/**
 * A document or report that statements cite. Only its bibliographic data are stored, not its text. The data are those of the
 * newest version; `versions` has the earlier ones.
 */
export type Source = Node & {
  __typename?: 'Source';
  /** Global ID, for `node`. */
  id: Scalars['ID']['output'];
  /** Number of the source. It equals the `seq` of the ledger entry that registered it. Corrections do not change it. */
  number: Scalars['Int']['output'];
  /** Kind of source. */
  kind: SourceKind;
  /** Publisher, at most 600 characters. */
  publisher: Scalars['String']['output'];
  /** Title, at most 600 characters. */
  title: Scalars['String']['output'];
  /** URL; null if there is none. */
  url?: Maybe<Scalars['Url']['output']>;
  /** Date of publication; null if unknown. */
  publishedOn?: Maybe<Scalars['Edtf']['output']>;
  /** BCP 47 language tag; null if unknown. */
  language?: Maybe<Scalars['String']['output']>;
  /** The source that this one repeats, for example the original of a translation; null for an original. */
  derivedFrom?: Maybe<Source>;
  /**
   * Number of the newest version, which has these data: the `seq` of the ledger entry that corrected the source last, or
   * registered it. `correctSource` takes it.
   */
  version: Scalars['Int']['output'];
  /** Reason for the last correction; null if the data are as registered. */
  correctionReason?: Maybe<Scalars['String']['output']>;
  /** All versions of the data in the order of recording: the first as registered, the last with the data of this object. */
  versions: Array<SourceVersion>;
};

/** A page of sources. */
export type SourceConnection = {
  __typename?: 'SourceConnection';
  /** Information about this page. */
  pageInfo: PageInfo;
  /** Items of the page with their cursors, in list order. */
  edges: Array<SourceEdge>;
  /** Items of the page, in list order. */
  nodes: Array<Source>;
  /** Total number of items in the list: all pages, with the filter applied. It is computed only if selected. */
  totalCount: Scalars['Int']['output'];
};

/** An item with its cursor. */
export type SourceEdge = {
  __typename?: 'SourceEdge';
  /** Opaque cursor of this item, for `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The item. */
  node: Source;
};

/** Filter for sources. A source matches if it meets every condition that is set. */
export type SourceFilter = {
  /** Any of these kinds. */
  kinds?: InputMaybe<Array<SourceKind>>;
  /** Condition on the publisher. */
  publisher?: InputMaybe<StringFilter>;
  /** Condition on the title. */
  title?: InputMaybe<StringFilter>;
  /** Language tag, exactly as in `Source.language`. */
  language?: InputMaybe<Scalars['String']['input']>;
};

/** Kind of a source. */
export type SourceKind =
  /** Report by a news organisation. */
  | 'NEWS'
  /** Publication by a government or one of its authorities. */
  | 'GOVERNMENT'
  /** Court decision or court filing. */
  | 'COURT'
  /** Text of an agreement. */
  | 'TREATY_TEXT'
  /** Publication by a non-governmental organisation. */
  | 'NGO'
  /** Publication by an intergovernmental organisation. */
  | 'IGO'
  /** Publication or record of a parliament. */
  | 'PARLIAMENT'
  /** Data set. */
  | 'DATASET';

/** The data of a source from one ledger entry on, until the next version. */
export type SourceVersion = {
  __typename?: 'SourceVersion';
  /** Number of the version: the `seq` of the ledger entry that registered or corrected the source. */
  number: Scalars['Int']['output'];
  /** Kind of source. */
  kind: SourceKind;
  /** Publisher. */
  publisher: Scalars['String']['output'];
  /** Title. */
  title: Scalars['String']['output'];
  /** URL; null if there is none. */
  url?: Maybe<Scalars['Url']['output']>;
  /** Date of publication; null if unknown. */
  publishedOn?: Maybe<Scalars['Edtf']['output']>;
  /** BCP 47 language tag; null if unknown. */
  language?: Maybe<Scalars['String']['output']>;
  /** The source that this one repeats; null for an original. */
  derivedFrom?: Maybe<Source>;
  /** Reason for the correction; null for the data as registered. */
  correctionReason?: Maybe<Scalars['String']['output']>;
  /** Time of recording. */
  recordedAt: Scalars['DateTime']['output'];
};

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

/**
 * A published change of a requested state's stance. It is never edited: if an underlying statement is corrected or
 * retracted, a new change follows.
 */
export type StanceChange = Node & {
  __typename?: 'StanceChange';
  /** Global ID, for `node`. */
  id: Scalars['ID']['output'];
  /**
   * Ledger cursor of the change. Use it as `after` in a list of changes or entries, or in a subscription, to
   * continue from here without gaps or repeats.
   */
  cursor: Scalars['String']['output'];
  /** The relationship whose position changed. Its `stance` is the current one, not that of the change. */
  relationship: Relationship;
  /** Stance before the change. */
  from: Stance;
  /** Stance after the change. */
  to: Stance;
  /** Reason for which the change was published. */
  kind: ChangeKind;
  /**
   * Whether this transition is unusual, for example from `REFUSED` to `IMPLEMENTING`. It deserves a closer look but
   * is not an error.
   */
  unusual: Scalars['Boolean']['output'];
  /** Whether the position was disputed after the change. */
  disputed: Scalars['Boolean']['output'];
  /** Date on which the new stance began, as precise as its sources; null if there is none. */
  occurredOn?: Maybe<Scalars['Edtf']['output']>;
  /** Time at which the change was recorded and published. */
  recordedAt: Scalars['DateTime']['output'];
  /**
   * The statement that was recorded, corrected or retracted. After a retraction it is not what the new stance rests on:
   * see `basis`.
   */
  statement: Statement;
  /** The statement that the new stance rested on just after the change; null for UNKNOWN. */
  basis?: Maybe<StanceStatement>;
  /**
   * The change that this one takes back, if it is a CORRECTION or RETRACTION: the latest one that rested on the
   * statement that was corrected or retracted. Null if no change had rested on it.
   */
  revises?: Maybe<StanceChange>;
  /** The latest change that takes this one back: the one whose `revises` is this change. Null if none does. */
  revisedBy?: Maybe<StanceChange>;
};

/** A page of stance changes. */
export type StanceChangeConnection = {
  __typename?: 'StanceChangeConnection';
  /** Information about this page. */
  pageInfo: PageInfo;
  /** Items of the page with their cursors, in list order. */
  edges: Array<StanceChangeEdge>;
  /** Items of the page, in list order. */
  nodes: Array<StanceChange>;
  /** Total number of items in the list: all pages, with the filter applied. It is computed only if selected. */
  totalCount: Scalars['Int']['output'];
};

/** An item with its cursor. */
export type StanceChangeEdge = {
  __typename?: 'StanceChangeEdge';
  /** Opaque cursor of this item, for `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The item. */
  node: StanceChange;
};

/** Filter for stance changes. A change matches if it meets every condition that is set. */
export type StanceChangeFilter = {
  /** Slugs of initiatives. An unknown slug is a `NOT_FOUND` error. */
  initiatives?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** ISO 3166-1 alpha-2 codes of requested states, case-insensitive. An unknown code is a `NOT_FOUND` error. */
  countries?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** UN M49 codes of regions or subregions of the requested state. An unknown code is a `NOT_FOUND` error. */
  regions?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** Any of these stances before the change. */
  from?: InputMaybe<Array<Stance>>;
  /** Any of these stances after the change. */
  to?: InputMaybe<Array<Stance>>;
  /**
   * Any of these stances before or after the change. Use it to follow a stance: it also returns the change that ends it
   * or takes it back.
   */
  involves?: InputMaybe<Array<Stance>>;
  /** Any of these reasons for the publication. */
  kinds?: InputMaybe<Array<ChangeKind>>;
  /** Any of these categories of the claimant of `statement`. */
  claimants?: InputMaybe<Array<ClaimantKind>>;
  /** Whether the position was disputed after the change. */
  disputed?: InputMaybe<Scalars['Boolean']['input']>;
  /** Whether the transition is unusual, for example from `REFUSED` to `IMPLEMENTING`. */
  unusual?: InputMaybe<Scalars['Boolean']['input']>;
  /** Recorded at or before this time. Only for lists: a subscription with it is a `BAD_USER_INPUT` error. */
  recordedBy?: InputMaybe<Scalars['DateTime']['input']>;
};

/** Number of relationships with one stance. */
export type StanceCount = {
  __typename?: 'StanceCount';
  /** The stance. */
  stance: Stance;
  /** Number of relationships with this stance. */
  count: Scalars['Int']['output'];
};

/** The requested state's stance. */
export type StanceInput = {
  /** Any stance except `UNKNOWN`. */
  stance: Stance;
  /**
   * Persons or matters to which the stance is limited, for example one flight, at most 600 characters. Such a stance
   * determines the position as any other.
   */
  scope?: InputMaybe<Scalars['String']['input']>;
};

/** A claim about the requested state's stance. */
export type StanceStatement = Statement & Node & {
  __typename?: 'StanceStatement';
  /** Global ID, for `node`. */
  id: Scalars['ID']['output'];
  /**
   * Number of the statement, used in its citation and permanent link. It equals the `seq` of the ledger
   * entry that recorded it.
   */
  number: Scalars['Int']['output'];
  /** Kind of the statement; each kind has its own type. */
  kind: StatementKind;
  /** The relationship, country or initiative that the statement is about. */
  subject: Subject;
  /** Author of the claim. */
  claimant: Claimant;
  /** Date from which the claim applies, as precise as its sources. */
  validFrom: Scalars['Edtf']['output'];
  /** The claim in one neutral sentence, written by the editors; at most 300 characters. */
  summary: Scalars['String']['output'];
  /** Editor's remark, for example on the interpretation of a source; null if there is none. */
  note?: Maybe<Scalars['String']['output']>;
  /** Evidence for or against the statement, in order of recording. */
  evidence: Array<Evidence>;
  /**
   * Day from which the statement counts as public, by current knowledge: the latest possible publication day
   * of its earliest dated supporting source (or of an original that the source derives from). Without a
   * dated source, the day of recording.
   */
  publishedOn: Scalars['Date']['output'];
  /** Time of recording. */
  recordedAt: Scalars['DateTime']['output'];
  /** Whether the statement is currently valid, corrected or retracted. */
  standing: Standing;
  /** The statement that this one corrects; null if it is not a correction. */
  corrects?: Maybe<Statement>;
  /** Reason for the correction; null if none was given or it is not a correction. */
  correctionReason?: Maybe<Scalars['String']['output']>;
  /**
   * Whether the disputes of the statement that this one corrects are its own: it is in dispute with what
   * contradicts that one, or is contradicted by it. False if it is not a correction.
   */
  keepsDisputes: Scalars['Boolean']['output'];
  /** The statement that currently replaces this one; null if there is none. */
  correctedBy?: Maybe<Statement>;
  /** Time of the retraction; null if it was not retracted. */
  retractedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Reason for the retraction; null if it was not retracted. */
  retractionReason?: Maybe<Scalars['String']['output']>;
  /**
   * Statements that this one contradicts in the editor's judgement, in order of recording; includes
   * corrected and retracted ones.
   */
  contradicts: Array<Statement>;
  /**
   * Statements that contradict this one in the editor's judgement, in order of recording; includes corrected
   * and retracted ones.
   */
  contradictedBy: Array<Statement>;
  /** Ready-to-use citation with a permanent link. It says so if the statement was corrected or retracted. */
  citation: Scalars['String']['output'];
  /** The claimed stance; never `UNKNOWN`. */
  stance: Stance;
  /**
   * Persons or matters to which the stance is limited, for example one flight, at most 600 characters; null if it is
   * not known to be limited.
   */
  scope?: Maybe<Scalars['String']['output']>;
};


/** A claim about the requested state's stance. */
export type StanceStatementCitationArgs = {
  format?: CitationFormat;
};

/** Validity of a statement. */
export type Standing =
  /** Valid: neither corrected nor retracted. */
  | 'STANDING'
  /** Replaced by a correction; see `correctedBy`. */
  | 'CORRECTED'
  /** Retracted; see `retractionReason`. */
  | 'RETRACTED';

/**
 * A sourced claim by one claimant about a relationship, a country or an initiative. Statements are never edited: a
 * wrong statement is corrected by another one or retracted.
 */
export type Statement = {
  /** Global ID, for `node`. */
  id: Scalars['ID']['output'];
  /** Number of the statement: the `seq` of the ledger entry that recorded it. */
  number: Scalars['Int']['output'];
  /** Kind of the statement; each kind has its own type. */
  kind: StatementKind;
  /** The relationship, country or initiative that the statement is about. */
  subject: Subject;
  /** Author of the claim. */
  claimant: Claimant;
  /** Date from which the claim applies, as precise as its sources. */
  validFrom: Scalars['Edtf']['output'];
  /** The claim in one neutral sentence, written by the editors; at most 300 characters. */
  summary: Scalars['String']['output'];
  /** Editor's remark; null if there is none. */
  note?: Maybe<Scalars['String']['output']>;
  /** Evidence for or against the statement, in order of recording. */
  evidence: Array<Evidence>;
  /** Day from which the statement counts as public: the latest possible publication day of its earliest dated supporting source; without one, the day of recording. */
  publishedOn: Scalars['Date']['output'];
  /** Time of recording. */
  recordedAt: Scalars['DateTime']['output'];
  /** Whether the statement is currently valid, corrected or retracted. */
  standing: Standing;
  /** The statement that this one corrects; null if it is not a correction. */
  corrects?: Maybe<Statement>;
  /** Reason for the correction; null if none was given or it is not a correction. */
  correctionReason?: Maybe<Scalars['String']['output']>;
  /** Whether the disputes of the statement that this one corrects are its own: it is in dispute with what contradicts that one, or is contradicted by it. False if it is not a correction. */
  keepsDisputes: Scalars['Boolean']['output'];
  /** The statement that currently replaces this one; null if there is none. */
  correctedBy?: Maybe<Statement>;
  /** Time of the retraction; null if it was not retracted. */
  retractedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Reason for the retraction; null if it was not retracted. */
  retractionReason?: Maybe<Scalars['String']['output']>;
  /** Statements that this one contradicts in the editor's judgement, in order of recording. */
  contradicts: Array<Statement>;
  /** Statements that contradict this one in the editor's judgement, in order of recording. */
  contradictedBy: Array<Statement>;
  /** Ready-to-use citation with a permanent link. It says so if the statement was corrected or retracted. */
  citation: Scalars['String']['output'];
};


/**
 * A sourced claim by one claimant about a relationship, a country or an initiative. Statements are never edited: a
 * wrong statement is corrected by another one or retracted.
 */
export type StatementCitationArgs = {
  format?: CitationFormat;
};

/** A page of statements. */
export type StatementConnection = {
  __typename?: 'StatementConnection';
  /** Information about this page. */
  pageInfo: PageInfo;
  /** Items of the page with their cursors, in list order. */
  edges: Array<StatementEdge>;
  /** Items of the page, in list order. */
  nodes: Array<Statement>;
  /** Total number of items in the list: all pages, with the filter applied. It is computed only if selected. */
  totalCount: Scalars['Int']['output'];
};

/** An item with its cursor. */
export type StatementEdge = {
  __typename?: 'StatementEdge';
  /** Opaque cursor of this item, for `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The item. */
  node: Statement;
};

/** Filter for statements. A statement matches if it meets every condition that is set. */
export type StatementFilter = {
  /**
   * Slug of an initiative: statements about it or about a relationship within it. An unknown slug is a `NOT_FOUND`
   * error.
   */
  initiative?: InputMaybe<Scalars['ID']['input']>;
  /**
   * ISO 3166-1 alpha-2 codes, case-insensitive: statements about one of these countries or about a relationship in
   * which it is the requesting or requested state. An unknown code is a `NOT_FOUND` error.
   */
  countries?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** Any of these kinds. */
  kinds?: InputMaybe<Array<StatementKind>>;
  /** Any of these categories of claimants. */
  claimants?: InputMaybe<Array<ClaimantKind>>;
  /** Current validity of the statement, independent of `at`. */
  standing?: InputMaybe<Array<Standing>>;
};

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

/** What a ledger entry did to a statement that was recorded before it. The stance may be the same before and after. */
export type StatementRevision = {
  __typename?: 'StatementRevision';
  /** Ledger cursor of the entry. Use it as `after` to continue from here without gaps or repeats. */
  cursor: Scalars['String']['output'];
  /** The statement that was revised. Its `standing` is the current one, not that of the revision. */
  statement: Statement;
  /** What the entry did to it. */
  kind: RevisionKind;
  /**
   * The correction, the contradicting statement, or the retracted correction; null if it was retracted, evidence was
   * added, or a source was corrected.
   */
  by?: Maybe<Statement>;
  /** Reason for the correction (also of a source) or retraction; null if none was given, and for the other kinds. */
  reason?: Maybe<Scalars['String']['output']>;
  /** Time of recording. */
  recordedAt: Scalars['DateTime']['output'];
  /** The ledger entry that revised the statement. */
  entry: LedgerEntry;
};

/** A day on which positions of an initiative changed. */
export type Step = {
  __typename?: 'Step';
  /** The day, on the clock of the list. */
  on: Scalars['Date']['output'];
  /** The count at the end of that day. */
  tally: Tally;
  /** Number of relationships whose stance is `UNKNOWN` at the end of that day, although another one may already have begun. */
  uncertain: Scalars['Int']['output'];
  /** Relationships whose stance changed on that day, or whose dispute began or ended; by requested state. */
  moves: Array<Move>;
};

/**
 * Conditions on a text. Case is ignored in every script, and so is whether a text is composed or decomposed; accents
 * count. A text matches if it meets every condition that is set; `{}` matches everything.
 */
export type StringFilter = {
  /** Equals this text. */
  equals?: InputMaybe<Scalars['String']['input']>;
  /** Equals one of these texts; at most 300. */
  in?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Contains this text. */
  contains?: InputMaybe<Scalars['String']['input']>;
  /** Starts with this text. */
  startsWith?: InputMaybe<Scalars['String']['input']>;
};

/** Subject of a statement. */
export type Subject = Relationship | Country | Initiative;

/** Subject of a statement; set exactly one field. */
export type SubjectInput =
  /** A relationship. */
  { relationship: RelationshipInput; country?: never; initiative?: never; }
  |  /** A country, by its ISO 3166-1 alpha-2 code. */
  { relationship?: never; country: Scalars['ID']['input']; initiative?: never; }
  |  /** An initiative as a whole, by its slug. */
  { relationship?: never; country?: never; initiative: Scalars['ID']['input']; };

/**
 * Event streams over WebSocket or server-sent events. All but `tallyChanged` resume from a cursor, so a reconnect misses
 * nothing.
 */
export type Subscription = {
  __typename?: 'Subscription';
  /**
   * Sends every stance change that matches the filter, in ledger order, each once. Starts after the cursor or,
   * without one, at the current head. Store the cursor of the last change that you handled, and resume with it.
   * Errors: `CURSOR_INVALID` if the cursor belongs to another ledger, was issued before a restore, or refers to a
   * history that was altered since; `NOT_FOUND` for an unknown value in the filter; `BAD_USER_INPUT` for `recordedBy` in it.
   */
  stanceChanged: StanceChange;
  /**
   * Sends every change of a dispute that matches the filter, in ledger order, each once: when one begins, when a
   * contradiction joins or leaves it, and when it ends. Starts after the cursor or, without one, at the current head.
   * Errors: `CURSOR_INVALID` and `NOT_FOUND`, as for `stanceChanged`.
   */
  disputeChanged: DisputeChange;
  /**
   * Sends what every later entry did to the given statements, in ledger order, each entry once: corrections, retractions,
   * contradictions, added evidence and corrections of cited sources, also where the stance stays the same. It follows a statement through its chain of
   * corrections. Starts after the cursor or, without one, at the current head.
   * Errors: `CURSOR_INVALID`, as for `stanceChanged`; `NOT_FOUND` for an unknown statement; `BAD_USER_INPUT` for an empty
   * list, for more than 500 statements, and for a text that is neither an ID nor a number.
   */
  statementRevised: Array<StatementRevision>;
  /**
   * Sends every ledger entry, in order, each once. Starts after the cursor or, without one, at the current head.
   * Errors: `CURSOR_INVALID`, as for `stanceChanged`; `NOT_FOUND` for an unknown initiative.
   */
  ledgerAppended: LedgerEntry;
  /**
   * Sends the service's own count for an initiative: the current one immediately, then each time it changes.
   * Errors: `NOT_FOUND` for an unknown initiative.
   */
  tallyChanged: Tally;
};


/**
 * Event streams over WebSocket or server-sent events. All but `tallyChanged` resume from a cursor, so a reconnect misses
 * nothing.
 */
export type SubscriptionStanceChangedArgs = {
  filter?: InputMaybe<StanceChangeFilter>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Event streams over WebSocket or server-sent events. All but `tallyChanged` resume from a cursor, so a reconnect misses
 * nothing.
 */
export type SubscriptionDisputeChangedArgs = {
  filter?: InputMaybe<DisputeChangeFilter>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Event streams over WebSocket or server-sent events. All but `tallyChanged` resume from a cursor, so a reconnect misses
 * nothing.
 */
export type SubscriptionStatementRevisedArgs = {
  statements: Array<Scalars['ID']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Event streams over WebSocket or server-sent events. All but `tallyChanged` resume from a cursor, so a reconnect misses
 * nothing.
 */
export type SubscriptionLedgerAppendedArgs = {
  kinds?: InputMaybe<Array<EntryKind>>;
  initiative?: InputMaybe<Scalars['ID']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Event streams over WebSocket or server-sent events. All but `tallyChanged` resume from a cursor, so a reconnect misses
 * nothing.
 */
export type SubscriptionTallyChangedArgs = {
  initiative: Scalars['ID']['input'];
};

/** A time in which a member may not take part in its organisation. */
export type Suspension = {
  __typename?: 'Suspension';
  /** When it began. */
  from: Scalars['Edtf']['output'];
  /** When it ended; null if it has not. */
  until?: Maybe<Scalars['Edtf']['output']>;
};

/**
 * The service's own count of the relationships in an initiative. A relationship is counted if at least one statement
 * about it is valid.
 */
export type Tally = {
  __typename?: 'Tally';
  /** Number of relationships counted. */
  total: Scalars['Int']['output'];
  /** Number of them that are disputed. */
  disputed: Scalars['Int']['output'];
  /** Number of relationships per stance, in the order of the enum `Stance`; stances with none are omitted. */
  byStance: Array<StanceCount>;
  /**
   * Counts by region of the requested state, in ascending order of UN M49 code; regions without relationships are
   * omitted.
   */
  byRegion: Array<RegionTally>;
};

/** The count on one day. */
export type TallyPoint = {
  __typename?: 'TallyPoint';
  /** The day, on the time axis given by `clock`. */
  on: Scalars['Date']['output'];
  /** The count at the end of that day. */
  tally: Tally;
};

/** Whether the text of an agreement is public. */
export type TextStatus =
  /** Published by a party. */
  | 'PUBLISHED'
  /** Public, but not published by a party. */
  | 'LEAKED'
  /** Known to exist, but not public. */
  | 'UNPUBLISHED'
  /** Unknown. */
  | 'UNKNOWN';

/** A transfer of persons to the requested state. Transfers may overlap; do not add them up. */
export type TransferInput = {
  /** Minimum number of persons. */
  personsMin: Scalars['Int']['input'];
  /** Maximum number of persons; equal to `personsMin` if the number is exact. */
  personsMax: Scalars['Int']['input'];
  /** Details, at most 600 characters, without names of persons. Returned as `details`. */
  note: Scalars['String']['input'];
};

/** A claim that persons were transferred to the requested state. Transfers may overlap; do not add them up. */
export type TransferStatement = Statement & Node & {
  __typename?: 'TransferStatement';
  /** Global ID, for `node`. */
  id: Scalars['ID']['output'];
  /**
   * Number of the statement, used in its citation and permanent link. It equals the `seq` of the ledger
   * entry that recorded it.
   */
  number: Scalars['Int']['output'];
  /** Kind of the statement; each kind has its own type. */
  kind: StatementKind;
  /** The relationship, country or initiative that the statement is about. */
  subject: Subject;
  /** Author of the claim. */
  claimant: Claimant;
  /** Date from which the claim applies, as precise as its sources. */
  validFrom: Scalars['Edtf']['output'];
  /** The claim in one neutral sentence, written by the editors; at most 300 characters. */
  summary: Scalars['String']['output'];
  /** Editor's remark, for example on the interpretation of a source; null if there is none. */
  note?: Maybe<Scalars['String']['output']>;
  /** Evidence for or against the statement, in order of recording. */
  evidence: Array<Evidence>;
  /**
   * Day from which the statement counts as public, by current knowledge: the latest possible publication day
   * of its earliest dated supporting source (or of an original that the source derives from). Without a
   * dated source, the day of recording.
   */
  publishedOn: Scalars['Date']['output'];
  /** Time of recording. */
  recordedAt: Scalars['DateTime']['output'];
  /** Whether the statement is currently valid, corrected or retracted. */
  standing: Standing;
  /** The statement that this one corrects; null if it is not a correction. */
  corrects?: Maybe<Statement>;
  /** Reason for the correction; null if none was given or it is not a correction. */
  correctionReason?: Maybe<Scalars['String']['output']>;
  /**
   * Whether the disputes of the statement that this one corrects are its own: it is in dispute with what
   * contradicts that one, or is contradicted by it. False if it is not a correction.
   */
  keepsDisputes: Scalars['Boolean']['output'];
  /** The statement that currently replaces this one; null if there is none. */
  correctedBy?: Maybe<Statement>;
  /** Time of the retraction; null if it was not retracted. */
  retractedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Reason for the retraction; null if it was not retracted. */
  retractionReason?: Maybe<Scalars['String']['output']>;
  /**
   * Statements that this one contradicts in the editor's judgement, in order of recording; includes
   * corrected and retracted ones.
   */
  contradicts: Array<Statement>;
  /**
   * Statements that contradict this one in the editor's judgement, in order of recording; includes corrected
   * and retracted ones.
   */
  contradictedBy: Array<Statement>;
  /** Ready-to-use citation with a permanent link. It says so if the statement was corrected or retracted. */
  citation: Scalars['String']['output'];
  /** Minimum number of persons. */
  personsMin: Scalars['Int']['output'];
  /** Maximum number of persons; equal to `personsMin` if the number is exact. */
  personsMax: Scalars['Int']['output'];
  /** Details, at most 600 characters. */
  details: Scalars['String']['output'];
};


/** A claim that persons were transferred to the requested state. Transfers may overlap; do not add them up. */
export type TransferStatementCitationArgs = {
  format?: CitationFormat;
};

/**
 * Head of the Merkle tree (RFC 9162) over the hashes of the first entries of the ledger. Store one to detect later whether an
 * entry was altered, added in between or removed.
 */
export type TreeHead = {
  __typename?: 'TreeHead';
  /** Number of entries in the tree: the first ones. */
  size: Scalars['Int']['output'];
  /** Root of the tree, 64 hexadecimal digits; of an empty tree the SHA-256 hash of nothing. */
  root: Scalars['String']['output'];
  /**
   * The head as a signed note (a checkpoint of C2SP tlog-checkpoint), which `ledger.verifierKey` verifies: lines with the name of
   * the ledger, `size` and `root` in base64, an empty line and the signature.
   */
  note: Scalars['String']['output'];
};

/** The client that sent the request, identified by its token. */
export type Viewer = {
  __typename?: 'Viewer';
  /** Role of the client. */
  role: Role;
  /** Name of the token; null without a token. */
  name?: Maybe<Scalars['String']['output']>;
  /** Limits that apply to the client's operations. */
  limits: Limits;
  /** Rate limit of the client, per token or, without one, per address; null if rate limiting is off. */
  rateLimit?: Maybe<RateLimit>;
};

/** A URL to which running servers send stance changes, signed and in ledger order. It is not part of the ledger. */
export type Webhook = {
  __typename?: 'Webhook';
  /** Number of the webhook, as in `demarche webhook list`. */
  number: Scalars['ID']['output'];
  /** Where changes are sent. */
  url: Scalars['String']['output'];
  /** Which changes are sent. */
  filter: WebhookFilter;
  /** Time at which the webhook was added. */
  createdAt: Scalars['DateTime']['output'];
  /** Ledger cursor of the last change that was delivered or did not match the filter: the next one follows it. */
  cursor: Scalars['String']['output'];
  /** Number of deliveries so far, failed ones included. */
  deliveryCount: Scalars['Int']['output'];
  /** Number of failed deliveries of the next change; 0 after a success. */
  failures: Scalars['Int']['output'];
  /** Time of the next attempt after a failed delivery; null if nothing failed or the webhook is paused. */
  nextAttemptAt?: Maybe<Scalars['DateTime']['output']>;
  /** Time from which the webhook is paused; null while it is active. */
  pausedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Why the webhook is paused; null while it is active. */
  pauseReason?: Maybe<Scalars['String']['output']>;
  /** The last 50 deliveries, oldest first. */
  deliveries: Array<WebhookDelivery>;
};

/** An attempt to send a stance change to a webhook. */
export type WebhookDelivery = {
  __typename?: 'WebhookDelivery';
  /** Number of the ledger entry of the change. */
  seq: Scalars['Int']['output'];
  /** The header `webhook-id`, the same in every attempt. */
  messageId: Scalars['String']['output'];
  /** Counts the attempts to send this change, from 1. */
  attempt: Scalars['Int']['output'];
  /** Time at which the attempt started. */
  startedAt: Scalars['DateTime']['output'];
  /** Duration of the attempt in milliseconds. */
  milliseconds: Scalars['Int']['output'];
  /** HTTP status of the response; null without a response. */
  status?: Maybe<Scalars['Int']['output']>;
  /** Why the delivery failed; null if the receiver accepted the change. */
  error?: Maybe<Scalars['String']['output']>;
};

/** Which stance changes a webhook is sent: those that meet every condition that is set. */
export type WebhookFilter = {
  __typename?: 'WebhookFilter';
  /** Slugs of initiatives; null for all. */
  initiatives?: Maybe<Array<Scalars['ID']['output']>>;
  /** ISO 3166-1 alpha-2 codes of requested states; null for all. */
  countries?: Maybe<Array<Scalars['ID']['output']>>;
  /** UN M49 codes of regions or subregions of the requested state; null for all. */
  regions?: Maybe<Array<Scalars['ID']['output']>>;
  /** Stances before the change; null for all. */
  from?: Maybe<Array<Stance>>;
  /** Stances after the change; null for all. */
  to?: Maybe<Array<Stance>>;
  /** Stances before or after the change; null for all. */
  involves?: Maybe<Array<Stance>>;
  /** Reasons for the publication; null for all. */
  kinds?: Maybe<Array<ChangeKind>>;
  /** Categories of the claimant; null for all. */
  claimants?: Maybe<Array<ClaimantKind>>;
  /** Whether the position was disputed after the change; null for both. */
  disputed?: Maybe<Scalars['Boolean']['output']>;
  /** Whether the transition is unusual; null for both. */
  unusual?: Maybe<Scalars['Boolean']['output']>;
};

/** A webhook and its secret, which is not shown again. */
export type WebhookWithSecret = {
  __typename?: 'WebhookWithSecret';
  /** The webhook. */
  webhook: Webhook;
  /** The secret that signs its messages: `whsec_` and standard base64. Store it now. */
  secret: Scalars['String']['output'];
};

/** Parts of sentences about the request of an initiative, in one language. They name no number, so that they fit any. */
export type Wording = {
  __typename?: 'Wording';
  /** What the requested states are asked; completes "has asked 49 states", for example "to receive convicted persons". */
  ask: Scalars['String']['output'];
  /** The stance `IMPLEMENTING` as a label, for example "Received persons". */
  carriedOut: Scalars['String']['output'];
  /** The same as a predicate of "13 states", for example "have received persons". */
  haveCarriedOut: Scalars['String']['output'];
  /** The same in the past, for example "had received persons". */
  hadCarriedOut: Scalars['String']['output'];
};
