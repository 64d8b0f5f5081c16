//! Settings through the real binary: secrets that are never shown, variables that are ignored, which app
//! is meant, and what is refused before anything is done.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::support::binary::{Finished, Process, ekiben, finish, run};
use crate::support::data_folder::{baked_folder, names};
use crate::support::dataset::Dataset;
use crate::support::raw_socket::RawSocket;

/// Runs the binary with these variables.
fn run_with(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Finished {
    let mut command = ekiben(folder);
    command.args(arguments).envs(variables.iter().copied());
    finish(&command.output().unwrap())
}

const PRINT: &[&str] = &["serve", "--print-config"];

#[test]
fn a_secret_is_never_shown_whatever_it_looks_like() {
    let folder = TempDir::new().unwrap();
    for token in ["123456", "true", "1e3", "\"quoted\"", "{a=1}", "s3cret"] {
        let printed = run_with(folder.path(), &[("EKIBEN_ADMIN__TOKEN", token)], PRINT);
        printed
            .exits(0)
            .says("\n# token is set, and not shown ")
            .says("# environment variable EKIBEN_ADMIN__TOKEN\n");
        assert!(!printed.stdout.contains("\ntoken ="), "{}", printed.stdout);
        let is_word = token.len() > 4;
        assert!(!is_word || !printed.stdout.contains(token), "{token}");
    }
    for file in ["[admin]\ntoken = 123456\n", "[admin]\ntoken = \"123456\n"] {
        fs::write(folder.path().join("ekiben.toml"), file).unwrap();
        let refused = run(folder.path(), PRINT);
        refused.exits(3).says("ekiben.toml");
        assert!(!refused.stderr.contains("123456"), "{}", refused.stderr);
    }
}

/// Trust 8: in a cgroup of 256 MB `serve` has the defaults of a small machine, and what is set stays.
#[test]
fn a_cgroup_of_little_memory_has_small_defaults() {
    const CGROUPS: &str = "mount -t tmpfs tmpfs /sys/fs/cgroup && cd /sys/fs/cgroup && mkdir memory \
         && echo 268435456 | tee memory.max > memory/memory.limit_in_bytes && cd \"$OLDPWD\"";
    let folder = TempDir::new().unwrap();
    let within = |script: &str| {
        let script = format!("{CGROUPS} && {script}");
        let mut command = Command::new("unshare");
        command.args(["--mount", "--map-root-user", "sh", "-c", &script]);
        command
            .arg(env!("CARGO_BIN_EXE_ekiben"))
            .current_dir(folder.path());
        command.output().unwrap()
    };
    if !within("true").status.success() {
        assert!(
            std::env::var_os("CI").is_none(),
            "CI must be able to mount a tmpfs"
        );
        eprintln!("skipped: no mount namespace is to be had here");
        return;
    }
    let printed = finish(&within("exec \"$0\" serve --print-config"));
    printed
        .exits(0)
        .says("\nconnections = 2048 ")
        .says("\narriving_bodies = 2048 ")
        .says("\nbuffered_bytes = 33554432 ");
    let set = "EKIBEN_LIMITS__CONNECTIONS=5000 exec \"$0\" serve --print-config";
    finish(&within(set)).exits(0).says("\nconnections = 5000 ");
}

#[test]
fn a_printed_configuration_holds_no_token() {
    let folder = TempDir::new().unwrap();
    let variables = [
        ("EKIBEN_ADMIN__LISTEN", "0.0.0.0:1"),
        ("EKIBEN_ADMIN__TOKEN", "s3cret"),
    ];
    let printed = run_with(folder.path(), &variables, PRINT);
    fs::write(folder.path().join("ekiben.toml"), &printed.exits(0).stdout).unwrap();
    run(folder.path(), PRINT)
        .exits(3)
        .says("only with admin.token");
    run_with(folder.path(), &variables[1..], PRINT).exits(0);
    let variables = [("EKIBEN_ADMIN__TOKEN", "(hidden)")];
    run_with(folder.path(), &variables, PRINT)
        .exits(3)
        .says("setting `admin.token` in environment variable EKIBEN_ADMIN__TOKEN: (hidden) ");
}

#[tokio::test]
async fn a_mounted_secret_opens_the_listener_for_operators() {
    let folder = baked_folder(&Dataset::tiny());
    fs::write(folder.path().join("token"), "123456\n").unwrap();
    let settings = "[admin]\nlisten = \"127.0.0.1:0\"\ntoken_file = \"token\"\n";
    fs::write(folder.path().join("ekiben.toml"), settings).unwrap();
    let server = Process::start(folder.path(), &[]);
    let admin = server.admin.unwrap();
    for (token, status) in [("123456", 200), ("123457", 401), ("token", 401)] {
        let request = format!(
            "GET /livez HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n"
        );
        let mut socket = RawSocket::connect(admin).await;
        socket.send(request).await;
        let answer = socket.rest().await;
        let expected = format!("HTTP/1.1 {status} ");
        assert!(answer.starts_with(&expected), "{token}: {answer}");
    }
    drop(server);
    let variables = [("EKIBEN_ADMIN__TOKEN", "s3cret")];
    let both = run_with(folder.path(), &variables, PRINT);
    both.exits(3).says("`admin.token_file` is given too, in ");
    assert!(!both.stderr.contains("s3cret"));
    fs::remove_file(folder.path().join("token")).unwrap();
    run(folder.path(), &["serve"])
        .exits(3)
        .says("setting `admin.token_file` in ")
        .says("cannot read token: ");
}

/// What Kubernetes sets for a Service with that name in capitals.
fn service_links(name: &str) -> Vec<(String, String)> {
    [
        ("SERVICE_HOST", "10.0.0.1"),
        ("SERVICE_PORT", "1323"),
        ("SERVICE_PORT_HTTP", "1323"),
        ("PORT", "tcp://10.0.0.1:1323"),
        ("PORT_1323_TCP", "tcp://10.0.0.1:1323"),
        ("PORT_1323_TCP_PROTO", "tcp"),
        ("PORT_1323_TCP_PORT", "1323"),
        ("PORT_1323_TCP_ADDR", "10.0.0.1"),
    ]
    .map(|(rest, text)| (format!("{name}_{rest}"), text.to_owned()))
    .to_vec()
}

#[test]
fn variables_of_kubernetes_services_are_ignored_with_one_warning() {
    let folder = TempDir::new().unwrap();
    let services = ["EKIBEN", "EKIBEN_PRIMARY", "EKIBEN_ADMIN", "EKIBEN_DATA"];
    let links: Vec<_> = services.into_iter().flat_map(service_links).collect();
    let mut command = ekiben(folder.path());
    let output = command.args(PRINT).envs(links.iter().cloned()).output();
    let finished = finish(&output.unwrap());
    finished.exits(0);
    let warnings: Vec<_> = finished.stderr.lines().collect();
    let [warning] = warnings[..] else {
        panic!("not one warning: {}", finished.stderr);
    };
    for (name, _) in &links {
        assert!(
            warning.contains(name.as_str()),
            "{name} is not in {warning}"
        );
    }
    // A setting that is misspelt is still an error.
    run_with(folder.path(), &[("EKIBEN_PRIMARY_PORT", "1323")], PRINT)
        .exits(3)
        .says("unknown setting `primary_port`");
}

#[test]
fn empty_variables_count_as_unset() {
    let folder = TempDir::new().unwrap();
    let empty = [
        "PORT",
        "SERVER_PORT",
        "EKIBEN_CONFIG",
        "EKIBEN_LISTEN",
        "EKIBEN_APPS",
    ];
    let empty = empty.map(|name| (name, ""));
    let plain = run(folder.path(), PRINT);
    let with_empty = run_with(folder.path(), &empty, PRINT);
    assert_eq!(with_empty.exits(0).stdout, plain.exits(0).stdout);
    assert_eq!(with_empty.stderr, "");
}

/// A folder in which a primary of each app has left data.
fn folder_of_both_apps() -> TempDir {
    let folder = baked_folder(&Dataset::tiny());
    let people = [("EKIBEN_APPS", "people")];
    run(folder.path(), &["restore", "data/isuumo.sqlite"]).exits(0);
    run_with(folder.path(), &people, &["bake"])
        .exits(0)
        .says("data/people.sqlite: ");
    run_with(folder.path(), &people, &["restore", "data/people.sqlite"])
        .exits(0)
        .says("people, generation 1");
    folder
}

#[test]
fn commands_about_one_app_take_the_configured_one_or_ask() {
    let folder = folder_of_both_apps();
    let folder = folder.path();
    let people = [("EKIBEN_APPS", "people")];
    let both = [("EKIBEN_APPS", "isuumo,people")];
    run_with(folder, &people, &["backup", "backups/a.sqlite"])
        .exits(0)
        .says("people, generation 1");
    run_with(folder, &people, &["migrate", "--check"])
        .exits(0)
        .says("people: schema ");
    // The flag decides, whatever is configured.
    let flag = ["backup", "backups/b.sqlite", "--app", "people"];
    for variables in [&both[..], &[("EKIBEN_APPS", "isuumo")], &[]] {
        let replaced = [&flag[..], &["--replace"]].concat();
        run_with(folder, variables, &replaced)
            .exits(0)
            .says("people, generation 1");
    }
    let before = names(&folder.join("data"));
    for (arguments, several) in [
        (&["backup", "backups/c.sqlite"][..], "isuumo, people\n"),
        (&["restore", "data/people.sqlite"], "isuumo, people\n"),
        (&["bake"], "isuumo, people\n"),
        (
            &["backup", "backups/c.sqlite", "--app", "all"],
            "isuumo, people, conduit, english\n",
        ),
    ] {
        run_with(folder, &both, arguments)
            .exits(2)
            .says(&format!("names several: {several}"))
            .says("--app NAME");
    }
    run_with(folder, &[("EKIBEN_APPS", "none")], &["backup", "c.sqlite"])
        .exits(3)
        .says("setting `apps` in environment variable EKIBEN_APPS: there is no app \"none\"; the apps are: ");
    assert_eq!(names(&folder.join("data")), before);
    assert_eq!(names(&folder.join("backups")), ["a.sqlite", "b.sqlite"]);
}

#[test]
fn print_config_refuses_what_serve_refuses() {
    let folder = TempDir::new().unwrap();
    for (variable, text, said) in [
        ("EKIBEN_APPS", "none", "there is no app \"none\""),
        (
            "EKIBEN_LOG__FILTER",
            "loud",
            "\"loud\" is neither LEVEL nor TARGET=LEVEL",
        ),
        (
            "EKIBEN_ADMIN__LISTEN",
            "127.0.0.1:1",
            "is the address of `listen`, 127.0.0.1:1, too",
        ),
        (
            "EKIBEN_ISUUMO__MAX_PER_PAGE",
            "many",
            "setting `isuumo.max_per_page` in ",
        ),
        (
            "EKIBEN_SITE__PUBLIC_URL",
            "example.com",
            "must be a URL with http or https and a host",
        ),
    ] {
        let variables = [("EKIBEN_LISTEN", "127.0.0.1:1"), (variable, text)];
        let origin = format!("in environment variable {variable}: ");
        for arguments in [PRINT, &["serve"]] {
            run_with(folder.path(), &variables, arguments)
                .exits(3)
                .says(said)
                .says(&origin);
        }
    }
    assert!(names(folder.path()).is_empty(), "nothing was baked");
}

#[test]
fn a_taken_port_is_found_before_anything_is_baked() {
    let folder = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    run(folder.path(), &["serve", "--listen", &address])
        .exits(1)
        .says(&format!("cannot listen on {address}: "))
        .says("hint: Choose another port");
    let variables = [("EKIBEN_ADMIN__LISTEN", address.as_str())];
    run_with(
        folder.path(),
        &variables,
        &["serve", "--listen", "127.0.0.1:0"],
    )
    .exits(1)
    .says(&format!("cannot listen on {address} for operators: "));
    let variables = [("EKIBEN_METRICS__LISTEN", address.as_str())];
    run_with(
        folder.path(),
        &variables,
        &["serve", "--listen", "127.0.0.1:0"],
    )
    .exits(1)
    .says(&format!("cannot listen on {address} for metrics: "))
    .says("hint: Choose another metrics.listen, or \"off\".");
    assert!(names(folder.path()).is_empty(), "something was made");
}

/// Trust 26: a number that cannot work is an error, and not a process that never comes up.
#[test]
fn numbers_beyond_any_sense_are_refused() {
    let folder = TempDir::new().unwrap();
    for (variable, key, most) in [
        ("EKIBEN_WORKER_THREADS", "worker_threads", "1024"),
        ("EKIBEN_LIMITS__WORK_THREADS", "limits.work_threads", "1024"),
        (
            "EKIBEN_STORE__OFFLOADED_READERS",
            "store.offloaded_readers",
            "1024",
        ),
        ("EKIBEN_STORE__WRITE_QUEUE", "store.write_queue", "1000000"),
        ("EKIBEN_LIMITS__WORK_QUEUE", "limits.work_queue", "1000000"),
        (
            "EKIBEN_LIMITS__ANSWER_SECONDS",
            "limits.answer_seconds",
            "31536000",
        ),
    ] {
        let refused = run_with(folder.path(), &[(variable, "2000000000")], PRINT);
        let most = format!("must be at most {most}");
        refused.exits(3).says(key).says(variable).says(&most);
    }
}
