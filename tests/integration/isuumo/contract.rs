//! The endpoints of the contract (sections 3 and 4) over the project's whole dataset, checked against
//! a model: the same rows, filtered and sorted by plain code.

use serde_json::Value;

use crate::support::harness::Site;

/// What the model needs of a chair.
struct Chair {
    id: i64,
    price: i64,
    size: [i64; 3],
    color: String,
    features: String,
    kind: String,
    popularity: i64,
}

struct Estate {
    id: i64,
    rent: i64,
    door: [i64; 2],
    features: String,
    popularity: i64,
    place: (f64, f64),
}

fn chairs(site: &Site) -> Vec<Chair> {
    let mut chairs = site
        .store
        .read(|connection| {
            let mut select = connection.prepare(
                "SELECT id, price, height, width, depth, color, features, kind, popularity FROM chair",
            )?;
            let rows = select.query_map([], |row| {
                Ok(Chair {
                    id: row.get(0)?,
                    price: row.get(1)?,
                    size: [row.get(2)?, row.get(3)?, row.get(4)?],
                    color: row.get(5)?,
                    features: row.get(6)?,
                    kind: row.get(7)?,
                    popularity: row.get(8)?,
                })
            })?;
            Ok::<_, ekiben::store::StoreError>(rows.collect::<Result<Vec<_>, _>>()?)
        })
        .unwrap();
    chairs.sort_by_key(|chair| (-chair.popularity, chair.id));
    chairs
}

fn estates(site: &Site) -> Vec<Estate> {
    let mut estates = site
        .store
        .read(|connection| {
            let mut select = connection.prepare(
                "SELECT id, rent, door_height, door_width, features, popularity, latitude, longitude \
                 FROM estate",
            )?;
            let rows = select.query_map([], |row| {
                Ok(Estate {
                    id: row.get(0)?,
                    rent: row.get(1)?,
                    door: [row.get(2)?, row.get(3)?],
                    features: row.get(4)?,
                    popularity: row.get(5)?,
                    place: (row.get(6)?, row.get(7)?),
                })
            })?;
            Ok::<_, ekiben::store::StoreError>(rows.collect::<Result<Vec<_>, _>>()?)
        })
        .unwrap();
    estates.sort_by_key(|estate| (-estate.popularity, estate.id));
    estates
}

/// The page of `found`, and its length.
fn page(found: &[i64], page: usize, size: usize) -> (usize, Vec<i64>) {
    (
        found.len(),
        found.iter().skip(page * size).take(size).copied().collect(),
    )
}

#[tokio::test]
async fn chair_searches_agree_with_the_model() {
    let site = Site::whole();
    let all = chairs(&site);
    let find = |keep: &dyn Fn(&Chair) -> bool| -> Vec<i64> {
        all.iter()
            .filter(|chair| keep(chair))
            .map(|chair| chair.id)
            .collect()
    };
    let price = |low: i64, high: i64| move |chair: &Chair| (low..high).contains(&chair.price);
    let kind = |chair: &Chair| chair.kind == "ハンモック";
    for (query, expected) in [
        ("priceRangeId=0", find(&price(i64::MIN, 3000))),
        ("priceRangeId=5", find(&price(15000, i64::MAX))),
        (
            "heightRangeId=2",
            find(&|chair| (110..150).contains(&chair.size[0])),
        ),
        (
            "widthRangeId=1",
            find(&|chair| (80..110).contains(&chair.size[1])),
        ),
        ("depthRangeId=3", find(&|chair| chair.size[2] >= 150)),
        ("kind=ハンモック", find(&kind)),
        ("color=水色", find(&|chair| chair.color == "水色")),
        (
            "features=高さ調節可能",
            find(&|chair| chair.features.contains("高さ調節可能")),
        ),
        (
            "color=黒&kind=ハンモック",
            find(&|chair| kind(chair) && chair.color == "黒"),
        ),
        (
            "priceRangeId=3&heightRangeId=0&features=木製",
            find(&|chair| {
                price(9000, 12000)(chair) && chair.size[0] < 80 && chair.features.contains("木製")
            }),
        ),
    ] {
        for number in [0, 1, 4] {
            let path = format!("/api/chair/search?{query}&page={number}&perPage=25");
            let answer = site.get(&path).await;
            let (count, ids) = page(&expected, number, 25);
            assert_eq!(answer.json()["count"], count, "{query}");
            assert_eq!(answer.ids("chairs"), ids, "{query} page {number}");
        }
    }
}

