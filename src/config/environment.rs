//! Environment variables: which are settings, which name the port, and which only look like settings.
//! Apps name those of the systems that they take the place of.
//!
//! A variable that is empty counts as unset: a shell, a compose file or a manifest has no other way to
//! leave one out. It must not know which settings there are, but asks.

use super::error::ConfigError;

pub(super) const PREFIX: &str = "EKIBEN_";

/// Names the configuration file.
pub(super) const FILE_VARIABLE: &str = "EKIBEN_CONFIG";

/// Variables with our prefix that are not settings: of tests and of the build, `EKIBEN_CONFIG` aside.
const NOT_SETTINGS: &[&str] = &[
    FILE_VARIABLE,
    "EKIBEN_REFERENCE_DATA",
    "EKIBEN_BUILD_COMMIT",
];

/// Platforms give the port in these; the later one wins.
const PORT_VARIABLES: &[&str] = &["PORT", "SERVER_PORT"];

/// Transport protocols of a Kubernetes Service.
const PROTOCOLS: &[&str] = &["TCP", "UDP", "SCTP"];

/// The variables of a process that concern the configuration.
pub(super) struct Environment<'e> {
    /// The configuration file, if one is named.
    pub(super) file: Option<&'e str>,
    /// Ports with the variables that give them, the deciding one last.
    pub(super) ports: Vec<(&'e str, u16)>,
    /// Settings as (variable, dotted key, text).
    pub(super) settings: Vec<(&'e str, String, &'e str)>,
    /// What was ignored because Kubernetes sets such variables.
    pub(super) service_links: Vec<&'e str>,
}

impl<'e> Environment<'e> {
    /// Sorts `variables`; `is_setting` says whether a dotted key is one, and `foreign` names variables of
    /// other systems with the settings that they give. Ours come behind those, and so count more.
    pub(super) fn read(
        variables: &'e [(String, String)],
        foreign: &[(&str, &str)],
        is_setting: impl Fn(&str) -> bool,
    ) -> Result<Self, ConfigError> {
        let mut read = Self {
            file: None,
            ports: Vec::new(),
            settings: Vec::new(),
            service_links: Vec::new(),
        };
        let set = variables.iter().filter(|(_, text)| !text.is_empty());
        for (name, text) in set.clone() {
            let known = foreign.iter().filter(|(variable, _)| variable == name);
            let known = known.map(|(_, key)| (name.as_str(), (*key).to_owned(), text.as_str()));
            read.settings.extend(known);
        }
        for (name, text) in set.clone() {
            let Some(rest) = name.strip_prefix(PREFIX) else {
                continue;
            };
            let key = rest.to_ascii_lowercase().replace("__", ".");
            if name == FILE_VARIABLE {
                read.file = Some(text);
            } else if NOT_SETTINGS.contains(&name.as_str()) {
            } else if !is_setting(&key) && is_service_link(name, text) {
                read.service_links.push(name);
            } else {
                read.settings.push((name, key, text));
            }
        }
        for &wanted in PORT_VARIABLES {
            let Some((name, text)) = set.clone().find(|(name, _)| name == wanted) else {
                continue;
            };
            if is_service_link(name, text) {
                // Of a Service called "server".
                read.service_links.push(name);
                continue;
            }
            let port = text.parse().map_err(|_| ConfigError::BadValue {
                key: "listen".to_owned(),
                origin: origin(name),
                reason: format!("{text:?} is not a port"),
            })?;
            read.ports.push((name, port));
        }
        Ok(read)
    }
}

/// Whether `variable` is one of ours, setting or not: what must be text to be understood. So must those
/// that apps name.
#[must_use]
pub fn concerns_configuration(variable: &str) -> bool {
    variable.starts_with(PREFIX) || PORT_VARIABLES.contains(&variable)
}

/// A variable as the origin of a value.
pub(super) fn origin(variable: &str) -> String {
    format!("environment variable {variable}")
}

/// Whether Kubernetes sets such a variable for a Service. It does for each Service of a namespace, in
/// every pod, and a Service called `ekiben-primary` gives names with our prefix:
/// <https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables>
fn is_service_link(name: &str, text: &str) -> bool {
    let is_address = || {
        let scheme = text.split_once("://").map(|(scheme, _)| scheme);
        scheme.is_some_and(|scheme| PROTOCOLS.iter().any(|p| p.eq_ignore_ascii_case(scheme)))
    };
    name.ends_with("_SERVICE_HOST")
        || name.ends_with("_SERVICE_PORT")
        || name.contains("_SERVICE_PORT_")
        || names_a_port(name)
        || (name.ends_with("_PORT") && is_address())
}

