//! The edge-case table of the contract (section 11), reads: one test a row, named by its number.

use serde_json::{Value, json};

use crate::support::dataset::{CHAIR, Chair, Dataset, ESTATE, Estate};
use crate::support::harness::{Options, Site};

/// A closed square around (35.5, 139.5), one degree wide.
const SQUARE: &str = r#"{"coordinates":[{"latitude":35,"longitude":139},
    {"latitude":35,"longitude":140},{"latitude":36,"longitude":140},
    {"latitude":36,"longitude":139},{"latitude":35,"longitude":139}]}"#;

async fn nazotte(site: &Site, body: &str) -> crate::support::harness::Answer {
    site.post_json("/api/estate/nazotte", body).await
}

#[tokio::test]
async fn row_01_recommended_for_an_unknown_chair_is_400() {
    Site::new(&Dataset::tiny())
        .get("/api/recommended_estate/99")
        .await
        .is_bare(400);
}

#[tokio::test]
async fn row_02_recommended_does_not_look_at_stock() {
    let site = Site::new(&Dataset::of_chairs([Chair {
        id: 1,
        stock: 0,
        ..CHAIR
    }]));
    assert_eq!(
        site.get("/api/recommended_estate/1").await.ids("estates"),
        [1]
    );
}

#[tokio::test]
async fn row_03_ranges_are_half_open_and_minus_one_is_open() {
    let heights = [
        (1, 30),
        (2, 79),
        (3, 80),
        (4, 109),
        (5, 110),
        (6, 149),
        (7, 150),
        (8, 200),
    ];
    let chairs = heights.map(|(id, height)| Chair {
        id,
        height,
        ..CHAIR
    });
    let site = Site::new(&Dataset::of_chairs(chairs));
    for (range, ids) in [(0, [1, 2]), (1, [3, 4]), (2, [5, 6]), (3, [7, 8])] {
        let path = format!("/api/chair/search?heightRangeId={range}&page=0&perPage=9");
        assert_eq!(site.get(&path).await.ids("chairs"), ids, "range {range}");
    }
}

#[tokio::test]
async fn row_04_features_match_substrings() {
    let features = [
        (1, "高さ調節可能"),
        (2, "木製,アーム高さ調節可能"),
        (3, "木製"),
        (4, ""),
    ];
    let chairs = features.map(|(id, features)| Chair {
        id,
        features,
        ..CHAIR
    });
    let site = Site::new(&Dataset::of_chairs(chairs));
    let find = async |features: &str| {
        let path = format!("/api/chair/search?features={features}&page=0&perPage=9");
        site.get(&path).await.ids("chairs")
    };
    assert_eq!(find("高さ調節可能").await, [1, 2]);
    assert_eq!(find("アーム高さ調節可能").await, [2]);
    assert_eq!(find("木製,高さ調節可能").await, [2]);
}

#[tokio::test]
async fn row_05_empty_feature_elements_match_all_and_count_as_a_condition() {
    let site = Site::new(&Dataset::tiny());
    let answer = site
        .get("/api/chair/search?features=,&page=0&perPage=9")
        .await;
    assert_eq!(answer.ids("chairs"), [1]);
    assert_eq!(answer.json()["count"], 1);
}

#[tokio::test]
async fn row_06_paging_alone_is_no_condition() {
    let site = Site::new(&Dataset::tiny());
    site.get("/api/chair/search?page=0&perPage=25")
        .await
        .is_bare(400);
    site.get("/api/estate/search?page=0&perPage=25")
        .await
        .is_bare(400);
}

#[tokio::test]
async fn row_07_empty_parameters_are_absent() {
    let site = Site::new(&Dataset::tiny());
    let path = "/api/chair/search?priceRangeId=&heightRangeId=1&widthRangeId=&depthRangeId=&kind=\
                &color=&features=&page=0&perPage=9";
    assert_eq!(site.get(path).await.ids("chairs"), [1]);
    let path = "/api/estate/search?doorHeightRangeId=&doorWidthRangeId=&rentRangeId=&features=\
                &page=0&perPage=9";
    site.get(path).await.is_bare(400);
}

