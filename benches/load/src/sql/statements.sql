-- $1 valid on (which does not select statements), $2 published by, $3 recorded by, $4 unused
WITH RECURSIVE replaced AS (
  SELECT f.corrects AS id
  FROM fact f
  WHERE f.corrects IS NOT NULL AND is_present(
      f.recorded_at, CASE WHEN f.is_amended THEN published_on(f.id, f.recorded_on, $3) ELSE f.published_on END,
      f.retracted_at, f.retracted_on, $2, $3)
  UNION
  SELECT f.corrects FROM replaced JOIN fact f ON f.id = replaced.id WHERE f.corrects IS NOT NULL
), page AS (
  SELECT f.id
  FROM fact f
  WHERE is_present(
      f.recorded_at, CASE WHEN f.is_amended THEN published_on(f.id, f.recorded_on, $3) ELSE f.published_on END,
      f.retracted_at, f.retracted_on, $2, $3)
    AND f.id NOT IN (SELECT replaced.id FROM replaced)
    AND $1::date IS NOT NULL AND $4::text IS NOT NULL
  ORDER BY f.id
  LIMIT 20
)
SELECT json_build_object('statements', json_build_object('nodes', COALESCE(json_agg(
  json_build_object('number', s.id, 'kind', s.kind, 'validFrom', s.valid_from, 'summary', s.summary) ORDER BY s.id), '[]')))::text
FROM page
JOIN statement s ON s.id = page.id
