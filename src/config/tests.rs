//! Tests of the layers: precedence, origins, errors. No real environment is touched.

mod addresses;

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

/// Trust 36: a layer may give the address, the port or both, in the file, the environment and flags alike.
#[test]
fn a_layer_completes_where_the_layers_below_listen() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ekiben.toml");
    let listen = |in_file: &str, variables: &[(&str, &str)], flag: &str| {
        let mut sources = sources(variables);
        std::fs::write(&file, in_file).unwrap();
        sources.file = Some(file.clone());
        if !flag.is_empty() {
            sources.flags.push(("--listen", "listen", flag.into()));
        }
        Layers::load(&sources).map(|layers| layers.config().listen.to_string())
    };
    let variable = "EKIBEN_LISTEN";
    for (in_file, variables, flag, expected) in [
        ("", &[][..], "", "127.0.0.1:1323"),
        ("listen = 80", &[], "", "127.0.0.1:80"),
        ("listen = \"localhost:80\"", &[], "", "127.0.0.1:80"),
        ("listen = \":80\"", &[], "", "0.0.0.0:80"),
        ("listen = \":80\"", &[(variable, "81")], "", "0.0.0.0:81"),
        ("listen = \":80\"", &[(variable, "[::1]")], "", "[::1]:80"),
        ("", &[(variable, ":82")], "83", "0.0.0.0:83"),
        ("", &[(variable, "localhost:82")], "*", "0.0.0.0:82"),
        // A platform asks from outside, the image leaves the port to it, and who names an address means it.
        ("", &[("PORT", "8080")], "", "0.0.0.0:8080"),
        (
            "",
            &[("PORT", "8080"), (variable, "0.0.0.0")],
            "",
            "0.0.0.0:8080",
        ),
        (
            "",
            &[("PORT", "8080"), (variable, "localhost")],
            "",
            "127.0.0.1:8080",
        ),
        ("listen = 80", &[("PORT", "8080")], "", "0.0.0.0:8080"),
        (
            "listen = \"[::1]:80\"",
            &[("PORT", "8080")],
            "",
            "[::1]:8080",
        ),
        ("", &[("PORT", "8080")], "9090", "0.0.0.0:9090"),
    ] {
        assert_eq!(listen(in_file, variables, flag).unwrap(), expected);
    }
    for (in_file, at) in [
        ("listen = 65536", "`listen`"),
        ("listen = true", "`listen`"),
        ("listen = [\"localhost:1\"]", "`listen`"),
        ("admin.listen = \"localhost:x\"", "`admin.listen`"),
    ] {
        let said = listen(in_file, &[], "").unwrap_err().to_string();
        let names_place = said.starts_with("setting ") && said.contains("ekiben.toml: ");
        assert!(names_place && said.contains(at), "{said}");
    }
    let admin = |text| {
        let layers = load(&[("EKIBEN_ADMIN__LISTEN", text)]).unwrap();
        layers
            .config()
            .admin
            .listen
            .map(|address| address.to_string())
    };
    assert_eq!(admin("localhost:80").as_deref(), Some("127.0.0.1:80"));
    assert_eq!(admin("81").as_deref(), Some("127.0.0.1:81"));
    assert_eq!(admin("off"), None);
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
    let links = [
        ("EKIBEN_PORT", "tcp://10.0.0.1:1323"),
        ("EKIBEN_PRIMARY_PORT_1323_TCP_ADDR", "10.0.0.1"),
        ("EKIBEN_ADMIN_SERVICE_HOST", "10.0.0.1"),
        ("EKIBEN_CONFIG_PORT", "tcp://10.0.0.1:1323"),
        ("EKIBEN_DATA_SERVICE_PORT_HTTP", "1323"),
        ("SERVER_PORT", "tcp://10.0.0.2:80"),
    ];
    let layers = load(&links).unwrap();
    assert_eq!(*layers.config(), Config::default());
    assert_eq!(layers.ignored_variables(), links.map(|(name, _)| name));
}

#[test]
fn empty_variables_count_as_unset() {
    let empty = [
        ("PORT", ""),
        ("SERVER_PORT", ""),
        ("EKIBEN_MODE", ""),
        ("EKIBEN_WORKER_THREADS", ""),
        ("EKIBEN_ADMIN__TOKEN", ""),
        ("EKIBEN_ADMIN__TOKEN_FILE", ""),
        ("EKIBEN_NONSENSE", ""),
    ];
    assert_eq!(*load(&empty).unwrap().config(), Config::default());
}

