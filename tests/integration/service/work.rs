//! Work that takes the processor for long: it waits for a thread of the pool, and whatever else is asked is
//! answered meanwhile.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};

use ekiben::http::{HttpError, WorkPool};
use tokio::task::JoinSet;

use crate::support::binary::Process;
use crate::support::client::Client;
use crate::support::dataset::Dataset;
use crate::support::harness::{Options, Site, poll_once};
use crate::support::patience::Patience;

/// A polygon of 1,000 vertices that goes back and forth between west and east over all of the country, and
/// back the same way: nothing is inside.
fn zigzag() -> String {
    let vertex = |index: u32| {
        let latitude = 30.0 + 16.0 * f64::from(index) / 499.0;
        let longitude = [128, 147][(index % 2) as usize];
        format!(r#"{{"latitude":{latitude},"longitude":{longitude}}}"#)
    };
    let vertices: Vec<String> = (0..500).chain((0..499).rev()).map(vertex).collect();
    format!(
        r#"{{"coordinates":[{},{}]}}"#,
        vertices.join(","),
        vertex(0)
    )
}

const NAZOTTE: &str = "/api/estate/nazotte";
const SQUARE: &str = r#"{"coordinates":[{"latitude":34,"longitude":134},{"latitude":34,"longitude":141},
    {"latitude":38,"longitude":141},{"latitude":38,"longitude":134},{"latitude":34,"longitude":134}]}"#;

/// Bodies that take long to read although what they say is little: 20,000 objects.
fn nested(rest: &str) -> String {
    format!("{{{rest}\"more\":[{}0]}}", "{},".repeat(20_000))
}

/// Sites whose pool does one thing at a time, with a queue for two.
fn small_pool() -> Options {
    let mut options = Options::default();
    options.config.limits.work_threads = 1;
    options.config.limits.work_queue = 2;
    options
}

/// Keeps the only thread of a pool until the sender is dropped and the future is waited for.
async fn hold(
    pool: &WorkPool,
) -> (
    Sender<()>,
    Pin<Box<impl Future<Output = Result<(), HttpError>>>>,
) {
    let (hold, held) = channel::<()>();
    let pool = pool.clone();
    let mut holding = Box::pin(async move {
        pool.run(move || {
            let _ended = held.recv();
        })
        .await
    });
    assert!(poll_once(holding.as_mut()).await.is_none());
    (hold, holding)
}

#[tokio::test]
async fn while_the_pool_is_busy_everything_else_is_answered() {
    let site = Site::of_every_app(&small_pool());
    let hostile = zigzag();
    let (release, holding) = hold(site.site.work()).await;
    let mut polygon = pin!(site.post_json(NAZOTTE, &hostile));
    assert!(
        poll_once(polygon.as_mut()).await.is_none(),
        "it has to wait"
    );
    let person = nested("");
    let mut person = pin!(site.post_json("/people", &person));
    assert!(poll_once(person.as_mut()).await.is_none(), "of either app");
    // The queue is full. What takes long is refused, and nothing else is.
    let shed = site.post_json(NAZOTTE, &hostile).await;
    assert_eq!(shed.is(503).header("retry-after"), "1");
    let purchase = nested(r#""email":"a@example.com","#);
    site.post_json("/api/chair/buy/1", &purchase).await.is(503);
    for path in ["/livez", "/readyz", "/people?limit=1", "/api/chair/1"] {
        site.get(path).await.is(200);
    }
    site.get("/api/chair/search?page=0&perPage=25&priceRangeId=1")
        .await
        .is(200);
    let square = site.post_json(NAZOTTE, SQUARE).await;
    assert_eq!(square.ids("estates").len(), 50);
    assert_eq!(site.buy(1).await, 200);
    drop(release);
    holding.await.unwrap();
    let found = polygon.await;
    assert_eq!(found.is(200).json()["count"], 0);
    person.await.is(400);
    site.post_json("/api/chair/buy/1", &purchase).await.is(200);
}

#[tokio::test]
async fn a_client_that_goes_away_gives_its_place_back() {
    let site = Site::with(&Dataset::tiny(), &small_pool());
    let (release, holding) = hold(site.site.work()).await;
    let purchase = nested(r#""email":"a@example.com","#);
    let buy = || Box::pin(site.post_json("/api/chair/buy/1", &purchase));
    let (mut first, mut second) = (buy(), buy());
    assert!(poll_once(first.as_mut()).await.is_none());
    assert!(poll_once(second.as_mut()).await.is_none());
    buy().await.is(503);
    drop(first);
    let mut third = buy();
    assert!(poll_once(third.as_mut()).await.is_none());
    drop(release);
    holding.await.unwrap();
    second.await.is(200);
    third.await.is(200);
}

/// Of other requests, how many hostile ones are answered before each of them is. Where hostile ones hold the
/// threads that serve, a probe waits behind nearly all of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_polygons_do_not_hold_up_probes_and_other_apps() {
    const HOSTILE: usize = 32;
    const PROBES: usize = 40;
    let folder = tempfile::TempDir::new().unwrap();
    let server = Process::start(folder.path(), &["--app", "all"]);
    let (answered, stop) = (
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicBool::new(false)),
    );
    let mut clients = JoinSet::new();
    let hostile = zigzag();
    for _ in 0..HOSTILE {
        let hostile = hostile.clone();
        let mut client = Client::connect(server.address).await.unwrap();
        let (answered, stop) = (Arc::clone(&answered), Arc::clone(&stop));
        clients.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let sent = client.post(NAZOTTE, "application/json", hostile.clone());
                let (status, body) = sent.await.unwrap();
                assert_eq!(
                    (status.as_u16(), body.as_str()),
                    (200, r#"{"count":0,"estates":[]}"#)
                );
                answered.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    let mut prober = Client::connect(server.address).await.unwrap();
    let patience = Patience::for_("the first answers");
    while patience.waits_while(answered.load(Ordering::Relaxed) < HOSTILE) {
        tokio::task::yield_now().await;
    }
    let mut waited = Vec::new();
    for probe in 0..PROBES {
        let path = ["/livez", "/people?limit=1"][probe % 2];
        let before = answered.load(Ordering::Relaxed);
        let (status, _) = prober.get(path).await.unwrap();
        assert_eq!(status, 200);
        waited.push(answered.load(Ordering::Relaxed) - before);
    }
    stop.store(true, Ordering::Relaxed);
    while let Some(client) = clients.join_next().await {
        client.unwrap();
    }
    waited.sort_unstable();
    let median = waited[PROBES / 2];
    assert!(
        median < HOSTILE / 4,
        "half of the probes waited for more than {median}: {waited:?}"
    );
}
