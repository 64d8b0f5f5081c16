//! The settings with their defaults. `ekiben.example.toml` documents them for users; a test keeps the
//! two equal.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use tracing_subscriber::filter::Targets;

use super::AuthSettings;
use super::LimitSettings;
use super::MailSettings;
use super::Mount;
use super::Secret;
use super::choices::{AddressHeader, Durability, LogFormat, Mode};
use super::limits::AT_LEAST_ONE;
use super::lists::list_or_commas;
use super::log_filter;
use super::networks;
use super::origins;
use super::public_url::{self, PublicUrl};

/// The app that is served where none is named: the first one of this build.
const DEFAULT_APP: &str = if cfg!(feature = "isuumo") {
    "isuumo"
} else if cfg!(feature = "people") {
    "people"
} else if cfg!(feature = "conduit") {
    "conduit"
} else {
    "english"
};

/// Where the listener for operators is by default.
pub const DEFAULT_ADMIN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 1324);

/// What an address for metrics leaves out is taken from here.
pub(super) const METRICS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 1325);

/// No listener.
pub(super) const OFF: &str = "off";

/// All settings but the apps' own sections.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// Address and port to listen on. Nobody else can reach loopback, the default.
    pub listen: SocketAddr,
    /// The apps to serve, by name, or `all`; an environment variable separates them by commas.
    #[serde(deserialize_with = "list_or_commas")]
    pub apps: Vec<String>,
    /// Where each app is, by its name; at the root if it is not here.
    pub mounts: BTreeMap<String, Mount>,
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
    /// How clients know the site.
    pub site: SiteSettings,
    /// What happens after a stop signal.
    pub shutdown: ShutdownSettings,
    /// The listener for operators.
    pub admin: AdminSettings,
    /// The listener for who collects metrics.
    pub metrics: MetricsSettings,
    /// What a client may ask for.
    pub limits: LimitSettings,
    /// What apps with users share.
    pub auth: AuthSettings,
    /// How mails leave.
    pub mail: MailSettings,
    /// How answers go out.
    pub http: HttpSettings,
    /// What is special on Fly.io.
    pub fly: FlySettings,
    /// How data is read and written.
    pub store: StoreSettings,
    /// What is logged, and how.
    pub log: LogSettings,
}

/// How clients know the site.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteSettings {
    /// The address by which clients reach it, if the operator names one.
    #[serde(with = "public_url")]
    pub public_url: Option<PublicUrl>,
}

/// What happens after a stop signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShutdownSettings {
    /// Seconds for which requests are still taken while `/readyz` says no, so that load balancers
    /// notice.
    pub delay_seconds: u64,
    /// Seconds that running requests then get to finish.
    pub timeout_seconds: u64,
}

/// The listener for operators: metrics and reload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdminSettings {
    /// Address and port, never the public one; `off` for none.
    #[serde(with = "address_or_off")]
    pub listen: Option<SocketAddr>,
    /// What `Authorization: Bearer` must hold, if it is set. Required beyond loopback.
    pub token: Secret,
}

/// The listener for who collects metrics: `/metrics` alone, for everybody who reaches it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricsSettings {
    /// Address and port, never one of the other listeners'; `off` for none.
    #[serde(with = "address_or_off")]
    pub listen: Option<SocketAddr>,
}

/// What is special on Fly.io.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlySettings {
    /// The app of the primary, to which a replica has the proxy send writes; empty for none.
    pub primary_app: String,
}

