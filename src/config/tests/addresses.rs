//! Which addresses the listeners may have, beside one another.

use super::load;
use crate::config::ConfigError;

#[test]
fn operators_have_an_address_of_their_own() {
    let both = |listen, admin| {
        load(&[
            ("EKIBEN_LISTEN", listen),
            ("EKIBEN_ADMIN__LISTEN", admin),
            ("EKIBEN_ADMIN__TOKEN", "s3cret"),
        ])
    };
    for (listen, admin) in [
        ("127.0.0.1:80", "127.0.0.1:81"),
        ("127.0.0.1:0", "127.0.0.1:0"),
        ("127.0.0.1:80", "127.0.0.2:80"),
        ("[::1]:80", "0.0.0.0:80"),
        ("0.0.0.0:80", "off"),
        // The default one is given up when it is taken.
        ("0.0.0.0:1324", "127.0.0.1:1324"),
    ] {
        both(listen, admin).unwrap();
    }
    for (listen, admin) in [
        ("127.0.0.1:80", "127.0.0.1:80"),
        ("0.0.0.0:80", "127.0.0.1:80"),
        ("127.0.0.1:80", "0.0.0.0:80"),
        ("[::]:80", "[::1]:80"),
    ] {
        let said = both(listen, admin).unwrap_err().to_string();
        assert!(said.starts_with("setting `admin.listen` in "), "{said}");
        assert!(
            said.contains(&format!("is the address of `listen`, {listen}, too")),
            "{said}"
        );
    }
}

#[test]
fn metrics_have_an_address_of_their_own_or_none() {
    let metrics = |text| {
        let variables = [
            ("EKIBEN_LISTEN", "127.0.0.1:80"),
            ("EKIBEN_METRICS__LISTEN", text),
        ];
        let layers = load(&variables)?;
        let address = layers.config().metrics.listen;
        Ok::<_, ConfigError>(address.map(|address| address.to_string()))
    };
    assert_eq!(load(&[]).unwrap().config().metrics.listen, None);
    assert_eq!(metrics("off").unwrap(), None);
    for (text, address) in [
        (":1325", "0.0.0.0:1325"),
        ("0.0.0.0", "0.0.0.0:1325"),
        ("9091", "127.0.0.1:9091"),
    ] {
        assert_eq!(metrics(text).unwrap().as_deref(), Some(address));
    }
    for (text, key) in [(":80", "listen"), ("127.0.0.1:1324", "admin.listen")] {
        let said = metrics(text).unwrap_err().to_string();
        assert!(said.starts_with("setting `metrics.listen` in "), "{said}");
        assert!(
            said.contains(&format!("is the address of `{key}`, ")),
            "{said}"
        );
    }
}

#[test]
fn a_fly_app_is_a_name() {
    let app = |name| load(&[("EKIBEN_FLY__PRIMARY_APP", name)]);
    app("shop-primary-2").unwrap();
    for wrong in ["Shop", "a b", "a;state=x", "a\nb"] {
        let said = app(wrong).unwrap_err().to_string();
        assert!(said.starts_with("setting `fly.primary_app` in "), "{said}");
    }
}
