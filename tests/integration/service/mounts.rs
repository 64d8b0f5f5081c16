//! Where apps are: below a path, at a host name, or in each other's way.

use std::fs;

use axum::body::Body;
use axum::http::{Method, Request};
use axum::routing::get;
use ekiben::apps::people::PeopleSettings;
use ekiben::apps::{AppData, MountContext, MountError, Mounted, ServedApp};
use ekiben::config::Mount;
use ekiben::http::Routes;
use serde_json::Value;
use tempfile::TempDir;

use crate::service::metrics::value;
use crate::support::binary::{Process, run};
use crate::support::harness::{Answer, Options, Site, isuumo, people};
use crate::support::raw_socket::RawSocket;

/// Settings that have apps at these places.
fn mounted(mounts: &[(&str, &str)]) -> Options {
    let mut options = Options::default();
    for (app, mount) in mounts {
        let mount = Mount::try_from((*mount).to_owned()).unwrap();
        options.config.mounts.insert((*app).to_owned(), mount);
    }
    options
}

async fn at_host(site: &Site, host: &str, path: &str) -> Answer {
    let request = Request::get(path).header("host", host);
    site.send(request.body(Body::empty()).unwrap()).await
}

fn kind(answer: &Answer) -> &str {
    answer.header("content-type")
}

#[tokio::test]
async fn an_app_below_a_path_answers_there_and_nowhere_else() {
    let site = Site::of_every_app(&mounted(&[("people", "/register"), ("isuumo", "/shop")]));
    site.get("/register/people?limit=1").await.is(200);
    site.get("/people").await.is(404);
    let chair = site.get("/shop/api/chair/1").await.is(200).json();
    site.get("/api/chair/1").await.is(404);
    let picture = chair["thumbnail"].as_str().unwrap();
    let picture = site.get(&format!("/shop{picture}")).await;
    assert_eq!(kind(picture.is(200)), "image/png");
    let root = site.get("/shop?a=b").await;
    assert_eq!(root.is(308).header("location"), "/shop/?a=b");
    let page = site.get("/shop/").await;
    assert!(kind(page.is(200)).starts_with("text/html"), "{page}");
    let metrics = site.metrics().await;
    let counted = r#"app="isuumo",route="/shop/api/chair/{id}",method="GET",status="200""#;
    let name = format!("ekiben_http_request_duration_seconds_count{{{counted}}}");
    assert_eq!(value(&metrics, &name), 1.0);
}

/// Trust 36: where no app has a page, the address that people open leads to the page that names what there
/// is; programs get the 404 of the contract.
#[tokio::test]
async fn people_are_led_on_from_a_root_at_which_nothing_is() {
    let site = Site::of_every_app(&mounted(&[
        ("people", "/p"),
        ("isuumo", "/shop"),
        ("conduit", "/blog"),
        ("english", "/drill"),
    ]));
    for root in ["/", "/p/"] {
        let page = Request::get(root).header("accept", "text/html,*/*;q=0.8");
        let page = site.send(page.body(Body::empty()).unwrap()).await;
        assert_eq!(page.is(303).header("location"), "/about");
        assert!(page.header("vary").contains("accept"), "{page}");
        site.get(root).await.is(404);
        let form = Request::post(root).header("accept", "text/html");
        let form = site.send(form.body(Body::empty()).unwrap()).await;
        form.is(404);
    }
    let elsewhere = Request::get("/p/x").header("accept", "text/html");
    let elsewhere = site.send(elsewhere.body(Body::empty()).unwrap()).await;
    elsewhere.is(404);
}

/// Trust 36: the same of a real server of an app without pages.
#[tokio::test]
async fn the_address_that_is_logged_leads_people_somewhere() {
    let folder = TempDir::new().unwrap();
    let process = Process::start(folder.path(), &["--app", "people"]);
    for (accept, status) in [("text/html", 303), ("*/*", 404), ("application/json", 404)] {
        let mut socket = RawSocket::connect(process.address).await;
        let request = format!("GET / HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\n\r\n");
        socket.send(request).await;
        let answer = socket.answer().await.unwrap();
        assert_eq!(answer.status, status, "{accept}");
        let leads_on = answer.head.contains("location: /about");
        assert_eq!(leads_on, status == 303, "{}", answer.head);
    }
}

