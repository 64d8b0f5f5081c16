//! The load harness: how near each endpoint comes to the fastest answer that its server can give.
//!
//! `cargo bench --bench load`; docs/performance.md has the method and the newest table. The server is
//! this program once more (`ceiling.rs`): the library's routes and, beside them, prebuilt bodies. It
//! must not assert speeds: it measures, people and `--compare` judge.
//!
//! # Layout
//! - `arguments`: the command line
//! - `client`, `connection`, `exchange`: the closed loop over many connections; one request at a time
//! - `ceiling`: the server with prebuilt bodies; `server`: child processes, their time and memory
//! - `source`, `workload`: the data, and the requests made from it
//! - `packed`: clients that accept an encoding; `beside`: a static file server in the same rounds
//! - `reads`, `writes`, `overload`, `footprint`: what is measured; `blog`, `drill`: all of
//!   these apps'
//! - `soak`, `slow_clients`: honest clients beside many that keep the server waiting
//! - `results`, `table`, `compare`: figures, for machines and for people
//! - `machine`: what all this runs on, and pinning

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints"
)]
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark may stop at anything unexpected"
)]

mod arguments;
mod beside;
mod blog;
mod ceiling;
mod client;
mod compare;
mod connection;
mod drill;
mod exchange;
mod footprint;
mod machine;
mod overload;
mod packed;
mod reads;
mod results;
mod server;
mod slow_clients;
mod soak;
mod source;
mod table;
mod workload;
mod writes;

use clap::Parser as _;

use arguments::Arguments;
use beside::Beside;
use blog::Blog;
use client::Client;
use drill::Drill;
use machine::{Cores, Machine};
use results::{Figure, Results};
use server::Server;
use source::Source;
use workload::Endpoint;

fn main() {
    let arguments = Arguments::parse();
    if arguments.serve_ceiling {
        return ceiling::serve();
    }
    if let [old, new] = &arguments.compare[..] {
        let (old, new) = (Results::read(old), Results::read(new));
        println!("{}", compare::compare(&old, &new));
        return;
    }
    if let Some(time) = arguments.soak() {
        let folder = tempfile::tempdir().unwrap();
        footprint::baked_file(&arguments, folder.path());
        soak::soak(&Cores::pin_client(), folder.path(), time);
        return;
    }
    let results = measure(&arguments);
    println!("{}", table::markdown(&results));
    if let Some(file) = &arguments.json {
        results.write(file);
    }
}

fn measure(arguments: &Arguments) -> Results {
    let folder = tempfile::tempdir().unwrap();
    let baked = footprint::baked_file(arguments, folder.path());
    let source = Source::read(&baked);
    let mut figures = Vec::new();
    // Before this process pins itself: a child inherits that.
    if arguments.wants("start") {
        figures.extend(footprint::starts(folder.path(), arguments.file.is_some()));
    }
    let cores = Cores::pin_client();
    if arguments.wants("size") {
        figures.extend(footprint::sizes(&baked));
    }
    let wants_drill = Drill::is_wanted(arguments);
    if wants_drill {
        Drill::prepare(&baked);
    }
    let server = Server::with_ceiling(&cores, folder.path(), &baked, "full");
    let mut client = Client::connect(server.address, arguments.connections);
    let endpoints = Endpoint::all(&source, server.address);
    let people = Endpoint::of_people(&source);
    let blog = Blog::is_wanted(arguments).then(|| Blog::with(&baked, &server));
    let of_blog = blog.as_ref().map(Blog::reads).unwrap_or_default();
    let drill = wants_drill.then(|| Drill::with(&baked, &server));
    let of_drill = drill.as_ref().map(Drill::reads).unwrap_or_default();
    let mut beside = arguments.beside.as_ref().map(|url| {
        let files = arguments.beside_files.clone();
        Beside::at(url, files, arguments.connections)
    });
    let reads = endpoints
        .iter()
        .chain(&people)
        .chain(&of_blog)
        .chain(&of_drill)
        .filter(|endpoint| arguments.wants(endpoint.name))
        .map(|endpoint| reads::measure(&server, &mut client, beside.as_mut(), endpoint, arguments))
        .collect();
    figures.extend(other_figures(
        arguments,
        &server,
        &mut client,
        &source,
        &endpoints,
    ));
    if let Some(blog) = &blog {
        figures.extend(blog.others(&server, arguments));
    }
    if let Some(drill) = &drill {
        figures.extend(drill.others(&server, arguments));
    }
    drop(client);
    drop(server);
    figures.extend(separate_servers(
        arguments,
        &cores,
        folder.path(),
        &source,
        &endpoints,
    ));
    Results {
        machine: Machine::this(&cores),
        settings: arguments.settings(),
        reads,
        figures,
    }
}

/// What else is asked of the server that the reads were asked of.
fn other_figures(
    arguments: &Arguments,
    server: &Server,
    client: &mut Client,
    source: &Source,
    endpoints: &[Endpoint],
) -> Vec<Figure> {
    let mut figures = Vec::new();
    if arguments.wants("buy") {
        figures.extend(writes::buys(
            server,
            client,
            source,
            arguments,
            writes::FULL,
        ));
    }
    if arguments.wants("mixed") {
        figures.extend(writes::mixed(server, client, source, endpoints, arguments));
    }
    if arguments.wants("overload") {
        figures.extend(overload::measure(server));
    }
    figures
}

/// What needs a server of its own: other settings, or the real binary.
fn separate_servers(
    arguments: &Arguments,
    cores: &Cores,
    folder: &std::path::Path,
    source: &Source,
    endpoints: &[Endpoint],
) -> Vec<Figure> {
    let mut figures = Vec::new();
    if arguments.wants("buy") {
        let server = Server::with_ceiling(cores, folder, &source.file, "normal");
        let mut client = Client::connect(server.address, arguments.connections);
        let bought = writes::buys(&server, &mut client, source, arguments, writes::NORMAL);
        figures.extend(bought);
        figures.push(writes::disk_syncs(folder));
    }
    if arguments.wants("memory") {
        let server = Server::binary(cores, folder);
        figures.extend(footprint::memory(&server, endpoints, arguments));
    }
    figures
}
