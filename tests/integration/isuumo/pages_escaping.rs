//! Whatever an upload or an address holds stays text on every page.

use crate::isuumo::pages::{assert_clean, attributes};
use crate::support::dataset::Dataset;
use crate::support::harness::Site;

/// What breaks out of text, attributes, addresses and scripts if anything does.
const PROBES: [&str; 6] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</title></textarea><svg onload=alert(1)>",
    "{{7*7}}${alert(1)}&lt;b&gt;",
    "javascript:alert(1)//",
];

/// A CSV field.
fn field(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[tokio::test]
async fn uploads_with_probes_in_every_field_are_inert_on_every_page() {
    let site = Site::new(&Dataset::tiny());
    for (index, probe) in PROBES.iter().enumerate() {
        let (id, text) = (100 + index, field(probe));
        let chair = format!("{id},{text},{text},{text},1,50,50,50,{text},{text},{text},9000,5\n");
        site.upload("chairs", &chair).await.is(201);
        let estate = format!("{id},{text},{text},{text},{text},35.5,139.5,1,190,190,{text},9000\n");
        site.upload("estates", &estate).await.is(201);
    }
    let escaped = |probe: &str| {
        probe
            .replace('&', "&#38;")
            .replace('<', "&#60;")
            .replace('>', "&#62;")
            .replace('"', "&#34;")
            .replace('\'', "&#39;")
    };
    let mut paths = vec![
        "/".to_owned(),
        "/chair/search?priceRangeId=0".to_owned(),
        "/estate/search?rentRangeId=0".to_owned(),
        "/chair/1".to_owned(),
        "/estate/nazotte?north=36&south=35&west=139&east=140".to_owned(),
    ];
    for id in 100..100 + PROBES.len() {
        paths.extend([format!("/chair/{id}"), format!("/estate/{id}")]);
    }
    let mut shown = 0;
    for path in &paths {
        let answer = site.get(path).await;
        let html = String::from_utf8(answer.is(200).body.to_vec()).unwrap();
        assert_clean(&html, path);
        for probe in PROBES {
            assert!(
                !html.contains(probe) || escaped(probe) == probe,
                "{path}: {probe}"
            );
            shown += html.matches(&escaped(probe)).count();
        }
        // No picture from anywhere that an upload names.
        assert!(
            attributes(&html, "src").all(|address| address.starts_with('/')),
            "{path}"
        );
    }
    assert!(shown > 100, "{shown}");
}

#[tokio::test]
async fn addresses_are_inert_too() {
    let site = Site::new(&Dataset::tiny());
    for probe in PROBES {
        let probe: String = form_urlencoded::byte_serialize(probe.as_bytes()).collect();
        for path in [
            format!("/chair/search?kind={probe}"),
            format!("/chair/search?kind={probe}&page={probe}"),
            format!("/chair/search?features={probe}&features={probe}"),
            format!("/estate/search?rentRangeId={probe}"),
            format!("/estate/nazotte?north={probe}&south={probe}"),
            format!("/estate/nazotte?area={probe}"),
            format!("/chair/1?x={probe}"),
            format!("/chair/{}", probe.replace('+', "%20")),
        ] {
            let answer = site.get(&path).await;
            assert!(answer.status.as_u16() < 500, "{answer}");
            let html = String::from_utf8(answer.body.to_vec()).unwrap();
            assert_clean(&html, &path);
            assert!(
                !html.contains("<svg onload") && !html.contains("<script>"),
                "{path}"
            );
        }
    }
}
