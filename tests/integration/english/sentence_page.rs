//! The page of a sentence: what it shows and hides, how it is graded there, and where it leads.

use crate::english::site::Grade;
use crate::support::browser::{attribute, html, tags, unescaped};
use crate::support::harness::Site;

/// Where a link of a page leads.
fn link(page: &str, rel: &str) -> String {
    let wanted = format!(" rel=\"{rel}\"");
    let mut links = tags(page).filter(|tag| tag.starts_with("a ") && tag.contains(&wanted));
    attribute(links.next().unwrap(), "href").unwrap()
}

#[tokio::test]
async fn the_english_is_hidden_until_it_is_asked_for() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    let answer = ann.get("/sentences/1").await;
    let page = html(answer.is(200));
    assert!(page.contains("<h1>No <span>1</span></h1>") && page.contains("data-score>0</b>"));
    assert!(page.contains("lang=\"ja\">私は学生です。</p>"));
    // A closed <details> needs no script to open.
    let hidden = page.split("<details class=\"answer\"").nth(1).unwrap();
    let hidden = hidden.split("</details>").next().unwrap();
    assert!(hidden.contains("lang=\"en\" data-en>I am a student.</p>"));
    assert!(!hidden.split('>').next().unwrap().contains("open"));
    for label in ["答え表示", "答え非表示"] {
        assert!(hidden.contains(label), "{label}");
    }
    // Once there, and once as the width of the field.
    assert_eq!(page.matches("I am a student.").count(), 1);
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn the_voice_is_an_audio_element_where_there_is_a_recording() {
    let site = Site::of_drill();
    let eve = site.editor("eve").await;
    let answer = eve.get("/sentences/1").await;
    let page = html(answer.is(200));
    let audio = "<audio id=\"test_sound\" preload=\"none\" controls data-sound>\
        <source src=\"/voice/001.mp3\" type=\"audio/mp3\"></audio>";
    assert!(page.contains(audio), "{page}");
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("media-src 'self'") && policy.contains("script-src 'self';"));
    let page = eve.page("/sentences/2").await;
    assert!(!page.contains("<audio") && page.contains("data-speak hidden"));
    // What is elsewhere is not played.
    for elsewhere in [
        "https://evil.example/a.mp3",
        "//evil.example/a.mp3",
        "voice/1.mp3",
        "javascript:x",
    ] {
        let body = serde_json::json!({"voice_data": elsewhere});
        let changed = eve
            .json(axum::http::Method::PATCH, "/sentences/2.json", &body)
            .await;
        let _ = changed.is(200);
        assert!(
            !eve.page("/sentences/2").await.contains("<audio"),
            "{elsewhere}"
        );
    }
}

#[tokio::test]
async fn four_forms_grade_and_the_field_is_in_none() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    let page = ann.page("/sentences/3").await;
    let forms: Vec<_> = page
        .split("<form")
        .skip(1)
        .map(|form| form.split("</form>").next().unwrap())
        .collect();
    let user = site.user_id("ann@example.com").unwrap();
    for (label, action, key, passed) in [
        (
            "書かずに正解",
            "/score_eng_not_writtens/",
            "score_eng_not_written",
            "true",
        ),
        (
            "書かずに不正解",
            "/score_eng_not_writtens/",
            "score_eng_not_written",
            "false",
        ),
        (
            "書いて正解",
            "/score_eng_writtens/",
            "score_eng_written",
            "true",
        ),
        (
            "書いて不正解",
            "/score_eng_writtens/",
            "score_eng_written",
            "false",
        ),
    ] {
        let label = format!("<span lang=\"ja\">{label}</span>");
        let form = forms.iter().find(|form| form.contains(&label)).unwrap();
        for part in [
            format!("action=\"{action}\" method=\"post\""),
            format!("name=\"{key}[passed]\" value=\"{passed}\""),
            format!("name=\"{key}[sentence_id]\" value=\"3\""),
            format!("name=\"{key}[user_id]\" value=\"{user}\""),
        ] {
            assert!(form.contains(&part), "{part}: {form}");
        }
        assert!(!form.contains("type=\"text\""));
    }
    // As wide as "It is raining." is long, and without a name.
    let fields: Vec<_> = tags(&page)
        .filter(|tag| tag.contains("type=\"text\""))
        .collect();
    assert_eq!(fields.len(), 1);
    assert_eq!(attribute(fields[0], "size").as_deref(), Some("14"));
    assert_eq!(attribute(fields[0], "name"), None);
    let search = forms
        .iter()
        .find(|form| form.contains("action=\"/sentences/search\""))
        .unwrap();
    assert!(search.contains("name=\"no\"") && search.contains("Go!"));
}

