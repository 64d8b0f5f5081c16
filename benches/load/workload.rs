//! The requests of every endpoint: random, but the same in every run over the same data.
//!
//! Search conditions come from the documents that the server itself serves; ids and places from the
//! baked file; the shape of polygons from the original's load (boxes of 0.1 to 1.0 degrees).

use std::net::SocketAddr;

use fastrand::Rng;
use serde_json::{Value, json};

use crate::exchange::{Exchange, get, post};
use crate::source::Source;

const SEED: u64 = 19_700_101;
/// Distinct requests of an endpoint at most.
const IDS: usize = 20_000;
const LISTS: usize = 1_500;

/// An endpoint with what is asked of it.
pub(crate) struct Endpoint {
    pub(crate) name: &'static str,
    /// The least ratio to the ceiling that is good enough.
    pub(crate) target: f64,
    pub(crate) requests: Vec<Vec<u8>>,
}

impl Endpoint {
    /// The reads of people, in the order of the table.
    pub(crate) fn of_people(source: &Source) -> Vec<Self> {
        let people = source.people.iter();
        let by_uuid = people.map(|uuid| get(&format!("/people/{uuid}"))).collect();
        let sorts = ["name", "-fare", "age&sex=female", "-age&minFare=20"];
        let page = |sort: &&str| get(&format!("/people?limit=25&sort={sort}"));
        let endpoint = |name, target, requests| Self {
            name,
            target,
            requests,
        };
        vec![
            endpoint("person by uuid", 0.85, by_uuid),
            endpoint(
                "people, first pages",
                0.80,
                sorts.iter().map(page).collect(),
            ),
            endpoint("people, all of them", 0.80, vec![get("/people")]),
        ]
    }

    /// The reads of ISUUMO, in the order of the table.
    pub(crate) fn all(source: &Source, server: SocketAddr) -> Vec<Self> {
        let mut random = Rng::with_seed(SEED);
        let mut exchange = Exchange::with(server);
        let mut conditions = |path| serde_json::from_slice(&exchange.get(path)).unwrap();
        let chair = Form::new(&conditions("/api/chair/search/condition"), CHAIR_FORM);
        let estate = Form::new(&conditions("/api/estate/search/condition"), ESTATE_FORM);
        let chairs = source
            .chairs
            .iter()
            .map(|chair| chair.0)
            .collect::<Vec<_>>();
        let estates = source
            .estates
            .iter()
            .map(|estate| estate.0)
            .collect::<Vec<_>>();
        let same = |path| vec![get(path)];
        let endpoint = |name, target, requests| Self {
            name,
            target,
            requests,
        };
        vec![
            endpoint(
                "chair by id",
                0.85,
                by_id("/api/chair", &chairs, IDS, &mut random),
            ),
            endpoint(
                "estate by id",
                0.85,
                by_id("/api/estate", &estates, IDS, &mut random),
            ),
            endpoint("chair low_priced", 0.85, same("/api/chair/low_priced")),
            endpoint("estate low_priced", 0.85, same("/api/estate/low_priced")),
            endpoint(
                "chair conditions",
                0.95,
                same("/api/chair/search/condition"),
            ),
            endpoint(
                "estate conditions",
                0.95,
                same("/api/estate/search/condition"),
            ),
            endpoint(
                "chair search",
                0.50,
                chair.searches("/api/chair/search", &mut random),
            ),
            endpoint(
                "estate search",
                0.50,
                estate.searches("/api/estate/search", &mut random),
            ),
            endpoint(
                "recommended estates",
                0.60,
                by_id("/api/recommended_estate", &chairs, LISTS, &mut random),
            ),
            endpoint("nazotte", 0.35, polygons(source, &mut random)),
        ]
    }
}

/// Ids spread over all rows, each at most once.
fn by_id(path: &str, ids: &[i64], count: usize, random: &mut Rng) -> Vec<Vec<u8>> {
    let mut ids = ids.to_vec();
    random.shuffle(&mut ids);
    ids.truncate(count);
    ids.iter().map(|id| get(&format!("{path}/{id}"))).collect()
}

