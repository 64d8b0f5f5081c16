//! What a newcomer sees first: the overview, and where a server listens.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::binary::{Process, ekiben, finish, run};
use crate::support::client::Client;
use crate::support::data_folder::{baked_folder, names as names_in};
use crate::support::dataset::Dataset;
use crate::support::terminal::on_terminal;

/// The names of all commands, as the help lists them.
pub(super) fn command_names(folder: &Path) -> Vec<String> {
    let help = run(folder, &["--help"]).stdout;
    let commands = help.split("Commands:\n").nth(1).unwrap();
    let commands = commands.lines().take_while(|line| !line.is_empty());
    let names: Vec<_> = commands
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect();
    assert!(names.len() > 9, "{names:?}");
    names
}

/// Trust 36: `ekiben` alone on a terminal says what it can do and how to go on.
#[test]
fn the_name_alone_prints_an_overview_on_a_terminal() {
    let folder = TempDir::new().unwrap();
    let (code, printed) = on_terminal(&mut ekiben(folder.path()), 100);
    assert_eq!(code, Some(0), "{printed}");
    for said in ["\n  ekiben serve  ", "\n  ekiben import shop.sql.gz -o "] {
        assert!(printed.contains(said), "no {said:?} in {printed}");
    }
    for name in command_names(folder.path()) {
        assert!(printed.contains(&format!("\n  {name} ")), "no {name}");
    }
    assert!(printed.lines().all(|line| line.chars().count() <= 80));
    assert!(names_in(folder.path()).is_empty(), "something was made");
}

/// Trust 36: a unit or a container that runs the name alone serves, and so do flags alone on a terminal.
#[test]
fn elsewhere_the_name_alone_serves() {
    let folder = TempDir::new().unwrap();
    let mut alone = ekiben(folder.path());
    let output = alone.env("EKIBEN_APPS", "none").output();
    finish(&output.unwrap()).exits(3).says("there is no app");
    let mut flags = ekiben(folder.path());
    let (code, printed) = on_terminal(flags.args(["--app", "none"]), 100);
    assert_eq!(code, Some(2), "{printed}");
    assert!(printed.contains("there is no app"), "{printed}");
}

/// Trust 36: nobody else can connect unless that was asked for, and the log says which it is.
#[test]
fn a_server_is_on_loopback_unless_told_otherwise() {
    let folder = baked_folder(&Dataset::tiny());
    let off = ("EKIBEN_ADMIN__LISTEN", "off");
    let started = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = ekiben(folder.path());
        command.arg("serve").args(arguments).env(off.0, off.1);
        Process::start_as(command.envs(variables.iter().copied()))
    };
    for (arguments, variables, ip) in [
        (&["--port", "0"][..], &[][..], "127.0.0.1"),
        (&["--listen", "0"], &[], "127.0.0.1"),
        (&["--listen", "localhost:0"], &[], "127.0.0.1"),
        (&["--listen", ":0"], &[], "0.0.0.0"),
        (&[], &[("PORT", "0")], "0.0.0.0"),
        // The container image's setting.
        (&["--port", "0"], &[("EKIBEN_LISTEN", "0.0.0.0")], "0.0.0.0"),
    ] {
        let server = started(arguments, variables);
        assert_eq!(server.address.ip().to_string(), ip, "{arguments:?}");
        let line: &Value = &server.listening;
        let said = line["message"].as_str().unwrap();
        let other = match ip {
            "127.0.0.1" => "for this machine only; for others: --listen 0.0.0.0:",
            _ => "on every IPv4 interface; for this machine only: --listen localhost:",
        };
        assert!(said.starts_with("listening on http://"), "{said}");
        assert!(said.contains(other), "{said}");
        let origin = line["origin"].as_str().unwrap();
        let expected = match (arguments, variables) {
            ([flag, _], _) => format!("flag {flag}"),
            (_, [(variable, _)]) => format!("environment variable {variable}"),
            _ => unreachable!(),
        };
        assert_eq!(origin, expected);
    }
}

/// Trust 36: where both kinds of addresses are wanted, one address takes them.
#[tokio::test]
async fn one_address_takes_ipv6_and_ipv4() {
    if TcpListener::bind("[::]:0").is_err() {
        eprintln!("skipped: there is no IPv6 here");
        return;
    }
    let folder = baked_folder(&Dataset::tiny());
    let mut command = ekiben(folder.path());
    command.args(["serve", "--listen", "[::]:0"]);
    let server = Process::start_as(command.env("EKIBEN_ADMIN__LISTEN", "off"));
    let said = server.listening["message"].as_str().unwrap();
    assert!(said.contains(", on every interface; "), "{said}");
    for ip in ["127.0.0.1", "::1"] {
        let address = SocketAddr::new(ip.parse().unwrap(), server.address.port());
        let mut client = Client::connect(address).await.unwrap();
        assert_eq!(client.get("/livez").await.unwrap().0, 200, "{ip}");
    }
}

/// Trust 36: what is no address is refused by name, with what to write.
#[test]
fn what_is_no_address_is_refused() {
    let folder = TempDir::new().unwrap();
    for text in ["example.org:80", "http://localhost:1323", "65536", ""] {
        run(folder.path(), &["serve", "--listen", text])
            .exits(2)
            .says("--listen");
    }
    run(folder.path(), &["serve", "--listen", ":1", "--port", "2"])
        .exits(2)
        .says("cannot be used with");
}
