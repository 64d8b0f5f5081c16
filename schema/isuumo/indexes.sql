-- The covering indexes of isuumo, created after the rows.
--
-- Each list reads only index entries to find its ids (and to count), then fetches the rows of the
-- page by id. An index that starts with a search column goes on with the order of the page
-- (popularity DESC, id), so that no search sorts; the other search columns follow, so that none looks
-- into the table. The query plan test in src/apps/isuumo/search.rs guards all of this.

-- The cheapest first: low_priced.
CREATE INDEX chair_by_price ON chair_search (price, id);
CREATE INDEX estate_by_rent ON estate_search (rent, id);

-- Chair search, one index for each condition that can lead it.
CREATE INDEX chair_by_popularity ON chair_search
  (popularity DESC, id, features, price_range, height_range, width_range, depth_range, kind, color);
CREATE INDEX chair_by_color ON chair_search
  (color, popularity DESC, id, features, price_range, height_range, width_range, depth_range, kind);
CREATE INDEX chair_by_kind ON chair_search
  (kind, popularity DESC, id, features, price_range, height_range, width_range, depth_range, color);
CREATE INDEX chair_by_price_range ON chair_search
  (price_range, popularity DESC, id, features, height_range, width_range, depth_range, kind, color);
CREATE INDEX chair_by_height_range ON chair_search
  (height_range, popularity DESC, id, features, price_range, width_range, depth_range, kind, color);
CREATE INDEX chair_by_width_range ON chair_search
  (width_range, popularity DESC, id, features, price_range, height_range, depth_range, kind, color);
CREATE INDEX chair_by_depth_range ON chair_search
  (depth_range, popularity DESC, id, features, price_range, height_range, width_range, kind, color);

-- Estate search likewise; the first one also serves the recommended estates of a chair.
CREATE INDEX estate_by_popularity ON estate_search
  (popularity DESC, id, features, door_short, door_long,
   door_height_range, door_width_range, rent_range);
CREATE INDEX estate_by_rent_range ON estate_search
  (rent_range, popularity DESC, id, features, door_height_range, door_width_range);
CREATE INDEX estate_by_door_height_range ON estate_search
  (door_height_range, popularity DESC, id, features, door_width_range, rent_range);
CREATE INDEX estate_by_door_width_range ON estate_search
  (door_width_range, popularity DESC, id, features, door_height_range, rent_range);

-- Nazotte: the estates in a box, with what the polygon test and the order of the answer need.
CREATE INDEX estate_by_location ON estate_search (latitude, longitude, popularity, id);
