-- $1 first day, $2 last day, $3 unused, $4 slug of the initiative
-- The fold once over all statements: its winner on a day is the last one that began by then. Each point is a running sum of
-- the relationships that enter and leave a stance.
WITH RECURSIVE point AS (
  SELECT n, ($1 + make_interval(months => n))::date AS day
  FROM generate_series(0, 399) AS n
  WHERE ($1 + make_interval(months => n))::date <= $2
), days AS (
  SELECT array_agg(point.day ORDER BY point.n) AS days FROM point WHERE $3::bigint IS NOT NULL
), candidate AS (
  SELECT r.id FROM initiative i JOIN relationship r ON r.initiative_id = i.id WHERE i.slug = $4
), replaced AS (
  SELECT f.corrects AS id
  FROM candidate JOIN fact f ON f.relationship_id = candidate.id
  WHERE f.corrects IS NOT NULL AND f.retracted_on = 'infinity'
  UNION
  SELECT f.corrects FROM replaced JOIN fact f ON f.id = replaced.id WHERE f.corrects IS NOT NULL
), visible AS (
  SELECT f.relationship_id, f.id, f.stance, f.rank, f.earliest, f.latest
  FROM candidate JOIN fact f ON f.relationship_id = candidate.id
  WHERE f.retracted_on = 'infinity' AND f.id NOT IN (SELECT replaced.id FROM replaced)
), started AS (
  SELECT v.*, row_number() OVER fold AS n,
    COALESCE(v.earliest > lag(v.latest) OVER fold, true) AS is_first,
    COALESCE(lead(v.earliest) OVER fold > v.latest, true) AS is_last
  FROM visible v
  WHERE v.stance IS NOT NULL
  WINDOW fold AS (PARTITION BY v.relationship_id ORDER BY v.latest, v.earliest, v.rank DESC, v.id)
), walk AS (
  SELECT s.relationship_id, s.n, true AS wins, s.rank, s.earliest, s.latest FROM started s WHERE s.is_first AND NOT s.is_last
  UNION ALL
  SELECT walk.relationship_id, next.n, w.wins,
    CASE WHEN w.wins THEN next.rank ELSE walk.rank END,
    CASE WHEN w.wins THEN next.earliest ELSE walk.earliest END,
    CASE WHEN w.wins THEN next.latest ELSE walk.latest END
  FROM walk
  JOIN started next ON next.relationship_id = walk.relationship_id AND next.n = walk.n + 1 AND NOT next.is_first
  CROSS JOIN LATERAL (
    SELECT next.earliest > walk.latest OR next.rank > walk.rank
      OR ((next.rank, next.earliest, next.latest) = (walk.rank, walk.earliest, walk.latest))
  ) AS w (wins)
), span AS (
  SELECT s.relationship_id, s.stance, s.earliest, s.latest AS begins, lead(s.latest) OVER (PARTITION BY s.relationship_id ORDER BY s.n) AS ends
  FROM started s
  WHERE s.is_first OR (s.relationship_id, s.n) IN (SELECT walk.relationship_id, walk.n FROM walk WHERE walk.wins)
), step AS (
  SELECT width_bucket(step.day - 1, days.days) AS n, step.stance, sum(step.entering) AS entering
  FROM days, span CROSS JOIN LATERAL (VALUES (span.begins, span.stance, 1), (span.ends, span.stance, -1)) AS step (day, stance, entering)
  WHERE step.day IS NOT NULL AND (span.ends IS NULL OR span.ends > span.begins)
  GROUP BY 1, 2
), tally AS (
  SELECT point.n, all_stances.stance, sum(COALESCE(step.entering, 0)) OVER (PARTITION BY all_stances.stance ORDER BY point.n) AS relationships
  FROM point
  CROSS JOIN (SELECT DISTINCT step.stance FROM step) AS all_stances
  LEFT JOIN step ON step.n = point.n AND step.stance = all_stances.stance
), disputed AS (
  SELECT point.n, count(DISTINCT d.relationship_id) AS relationships
  FROM candidate
  JOIN denial d ON d.relationship_id = candidate.id
  JOIN visible denying ON denying.id = d.denying
  JOIN visible denied ON denied.id = d.denied
  JOIN point ON denying.earliest <= point.day
  LEFT JOIN span ON span.relationship_id = d.relationship_id AND span.begins <= point.day AND (span.ends IS NULL OR span.ends > point.day)
  WHERE NOT COALESCE(span.earliest > denying.latest AND span.earliest > denied.latest, false)
  GROUP BY point.n
), total AS (
  SELECT count(DISTINCT visible.relationship_id) AS relationships FROM visible
), counted AS (
  SELECT tally.n, tally.stance, tally.relationships FROM tally WHERE tally.relationships > 0
  UNION ALL
  SELECT point.n, 'UNKNOWN', total.relationships - COALESCE(started.relationships, 0)
  FROM point CROSS JOIN total
  LEFT JOIN (SELECT tally.n, sum(tally.relationships) AS relationships FROM tally GROUP BY tally.n) AS started ON started.n = point.n
  WHERE total.relationships > COALESCE(started.relationships, 0)
), by_stance AS (
  SELECT counted.n, json_agg(json_build_object('stance', counted.stance, 'count', counted.relationships) ORDER BY counted.stance) AS counts
  FROM counted
  GROUP BY counted.n
)
SELECT json_build_object('initiative', json_build_object('history', json_agg(json_build_object(
  'on', point.day,
  'tally', json_build_object(
    'total', total.relationships,
    'disputed', COALESCE(disputed.relationships, 0),
    'byStance', COALESCE(by_stance.counts, '[]')
  )) ORDER BY point.n)))::text
FROM point
CROSS JOIN total
LEFT JOIN by_stance ON by_stance.n = point.n
LEFT JOIN disputed ON disputed.n = point.n
