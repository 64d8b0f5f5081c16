//! Apps and layers to a site, in two steps.
//!
//! [`mount`] needs nothing but settings, so that what is wrong with them is found before a file is baked
//! or opened; [`MountedApps::open`] needs the baked files. One value for each app goes through both:
//! what belongs to an app is never looked up by its number in a list.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use utoipa::openapi::OpenApi;

use super::limits::{limits, retention};
use crate::apps::{self, App, MountContext, MountError, Mounted};
use crate::auth::UserContext;
use crate::config::{Config, Layers, Mount, PublicUrl};
use crate::file::FileError;
use crate::http::builtin::description;
use crate::http::{
    AppRoutes, BoundRoutes, Claim, Site, SiteRouter, WorkPool, assemble, builtin_paths, conflict,
    openapi,
};
use crate::mail::{MailError, Postbox};
use crate::store::{Store, StoreError, StoreOptions};

/// Why an app cannot be served.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Its schema cannot be read.
    #[error(transparent)]
    Schema(#[from] FileError),
    /// Its file cannot be served.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its settings are wrong.
    #[error("{app}: {cause}")]
    Mount {
        /// The app's name.
        app: &'static str,
        /// What it says.
        cause: MountError,
    },
    /// No mail can be sent as configured.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// Two apps, or an app and the site's own routes, are in each other's way.
    #[error("{routes}")]
    Conflict {
        /// Both, with their routes.
        routes: String,
    },
}

/// The name of the site's own routes in [`OpenError::Conflict`].
const SITE: &str = "the site itself";

/// A site with all its routes.
pub struct Built {
    /// What is served.
    pub site: Arc<Site>,
    /// Its routes, with the layers around them.
    pub router: SiteRouter,
}

/// Apps that are mounted and not open yet.
pub struct MountedApps<'l> {
    layers: &'l Layers,
    apps: Vec<MountedApp>,
    /// Apps whose pages are left out, since another app is at the same place.
    without_pages: Vec<&'static str>,
    beside: BoundRoutes,
    work: WorkPool,
    postbox: Postbox,
}

struct MountedApp {
    app: &'static dyn App,
    mount: Mount,
    mounted: Mounted,
}

/// Mounts and opens `apps` over their baked files.
///
/// # Errors
/// See [`OpenError`].
pub fn build(apps: &[&'static dyn App], layers: &Layers) -> Result<Built, OpenError> {
    mount(apps, layers)?.open()
}

/// Mounts `apps` as configured. No file is looked at.
///
/// # Errors
/// When the settings of one are wrong, or routes of two are in each other's way.
pub fn mount<'l>(
    apps: &[&'static dyn App],
    layers: &'l Layers,
) -> Result<MountedApps<'l>, OpenError> {
    let config = layers.config();
    // One for all: the processors are there only once.
    let work = WorkPool::new(config.work_threads(), config.limits.work_queue);
    let shared = Shared {
        postbox: Postbox::new(config)?,
        work: work.clone(),
    };
    let mounted = apps
        .iter()
        .map(|app| mount_app(*app, layers, &shared, true));
    let mut apps: Vec<_> = mounted.collect::<Result<_, _>>()?;
    let without_pages = make_way(&mut apps, layers, &shared)?;
    check(&apps)?;
    Ok(MountedApps {
        layers,
        apps,
        without_pages,
        beside: BoundRoutes::default(),
        work,
        postbox: shared.postbox,
    })
}

/// What all apps of the process have together.
struct Shared {
    work: WorkPool,
    postbox: Postbox,
}

/// Has apps that can do without their pages leave them out where these are in another app's way. Gives
/// their names.
fn make_way(
    apps: &mut [MountedApp],
    layers: &Layers,
    shared: &Shared,
) -> Result<Vec<&'static str>, OpenError> {
    let mut without_pages = Vec::new();
    for index in 0..apps.len() {
        // Those before it are in nobody's way by now: a conflict up to here is this app's.
        let so_far = apps.get(..=index).unwrap_or_default();
        let (Some(app), Err(OpenError::Conflict { .. })) = (apps.get(index), check(so_far)) else {
            continue;
        };
        let without = mount_app(app.app, layers, shared, false)?;
        if without.mounted.paths.len() < app.mounted.paths.len() {
            without_pages.push(app.app.name());
            apps[index] = without;
        }
    }
    Ok(without_pages)
}

/// The router would panic where two routes are in each other's way.
fn check(apps: &[MountedApp]) -> Result<(), OpenError> {
    let own_paths = builtin_paths();
    let mut roots = vec![Mount::default()];
    roots.extend(apps.iter().map(|app| app.mount.root_of_host()));
    let own = roots.iter().enumerate();
    let own = own.filter(|(index, root)| !roots[..*index].contains(root));
    let own = own.map(|(_, mount)| Claim {
        app: SITE,
        mount,
        paths: &own_paths,
    });
    let of_apps = apps.iter().map(|app| Claim {
        app: app.app.name(),
        mount: &app.mount,
        paths: &app.mounted.paths,
    });
    let claims: Vec<_> = own.chain(of_apps).collect();
    match conflict(&claims) {
        Some(routes) => Err(OpenError::Conflict { routes }),
        None => Ok(()),
    }
}

