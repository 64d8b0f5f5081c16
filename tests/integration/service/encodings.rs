//! Clients that take no encoding there is: a read is refused, and what was done keeps its status.

use axum::body::Body;
use axum::http::{Method, Request};

use crate::support::dataset::Dataset;
use crate::support::harness::{Answer, Options, Site, people, whole_people};

const NOTHING: [&str; 3] = ["identity;q=0", "*;q=0", "br;q=1, identity;q=0"];

/// Asks with such an `Accept-Encoding`.
async fn asked(site: &Site, method: Method, path: &str, accepts: &str, body: &str) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("accept-encoding", accepts)
        .header("content-type", "application/json");
    site.send(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

/// Uploads one chair with such an `Accept-Encoding`.
async fn upload(site: &Site, accepts: &str, id: u32) -> Answer {
    let form = format!(
        "--X\r\nContent-Disposition: form-data; name=\"chairs\"; filename=\"x.csv\"\r\n\r\n\
         {id},n,d,t,1,50,60,70,赤,,座椅子,1,1\r\n--X--\r\n"
    );
    let request = Request::post("/api/chair")
        .header("accept-encoding", accepts)
        .header("content-type", "multipart/form-data; boundary=X");
    site.send(request.body(Body::from(form)).unwrap()).await
}

/// Trust 7: a purchase, an upload, a removal and a reset that were done say so.
#[tokio::test]
async fn what_was_done_keeps_its_status() {
    let site = Site::new(&Dataset::tiny());
    let email = r#"{"email":"a"}"#;
    for accepts in NOTHING {
        let bought = asked(&site, Method::POST, "/api/chair/buy/1", accepts, email).await;
        bought.is(200);
        let gone = asked(&site, Method::POST, "/api/chair/buy/77", accepts, email).await;
        gone.is(404);
    }
    // Of five, two are left.
    for status in [200, 200, 404] {
        assert_eq!(site.buy(1).await, status);
    }
    for (first, accepts) in [(500, NOTHING[0]), (600, NOTHING[1]), (700, NOTHING[2])] {
        let uploaded = upload(&site, accepts, first).await;
        uploaded.is(201);
        site.get(&format!("/api/chair/{first}")).await.is(200);
        // What is there already is not taken, and the answer says so.
        let again = upload(&site, accepts, first).await;
        again.is(500);
    }
    let reset = asked(&site, Method::POST, "/initialize", NOTHING[0], "").await;
    reset.is(200);
    assert_eq!(site.buy(1).await, 200);

    let options = Options {
        app: people(),
        ..Options::default()
    };
    let site = Site::open(tempfile::TempDir::new().unwrap(), whole_people(), &options);
    let list = site.get("/people?limit=1").await.json();
    let path = format!("/people/{}", list[0]["uuid"].as_str().unwrap());
    let removed = asked(&site, Method::DELETE, &path, NOTHING[0], "").await;
    removed.is(200);
    site.get(&path).await.is(404);
}

/// Trust 7: the 406 of a read does not carry what it refuses.
#[tokio::test]
async fn a_read_that_cannot_be_sent_is_refused_without_it() {
    let site = Site::new(&Dataset::tiny());
    for accepts in NOTHING {
        for path in ["/api/chair/1", "/", "/docs", "/version"] {
            let refused = asked(&site, Method::GET, path, accepts, "").await;
            let problem = refused.is(406).json_of_a_problem();
            assert_eq!(problem["status"], 406);
        }
    }
    for accepts in ["gzip, identity;q=0", "zstd;q=0.1, *;q=0", "*;q=0.5"] {
        let packed = asked(&site, Method::GET, "/", accepts, "").await;
        assert_ne!(packed.is(200).header("content-encoding"), "", "{accepts}");
    }
    for accepts in ["gzip;q=0", "br;q=0.5", "identity;q=0.5", ""] {
        let plain = asked(&site, Method::GET, "/", accepts, "").await;
        assert_eq!(plain.is(200).header("content-encoding"), "", "{accepts}");
    }
}