#[tokio::test]
async fn links_and_messages_have_the_path_that_clients_use() {
    let site = Site::of_every_app(&mounted(&[("people", "/register")]));
    let page = site.get("/register/people?limit=1").await;
    let links = page.is(200).header("link").to_owned();
    assert_eq!(links.matches("</register/people?").count(), 2, "{links}");
    let next = links.rsplit_once('<').unwrap().1.split_once('>').unwrap().0;
    let second = site.get(next).await.is(200).json();
    assert_ne!(second, page.json());
    let site = Site::of_every_app(&mounted(&[("isuumo", "/shop")]));
    let request = Request::delete("/shop/api/chair/1").body(Body::empty());
    let refused = site.send(request.unwrap()).await;
    let problem: Value = serde_json::from_slice(&refused.is(405).body).unwrap();
    assert_eq!(problem["detail"], "/shop/api/chair/1 does not take DELETE.");
}

#[tokio::test]
async fn each_mount_has_its_own_404_page() {
    let site = Site::of_every_app(&mounted(&[("people", "/register"), ("isuumo", "/shop")]));
    // The site's own: nothing is mounted at the root.
    let own = site.get("/nothing").await;
    assert_eq!(
        own.is(404).json_of_a_problem()["detail"],
        "There is nothing at /nothing."
    );
    let of_people = site.get("/register/nothing").await;
    assert_eq!(of_people.is(404).json()["type"], "http");
    let request = Request::get("/shop/nothing").header("accept", "text/html");
    let of_isuumo = site.send(request.body(Body::empty()).unwrap()).await;
    assert!(
        kind(of_isuumo.is(404)).starts_with("text/html"),
        "{of_isuumo}"
    );
    let for_programs = site.get("/shop/nothing").await;
    let problem = for_programs.is(404).json_of_a_problem();
    assert_eq!(problem["detail"], "There is nothing at /shop/nothing.");
}

#[tokio::test]
async fn an_app_at_a_host_name_answers_there_and_nowhere_else() {
    let site = Site::of_every_app(&mounted(&[("people", "People.example.org")]));
    for host in ["people.example.org", "PEOPLE.example.org:8080"] {
        at_host(&site, host, "/people?limit=1").await.is(200);
        at_host(&site, host, "/api/chair/1").await.is(404);
        at_host(&site, host, "/livez").await.is(200);
    }
    at_host(&site, "example.org", "/people").await.is(404);
    at_host(&site, "example.org", "/api/chair/1").await.is(200);
    // Nobody's Host header is as good as any other.
    site.get("/api/chair/1").await.is(200);
    let nothing = at_host(&site, "people.example.org", "/nothing").await;
    assert_eq!(nothing.is(404).json()["type"], "http");
    let request = Request::get("https://people.example.org/people?limit=1");
    site.send(request.body(Body::empty()).unwrap())
        .await
        .is(200);
}

#[tokio::test]
async fn descriptions_follow_the_mount() {
    let site = Site::of_every_app(&mounted(&[
        ("people", "people.example.org"),
        ("isuumo", "/shop"),
    ]));
    let document = site.get("/openapi.json").await.is(200).json();
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.contains_key("/shop/api/chair/{id}") && paths.contains_key("/livez"));
    assert!(!paths.contains_key("/people") && !paths.contains_key("/api/chair/{id}"));
    assert_eq!(document["servers"], Value::Null);
    let text = document["paths"]["/shop/api/chair/{id}"].to_string();
    assert!(text.contains("\"path\":\"/shop/api/chair/"), "{text}");
    let document = at_host(&site, "people.example.org", "/openapi.json").await;
    let document = document.is(200).json();
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.contains_key("/people") && !paths.contains_key("/shop/api/chair/{id}"));
    // At the host itself, a client keeps the scheme and port by which it got the document.
    assert_eq!(document["servers"], Value::Null);
}