fn mount_app(
    app: &'static dyn App,
    layers: &Layers,
    Shared { work, postbox }: &Shared,
    pages: bool,
) -> Result<MountedApp, OpenError> {
    let config = layers.config();
    let mount = config.mounts.get(app.name()).cloned().unwrap_or_default();
    // What the proxy in front takes away comes back into every link.
    let public_url = config.site.public_url.as_ref();
    let mount = mount.behind(public_url.map_or("", PublicUrl::prefix));
    let context = MountContext {
        settings: layers.section(app.name()),
        mount: mount.clone(),
        public_url: public_url.cloned(),
        upload_bytes: config.limits.upload_bytes,
        compress: config.http.compression,
        work: work.clone(),
        users: UserContext::new(config, work.clone()),
        postbox: postbox.clone(),
        pages,
    };
    let mut mounted = app.mount_at(context).map_err(|cause| OpenError::Mount {
        app: app.name(),
        cause,
    })?;
    mounted.description = openapi::below(mounted.description, mount.prefix());
    Ok(MountedApp {
        app,
        mount,
        mounted,
    })
}

impl MountedApps<'_> {
    /// The same with routes of no app beside them, under the layers that are around all.
    #[must_use]
    pub fn beside(self, routes: BoundRoutes) -> Self {
        Self {
            beside: routes,
            ..self
        }
    }

    /// Says which address is listened on, for what is mailed.
    pub fn listens_on(&self, address: SocketAddr) {
        self.postbox.listens_on(address);
    }

    /// What the apps and the shared routes say of themselves.
    #[must_use]
    pub fn description(&self) -> OpenApi {
        let descriptions = self.apps.iter().map(|app| app.mounted.description.clone());
        let config = self.layers.config();
        let mut document = description::document(descriptions, &limits(config));
        openapi::serve_at(&mut document, None, config.site.public_url.as_ref());
        document
    }

    /// Opens each app's store over its baked file, and joins their routes to a site. Pages that were left
    /// out are said here: apps are mounted before there is a log.
    ///
    /// # Errors
    /// When a schema cannot be read or a file cannot be served.
    pub fn open(self) -> Result<Built, OpenError> {
        for name in self.without_pages {
            tracing::warn!(
                app = name,
                "its pages are not served, since another app is at the same place: mounts.{name} gives \
                 it one of its own"
            );
        }
        let config = self.layers.config();
        let is_on = |name| self.apps.iter().any(|app| app.app.name() == name);
        let off = apps::ALL.iter().map(|app| app.name());
        let off: Vec<_> = off.filter(|name| !is_on(*name)).collect();
        let apps = self.apps.into_iter().map(|app| app.open(config));
        let apps = apps.collect::<Result<_, _>>()?;
        let public_url = config.site.public_url.as_ref();
        let (beside, limits) = (self.beside, limits(config));
        let (site, router) = assemble(apps, beside, &off, self.work, public_url, &limits);
        Ok(Built { site, router })
    }
}

impl MountedApp {
    fn open(self, config: &Config) -> Result<AppRoutes, OpenError> {
        let Self {
            app,
            mount,
            mounted,
        } = self;
        let store = Arc::new(Store::open(store_options(app, config)?)?);
        let Mounted {
            description,
            not_found,
            entrance,
            counters,
            counts_clients,
            routes,
            ..
        } = mounted;
        let name = app.name();
        let routes =
            routes(Arc::clone(&store)).map_err(|cause| OpenError::Mount { app: name, cause })?;
        Ok(AppRoutes {
            name,
            routes,
            store,
            mount,
            description,
            not_found,
            entrance,
            counters,
            counts_clients,
        })
    }
}

/// How the store of `app` is opened.
///
/// # Errors
/// When its schema cannot be read.
pub fn store_options(app: &dyn App, config: &Config) -> Result<StoreOptions, FileError> {
    Ok(StoreOptions {
        app: app.name().to_owned(),
        schema: apps::schema(app, config)?,
        baked: baked(app, config),
        data_dir: config.data_dir.clone(),
        mode: config.mode,
        durability: config.store.durability,
        inline_readers: u32::try_from(config.workers()).unwrap_or(u32::MAX),
        offloaded_readers: config.offloaded_readers(),
        read_queue: config.store.read_queue,
        read_time: Duration::from_secs(config.limits.request_seconds),
        slow_query: config.log.slow_query(),
        write_queue: config.store.write_queue,
        write_batch: config.store.write_batch,
        retention: retention(config),
        deriver: app.deriver(),
    })
}

/// An app's baked file.
fn baked(app: &dyn App, config: &Config) -> PathBuf {
    config.baked_dir().join(format!("{}.sqlite", app.name()))
}
