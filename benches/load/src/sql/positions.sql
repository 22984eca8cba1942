-- $1 valid on, $2 published by, $3 recorded by, $4 code of the country
WITH incoming AS (
  SELECT r.id, r.requesting_state
  FROM relationship r
  WHERE r.requested_state = $4
  ORDER BY r.id
  LIMIT 50
), node AS (
  SELECT r.id, state.code, state.name, p.stance, p.since, p.disputed
  FROM incoming r
  JOIN country state ON state.code = r.requesting_state
  LEFT JOIN LATERAL position_at(r.id, $1, $2, $3) AS p ON true
)
SELECT json_build_object('country', json_build_object(
  'code', c.code,
  'name', c.name,
  'relationships', json_build_object('nodes', COALESCE((
    SELECT json_agg(json_build_object(
      'id', translate(encode(convert_to('Relationship:' || node.id, 'UTF8'), 'base64'), '+/=', '-_'),
      'position', json_build_object(
        'stance', COALESCE(node.stance, 'UNKNOWN'), 'since', node.since, 'disputed', COALESCE(node.disputed, false)),
      'requestingState', json_build_object('code', node.code, 'name', node.name)
    ) ORDER BY node.id) FROM node
  ), '[]'))
))::text
FROM country c
WHERE c.code = $4