#[tokio::test]
async fn row_08_negative_pages_are_500() {
    let site = Site::new(&Dataset::tiny());
    for kind in ["chair/search?kind=座椅子", "estate/search?rentRangeId=1"] {
        site.get(&format!("/api/{kind}&page=-1&perPage=25"))
            .await
            .is_bare(500);
        site.get(&format!("/api/{kind}&page=0&perPage=-25"))
            .await
            .is_bare(500);
    }
}

#[tokio::test]
async fn row_09_no_rows_on_the_page_is_an_empty_list_with_the_true_count() {
    let site = Site::new(&Dataset::tiny());
    let empty = json!({"count": 1, "chairs": []});
    for page in [
        "page=0&perPage=0",
        "page=7&perPage=25",
        "page=9223372036854775807&perPage=25",
    ] {
        let answer = site
            .get(&format!("/api/chair/search?kind=座椅子&{page}"))
            .await;
        assert_eq!(answer.is(200).json(), empty, "{page}");
    }
}

#[tokio::test]
async fn row_10_nazotte_counts_what_it_returns_after_the_polygon() {
    // 60 inside and 60 more popular ones in the box but outside the triangle.
    let inside = (1..=60).map(|id| Estate {
        id,
        popularity: 1000 - id,
        ..ESTATE
    });
    let outside = (61..=120).map(|id| Estate {
        id,
        latitude: 35.9,
        popularity: 9000,
        ..ESTATE
    });
    let site = Site::new(&Dataset::of_estates(inside.chain(outside)));
    let triangle = r#"{"coordinates":[{"latitude":35,"longitude":139},
        {"latitude":35,"longitude":140},{"latitude":36,"longitude":140},
        {"latitude":35,"longitude":139}]}"#;
    // (35.5, 139.5) is on the long side, so move the triangle a little.
    let answer = nazotte(
        &site,
        &triangle.replace("\"latitude\":36", "\"latitude\":36.5"),
    )
    .await;
    assert_eq!(answer.ids("estates"), (1..=50).collect::<Vec<_>>());
    assert_eq!(answer.json()["count"], 50);
}

#[tokio::test]
async fn row_11_nazotte_boundaries_are_outside() {
    let places = [
        (1, 35.0, 139.5),
        (2, 35.0, 139.0),
        (3, 36.0, 139.5),
        (4, 35.000001, 139.5),
    ];
    let estates = places.map(|(id, latitude, longitude)| Estate {
        id,
        latitude,
        longitude,
        ..ESTATE
    });
    let site = Site::new(&Dataset::of_estates(estates));
    assert_eq!(nazotte(&site, SQUARE).await.ids("estates"), [4]);
    // The box step is inclusive: an unclosed ring fails as soon as an estate is on its box's edge.
    let unclosed = r#"{"coordinates":[{"latitude":34,"longitude":139.5},
        {"latitude":35,"longitude":139.5},{"latitude":35,"longitude":139.4}]}"#;
    nazotte(&site, unclosed).await.is_bare(500);
}

#[tokio::test]
async fn row_12_nazotte_rounds_to_six_decimals_in_the_polygon_only() {
    let places = [(1, 35.000_000_4), (2, 35.000_000_6), (3, 34.999_999_9)];
    let estates = places.map(|(id, latitude)| Estate {
        id,
        latitude,
        ..ESTATE
    });
    let site = Site::new(&Dataset::of_estates(estates));
    // 1 rounds onto the edge, 2 rounds inside, 3 is outside the box at full precision.
    assert_eq!(nazotte(&site, SQUARE).await.ids("estates"), [2]);
}

#[tokio::test]
async fn row_12_nazotte_takes_latitude_as_x() {
    let site = Site::new(&Dataset::of_estates([Estate { id: 1, ..ESTATE }]));
    assert_eq!(nazotte(&site, SQUARE).await.ids("estates"), [1]);
    let swapped = SQUARE
        .replace("latitude", "x")
        .replace("longitude", "latitude");
    assert_eq!(
        nazotte(&site, &swapped.replace('x', "longitude"))
            .await
            .json()["count"],
        0
    );
}