/// Parameters of a search as (parameter, key of the condition document).
type Fields = &'static [(&'static str, &'static str)];

const CHAIR_FORM: Fields = &[
    ("priceRangeId", "price"),
    ("heightRangeId", "height"),
    ("widthRangeId", "width"),
    ("depthRangeId", "depth"),
    ("kind", "kind"),
    ("color", "color"),
];
const ESTATE_FORM: Fields = &[
    ("doorHeightRangeId", "doorHeight"),
    ("doorWidthRangeId", "doorWidth"),
    ("rentRangeId", "rent"),
];

/// What a search form offers.
struct Form {
    /// Parameters with their values.
    fields: Vec<(&'static str, Vec<String>)>,
    features: Vec<String>,
}

impl Form {
    fn new(document: &Value, fields: Fields) -> Self {
        let fields = fields.iter();
        Self {
            fields: fields
                .map(|&(parameter, key)| (parameter, choices(&document[key])))
                .collect(),
            features: choices(&document["feature"]),
        }
    }

    fn searches(&self, path: &str, random: &mut Rng) -> Vec<Vec<u8>> {
        let search = |_| get(&format!("{path}?{}", self.query(random)));
        (0..LISTS).map(search).collect()
    }

    /// 1 to 4 conditions, features among them in a third, pages 0 to 4 of 25 rows.
    fn query(&self, random: &mut Rng) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let mut count = random.usize(1..=4);
        if random.usize(..3) == 0 {
            let features = random.usize(1..=2);
            let chosen = random.choose_multiple(self.features.iter(), features);
            let chosen: Vec<&str> = chosen.into_iter().map(String::as_str).collect();
            query.append_pair("features", &chosen.join(","));
            count -= 1;
        }
        for (parameter, values) in random.choose_multiple(self.fields.iter(), count) {
            query.append_pair(parameter, &values[random.usize(..values.len())]);
        }
        query.append_pair("page", &random.usize(..5).to_string());
        query.append_pair("perPage", "25");
        query.finish()
    }
}

/// The numbers of ranges, or the words of a list.
fn choices(condition: &Value) -> Vec<String> {
    if let Some(ranges) = condition["ranges"].as_array() {
        return ranges.iter().map(|range| range["id"].to_string()).collect();
    }
    let words = condition["list"].as_array().unwrap().iter();
    words
        .map(|word| word.as_str().unwrap().to_owned())
        .collect()
}

/// Hulls of 10 to 19 random points around random estates, closed as the original's client does.
fn polygons(source: &Source, random: &mut Rng) -> Vec<Vec<u8>> {
    let polygon = |_| {
        let (_, latitude, longitude) = source.estates[random.usize(..source.estates.len())];
        let mut side = || 0.1 + 0.9 * random.f64();
        let (height, width) = (side(), side());
        let points = (0..random.usize(10..=19)).map(|_| {
            (
                latitude + (random.f64() - 0.5) * height,
                longitude + (random.f64() - 0.5) * width,
            )
        });
        let mut ring = hull(points.collect());
        ring.push(ring[0]);
        let vertex = |&(latitude, longitude): &(f64, f64)| json!({"latitude": latitude, "longitude": longitude});
        let ring: Vec<_> = ring.iter().map(vertex).collect();
        let body = json!({"coordinates": ring}).to_string();
        post("/api/estate/nazotte", "application/json", body.as_bytes())
    };
    (0..LISTS).map(polygon).collect()
}

/// The convex hull, by Andrew's monotone chain.
fn hull(mut points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut half = chain(points.iter());
    let other = chain(points.iter().rev());
    half.extend(other);
    half
}

/// One side of a hull, without its last point, which begins the other side.
fn chain<'p>(points: impl Iterator<Item = &'p (f64, f64)>) -> Vec<(f64, f64)> {
    let mut side: Vec<(f64, f64)> = Vec::new();
    for &point in points {
        while let [.., before, last] = side[..]
            && (last.0 - before.0) * (point.1 - before.1)
                <= (last.1 - before.1) * (point.0 - before.0)
        {
            side.pop();
        }
        side.push(point);
    }
    side.pop();
    side
}
