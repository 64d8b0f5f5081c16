-- The covering indexes of people, created after the rows.
--
-- A list is sorted by one column, or has one value of it, and may be filtered by all others: so each
-- index begins with its column and the order of arrival and holds the rest, and a page is found without
-- a look at the table. The query plan test in src/apps/people/select.rs guards them. They are some six
-- times the size of the table, which is what any order of any list costs.

CREATE INDEX person_by_survived ON person
  (survived, id, passenger_class, name, sex, age, siblings_or_spouses_aboard,
   parents_or_children_aboard, fare);
CREATE INDEX person_by_passenger_class ON person
  (passenger_class, id, survived, name, sex, age, siblings_or_spouses_aboard,
   parents_or_children_aboard, fare);
CREATE INDEX person_by_name ON person
  (name, id, survived, passenger_class, sex, age, siblings_or_spouses_aboard,
   parents_or_children_aboard, fare);
CREATE INDEX person_by_sex ON person
  (sex, id, survived, passenger_class, name, age, siblings_or_spouses_aboard,
   parents_or_children_aboard, fare);
CREATE INDEX person_by_age ON person
  (age, id, survived, passenger_class, name, sex, siblings_or_spouses_aboard,
   parents_or_children_aboard, fare);
CREATE INDEX person_by_siblings_or_spouses_aboard ON person
  (siblings_or_spouses_aboard, id, survived, passenger_class, name, sex, age,
   parents_or_children_aboard, fare);
CREATE INDEX person_by_parents_or_children_aboard ON person
  (parents_or_children_aboard, id, survived, passenger_class, name, sex, age,
   siblings_or_spouses_aboard, fare);
CREATE INDEX person_by_fare ON person
  (fare, id, survived, passenger_class, name, sex, age, siblings_or_spouses_aboard,
   parents_or_children_aboard);
CREATE INDEX person_by_uuid ON person
  (uuid, id, survived, passenger_class, name, sex, age, siblings_or_spouses_aboard,
   parents_or_children_aboard, fare);