/// What figment would take for numbers, for yes and no, and for more.
const TEXTS: &[&str] = &[
    "123456",
    "-1",
    "true",
    "1e3",
    "1.5",
    "\"quoted\"",
    "'q'",
    "[a, b]",
    "{a=1}",
    " padded ",
    "日本",
];

#[test]
fn text_settings_are_read_as_text() {
    for &text in TEXTS {
        let layers = load(&[("EKIBEN_DATA_DIR", text)]).unwrap();
        assert_eq!(layers.config().data_dir.to_str(), Some(text));
    }
    let layers = load(&[("EKIBEN_APPS", "[2024, \"true\"]")]).unwrap();
    assert_eq!(layers.config().apps, ["2024", "true"]);
}

/// The token of a configuration is `expected`, and nothing that is shown of it holds it.
#[track_caller]
fn assert_token(layers: &Layers, expected: &str) {
    let token = &layers.config().admin.token;
    assert!(token.matches(expected.as_bytes()), "{expected}");
    let shown = [
        print(layers).unwrap(),
        format!("{layers:?}"),
        format!("{:?}", layers.section("isuumo")),
    ];
    // A short one may be a part of other words.
    let is_word = expected.len() > 4;
    for shown in shown {
        assert!(!is_word || !shown.contains(expected), "{shown}");
    }
}

#[test]
fn secrets_are_read_as_text_and_never_shown() {
    for &text in TEXTS {
        let layers = load(&[("EKIBEN_ADMIN__TOKEN", text)]).unwrap();
        assert_token(&layers, text);
        let line = "# token is set, and not shown";
        let printed = print(&layers).unwrap();
        let line = printed
            .lines()
            .find(|found| found.starts_with(line))
            .unwrap();
        assert!(
            line.ends_with("# environment variable EKIBEN_ADMIN__TOKEN"),
            "{line}"
        );
    }
}

/// The error of a configuration file with that text, which must not show `s3cret` or `123456`.
#[track_caller]
fn error_of_file(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ekiben.toml");
    std::fs::write(&file, text).unwrap();
    let sources = Sources {
        file: Some(file),
        ..Sources::default()
    };
    let said = Layers::load(&sources).unwrap_err().to_string();
    assert!(
        !said.contains("s3cret") && !said.contains("123456"),
        "{said}"
    );
    said
}

#[test]
fn no_error_shows_a_secret() {
    for text in [
        "[admin]\ntoken = 123456\n",
        "[admin]\ntoken = [\"s3cret\"]\n",
        "[admin]\ntoken = true\nlisten = \"off\"\n",
    ] {
        let said = error_of_file(text);
        assert!(said.starts_with("setting `admin.token` in "), "{said}");
        assert!(said.ends_with(": must be text in quotes"), "{said}");
    }
    let broken = error_of_file("[admin]\ntoken = \"s3cret\n");
    assert!(broken.contains("line 2: "), "{broken}");
    let unquoted = error_of_file("\n[admin]\ntoken = s3cret\n");
    assert!(unquoted.contains("line 3: "), "{unquoted}");
    for text in [
        "admin = \"s3cret\"\n",
        "[admin.token]\nvalue = \"s3cret\"\n",
    ] {
        let said = error_of_file(text);
        assert!(said.starts_with("setting `admin"), "{said}");
    }
    let placeholder = error_of_file("[admin]\ntoken = \"(hidden)\"\n");
    assert!(placeholder.contains("`admin.token`"), "{placeholder}");
    let said = message(&[("EKIBEN_ADMIN", "{token=s3cret}")]);
    assert!(!said.contains("s3cret"), "{said}");
}

