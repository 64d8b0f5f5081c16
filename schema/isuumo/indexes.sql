-- The covering indexes of isuumo, created after the rows.
--
-- Each list reads only index entries to find its ids (and to count), then fetches the rows of the
-- page by id. An index that starts with a search column goes on with the order of the page
-- (popularity DESC, id), so that no search sorts; the other search columns follow, so that none looks
-- into the table. Chairs that are sold out are in no index. The query plan test in
-- src/apps/isuumo/search.rs guards all of this.

-- The cheapest first: low_priced.
CREATE INDEX chair_by_price ON chair (price, id) WHERE on_sale = 1;
CREATE INDEX estate_by_rent ON estate (rent, id);

-- Chair search, one index for each condition that can lead it.
CREATE INDEX chair_by_popularity ON chair
  (popularity DESC, id, features, price_range, height_range, width_range, depth_range, kind, color)
  WHERE on_sale = 1;
CREATE INDEX chair_by_color ON chair
  (color, popularity DESC, id, features, price_range, height_range, width_range, depth_range, kind)
  WHERE on_sale = 1;
CREATE INDEX chair_by_kind ON chair
  (kind, popularity DESC, id, features, price_range, height_range, width_range, depth_range, color)
  WHERE on_sale = 1;
CREATE INDEX chair_by_price_range ON chair
  (price_range, popularity DESC, id, features, height_range, width_range, depth_range, kind, color)
  WHERE on_sale = 1;
CREATE INDEX chair_by_height_range ON chair
  (height_range, popularity DESC, id, features, price_range, width_range, depth_range, kind, color)
  WHERE on_sale = 1;
CREATE INDEX chair_by_width_range ON chair
  (width_range, popularity DESC, id, features, price_range, height_range, depth_range, kind, color)
  WHERE on_sale = 1;
CREATE INDEX chair_by_depth_range ON chair
  (depth_range, popularity DESC, id, features, price_range, height_range, width_range, kind, color)
  WHERE on_sale = 1;

-- Estate search likewise; the first one also serves the recommended estates of a chair.
CREATE INDEX estate_by_popularity ON estate
  (popularity DESC, id, features, door_short, door_long,
   door_height_range, door_width_range, rent_range);
CREATE INDEX estate_by_rent_range ON estate
  (rent_range, popularity DESC, id, features, door_height_range, door_width_range);
CREATE INDEX estate_by_door_height_range ON estate
  (door_height_range, popularity DESC, id, features, door_width_range, rent_range);
CREATE INDEX estate_by_door_width_range ON estate
  (door_width_range, popularity DESC, id, features, door_height_range, rent_range);

-- Nazotte: the estates in a box, with what the polygon test and the order of the answer need.
CREATE INDEX estate_by_location ON estate (latitude, longitude, popularity, id);
