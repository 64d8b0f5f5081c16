//! Uploads beyond the edge-case table: form parts, sizes, odd but valid files.

use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::harness::{Options, Site};

const CSV: &str = "101,Sofa,soft,x,900,50,60,70,赤,木製,座椅子,7,1\n";

fn form(part: &str) -> String {
    format!("--X\r\nContent-Disposition: form-data; {part}\r\n\r\n{CSV}\r\n--X--\r\n")
}

#[tokio::test]
async fn only_a_file_part_of_the_right_name_is_taken() {
    let site = Site::new(&Dataset::tiny());
    let post = async |kind: &str, body: String| site.post("/api/chair", kind, body).await;
    let multipart = "multipart/form-data; boundary=X";
    post(multipart, form("name=\"estates\"; filename=\"a.csv\""))
        .await
        .is_bare(400);
    post(multipart, form("name=\"chairs\"")).await.is_bare(400);
    post("text/csv", CSV.to_owned()).await.is_bare(400);
    post(multipart, "--X\r\nContent-".to_owned())
        .await
        .is_bare(400);
    post(multipart, form("name=\"chairs\"; filename=\"a.csv\""))
        .await
        .is_bare(201);
}

/// A form in which nobody chose a file has a part with an empty file name; clients may encode the name.
#[tokio::test]
async fn a_file_is_a_part_with_a_file_name_that_is_not_empty() {
    let site = Site::new(&Dataset::tiny());
    let post = async |part: &str| {
        let kind = "multipart/form-data; boundary=X";
        site.post("/api/chair", kind, form(part)).await
    };
    for part in [
        "name=\"chairs\"; filename=\"\"",
        "name=\"chairs\"; filename*=UTF-8''",
    ] {
        post(part).await.is_bare(400);
        site.get("/api/chair/101").await.is_bare(404);
    }
    post("name=\"chairs\"; filename*=UTF-8''%E6%A4%85.csv")
        .await
        .is_bare(201);
    site.get("/api/chair/101").await.is(200);
}

/// What no number is, in any column: 400, as what is no number at all. What is one and fits no column: 500.
#[tokio::test]
async fn numbers_that_do_not_exist_are_no_numbers() {
    let site = Site::new(&Dataset::tiny());
    const ESTATE: [&str; 12] = [
        "9", "n", "d", "t", "a", "35.5", "139.5", "900", "80", "70", "", "1",
    ];
    let with = |column: usize, value: &str| {
        let mut fields = ESTATE;
        fields[column] = value;
        fields.join(",") + "\n"
    };
    let huge = "9".repeat(400);
    for column in [5, 6] {
        for value in ["1e400", "-1e400", &huge] {
            site.upload("estates", &with(column, value))
                .await
                .is_bare(400);
        }
        site.upload("estates", &with(column, "inf"))
            .await
            .is_bare(500);
    }
    for column in [0, 7, 8, 9, 11] {
        for value in ["9223372036854775808", "1e400", &huge] {
            site.upload("estates", &with(column, value))
                .await
                .is_bare(400);
        }
        site.upload("estates", &with(column, "2147483648"))
            .await
            .is_bare(500);
    }
    site.get("/api/estate/9").await.is_bare(404);
    site.upload("estates", &with(5, "1e-400"))
        .await
        .is_bare(201);
}

#[tokio::test]
async fn empty_files_blank_lines_and_further_columns_are_fine() {
    let site = Site::new(&Dataset::tiny());
    site.upload("chairs", "").await.is_bare(201);
    site.upload("chairs", &format!("\n{CSV}\n\n"))
        .await
        .is_bare(201);
    site.upload(
        "chairs",
        &CSV.replace("101", "102").replace("7,1\n", "7,1,extra\r\n"),
    )
    .await
    .is_bare(201);
    assert_eq!(
        site.get("/api/chair/low_priced").await.ids("chairs"),
        [101, 102, 1]
    );
}

#[tokio::test]
async fn a_chair_may_arrive_sold_out() {
    let site = Site::new(&Dataset::of_chairs([Chair { id: 1, ..CHAIR }]));
    site.upload("chairs", &CSV.replace("7,1\n", "7,0\n"))
        .await
        .is_bare(201);
    site.get("/api/chair/101").await.is_bare(404);
    assert_eq!(site.get("/api/chair/low_priced").await.ids("chairs"), [1]);
    assert_eq!(site.buy(101).await, 404);
}

#[tokio::test]
async fn an_upload_above_the_limit_is_413_and_changes_nothing() {
    let mut options = Options::default();
    options.config.limits.upload_bytes = 4096;
    let site = Site::with(&Dataset::tiny(), &options);
    let large: String = (200..400)
        .map(|id| CSV.replace("101", &id.to_string()))
        .collect();
    site.upload("chairs", &large).await.is(413);
    site.get("/api/chair/200").await.is_bare(404);
    site.upload("chairs", CSV).await.is_bare(201);
}

/// Trust 3: SQLite's `length()` stops at a U+0000, so a text behind one has no length to it.
#[tokio::test]
async fn no_character_of_a_text_is_overlooked() {
    let site = Site::new(&Dataset::tiny());
    let chair = |id: u32, name: &str| CSV.replace("101,Sofa", &format!("{id},{name}"));
    let longest = format!("\0{}\0", "椅".repeat(62));
    site.upload("chairs", &chair(101, &longest))
        .await
        .is_bare(201);
    for (id, name) in [
        (102, format!("\0{}", "x".repeat(64))),
        (103, format!("\0{}", "x".repeat(100_000))),
        (104, format!("{}\0\0", "椅".repeat(63))),
    ] {
        site.upload("chairs", &chair(id, &name)).await.is_bare(500);
        site.get(&format!("/api/chair/{id}")).await.is_bare(404);
    }
    let kept = site.get("/api/chair/101").await;
    assert_eq!(kept.json()["name"], longest);
    let listed = site.get("/api/chair/low_priced").await;
    assert_eq!(listed.ids("chairs"), [101, 1]);
    site.get("/").await.is(200);
}