/// Advice 28: a grading leads straight back to the sentence, which shows the new score.
#[tokio::test]
async fn a_grading_leads_back_to_the_sentence() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    for (grade, score, notice) in [
        (
            Grade::WrittenRight,
            2,
            "Score eng written was successfully created.",
        ),
        (
            Grade::SaidRight,
            3,
            "Score eng not written was successfully created.",
        ),
        (
            Grade::WrittenWrong,
            1,
            "Score eng written was successfully created.",
        ),
        (
            Grade::SaidWrong,
            0,
            "Score eng not written was successfully created.",
        ),
        (
            Grade::SaidWrong,
            -1,
            "Score eng not written was successfully created.",
        ),
    ] {
        ann.grades(4, grade).await;
        let page = ann.page("/sentences/4").await;
        assert!(page.contains(&format!("data-score>{score}</b>")), "{page}");
        assert!(page.contains(notice), "{page}");
        assert!(
            !ann.page("/sentences/4").await.contains(notice),
            "said once"
        );
    }
}

#[tokio::test]
async fn pressing_twice_is_one_grading() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    let page = ann.page("/sentences/4").await;
    for _ in 0..3 {
        let answer = ann.presses(&page, Grade::WrittenRight).await;
        assert_eq!(answer.is(302).header("location"), "/sentences/4");
    }
    assert!(ann.page("/sentences/4").await.contains("data-score>2</b>"));
    // Another button of the same page is another grading.
    let _ = ann.presses(&page, Grade::SaidRight).await.is(302);
    assert!(ann.page("/sentences/4").await.contains("data-score>3</b>"));
}

/// Advice 9 and 10: the ring is that of the order, and two sentences with one number are two steps of it.
#[tokio::test]
async fn previous_and_next_go_around_in_the_mode_s_order() {
    let csv = "no,jp,en,voice_data\n9,九,nine,\n2,二,two,\n2,二つ,two of them,\n1,一,one,\n";
    let site = Site::of_drill_over(&[("sentences.csv", csv)]);
    let ann = site.learner("ann").await;
    let around = async |first: i64| {
        let (mut ids, mut at) = (Vec::new(), format!("/sentences/{first}"));
        for _ in 0..4 {
            ids.push(at.rsplit_once('/').unwrap().1.parse::<i64>().unwrap());
            let page = ann.page(&at).await;
            let next = link(&page, "next");
            assert_eq!(link(&ann.page(&next).await, "prev"), at);
            at = next;
        }
        assert_eq!(at, format!("/sentences/{first}"));
        ids
    };
    assert_eq!(around(4).await, [4, 2, 3, 1]);
    ann.grades(1, Grade::SaidRight).await;
    ann.grades(2, Grade::SaidWrong).await;
    ann.toggles_mode().await;
    assert_eq!(around(1).await, [1, 4, 3, 2]);
    ann.toggles_mode().await;
    assert_eq!(around(2).await, [2, 4, 3, 1]);
}

/// Whatever a sentence says is text.
#[tokio::test]
async fn a_sentence_is_no_markup() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    ann.grades(7, Grade::WrittenRight).await;
    for path in ["/sentences/7", "/sentences?page=2", "/dashboard/index"] {
        let page = ann.page(path).await;
        assert!(
            !page.contains("<b>言った") && !page.contains("<b>yes"),
            "{path}"
        );
        assert!(unescaped(&page).contains("<b>言った</b>"), "{path}");
    }
}

/// The contract's four labels are the same in every language; what surrounds them is not.
#[tokio::test]
async fn the_page_is_in_japanese_too() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await.speaking("ja");
    let page = ann.page("/sentences/1").await;
    assert!(page.contains("<html lang=\"ja\">") && page.contains("書いて正解"));
    assert!(page.contains("キー操作") && !page.contains("Keys:"));
    assert!(ann.page("/dashboard/index").await.contains("学習の記録"));
}