#[tokio::test]
async fn row_13_malformed_rings_are_500_only_when_an_estate_is_in_the_box() {
    let site = Site::new(&Dataset::tiny());
    let unclosed = |south: f64| {
        let north = south + 1.0;
        format!(
            r#"{{"coordinates":[{{"latitude":{south},"longitude":139}},
            {{"latitude":{south},"longitude":140}},{{"latitude":{north},"longitude":140}},
            {{"latitude":{north},"longitude":139}}]}}"#
        )
    };
    nazotte(&site, &unclosed(35.0)).await.is_bare(500);
    let nothing = json!({"count": 0, "estates": []});
    assert_eq!(
        nazotte(&site, &unclosed(40.0)).await.is(200).json(),
        nothing
    );
    let three = r#"{"coordinates":[{"latitude":35.5,"longitude":139.5},
        {"latitude":35.5,"longitude":139.5},{"latitude":35.5,"longitude":139.5}]}"#;
    nazotte(&site, three).await.is_bare(500);
}

#[tokio::test]
async fn row_14_ties_go_by_id() {
    let chairs = [3, 1, 2].map(|id| Chair { id, ..CHAIR });
    let estates = [3, 1, 2].map(|id| Estate { id, ..ESTATE });
    let site = Site::new(&Dataset {
        chairs: chairs.to_vec(),
        estates: estates.to_vec(),
    });
    let list = async |path: &str, key: &str| site.get(path).await.ids(key);
    assert_eq!(list("/api/chair/low_priced", "chairs").await, [1, 2, 3]);
    assert_eq!(list("/api/estate/low_priced", "estates").await, [1, 2, 3]);
    let path = "/api/chair/search?kind=座椅子&page=0&perPage=9";
    assert_eq!(list(path, "chairs").await, [1, 2, 3]);
    let path = "/api/estate/search?rentRangeId=1&page=0&perPage=9";
    assert_eq!(list(path, "estates").await, [1, 2, 3]);
    assert_eq!(
        list("/api/recommended_estate/1", "estates").await,
        [1, 2, 3]
    );
    assert_eq!(nazotte(&site, SQUARE).await.ids("estates"), [1, 2, 3]);
}

#[tokio::test]
async fn row_15_null_or_empty_list_as_the_original() {
    let sold_out = Chair {
        id: 1,
        stock: 0,
        height: 500,
        width: 500,
        depth: 500,
        ..CHAIR
    };
    let site = Site::new(&Dataset::of_chairs([sold_out]));
    let json = async |path: &str| site.get(path).await.is(200).json();
    assert_eq!(
        json("/api/chair/low_priced").await,
        json!({ "chairs": null })
    );
    assert_eq!(
        json("/api/recommended_estate/1").await,
        json!({ "estates": null })
    );
    let search = "/api/chair/search?kind=座椅子&page=0&perPage=9";
    assert_eq!(json(search).await, json!({"count": 0, "chairs": []}));
    let search = "/api/estate/search?rentRangeId=3&page=0&perPage=9";
    assert_eq!(json(search).await, json!({"count": 0, "estates": []}));
}

#[tokio::test]
async fn row_17_nazotte_with_a_bad_body_is_400() {
    let site = Site::new(&Dataset::tiny());
    for body in [
        "",
        "{",
        "[]",
        "null",
        "{}",
        r#"{"coordinates":[]}"#,
        r#"{"coordinates":"x"}"#,
    ] {
        nazotte(&site, body).await.is_bare(400);
    }
    site.post("/api/estate/nazotte", "text/plain", SQUARE)
        .await
        .is_bare(400);
    let wrong_type = SQUARE.replace("35,", "\"35\",");
    nazotte(&site, &wrong_type).await.is_bare(400);
}

