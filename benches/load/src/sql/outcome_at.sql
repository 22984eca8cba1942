-- The stance of one relationship at a moment, and whether it is disputed; no row if no statement about it was valid then.
--
-- Two entries of the index are enough where the newest stance certainly began after the one before it, nothing was corrected and
-- nothing is denied. Every other relationship takes the whole fold.
CREATE FUNCTION plain_outcome_at(relationship bigint, valid_on date, published_by date, recorded_by bigint)
RETURNS TABLE (stance stance, disputed boolean) LANGUAGE sql STABLE AS $$
SELECT newest.stance, false
FROM (
  SELECT f.stance, f.earliest, lead(f.latest) OVER fold AS previous
  FROM fact f
  WHERE f.relationship_id = relationship AND f.stance IS NOT NULL AND f.latest <= valid_on AND is_present(
      f.recorded_at, CASE WHEN f.is_amended THEN published_on(f.id, f.recorded_on, recorded_by) ELSE f.published_on END,
      f.retracted_at, f.retracted_on, published_by, recorded_by)
  WINDOW fold AS (ORDER BY f.latest DESC, f.earliest DESC, f.rank, f.id DESC)
  LIMIT 1
) AS newest
WHERE (newest.previous IS NULL OR newest.earliest > newest.previous)
  AND NOT EXISTS (SELECT FROM fact f WHERE f.relationship_id = relationship AND f.corrects IS NOT NULL)
  AND NOT EXISTS (SELECT FROM denial d WHERE d.relationship_id = relationship)
$$;

CREATE FUNCTION outcome_at(relationship bigint, valid_on date, published_by date, recorded_by bigint)
RETURNS TABLE (stance stance, disputed boolean) LANGUAGE sql STABLE AS $$
SELECT COALESCE(plain.stance, folded.stance), COALESCE(plain.disputed, folded.disputed)
FROM (VALUES (relationship)) AS one (id)
LEFT JOIN LATERAL plain_outcome_at(one.id, valid_on, published_by, recorded_by) AS plain ON true
-- Without a relationship the fold finds nothing to do.
LEFT JOIN LATERAL position_at(CASE WHEN plain.stance IS NULL THEN one.id END, valid_on, published_by, recorded_by) AS folded ON true
WHERE plain.stance IS NOT NULL OR folded.stance IS NOT NULL
$$;