/// How answers go out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpSettings {
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
pub struct StoreSettings {
    /// `full`: an answered write survives a power failure. `normal`: a crash of the process.
    pub durability: Durability,
    /// Concurrent long reads, on threads of their own; 0 for one a core.
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
pub struct LogSettings {
    /// Levels by target: `LEVEL` and `TARGET=LEVEL`, separated by commas.
    pub filter: String,
    /// Text or JSON.
    pub format: LogFormat,
    /// SQL statements that take so long are logged with their plan; 0 for none.
    pub slow_query_milliseconds: u64,
}

impl LogSettings {
    /// The filter, understood.
    ///
    /// # Errors
    /// The part that is neither a level nor a target with one. A loaded configuration has none.
    pub fn targets(&self) -> Result<Targets, String> {
        log_filter::parse(&self.filter)
    }

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
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 1323),
            apps: vec![DEFAULT_APP.to_owned()],
            mounts: BTreeMap::new(),
            mode: Mode::Primary,
            data_dir: PathBuf::from("data"),
            baked_dir: PathBuf::new(),
            schema_dir: PathBuf::new(),
            dataset_dir: PathBuf::new(),
            worker_threads: 0,
            site: SiteSettings::default(),
            shutdown: ShutdownSettings {
                delay_seconds: 0,
                timeout_seconds: 10,
            },
            admin: AdminSettings {
                listen: Some(DEFAULT_ADMIN),
                token: Secret::default(),
            },
            metrics: MetricsSettings { listen: None },
            limits: LimitSettings::default(),
            auth: AuthSettings::default(),
            mail: MailSettings::default(),
            http: HttpSettings {
                compression: true,
                compress_above_bytes: 1024,
                cors_origins: Vec::new(),
                server_timing: false,
                trusted_proxies: Vec::new(),
                client_address_header: AddressHeader::XForwardedFor,
            },
            fly: FlySettings::default(),
            store: StoreSettings {
                durability: Durability::Full,
                offloaded_readers: 0,
                read_queue: 16,
                write_queue: 1024,
                write_batch: 256,
                idempotency_hours: 24,
                idempotency_answers: 1_000_000,
            },
            log: LogSettings {
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

    /// Concurrent long reads.
    #[must_use]
    pub fn offloaded_readers(&self) -> u32 {
        match self.store.offloaded_readers {
            0 => u32::try_from(cores()).unwrap_or(1),
            readers => readers,
        }
    }

    /// Settings whose types fit but whose values cannot work, as (key, reason).
    pub(super) fn flaw(&self) -> Option<(&'static str, String)> {
        let flaw = self.limits.flaw().or_else(|| self.auth.flaw());
        let flaw = flaw.or_else(|| self.mail.flaw());
        if let Some((key, reason)) = flaw {
            return Some((key, reason.to_owned()));
        }
        let answers = self.store.idempotency_answers as usize;
        let at_least_one = [
            ("store.write_queue", self.store.write_queue),
            ("store.write_batch", self.store.write_batch),
            ("store.read_queue", self.store.read_queue),
            ("store.idempotency_answers", answers),
        ];
        if let Some((key, _)) = at_least_one.iter().find(|(_, value)| *value == 0) {
            return Some((key, AT_LEAST_ONE.to_owned()));
        }
        if self.apps.is_empty() {
            return Some(("apps", "must name at least one app".to_owned()));
        }
        if let Err(reason) = self.log.targets() {
            return Some(("log.filter", reason));
        }
        let mut origins = self.http.cors_origins.iter();
        if !origins.all(|origin| origins::is_origin_or_any(origin)) {
            let reason = "must be * or origins like https://example.com, without a path";
            return Some(("http.cors_origins", reason.to_owned()));
        }
        let app = &self.fly.primary_app;
        if !app
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        {
            let reason = "must be the name of an app: small letters, digits and hyphens";
            return Some(("fly.primary_app", reason.to_owned()));
        }
        if let Some(reason) = self.admin_flaw() {
            return Some(("admin.listen", reason));
        }
        Some(("metrics.listen", self.metrics_flaw()?))
    }

    /// Why operators cannot be served at that address.
    fn admin_flaw(&self) -> Option<String> {
        let address = self.admin.listen?;
        if !address.ip().is_loopback() && !self.admin.token.is_set() {
            let reason = "takes an address that others can reach only with admin.token";
            return Some(reason.to_owned());
        }
        // The default is given up when it is taken, by ourselves too: a platform may choose that port.
        let is_shared = address != DEFAULT_ADMIN && overlap(address, self.listen);
        is_shared.then(|| format!("is the address of `listen`, {}, too", self.listen))
    }

    /// Why metrics cannot have an address of their own there.
    fn metrics_flaw(&self) -> Option<String> {
        let address = self.metrics.listen?;
        let others = [
            ("listen", Some(self.listen)),
            ("admin.listen", self.admin.listen),
        ];
        let (key, shared) = others
            .into_iter()
            .filter_map(|(key, other)| Some((key, other?)))
            .find(|&(_, other)| overlap(address, other))?;
        Some(format!("is the address of `{key}`, {shared}, too"))
    }
}

/// Whether both addresses cannot be listened on at once. Port 0 is another one each time.
fn overlap(one: SocketAddr, other: SocketAddr) -> bool {
    let is_one_family = one.is_ipv4() == other.is_ipv4();
    let is_any = one.ip().is_unspecified() || other.ip().is_unspecified();
    one.port() == other.port()
        && one.port() != 0
        && (one.ip() == other.ip() || (is_one_family && is_any))
}

mod address_or_off {
    use std::net::SocketAddr;

    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::OFF;

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

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