#[tokio::test]
async fn row_17_nazotte_takes_missing_keys_for_zero() {
    let site = Site::new(&Dataset::of_estates([Estate {
        id: 1,
        latitude: 0.5,
        longitude: 0.5,
        ..ESTATE
    }]));
    let ring =
        r#"{"coordinates":[{},{"latitude":1},{"latitude":1,"longitude":1},{"longitude":1},{}]}"#;
    assert_eq!(nazotte(&site, ring).await.ids("estates"), [1]);
}

#[tokio::test]
async fn row_25_popularity_and_stock_stay_inside() {
    let site = Site::new(&Dataset::tiny());
    let keys = |json: &Value| {
        json.as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    let mut chair = keys(&site.get("/api/chair/1").await.is(200).json());
    chair.sort();
    let expected = [
        "color",
        "depth",
        "description",
        "features",
        "height",
        "id",
        "kind",
        "name",
        "price",
        "thumbnail",
        "width",
    ];
    assert_eq!(chair, expected);
    let mut estate = keys(&site.get("/api/estate/1").await.is(200).json());
    estate.sort();
    let expected = [
        "address",
        "description",
        "doorHeight",
        "doorWidth",
        "features",
        "id",
        "latitude",
        "longitude",
        "name",
        "rent",
        "thumbnail",
    ];
    assert_eq!(estate, expected);
}

#[tokio::test]
async fn row_26_doors_are_camel_case_in_json_and_snake_case_in_the_table() {
    let site = Site::new(&Dataset::of_estates([Estate {
        id: 1,
        door_height: 70,
        door_width: 90,
        ..ESTATE
    }]));
    let estate = site.get("/api/estate/1").await.is(200).json();
    assert_eq!(
        (&estate["doorHeight"], &estate["doorWidth"]),
        (&json!(70), &json!(90))
    );
    assert!(estate.get("door_height").is_none());
    let stored = site.store.read(|connection| {
        let select = "SELECT door_height, door_width FROM estate";
        let sides = connection.query_row(select, [], |row| Ok((row.get(0)?, row.get(1)?)));
        Ok::<(i64, i64), ekiben::store::StoreError>(sides?)
    });
    assert_eq!(stored.unwrap(), (70, 90));
}

#[tokio::test]
async fn row_27_conditions_have_feature_in_the_singular() {
    let site = Site::new(&Dataset::tiny());
    for (kind, count) in [("chair", 50), ("estate", 50)] {
        let json = site
            .get(&format!("/api/{kind}/search/condition"))
            .await
            .is(200)
            .json();
        assert_eq!(json["feature"]["list"].as_array().unwrap().len(), count);
        assert!(json.get("features").is_none());
    }
}

#[tokio::test]
async fn row_28_bots_are_shed_only_when_that_is_on() {
    let get = async |site: &Site, agent: &str| {
        let request = axum::http::Request::get("/api/chair/1").header("user-agent", agent);
        site.send(request.body(axum::body::Body::empty()).unwrap())
            .await
    };
    let open = Site::new(&Dataset::tiny());
    get(&open, "ISUCONbot").await.is(200);
    let options = Options {
        settings: "shed_bots = true",
        ..Options::default()
    };
    let shedding = Site::with(&Dataset::tiny(), &options);
    get(&shedding, "ISUCONbot").await.is_bare(503);
    get(&shedding, "some-Crawler/1.0").await.is_bare(503);
    get(&shedding, "ISUCON Explorer bottle-4c1f").await.is(200);
    get(&shedding, "isucon-verify").await.is(200);
    shedding.get("/livez").await.is(200);
}

#[tokio::test]
async fn row_29_comparisons_are_those_of_mysql() {
    let chairs = [
        Chair {
            id: 1,
            color: "Navy",
            features: "Wi-Fi",
            ..CHAIR
        },
        Chair {
            id: 2,
            color: "navy",
            features: "100%綿",
            ..CHAIR
        },
        Chair {
            id: 3,
            color: "白",
            features: "a_b",
            ..CHAIR
        },
        Chair {
            id: 4,
            color: "白",
            features: "a-b",
            ..CHAIR
        },
    ];
    let site = Site::new(&Dataset::of_chairs(chairs));
    let find = async |condition: &str| {
        let path = format!("/api/chair/search?{condition}&page=0&perPage=9");
        site.get(&path).await.ids("chairs")
    };
    assert_eq!(find("color=NAVY").await, [1, 2], "= ignores case");
    assert_eq!(find("features=wi-fi").await, [1], "LIKE ignores case");
    assert_eq!(find("features=a_b").await, [3, 4], "_ is a wildcard");
    assert_eq!(find("features=a%25b").await, [3, 4], "% is a wildcard");
    assert_eq!(
        find("features=a\\_b").await,
        [3],
        "a backslash takes the wildcard's meaning"
    );
    assert_eq!(find("features=0\\%25綿").await, [2]);
}

/// MySQL compares texts as if the shorter one were filled up with spaces; LIKE does not.
#[tokio::test]
async fn spaces_behind_a_text_do_not_count() {
    let chair = |id, color, kind| Chair {
        id,
        color,
        kind,
        features: "a",
        ..CHAIR
    };
    let chairs = [
        chair(1, "黒", "座椅子"),
        chair(2, "黒  ", "座椅子"),
        chair(3, "黒", "座椅子 "),
        chair(4, " 黒", "座椅子"),
        chair(5, "黒\u{3000}", "座椅子"),
        chair(6, "黒\t", "座椅子"),
    ];
    let site = Site::new(&Dataset::of_chairs(chairs));
    // By sets in memory, and by SQLite, which alone knows what a wildcard means.
    for more in ["", "&features=%25"] {
        for (condition, found) in [
            ("color=黒", &[1, 2, 3][..]),
            ("color=黒%20", &[1, 2, 3]),
            ("color=黒%20%20%20&kind=座椅子%20", &[1, 2, 3]),
            ("color=%20黒", &[4]),
            ("color=黒%E3%80%80", &[5]),
            ("color=黒%09", &[6]),
            ("color=%20", &[]),
        ] {
            let path = format!("/api/chair/search?{condition}{more}&page=0&perPage=9");
            assert_eq!(site.get(&path).await.ids("chairs"), found, "{path}");
        }
    }
    let path = "/api/chair/search?features=a%20&page=0&perPage=9";
    assert!(site.get(path).await.ids("chairs").is_empty());
}

#[tokio::test]
async fn row_31_nothing_is_redirected() {
    let site = Site::new(&Dataset::tiny());
    for path in [
        "/api/chair/1/",
        "/api/chair/low_priced/",
        "/api/",
        "/api/chair//1",
    ] {
        let answer = site.get(path).await;
        assert!(answer.status.is_client_error(), "{answer}");
    }
}

#[tokio::test]
async fn row_32_dumps_on_one_line_are_split_by_grammar() {
    let names = ["a);INSERT INTO isuumo.chair", "b''), (''c", "--d", "e;"];
    let chairs = (1..)
        .zip(names)
        .map(|(id, name)| Chair { id, name, ..CHAIR });
    let dataset = Dataset::of_chairs(chairs);
    assert!(!dataset.chair_dump().contains('\n'));
    let site = Site::new(&dataset);
    for (id, name) in (1..).zip(names) {
        let chair = site.get(&format!("/api/chair/{id}")).await.is(200).json();
        assert_eq!(chair["name"], name.replace("''", "'"));
    }
}

#[tokio::test]
async fn row_33_ids_have_64_bits() {
    let site = Site::new(&Dataset::tiny());
    for kind in ["chair", "estate"] {
        site.get(&format!("/api/{kind}/9223372036854775807"))
            .await
            .is_bare(404);
        site.get(&format!("/api/{kind}/9223372036854775808"))
            .await
            .is_bare(400);
        site.get(&format!("/api/{kind}/x")).await.is_bare(400);
        site.get(&format!("/api/{kind}/1_0")).await.is_bare(400);
        site.get(&format!("/api/{kind}/ 1")).await.is_bare(400);
        site.get(&format!("/api/{kind}/-1")).await.is_bare(404);
        site.get(&format!("/api/{kind}/+1")).await.is(200);
    }
    site.get("/api/recommended_estate/9223372036854775808")
        .await
        .is_bare(400);
}
