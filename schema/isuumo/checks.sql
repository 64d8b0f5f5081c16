-- What must hold in a baked isuumo file. Each row that a statement returns is a complaint, and a bake
-- with a complaint fails.

SELECT 'the dumps hold no chair' WHERE NOT EXISTS (SELECT 1 FROM chair);
SELECT 'the dumps hold no estate' WHERE NOT EXISTS (SELECT 1 FROM estate);

-- The ranges of the condition files must be those that derived.sql numbers: where one ends the next
-- begins, and both ends are open (-1).
WITH expected(document, dimension, separators) AS (
  VALUES
    ('chair_condition', 'height', '80,110,150'),
    ('chair_condition', 'width', '80,110,150'),
    ('chair_condition', 'depth', '80,110,150'),
    ('chair_condition', 'price', '3000,6000,9000,12000,15000'),
    ('estate_condition', 'doorHeight', '80,110,150'),
    ('estate_condition', 'doorWidth', '80,110,150'),
    ('estate_condition', 'rent', '50000,100000,150000')
),
given(document, dimension, starts, ends) AS (
  SELECT document, dimension,
         group_concat(r.value ->> 'min', ',' ORDER BY r.key),
         group_concat(r.value ->> 'max', ',' ORDER BY r.key)
  FROM expected
  JOIN ekiben_document AS d ON d.name = document,
       json_each(d.body, '$.' || dimension || '.ranges') AS r
  GROUP BY document, dimension
)
SELECT format('%s.json: the ranges of %s begin at %s and end at %s, but derived.sql separates them at %s',
              e.document, e.dimension, ifnull(g.starts, 'nothing'), ifnull(g.ends, 'nothing'),
              e.separators)
FROM expected AS e LEFT JOIN given AS g USING (document, dimension)
WHERE g.starts IS NOT '-1,' || e.separators OR g.ends IS NOT e.separators || ',-1';

-- And derived.sql must number the rows accordingly.
WITH numbered(dimension, number, lowest, highest) AS (
  SELECT 'height', height_range, min(height), max(height)
  FROM chair_search JOIN chair USING (id) GROUP BY 2
  UNION ALL
  SELECT 'width', width_range, min(width), max(width)
  FROM chair_search JOIN chair USING (id) GROUP BY 2
  UNION ALL
  SELECT 'depth', depth_range, min(depth), max(depth)
  FROM chair_search JOIN chair USING (id) GROUP BY 2
  UNION ALL
  SELECT 'price', price_range, min(price), max(price) FROM chair_search GROUP BY 2
  UNION ALL
  SELECT 'doorHeight', door_height_range, min(door_height), max(door_height)
  FROM estate_search JOIN estate USING (id) GROUP BY 2
  UNION ALL
  SELECT 'doorWidth', door_width_range, min(door_width), max(door_width)
  FROM estate_search JOIN estate USING (id) GROUP BY 2
  UNION ALL
  SELECT 'rent', rent_range, min(rent), max(rent) FROM estate_search GROUP BY 2
),
range(dimension, number, low, high) AS (
  SELECT k.key, r.key, r.value ->> 'min', r.value ->> 'max'
  FROM ekiben_document AS d, json_each(d.body) AS k, json_each(k.value, '$.ranges') AS r
  WHERE d.name IN ('chair_condition', 'estate_condition')
)
SELECT format('derived.sql numbers %s from %d to %d as range %d, which is [%d, %d)',
              n.dimension, n.lowest, n.highest, n.number, r.low, r.high)
FROM numbered AS n LEFT JOIN range AS r USING (dimension, number)
WHERE r.number IS NULL
   OR (r.low <> -1 AND n.lowest < r.low) OR (r.high <> -1 AND n.highest >= r.high);
