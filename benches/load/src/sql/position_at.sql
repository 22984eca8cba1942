-- The position of one relationship at a moment; no row if no statement about it was valid then.
CREATE FUNCTION position_at(relationship bigint, valid_on date, published_by date, recorded_by bigint)
RETURNS TABLE (stance stance, since text, disputed boolean) LANGUAGE sql STABLE AS $$
WITH RECURSIVE replaced AS (
  SELECT f.corrects AS id
  FROM fact f
  WHERE f.relationship_id = relationship AND f.corrects IS NOT NULL AND is_present(
      f.recorded_at, CASE WHEN f.is_amended THEN published_on(f.id, f.recorded_on, recorded_by) ELSE f.published_on END,
      f.retracted_at, f.retracted_on, published_by, recorded_by)
  UNION
  SELECT f.corrects FROM replaced JOIN fact f ON f.id = replaced.id WHERE f.corrects IS NOT NULL
), visible AS (
  SELECT f.id, f.stance, f.rank, f.earliest, f.latest, f.valid_from
  FROM fact f
  WHERE f.relationship_id = relationship AND is_present(
      f.recorded_at, CASE WHEN f.is_amended THEN published_on(f.id, f.recorded_on, recorded_by) ELSE f.published_on END,
      f.retracted_at, f.retracted_on, published_by, recorded_by)
    AND NOT EXISTS (SELECT FROM replaced WHERE replaced.id = f.id)
), started AS (
  SELECT v.*, row_number() OVER fold AS n,
    -- It certainly began after everything before it, so it wins whatever won before.
    COALESCE(v.earliest > lag(v.latest) OVER fold, true) AS is_first,
    COALESCE(lead(v.earliest) OVER fold > v.latest, true) AS is_last
  FROM visible v
  WHERE v.stance IS NOT NULL AND v.latest <= valid_on
  WINDOW fold AS (ORDER BY v.latest, v.earliest, v.rank DESC, v.id)
), walk AS (
  -- Only where the order is uncertain, statement by statement.
  SELECT s.n, true AS wins, s.rank, s.earliest, s.latest FROM started s WHERE s.is_first AND NOT s.is_last
  UNION ALL
  SELECT next.n, w.wins,
    CASE WHEN w.wins THEN next.rank ELSE walk.rank END,
    CASE WHEN w.wins THEN next.earliest ELSE walk.earliest END,
    CASE WHEN w.wins THEN next.latest ELSE walk.latest END
  FROM walk
  JOIN started next ON next.n = walk.n + 1 AND NOT next.is_first
  CROSS JOIN LATERAL (
    SELECT next.earliest > walk.latest OR next.rank > walk.rank
      OR ((next.rank, next.earliest, next.latest) = (walk.rank, walk.earliest, walk.latest))
  ) AS w (wins)
), runs AS (
  SELECT s.n, s.stance, s.earliest, s.valid_from, s.stance IS DISTINCT FROM lag(s.stance) OVER (ORDER BY s.n) AS starts_run
  FROM started s
  WHERE s.is_first OR EXISTS (SELECT FROM walk WHERE walk.n = s.n AND walk.wins)
), winner AS (
  SELECT r.stance, r.earliest FROM runs r ORDER BY r.n DESC LIMIT 1
)
SELECT
  COALESCE((SELECT winner.stance FROM winner), 'UNKNOWN'),
  (SELECT r.valid_from FROM runs r WHERE r.starts_run ORDER BY r.n DESC LIMIT 1),
  EXISTS (
    SELECT FROM denial d
    JOIN visible denying ON denying.id = d.denying
    JOIN visible denied ON denied.id = d.denied
    LEFT JOIN winner ON true
    WHERE d.relationship_id = relationship AND denying.earliest <= valid_on
      AND NOT COALESCE(winner.earliest > denying.latest AND winner.earliest > denied.latest, false)
  )
WHERE EXISTS (SELECT FROM visible)
$$;