#[test]
fn a_secret_can_be_read_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let path = path.to_str().unwrap();
    let key = "EKIBEN_ADMIN__TOKEN_FILE";
    for (content, secret) in [
        ("s3cret", "s3cret"),
        ("s3cret\n", "s3cret"),
        ("s3cret\r\n", "s3cret"),
        ("123456", "123456"),
        (" s3cret \n\n", " s3cret \n"),
    ] {
        std::fs::write(path, content).unwrap();
        let layers = load(&[(key, path)]).unwrap();
        assert_token(&layers, secret);
        assert_eq!(layers.origin("admin.token"), format!("file {path}"));
        let printed = print(&layers).unwrap();
        assert!(
            printed.contains(&format!("\ntoken_file = \"{path}\" ")),
            "{printed}"
        );
    }
    let said = message(&[(key, path), ("EKIBEN_ADMIN__TOKEN", "other")]);
    assert_eq!(
        said,
        format!(
            "setting `admin.token` in environment variable EKIBEN_ADMIN__TOKEN: `admin.token_file` is \
             given too, in environment variable {key}; keep one of the two"
        )
    );
    for (content, reason) in [
        (&b""[..], "is empty"),
        (b"\n", "is empty"),
        (b"(hidden)\n", "stands for a secret"),
        (b"s3cret\xff", "is not UTF-8 text"),
        (&[b'a'; 64 * 1024 + 1], "is larger than 64 KiB"),
    ] {
        std::fs::write(path, content).unwrap();
        let said = message(&[(key, path)]);
        assert!(said.contains(path) && said.contains(reason), "{said}");
        assert!(said.starts_with("setting `admin.token_file` in "), "{said}");
    }
    let missing = message(&[(key, "none/token")]);
    assert!(missing.contains("cannot read none/token: "), "{missing}");
    let number = error_of_file("[admin]\ntoken_file = 5\n");
    assert!(number.ends_with("must be a path in quotes"), "{number}");
}

/// Settings of an app with a secret that is not called "token".
#[derive(serde::Serialize, serde::Deserialize)]
struct AppWithKey {
    key: Secret,
    size: u32,
}

#[test]
fn a_secret_is_known_by_its_type() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, "0123\n").unwrap();
    let defaults = dictionary(&AppWithKey {
        key: Secret::default(),
        size: 1,
    });
    let mut sources = sources(&[("EKIBEN_SHOP__KEY_FILE", path.to_str().unwrap())]);
    sources.app_defaults.insert("shop".to_owned(), defaults);
    let layers = Layers::load(&sources).unwrap();
    let settings: AppWithKey = layers.section("shop").extract().unwrap();
    assert!(settings.key.matches(b"0123") && settings.size == 1);
    let printed = print(&layers).unwrap();
    assert!(
        printed.contains("\n# key is set, and not shown"),
        "{printed}"
    );
}

#[test]
fn the_public_url_is_checked() {
    let key = "EKIBEN_SITE__PUBLIC_URL";
    let layers = load(&[(key, "https://shop.example/en/")]).unwrap();
    let url = layers.config().site.public_url.clone().unwrap();
    assert_eq!(url.to_string(), "https://shop.example/en");
    assert!(
        print(&layers)
            .unwrap()
            .contains("public_url = \"https://shop.example/en/\" ")
    );
    let said = message(&[(key, "https://shop.example/?a")]);
    assert!(
        said.starts_with(&format!(
            "setting `site.public_url` in environment variable {key}: "
        )),
        "{said}"
    );
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
    let said = message(&[("EKIBEN_LOG__FILTER", "loud")]);
    assert_eq!(
        said,
        "setting `log.filter` in environment variable EKIBEN_LOG__FILTER: \"loud\" is neither LEVEL \
         nor TARGET=LEVEL"
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

/// What does not fit in a list is the list's: the message says where that is.
#[test]
fn an_error_in_a_list_names_the_layer_of_the_list() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ekiben.toml");
    std::fs::write(&file, "[shop]\ntables = [\"a\", 7]\n").unwrap();
    let mut sources = sources(&[]);
    let section = figment::value::Dict::from([("tables".into(), Vec::<String>::new().into())]);
    sources.app_defaults.insert("shop".into(), section);
    sources.file = Some(file.clone());
    #[derive(Debug, serde::Deserialize)]
    struct ShopSection {
        #[expect(dead_code, reason = "only read")]
        tables: Vec<String>,
    }
    let layers = Layers::load(&sources);
    let error = layers.unwrap().section("shop").extract::<ShopSection>();
    let said = error.unwrap_err().to_string();
    assert!(said.contains("shop.tables.1"), "{said}");
    assert!(said.contains(&file.display().to_string()), "{said}");
}
