//! Clients as others write them, against the real binary: Python's and Node's send all of a body before they
//! look for an answer. Skipped where neither is installed.

use std::net::SocketAddr;
use std::process::Command;

use crate::support::binary::Process;
use crate::support::data_folder;
use crate::support::dataset::Dataset;

/// `KIND HOST PATH TYPE BYTES`; prints what is answered.
const PYTHON: &str = r#"
import http.client, sys, urllib.error, urllib.request
kind, host, path, media_type, length = sys.argv[1:]
body, headers = b"x" * int(length), {"Content-Type": media_type}
if kind == "urllib":
    request = urllib.request.Request(f"http://{host}{path}", body, headers)
    try:
        print(urllib.request.urlopen(request).status)
    except urllib.error.HTTPError as error:
        print(error.code, error.read().decode())
else:
    sent = body
    if kind == "chunked":
        sent = (body[i : i + 65536] for i in range(0, len(body), 65536))
    connection = http.client.HTTPConnection(host)
    connection.request("POST", path, sent, headers)
    response = connection.getresponse()
    print(response.status, response.read().decode())
"#;

/// The same.
const NODE: &str = r#"
const [kind, host, path, type, length] = process.argv.slice(1);
const body = Buffer.alloc(Number(length), "x");
const url = `http://${host}${path}`, headers = { "Content-Type": type };
const print = (status, text) => console.log(`${status} ${text}`);
if (kind === "fetch") {
  fetch(url, { method: "POST", headers, body }).then(async (r) => print(r.status, await r.text()));
} else {
  if (kind !== "chunked") headers["Content-Length"] = body.length;
  const request = require("node:http").request(url, { method: "POST", headers }, (response) => {
    let text = "";
    response.on("data", (data) => { text += data; });
    response.on("end", () => print(response.statusCode, text));
  });
  for (let at = 0; at < body.length; at += 65536) request.write(body.subarray(at, at + 65536));
  request.end();
}
"#;

/// A program that runs a script, with the ways that it has to send a body.
struct Language {
    program: &'static str,
    flag: &'static str,
    script: &'static str,
    kinds: [&'static str; 3],
}

const LANGUAGES: [Language; 2] = [
    Language {
        program: "python3",
        flag: "-c",
        script: PYTHON,
        kinds: ["http", "chunked", "urllib"],
    },
    Language {
        program: "node",
        flag: "-e",
        script: NODE,
        kinds: ["http", "chunked", "fetch"],
    },
];

impl Language {
    fn is_installed(&self) -> bool {
        let version = Command::new(self.program).arg("--version").output();
        version.is_ok_and(|done| done.status.success())
    }

    /// What is answered to a body of so many bytes.
    fn says(&self, kind: &str, address: SocketAddr, request: (&str, &str, usize)) -> String {
        let (path, media_type, bytes) = request;
        let mut command = Command::new(self.program);
        command.args([self.flag, self.script]);
        command.args([kind, &address.to_string(), path, media_type]);
        let done = command.arg(bytes.to_string()).output().unwrap();
        let (out, error) = (
            String::from_utf8_lossy(&done.stdout),
            String::from_utf8_lossy(&done.stderr),
        );
        format!("{out}{error}")
    }
}

/// Trust 12: they read why, and meet no broken pipe.
#[test]
fn python_and_node_read_why_a_body_is_refused() {
    let folder = data_folder::baked_folder(&Dataset::tiny());
    let server = Process::start(folder.path(), &[]);
    let form = "multipart/form-data; boundary=X";
    for language in LANGUAGES {
        if !language.is_installed() {
            eprintln!("skipped: {} is not installed", language.program);
            continue;
        }
        for kind in language.kinds {
            for (request, status) in [
                (("/api/chair/buy/1", "application/json", 3_000_000), "413"),
                (("/api/chair/buy/1", "application/json", 40_000_000), "413"),
                (("/api/estate", form, 40_000_000), "413"),
                (("/nothing", "text/plain", 20_000_000), "404"),
            ] {
                let said = language.says(kind, server.address, request);
                let context = format!("{} {kind} {request:?}: {said}", language.program);
                assert!(said.starts_with(status), "{context}");
                assert!(said.contains("\"detail\":"), "{context}");
            }
        }
    }
}
