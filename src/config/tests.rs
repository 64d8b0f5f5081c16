//! Tests of the layers: precedence, origins, errors. No real environment is touched.

use super::*;

fn sources(environment: &[(&str, &str)]) -> Sources {
    // A file that exists, so that a developer's own ekiben.toml is not read.
    Sources {
        file: Some("/dev/null".into()),
        environment: environment
            .iter()
            .map(|&(k, v)| (k.to_owned(), v.to_owned()))
            .collect(),
        ..Sources::default()
    }
}

fn load(environment: &[(&str, &str)]) -> Result<Layers, ConfigError> {
    Layers::load(&sources(environment))
}

fn message(environment: &[(&str, &str)]) -> String {
    load(environment).unwrap_err().to_string()
}

#[test]
fn nothing_given_means_the_defaults() {
    assert_eq!(*load(&[]).unwrap().config(), Config::default());
}

#[test]
fn later_layers_win() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ekiben.toml");
    std::fs::write(&file, "listen = \"127.0.0.1:1\"\nworker_threads = 3\n").unwrap();
    let mut sources = sources(&[("PORT", "2")]);
    sources.file = Some(file);
    let listen = |sources: &Sources| Layers::load(sources).unwrap().config().listen.to_string();
    assert_eq!(listen(&sources), "127.0.0.1:2");
    sources.environment.push(("SERVER_PORT".into(), "3".into()));
    assert_eq!(listen(&sources), "127.0.0.1:3");
    sources
        .environment
        .push(("EKIBEN_LISTEN".into(), "127.0.0.1:4".into()));
    assert_eq!(listen(&sources), "127.0.0.1:4");
    sources
        .flags
        .push(("--listen", "listen", "127.0.0.1:5".into()));
    assert_eq!(listen(&sources), "127.0.0.1:5");
    assert_eq!(Layers::load(&sources).unwrap().config().worker_threads, 3);
}

#[test]
fn nested_settings_have_double_underscores_in_the_environment() {
    let layers = load(&[("EKIBEN_LIMITS__BODY_BYTES", "77")]).unwrap();
    assert_eq!(layers.config().limits.body_bytes, 77);
}

#[test]
fn apps_are_a_list_or_separated_by_commas() {
    let apps = |text| {
        load(&[("EKIBEN_APPS", text)])
            .unwrap()
            .config()
            .apps
            .clone()
    };
    assert_eq!(apps("isuumo"), ["isuumo"]);
    assert_eq!(apps("isuumo, people"), ["isuumo", "people"]);
    assert_eq!(apps("[isuumo, people]"), ["isuumo", "people"]);
}

#[test]
fn origins_are_a_list_or_separated_by_commas_and_are_checked() {
    let key = "EKIBEN_HTTP__CORS_ORIGINS";
    let origins =
        |text| load(&[(key, text)]).map(|layers| layers.config().http.cors_origins.clone());
    let expected = ["https://a.example", "http://localhost:3000"];
    assert_eq!(
        origins("https://a.example, http://localhost:3000").unwrap(),
        expected
    );
    assert!(origins("").unwrap().is_empty());
    let said = origins("https://a.example/").unwrap_err().to_string();
    assert!(
        said.starts_with(&format!(
            "setting `http.cors_origins` in environment variable {key}: "
        )),
        "{said}"
    );
}