#[tokio::test]
async fn estate_searches_agree_with_the_model() {
    let site = Site::whole();
    let all = estates(&site);
    let find = |keep: &dyn Fn(&Estate) -> bool| -> Vec<i64> {
        all.iter()
            .filter(|estate| keep(estate))
            .map(|estate| estate.id)
            .collect()
    };
    for (query, expected) in [
        ("rentRangeId=0", find(&|estate| estate.rent < 50000)),
        (
            "doorHeightRangeId=1",
            find(&|estate| (80..110).contains(&estate.door[0])),
        ),
        ("doorWidthRangeId=3", find(&|estate| estate.door[1] >= 150)),
        (
            "features=角部屋",
            find(&|estate| estate.features.contains("角部屋")),
        ),
        (
            "rentRangeId=2&doorWidthRangeId=0&features=ロフト,地下室",
            find(&|estate| {
                (100_000..150_000).contains(&estate.rent)
                    && estate.door[1] < 80
                    && estate.features.contains("ロフト")
                    && estate.features.contains("地下室")
            }),
        ),
    ] {
        let answer = site
            .get(&format!("/api/estate/search?{query}&page=1&perPage=20"))
            .await;
        let (count, ids) = page(&expected, 1, 20);
        assert_eq!(answer.json()["count"], count, "{query}");
        assert_eq!(answer.ids("estates"), ids, "{query}");
    }
}

#[tokio::test]
async fn low_priced_and_recommended_agree_with_the_model() {
    let site = Site::whole();
    let (mut by_price, mut by_rent) = (chairs(&site), estates(&site));
    let sizes: Vec<_> = by_price
        .iter()
        .step_by(1471)
        .map(|c| (c.id, c.size))
        .collect();
    let by_popularity = estates(&site);
    by_price.sort_by_key(|chair| (chair.price, chair.id));
    by_rent.sort_by_key(|estate| (estate.rent, estate.id));
    let ids: Vec<_> = by_price.iter().take(20).map(|chair| chair.id).collect();
    assert_eq!(site.get("/api/chair/low_priced").await.ids("chairs"), ids);
    let ids: Vec<_> = by_rent.iter().take(20).map(|estate| estate.id).collect();
    assert_eq!(site.get("/api/estate/low_priced").await.ids("estates"), ids);
    assert!(sizes.len() > 15);
    for (id, [h, w, d]) in sizes {
        // All six ways to turn the chair, as the original's query has them.
        let ways = [(w, h), (w, d), (h, w), (h, d), (d, w), (d, h)];
        let passes = |estate: &&Estate| {
            ways.iter()
                .any(|&(first, second)| estate.door[1] >= first && estate.door[0] >= second)
        };
        let fitting = by_popularity.iter().filter(passes);
        let expected: Vec<_> = fitting.take(20).map(|estate| estate.id).collect();
        let answer = site.get(&format!("/api/recommended_estate/{id}")).await;
        if expected.is_empty() {
            assert_eq!(answer.json()["estates"], Value::Null, "chair {id}");
        } else {
            assert_eq!(answer.ids("estates"), expected, "chair {id}");
        }
    }
}

