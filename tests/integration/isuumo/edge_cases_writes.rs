//! The edge-case table of the contract (section 11), writes: one test a row, named by its number.
//! Row 24 (races) is in `writes_under_load`.

use serde_json::json;

use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::harness::Site;

const CHAIR_CSV: &str =
    "101,Sofa,soft,/images/chair/x.png,900,50,60,70,赤,\"木製,国産\",座椅子,7,1\n";
const ESTATE_CSV: &str =
    "101,ISU,quiet,/images/estate/x.png,somewhere,35.25,139.75,30000,70,170,最上階,9\n";

#[tokio::test]
async fn row_16_body_email_id_row_in_that_order() {
    let site = Site::new(&Dataset::tiny());
    for path in ["/api/chair/buy", "/api/estate/req_doc"] {
        let post = async |id: &str, body: &str| site.post_json(&format!("{path}/{id}"), body).await;
        for unbindable in ["", "{", "[]", "[1]", "\"x\"", "7", "{\"email\":\"a\""] {
            post("x", unbindable).await.is_bare(500);
        }
        for without_email in [
            "{}",
            "null",
            "{\"email\":1}",
            "{\"email\":null}",
            "{\"Email\":\"a\"}",
        ] {
            post("x", without_email).await.is_bare(400);
        }
        post("x", "{\"email\":\"a\"}").await.is_bare(400);
        post("99", "{\"email\":\"a\"}").await.is_bare(404);
        post("1", "{\"email\":\"a\"}").await.is_bare(200);
        post("1", "{\"email\":\"\"} and more").await.is_bare(200);
        let plain = site
            .post(&format!("{path}/1"), "text/plain", "{\"email\":\"a\"}")
            .await;
        plain.is_bare(500);
        let kind = "application/json; charset=utf-8";
        site.post(&format!("{path}/1"), kind, "{\"email\":\"a\"}")
            .await
            .is_bare(200);
    }
}

#[tokio::test]
async fn row_18_bad_path_ids_are_400_after_the_body() {
    let site = Site::new(&Dataset::tiny());
    site.post_json("/api/chair/buy/one", "{").await.is_bare(500);
    site.post_json("/api/chair/buy/one", r#"{"email":"a"}"#)
        .await
        .is_bare(400);
    site.post_json("/api/estate/req_doc/1.0", r#"{"email":"a"}"#)
        .await
        .is_bare(400);
}

#[tokio::test]
async fn row_19_the_email_is_not_checked() {
    let site = Site::new(&Dataset::tiny());
    let body = r#"{"email":"ISUCON Web Browser bottle-1 @isucon.com"}"#;
    site.post_json("/api/chair/buy/1", body).await.is_bare(200);
}

#[tokio::test]
async fn row_20_uploads_are_201_atomic_and_readable_at_once() {
    let site = Site::new(&Dataset::tiny());
    site.upload("chairs", CHAIR_CSV).await.is_bare(201);
    assert_eq!(
        site.get("/api/chair/low_priced").await.ids("chairs"),
        [101, 1]
    );
    // The second row's id is there already, so the first must not arrive either.
    let duplicate = format!("102{}{}", &CHAIR_CSV[3..], CHAIR_CSV);
    site.upload("chairs", &duplicate).await.is_bare(500);
    site.get("/api/chair/102").await.is_bare(404);
}

#[tokio::test]
async fn row_21_columns_are_in_the_order_of_the_csv() {
    let site = Site::new(&Dataset::tiny());
    site.upload("chairs", CHAIR_CSV).await.is_bare(201);
    let chair = json!({
        "id": 101, "name": "Sofa", "description": "soft", "thumbnail": "/images/chair/x.png",
        "price": 900, "height": 50, "width": 60, "depth": 70, "color": "赤",
        "features": "木製,国産", "kind": "座椅子",
    });
    assert_eq!(site.get("/api/chair/101").await.is(200).json(), chair);
    site.upload("estates", ESTATE_CSV).await.is_bare(201);
    let estate = json!({
        "id": 101, "name": "ISU", "description": "quiet", "thumbnail": "/images/estate/x.png",
        "address": "somewhere", "latitude": 35.25, "longitude": 139.75, "rent": 30000,
        "doorHeight": 70, "doorWidth": 170, "features": "最上階",
    });
    assert_eq!(site.get("/api/estate/101").await.is(200).json(), estate);
}

#[tokio::test]
async fn row_22_broken_csv_is_500_and_bad_rows_are_400() {
    let site = Site::new(&Dataset::tiny());
    for (csv, status) in [
        (format!("{CHAIR_CSV}102,short\n"), 500),
        (CHAIR_CSV.replace("Sofa", "So\"fa"), 500),
        (CHAIR_CSV.replace("国産\"", "国産"), 500),
        ("101,Sofa\n".to_owned(), 400),
        (CHAIR_CSV.replace("900", "cheap"), 400),
        (CHAIR_CSV.replace("900", "9.5"), 400),
        (CHAIR_CSV.replace("900", ""), 400),
        (CHAIR_CSV.replace("Sofa", &"長".repeat(65)), 500),
        (CHAIR_CSV.replace("900", "2147483648"), 500),
    ] {
        site.upload("chairs", &csv).await.is_bare(status);
    }
    site.get("/api/chair/101").await.is_bare(404);
    for (csv, status) in [
        (ESTATE_CSV.replace("35.25", "north"), 400),
        (ESTATE_CSV.replace("35.25", "NaN"), 500),
        (ESTATE_CSV.replace("30000", "-2147483649"), 500),
    ] {
        site.upload("estates", &csv).await.is_bare(status);
    }
}

#[tokio::test]
async fn row_23_a_sold_out_chair_is_nowhere_after_the_answer() {
    let cheap = Chair {
        id: 1,
        stock: 2,
        price: 100,
        ..CHAIR
    };
    let site = Site::new(&Dataset::of_chairs([cheap, Chair { id: 2, ..CHAIR }]));
    let search = "/api/chair/search?kind=座椅子&page=0&perPage=9";
    assert_eq!(site.buy(1).await, 200);
    assert_eq!(
        site.get("/api/chair/low_priced").await.ids("chairs"),
        [1, 2]
    );
    assert_eq!(site.buy(1).await, 200);
    site.get("/api/chair/1").await.is_bare(404);
    assert_eq!(site.get("/api/chair/low_priced").await.ids("chairs"), [2]);
    let found = site.get(search).await;
    assert_eq!(found.ids("chairs"), [2]);
    assert_eq!(found.json()["count"], 1);
    assert_eq!(site.buy(1).await, 404);
}

#[tokio::test]
async fn row_30_initialize_restores_everything_whatever_the_body() {
    let site = Site::new(&Dataset::of_chairs([Chair {
        id: 1,
        stock: 1,
        ..CHAIR
    }]));
    for body in ["", "{", "[1,2]"] {
        assert_eq!(site.buy(1).await, 200);
        site.upload("chairs", CHAIR_CSV).await.is_bare(201);
        site.upload("estates", ESTATE_CSV).await.is_bare(201);
        // Twice, so that what is kept of the chair is found.
        for _ in 0..2 {
            site.get("/api/recommended_estate/101").await.is(200);
        }
        let answer = site.post_json("/initialize", body).await;
        assert_eq!(answer.is(200).json(), json!({"language": "rust"}));
        site.get("/api/chair/1").await.is(200);
        site.get("/api/chair/101").await.is_bare(404);
        site.get("/api/recommended_estate/101").await.is_bare(400);
        site.get("/api/estate/101").await.is_bare(404);
    }
}
