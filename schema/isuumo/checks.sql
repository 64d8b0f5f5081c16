-- What must hold in a baked isuumo file. Each row that a statement returns is a complaint, and a bake
-- with a complaint fails.

SELECT 'the dumps hold no chair' WHERE NOT EXISTS (SELECT 1 FROM chair);
SELECT 'the dumps hold no estate' WHERE NOT EXISTS (SELECT 1 FROM estate);

-- Ranges of the condition files against the *_range columns of derived.sql. Range n of a list is
-- [min, max), -1 is open; it must hold exactly the rows whose column says n.
WITH condition(document, dimension, id, low, high) AS (
  SELECT d.name, k.key, r.key, r.value ->> 'min', r.value ->> 'max'
  FROM ekiben_document AS d, json_each(d.body) AS k, json_each(k.value, '$.ranges') AS r
  WHERE d.name IN ('chair_condition', 'estate_condition')
),
derived(document, dimension, id, lowest, highest) AS (
  SELECT 'chair_condition', 'price', price_range, min(c.price), max(c.price)
  FROM chair_search JOIN chair AS c USING (id) GROUP BY 3
  UNION ALL
  SELECT 'chair_condition', 'height', height_range, min(height), max(height)
  FROM chair_search JOIN chair USING (id) GROUP BY 3
  UNION ALL
  SELECT 'chair_condition', 'width', width_range, min(width), max(width)
  FROM chair_search JOIN chair USING (id) GROUP BY 3
  UNION ALL
  SELECT 'chair_condition', 'depth', depth_range, min(depth), max(depth)
  FROM chair_search JOIN chair USING (id) GROUP BY 3
  UNION ALL
  SELECT 'estate_condition', 'rent', rent_range, min(rent), max(rent)
  FROM estate_search GROUP BY 3
  UNION ALL
  SELECT 'estate_condition', 'doorHeight', door_height_range, min(door_height), max(door_height)
  FROM estate_search JOIN estate USING (id) GROUP BY 3
  UNION ALL
  SELECT 'estate_condition', 'doorWidth', door_width_range, min(door_width), max(door_width)
  FROM estate_search JOIN estate USING (id) GROUP BY 3
)
SELECT format('%s.json: %s has no range %d that holds %d to %d, as derived.sql has it',
              b.document, b.dimension, b.id, b.lowest, b.highest)
FROM derived AS b LEFT JOIN condition AS c USING (document, dimension, id)
WHERE c.id IS NULL OR (c.low <> -1 AND b.lowest < c.low) OR (c.high <> -1 AND b.highest >= c.high);

-- Ranges that follow each other without a gap or an overlap.
SELECT format('%s.json: range %d of %s ends at %d, but the next one starts at %d',
              d.name, r.key, k.key, r.value ->> 'max', n.value ->> 'min')
FROM ekiben_document AS d, json_each(d.body) AS k, json_each(k.value, '$.ranges') AS r,
     json_each(k.value, '$.ranges') AS n
WHERE d.name IN ('chair_condition', 'estate_condition')
  AND n.key = r.key + 1 AND r.value ->> 'max' <> n.value ->> 'min';