/// Whether `name` is `…_PORT_NUMBER_PROTOCOL`, or one of its parts.
fn names_a_port(name: &str) -> bool {
    let parts = ["_PROTO", "_PORT", "_ADDR"];
    let whole = parts.iter().find_map(|part| name.strip_suffix(part));
    let mut words = whole.unwrap_or(name).rsplit('_');
    let (protocol, number, port) = (words.next(), words.next(), words.next());
    let is_number = |text: &str| text.parse::<u16>().is_ok();
    protocol.is_some_and(|protocol| PROTOCOLS.contains(&protocol))
        && number.is_some_and(is_number)
        && port == Some("PORT")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All that Kubernetes sets for a Service `name` with a named port of each protocol.
    fn links(name: &str) -> Vec<(String, String)> {
        let mut links = vec![
            (format!("{name}_SERVICE_HOST"), "10.0.0.1".to_owned()),
            (format!("{name}_SERVICE_PORT"), "1323".to_owned()),
            (format!("{name}_SERVICE_PORT_HTTP_ALT"), "1323".to_owned()),
        ];
        for protocol in ["tcp", "udp", "sctp"] {
            let url = format!("{protocol}://[fd00::1]:1323");
            let prefix = format!("{name}_PORT_1323_{}", protocol.to_uppercase());
            links.extend([
                (format!("{name}_PORT"), url.clone()),
                (prefix.clone(), url),
                (format!("{prefix}_PROTO"), protocol.to_owned()),
                (format!("{prefix}_PORT"), "1323".to_owned()),
                (format!("{prefix}_ADDR"), "fd00::1".to_owned()),
            ]);
        }
        links
    }

    #[test]
    fn service_links_are_ignored_whatever_the_services_name() {
        for name in [
            "EKIBEN",
            "EKIBEN_PRIMARY",
            "EKIBEN_ADMIN",
            "EKIBEN_DATA",
            "EKIBEN_DATA_DIR",
            "EKIBEN_LOG__FILTER",
            "EKIBEN_CONFIG",
            "EKIBEN_PORT",
        ] {
            let links = links(name);
            let read = Environment::read(&links, &[], |_| false).unwrap();
            let names: Vec<_> = links.iter().map(|(name, _)| name).collect();
            assert_eq!(read.service_links, names);
            assert!(read.settings.is_empty() && read.file.is_none());
        }
    }

    #[test]
    fn a_setting_is_never_taken_for_a_service_link() {
        for (name, text) in links("EKIBEN_METRICS") {
            let variables = [(name.clone(), text.clone())];
            let read = Environment::read(&variables, &[], |_| true).unwrap();
            assert!(read.service_links.is_empty());
            assert_eq!(read.settings[0].0, name);
            assert_eq!(read.settings[0].2, text);
        }
    }

    #[test]
    fn other_names_are_settings_known_or_not() {
        for (name, text) in [
            ("EKIBEN_PORT", "1323"),
            ("EKIBEN_ADMIN_PORT", "http://10.0.0.1:1324"),
            ("EKIBEN_PORT_HTTP_TCP", "tcp://10.0.0.1:80"),
            ("EKIBEN_SERVICE", "10.0.0.1"),
            ("EKIBEN_PORTS_1323_TCP", "tcp://10.0.0.1:1323"),
        ] {
            let variables = [(name.to_owned(), text.to_owned())];
            let read = Environment::read(&variables, &[], |_| false).unwrap();
            assert_eq!(read.settings.len(), 1, "{name}");
        }
    }

    #[test]
    fn empty_variables_count_as_unset() {
        let names = ["PORT", "SERVER_PORT", "EKIBEN_CONFIG", "EKIBEN_MODE"];
        let variables = names.map(|name| (name.to_owned(), String::new()));
        let read = Environment::read(&variables, &[], |_| true).unwrap();
        assert!(read.file.is_none() && read.ports.is_empty() && read.settings.is_empty());
    }

    #[test]
    fn a_variable_of_another_system_gives_a_setting_and_ours_counts_more() {
        let variables = [
            ("EKIBEN_CONDUIT__SECRET", "ours"),
            ("CONDUIT_SECRET", "theirs"),
            ("CONDUIT_OTHER", "x"),
        ];
        let variables = variables.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let foreign = [("CONDUIT_SECRET", "conduit.secret")];
        let read = Environment::read(&variables, &foreign, |_| true).unwrap();
        let texts: Vec<_> = read.settings.iter().map(|(_, _, text)| *text).collect();
        assert_eq!(texts, ["theirs", "ours"], "the last one wins");
        assert!(
            read.settings
                .iter()
                .all(|(_, key, _)| key == "conduit.secret")
        );
    }
}
