//! `ekiben deploy`: the files of platforms. Their content is tried by `deploy/check`, with the platforms' own
//! tools; here is what the command does with files and with wrong arguments.

use std::fs;

use ekiben::apps::ALL;
use tempfile::TempDir;

use crate::support::binary::run;
use crate::support::data_folder::names;

const DIGEST: &str = "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

fn arguments<'a>(target: &'a str, image: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["deploy", target, "--host", "people.test", "--app", "people"];
    if !image.is_empty() {
        arguments.extend(["--image", image]);
    }
    arguments.extend(more);
    arguments
}

#[test]
fn one_file_is_printed_as_it_would_be_written() {
    let folder = TempDir::new().unwrap();
    let image = format!("registry.test/people@{DIGEST}");
    let printed = run(folder.path(), &arguments("kubernetes", &image, &[]));
    assert!(
        printed
            .exits(0)
            .stdout
            .contains(&format!("image: {image}\n"))
    );
    assert!(printed.stdout.contains("host: people.test\n"));
    printed.says("kubectl apply -f people.yaml");
    run(
        folder.path(),
        &arguments("kubernetes", &image, &["--out", "k8s"]),
    )
    .exits(0);
    let written = fs::read_to_string(folder.path().join("k8s/people.yaml")).unwrap();
    assert_eq!(written, printed.stdout);
    assert_eq!(names(folder.path()), ["k8s"], "nothing is baked for it");
}

#[test]
fn several_files_are_printed_with_their_names() {
    let folder = TempDir::new().unwrap();
    let printed = run(
        folder.path(),
        &arguments("systemd", "", &["--memory", "200"]),
    );
    for part in [
        "# ==> ekiben.service <==\n",
        "MemoryMax=200M\n",
        "# ==> environment <==\n",
        "EKIBEN_APPS=people\nEKIBEN_SITE__PUBLIC_URL=https://people.test\n",
    ] {
        let without_comments = printed.stdout.replace(
            "# The address by which people come, through a proxy on this machine.\n",
            "",
        );
        assert!(
            without_comments.contains(part),
            "{part}\n{}",
            printed.stdout
        );
    }
}

#[test]
fn a_file_that_is_there_stays_unless_it_may_be_replaced() {
    let folder = TempDir::new().unwrap();
    // The second of the files: none is written, not even the first.
    fs::write(folder.path().join("environment"), "mine").unwrap();
    let to = ["--out", "."];
    run(folder.path(), &arguments("systemd", "", &to))
        .exits(5)
        .says("environment is there already")
        .says("--replace");
    assert_eq!(names(folder.path()), ["environment"]);
    let to = ["--out", ".", "--replace"];
    run(folder.path(), &arguments("systemd", "", &to)).exits(0);
    assert_eq!(names(folder.path()).len(), 6);
    let environment = fs::read_to_string(folder.path().join("environment")).unwrap();
    assert!(
        environment.contains("EKIBEN_APPS=people\n"),
        "{environment}"
    );
}

#[test]
fn what_makes_no_sense_is_refused_with_a_way_out() {
    let folder = TempDir::new().unwrap();
    let image = format!("registry.test/people@{DIGEST}");
    for (target, image, more, said) in [
        (
            "kubernetes",
            "",
            &[][..],
            "--image registry.example.org/people@sha256:",
        ),
        (
            "kubernetes",
            "registry.test/people:v1",
            &[],
            "without a digest",
        ),
        (
            "kubernetes",
            "registry.test/people@sha256:12",
            &[],
            "64 digits",
        ),
        (
            "fly",
            &*image,
            &["--replicas", "2"],
            "people has no replicas",
        ),
        ("systemd", "", &["--memory", "1"], "64..=1048576"),
        ("systemd", "", &["--replace"], "--out"),
        ("fly", &*image, &["--name", "a.b"], "without dots"),
        (
            "heroku",
            &*image,
            &[],
            "kubernetes, openshift, fly, compose, systemd",
        ),
    ] {
        run(folder.path(), &arguments(target, image, more))
            .exits(2)
            .says(said);
    }
    let host = [
        "deploy",
        "systemd",
        "--app",
        "people",
        "--host",
        "https://a.test/",
    ];
    run(folder.path(), &host)
        .exits(2)
        .says("without scheme, port and path");
    let app = ["deploy", "systemd", "--app", "shop", "--host", "a.test"];
    run(folder.path(), &app).exits(2).says("isuumo, people");
    assert!(names(folder.path()).is_empty());
}

#[test]
fn every_app_has_files_for_every_target_and_the_secret_that_it_wants() {
    let folder = TempDir::new().unwrap();
    let image = format!("registry.test/box@{DIGEST}");
    for app in ALL {
        let secret = app.secret_variable();
        let wants_one = app.default_settings().contains_key("secret");
        assert_eq!(secret.is_some(), wants_one, "{}", app.name());
        for target in ["kubernetes", "openshift", "fly", "compose", "systemd"] {
            let mut line = vec!["deploy", target, "--host", "a.test", "--app", app.name()];
            if target != "systemd" {
                line.extend(["--image", &image]);
            }
            let printed = run(folder.path(), &line);
            let said = &printed.exits(0).stderr;
            assert_eq!(said.contains("openssl"), wants_one, "{line:?}\n{said}");
        }
    }
    let of = |name: &str| ALL.iter().find(|app| app.name() == name).unwrap();
    assert_eq!(of("conduit").secret_variable().unwrap(), "CONDUIT_SECRET");
    assert_eq!(of("people").secret_variable(), None);
    let with_replicas: Vec<_> = ALL.iter().filter(|app| app.reads_from_replicas()).collect();
    assert_eq!(
        with_replicas.len(),
        1,
        "their renderings are in deploy/kubernetes/printed"
    );
    assert_eq!(with_replicas[0].name(), "isuumo");
}
