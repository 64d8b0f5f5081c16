//! The settings with their defaults. `ekiben.example.toml` documents them for users; a test keeps the
//! two equal.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::Limits;
use super::choices::{AddressHeader, Durability, LogFormat, Mode};
use super::limits::AT_LEAST_ONE;
use super::networks;
use super::origins;

/// Where the listener for operators is unless it is told otherwise.
pub const DEFAULT_ADMIN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 1324);

/// All settings but the apps' own sections.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// The apps to serve, by name, or `all`; an environment variable separates them by commas.
    #[serde(deserialize_with = "list_or_commas")]
    pub apps: Vec<String>,
    /// Primary (takes writes) or replica (read-only).
    pub mode: Mode,
    /// Where baked files are baked to and a primary keeps its copy.
    pub data_dir: PathBuf,
    /// Where baked files are; empty for `data_dir`.
    pub baked_dir: PathBuf,
    /// A folder that holds `APP/*.sql` instead of the built-in schemas; empty for those.
    pub schema_dir: PathBuf,
    /// A folder that holds `APP/` with dumps instead of the built-in datasets; empty for those.
    pub dataset_dir: PathBuf,
    /// Threads that serve requests; 0 for one a core.
    pub worker_threads: usize,
    /// What happens after a stop signal.
    pub shutdown: Shutdown,
    /// The listener for operators.
    pub admin: Admin,
    /// What a client may ask for.
    pub limits: Limits,
    /// How answers go out.
    pub http: Http,
    /// How data is read and written.
    pub store: Store,
    /// What is logged, and how.
    pub log: Log,
}

/// What happens after a stop signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shutdown {
    /// Seconds for which requests are still taken while `/readyz` says no, so that load balancers
    /// notice.
    pub delay_seconds: u64,
    /// Seconds that running requests then get to finish.
    pub timeout_seconds: u64,
}

/// The listener for operators: metrics and reload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admin {
    /// Address and port, never the public one; `off` for none.
    #[serde(with = "address_or_off")]
    pub listen: Option<SocketAddr>,
    /// What `Authorization: Bearer` must hold; empty for nobody asks. Required beyond loopback.
    pub token: String,
}

/// How answers go out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Http {
    /// Compress with gzip or zstd for clients that accept it.
    pub compression: bool,
    /// Answers below this size are not worth compressing.
    pub compress_above_bytes: u16,
    /// Origins whose pages may call from a browser; `*` for any. A variable separates them by commas.
    #[serde(deserialize_with = "list_or_commas")]
    pub cors_origins: Vec<String>,
    /// Say in `Server-Timing` how long answers took.
    pub server_timing: bool,
    /// Proxies whose word on their client's address counts: addresses and networks.
    #[serde(with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// The header in which they give it.
    pub client_address_header: AddressHeader,
}

/// How data is read and written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Store {
    /// `full`: an answered write survives a power failure. `normal`: a crash of the process.
    pub durability: Durability,
    /// Long reads that run at once, on threads of their own; 0 for one a core.
    pub offloaded_readers: u32,
    /// Long reads that may wait for their turn; more are answered 503.
    pub read_queue: usize,
    /// Writes that may wait; more are answered 503.
    pub write_queue: usize,
    /// Writes that are committed together at most.
    pub write_batch: usize,
    /// Hours for which the answer to a write with an `Idempotency-Key` is kept; 0 to ignore the header.
    pub idempotency_hours: u32,
    /// Answers kept at most; beyond them the oldest go earlier.
    pub idempotency_answers: u32,
}

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// Levels by target: `LEVEL` and `TARGET=LEVEL`, separated by commas.
    pub filter: String,
    /// Text or JSON.
    pub format: LogFormat,
    /// SQL statements that take so long are logged with their plan; 0 for none.
    pub slow_query_milliseconds: u64,
}

