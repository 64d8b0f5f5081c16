//! Several apps in one process: separate stores, slots and reloads, one router.

use std::fs;
use std::path::Path;

use axum::http::Method;
use ekiben::config::{Config, Mode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::bake::csv::HEADER;
use crate::support::binary::{Process, run};
use crate::support::busy_writer::BusyWriter;
use crate::support::client::Client;
use crate::support::harness::{Answer, Options, Site, bake_app, isuumo, people, whole_dataset};

const CHAIR: &str = "/api/chair/1";

fn person() -> Value {
    json!({
        "passengerClass": 1, "name": "Ada", "sex": "female", "age": 36,
        "siblingsOrSpousesAboard": 0, "parentsOrChildrenAboard": 0, "fare": 8.5,
    })
}

/// `generation` of each app, by name.
async fn generations(site: &Site) -> Vec<(String, u64)> {
    let ready = site.get("/readyz").await.is(200).json();
    let apps = ready["apps"].as_array().unwrap().iter();
    let generation = |app: &Value| {
        let name = app["name"].as_str().unwrap().to_owned();
        (name, app["generation"].as_u64().unwrap())
    };
    apps.map(generation).collect()
}

#[tokio::test]
async fn one_apps_writes_leave_the_other_untouched() {
    let site = Site::of_every_app(&Options::default());
    let tag = |answer: &Answer| answer.is(200).header("etag").to_owned();
    let (chair, list) = (site.get(CHAIR).await, site.get("/people").await);
    // A new person: the list is another one, the chair is not.
    site.post_json("/people", &person().to_string())
        .await
        .is(200);
    assert_ne!(tag(&site.get("/people").await), tag(&list));
    let same = site.get(CHAIR).await;
    assert_eq!((tag(&same), &same.body), (tag(&chair), &chair.body));
    // A reset of isuumo keeps the new person.
    let list = site.get("/people").await;
    site.post("/initialize", "text/plain", "").await.is(200);
    assert_ne!(tag(&site.get(CHAIR).await), tag(&chair));
    let same = site.get("/people").await;
    assert_eq!((tag(&same), &same.body), (tag(&list), &list.body));
    let expected = [("isuumo", 2), ("people", 1), ("conduit", 1), ("english", 1)];
    let expected = expected.map(|(name, generation)| (name.to_owned(), generation));
    assert_eq!(generations(&site).await, expected);
}

#[tokio::test]
async fn an_overload_of_one_app_leaves_the_other_its_places() {
    let mut config = Config::default();
    config.limits.concurrent_requests = 1;
    let site = Site::of_every_app(&Options {
        config,
        ..Options::default()
    });
    // A write that waits for its turn keeps people's only slot.
    let mut apps = site.site.apps().iter();
    let people = apps.find(|app| app.name == "people").unwrap();
    let busy = BusyWriter::begin(&people.store).await;
    let body = person().to_string();
    let mut held = Box::pin(site.post_json("/people", &body));
    assert!(
        crate::support::harness::poll_once(held.as_mut())
            .await
            .is_none()
    );
    site.get("/people").await.is(503);
    for path in [CHAIR, "/api/chair/low_priced", "/api/estate/1"] {
        site.get(path).await.is(200);
    }
    // When it ends, the slot is free again.
    busy.end().await;
    held.await.is(200);
    site.get("/people").await.is(200);
}

/// The apps as replicas over files of their own, with one person called Ada.
fn two_replicas(folder: TempDir) -> Site {
    fs::copy(whole_dataset(), folder.path().join("isuumo.sqlite")).unwrap();
    bake_person(folder.path(), "Ada");
    let options = Options {
        mode: Mode::Replica,
        ..Options::default()
    };
    let baked = folder.path().to_owned();
    Site::of(&[isuumo(), people()], folder, &baked, &options)
}

/// Bakes people of that name to `folder`.
fn bake_person(folder: &Path, name: &str) {
    let dataset = folder.join("people");
    fs::create_dir_all(&dataset).unwrap();
    let csv = format!("{HEADER}\n1,1,{name},female,36,0,0,8.5\n");
    fs::write(dataset.join("people.csv"), csv).unwrap();
    let baked = folder.join("people.sqlite");
    bake_app(people(), &dataset, &baked).unwrap();
}

#[tokio::test]
async fn one_app_is_reloaded_and_the_other_left_as_it_is() {
    let folder = TempDir::new().unwrap();
    let site = two_replicas(folder);
    bake_person(site.folder.path(), "Grace");
    let reloaded = site.operate(Method::POST, "/admin/reload?app=people").await;
    let reloaded = reloaded.is(200).json();
    assert_eq!(reloaded.as_array().unwrap().len(), 1, "{reloaded}");
    assert_eq!(reloaded[0]["app"], "people");
    assert_eq!(site.get("/people").await.json()[0]["name"], "Grace");
    let expected = [("isuumo".to_owned(), 0), ("people".to_owned(), 1)];
    assert_eq!(generations(&site).await, expected);
    let unknown = site.operate(Method::POST, "/admin/reload?app=nobody").await;
    unknown.is(404);
    site.operate(Method::POST, "/admin/reload").await.is(200);
    let expected = [("isuumo".to_owned(), 1), ("people".to_owned(), 2)];
    assert_eq!(generations(&site).await, expected);
}

#[tokio::test]
async fn a_file_that_one_app_cannot_use_does_not_keep_the_others_from_theirs() {
    let folder = TempDir::new().unwrap();
    let copy = folder.path().join("isuumo.sqlite");
    let site = two_replicas(folder);
    bake_person(site.folder.path(), "Grace");
    // By another name, as a bake does it: what is served stays as it is.
    let broken = copy.with_extension("broken");
    fs::write(&broken, b"no database").unwrap();
    fs::rename(&broken, &copy).unwrap();
    site.operate(Method::POST, "/admin/reload").await.is(500);
    assert_eq!(site.get("/people").await.json()[0]["name"], "Grace");
    site.get(CHAIR).await.is(200);
}

#[tokio::test]
async fn the_first_app_decides_what_is_said_where_there_is_nothing() {
    let both = Site::of_every_app(&Options::default());
    let said = both.get("/nothing").await;
    assert_eq!(
        said.is(404).header("content-type"),
        "application/problem+json"
    );
    // Within people's own paths its contract holds wherever it stands.
    let said = both.get("/people/").await;
    assert_eq!(said.is(404).json()["type"], "http");
    // And conduit's below its own.
    for path in ["/api", "/api/", "/api/nope", "/api/a/b/c/d"] {
        let said = both.get(path).await;
        said.is_wrong(404, &[("resource", "not found")]);
    }
    both.get("/").await.is(200);
}

#[tokio::test]
async fn the_binary_serves_every_app_over_a_file_of_its_own() {
    let folder = TempDir::new().unwrap();
    let server = Process::start(folder.path(), &["--app", "all"]);
    let mut client = Client::connect(server.address).await.unwrap();
    for (path, part) in [
        ("/readyz", "\"name\":\"people\",\"ready\":true"),
        (CHAIR, "\"id\":1"),
        ("/people?limit=1", "\"passengerClass\":"),
        ("/about", "people"),
        ("/docs", "/people/{uuid}"),
    ] {
        let (status, body) = client.get(path).await.unwrap();
        assert!(
            status == 200 && body.contains(part),
            "{path}: {status} {body}"
        );
    }
    for app in ["isuumo", "people"] {
        let data = folder.path().join("data");
        assert!(data.join(format!("{app}.sqlite")).exists());
        assert!(data.join(format!("{app}.primary.1.sqlite")).exists());
    }
    drop(server);
    run(folder.path(), &["serve", "--app", "nobody"])
        .exits(2)
        .says("the apps are: isuumo, people");
}

#[test]
fn pages_that_are_left_out_are_in_the_log() {
    let folder = TempDir::new().unwrap();
    let apps = ["serve", "--app", "isuumo", "--app", "conduit"];
    let printed = run(folder.path(), &[&apps[..], &["--print-config"]].concat());
    assert!(printed.exits(0).stderr.is_empty(), "{}", printed.stderr);
    // It ends at what it cannot open, and has said all before.
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    for app in ["isuumo", "conduit"] {
        fs::write(data.join(format!("{app}.sqlite")), "no database").unwrap();
    }
    run(folder.path(), &apps)
        .exits(6)
        .says("its pages are not served")
        .says("mounts.conduit");
}
