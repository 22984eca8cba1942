-- $1 valid on, $2 published by, $3 recorded by, $4 slug of the initiative
WITH outcome AS (
  SELECT o.stance, count(*) AS relationships, count(*) FILTER (WHERE o.disputed) AS disputed
  FROM initiative i
  JOIN relationship r ON r.initiative_id = i.id
  CROSS JOIN LATERAL outcome_at(r.id, $1, $2, $3) AS o
  WHERE i.slug = $4
  GROUP BY o.stance
)
SELECT json_build_object('initiative', json_build_object('tally', json_build_object(
  'total', COALESCE(sum(o.relationships), 0),
  'disputed', COALESCE(sum(o.disputed), 0),
  'byStance', COALESCE(json_agg(json_build_object('stance', o.stance, 'count', o.relationships) ORDER BY o.stance), '[]')
)))::text
FROM outcome o