#[tokio::test]
async fn behind_a_proxy_links_begin_with_what_it_takes_away() {
    let options = Options {
        settings: "[site]\npublic_url = \"https://example.org/flask\"",
        ..mounted(&[("people", "/register")])
    };
    let site = Site::of_every_app(&options);
    let page = site.get("/register/people?limit=1").await;
    let links = page.is(200).header("link");
    assert!(links.starts_with("</flask/register/people?"), "{links}");
    let document = site.get("/openapi.json").await.is(200).json();
    assert_eq!(document["servers"][0]["url"], "https://example.org/flask");
}

/// An app that wants the root, as isuumo does.
struct Rival;

impl AppData for Rival {
    fn name(&self) -> &'static str {
        "people"
    }
}

impl ServedApp for Rival {
    type Settings = PeopleSettings;

    fn mount(&self, _: MountContext<PeopleSettings>) -> Result<Mounted, MountError> {
        let routes = Routes::new().route("/", get(async || "mine"));
        Ok(Mounted::new(routes, Default::default(), |store| store))
    }
}

#[test]
fn two_apps_that_want_the_root_are_named_with_their_routes() {
    let said = mounted(&[]).conflict(&[isuumo(), &Rival]);
    assert!(said.starts_with("people (/) and isuumo (/) "), "{said}");
    let said = mounted(&[("people", "/api")]).conflict(&[isuumo(), people()]);
    assert!(
        said.starts_with("people (/api/) and isuumo (/api/"),
        "{said}"
    );
    let said = mounted(&[("people", "/docs")]).conflict(&[people()]);
    assert!(said.contains("the site itself (/docs"), "{said}");
}

#[test]
fn a_collision_ends_the_start_before_anything_is_baked() {
    let folder = TempDir::new().unwrap();
    fs::write(
        folder.path().join("ekiben.toml"),
        "[mounts]\nisuumo = \"/a\"\npeople = \"/a\"\n",
    )
    .unwrap();
    run(folder.path(), &["serve", "--app", "all"])
        .exits(3)
        .says("people")
        .says("isuumo")
        .says("mounts.NAME");
    assert!(!folder.path().join("data").exists());
    for (mounts, said) in [
        ("people = \"/a/\"", "\"/a/\" is not a path like /shop"),
        ("nobody = \"/a\"", "unknown setting `mounts.nobody`"),
    ] {
        let toml = format!("[mounts]\n{mounts}\n");
        fs::write(folder.path().join("ekiben.toml"), toml).unwrap();
        run(folder.path(), &["serve"]).exits(3).says(said);
    }
}

#[tokio::test]
async fn other_origins_may_do_what_is_described() {
    let mut options = Options::default();
    options.config.http.cors_origins = vec!["*".to_owned()];
    let site = Site::of_every_app(&options);
    let path = "/people/8e03978e-40d5-43dd-bc93-6894a57f9324";
    for method in ["PUT", "DELETE"] {
        let request = Request::builder().method(Method::OPTIONS).uri(path);
        let request = request
            .header("origin", "https://a.example")
            .header("access-control-request-method", method);
        let leave = site.send(request.body(Body::empty()).unwrap()).await;
        let methods = leave.is(200).header("access-control-allow-methods");
        assert!(
            methods.split(',').any(|allowed| allowed == method),
            "{leave}"
        );
    }
    let request = Request::get("/people?limit=1").header("origin", "https://a.example");
    let list = site.send(request.body(Body::empty()).unwrap()).await;
    let exposed = list.is(200).header("access-control-expose-headers");
    for name in ["link", "etag", "retry-after", "idempotency-replayed"] {
        assert!(
            exposed.split(',').any(|header| header == name),
            "{name}: {list}"
        );
    }
}
