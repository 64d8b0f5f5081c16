-- What must hold in a baked people file. Each row that a statement returns is a complaint, and a bake
-- with a complaint fails. An empty register is none: people can be registered one by one.

-- The API takes uuids in any spelling and compares the canonical one.
SELECT format('person %d has the uuid %s, which is not in its canonical form', id, uuid)
FROM person
WHERE uuid <> lower(uuid) OR uuid NOT LIKE '________-____-____-____-____________'
   OR replace(uuid, '-', '') GLOB '*[^0-9a-f]*';
