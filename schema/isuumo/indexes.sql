-- The covering indexes of isuumo, created after the rows.
--
-- A list that SQLite answers reads only index entries to find its ids (and to count), then the rows of
-- the page by id. Most lists are answered from what the server derives from these tables
-- (src/apps/isuumo/catalogue); these indexes deliver that in the order of the pages, and serve what it
-- cannot tell. The query plan test in src/apps/isuumo/search.rs guards them.

-- The cheapest first: low_priced.
CREATE INDEX chair_by_price ON chair_search (price, id);
CREATE INDEX estate_by_rent ON estate_search (rent, id);

-- Searches, in the order of their pages.
CREATE INDEX chair_by_popularity ON chair_search
  (popularity DESC, id, features, price_range, height_range, width_range, depth_range, kind, color);
CREATE INDEX estate_by_popularity ON estate_search
  (popularity DESC, id, features, door_height_range, door_width_range, rent_range,
   latitude, longitude, door_short, door_long);