impl Log {
    /// The time from which a statement is slow; `None` where none is.
    #[must_use]
    pub fn slow_query(&self) -> Option<Duration> {
        let time = Duration::from_millis(self.slow_query_milliseconds);
        (!time.is_zero()).then_some(time)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 1323),
            apps: vec!["isuumo".to_owned()],
            mode: Mode::Primary,
            data_dir: PathBuf::from("data"),
            baked_dir: PathBuf::new(),
            schema_dir: PathBuf::new(),
            dataset_dir: PathBuf::new(),
            worker_threads: 0,
            shutdown: Shutdown {
                delay_seconds: 0,
                timeout_seconds: 10,
            },
            admin: Admin {
                listen: Some(DEFAULT_ADMIN),
                token: String::new(),
            },
            limits: Limits::default(),
            http: Http {
                compression: true,
                compress_above_bytes: 1024,
                cors_origins: Vec::new(),
                server_timing: false,
                trusted_proxies: Vec::new(),
                client_address_header: AddressHeader::XForwardedFor,
            },
            store: Store {
                durability: Durability::Full,
                offloaded_readers: 0,
                read_queue: 16,
                write_queue: 1024,
                write_batch: 256,
                idempotency_hours: 24,
                idempotency_answers: 1_000_000,
            },
            log: Log {
                filter: "info,h2=error,ekiben::request=warn".to_owned(),
                format: LogFormat::Auto,
                slow_query_milliseconds: 250,
            },
        }
    }
}

impl Config {
    /// Where baked files are.
    #[must_use]
    pub fn baked_dir(&self) -> &std::path::Path {
        if self.baked_dir.as_os_str().is_empty() {
            &self.data_dir
        } else {
            &self.baked_dir
        }
    }

    /// Threads that serve requests.
    #[must_use]
    pub fn workers(&self) -> usize {
        if self.worker_threads == 0 {
            cores()
        } else {
            self.worker_threads
        }
    }

    /// Threads for work that takes long. Half of the cores, so that such work never takes all of them from
    /// the threads that serve requests.
    #[must_use]
    pub fn work_threads(&self) -> usize {
        match self.limits.work_threads {
            0 => cores().div_ceil(2),
            threads => threads,
        }
    }

    /// Long reads that run at once.
    #[must_use]
    pub fn offloaded_readers(&self) -> u32 {
        match self.store.offloaded_readers {
            0 => u32::try_from(cores()).unwrap_or(1),
            readers => readers,
        }
    }

    /// Settings whose types fit but whose values cannot work, as (key, reason).
    pub(super) fn flaw(&self) -> Option<(&'static str, &'static str)> {
        if let Some(flaw) = self.limits.flaw() {
            return Some(flaw);
        }
        let answers = self.store.idempotency_answers as usize;
        let at_least_one = [
            ("store.write_queue", self.store.write_queue),
            ("store.write_batch", self.store.write_batch),
            ("store.read_queue", self.store.read_queue),
            ("store.idempotency_answers", answers),
        ];
        if let Some((key, _)) = at_least_one.iter().find(|(_, value)| *value == 0) {
            return Some((key, AT_LEAST_ONE));
        }
        if self.apps.is_empty() {
            return Some(("apps", "must name at least one app"));
        }
        let is_public = |address: SocketAddr| !address.ip().is_loopback();
        if self.admin.listen.is_some_and(is_public) && self.admin.token.is_empty() {
            return Some((
                "admin.listen",
                "takes an address that others can reach only with admin.token",
            ));
        }
        let mut origins = self.http.cors_origins.iter();
        let flaw = origins.find_map(|origin| origins::flaw(origin));
        flaw.map(|reason| ("http.cors_origins", reason))
    }
}

mod address_or_off {
    use std::net::SocketAddr;

    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    const OFF: &str = "off";

    #[expect(clippy::ref_option, reason = "the signature that serde wants")]
    pub(super) fn serialize<S: Serializer>(
        address: &Option<SocketAddr>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match address {
            Some(address) => to.collect_str(address),
            None => to.serialize_str(OFF),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<SocketAddr>, D::Error> {
        let text = String::deserialize(from)?;
        if text == OFF {
            return Ok(None);
        }
        let address = text.parse().map_err(|_| {
            D::Error::custom(format!(
                "{text:?} is neither an address with a port nor \"off\""
            ))
        })?;
        Ok(Some(address))
    }
}

pub(super) fn list_or_commas<'de, D: serde::Deserializer<'de>>(
    source: D,
) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given {
        List(Vec<String>),
        Commas(String),
    }
    Ok(match Given::deserialize(source)? {
        Given::List(names) => names,
        Given::Commas(names) => names
            .split(',')
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect(),
    })
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
