-- $1 valid on, $2 published by, $3 recorded by, $4 stance
-- In the order of an index, until the page is full: the plan is a nested loop that stops.
WITH page AS (
  SELECT r.id, r.requesting_state, r.requested_state, p.stance, p.since, p.disputed,
    row_number() OVER (ORDER BY r.requested_state, r.id) AS n
  FROM (
    SELECT r.id, r.requesting_state, r.requested_state
    FROM relationship r
    CROSS JOIN LATERAL outcome_at(r.id, $1, $2, $3) AS o
    WHERE o.stance = $4::text::stance
    ORDER BY r.requested_state, r.id
    LIMIT 21
  ) AS r
  CROSS JOIN LATERAL position_at(r.id, $1, $2, $3) AS p
)
SELECT json_build_object('relationships', json_build_object(
  'pageInfo', json_build_object('hasNextPage', count(*) > 20),
  'nodes', COALESCE(json_agg(json_build_object(
    'id', translate(encode(convert_to('Relationship:' || page.id, 'UTF8'), 'base64'), '+/=', '-_'),
    'requestingState', json_build_object('code', page.requesting_state),
    'requestedState', json_build_object('code', page.requested_state),
    'position', json_build_object('stance', page.stance, 'since', page.since, 'disputed', page.disputed)
  ) ORDER BY page.n) FILTER (WHERE page.n <= 20), '[]')
))::text
FROM page
