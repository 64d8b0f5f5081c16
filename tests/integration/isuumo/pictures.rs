//! Pictures: every row has one, whatever its thumbnail is called, and there are no others.

use crate::isuumo::pages::attributes;
use crate::support::dataset::Dataset;
use crate::support::harness::Site;

/// Trust 30: every row has a picture, and there are no others (row 34 of the edge cases).
#[tokio::test]
async fn row_34_pictures_are_served_beside_the_api() {
    let site = Site::new(&Dataset::tiny());
    let hash = format!("{:064x}", 1);
    for kind in ["chair", "estate"] {
        let answer = site.get(&format!("/images/{kind}/{hash}.png")).await;
        assert_eq!(answer.is(200).header("content-type"), "image/png");
        assert!(answer.body.starts_with(b"\x89PNG\r\n"), "{kind}");
        let again = site.get(&format!("/images/{kind}/{hash}.png")).await;
        assert_eq!(
            again.is(200).body,
            answer.body,
            "the same name gives the same picture"
        );
    }
    let nobodys = "0123456789abcdef".repeat(4);
    for path in [
        format!("/images/chair/{nobodys}.png"),
        format!("/images/estate/{nobodys}.png"),
        format!("/images/chair/{:064x}.png", 2),
        "/images/chair/x.png".to_owned(),
        "/images/chair/.png".to_owned(),
        format!("/images/chair/{}.png", "x".repeat(125)),
        "/images/chair/a%20b.png".to_owned(),
        format!("/images/sofa/{hash}.png"),
        format!("/images/chair/{hash}.png?look="),
        format!("/images/chair/{hash}.png?look=throne-gold-wide"),
        format!("/images/estate/{hash}.png?look=floor-navy-wide"),
        format!("/images/chair/{hash}.gif"),
        "/images/chair/..%2f..%2fCargo.toml".to_owned(),
        "/images/logo.png".to_owned(),
    ] {
        site.get(&path).await.is(404);
    }
}

/// Trust 30: whatever an upload calls its thumbnails, its rows have pictures, which pages show.
#[tokio::test]
async fn uploaded_thumbnails_of_any_name_have_pictures() {
    let site = Site::new(&Dataset::tiny());
    let known = format!("/images/chair/{:064x}.png", 1);
    for name in ["x", "sofa-2", "a.b_C", &"0a".repeat(32)] {
        site.get(&format!("/images/chair/{name}.png")).await.is(404);
    }
    site.get(&known).await.is(200);
    let thumbnails = [
        "/images/chair/x.png",
        "/images/chair/sofa-2.png",
        "https://example.com/a.png",
        "/images/chair/../../x.png",
        "",
        "椅子",
    ];
    for (id, thumbnail) in (11..).zip(thumbnails) {
        let row = format!("{id},Sofa,x,{thumbnail},1,50,60,70,赤,,座椅子,1,1\n");
        site.upload("chairs", &row).await.is(201);
        let shows_it = async || {
            let page = site.get(&format!("/chair/{id}")).await;
            let html = String::from_utf8(page.is(200).body.to_vec()).unwrap();
            let picture = attributes(&html, "src").find(|address| address.contains("/images/"));
            let picture = picture.unwrap();
            assert!(picture.starts_with("/images/chair/"), "{picture}");
            let plain = picture.split('?').next().unwrap();
            for address in [plain, &picture] {
                let answer = site.get(address).await;
                assert!(answer.is(200).body.starts_with(b"\x89PNG\r\n"), "{address}");
            }
        };
        shows_it().await;
        // Sold out, it keeps its page.
        assert_eq!(site.buy(id).await, 200);
        shows_it().await;
        site.get(&known).await.is(200);
    }
    // One that arrives sold out is in no list, and has a page.
    site.get("/images/chair/late.png").await.is(404);
    let row = "21,Sofa,x,/images/chair/late.png,1,50,60,70,赤,,座椅子,1,0\n";
    site.upload("chairs", row).await.is(201);
    let page = site.get("/chair/21").await;
    let html = String::from_utf8(page.is(200).body.to_vec()).unwrap();
    assert!(html.contains("/images/chair/late.png"), "{html}");
    site.get("/images/chair/late.png").await.is(200);
    site.post_json("/initialize", "").await.is(200);
    site.get("/images/chair/x.png").await.is(404);
    site.get(&known).await.is(200);
}