#[test]
fn trusted_proxies_are_a_list_or_separated_by_commas_and_are_checked() {
    let key = "EKIBEN_HTTP__TRUSTED_PROXIES";
    let proxies =
        |text| load(&[(key, text)]).map(|layers| layers.config().http.trusted_proxies.clone());
    let expected = ["10.0.0.0/8", "2001:db8::1/128"].map(|network| network.parse().unwrap());
    assert_eq!(proxies("10.0.0.0/8, 2001:db8::1").unwrap(), expected);
    assert_eq!(
        proxies(r#"["10.0.0.0/8", "2001:db8::1"]"#).unwrap(),
        expected
    );
    assert!(proxies("").unwrap().is_empty());
    let said = proxies("10.0.0.0/8, proxy").unwrap_err().to_string();
    assert_eq!(
        said,
        format!(
            "setting `http.trusted_proxies` in environment variable {key}: \"proxy\" is neither an \
             IP address nor a network like 10.0.0.0/8"
        )
    );
}

#[test]
fn the_rate_of_a_client_is_none_or_a_sensible_one() {
    let key = "EKIBEN_LIMITS__CLIENT_REQUESTS_PER_SECOND";
    let rate = |text| {
        let layers = load(&[(key, text)])?;
        Ok::<_, ConfigError>(layers.config().limits.client_requests_per_second)
    };
    for (text, expected) in [("0", 0.0), ("20", 20.0), ("0.5", 0.5)] {
        assert_eq!(rate(text).unwrap(), expected);
    }
    for text in ["-1", "0.0001", "1e9", "nan", "inf"] {
        let said = rate(text).unwrap_err().to_string();
        assert!(
            said.contains(&format!("in environment variable {key}: ")),
            "{said}"
        );
    }
}

#[test]
fn unknown_keys_are_errors_that_name_key_and_source() {
    assert_eq!(
        message(&[("EKIBEN_LISTENN", "x")]),
        "unknown setting `listenn` in environment variable EKIBEN_LISTENN"
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("my.toml");
    std::fs::write(&file, "[limits]\nbody = 1\n").unwrap();
    let sources = Sources {
        file: Some(file.clone()),
        ..Sources::default()
    };
    let message = Layers::load(&sources).unwrap_err().to_string();
    assert_eq!(
        message,
        format!("unknown setting `limits.body` in {}", file.display())
    );
}

#[test]
fn variables_that_kubernetes_sets_for_services_are_no_settings() {
    let layers = load(&[
        ("EKIBEN_PORT", "tcp://10.0.0.1:1323"),
        ("EKIBEN_PORT_1323_TCP_ADDR", "10.0.0.1"),
        ("EKIBEN_SERVICE_HOST", "10.0.0.1"),
        ("EKIBEN_SERVICE_PORT_HTTP", "1323"),
        ("SERVER_PORT", "tcp://10.0.0.2:80"),
    ]);
    assert_eq!(*layers.unwrap().config(), Config::default());
}

#[test]
fn bad_values_are_errors_that_name_key_and_source() {
    let said = message(&[("EKIBEN_LIMITS__BODY_BYTES", "many")]);
    assert!(
        said.starts_with(
            "setting `limits.body_bytes` in environment variable EKIBEN_LIMITS__BODY_BYTES: "
        ),
        "{said}"
    );
    let said = message(&[("SERVER_PORT", "http")]);
    assert_eq!(
        said,
        "setting `listen` in environment variable SERVER_PORT: \"http\" is not a port"
    );
    let said = message(&[("EKIBEN_STORE__WRITE_BATCH", "0")]);
    assert_eq!(
        said,
        "setting `store.write_batch` in environment variable EKIBEN_STORE__WRITE_BATCH: must be at \
         least 1"
    );
    let said = message(&[("EKIBEN_MODE", "leader")]);
    assert!(
        said.starts_with("setting `mode` in environment variable EKIBEN_MODE: "),
        "{said}"
    );
}

#[test]
fn a_broken_or_missing_file_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("broken.toml");
    std::fs::write(&file, "listen = \n").unwrap();
    let broken = Sources {
        file: Some(file),
        ..Sources::default()
    };
    let said = Layers::load(&broken).unwrap_err().to_string();
    assert!(said.contains("broken.toml"), "{said}");
    let missing = Sources {
        file: Some(folder.path().join("none.toml")),
        ..Sources::default()
    };
    let said = Layers::load(&missing).unwrap_err().to_string();
    assert!(said.contains("none.toml"), "{said}");
}

#[test]
fn what_is_printed_is_a_configuration_file_with_origins() {
    let layers = load(&[("EKIBEN_WORKER_THREADS", "4")]).unwrap();
    let text = print(&layers).unwrap();
    let line = text
        .lines()
        .find(|line| line.starts_with("worker_threads"))
        .unwrap();
    assert!(
        line.ends_with("# environment variable EKIBEN_WORKER_THREADS"),
        "{line}"
    );
    assert!(text.contains("# the defaults"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("printed.toml");
    std::fs::write(&file, &text).unwrap();
    let again = Layers::load(&Sources {
        file: Some(file),
        ..Sources::default()
    })
    .unwrap();
    assert_eq!(again.config(), layers.config());
}
