//! The metrics that apps have of their own: counters, which an app hands in when it is mounted.
//!
//! An app says how a counter is called, what it counts and which word tells its values apart; here they get
//! the app's name as a label, so that two apps with counters of one name are one family. Values are read
//! when somebody looks. It must not know what is counted.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use crate::http::Served;

/// A family of counters of an app.
#[derive(Clone)]
pub struct CounterSource {
    name: &'static str,
    help: &'static str,
    label: &'static str,
    read: Arc<dyn Fn() -> Vec<(&'static str, u64)> + Send + Sync>,
}

impl CounterSource {
    /// The counters `ekiben_NAME_total`. `read` gives their values, each with the word that the label
    /// `label` has for it; they never fall.
    #[must_use]
    pub fn new(
        name: &'static str,
        help: &'static str,
        label: &'static str,
        read: impl Fn() -> Vec<(&'static str, u64)> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            help,
            label,
            read: Arc::new(read),
        }
    }
}

impl fmt::Debug for CounterSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CounterSource").field(&self.name).finish()
    }
}

/// The labels of a value.
type Labels = Vec<(&'static str, &'static str)>;

pub(crate) fn register(registry: &mut Registry, apps: &[Served]) {
    let mut families: BTreeMap<&str, (&str, Family<Labels, Counter>)> = BTreeMap::new();
    for app in apps {
        for source in app.counters.iter() {
            let family = families.entry(source.name);
            let (_, family) = family.or_insert_with(|| (source.help, Family::default()));
            for (word, value) in (source.read)() {
                let labels = vec![("app", app.name), (source.label, word)];
                family.get_or_create(&labels).inc_by(value);
            }
        }
    }
    for (name, (help, family)) in families {
        registry.register(name, help, family);
    }
}
