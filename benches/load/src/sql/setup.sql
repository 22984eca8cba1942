-- Prepares a database that `demarche import` filled for questions about a moment: what an expert would add to our tables.
-- `fact` has typed columns for each statement and a covering index in the order of the fold; writes would keep it up by a trigger.
--
-- An absent bound is an infinite one, so that no condition of a question needs to test for null. The time of a statement
-- that was never retracted is the highest number.

CREATE TYPE stance AS ENUM (
  'UNKNOWN', 'NAMED', 'APPROACHED', 'NEGOTIATING', 'AGREED_IN_PRINCIPLE', 'AGREED', 'IMPLEMENTING', 'SUSPENDED', 'REFUSED', 'ENDED'
);

CREATE TABLE stance_rank (stance stance PRIMARY KEY, rank smallint NOT NULL);
INSERT INTO stance_rank VALUES
  ('UNKNOWN', 0), ('NAMED', 1), ('APPROACHED', 2), ('NEGOTIATING', 3), ('AGREED_IN_PRINCIPLE', 4), ('AGREED', 5), ('REFUSED', 5),
  ('IMPLEMENTING', 6), ('SUSPENDED', 7), ('ENDED', 7);

-- Supporting evidence with a date, for the few statements to which some was added later.
CREATE TABLE publication AS
SELECT e.statement_id, e.recorded_at, e.public_on::date AS published_on
FROM evidence e
WHERE e.relation = 'SUPPORTS' AND e.public_on IS NOT NULL;
CREATE INDEX ON publication (statement_id) INCLUDE (recorded_at, published_on);

CREATE TABLE fact AS
SELECT
  s.id,
  s.relationship_id,
  claim.stance,
  stance_rank.rank,
  COALESCE(s.earliest::date, '-infinity') AS earliest,
  s.latest::date AS latest,
  s.valid_from,
  s.recorded_at,
  recorded.day AS recorded_on,
  -- As known when it was recorded.
  COALESCE(first.published_on, recorded.day) AS published_on,
  first.is_amended,
  COALESCE(s.retracted_at, 9223372036854775807) AS retracted_at,
  COALESCE((to_timestamp(s.retracted_at / 1000000) AT TIME ZONE 'UTC')::date, 'infinity') AS retracted_on,
  s.corrects
FROM statement s
CROSS JOIN LATERAL (SELECT (s.body::jsonb #>> '{stance,stance}')::stance) AS claim (stance)
LEFT JOIN stance_rank ON stance_rank.stance = claim.stance
CROSS JOIN LATERAL (SELECT (to_timestamp(s.recorded_at / 1000000) AT TIME ZONE 'UTC')::date) AS recorded (day)
CROSS JOIN LATERAL (
  SELECT
    min(p.published_on) FILTER (WHERE p.recorded_at <= s.recorded_at) AS published_on,
    COALESCE(bool_or(p.recorded_at > s.recorded_at), false) AS is_amended
  FROM publication p
  WHERE p.statement_id = s.id
) AS first;

ALTER TABLE fact ADD PRIMARY KEY (id);
CREATE INDEX fact_fold ON fact (relationship_id, latest, earliest, rank DESC, id)
  INCLUDE (stance, valid_from, recorded_at, recorded_on, published_on, is_amended, retracted_at, retracted_on);
CREATE INDEX fact_corrections ON fact (relationship_id) INCLUDE (id, corrects) WHERE corrects IS NOT NULL;

-- Contradictions within a relationship: the only ones that dispute a position.
CREATE TABLE denial AS
SELECT denying.relationship_id, denying.id AS denying, denied.id AS denied
FROM contradiction c
JOIN statement denying ON denying.id = c.statement_id
JOIN statement denied ON denied.id = c.contradicts_id AND denied.relationship_id = denying.relationship_id;
CREATE INDEX ON denial (relationship_id) INCLUDE (denying, denied);

CREATE INDEX ON relationship (requested_state, id) INCLUDE (requesting_state);
CREATE INDEX ON relationship (initiative_id) INCLUDE (id);

-- The day from which an amended fact counts as public.
CREATE FUNCTION published_on(fact bigint, recorded_on date, recorded_by bigint) RETURNS date LANGUAGE sql STABLE AS $$
  SELECT COALESCE((SELECT min(p.published_on) FROM publication p WHERE p.statement_id = fact AND p.recorded_at <= recorded_by), recorded_on)
$$;

-- Recorded and public at the moment, and not retracted by then. It is inlined: the plan shows no function.
CREATE FUNCTION is_present(
  recorded_at bigint, published_on date, retracted_at bigint, retracted_on date, published_by date, recorded_by bigint
) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT recorded_at <= recorded_by AND published_on <= published_by AND (retracted_at > recorded_by OR retracted_on > published_by)
$$;