#[tokio::test]
async fn nazotte_agrees_with_the_model_on_rectangles() {
    let site = Site::whole();
    let all = estates(&site);
    for (south, west, size) in [(35.4, 139.3, 0.5), (34.2, 135.0, 0.9), (43.6, 143.9, 0.3)] {
        let (north, east) = (south + size, west + size);
        let inside = |estate: &&Estate| {
            let (latitude, longitude) = estate.place;
            south < latitude && latitude < north && west < longitude && longitude < east
        };
        let expected: Vec<_> = all.iter().filter(inside).take(50).map(|e| e.id).collect();
        assert!(!expected.is_empty(), "the rectangle should not be empty");
        let corner = |latitude: f64, longitude: f64| {
            format!(r#"{{"latitude":{latitude},"longitude":{longitude}}}"#)
        };
        let ring = [
            corner(south, west),
            corner(south, east),
            corner(north, east),
            corner(north, west),
            corner(south, west),
        ];
        let body = format!(r#"{{"coordinates":[{}]}}"#, ring.join(","));
        let answer = site.post_json("/api/estate/nazotte", &body).await;
        assert_eq!(answer.json()["count"], expected.len());
        assert_eq!(answer.ids("estates"), expected);
    }
}

#[tokio::test]
async fn selectivities_are_those_of_the_contract() {
    let site = Site::whole();
    let count = async |query: &str| {
        let answer = site.get(&format!("/api/{query}&page=0&perPage=1")).await;
        answer.is(200).json()["count"].as_f64().unwrap() / 295.0
    };
    for (query, percent) in [
        ("chair/search?heightRangeId=0", 29.2),
        ("chair/search?widthRangeId=1", 17.5),
        ("chair/search?depthRangeId=2", 23.4),
        ("estate/search?doorHeightRangeId=3", 29.8),
        ("chair/search?priceRangeId=0", 10.5),
        ("chair/search?priceRangeId=2", 15.8),
        ("chair/search?priceRangeId=5", 26.3),
        ("estate/search?rentRangeId=0", 11.8),
        ("estate/search?rentRangeId=3", 29.4),
        ("chair/search?features=木製", 3.0),
    ] {
        let found = count(query).await;
        assert!(
            (found - percent).abs() < 1.0,
            "{query}: {found} %, expected {percent} %"
        );
    }
}

#[tokio::test]
async fn health_check_and_condition_answers() {
    let site = Site::whole();
    assert_eq!(
        site.get("/healthcheck").await.is(200).json()["healck"],
        "ok"
    );
    let chair = site.get("/api/chair/search/condition").await;
    let text = String::from_utf8(chair.is(200).body.to_vec()).unwrap();
    let at = |key: &str| text.find(&format!("\"{key}\":{{")).unwrap();
    let keys = [
        "width", "height", "depth", "price", "color", "feature", "kind",
    ];
    assert!(keys.is_sorted_by_key(|key| at(key)), "{text}");
    let estate = site
        .get("/api/estate/search/condition")
        .await
        .is(200)
        .json();
    assert_eq!(
        estate["rent"]["ranges"][3],
        serde_json::json!({"id": 3, "min": 150_000, "max": -1})
    );
    assert_eq!(estate["doorWidth"]["suffix"], "cm");
}

#[tokio::test]
async fn search_parameters_are_checked() {
    let site = Site::whole();
    for query in [
        "chair/search?priceRangeId=6&page=0&perPage=1",
        "chair/search?priceRangeId=-1&page=0&perPage=1",
        "chair/search?priceRangeId=x&page=0&perPage=1",
        "chair/search?heightRangeId=4&page=0&perPage=1",
        "chair/search?kind=a&perPage=1",
        "chair/search?kind=a&page=0",
        "chair/search?kind=a&page=x&perPage=1",
        "chair/search?kind=a&page=0&perPage=1.5",
        "estate/search?rentRangeId=4&page=0&perPage=1",
        "estate/search?doorWidthRangeId=a&page=0&perPage=1",
    ] {
        site.get(&format!("/api/{query}")).await.is_bare(400);
    }
    let too_many = format!(
        "/api/chair/search?features={}&page=0&perPage=1",
        "a,".repeat(60)
    );
    site.get(&too_many).await.is(400);
    let too_long = format!(
        "/api/chair/search?features={}&page=0&perPage=1",
        "a".repeat(60_000)
    );
    site.get(&too_long).await.is(400);
    site.get("/api/chair/search?kind=a&page=0&perPage=50001")
        .await
        .is(400);
}
